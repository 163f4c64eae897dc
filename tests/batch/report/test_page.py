"""The report as a page."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import tomllib
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import grader.batch.report
from grader.batch.records import Book, Override, Student, Unread
from grader.batch.report import write_report
from grader.batch.report.page import LARGEST_GRID, LONGEST_LIST, render
from grader.errors import WorkspaceError
from grader.model import LANGS, Lang, Mistake, Status, Text
from grader.texts import Catalog
from tests.batch.report.class_by_hand import (
    NO_HALF,
    book,
    check,
    fault,
    graded,
    large,
    missing,
    report,
    row,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
VOID = {"meta", "link", "img", "br", "hr", "input"}
PACKAGE = Path(grader.batch.report.__file__).parent
NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></table><h1>",
    "</svg></pre>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe\x1b[31m\x00\x07",
    "=cmd|' /C calc'!A0",
    "\udcff\ud800",
    "&lt;b&gt; &amp;",
    "x" * 5000,
    "`</code><i>`",
    "<!--",
)


class Page(HTMLParser):
    """What a browser would make of a page: its tags, and the texts of its cells."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self._open: list[str] = []
        self._caption = ""
        self._cell: list[str] | None = None
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, tuple(attrs)))
        if tag in VOID:
            return
        self._open.append(tag)
        if tag in ("caption", "td", "th"):
            self._cell = []
        elif tag == "tr":
            self.tables[self._caption].append([])

    def handle_endtag(self, tag: str) -> None:
        """Note its end."""
        assert self._open.pop() == tag
        if tag in ("caption", "td", "th") and self._cell is not None:
            text = " ".join("".join(self._cell).split())
            self._cell = None
            if tag == "caption":
                self._caption = text
                self.tables[text] = []
            else:
                self.tables[self._caption][-1].append(text)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag of a picture that ends at once."""
        self.tags.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if "style" not in self._open and "text" not in self._open:
            self.text.append(data)
        if self._cell is not None:
            self._cell.append(data)

    @property
    def words(self) -> str:
        """All that a reader reads."""
        return " ".join("".join(self.text).split())

    def values(self, name: str) -> list[str]:
        """Return all values of an attribute."""
        return [value or "" for _, attrs in self.tags for key, value in attrs if key == name]


def page_of(whole: Book) -> Page:
    """Return the page of a class."""
    return Page(render(whole, at=AT))


def full(lang: Lang = "en") -> Book:
    """Return a class that fills every section."""
    wrong = report(Status.FAILED, check(Status.FAILED, message="twice\ncalled: f(1)", mistake=NO_HALF), mistake=NO_HALF)
    override = Override(9.0, "Read by hand.", "2026-01-01T00:00:00Z")
    rows = [
        row("ann", report(Status.PASSED, check(Status.PASSED))),
        row("bob", wrong),
        msgspec.structs.replace(row("cyd", wrong), score=9.0, override=override),
        fault("dan", message="no memory"),
        missing("eve"),
    ]
    reports = {"bob": [wrong], "cyd": [wrong]}
    unread = (Unread("zip/homework.docx", Text("not Python", "不是 Python")),)
    return book(rows, reports, exercises=2, lang=lang, unread=unread, sandbox="none")


@pytest.fixture(scope="module")
def whole() -> Page:
    """The page of a class that fills every section."""
    return page_of(full())


def test_the_mistakes_of_a_class_are_told(whole: Page) -> None:
    """A mistake has its name, its id, its advice, how many made it, and an example."""
    _, mistake = whole.tables["Mistakes in ex1"]
    assert mistake == ["The half is missing no_halfDivide by 2.", "2 67%", "twice called: f(1)"]
    assert "2 of 3 who tried did not pass (67%)." in whole.words
    assert "2 of 3 who tried The half is missing Divide by 2. ex1 Task 1" in whole.words


def test_the_numbers_of_pictures_are_in_tables(whole: Page) -> None:
    """Scores, statuses and seconds can be read without a picture."""
    heads, first, second = whole.tables["Students by exercise and status"]
    assert heads == ["Exercise", "✓ passed", "✗ failed", "✗ missing", "! not graded"]
    assert first == ["ex1", "1", "2", "1", "1"]
    assert second == ["ex2", "0", "0", "5", "0"]
    assert whole.tables["Students by share of the points"][1:] == [
        [f"{10 * n}–{10 * n + 10}%", {0: "2", 4: "1", 5: "1"}.get(n, "0")] for n in range(10)
    ]
    assert whole.tables["Seconds by exercise"][1:] == [["ex1", "0.50", "0.50"], ["ex2", "–", "–"]]


def test_the_figures_at_the_top(whole: Page) -> None:
    """When, how many, and how well."""
    assert "2026-03-02 10:30 UTC Handed in as: moodle Confinement: none" in whole.words
    assert "Students5 Handed in4 80% Passed every exercise0 0% Exercises passed1 11%" in whole.words
    assert "Mean score24% Median score22%" in whole.words


def test_what_needs_the_instructor_is_listed(whole: Page) -> None:
    """Faults, scores set by hand, unread files and absent students each have their place."""
    assert whole.tables["Could not be graded"][1] == ["dan", "ex1", "no memory"]
    assert whole.tables["Scores set by hand"][1][:5] == ["cyd", "ex1", "0", "9", "Read by hand."]
    assert whole.tables["Files that were not read"][1] == ["zip/homework.docx", "not Python"]
    assert "Handed in nothing: 1 eve" in whole.words


def test_the_grid_has_symbol_word_and_score(whole: Page) -> None:
    """Each cell says its status by a symbol and a word; a fault has no score."""
    grid = {line[0]: line[1:] for line in whole.tables["Every student"][1:]}
    assert grid["ann"] == ["10✓ passed", "0✗ missing"]
    assert grid["cyd"][0] == "9*✗ failed"
    assert grid["dan"][0] == "–! not graded"


def test_an_example_names_nobody() -> None:
    """A message that holds its student's name is not shown; who it was is for grades.csv."""
    told = report(Status.FAILED, check(Status.FAILED, message="/home/bobby/x.py", mistake=NO_HALF), mistake=NO_HALF)
    words = page_of(graded({"bobby": told})).words
    assert "/home/bobby" not in words
    assert "none that names nobody" in words


