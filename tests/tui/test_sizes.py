"""Any size of terminal, and any way from one to another."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.tui.stage import Stage, one_fails, plot, require_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import GradeOptions, GradeRequest, Lang
    from tests.tui.conftest import Perform
    from tests.tui.stage import Step

KEYS = ("1", "2", "3", "4", "tab", "z", "h", "s", "o", "down", "up", "pagedown", "d", "p", "escape", "n", "L", "t")


def with_plot(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
    """Fail, and draw a plot."""
    return [*one_fails(request, options), plot()]


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 9), (4, 2), (9, 3), (80, 24), (89, 15), (90, 16), (200, 60)])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_starts_at_any_size(perform: Perform, size: tuple[int, int], lang: Lang) -> None:
    """From 1×1 to 200×60 the program starts, grades, and every row is exactly as wide as the terminal."""

    async def scenario(stage: Stage) -> None:
        require_whole(stage.lines(), *size)
        await stage.press("g")
        await stage.until(lambda: stage.app.desk.outcome.plot is not None)
        require_whole(stage.lines(), *size)

    perform(scenario, size=size, lang=lang, script=with_plot)


@pytest.mark.parametrize("seed", range(3))
def test_resizing_in_the_middle_of_anything_does_no_harm(perform: Perform, seed: int) -> None:
    """Random keys and sizes, through 4×2 again and again: no crash, and every row is whole."""
    choose = random.Random(seed)  # noqa: S311 - sizes, not secrets

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        for _ in range(25):
            size = (4, 2) if choose.random() < 0.3 else (choose.randint(1, 200), choose.randint(1, 60))
            await stage.pilot.resize_terminal(*size)
            await stage.press(*choose.choices(KEYS, k=2))
            await stage.pilot.pause()
            require_whole(stage.lines(), *size)
        await stage.pilot.resize_terminal(120, 40)
        await stage.pilot.pause()
        require_whole(stage.lines(), 120, 40)

    perform(scenario, script=with_plot)


@pytest.mark.parametrize("key", ["question_mark", "ctrl+p", "x", "slash"])
def test_dialogs_survive_any_size(perform: Perform, key: str) -> None:
    """Help, palette, question and search are resized through everything too."""

    async def scenario(stage: Stage) -> None:
        await stage.press(key)
        for size in ((4, 2), (1, 1), (30, 8), (80, 24), (200, 60), (4, 2)):
            await stage.pilot.resize_terminal(*size)
            await stage.pilot.pause()
            require_whole(stage.lines(), *size)

    perform(scenario, size=(80, 24))


def test_below_90_columns_one_pane_at_a_time(perform: Perform) -> None:
    """A narrow terminal shows the task first, and 1 to 3 the other panes; wide, all are there again."""

    async def scenario(stage: Stage) -> None:
        assert "Task of ex01_first_steps" in stage.text()
        assert "1 Exercises" not in stage.text()
        await stage.press("1")
        assert "ex1 first_steps" in stage.text()
        assert "Task of" not in stage.text()
        await stage.press("g")
        await stage.graded()
        assert "✗ failed" in stage.text()
        assert "Message of test_two" in stage.text()
        await stage.pilot.resize_terminal(120, 40)
        await stage.pilot.pause()
        for text in ("1 Exercises", "Task of ex01", "✗ failed"):
            assert text in stage.text()

    perform(scenario, size=(80, 24))


def test_a_long_summary_is_broken_into_lines_and_never_lost(perform: Perform) -> None:
    """What does not fit on one line goes on in the next."""

    async def scenario(stage: Stage) -> None:
        await stage.press("e")
        last = "".join(line.strip() for line in stage.lines()[-6:-1])
        assert "saving grades it" in last

    perform(scenario, size=(60, 24))
