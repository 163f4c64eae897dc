"""The feedback of a student, as HTML and as Markdown."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import grader.batch.exports
from grader.batch.exports import write_exports
from grader.batch.exports.feedback import Page, page
from grader.batch.exports.feedback_html import html_writer
from grader.batch.exports.feedback_markdown import escaped, fenced, markdown, span
from grader.batch.records import Student
from grader.model import LANGS, Lang
from grader.texts import Catalog
from tests.batch.exports.books import HOSTILE, MARKUP, class_of, faulty_class, hostile_class

if TYPE_CHECKING:
    from markdown_it.token import Token

    from grader.batch.records import Book

TEMPLATE = Path(grader.batch.exports.__file__).parent / "feedback.html.j2"
ANN = Student(id="ann", name="Ann")


class Tags(HTMLParser):
    """Takes down tags, attributes and text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down one tag."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        """Take down text."""
        self.text += data


def page_of(book: Book, *, lang: Lang = "en") -> Page:
    """Return the page of the first student."""
    student = book.students[0]
    return page(
        student,
        tuple(book.rows_of(student.id)),
        book.reports_of(student.id),
        exercises=book.exercises,
        course="A course",
        texts=Catalog(lang),
    )


def html_of(book: Book, *, lang: Lang = "en") -> str:
    """Return the HTML of the first student."""
    return html_writer(Catalog(lang))(page_of(book, lang=lang)).decode()


def markdown_of(book: Book, *, lang: Lang = "en") -> str:
    """Return the Markdown of the first student."""
    return markdown(page_of(book, lang=lang), Catalog(lang)).decode()


SAID: dict[Lang, tuple[str, ...]] = {
    "en": (
        "14 of 30 points",
        "✗ failed",
        "Mistake: The half is missing",
        "Your code printed:",
        "The latest of 3: It differs.",
        "✗ missing",
        "Nothing was handed in for this exercise.",
        "Your teacher set 9/10 on 2026-01-02T03:04:05Z; the grader's score was 5. Reason: Late.",
        "Graded with reduced confinement: no network.",
        "grader check ex1 --seed 7",
    ),
    "zh": (
        "14 分，满分 30 分",
        "✗ 未通过",
        "错误：The half is missing",
        "你的代码输出了：",
        "三个中最新的：It differs.",
        "✗ 缺失",
        "这道练习没有提交。",
        "理由：Late.",
        "评分时的隔离较弱：no network。",
        "grader check ex1 --seed 7",
    ),
}


@pytest.mark.parametrize("lang", LANGS)
def test_a_student_reads_all_that_is_known(lang: Lang) -> None:
    """Score, status, mistake, checks, output, notes, override and confinement, in the language of the class."""
    document = html_of(class_of(ANN, lang=lang), lang=lang)
    shown = re.sub(r"\s+", " ", Tags(document).text)
    told = re.sub(r"[\\*]", "", markdown_of(class_of(ANN, lang=lang), lang=lang))
    for said in SAID[lang]:
        assert said in shown
        assert said in told
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in document
    for text in (shown, told):
        section = text[text.rindex(SAID[lang][2]) :]
        assert section.index("The loss is") < section.index("The result of a")


def test_what_was_told_is_not_told_again() -> None:
    """A message and an output that stood before are left out where they come again."""
    found = page_of(class_of(ANN)).exercises[0]
    assert found.message == "It differs."
    assert [check.message for check in found.checks] == ["", ""]
    assert [check.output for check in found.checks] == ["", "It differs."]


def test_faults_are_no_zero() -> None:
    """What the grader failed to grade shows a dash, and the sum says that it is not final."""
    found = page_of(faulty_class())
    assert found.total.startswith("5 of 30 points so far")
    assert (found.exercises[2].score, found.exercises[2].word) == ("–/10", "not graded")
    assert "It is not a zero" in html_of(faulty_class())


def test_output_is_bounded() -> None:
    """Endless output is cut, and the cut says how much is missing."""
    found = html_of(class_of(ANN, text="x" * 100_000))
    assert "… [+98000]" in found
    assert len(found) < 80_000


def test_files_are_named_for_students(tmp_path: Path) -> None:
    """Each student has both files; nothing is written elsewhere, whatever a student is called."""
    out = tmp_path / "out"
    paths = write_exports(hostile_class("zh"), out)
    assert [path.name for path in paths] == ["grades.csv", "gradebook.csv", "results.jsonl", "junit.xml", "feedback"]
    assert all(path.exists() for path in paths)
    assert list(tmp_path.iterdir()) == [out]
    assert sorted(out.iterdir()) == sorted(paths)
    names = [path.name for path in (out / "feedback").iterdir()]
    assert len(names) == 2 * len(HOSTILE)
    assert {name.rpartition(".")[2] for name in names} == {"html", "md"}
    assert not [name for name in names if name.startswith(".")]


def test_pages_need_no_network_and_no_script() -> None:
    """Nothing is loaded and nothing runs: the page says so to the browser as well."""
    found = Tags(html_of(hostile_class()))
    assert not {"script", "img", "link", "iframe", "object", "form"} & set(found.tags)
    assert all(value.startswith("#ex") for name, value in found.attributes if name in ("href", "src"))
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in found.attributes


@given(st.text(st.characters()), st.text(st.characters()))
def test_text_of_students_is_never_markup(name: str, text: str) -> None:
    """Whatever a student is called and prints, the page has the tags of a harmless student's."""
    harmless = Tags(html_of(class_of(Student(id="a", name="a"), text="b")))
    hostile = Tags(html_of(class_of(Student(id="a", name=f"a{name}"), text=f"b{text}b")))
    assert hostile.tags == harmless.tags
    assert hostile.attributes == harmless.attributes