@pytest.mark.parametrize(
    ("sandbox", "is_loud"), [("full", False), ("none", True), ("", True), ("full, no seccomp", True)]
)
def test_less_than_full_confinement_is_loud(sandbox: str, is_loud: bool) -> None:  # noqa: FBT001
    """Any level but the full one is a warning before any number."""
    page = page_of(graded({"a": report(Status.PASSED)}, sandbox=sandbox))
    assert ("not fully confined" in page.words) == is_loud
    assert (
        "section",
        (("class", "warning"), ("role", "note"), ("aria-labelledby", "warning")),
    ) in page.tags or not is_loud


@pytest.mark.parametrize("lang", LANGS)
def test_both_languages_are_complete(lang: Lang) -> None:
    """Every section is in the language of the book, and the page says which it is."""
    page = page_of(full(lang))
    texts = Catalog(lang)
    assert ("html", (("lang", "zh-Hans" if lang == "zh" else "en"),)) in page.tags
    for key in ("teach_again", "scores", "statuses", "mistakes", "times", "faults", "overrides", "unread", "grid"):
        assert texts.say(f"class_report.{key}") in page.words
    if lang == "zh":
        # What is left in Latin letters is names, ids and what students wrote.
        assert not set(re.findall(r"\b(?:the|and|who|students?|score|exercise)\b", page.words))


def test_every_text_of_the_report_is_used() -> None:
    """No template asks for a text that is not there, and none is there that nothing asks for."""
    sources = [path.read_text(encoding="utf-8") for path in (*PACKAGE.glob("*.py"), *PACKAGE.glob("template/*.jinja"))]
    used = {key for source in sources for key in re.findall(r"class_report\.([a-z_0-9]+)", source)}
    keys = tomllib.loads((PACKAGE.parents[1] / "strings.en.toml").read_text("utf-8"))["class_report"].keys()
    assert used == keys


