"""The widget that shows tasks, reports, code and diffs."""

from __future__ import annotations

import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem

from grader.texts import Catalog
from tests.tui.showing import Showing, contrast, drives, lines, pieces
from tui.prose import Prose, Section, SectionStyle
from tui.themes import THEMES

if TYPE_CHECKING:
    from textual.pilot import Pilot

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0
TASKS = {
    f"{path.parent.name[:4]}{path.suffixes[0]}": path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("exercises/*/task.*.md"))
}
HOSTILE = (
    "list[int] [/foo] [red]x[/] [@click=app.quit]quit[/] $foreground {x} %s",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J \x07\x08\x00 bell",
    "\u202eright to left\u202c \u2066isolated",
    "👩\u200d👩\u200d👧\u200d👦 ☀\ufe0f 🏳\ufe0f\u200d🌈 👍🏽",
    "Z" + "\u0301" * 500,
    "\t\ttabs\tand\tmore",
    "# no heading\n* no bullet\n```\nno code",
    "\ud800 alone",
    "\r\nwindows\r\nlines\r",
    "",
)
EVERYTHING = """\
# Title with `code` and *emphasis*

A **bold** [link](https://example.org/) and ~~struck~~ text.

- one
  - two
    - three

1. first
2. second

> A quotation with `code`.

| shape | meaning |
|---|---|
| `(n, 1)` | a **column** |

---

```python
@decorator
class Net(nn.Module):  # a comment
    def forward(self, x: int = 1) -> str:
        return print("text", None, not x)
```

    >>> 1 + 1
    2
"""
# The rules of tables and quotations are not text.
DRAWING = set("─│┼▌ ▁▂▃▄▅▆▇█")
STYLES: tuple[SectionStyle, ...] = ("plain", "title", "good", "bad", "note", "faint", "code")


async def assert_exact(pilot: Pilot[None], app: Showing, size: tuple[int, int]) -> None:
    """Assert that every row of the screen is as wide as the screen, once the screen has that size."""
    end = time.monotonic() + PATIENCE_S
    while (found := [cell_len(line) for line in lines(app)]) != [size[0]] * size[1] and time.monotonic() < end:
        await pilot.pause(0.02)
    assert found == [size[0]] * size[1]


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
@drives
async def test_tasks_fit_every_width(task: str) -> None:
    """Each task of the course is laid out in rows of exactly the width, none starting with a closing mark."""
    prose = Prose()
    app = Showing(prose)
    async with app.run_test(size=(80, 24)) as pilot:
        prose.show_markdown(task)
        for width in (20, 33, 58, 80, 120):
            await pilot.resize_terminal(width, 50)
            await assert_exact(pilot, app, (width, 50))
            for line in lines(app):
                assert not line.strip().startswith(tuple("，。！？）、：；」』”’】》…"))


@drives
async def test_it_lives_at_any_size() -> None:
    """No size breaks it, down to a single cell and up again, whatever it shows."""
    prose = Prose()
    app = Showing(prose)
    fillings = (
        lambda: prose.show_markdown(EVERYTHING),
        lambda: prose.show_text([Section(text, "code", 8, "verbatim") for text in HOSTILE]),
        lambda: prose.show_text([Section("中文，中文", "title", 40)]),
        lambda: prose.show_diff("a\nb", "a\nc", "a.py", "b.py"),
        lambda: prose.show_text([]),
    )
    async with app.run_test(size=(80, 24)) as pilot:
        for fill, size in product(fillings, ((1, 1), (2, 1), (1, 3), (4, 2), (3, 9), (13, 5), (200, 60))):
            fill()
            await pilot.resize_terminal(*size)
            await assert_exact(pilot, app, size)
            await pilot.press("end")


@pytest.mark.parametrize("text", HOSTILE)
@drives
async def test_hostile_text_is_only_text(text: str) -> None:
    """Nothing of a learner's text is markup, moves the cursor or makes a row wider than it counts."""
    prose = Prose()
    app = Showing(prose)
    async with app.run_test(size=(60, 12)) as pilot:
        for kind in ("prose", "verbatim", "markdown"):
            prose.show_text([Section(text, kind=kind)])
            await pilot.pause()
            await assert_exact(pilot, app, (60, 12))
            shown = "\n".join(lines(app))
            assert not any(char < " " and char != "\n" for char in shown)
            assert not set(shown) & set("\x1b\x9b\u202e\u200d\ufe0f")
        prose.show_text([Section(text)])
        for word in ("list[int]", "[/foo]", "[@click=app.quit]", "# no heading", "* no bullet"):
            assert (word in text) == (word in prose.plain_text)


