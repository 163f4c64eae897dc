"""How the verification of an exercise reads: what is proven, and what is left to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.author.course_file import toml_string
from grader.cli.screen import Style, columns_of
from grader.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.author.proofs import MistakeProof, SolutionProof, Verification
    from grader.cli.app import App
    from grader.model import Exercise

COLUMNS = 100
_MOST_FAULTS = 5
_LONGEST_ID = 32
_ALWAYS, _SOMETIMES, _NEVER = "x", "o", "."


def rendered(found: Verification, exercise: Exercise, app: App) -> str:
    """Return the report on one exercise, lines of at most 100 columns but for what must not be broken."""
    return "\n".join(_Report(app).lines(found, exercise))


def closing(found: Sequence[Verification], seconds: float, app: App) -> str:
    """Return the one line that sums up all exercises."""
    mistakes = [mistake for each in found for mistake in each.mistakes]
    mutants = [each.mutants for each in found]
    return app.text(
        "author.closing",
        proven=sum(each.proven for each in found),
        exercises=len(found),
        rejected=sum(each.rejected == each.seeds for each in mistakes),
        named=sum(each.named == each.seeds for each in mistakes),
        mistakes=len(mistakes),
        killed=sum(each.killed for each in mutants),
        excused=sum(len(each.excused) for each in mutants),
        mutants=sum(each.total for each in mutants),
        seconds=f"{seconds:.0f}",
    )


class _Report:
    """The parts of a report."""

    def __init__(self, app: App) -> None:
        self._text = app.text
        self._app = app
        self._paint = app.screen.paint

    def lines(self, found: Verification, exercise: Exercise) -> Iterator[str]:
        heading = self._paint(f"{found.exercise}  {exercise.slug}", bold=True)
        if found.proven:
            verdict = self._paint(self._text("author.proven"), Style.GOOD)
        else:
            verdict = self._paint(self._text("author.to_mend", count=found.to_mend), Style.BAD)
        yield f"{heading}: {verdict}"
        yield from self._texts(found)
        yield from self._stub(found)
        yield from self._solutions(found)
        yield from self._mistakes(found)
        yield from self._mutants(found, exercise)
        yield ""

    def _row(self, key: str, said: str, *, good: bool) -> str:
        status = Status.PASSED if good else Status.FAILED
        word = self._text("author.good" if good else "author.bad")
        return f"  {self._app.screen.status(status, word, columns=4)}  {self._text(key)}: {said}"

    def _texts(self, found: Verification) -> Iterator[str]:
        key = "author.texts_bad" if found.texts else "author.texts_good"
        yield self._row("author.texts", self._text(key, count=len(found.texts)), good=not found.texts)
        for text in found.texts:
            yield from self._folded(text, indent=8)

    def _stub(self, found: Verification) -> Iterator[str]:
        good = found.stub == Status.NOT_STARTED
        status = self._text(f"status.{found.stub}") if found.stub else "-"
        yield self._row(
            "author.stub", self._text("author.stub_good" if good else "author.stub_bad", status=status), good=good
        )

    def _solutions(self, found: Verification) -> Iterator[str]:
        accepted = sum(not each.rejected for each in found.solutions)
        said = self._text("author.right_count", accepted=accepted, total=len(found.solutions))
        yield self._row("author.right", said, good=accepted == len(found.solutions))
        names = {each.file: _name(each, found.solutions) for each in found.solutions}
        width = max(map(len, names.values()), default=0)
        for each in found.solutions:
            key = "author.solution_rejected" if each.rejected else "author.solution_accepted"
            said = self._text(key, rejected=each.rejected, seeds=each.seeds)
            if each.not_judged:
                said += self._text("author.not_judged", checks=", ".join(each.not_judged))
            line = f"{names[each.file]:{width}}  {said}"
            yield from self._folded(line, indent=8, hang=width + 2, style=Style.BAD if each.rejected else None)
            for fault in each.faults[:_MOST_FAULTS]:
                yield from self._folded(fault, indent=12)

    def _mistakes(self, found: Verification) -> Iterator[str]:
        total = len(found.mistakes)
        rejected = sum(each.rejected == each.seeds for each in found.mistakes)
        named = sum(each.named == each.seeds for each in found.mistakes)
        said = self._text("author.mistake_count", rejected=rejected, named=named, total=total)
        yield self._row("author.mistakes", said, good=all(each.is_proven for each in found.mistakes))
        if not found.mistakes:
            return
        yield from self._legend(found.checks)
        width = min(_LONGEST_ID, max(len(each.id) for each in found.mistakes))
        numbers = "".join(f"{number:3}" for number in range(1, len(found.checks) + 1))
        yield f"        {' ' * width}{numbers}"
        for each in found.mistakes:
            cells = "".join(f"  {_cell(each, check)}" for check in found.checks)
            name = each.id if len(each.id) <= width else f"{each.id[: width - 1]}…"
            style = None if each.rejected == each.seeds else Style.BAD
            yield self._paint(f"        {name:{width}}{cells}".rstrip(), style)
        yield from self._confusion(found.mistakes)

    def _legend(self, checks: Sequence[str]) -> Iterator[str]:
        yield from self._folded(
            self._text("author.legend", always=_ALWAYS, sometimes=_SOMETIMES, never=_NEVER), indent=8
        )
        cells = [f"{number:2} {name}" for number, name in enumerate(checks, 1)]
        width = max(map(len, cells), default=0) + 2
        per_row = max(1, (COLUMNS - 8) // width)
        for start in range(0, len(cells), per_row):
            yield "        " + "".join(f"{cell:{width}}" for cell in cells[start : start + per_row]).rstrip()

    def _confusion(self, mistakes: Sequence[MistakeProof]) -> Iterator[str]:
        """Say of each mistake that is not always diagnosed as itself what it was taken for."""
        for each in mistakes:
            if each.is_proven:
                continue
            taken = ", ".join(f"{name} {times}" for name, times in sorted(each.diagnosed.items()))
            said = self._text("author.confused", id=each.id, rejected=each.rejected, seeds=each.seeds, taken=taken)
            yield from self._folded(said, indent=8, style=Style.BAD)

    def _mutants(self, found: Verification, exercise: Exercise) -> Iterator[str]:
        mutants = found.mutants
        if not mutants.total and not mutants.needless:
            return
        said = self._text(
            "author.mutant_count", killed=mutants.killed, excused=len(mutants.excused), total=mutants.total
        )
        yield self._row("author.mutants", said, good=not mutants.survivors and not mutants.needless)
        for name in mutants.survivors:
            yield self._paint(f"        {self._text('author.survivor', name=name)}", Style.BAD)
        if mutants.survivors:
            yield from self._folded(self._text("author.excuse", path=exercise.excuses), indent=8)
        for name in mutants.survivors:
            # Never folded: these lines are there to be copied.
            for line in (
                "[[equivalent]]",
                f"mutant = {toml_string(name)}",
                f"reason = {toml_string(self._text('author.why'))}",
                "",
            ):
                yield f"            {line}".rstrip()
        for name in mutants.needless:
            said = self._text("author.needless", name=name, path=exercise.excuses)
            yield self._paint(f"        {said}", Style.BAD)

    def _folded(self, text: str, *, indent: int, hang: int = 2, style: Style | None = None) -> Iterator[str]:
        """Yield a text in rows of at most 100 columns, broken between words where there are any."""
        room = COLUMNS - indent
        rest, margin = text, " " * indent
        while columns_of(rest) > room:
            cut = _fitting(rest, room)
            at = rest.rfind(" ", hang if margin else 0, cut + 1)
            at = at if at > room // 3 else cut
            yield self._paint(f"{margin}{rest[:at].rstrip()}", style)
            rest, margin, room = rest[at:].lstrip(), " " * (indent + hang), COLUMNS - indent - hang
        yield self._paint(f"{margin}{rest}", style)


def _fitting(text: str, columns: int) -> int:
    """Return how many characters of `text` fit into `columns`."""
    taken = 0
    for number, char in enumerate(text):
        taken += columns_of(char)
        if taken > columns:
            return number
    return len(text)


def _cell(mistake: MistakeProof, check: str) -> str:
    times = mistake.failed_checks.get(check, 0)
    return _ALWAYS if times and times == mistake.seeds else _SOMETIMES if times else _NEVER


def _name(solution: SolutionProof, among: Sequence[SolutionProof]) -> str:
    """Return the file's name, with its folder where another file has the same."""
    short = solution.file.rpartition("/")[2]
    return short if sum(each.file.rpartition("/")[2] == short for each in among) == 1 else solution.file
