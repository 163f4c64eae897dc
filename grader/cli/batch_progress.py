"""How a class's grading goes: a live table on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self, TextIO

from grader.cli.screen import Screen, columns_of
from grader.model import Status
from grader.signs import sign_of
from grader.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    from rich.console import Console, Group
    from rich.live import Live
    from rich.text import Text

    from grader.batch.run import Begun
    from grader.batch.work import Outcome
    from grader.cli.app import App

_BAR_COLUMNS = 30
_PER_SECOND = 8
_LINE_EVERY_S = 10.0
_TONES = {"good": "green", "bad": "red", "note": "yellow", "faint": "bright_black"}
FAULT = "fault"


class BatchProgress:
    """Tells on `stream` how many files are graded, how fast, how long it will take, and how they ended."""

    def __init__(
        self,
        app: App,
        stream: TextIO,
        environ: Mapping[str, str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.done = 0
        self._app = app
        self._stream = stream
        self._clock = clock
        self._screen = Screen(stream, environ)
        self._is_live = stream.isatty() and environ.get("TERM") != "dumb"
        self._console: Console | None = None
        self._live: Live | None = None
        self._total = 0
        self._begun_s = self._said_s = clock()
        self._counts: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Leave the table as it stands."""
        if self._live is not None:
            self._live.update(self._table(self._live.console), refresh=True)
            self._live.stop()
            self._live = None

    def begun(self, begun: Begun) -> None:
        """Say what was found, and begin to count."""
        if self._is_live:
            from rich.console import Console  # noqa: PLC0415 - a twentieth of a second that only a terminal needs

            self._console = Console(file=self._stream, no_color=not self._screen.colours, markup=False, highlight=False)
        for key in ("batch.found", "batch.seed"):
            self._line(
                self._app.text(
                    key,
                    layout=begun.layout,
                    students=begun.students,
                    handins=begun.handins,
                    unread=begun.unread,
                    kept=begun.kept,
                    pending=begun.pending,
                    seed=begun.seed,
                )
            )
        if begun.sandbox != "full":
            self._line(self._app.text("batch.sandbox", level=begun.sandbox))
        self._total = begun.pending
        self._begun_s = self._said_s = self._clock()
        if self._console is not None and self._total:
            from rich.live import Live  # noqa: PLC0415 - as above

            self._live = Live(self._table(self._console), console=self._console, refresh_per_second=_PER_SECOND)
            self._live.start()

    def graded(self, outcome: Outcome) -> None:
        """Count one more."""
        self.done += 1
        status = FAULT if outcome.report is None else outcome.report.status.value
        self._counts[status] = self._counts.get(status, 0) + 1
        now_s = self._clock()
        if self._live is not None:
            self._live.update(self._table(self._live.console))
        elif not self._is_live and (now_s - self._said_s >= _LINE_EVERY_S or self.done == self._total):
            self._said_s = now_s
            self._line(f"{self._how_far()}: {ended(self._app, dict(self._ordered()))}")

    def _ordered(self) -> list[tuple[str, int]]:
        order = [*(status.value for status in Status), FAULT]
        return [(status, self._counts[status]) for status in order if status in self._counts]

    def _how_far(self) -> str:
        spent_s = self._clock() - self._begun_s
        if not self.done or spent_s <= 0:
            return self._app.text("batch.starting", done=self.done, total=self._total)
        rate = self.done / spent_s
        if self.done == self._total:
            return self._app.text("batch.all_graded", total=self._total, rate=f"{rate:.1f}", spent=_clock_face(spent_s))
        left = _clock_face((self._total - self.done) / rate)
        return self._app.text("batch.progress", done=self.done, total=self._total, rate=f"{rate:.1f}", left=left)

    def _table(self, console: Console) -> Group:
        from rich.console import Group  # noqa: PLC0415 - loaded by now
        from rich.text import Text  # noqa: PLC0415 - as above

        full, empty = ("█", "░") if self._screen.symbols else ("#", ".")
        filled = self.done * _BAR_COLUMNS // max(self._total, 1)
        bar = Text(full * filled, "green").append(empty * (_BAR_COLUMNS - filled), "bright_black")
        how_far = self._how_far()
        if _BAR_COLUMNS + 2 + columns_of(how_far) <= console.width:
            bar.append(f"  {how_far}", "default")
            return Group(bar, *self._counted(console.width))
        return Group(bar, *map(Text, wrap(how_far, console.width)), *self._counted(console.width))

    def _counted(self, width: int) -> Iterator[Text]:
        """Yield rows that say how many ended how; what belongs together stays on one."""
        from rich.text import Text  # noqa: PLC0415 - as above

        row = Text()
        for status, count in self._ordered():
            sign = sign_of(Status.CRASHED if status == FAULT else Status(status))
            said = f"{_word(self._app, status)} {count}"
            shown = f"{sign.symbol} {said}" if self._screen.symbols else said
            if row and columns_of(row.plain) + columns_of(shown) > width:
                yield row
                row = Text()
            row.append(f"{shown}   ", _TONES.get(sign.tone, "default"))
        yield row

    def _line(self, text: str) -> None:
        for row in [text] if self._console is None else wrap(text, self._console.width):
            self._stream.write(f"{row}\n")
        self._stream.flush()


def ended(app: App, counts: Mapping[str, int]) -> str:
    """Return how many ended how, in one line, by status or `FAULT`."""
    words = (f"{_word(app, status)} {count}" for status, count in counts.items())
    return app.text("batch.between").join(words)


def _word(app: App, status: str) -> str:
    return app.text("batch.word_fault" if status == FAULT else f"status.{status}")


def _clock_face(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