@given(st.text(max_size=300), st.integers(1, 40), st.sampled_from(["prose", "verbatim", "markdown"]))
@settings(max_examples=15)
def test_any_text_in_any_width(text: str, width: int, kind: str) -> None:
    """Whatever the text, every row is exact."""

    @drives
    async def show() -> None:
        prose = Prose()
        app = Showing(prose)
        async with app.run_test(size=(width, 8)) as pilot:
            prose.show_text([Section(text, indent=2, kind=kind)])
            prose.show_code(text)
            await pilot.pause()
            await assert_exact(pilot, app, (width, 8))

    show()


@pytest.mark.parametrize(
    ("lead", "text"), [("Ctrl+q q  ", "quit, and again quit"), ("键  ", "退出程序，再退出程序一次")]
)
@drives
async def test_rows_after_a_lead_begin_below_the_text(lead: str, text: str) -> None:
    """What does not fit into the first row stands under its text, and a cell is left before the scroll bar."""
    prose = Prose()
    app = Showing(prose)
    async with app.run_test(size=(24, 8)) as pilot:
        prose.show_text([Section(text, indent=1, lead=lead)])
        await pilot.pause()
        first, second = (line.rstrip() for line in lines(app)[:2])
        assert first.startswith(f" {lead}{text[0]}")
        assert cell_len(second) - cell_len(second.lstrip()) == 1 + cell_len(lead)
        assert (first + second).replace(" ", "") == (lead + text).replace(" ", "")
        assert max(map(cell_len, (first, second))) <= 22


@pytest.mark.parametrize("piece", ["x", "\n", "line of output\n", "中", "\u0301", "\x1b[31m", "\t", "# a\n"])
@drives
async def test_ten_megabytes_are_bounded(piece: str) -> None:
    """The beginning and the end are shown, how much is left out is said, and it takes no time to speak of."""
    text = "BEGIN" + piece * (10_000_000 // len(piece)) + "END"
    prose = Prose(lang="zh")
    app = Showing(prose)
    async with app.run_test(size=(80, 24)) as pilot:
        for show in (lambda: prose.show_text([Section(text, kind="verbatim")]), lambda: prose.show_code(text)):
            begin = time.process_time()
            show()
            assert time.process_time() - begin < 2
            await pilot.press("end")
            assert "END" in "".join(lines(app))
            left_out = Catalog("zh").say("prose.left_out", count="")
            assert left_out.split()[1] in prose.plain_text
            assert len(prose.plain_text) < 200_000
            await pilot.press("home")
            assert "BEGIN" in "".join(lines(app))


@drives
async def test_all_sections_share_one_bound() -> None:
    """Many long sections are bounded as one long section is."""
    prose = Prose()
    app = Showing(prose)
    async with app.run_test(size=(80, 24)):
        prose.show_text([Section("x" * 50_000) for _ in range(50)])
        assert len(prose.plain_text) < 200_000


@drives
async def test_keys_scroll() -> None:
    """Arrows, j and k, pages, space, home and end scroll at once."""
    prose = Prose()
    app = Showing(prose)
    async with app.run_test(size=(20, 5)) as pilot:
        prose.show_text([Section("\n".join(map(str, range(100))))])
        prose.focus()
        await pilot.pause()
        for keys, first in (
            (("down",), 1),
            (("j",), 2),
            (("up",), 1),
            (("k",), 0),
            (("pagedown",), 5),
            (("space",), 10),
            (("pageup",), 5),
            (("end",), 95),
            (("down",), 95),
            (("home",), 0),
        ):
            await pilot.press(*keys)
            assert lines(app)[0].split()[0] == str(first), keys


@drives
async def test_a_new_text_begins_at_the_top() -> None:
    """What is shown next is shown from its beginning."""
    prose = Prose()
    app = Showing(prose)
    async with app.run_test(size=(20, 5)) as pilot:
        prose.show_text([Section("a\n" * 50)])
        prose.focus()
        await pilot.press("end")
        prose.show_text([Section("b\n" * 50)])
        await pilot.pause()
        assert prose.scroll_offset.y == 0
        assert lines(app)[0].startswith("b")


@drives
async def test_plain_text_is_what_is_shown() -> None:
    """Copying gives the text, its lines whole, without the marks of Markdown."""
    prose = Prose()
    app = Showing(prose)
    async with app.run_test(size=(20, 5)):
        prose.show_markdown("# 标题\n\n第一行，\n第二行 `code`。\n\n- one\n- two and much more than fits\n")
        assert prose.plain_text == "标题\n\n第一行，第二行 code。\n\n• one\n• two and much more than fits"
        prose.show_code("def f():\n    return 1\n")
        assert prose.plain_text == "def f():\n    return 1"


@drives
async def test_a_section_has_its_indent_and_style() -> None:
    """A section is set in, each of its rows; markdown of the course joins its lines."""
    prose = Prose()
    app = Showing(prose)
    async with app.run_test(size=(20, 6)) as pilot:
        prose.show_text([Section("one two three four", indent=4), Section(""), Section("a\nb `c`", kind="markdown")])
        await pilot.pause()
        assert [line.rstrip() for line in lines(app)] == ["    one two three", "    four", "", "a b c", "", ""]


@drives
async def test_a_diff_says_what_changes() -> None:
    """Lines to remove and to add have their sign; equal sources are said to be equal."""
    prose = Prose()
    app = Showing(prose)
    async with app.run_test(size=(40, 10)) as pilot:
        prose.show_diff("a = 1\n-- b\n", "a = 1\nc\n", "mine.py", "reference")
        await pilot.pause()
        shown = [line.rstrip() for line in lines(app)]
        assert shown[:6] == ["− mine.py", "+ reference", "", "  a = 1", "− -- b", "+ c"]
        prose.show_diff("a = 1\n", "a = 1\n", "mine.py", "reference")
        assert prose.plain_text == Catalog("en").say("prose.same")


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT], ids=lambda system: system.name)
@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
@drives
async def test_all_that_is_rendered_has_contrast(theme: str, system: ColorSystem) -> None:
    """As rendered, every word in every style has 4.5:1, in 256 colours too."""
    prose = Prose()
    app = Showing(prose, theme)
    async with app.run_test(size=(70, 60)) as pilot:
        for fill in (
            lambda: prose.show_markdown(EVERYTHING),
            lambda: prose.show_text([Section("text", style) for style in STYLES]),
            lambda: prose.show_diff("a\nb" + "x" * 90, "a\nc" + "y" * 90, "mine", "reference"),
            lambda: prose.show_code("# long" + " comment" * 20),
        ):
            fill()
            await pilot.pause()
            seen = [piece for piece in pieces(app, system) if not set(piece.text) <= DRAWING]
            assert seen
            assert not [piece for piece in seen if contrast(piece.foreground, piece.background) < 4.5]


