"""What the learner's code says is shown as it is, and can do no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.model import Mistake, Status
from tests.tui.stage import Stage, check, require_whole, verdict
from tui.runner import Job, Runner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import GradeOptions, GradeRequest, Lang
    from grader.workspace import Workspace
    from tests.tui.conftest import Perform
    from tests.tui.stage import Step

HOSTILE = (
    "[/foo] [bold]list[int][/] [@click=app.quit]x[/]",
    "\x1b[2J\x1b]0;owned\x07\x1b[31mred\x9b31m\x00\x07",
    "\u202eright to left\u202c \u2066isolated\u2069 \u200b\ufeff",
    "emoji 👩‍👩‍👧‍👦 and e\u0301\u0302\u0303 combining " + "\u0301" * 200,
    "宽" * 500 + "，。！？）",
    "tabs\tand\rreturns\r\nlines\u2028more\x0b\x0c",
    "\ud800 lone surrogate",
    "a" * 5000,
    "",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_hostile_text_is_shown_and_harms_nothing(perform: Perform, text: str, lang: Lang) -> None:
    """Messages, output, mistakes and titles of any content leave whole rows without control characters."""

    def script(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
        mistake = Mistake("hostile", text, text)
        fields = {"title": text or "x", "message": text, "output": text, "mistake": mistake}
        checks = [check("test_one", Status.FAILED, **fields), check("test_two", Status.ERROR, message=text)]
        return [*checks, verdict(request, options, checks, mistake=mistake)]

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.graded()
        for key in ("o", "3", "down", "tab", "pagedown", "y"):
            await stage.press(key)
            lines = stage.lines()
            require_whole(lines, 100, 30)
            assert not [char for line in lines for char in line if ord(char) < 32 or char in "\x9b\u202e\u2066\x7f"]
        assert "\x1b" not in stage.app.clipboard

    perform(scenario, script=script, size=(100, 30), lang=lang)


def test_markup_is_shown_letter_by_letter(perform: Perform) -> None:
    """Brackets in a message stay: list[int] and [/foo] read as they were written."""

    def script(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
        checks = [check("test_one", Status.ERROR, message="list[int] [/foo]", title="[b]bold[/b] list[str]")]
        return [*checks, verdict(request, options, checks)]

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.graded()
        assert "list[int] [/foo]" in stage.text()
        assert "[b]bold[/b] list[str]" in stage.text()
        assert "list[int] [/foo]" in stage.note

    perform(scenario, script=script)


def test_ten_megabytes_of_output_leave_a_living_program(perform: Perform) -> None:
    """Output of 10 MB is bounded, said to be cut, and keys answer."""

    def script(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
        checks = [check("test_one", Status.CRASHED, output="x" * 10_000_000, message="Output limit")]
        return [*checks, verdict(request, options, checks)]

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.graded()
        await stage.press("o")
        await stage.press("end")
        assert "✗ crashed" in stage.text()
        assert len(stage.app.text_pane.plain_text) < 100_000
        await stage.press("1", "down")
        assert stage.app.desk.current.id == "ex2"

    perform(scenario, script=script)


def test_a_folder_where_the_file_should_be_is_no_crash(perform: Perform, workspace: Workspace) -> None:
    """A folder in place of a file reaches the engine, whose error is shown; the solution still opens."""
    path = workspace.root / "ex01_first_steps.py"
    path.unlink()
    path.mkdir()

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: not stage.app.grading)
        assert "✗" in stage.text() or "tries again" in stage.note
        await stage.press("x", "y")
        assert "not an ordinary file" in stage.note

    perform(scenario, script=lambda *_: [OSError("Is a directory")])


def test_a_message_to_a_closed_program_is_dropped() -> None:
    """A thread that still has something to say when the loop is gone ends quietly."""

    def post(_: object) -> None:
        message = "Event loop is closed"
        raise RuntimeError(message)

    class Engine:
        ready = True

        def grade(self, *_: object, **__: object) -> object:
            """Refuse."""
            raise OSError

        def close(self) -> None:
            """Do nothing."""

    runner = Runner(lambda: Engine(), post)  # type: ignore[arg-type, return-value]  # noqa: PLW0108
    runner.start()
    runner.grade([Job(request=None, options=None)])  # type: ignore[arg-type]
    runner.close()
