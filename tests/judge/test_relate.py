"""How a wrong result relates to the right one: found where it holds, not claimed where it does not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import grader
from grader.judge.diagnose import said
from grader.judge.relate import Relation, relate
from grader.model import LANGS
from grader.worker.tensors import tensor_value
from grader.worker.wire import Call, NumberValue, SequenceValue
from tests.wire_values import FLOATS, tensors

RIGHT = torch.tensor([[1.0, -2.0, 3.0], [4.0, 5.5, -6.0]])
SQUARE = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
COLUMN, FLAT = torch.tensor([[1.0], [2.0], [5.0]]), torch.tensor([3.0, 4.0, 7.0])
TERM = torch.tensor([0.1, 0.7, -0.2])


def call(*args: Any) -> Call:
    """Return a call with these arguments."""
    return Call(1, "f", tuple(tensor_value(a) if isinstance(a, torch.Tensor) else a for a in args), (), 0)


# key, what came back, what was due, the call, and a near miss that is none.
CASES: list[tuple[str, torch.Tensor, torch.Tensor, Call | None, torch.Tensor]] = [
    ("factor_two", RIGHT * 2, RIGHT, None, RIGHT * 2 + 0.1 * RIGHT**2),
    ("factor_half", RIGHT / 2, RIGHT, None, RIGHT / 2.1),
    ("factor_batch", RIGHT * 10, RIGHT, call(RIGHT, 0.1, 10), RIGHT * 11),
    ("factor_per_batch", RIGHT / 10, RIGHT, call(RIGHT, 0.1, 10), RIGHT / 11),
    ("factor_count", RIGHT * 7, RIGHT, call(torch.ones(7)), RIGHT * 7.1),
    ("factor_per_count", RIGHT / 12, RIGHT, call(torch.ones(3, 4)), RIGHT / 11),
    ("factor", RIGHT * -0.7, RIGHT, None, RIGHT * torch.linspace(0.6, 0.8, 3)),
    ("zero", RIGHT * 0, RIGHT, None, RIGHT * 0 + torch.eye(3)[:2]),
    ("sign", -RIGHT, RIGHT, None, -RIGHT.abs()),
    ("nan", RIGHT / torch.tensor([1.0, 0.0, 1.0]) * 0, RIGHT, None, RIGHT.clone().fill_(float("inf"))),
    ("broadcast", COLUMN - FLAT, COLUMN, call(COLUMN, FLAT), torch.zeros(3, 4)),
    ("sum_for_elements", RIGHT.sum(), RIGHT, None, RIGHT.sum() + 1),
    ("mean_for_elements", RIGHT.mean(), RIGHT, None, RIGHT.mean() + 1),
    ("one_for_elements", torch.tensor([9.0]), RIGHT, None, RIGHT.sum()),
    ("elements_for_one", RIGHT, RIGHT.sum(), None, torch.zeros(1)),
    ("transposed", RIGHT.T, RIGHT, None, RIGHT.reshape(6)),
    ("transposed", SQUARE.T, SQUARE, None, SQUARE.flip(0)),
    ("reshaped", RIGHT.reshape(6), RIGHT, None, torch.zeros(5)),
    ("missing_term", RIGHT - TERM, RIGHT, call(RIGHT, TERM), RIGHT - TERM * 1.5),
    ("extra_term", RIGHT + TERM, RIGHT, call(RIGHT, TERM), RIGHT + TERM**2),
    ("missing_number", RIGHT - 0.3, RIGHT, call(RIGHT, 0.3), RIGHT - 0.4),
    ("offset", RIGHT + 1.5, RIGHT, None, RIGHT + torch.linspace(1.4, 1.6, 3)),
    ("order", RIGHT.flip(1), RIGHT, None, RIGHT.flip(1) + torch.eye(3)[:2]),
]


@pytest.mark.parametrize(("key", "actual", "expected", "made", "miss"), CASES)
def test_each_relation_is_found_and_not_claimed(
    key: str, actual: torch.Tensor, expected: torch.Tensor, made: Call | None, miss: torch.Tensor
) -> None:
    """A relation is found where it holds; a near miss is another one or none."""
    found = relate(actual, expected, made)
    assert found is not None
    assert found.key == key
    other = relate(miss, expected, made)
    assert other is None or other.key != key


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
@pytest.mark.parametrize("lang", LANGS)
def test_each_relation_has_a_text(case: tuple[Any, ...], lang: Any) -> None:
    """Title and advice exist in both languages, with nothing left to fill in."""
    relation = relate(*case[1:4])
    assert relation is not None
    mistake = said(relation, lang)
    assert mistake.id == f"general.{relation.key}"
    assert mistake.title
    assert mistake.advice
    assert not re.search(r"[{}]", mistake.title + mistake.advice)


def test_no_relation_is_without_a_case_or_a_text() -> None:
    """The keys that the source can return are those of the tables, and each is tested here or in the diagnosis."""
    package = Path(grader.__file__).parent
    tables = tomllib.loads((package / "strings.en.toml").read_text(encoding="utf-8"))["judge"]["relation"]
    of_the_diagnosis = {"lost_graph", "none", "dtype", "device", "changed_input", "first_call_only", "drift"}
    assert set(tables) == {case[0] for case in CASES} | of_the_diagnosis
    for key in of_the_diagnosis:
        assert {said(Relation(key), lang).title for lang in LANGS}


def test_both_shapes_of_a_broadcast_are_named() -> None:
    """The title says which two shapes made which."""
    relation = relate(COLUMN - FLAT, COLUMN, call(COLUMN, FLAT))
    assert relation is not None
    assert said(relation, "en").title == "(3, 1) and (3,) broadcast to (3, 3)"
    assert relate(COLUMN - FLAT, COLUMN, call(COLUMN, COLUMN)) != relation, "two alike do not broadcast"


def test_a_broadcast_of_large_arguments_takes_no_room() -> None:
    """Shapes are reckoned with, not allocated: these would take 40 GB."""
    column, flat = torch.empty(100_000, 1), torch.empty(100_000)
    relation = relate(torch.empty(1).expand(100_000, 100_000), column, call(column, flat))
    assert relation is not None
    assert relation.key == "broadcast"


def test_arguments_inside_a_list_count() -> None:
    """Parameters handed over in a list are found too, and the number of their elements."""
    relation = relate(RIGHT - TERM, RIGHT, Call(1, "f", (SequenceValue("list", (tensor_value(TERM),)),), (), 0))
    assert relation == Relation("missing_term", {"number": 1})


def test_a_factor_names_its_number() -> None:
    """The title says how much, and of what it is the number."""
    titles = [said(relate(*case[1:4]), "en").title for case in CASES if case[0].startswith("factor")]  # type: ignore[arg-type]
    assert titles == [
        "Every element is 2 times what is due",
        "Every element is half of what is due",
        "Every element is 10 times what is due: 10 is the number you were given",
        "Every element is 1/10 of what is due: 10 is the number you were given",
        "Every element is 7 times what is due: 7 is the number of elements",
        "Every element is 1/12 of what is due: 12 is the number of elements",
        "Every element is -0.7 times what is due",
    ]


def test_arguments_that_are_not_finite_are_no_counts() -> None:
    """Infinity and NaN among the arguments do not hide a factor."""
    assert relate(RIGHT * 2.5, RIGHT, call(RIGHT, float("inf"), float("nan"))) == Relation("factor", {"factor": "2.5"})


def test_one_element_proves_no_odd_factor() -> None:
    """Any two numbers have a ratio: with one element only a telling factor counts."""
    one = torch.tensor([3.0])
    assert relate(one * 1.37, one, None) is None
    relation = relate(one * 2, one, None)
    assert relation is not None
    assert relation.key == "factor_two"


def test_numbers_within_rounding_are_not_related() -> None:
    """A result that a strict check refuses by its last digits is no constant off."""
    assert relate(RIGHT + 1e-7, RIGHT, call(torch.full((3,), 1e-7))) is None


def test_shapes_are_related_without_numbers() -> None:
    """Where only a shape was due, on meta, its relation is found all the same."""
    due = torch.empty(2, 3, device="meta")
    keys = [relate(actual, due, None) for actual in (RIGHT.T, RIGHT.reshape(6), RIGHT.sum())]
    assert [relation and relation.key for relation in keys] == ["transposed", "reshaped", "one_for_elements"]


@given(tensors(FLOATS), st.lists(tensors(FLOATS) | st.floats() | st.integers(-5, 5), max_size=3))
def test_equal_tensors_are_not_related(tensor: torch.Tensor, args: list[Any]) -> None:
    """Whatever the arguments were, what equals the expected has no relation to it."""
    assert relate(tensor, tensor.clone(), call(*args)) is None


@given(tensors(), tensors(), st.lists(tensors() | st.floats() | st.integers(-(1 << 63), 1 << 63), max_size=3))
@pytest.mark.filterwarnings("ignore:ComplexHalf support")
def test_relate_never_raises_and_can_always_be_said(
    actual: torch.Tensor, expected: torch.Tensor, args: list[Any]
) -> None:
    """Any dtypes, shapes and values, NaN and infinities too, have a relation with a text, or none."""
    arguments = call(*args[:1], SequenceValue("list", (NumberValue("int", "0xff"), None, "a")), *args[1:])
    for one, other in ((actual, expected), (actual, actual.reshape(-1))):
        relation = relate(one, other, arguments)
        assert relation is None or said(relation, "zh").title
