"""Show the outcome of an exercise on a terminal, or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.cli.screen import Screen, Style, columns_of
from grader.model import CheckResult, Mistake, Report, Status
from grader.sanitise import plain_line
from grader.shown import cleaned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.texts import Catalog

_LONGEST_LINE = 200
_OUTPUT_LINES = 20
_OUTPUT_BLOCKS = 3
_FULL = "full"


def rendered(report: Report, *, texts: Catalog, screen: Screen, replay: str) -> str:
    """Return `report` as text; `replay` is the command that repeats it."""
    view = _View(cleaned(report), texts, screen, replay)
    return "\n".join(view.lines())


class _View:
    def __init__(self, report: Report, texts: Catalog, screen: Screen, replay: str) -> None:
        self.report = report
        self.texts = texts
        self.screen = screen
        self.replay = replay
        words = [texts.say(f"status.{check.status}") for check in report.checks]
        self.word_columns = max(map(columns_of, words), default=0)
        self.title_columns = max((columns_of(each.title) for each in report.checks), default=0)

    def lines(self) -> Iterator[str]:
        report = self.report
        heading = self.texts.say("report.heading", exercise=report.exercise, name=report.name)
        yield self.screen.paint(heading, Style.PLACE, bold=True)
        if report.mistake is not None:
            yield ""
            yield from self._mistake(report.mistake, indent="  ")
        if report.message:
            yield ""
            yield from self._indented(report.message, "  ")
        if report.checks:
            yield ""
            yield from self._checks()
        yield from self._outputs()
        yield ""
        yield from self._verdict()

    def _mistake(self, mistake: Mistake, indent: str) -> Iterator[str]:
        title = self.texts.say("report.mistake", title=mistake.title)
        yield indent + self.screen.paint(title, Style.NOTE, bold=True)
        yield from self._indented(mistake.advice, indent)

    def _checks(self) -> Iterator[str]:
        told: set[tuple[Status, str]] = set()
        for check in self.report.checks:
            same = (check.status, check.message) in told
            yield self._check_line(check, same=same)
            if check.status is Status.PASSED:
                continue
            if check.message and not same and check.message != self.report.message:
                yield from self._indented(check.message, "      ")
            if check.mistake is not None and check.mistake != self.report.mistake:
                yield from self._mistake(check.mistake, "      ")
            if check.message:
                told.add((check.status, check.message))

    def _check_line(self, check: CheckResult, *, same: bool) -> str:
        word = self.texts.say(f"status.{check.status}")
        status = self.screen.status(check.status, word, columns=self.word_columns)
        # Unpainted, so that it can be left out where the line is broken.
        padding = " " * (self.title_columns - columns_of(check.title))
        title = f"{self.screen.paint(check.title)}{padding}"
        score = self.screen.paint(f"{_number(check.score)}/{_number(check.max_score)}", Style.FAINT)
        note = f"  {self.texts.say('report.as_above')}" if same else ""
        return f"  {status}  {title}  {score}{note}"

    def _outputs(self) -> Iterator[str]:
        # Code at the top of a file prints the same in every check.
        outputs = list(dict.fromkeys(each.output for each in self.report.checks if each.output))
        for output in outputs[:_OUTPUT_BLOCKS]:
            yield ""
            yield f"  {self.texts.say('report.output')}"
            yield from self._output(output.rstrip("\n").split("\n"))
        more = len(outputs) - _OUTPUT_BLOCKS
        if more > 0:
            yield f"  {self.texts.say('report.more_outputs', count=more)}"

    def _output(self, lines: Sequence[str]) -> Iterator[str]:
        # The bar keeps a printed verdict from looking like ours.
        for line in lines[:_OUTPUT_LINES]:
            yield self.screen.paint(f"    | {plain_line(line, _LONGEST_LINE)}", Style.FAINT)
        more = len(lines) - _OUTPUT_LINES
        if more > 0:
            yield f"    {self.texts.say('report.more_lines', count=more)}"

    def _verdict(self) -> Iterator[str]:
        report = self.report
        word = self.texts.say(f"status.{report.status}")
        score = self.texts.say(
            "report.score",
            score=_number(report.score),
            max_score=_number(report.max_score),
            seconds=f"{report.seconds:.2f}",
            device=report.device,
        )
        yield f"{self.screen.status(report.status, word)}  {self.screen.paint(score)}"
        if report.sandbox != _FULL:
            sandbox = self.texts.say("report.sandbox", level=report.sandbox)
            yield self.screen.paint(sandbox, Style.NOTE)
        if not report.passed:
            yield self.screen.paint(self.texts.say("report.replay", command=self.replay))
            hint = self.texts.say("report.hint", command=f"grader hint {report.exercise}")
            yield self.screen.paint(hint)

    def _indented(self, text: str, indent: str) -> Iterator[str]:
        for line in text.rstrip("\n").split("\n"):
            yield f"{indent}{self.screen.paint(line)}".rstrip()


def _number(value: float) -> str:
    return f"{round(value, 2):g}"
