"""How a wrong result relates to the right one, where no named mistake explains it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations, zip_longest
from typing import TYPE_CHECKING

import torch

from grader.judge.show import show_number
from grader.worker.tensors import build_tensor
from grader.worker.wire import Call, SequenceValue, TensorValue, Value, WireError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RTOL = 1e-3
ATOL = 1e-6


@dataclass(frozen=True)
class Relation:
    """A named relation; its texts are `judge.relation.<key>.title` and `.advice`."""

    key: str
    params: Mapping[str, object] = field(default_factory=dict)


def relate(actual: torch.Tensor, expected: torch.Tensor, call: Call | None) -> Relation | None:
    """Return how `actual` relates to `expected`, None where nothing fits.

    `call` is the call that it came from: its arguments say which shapes broadcast, how
    large the batch was, and which term may be missing.
    """
    tensors = list(_tensors(call))
    if actual.shape != expected.shape:
        return _relate_shapes(actual, expected, tensors)
    if not _has_numbers(actual) or not _has_numbers(expected) or _close(actual, expected):
        return None
    left, right = actual.double(), expected.double()
    if left.isnan().any() and not right.isnan().any():
        return Relation("nan")
    return (
        _relate_scale(left, right, tensors, call)
        or _relate_offset(left, right, tensors, call)
        or _relate_order(left, right)
    )


def _has_numbers(tensor: torch.Tensor) -> bool:
    return bool(tensor.numel()) and not tensor.is_meta and not tensor.is_complex()


def _tensors(call: Call | None) -> Iterator[torch.Tensor]:
    def unfold(value: Value) -> Iterator[torch.Tensor]:
        if isinstance(value, TensorValue):
            try:
                yield build_tensor(value, trusted=False)
            except WireError:
                return
        elif isinstance(value, SequenceValue):
            for item in value.items:
                yield from unfold(item)

    for value in (*call.args, *(v for _, v in call.kwargs)) if call else ():
        yield from unfold(value)


def _numbers(call: Call | None) -> list[float]:
    values = [*call.args, *(v for _, v in call.kwargs)] if call else []
    numbers = [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    return [number for number in numbers if math.isfinite(number)]


def _relate_shapes(actual: torch.Tensor, expected: torch.Tensor, tensors: list[torch.Tensor]) -> Relation | None:
    got, due = tuple(actual.shape), tuple(expected.shape)
    shapes: dict[str, object] = {"got": got, "due": due}
    for one, other in combinations([tuple(tensor.shape) for tensor in tensors], 2):
        if one == other:
            continue
        together = _broadcast(one, other)
        if together == got and together not in (one, other):
            return Relation("broadcast", {"one": one, "other": other, **shapes})
    if actual.numel() == 1 and expected.numel() > 1:
        if _has_numbers(expected) and _has_numbers(actual):
            value, right = actual.double().reshape(()), expected.double()
            if _close(value, right.sum()):
                return Relation("sum_for_elements", shapes)
            if _close(value, right.mean()):
                return Relation("mean_for_elements", shapes)
        return Relation("one_for_elements", shapes)
    if expected.numel() == 1 and actual.numel() > 1:
        return Relation("elements_for_one", shapes)
    if len(got) > 1 and got == due[::-1]:
        return Relation("transposed", shapes)
    if actual.numel() == expected.numel():
        return Relation("reshaped", shapes)
    return None


def _broadcast(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the shape that both broadcast to; torch.broadcast_shapes would import sympy for it."""
    sizes = list(zip_longest(reversed(one), reversed(other), fillvalue=1))
    if any(1 not in pair and pair[0] != pair[1] for pair in sizes):
        return None
    return tuple(b if a == 1 else a for a, b in reversed(sizes))


def _relate_scale(
    left: torch.Tensor, right: torch.Tensor, tensors: list[torch.Tensor], call: Call | None
) -> Relation | None:
    size = right.abs() > ATOL
    if not size.any() or not _close(left[~size], right[~size]):
        return None
    ratios = left[size] / right[size]
    factor = ratios.median()
    if not _close(ratios, factor.expand_as(ratios)) or _close(factor, torch.ones(())) or not math.isfinite(factor):
        return None
    value = factor.item()
    if math.isclose(value, -1, rel_tol=RTOL):
        return Relation("sign")
    if abs(value) < ATOL:
        return Relation("zero")
    counts = {number for number in _numbers(call) if number == int(number) and number > 2}  # noqa: PLR2004 - 2 has a text of its own
    names: list[tuple[float, str]] = [(2.0, "two"), (0.5, "half")]
    for count in sorted(counts):
        names += [(count, "batch"), (1 / count, "per_batch")]
    for size_ in dict.fromkeys(n for t in tensors for n in (len(t) if t.dim() else 0, t.numel())):
        if size_ > 2:  # noqa: PLR2004 - as above
            names += [(float(size_), "count"), (1 / size_, "per_count")]
    for known, name in names:
        if math.isclose(value, known, rel_tol=RTOL):
            return Relation(
                f"factor_{name}", {"factor": show_number(float(known)), "count": round(max(known, 1 / known))}
            )
    if right[size].numel() == 1:
        return None
    return Relation("factor", {"factor": f"{value:.4g}"})


def _relate_offset(
    left: torch.Tensor, right: torch.Tensor, tensors: list[torch.Tensor], call: Call | None
) -> Relation | None:
    gap = right - left
    for number, tensor in enumerate(tensors, 1):
        if tensor.is_meta or tensor.is_complex() or not tensor.any():
            continue
        for sign, key in ((1, "missing_term"), (-1, "extra_term")):
            try:
                term = (sign * tensor.double()).expand_as(gap)
            except RuntimeError:
                break
            if _close(gap, term):
                return Relation(key, {"number": number})
    if gap.numel() > 1 and _close(gap, gap.mean().expand_as(gap)):
        value = gap.mean().item()
        for given in _numbers(call):
            if given and math.isclose(abs(value), abs(given), rel_tol=RTOL):
                return Relation("missing_number", {"value": show_number(given)})
        return Relation("offset", {"value": f"{-value:.4g}"})
    return None


def _relate_order(left: torch.Tensor, right: torch.Tensor) -> Relation | None:
    if left.dim() == 2 and left.shape[0] == left.shape[1] and left.numel() > 1 and _close(left.T, right):  # noqa: PLR2004 - a matrix
        return Relation("transposed", {"got": tuple(left.shape), "due": tuple(right.shape)})
    if left.numel() > 1 and _close(left.flatten().sort().values, right.flatten().sort().values):
        return Relation("order")
    return None


def _close(left: torch.Tensor, right: torch.Tensor) -> bool:
    return torch.allclose(left.double(), right.double(), rtol=RTOL, atol=ATOL)
