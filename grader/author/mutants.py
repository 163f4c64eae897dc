"""Small changes to a reference, each of which its checks ought to reject."""

from __future__ import annotations

import ast
import copy
import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from grader.author.mutations import Change, changes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# Of a long statement a name shows so many characters around the change, and so many of the change itself.
_AROUND = 32
_OF_CHANGE = 44
_LONGEST = 84
_NOTHING = "nothing"
_KINDS = frozenset({"word", "operator"})


class Mutant(msgspec.Struct, frozen=True):
    """A changed reference. `name` says where and what: `squared_loss: (y_hat «- → +» y) ** 2 / 2`."""

    name: str
    source: str
    line: int


def mutants_of(source: str) -> tuple[Mutant, ...]:
    """Return every mutant of `source`, in the order of its lines, under names of their own.

    A name depends on the statement that is changed and on the function or class around it,
    and on no other line, unless the same statement stands there several times.
    """
    tree = ast.parse(source)
    sources = {ast.unparse(tree)}
    names: dict[str, int] = {}
    found: list[Mutant] = []
    for place in sorted(_places(tree), key=lambda place: place.order):
        for change in changes_of(place.node, place.parents):
            before = _header(place.statement)
            with _applied(place, change):
                text, after = ast.unparse(tree), _header(place.statement)
            if text in sources or not _compiles(text):
                continue
            sources.add(text)
            name = f"{place.scope}: {_difference(place, change, before, after)}"
            names[name] = names.get(name, 0) + 1
            # The same change to the same statement, twice in one function.
            number = f" ({names[name]})" if names[name] > 1 else ""
            found.append(Mutant(name + number, text, place.order[0]))
    return tuple(found)


class _Place(msgspec.Struct, frozen=True):
    """A node that may be changed: where it stands, and what is around it, the innermost first."""

    node: ast.AST
    index: int
    parents: tuple[ast.AST, ...]
    order: tuple[int, int, int]
    scope: str

    @property
    def statement(self) -> ast.stmt:
        """The statement that the node is, or belongs to."""
        return next(each for each in (self.node, *self.parents) if isinstance(each, ast.stmt))


def _places(tree: ast.Module) -> Iterator[_Place]:
    numbers = {id(node): number for number, node in enumerate(ast.walk(tree))}

    def visit(
        node: ast.AST, parents: tuple[ast.AST, ...], scope: tuple[str, ...], at: tuple[int, int]
    ) -> Iterator[_Place]:
        if _is_spared(node, parents):
            return
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope = (*scope, node.name)
        # Operators and the like have no place of their own, and a keyword has that of its call.
        at = (getattr(node, "lineno", at[0]), getattr(node, "col_offset", at[1]))
        yield _Place(node, numbers[id(node)], parents, (*at, numbers[id(node)]), ".".join(scope) or "module")
        for child in ast.iter_child_nodes(node):
            yield from visit(child, (node, *parents), scope, at)

    for statement in tree.body:
        yield from visit(statement, (tree,), (), (1, 0))


