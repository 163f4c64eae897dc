"""One session of `grader watch`: keys, saves and verdicts, one after another, in the main thread."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from grader.cli.editor import Editing, editor_command
from grader.cli.keys import Key
from grader.cli.report import rendered
from grader.cli.rows import wrapped
from grader.cli.targets import require_readable
from grader.cli.watch_reading import body_of, page_of
from grader.cli.watch_runs import Checked, Edited, Finished, Inbox, Recorded, Runs, Saved, Stopped, Trouble
from grader.cli.watch_state import SUDDEN_S, Mode, State, Work
from grader.cli.watch_view import Body, frame, scrolled_to
from grader.course import load_hints
from grader.errors import GraderError, UsageError, WorkspaceError
from grader.model import LANGS, GradeOptions, GradeRequest, Lang
from grader.practice import fresh_seed
from grader.sanitise import plain_line
from grader.texts import Catalog

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from grader.cli.app import App
    from grader.cli.terminal import Heard
    from grader.cli.watch_runs import Message
    from grader.engine import Engine, SaveWatch
    from grader.model import Exercise
    from grader.practice import Practice

_LONGEST_NAME = 200
_TICK_S = 0.25
_SIGNAL_STATUS = 128
_FAR = 1 << 30


class Display(Protocol):
    """The terminal; see `grader.cli.terminal.Terminal`."""

    @property
    def size(self) -> os.terminal_size:
        """Its size now."""
        ...

    def show(self, rows: Sequence[str], size: os.terminal_size) -> None:
        """Draw a frame."""
        ...

    def read(self, timeout_s: float | None) -> Heard:
        """Wait for keys."""
        ...

    def suspend(self) -> None:
        """Give the terminal to another program."""
        ...

    def resume(self) -> None:
        """Take it again."""
        ...


class WatchSession:
    """What each key, save and verdict does."""

    def __init__(
        self,
        app: App,
        practice: Practice,
        exercise: Exercise,
        *,
        display: Display,
        engine: Engine,
        saves: SaveWatch,
        inbox: Inbox,
    ) -> None:
        self._environ = app.environ
        self._practice = practice
        self._display = display
        self._engine = engine
        self._saves = saves
        self._inbox = inbox
        self._runs = Runs(engine, practice, inbox)
        self._state = State(app, practice.course, Work(exercise, practice.file(exercise)))
        self._body: Body | None = None
        self._was_live = False
        self._scroll = 0
        self._page_rows = 1
        self._seed = 0
        self._editing: Editing | None = None
        self._status: int | None = None
        self._actions: Mapping[str, Callable[[], None]] = {
            "n": self._next,
            "N": self._skip,
            "p": self._previous,
            "h": self._hint,
            "t": lambda: self._turn_to(Mode.TASK),
            "e": self._edit,
            "g": self._grade,
            "l": lambda: self._turn_to(Mode.LIST),
            "d": self._diff,
            "L": self._switch_lang,
            "?": lambda: self._turn_to(Mode.KEYS),
            "q": self._quit,
            Key.END_OF_INPUT: self._quit,
            Key.REDRAW: self._redraw,
            Key.ESCAPE: self._escape,
            Key.ENTER: self._enter,
            Key.UP: lambda: self._move(-1),
            "k": lambda: self._move(-1),
            Key.DOWN: lambda: self._move(1),
            "j": lambda: self._move(1),
            Key.PAGE_UP: lambda: self._move(-self._page_rows),
            "b": lambda: self._move(-self._page_rows),
            Key.PAGE_DOWN: lambda: self._move(self._page_rows),
            " ": lambda: self._move(self._page_rows),
            Key.HOME: lambda: self._move(-_FAR),
            Key.END: lambda: self._move(_FAR),
        }

    def run(self) -> int:
        """Watch until the learner quits, and return the exit status."""
        try:
            self._go(self._state.work.exercise)
            while self._status is None:
                self._draw()
                self._react(self._display.read(self._patience()))
        finally:
            if self._editing is not None:
                self._editing.end()
            self._runs.close()
        return self._status

    def farewell(self) -> str:
        """Return what stays on the terminal: the last report and how far the learner is."""
        state = self._state
        words = state.say("watch.farewell", passed=state.passed, total=len(state.course.exercises))
        report = state.work.report
        columns = self._display.size.columns
        if report is None:
            return "\n".join(wrapped(words, columns))
        replay = state.replay(report)
        lines = f"{rendered(report, texts=state.texts, screen=state.screen, replay=replay)}\n\n{words}".split("\n")
        # A command is copied: the terminal breaks it without a line end.
        return "\n".join(row for line in lines for row in ([line] if replay in line else wrapped(line, columns)))

    def _react(self, heard: Heard) -> None:
        for message in self._inbox.messages():
            self._receive(message)
        for key in heard.keys:
            if self._status is None and self._editing is None:
                self._press(key)
        if heard.ending is not None:
            self._status = _SIGNAL_STATUS + heard.ending

    def _receive(self, message: Message) -> None:
        state, work = self._state, self._state.work
        self._body = None
        match message:
            case Saved(files):
                self._saved(files)
            case Checked(run, check) if run == self._runs.number and not state.quiet:
                work.checks.append(check)
            case Finished(run, graded) if run == self._runs.number:
                state.since = None
                work.report, work.error = graded.report, None
                if not state.quiet:
                    work.graded_at = datetime.now().astimezone().strftime("%H:%M:%S")
            case Stopped(run, error) if run == self._runs.number:
                state.since = None
                work.error = error
            case Recorded(exercise, passed):
                best = "passed" if passed or state.standings.get(exercise) == "passed" else "attempted"
                state.standings[exercise] = best
            case Trouble(error, key):
                reason = state.explain(error)
                state.notice = reason if key is None else state.say(key, reason=reason)
            case Edited():
                self._editing = None
                self._display.resume()
            case _:
                pass

    def _press(self, key: str) -> None:
        action = self._actions.get(key)
        if action is not None:
            self._state.notice = ""
            self._body = None
            action()

    def _saved(self, files: frozenset[Path]) -> None:
        state = self._state
        if state.work.file in files:
            state.notice = ""
            state.mode = Mode.REPORT
            self._grade()
            return
        name = plain_line(min(each.name for each in files), _LONGEST_NAME)
        state.notice = state.say("watch.saved_other", file=name, exercise=state.work.exercise.id)

    def _grade(self) -> None:
        # The task of an exercise stays open until there is something else to read.
        if self._state.work.report is not None:
            self._state.mode, self._scroll = Mode.REPORT, 0
        self._seed = fresh_seed()
        self._start(quiet=False)

    def _start(self, *, quiet: bool) -> None:
        state, work = self._state, self._state.work
        state.quiet = quiet
        state.since = time.monotonic()
        if not quiet:
            work.checks = []
        options = GradeOptions(course=state.course, seed=self._seed, lang=state.texts.lang)
        try:
            if not work.file.exists():
                raise UsageError("target.deleted", path=work.file, exercise=work.exercise.id)
            require_readable(work.file)
            self._runs.start(GradeRequest(work.exercise, work.file), options, record=not quiet)
        except GraderError as error:
            self._runs.cancel()
            state.since = None
            work.error = error

    def _go(self, exercise: Exercise) -> None:
        self._runs.cancel()
        state = self._state
        state.work = work = Work(exercise, self._practice.file(exercise))
        work.hints = load_hints(exercise)
        try:
            state.standings = {each.exercise: str(each.standing) for each in self._practice.summary().values()}
            work.hints_taken = min(self._practice.hints_taken(exercise), len(work.hints))
            self._practice.remember("exercise", exercise.id)
        except WorkspaceError as error:
            state.notice = state.say("progress.not_saved", reason=state.explain(error))
        # Where nothing was written yet, the task is what there is to read.
        state.mode = Mode.TASK if work.untouched else Mode.REPORT
        self._scroll = 0
        self._grade()

    def _next(self) -> None:
        exercise = self._state.work.exercise
        if self._state.is_passed(exercise):
            self._skip()
        else:
            self._state.notice = self._state.say("watch.not_passed", exercise=exercise.id)

    def _skip(self) -> None:
        state = self._state
        found = state.next_unfinished()
        if found is not None:
            self._go(found)
        else:
            done = state.is_passed(state.work.exercise)
            state.notice = state.say("watch.all_passed" if done else "watch.only_one")

    def _previous(self) -> None:
        if self._state.place:
            self._go(self._state.course.exercises[self._state.place - 1])
        else:
            self._state.notice = self._state.say("watch.first")

    def _turn_to(self, mode: Mode) -> None:
        state = self._state
        state.mode = Mode.REPORT if mode is state.mode else mode
        self._scroll = 0
        if state.mode is Mode.LIST:
            state.chosen = state.place
            self._follow_choice()

    def _move(self, rows: int) -> None:
        state = self._state
        if state.mode is Mode.LIST:
            state.chosen = max(0, min(state.chosen + rows, len(state.course.exercises) - 1))
            self._follow_choice()
        else:
            self._scroll = max(0, self._scroll + rows)

    def _follow_choice(self) -> None:
        self._body = body_of(self._state)
        self._scroll = scrolled_to(self._body, self._display.size, self._scroll, self._page_rows)

    def _enter(self) -> None:
        if self._state.mode is Mode.LIST:
            self._go(self._state.course.exercises[self._state.chosen])

    def _escape(self) -> None:
        state = self._state
        if state.mode is not Mode.REPORT:
            self._turn_to(Mode.REPORT)
        elif state.since is not None:
            self._runs.cancel()
            state.since = None
            state.notice = state.say("watch.cancelled")

    def _hint(self) -> None:
        state, work = self._state, self._state.work
        total = len(work.hints)
        if work.hints_taken >= total:
            state.notice = state.say("watch.no_more_hints", total=total)
        else:
            work.hints_taken += 1
            try:
                self._practice.take_hint(work.exercise, available=total)
            except WorkspaceError as error:
                # The hint is worth more than its place in the record.
                state.notice = state.say("progress.not_saved", reason=state.explain(error))
        state.mode = Mode.REPORT
        self._body = body_of(state)
        if self._body.focus is not None:
            self._scroll = self._body.start(self._body.focus, self._display.size.columns)

    def _diff(self) -> None:
        if self._state.is_passed(self._state.work.exercise):
            self._turn_to(Mode.DIFF)
        else:
            self._state.notice = self._state.say("watch.diff_locked")

    def _switch_lang(self) -> None:
        state = self._state
        following: Lang = LANGS[(LANGS.index(state.texts.lang) + 1) % len(LANGS)]
        state.texts = Catalog(following)
        # The words of a report are the judge's: it says them again, over the same numbers.
        if state.since is not None:
            self._start(quiet=state.quiet)
        elif state.work.report is not None and state.work.error is None:
            self._start(quiet=True)

    def _edit(self) -> None:
        state = self._state
        try:
            command = editor_command(self._environ)
            self._display.suspend()
            self._editing = Editing(command, state.work.file, lambda status: self._inbox.post(Edited(status)))
        except UsageError as error:
            state.notice = state.explain(error)
            self._display.resume()

    def _redraw(self) -> None:
        self._display.suspend()
        self._display.resume()

    def _quit(self) -> None:
        self._status = 0

    def _patience(self) -> float | None:
        if self._state.since is None or self._editing is not None:
            return None
        waited = time.monotonic() - self._state.since
        return SUDDEN_S - waited if waited < SUDDEN_S else _TICK_S

    def _draw(self) -> None:
        if self._editing is not None:
            return
        state = self._state
        if self._body is None or state.live != self._was_live:
            self._body, self._was_live = body_of(state), state.live
        page = page_of(state, self._body, scroll=self._scroll, method=self._saves.method, ready=self._engine.ready)
        size = self._display.size
        drawn = frame(page, state.screen, size)
        self._scroll, self._page_rows = drawn.scroll, max(1, drawn.page_rows)
        self._display.show(drawn.rows, size)
