"""What may become of one node of a reference.

The operators are the classical ones of mutation testing (operators, constants, comparisons,
statements, arguments) and the slips that learners of torch make: a lost `no_grad`, `detach`,
`reshape`, `zero_` or `create_graph`, a sum for a mean, the other dimension, an end off by one.
What is equivalent more often than not is left out: the author of the exercise would have to
excuse it.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OPERATORS: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
_ORDERED = (ast.Sub, ast.Div, ast.MatMult, ast.Pow, ast.FloorDiv, ast.Mod)
# The neighbour tells of an end that is off by one, the opposite of a wrong direction.
_NEIGHBOURS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_OPPOSITES: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_PAIRS = (
    "mean sum; zeros ones; zeros_like ones_like; randn rand; amax amin; max min; argmax argmin; train eval; add_ sub_"
)
_TWINS: Mapping[str, str] = {
    one: other for pair in _PAIRS.split(";") for one, other in (pair.split(), reversed(pair.split()))
}
_MODULES = frozenset("torch nn math np numpy plt optim F random".split())
_DIMENSIONS = frozenset({"dim", "axis"})
# Without these nothing is left that could be mistaken for the reference.
_KEPT_CALLS = frozenset("super isinstance range len print type list tuple dict set iter".split())
_EVEN = frozenset({"abs", "square", "abs_", "square_"})
_SIDE_BY_SIDE = 2


class Change(msgspec.Struct, frozen=True):
    """What stands in the place of a node and, among statements, of the next ones too (`spans`).

    `becomes` is the word for what becomes of a statement that holds others.
    """

    nodes: Sequence[ast.AST] = ()
    spans: int = 1
    becomes: str = ""

    def of(self, node: ast.stmt, parent: ast.AST) -> Sequence[ast.AST]:
        """Return the statements that are replaced."""
        for _, value in ast.iter_fields(parent):
            if isinstance(value, list) and any(item is node for item in value):
                at = next(number for number, item in enumerate(value) if item is node)
                return value[at : at + self.spans]
        return [node]


def changes_of(node: ast.AST, parents: Sequence[ast.AST]) -> Iterator[Change]:
    """Yield the changes to `node`, whose `parents` are the nodes around it, the innermost first."""
    if isinstance(node, ast.stmt):
        is_all_of_an_if = isinstance(parents[0], ast.If) and parents[0].body == [node] and not parents[0].orelse
        for change in _of_statement(node, parents[0]):
            # An `if` that never runs its one statement is a mutant already.
            if change.nodes or change.becomes or not is_all_of_an_if:
                yield change
    elif not _is_target(node):
        for replacement in _of_expression(node, parents):
            yield Change([replacement])
        if isinstance(node, ast.keyword | ast.expr) and _is_dropped_whole(node, parents[0]):
            yield Change()


def _is_target(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)


def _is_dropped_whole(node: ast.AST, parent: ast.AST) -> bool:
    """Tell a keyword argument, and a decorator of torch such as `@torch.no_grad()`."""
    if isinstance(node, ast.keyword):
        return isinstance(parent, ast.Call)
    is_decorator = isinstance(parent, ast.FunctionDef | ast.ClassDef) and node in parent.decorator_list
    return is_decorator and "torch" in ast.unparse(node)


def _of_statement(node: ast.stmt, parent: ast.AST) -> Iterator[Change]:
    match node:
        case ast.AugAssign(target, op, value):
            if type(op) in _OPERATORS:
                yield Change([ast.AugAssign(target, _OPERATORS[type(op)](), value)])
            yield Change()
        case ast.Expr():
            yield Change()
            yield from _exchanged_with_next(node, parent)
        case ast.Assign() | ast.AnnAssign(value=ast.expr()):
            yield Change()
        case ast.Return(ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield Change()
        case ast.With(_, body):
            yield Change(body, becomes="nothing")
        case ast.If(_, body, orelse):
            yield Change(body, becomes="always")
            yield Change(orelse, becomes="never")
        case ast.While():
            yield Change(becomes="never")
        case ast.Break():
            yield Change()
        case ast.Continue():
            yield Change()
            yield Change([ast.Break()])


def _exchanged_with_next(node: ast.Expr, parent: ast.AST) -> Iterator[Change]:
    """Yield the other order of two calls on two objects: `loss.backward()` and `optimizer.step()`."""
    pair = Change(spans=_SIDE_BY_SIDE).of(node, parent)
    receivers = [_receiver(each) for each in pair]
    if len(pair) == _SIDE_BY_SIDE and all(receivers) and receivers[0] != receivers[1]:
        yield Change([pair[1], pair[0]], spans=_SIDE_BY_SIDE)


def _receiver(node: ast.AST) -> str | None:
    match node:
        case ast.Expr(ast.Call(ast.Attribute(value, name))) if name != "append":
            return ast.unparse(value)
    return None


def _of_expression(node: ast.AST, parents: Sequence[ast.AST]) -> Iterator[ast.AST]:
    parent = parents[0]
    match node:
        case ast.Constant(value):
            yield from _other_constants(value, parent)
        case ast.Call():
            yield from _other_calls(node, parent)
        case ast.Attribute(value, "T" | "mT"):
            yield value
        case ast.Attribute(value, name) if name in _TWINS and _is_called(node, parent):
            yield ast.Attribute(value, _TWINS[name], ast.Load())
        case ast.IfExp(_, body, orelse):
            yield body
            yield orelse
        case ast.Slice(lower, upper, step):
            for lower_end, upper_end in ((_one_more(lower), upper), (lower, _one_more(upper))):
                if (lower_end, upper_end) != (lower, upper):
                    yield ast.Slice(lower_end, upper_end, step)
        case ast.Tuple([first, second, *rest]) if not isinstance(parent, ast.Subscript):
            yield ast.Tuple([second, first, *rest], ast.Load())
        case _:
            yield from _of_operation(node, parent)


def _of_operation(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp(left, op, right) if type(op) in _OPERATORS:
            yield ast.BinOp(left, _OPERATORS[type(op)](), right)
            if isinstance(op, _ORDERED) and not (isinstance(op, ast.Sub) and _is_even(node, parent)):
                yield ast.BinOp(right, op, left)
        case ast.Compare(left, [op], right):
            if type(op) in _NEIGHBOURS:
                yield ast.Compare(left, [_NEIGHBOURS[type(op)]()], right)
            # An `if` that is always or never taken says more.
            if not isinstance(parent, ast.If | ast.IfExp | ast.While):
                yield ast.Compare(left, [_OPPOSITES[type(op)]()], right)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.USub() | ast.Not(), operand) if not _is_even(node, parent):
            yield operand


def _is_even(node: ast.AST, parent: ast.AST) -> bool:
    """Tell whether the sign of `node` is lost at once: it is squared, or made absolute."""
    match parent:
        case ast.BinOp(left, ast.Pow(), ast.Constant(int() as power)):
            return left is node and power % 2 == 0
        case ast.Attribute(_, name):
            return name in _EVEN
        case ast.Call(ast.Attribute(_, name) | ast.Name(name)):
            return name in _EVEN
    return False


def _is_called(node: ast.AST, parent: ast.AST) -> bool:
    return isinstance(parent, ast.Call) and parent.func is node


def _one_more(bound: ast.expr | None) -> ast.expr | None:
    """Return a slice's end off by one; constants are changed as such."""
    if bound is None or any(isinstance(each, ast.Constant) for each in (bound, getattr(bound, "operand", None))):
        return bound
    return ast.BinOp(bound, ast.Add(), ast.Constant(1))


