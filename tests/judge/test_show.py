"""Values in messages: short, on one line, and never a surprise."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
import torch
from hypothesis import given

from grader.judge.link import LocalLink
from grader.judge.show import MAX_SHOWN, show_number, show_object, show_tensor, show_value
from grader.judge.student import Courier, NumpyValue, RemoteObject
from grader.worker.wire import (
    ArrayValue,
    BytesValue,
    FunctionValue,
    MapValue,
    NumberValue,
    ObjectValue,
    SequenceValue,
    TensorValue,
    Value,
)
from tests.wire_values import python_values, tensors, values

pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support")


def is_presentable(text: str) -> bool:
    """Tell whether a text is bounded and holds neither control characters nor line ends."""
    return len(text) < MAX_SHOWN + 30 and not any(unicodedata.category(char) in ("Cc", "Cs") for char in text)


@pytest.mark.parametrize(
    ("tensor", "shown"),
    [
        (torch.tensor(1.5), "float32 () 1.5"),
        (torch.tensor([[0.5], [1.0]]), "float32 (2, 1) [[0.5], [1]]"),
        (torch.tensor([1 / 3], dtype=torch.float64), "float64 (1,) [0.3333333]"),
        (torch.tensor([float("nan"), float("inf")]), "float32 (2,) [nan, inf]"),
        (torch.tensor([True, False]), "bool (2,) [True, False]"),
        (torch.arange(12), "int64 (12,) [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]"),
        (torch.arange(13), "int64 (13,) [0, 1, 2, …]"),
        (torch.zeros(100, 100), "float32 (100, 100) [0, 0, 0, …]"),
        (torch.tensor([1 + 2j]), "complex64 (1,) [(1+2j)]"),
        (torch.empty(0, 3), "float32 (0, 3) []"),
        (torch.empty(1 << 40, 0), "float32 (1099511627776, 0) []"),
        (torch.empty(2, 3, device="meta"), "float32 (2, 3) on meta"),
        (torch.ones(1, requires_grad=True), "float32 (1,) [1]"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_tensor_shows_dtype_shape_and_a_few_elements(tensor: torch.Tensor, shown: str) -> None:
    """Small tensors show whole, large ones their beginning, endless empty ones nothing."""
    assert show_tensor(tensor) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1.0, "1"),
        (1234567.891, "1234568"),
        (1e-20, "1e-20"),
        (float("nan"), "nan"),
        (True, "True"),
        (7, "7"),
        (1 << 5000, "0x100000000000000000…"),
    ],
)
def test_numbers_are_short(number: object, shown: str) -> None:
    """Seven digits say enough; an int too long for Python to print is cut."""
    assert show_number(number) == shown


REMOTE = RemoteObject(Courier(LocalLink({}), seed=0), ObjectValue(1, "Net\x1b[31m\n", "module"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None"),
        ("a\nb\x1b[31m", r"'a\nb\x1b[31m'"),
        (b"\0", r"b'\x00'"),
        (2j, "2j"),
        ([1, (2.0, "x"), {"k": None}], "[1, (2, 'x'), {'k': None}]"),
        (list(range(9)), "[0, 1, 2, 3, 4, 5, …]"),
        ([[[[1]]]], "[[[[…]]]]"),
        ({3, 1, 2}, "set(1, 2, 3)"),
        (frozenset("b"), "frozenset('b')"),
        (NumpyValue(torch.tensor([1.0])), "numpy float32 (1,) [1]"),
        ((item for item in ()), "<generator>"),
        (REMOTE, "<Net >"),
    ],
)
def test_whatever_came_back_has_a_short_form(value: Any, shown: str) -> None:
    """Nested values show their first items; objects show their type."""
    assert show_object(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None"),
        ("a\n", r"'a\n'"),
        (SequenceValue("list", (1, 2.5)), "[1, 2.5]"),
        (SequenceValue("tuple", (1,)), "(1)"),
        (SequenceValue("generator", (1,)), "generator([1])"),
        (MapValue(((1, None),)), "{1: None}"),
        (NumberValue("int", "0x" + "f" * 99), "0x" + "f" * 58),
        (BytesValue(b"abc"), "3 bytes"),
        (ObjectValue(1, "Net\n", "module"), "<Net >"),
        (FunctionValue("def g(): ...", "g"), "g"),
        (TensorValue("float32", (1,), b"\0\0\x80?"), "float32 (1,) [1]"),
        (ArrayValue(TensorValue("float32", (1,), b"\0\0\x80?")), "numpy float32 (1,) [1]"),
        (TensorValue("float32", (1,), b""), "float32"),
        (TensorValue("x\n" * 99, (1,), b""), "x " * 30),
    ],
)
def test_an_argument_has_a_short_form(value: Value, shown: str) -> None:
    """Arguments show as they went over the wire, impossible ones by what they claim to be."""
    assert show_value(value) == shown


@given(tensors())
def test_any_tensor_is_presentable(tensor: torch.Tensor) -> None:
    """Every dtype can be shown."""
    assert is_presentable(show_tensor(tensor))


@given(python_values())
def test_any_result_is_presentable(value: Any) -> None:
    """What a learner returns cannot break a line or fill the screen."""
    assert is_presentable(show_object(value))


@given(values())
def test_any_wire_value_is_presentable(value: Value) -> None:
    """A hostile value cannot break a line or fill the screen either."""
    assert is_presentable(show_value(value))


@pytest.mark.parametrize("show", [show_object, show_value])
def test_wide_and_deep_values_stay_short(show: Any) -> None:
    """Six to the power of thirty leaves are not visited."""
    wide: Any = "x" * 10_000_000
    for _ in range(30):
        wide = [wide] * 6 if show is show_object else SequenceValue("list", (wide,) * 6)
    assert is_presentable(show(wide))
