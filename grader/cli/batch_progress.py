"""How a class's grading goes: a live table on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self, TextIO

from grader.cli.screen import Screen
from grader.model import Status
from grader.signs import sign_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from rich.console import Group
    from rich.live import Live

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
            self._live.update(self._table(), refresh=True)
            self._live.stop()
            self._live = None

    def begun(self, begun: Begun) -> None:
        """Say what was found, and begin to count."""
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
        if self._is_live and self._total:
            from rich.console import Console  # noqa: PLC0415 - a twentieth of a second that only a terminal needs
            from rich.live import Live  # noqa: PLC0415 - as above

            console = Console(file=self._stream, no_color=not self._screen.colours, markup=False, highlight=False)
            self._live = Live(self._table(), console=console, refresh_per_second=_PER_SECOND)
            self._live.start()

    def graded(self, outcome: Outcome) -> None:
        """Count one more."""
        self.done += 1
        status = FAULT if outcome.report is None else outcome.report.status.value
        self._counts[status] = self._counts.get(status, 0) + 1
        now_s = self._clock()
        if self._live is not None:
            self._live.update(self._table())
        elif not self._is_live and (now_s - self._said_s >= _LINE_EVERY_S or self.done == self._total):
            self._said_s = now_s
            counts = ", ".join(f"{self._word(status)} {count}" for status, count in self._ordered())
            self._line(f"{self._how_far()}: {counts}")

    def _ordered(self) -> list[tuple[str, int]]:
        order = [*(status.value for status in Status), FAULT]
        return [(status, self._counts[status]) for status in order if status in self._counts]

    def _word(self, status: str) -> str:
        return self._app.text("batch.word_fault" if status == FAULT else f"status.{status}")

    def _how_far(self) -> str:
        spent_s = max(self._clock() - self._begun_s, 1e-9)
        rate = self.done / spent_s
        left_s = int((self._total - self.done) / rate) if self.done else 0
        return self._app.text(
            "batch.progress",
            done=self.done,
            total=self._total,
            rate=f"{rate:.1f}",
            left=f"{left_s // 3600}:{left_s // 60 % 60:02d}:{left_s % 60:02d}",
        )

    def _table(self) -> Group:
        from rich.console import Group  # noqa: PLC0415 - loaded by now
        from rich.text import Text  # noqa: PLC0415 - as above

        full, empty = ("█", "░") if self._screen.symbols else ("#", ".")
        filled = self.done * _BAR_COLUMNS // max(self._total, 1)
        bar = Text(full * filled, "green").append(empty * (_BAR_COLUMNS - filled), "bright_black")
        bar.append(f"  {self._how_far()}", "default")
        counts = Text()
        for status, count in self._ordered():
            sign = sign_of(Status.CRASHED if status == FAULT else Status(status))
            symbol = f"{sign.symbol} " if self._screen.symbols else ""
            counts.append(f"{symbol}{self._word(status)} {count}   ", _TONES.get(sign.tone, "default"))
        return Group(bar, counts)

    def _line(self, text: str) -> None:
        self._stream.write(f"{text}\n")
        self._stream.flush()
