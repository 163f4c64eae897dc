"""Two languages: switched live, everywhere, and remembered."""

from __future__ import annotations

import re
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from grader.texts import Catalog
from tests.tui.stage import Stage, all_pass, one_fails, plot, require_whole
from tui.keys import KEYS, text_name
from tui.notes import Note, neutral

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.model import GradeOptions, GradeRequest
    from tests.tui.conftest import Perform
    from tests.tui.stage import Step

_LATIN_WORD = re.compile(r"[A-Za-z]{4,}")
# Names, keys, and what a course or a learner wrote, are the same in both languages.
_NAMES = re.compile(
    r"gradlings|ex\d\w*|\w+\.py|Enter|Home|Space|PgUp|PgDn|Shift|Ctrl|Super|English|switch|VISUAL|EDITOR|test_\w+"
    r"|Title of|Message of|first|steps|second|wind|third|time|grader|check|--seed|shapes|broadcast|Reshape"
)


def with_plot(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
    """Fail, and draw a plot."""
    return [*one_fails(request, options), plot()]


def test_everything_on_the_screen_changes_language(perform: Perform) -> None:
    """After L no English words are left but names: titles, task, statuses, keys, hints and the summary."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: bool(stage.app.main.query("#plot")))
        await stage.press("h", "L")
        await stage.until(lambda: "zh: shapes" in stage.text())
        for text in ("练习", "题目", "提示 1/3", "检查 1/3", "图", "未尝试", "✗ 未通过", "错误：zh", "提示 1"):
            assert text in stage.text()
        left = {word for line in stage.lines() for word in _LATIN_WORD.findall(_NAMES.sub("", line))}
        assert not left
        require_whole(stage.lines(), 120, 40)
        await stage.press("L")
        await stage.until(lambda: "en: shapes" in stage.text())
        assert "1 Exercises" in stage.text()

    perform(scenario, script=with_plot)


def test_a_report_is_said_again_with_the_same_seed_and_not_recorded(perform: Perform) -> None:
    """L grades the same file again with the same seed, quietly: no second attempt, and the plot stays."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: bool(stage.app.main.query("#plot")))
        await stage.press("L")
        await stage.until(lambda: "zh: shapes" in stage.text())
        (_, first, _), (_, second, _) = stage.engine.asked
        assert first.seed == second.seed
        assert (first.lang, second.lang) == ("en", "zh")
        assert "4 图" in stage.text()
        await stage.press("L")
        await stage.until(lambda: "en: shapes" in stage.text())
        assert stage.practice.summary()["ex1"].attempts == 1

    perform(scenario, script=with_plot)


def test_a_report_on_another_exercise_changes_when_it_is_opened(perform: Perform) -> None:
    """What was graded in one language is said in the other as soon as one comes back to it."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.graded()
        await stage.press("down", "L", "up")
        await stage.until(lambda: "zh: shapes" in stage.text())

    perform(scenario)


@pytest.mark.parametrize("keys", [("question_mark",), ("ctrl+p",), ("x",), ("slash", "q", "q")])
def test_dialogs_are_in_the_language(perform: Perform, keys: tuple[str, ...]) -> None:
    """Help, palette, question and search have no English words in Chinese, and their rows are whole."""

    async def scenario(stage: Stage) -> None:
        await stage.press(*keys)
        left = {word for line in stage.lines() for word in _LATIN_WORD.findall(_NAMES.sub("", line))}
        assert not left
        require_whole(stage.lines(), 80, 24)

    perform(scenario, lang="zh", size=(80, 24))


def test_the_language_is_remembered_unless_one_is_asked_for(perform: Perform) -> None:
    """A new run speaks the language that L chose; an explicit one wins."""

    async def switch(stage: Stage) -> None:
        await stage.press("L")

    async def chinese(stage: Stage) -> None:
        assert "1 练习" in stage.text()

    async def english(stage: Stage) -> None:
        assert "1 Exercises" in stage.text()

    perform(switch)
    perform(chinese)
    perform(english, lang_chosen=True)


def test_notes_from_before_the_start_are_said_and_said_again(perform: Perform, tmp_path: Path) -> None:
    """What happened before there was a screen is told on it, in either language."""
    notes: SimpleQueue[Note] = SimpleQueue()
    notes.put(neutral("tui.step.made", path=tmp_path, count=3))

    async def scenario(stage: Stage) -> None:
        assert "one was made" in stage.note
        assert str(tmp_path) in stage.note
        await stage.press("L")
        assert "已新建" in stage.note

    perform(scenario, notes=notes)


def test_no_chinese_line_starts_with_closing_punctuation(perform: Perform) -> None:
    """At every width, in every pane, no row of a pane begins with ，。！？）、：；."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.graded()
        for width in range(24, 130, 7):
            await stage.pilot.resize_terminal(width, 30)
            for key in ("1", "2", "h", "3"):
                await stage.press(key)
                for line in stage.lines():
                    for part in line.split("│"):
                        assert not part.strip().startswith(tuple("，。！？）、：；”》")), f"{width}: {line}"

    perform(scenario, lang="zh", script=one_fails)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_key_has_words(lang: str) -> None:
    """Each key of the program has a description in both languages."""
    texts = Catalog("zh" if lang == "zh" else "en")
    for _, action in KEYS:
        assert texts.say(f"tui.does.{text_name(action)}")


def test_a_pass_in_chinese_names_the_next_keys(perform: Perform) -> None:
    """The summary of a pass is in Chinese and names n and s."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.graded()
        assert stage.note == "ex1 通过了。n 打开下一个练习，s 与参考答案比较"

    perform(scenario, lang="zh", script=all_pass)