def test_markup_of_students_is_shown_as_text() -> None:
    """A script that was printed is read, not run."""
    document = html_of(class_of(ANN, text=MARKUP))
    assert "</pre><script>alert(1)</script>" in Tags(document).text
    assert "<script>" not in document
    assert "\x1b" not in document


def tokens(text: str) -> list[Token]:
    """Return what a reader of CommonMark, with the tables and strikes of GitHub, makes of `text`."""
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [each for block in reader.parse(text) for each in (block, *(block.children or ()))]


@given(st.text(st.characters()), st.text(st.characters() | st.sampled_from("`~\n<>[]()!#*|\\")))
def test_text_of_students_stays_in_code(name: str, text: str) -> None:
    """Whatever is printed, no character of it stands outside of code, and nothing becomes markup."""
    harmless = markdown_of(class_of(Student(id="a", name="Ж"), text="Ю"))
    hostile = markdown_of(class_of(Student(id="a", name=f"Ж{name}Ж"), text=f"Ю{text}Ю"))
    found = tokens(hostile)
    assert [each.type for each in found] == [each.type for each in tokens(harmless)]
    assert not {"html_inline", "html_block", "link_open", "image", "table_open", "s_open"} & {
        each.type for each in found
    }
    assert not [each for each in found if each.type == "text" and set("ЖЮ") & set(each.content)]


def test_markup_of_students_is_quoted() -> None:
    """What was printed is read in full, backticks and all."""
    blocks = [each.content for each in tokens(markdown_of(class_of(ANN, text=MARKUP))) if each.type == "fence"]
    assert MARKUP.replace("\x1b[31m", "") + "\n" in blocks


def test_markup_is_fenced() -> None:
    """The fence is longer than any run of backticks in the text."""
    assert fenced("a\n````\nb") == "`````text\na\n````\nb\n`````"
    assert span("a `` b") == "```a `` b```"
    assert (span("`a"), span("a ")) == ("`` `a ``", "` a  `")
    assert span(" ") == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a_b * [c](d) <e> `f` #g | ~h~ & $i", r"a\_b \* \[c\](d) \<e\> \`f\` \#g \| \~h\~ \& \$i"),
        ("1. one\n- two\n  + three\n2) four", "1\\. one\n\\- two\n  \\+ three\n2\\) four"),
        ("http://x.invalid www.x.invalid a@x.invalid", r"http\://x.invalid www\.x.invalid a\@x.invalid"),
        ("The loss is (y_hat − y)² / 2.", r"The loss is (y\_hat − y)² / 2."),
    ],
)
def test_our_text_is_escaped(text: str, said: str) -> None:
    """Titles of the course keep their characters, and none of them is markup."""
    assert escaped(text) == said


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, as WCAG defines it."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1])
def test_colours_can_be_read(scheme: int) -> None:
    """In light and in dark, each colour of text has a contrast of 4.5 to the page and to panels."""
    rules = re.findall(r":root \{(.*?)\}", TEMPLATE.read_text(encoding="utf-8"), re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", rules[scheme]))
    assert len(colours) == 9
    for paper in ("page", "panel"):
        for ink in ("text", "faint", "good", "bad", "note", "link"):
            dark, light = sorted((luminance(colours[paper]), luminance(colours[ink])))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (paper, ink)