@drives
async def test_it_follows_the_theme() -> None:
    """Another theme colours what is shown already."""
    prose = Prose()
    app = Showing(prose)
    async with app.run_test(size=(40, 5)) as pilot:
        prose.show_markdown("# Title\n\n`code`")
        await pilot.pause()
        before = list(pieces(app))
        app.theme = "mist"
        await pilot.pause()
        after = list(pieces(app))
        assert [piece.text for piece in after] == [piece.text for piece in before]
        assert all(new.foreground != old.foreground for new, old in zip(after, before, strict=True))


@drives
async def test_marked_text_is_seen_and_copied() -> None:
    """What the mouse marks is coloured and is what is copied, Chinese included."""
    prose = Prose()
    app = Showing(prose)
    async with app.run_test(size=(40, 5)) as pilot:
        prose.show_text([Section("第一行 one"), Section("第二行 two")])
        await pilot.pause()
        await pilot.mouse_down(prose, offset=(4, 0))
        await pilot.hover(prose, offset=(4, 1))
        await pilot.mouse_up(prose, offset=(4, 1))
        await pilot.pause()
        assert app.screen.get_selected_text() == "行 one\n第二行"
        assert len({piece.background for piece in pieces(app)}) == 2


@drives
async def test_it_lays_out_again_when_resized() -> None:
    """A wider window joins rows again."""
    prose = Prose()
    app = Showing(prose)
    async with app.run_test(size=(20, 5)) as pilot:
        prose.show_text([Section("one two three four five six")])
        await pilot.pause()
        assert lines(app)[1].strip()
        await pilot.resize_terminal(60, 5)
        assert not lines(app)[1].strip()


@drives
async def test_resizing_keeps_the_place() -> None:
    """What one was reading is still in view when the window gets narrower."""
    prose = Prose()
    app = Showing(prose)
    async with app.run_test(size=(60, 10)) as pilot:
        prose.show_text([Section(f"{number}: " + "word " * 20) for number in range(100)])
        prose.scroll_to(0, 100, animate=False)
        await pilot.pause()
        first = int(lines(app)[0].split(":")[0])
        await pilot.resize_terminal(30, 10)
        await pilot.pause()
        assert any(line.startswith(f"{first}:") for line in lines(app))


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
@drives
async def test_without_colours_all_is_there_and_readable(theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under NO_COLOR there are greys with enough contrast, and signs say what colours would."""
    monkeypatch.setenv("NO_COLOR", "1")
    prose = Prose()
    app = Showing(prose, theme)
    async with app.run_test(size=(70, 60)) as pilot:
        for fill in (
            lambda: prose.show_markdown(EVERYTHING),
            lambda: prose.show_text([Section("text", style) for style in STYLES]),
            lambda: prose.show_diff("a\nb", "a\nc", "mine", "reference"),
        ):
            fill()
            await pilot.pause()
            seen = [piece for piece in pieces(app) if not set(piece.text) <= DRAWING]
            assert all(len(set(piece.foreground)) == 1 for piece in seen)
            assert not [piece for piece in seen if contrast(piece.foreground, piece.background) < 4.5]
        assert [line[:3] for line in lines(app)[:6]] == ["− m", "+ r", "   ", "  a", "− b", "+ c"]
