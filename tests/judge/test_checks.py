"""How checks and mistakes are declared."""

from __future__ import annotations

from typing import Any

from grader.judge.checks import CheckSpec, NamedMistake, check, mistake, spec_of, title_of
from grader.model import Text


def test_a_check_keeps_its_function() -> None:
    """Declaring changes nothing but what is known of the check."""

    @check(zh="值", weight=2.0, needs=("test_first",))
    def test_values(student: object) -> object:
        """Each element is right.

        And more.
        """
        return student

    assert test_values("s") == "s"
    assert spec_of(test_values) == CheckSpec("值", 2.0, ("test_first",))
    assert title_of(test_values) == Text("Each element is right.", "值")


def test_a_bare_function_is_a_check_with_the_defaults() -> None:
    """Without @check a check counts once, needs nothing, and is called by its docstring or name."""

    def test_bare() -> None:
        """Bare."""

    def test_mute() -> None:
        return

    assert spec_of(test_bare) == CheckSpec("Bare.", 1.0, ())
    assert title_of(test_bare) == Text("Bare.", "Bare.")
    assert title_of(test_mute) == Text("test_mute", "test_mute")


def test_a_mistake_stands_in_under_the_name_that_it_replaces() -> None:
    """The function's own name is the id; in messages it goes by the replaced one."""
    title, advice = Text("Wrong", "错"), Text("Do it", "做")

    @mistake("f", title=title, advice=advice)
    def doubled(x: Any) -> Any:
        return x * 2

    assert isinstance(doubled, NamedMistake)
    assert (doubled.id, doubled.replaces, doubled.title, doubled.advice) == ("doubled", "f", title, advice)
    assert doubled.implementation(3) == 6
    assert (doubled.implementation.__name__, doubled.implementation.__qualname__) == ("f", "f")