def nasty_class(texts: Sequence[str]) -> Book:
    """Return a class in which everything that a learner writes is one of `texts`."""
    rows, reports, students = [], {}, []
    for n, text in enumerate(texts):
        name = f"{n}{text}"
        wrong = report(Status.FAILED, check(Status.FAILED, message=f"{text}\n{text}", mistake=NO_HALF), mistake=NO_HALF)
        # No message holds all of a name, or it would be no example.
        students.append(Student(id=name, name=f"{text} Jr", email=f"{text}@school"))
        override = Override(1.0, text, text)
        fields = {"file": text or "x", "message": text, "override": override if n % 2 else None}
        rows.append(msgspec.structs.replace(row(name, wrong), **fields))
        rows.append(fault(name, "ex2", message=text))
        reports[name] = [wrong]
    unread = tuple(Unread(text, Text(text, text)) for text in texts)
    return book(rows, reports, students=students, exercises=2, unread=unread, sandbox=texts[0], layout=f"x{texts[0]}")


def test_no_learner_makes_a_tag_or_an_attribute() -> None:
    """A class of hostile texts has the very tags and attributes of the same class with harmless ones."""
    hostile = page_of(nasty_class(NASTY))
    harmless = page_of(nasty_class([f"text {n}" for n in range(len(NASTY))]))
    assert hostile.tags == harmless.tags
    assert "<script>alert(1)</script>" in hostile.words
    assert "{{ 7 * 7 }}" in hostile.words


def test_nothing_unseen_reaches_the_page() -> None:
    """Control, escape and reordering characters are gone, lone surrogates replaced, long texts cut."""
    source = render(nasty_class(NASTY), at=AT)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", source)
    assert "x" * 1000 not in source
    source.encode("utf-8")


@settings(max_examples=12)
@given(st.text(st.characters(), min_size=1, max_size=60))
def test_any_name_is_only_text(text: str) -> None:
    """Whatever a student is called or prints, the page parses to the same tags."""
    assert page_of(nasty_class([text])).tags == page_of(nasty_class(["harmless"])).tags


def test_a_page_asks_the_network_for_nothing(whole: Page) -> None:
    """No script, no link but within the page, no address; the policy forbids the rest."""
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {tag for tag, _ in whole.tags}
    assert not whole.values("src")
    assert all(target.startswith("#") for target in whole.values("href"))
    assert not any(name.startswith("on") for _, attrs in whole.tags for name, _ in attrs)
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert ("meta", (("http-equiv", "Content-Security-Policy"), ("content", policy))) in whole.tags
    assert "url(" not in (PACKAGE / "template" / "report.css").read_text("utf-8")
    assert "http" not in re.sub('http-equiv="', "", render(full(), at=AT))


def test_structure_serves_a_screen_reader(whole: Page) -> None:
    """Ids are unique and links lead somewhere; headers have scopes, tables captions, pictures names."""
    ids = whole.values("id")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in whole.values("href")} <= set(ids)
    assert set(whole.values("aria-labelledby")) <= set(ids)
    tags = [tag for tag, _ in whole.tags]
    assert all("scope" in dict(attrs) for tag, attrs in whole.tags if tag == "th")
    assert tags.count("caption") == tags.count("table")
    assert all(dict(attrs)["aria-label"] for tag, attrs in whole.tags if tag == "figure")
    assert tags.count("h1") == 1
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize(
    "small",
    [
        book([]),
        book([], exercises=0),
        book([missing("a")]),
        graded({"a": report(Status.PASSED, check(Status.PASSED))}),
        graded({"a": report(Status.ERROR, check(Status.ERROR, message="SyntaxError"))}),
        book([fault("a")]),
        graded({"a": report(Status.FAILED, mistake=Mistake("bare", "", ""))}),
    ],
    ids=["nobody", "no exercise", "nothing handed in", "all passed", "no mistake", "a fault alone", "bare mistake"],
)
def test_small_classes_have_a_page(small: Book) -> None:
    """One student, nobody, nothing handed in, no pass, no mistake: a page all the same."""
    page = page_of(small)
    assert "Class report" in page.words
    assert "nan" not in page.words
    assert "None" not in page.words


def test_the_same_class_is_the_same_page() -> None:
    """Nothing depends on the clock, on chance or on the zone."""
    elsewhere = AT.astimezone(timezone(timedelta(hours=8)))
    assert render(large(30, 4, seed=5), at=AT) == render(large(30, 4, seed=5), at=elsewhere)