def _is_spared(node: ast.AST, parents: tuple[ast.AST, ...]) -> bool:
    """Tell what nobody could check: imports, docstrings, annotations, messages, and guards that raise."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Raise() | ast.Assert() | ast.JoinedStr() | ast.Global():
            return True
        case ast.Expr(ast.Constant(str())):
            return True
        case ast.If(test, body):
            is_for_types = isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"
            return is_for_types or isinstance(body[-1], ast.Raise)
        case ast.Assign(_, ast.Call(ast.Name("TypeVar" | "NewType" | "ParamSpec"))):
            return True
    around = parents[0]
    if isinstance(around, ast.arg | ast.AnnAssign):
        return node is around.annotation
    return isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef) and node is around.returns


@contextmanager
def _applied(place: _Place, change: Change) -> Iterator[None]:
    """Change the tree in the block, and put everything back: a copy for each mutant would cost a second."""
    node, parent = place.node, place.parents[0]
    for field, value in ast.iter_fields(parent):
        if value is node:
            setattr(parent, field, change.nodes[0] if change.nodes else None)
            yield
            setattr(parent, field, node)
            return
        if isinstance(value, list) and any(item is node for item in value):
            at = next(number for number, item in enumerate(value) if item is node)
            changed = [*value[:at], *change.nodes, *value[at + change.spans :]]
            setattr(parent, field, changed or ([ast.Pass()] if field == "body" else []))
            yield
            setattr(parent, field, value)
            return


def _compiles(source: str) -> bool:
    try:
        compile(source, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _difference(place: _Place, change: Change, before: str, after: str) -> str:
    """Return the statement with what becomes what in « »."""
    if change.becomes:
        return _cut(before.removesuffix(":"), change.becomes)
    if isinstance(place.node, ast.stmt):
        after = "; ".join(_line(node) for node in change.nodes) or _NOTHING
        before = "; ".join(_line(node) for node in change.of(place.node, place.parents[0]))
        return _cut(before, after) if after == _NOTHING or change.spans > 1 else _marked(before, after)
    return _marked(before, after)


def _line(node: ast.AST) -> str:
    return _header(node) if isinstance(node, ast.stmt) else " ".join(ast.unparse(node).split())


def _header(statement: ast.stmt) -> str:
    """Return a statement on one line; of one that holds others, what stands before them."""
    bare = copy.copy(statement)
    decorators = ""
    for field in ("body", "orelse", "finalbody", "handlers"):
        if isinstance(getattr(bare, field, None), list):
            setattr(bare, field, [ast.Pass()] if field == "body" else [])
    if isinstance(bare, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        decorators = "".join(f"@{ast.unparse(each)} " for each in bare.decorator_list)
        bare.decorator_list = []
    text = ast.unparse(bare)
    if hasattr(statement, "body"):
        text = text.rpartition("\n")[0] or text
    return decorators + " ".join(text.split())


def _marked(before: str, after: str) -> str:
    """Return `before` with the part that differs from `after` marked, whole words at a time."""
    start = _common(before, after)
    while start and _in_word(before, after, start):
        start -= 1
    most = min(len(before), len(after)) - start
    end = _common(before[::-1][:most], after[::-1][:most])
    while end and (_in_word(before, after, -end) or not _is_whole(before, after, start, end)):
        end -= 1
    if start == len(before) - end:
        # Something is put in: say behind what.
        start = len(before[:start].rstrip())
        while start and _kind(before[start - 1]) == "word":
            start -= 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    shown = f"{before[:start]}«{old or _NOTHING} → {new or _NOTHING}»{before[len(before) - end :]}"
    if len(shown) <= _LONGEST:
        return shown
    left = before[:start] if start <= _AROUND else f"…{before[start - _AROUND : start]}"
    right = before[len(before) - end :]
    right = right if end <= _AROUND else f"{right[:_AROUND]}…"
    return f"{left}«{_short(old) or _NOTHING} → {_short(new) or _NOTHING}»{right} {_digest(before, after)}"


def _common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(one), len(other)))


def _in_word(before: str, after: str, at: int) -> bool:
    """Tell whether the place `at` lies between two characters of a word or number, in either text."""
    return any(
        text[:at] != "" and text[at:] != "" and _kind(text[:at][-1]) == _kind(text[at:][0]) in _KINDS
        for text in (before, after)
    )


def _kind(char: str) -> str:
    return "word" if char.isalnum() or char in "_." else "operator" if char in "*/<>=!" else char


def _is_whole(before: str, after: str, start: int, end: int) -> bool:
    """Tell whether each bracket that opens in the part that differs closes in it too."""
    parts = (text[start : len(text) - end] for text in (before, after))
    return all(part.count(one) == part.count(other) for part in parts for one, other in ("()", "[]", "{}"))


def _cut(before: str, after: str) -> str:
    shown = f"«{_short(before)} → {_short(after)}»"
    return shown if max(len(before), len(after)) <= _OF_CHANGE else f"{shown} {_digest(before, after)}"


def _short(text: str) -> str:
    return text if len(text) <= _OF_CHANGE else f"{text[: _OF_CHANGE - 1]}…"


def _digest(*texts: str) -> str:
    """Return what tells two long texts apart that are shown alike."""
    return "#" + hashlib.blake2b("\0".join(texts).encode(), digest_size=2).hexdigest()
