"""Small changes to a reference, each of which its checks ought to reject.

The operators are the classical ones of mutation testing (operators, constants, negations,
statements, arguments) and those that learners of torch make: a lost `no_grad`, `detach`,
`reshape`, `zero_`, `create_graph`.
"""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_LONGEST = 60


class Mutant(msgspec.Struct, frozen=True):
    """A changed reference; `name` says what became what, and tells it from the others."""

    name: str
    source: str


def mutants_of(source: str) -> tuple[Mutant, ...]:
    """Return every mutant of `source`, in the order of its lines.

    Imports, docstrings, annotations and the arguments of `raise` are left alone: nobody
    could check them.
    """
    tree = ast.parse(source)
    left_alone = frozenset(_left_alone(tree))
    unchanged = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    names: dict[str, int] = {}
    for index, node in enumerate(ast.walk(tree)):
        if index in left_alone:
            continue
        for replacement in _replacements(node):
            changed = _Exchange(index, replacement).visited(tree)
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text == unchanged or text in found:
                continue
            name = f"{_shown(node)} → {_shown(replacement) if replacement is not None else 'nothing'}"
            names[name] = names.get(name, 0) + 1
            # The same change in several places is told apart by its number.
            number = f" ({names[name]})" if names[name] > 1 else ""
            found[text] = Mutant(name + number, text)
    return tuple(found.values())


class _Exchange:
    """Puts another node (or nothing) in the place of the one at an index of `ast.walk`."""

    def __init__(self, index: int, replacement: ast.AST | list[ast.stmt] | None) -> None:
        self._index = index
        self._replacement = replacement

    def visited(self, tree: ast.Module) -> ast.Module:
        """Return a changed copy of `tree`."""
        changed = copy.deepcopy(tree)
        target = next(node for index, node in enumerate(ast.walk(changed)) if index == self._index)
        for parent in ast.walk(changed):
            for field, value in ast.iter_fields(parent):
                if value is target:
                    setattr(parent, field, self._replacement)
                elif isinstance(value, list) and any(item is target for item in value):
                    at = next(n for n, item in enumerate(value) if item is target)
                    value[at : at + 1] = self._statements(value)
        return changed

    def _statements(self, among: list[ast.AST]) -> list[ast.AST]:
        if self._replacement is None:
            return [ast.Pass()] if len(among) == 1 else []
        return list(self._replacement) if isinstance(self._replacement, list) else [self._replacement]


def _left_alone(tree: ast.Module) -> Iterator[int]:
    numbers = {id(node): index for index, node in enumerate(ast.walk(tree))}
    for node in ast.walk(tree):
        spared: list[ast.AST | None] = []
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Raise | ast.Assert) or (
            isinstance(node, ast.If) and _is_guard(node)
        ):
            spared.append(node)
        elif isinstance(node, ast.arg | ast.AnnAssign):
            spared.append(node.annotation)
        elif isinstance(node, ast.FunctionDef):
            spared += [node.returns, *node.decorator_list]
        elif isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            spared.append(node)
        for each in filter(None, spared):
            yield from (numbers[id(inner)] for inner in ast.walk(each))


def _is_guard(node: ast.If) -> bool:
    """Tell `if TYPE_CHECKING:` and an `if` that ends by raising."""
    name = node.test.id if isinstance(node.test, ast.Name) else ""
    return name == "TYPE_CHECKING" or isinstance(node.body[-1], ast.Raise)


def _replacements(node: ast.AST) -> Iterator[ast.AST | list[ast.stmt] | None]:
    return _other_statements(node) if isinstance(node, ast.stmt) else _other_expressions(node)


def _other_statements(node: ast.stmt) -> Iterator[ast.AST | list[ast.stmt] | None]:
    match node:
        case ast.AugAssign(target, op, value):
            if type(op) in _OPERATORS:
                yield ast.AugAssign(target, _OPERATORS[type(op)](), value)
            yield None
        case ast.Expr() | ast.Assign():
            yield None
        case ast.With(_, body):
            yield body
        case ast.If(_, body, orelse):
            yield body
            yield orelse or None


def _other_expressions(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp(left, op, right) if type(op) in _OPERATORS:
            yield ast.BinOp(left, _OPERATORS[type(op)](), right)
        case ast.Compare(left, [op], right) if type(op) in _COMPARISONS:
            yield ast.Compare(left, [_COMPARISONS[type(op)]()], right)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.USub() | ast.Not(), operand):
            yield operand
        case ast.Constant(value):
            yield from _other_constants(value)
        case ast.Attribute(value, "T" | "mT", ast.Load()):
            yield value
        case ast.Call():
            yield from _other_calls(node)
        case ast.IfExp(_, body, orelse):
            yield body
            yield orelse


def _other_constants(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, float):
        yield ast.Constant(value * 2 if value else 1.0)


def _other_calls(call: ast.Call) -> Iterator[ast.AST]:
    if len(call.args) > 1 and not any(isinstance(each, ast.Starred) for each in call.args[:2]):
        first, second, *rest = call.args
        yield ast.Call(call.func, [second, first, *rest], call.keywords)
    for number, _ in enumerate(call.keywords):
        yield ast.Call(call.func, call.args, call.keywords[:number] + call.keywords[number + 1 :])
    if isinstance(call.func, ast.Attribute) and not _is_module(call.func.value):
        # x.reshape(…), x.detach(), x.zero_() without the call.
        yield call.func.value


def _is_module(node: ast.AST) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "super"
    return isinstance(node, ast.Name) and node.id in {"torch", "nn", "math", "np", "numpy", "plt", "optim", "F", "self"}


def _shown(node: ast.AST | list[ast.stmt] | None) -> str:
    nodes = node if isinstance(node, list) else [node]
    text = "; ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(each))) for each in nodes if each is not None)
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