def test_rare_mistakes_are_folded_away() -> None:
    """The frequent mistakes are open to the eye, the others one click away, and none is left out."""
    page = page_of(large(200, 1, seed=9))
    assert len(page.tables["Mistakes in ex1"]) - 1 == 4
    assert len(page.tables["Rarer mistakes in ex1"]) - 1 == 8
    assert "Rarer mistakes: 8" in page.words


def test_lists_are_bounded() -> None:
    """A list that would be endless says how many more there are, and where."""
    page = page_of(book([missing(f"s{n}") for n in range(LONGEST_LIST + 7)]))
    assert "And 7 more; gradebook.csv" in page.words
    assert f"Handed in nothing: {LONGEST_LIST + 7}" in page.words


@pytest.mark.parametrize(("students", "has_grid"), [(LARGEST_GRID, True), (LARGEST_GRID + 1, False)])
def test_a_large_class_has_no_grid(students: int, has_grid: bool) -> None:  # noqa: FBT001
    """Beyond 500 students the page points to gradebook.csv."""
    page = page_of(large(students, 1, seed=2))
    assert ("Every student" in page.tables) == has_grid
    assert ("gradebook.csv has every score" in page.words) != has_grid


def test_ten_thousand_students_are_a_bounded_page(tmp_path: Path) -> None:
    """A huge class is a page of a few MB, in seconds."""
    huge = large(10_000, 22, seed=4)
    before = time.process_time()
    write_report(huge, tmp_path / "report.html", at=AT)
    assert time.process_time() - before < 30
    assert (tmp_path / "report.html").stat().st_size < 2_000_000


def test_a_grid_of_the_largest_size_is_bounded(tmp_path: Path) -> None:
    """Five hundred students and the whole course stay within a few MB."""
    write_report(large(LARGEST_GRID, 22, seed=4), tmp_path / "report.html", at=AT)
    assert (tmp_path / "report.html").stat().st_size < 2_500_000


def test_a_page_is_written_whole(tmp_path: Path) -> None:
    """The file is the page in UTF-8, and an older one is replaced."""
    path = tmp_path / "report.html"
    path.write_text("old")
    write_report(full("zh"), path, at=AT)
    assert path.read_text(encoding="utf-8") == render(full("zh"), at=AT)
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_the_time_is_now_unless_given(tmp_path: Path) -> None:
    """Without a time, the report says when it was written."""
    write_report(full(), tmp_path / "report.html")
    said = re.search(r'datetime="([^"]+)"', (tmp_path / "report.html").read_text("utf-8"))
    assert said is not None
    assert abs(datetime.fromisoformat(said[1]) - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A page that cannot be written is an error in plain words."""
    with pytest.raises(WorkspaceError) as error:
        write_report(full(), tmp_path / "none" / "report.html", at=AT)
    assert "write the report" in Catalog("en").explain(error.value)


def test_importing_it_loads_nothing_heavy() -> None:
    """A command that may write a page starts without what draws and fills it."""
    heavy = "{'torch', 'matplotlib', 'jinja2', 'nbformat'}"
    source = f"import sys, grader.batch.report; print({heavy} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True).stdout == "set()\n"
    )


def luminance(colour: str) -> float:
    """Return the relative luminance of a hex colour."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_every_text_can_be_read(scheme: int) -> None:
    """Text has a contrast of 4.5 to 1 on what it stands on, and filled bars bear their numbers."""
    css = (PACKAGE / "template" / "report.css").read_text("utf-8")
    colours = dict(re.findall(r"--([a-z_-]+): (#[0-9a-f]+)", re.findall(r":root \{(.*?)\}", css, re.DOTALL)[scheme]))
    pairs = [(text, "page") for text in ("ink", "muted", "accent", "alarm")]
    pairs += [(text, "soft") for text in ("ink", "muted", "accent")]
    pairs += [("ink", "alarm-soft"), ("alarm", "alarm-soft")]
    filled = ("passed", "failed", "error", "timeout", "crashed", "not_started")
    pairs += [("on", name) for name in filled] + [(name, "page") for name in (*filled, "ungraded")]
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
