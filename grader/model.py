"""The records that modules hand to one another."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Literal

import msgspec

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("en", "zh")


class Status(StrEnum):
    """How a check, or a whole exercise, ended."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    NOT_STARTED = "not_started"
    MISSING = "missing"
    SKIPPED = "skipped"


class Text(msgspec.Struct, frozen=True):
    """One text in both languages of the course."""

    en: str
    zh: str

    def in_lang(self, lang: Lang) -> str:
        """Return the text in `lang`."""
        return self.zh if lang == "zh" else self.en


class Hint(msgspec.Struct, frozen=True):
    """One step of help; `article` and `question` say where it was drawn from."""

    text: Text
    article: str
    question: int | None = None


class Exercise(msgspec.Struct, frozen=True):
    """One exercise of a course: what `course.toml` says and where its files lie."""

    id: str
    slug: str
    folder: Path
    chapter: int
    title: Text
    points: float
    fill: tuple[str, ...]
    preload: tuple[str, ...]
    solution: Path

    @property
    def name(self) -> str:
        """Folder name, which is the stem of the learner's file: `ex03_squared_loss`."""
        return self.folder.name

    @property
    def file_name(self) -> str:
        """Name of the learner's file: `ex03_squared_loss.py`."""
        return f"{self.name}.py"

    @property
    def number(self) -> int:
        """The number in the id: 3 for `ex3`."""
        return int(self.id.removeprefix("ex"))

    @property
    def stub(self) -> Path:
        """The file that a learner starts from."""
        return self.folder / "stub.py"

    @property
    def checks(self) -> Path:
        """The trusted pytest checks."""
        return self.folder / "checks.py"

    @property
    def mistakes(self) -> Path:
        """The named wrong implementations."""
        return self.folder / "mistakes.py"

    @property
    def hints(self) -> Path:
        """The levelled hints, which `grader.course.load_hints` reads."""
        return self.folder / "hints.toml"

    @property
    def plot(self) -> Path:
        """What draws the learner's code as curves; not every exercise has one."""
        return self.folder / "plot.py"

    def task(self, lang: Lang) -> Path:
        """The task text in `lang`."""
        return self.folder / f"task.{lang}.md"

    def after(self, lang: Lang) -> Path:
        """What a learner reads after a pass, in `lang`."""
        return self.folder / f"after.{lang}.md"

    @property
    def excuses(self) -> Path:
        """Which mutants of the reference are equivalent to it, and why; the file is optional."""
        return self.folder / "mutants.toml"


class Chapter(msgspec.Struct, frozen=True):
    """A titled run of exercises."""

    number: int
    title: Text


class Course(msgspec.Struct, frozen=True):
    """A loaded course, its exercises in teaching order."""

    root: Path
    title: Text
    chapters: tuple[Chapter, ...]
    exercises: tuple[Exercise, ...]
    # What `grader author verify` asks of every exercise; right solutions are counted beside the reference.
    least_mistakes: int = 1
    least_right: int = 0


class Limits(msgspec.Struct, frozen=True):
    """What one check may use. Seconds and bytes."""

    wall_s: float = 10.0
    cpu_s: float = 10.0
    memory_bytes: int = 2 << 30
    threads: int = 32
    output_bytes: int = 1 << 20
    disk_bytes: int = 64 << 20
    open_files: int = 64
    reply_bytes: int = 64 << 20


class GradeRequest(msgspec.Struct, frozen=True):
    """One file to grade as one exercise."""

    exercise: Exercise
    file: Path


class GradeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a run grades: the same for all of its requests."""

    course: Course
    seed: int
    lang: Lang
    device: str = "auto"
    limits: Limits = Limits()


class Mistake(msgspec.Struct, frozen=True):
    """A mistake named in the language of the report."""

    id: str
    title: str
    advice: str


class CheckResult(msgspec.Struct, frozen=True):
    """The outcome of one check. `output` is what the learner's code printed."""

    name: str
    title: str
    status: Status
    score: float
    max_score: float
    message: str
    mistake: Mistake | None
    seconds: float
    output: str = ""


class Report(msgspec.Struct, frozen=True):
    """The outcome of one exercise; the JSON contract of `grader check --json`."""

    exercise: str
    name: str
    passed: bool
    status: Status
    score: float
    max_score: float
    device: str
    seed: int
    seconds: float
    sandbox: str
    mistake: Mistake | None
    checks: tuple[CheckResult, ...]
    message: str = ""


class Graded(msgspec.Struct, frozen=True):
    """A verdict, and the SHA-256 of the very file that it is about."""

    report: Report
    sha256: str


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One set of points of a plot, joined by a line or not. `x` and `y` are as long as each other and finite."""

    label: Text
    x: tuple[float, ...]
    y: tuple[float, ...]
    kind: Literal["line", "points"] = "line"


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """What the learner's code does, as curves: drawn in the terminal, or by matplotlib."""

    title: Text
    x_label: Text
    y_label: Text
    series: tuple[Series, ...]