def _other_constants(value: object, parent: ast.AST) -> Iterator[ast.AST]:
    is_keyword = isinstance(parent, ast.keyword)
    if isinstance(value, bool):
        # `create_graph=True` without the keyword says the same.
        if not is_keyword:
            yield ast.Constant(not value)
    elif isinstance(value, int):
        of_dimension = isinstance(parent, ast.keyword) and parent.arg in _DIMENSIONS
        yield ast.Constant((0 if value else 1) if of_dimension else value + 1)
    elif isinstance(value, float):
        yield ast.Constant(value * 2 if value else 1.0)


def _other_calls(call: ast.Call, parent: ast.AST) -> Iterator[ast.AST]:
    args = call.args
    if any(isinstance(each, ast.Starred) for each in args):
        return
    if len(args) > 1:
        yield ast.Call(call.func, [args[1], args[0], *args[2:]], call.keywords)
    if isinstance(call.func, ast.Name) and call.func.id == "range":
        yield from _other_ranges(call)
    # A call that is a statement is dropped as such.
    if isinstance(parent, ast.Expr | ast.withitem):
        return
    if isinstance(call.func, ast.Attribute) and not _is_module(call.func.value):
        # x.reshape(…), x.detach(), x.mean() without the call.
        yield call.func.value
    elif args and not _name_of(call.func)[:1].isupper() and _name_of(call.func) not in _KEPT_CALLS:
        # torch.sigmoid(x), float(x), softmax(x) without the call.
        yield args[0]


def _other_ranges(call: ast.Call) -> Iterator[ast.AST]:
    at = 0 if len(call.args) == 1 else 1
    if not isinstance(call.args[at], ast.Constant):
        for op in (ast.Add(), ast.Sub()):
            end = ast.BinOp(call.args[at], op, ast.Constant(1))
            yield ast.Call(call.func, [*call.args[:at], end, *call.args[at + 1 :]], call.keywords)


def _name_of(function: ast.expr) -> str:
    match function:
        case ast.Name(name) | ast.Attribute(_, name):
            return name
    return ""


def _is_module(node: ast.AST) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "super"
    return isinstance(node, ast.Name) and node.id in _MODULES | {"self"}
