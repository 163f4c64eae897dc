"""How a check and a named mistake are declared in an exercise's folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from grader.model import Text

Function = TypeVar("Function", bound=Callable[..., Any])
_CHECK = "_gradlings_check"


@dataclass(frozen=True)
class CheckSpec:
    """What `@check` says: the Chinese title, the share of the points, what must pass first."""

    zh: str
    weight: float = 1.0
    needs: tuple[str, ...] = ()


def check(*, zh: str, weight: float = 1.0, needs: tuple[str, ...] = ()) -> Callable[[Function], Function]:
    """Declare a check: its docstring is the English title, `zh` the Chinese one.

    `weight` is its share of the exercise's points. Unless every check in `needs` passed,
    it is skipped.
    """

    def declare(function: Function) -> Function:
        setattr(function, _CHECK, CheckSpec(zh, weight, needs))
        return function

    return declare


def spec_of(function: Callable[..., Any]) -> CheckSpec:
    """Return what `@check` said of a function; the defaults where it said nothing."""
    title = (function.__doc__ or function.__name__).strip().partition("\n")[0]
    return getattr(function, _CHECK, CheckSpec(zh=title))


def title_of(function: Callable[..., Any]) -> Text:
    """Return the titles of a check: the first line of its docstring, and the Chinese one."""
    english = (function.__doc__ or function.__name__).strip().partition("\n")[0]
    return Text(english, spec_of(function).zh)


@dataclass(frozen=True)
class NamedMistake:
    """A wrong implementation of one name of an exercise, with what to say about it."""

    id: str
    replaces: str
    implementation: Any
    title: Text
    advice: Text


def mistake(replaces: str, *, title: Text, advice: Text) -> Callable[[Any], NamedMistake]:
    """Declare a named mistake: the function (or class) below stands in for `replaces`.

    Its own name is the mistake's id. The exercise's other names come from the reference
    solution.
    """

    def declare(implementation: Any) -> NamedMistake:  # noqa: ANN401 - a function or a class
        name = implementation.__name__
        implementation.__name__ = implementation.__qualname__ = replaces
        return NamedMistake(name, replaces, implementation, title, advice)

    return declare
