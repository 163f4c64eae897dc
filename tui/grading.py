"""The app as far as it grades: on a key, on a save, all files, and again in another language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.errors import WorkerFault
from grader.model import CheckResult, Exercise, Graded, GradeOptions, GradeRequest, Plot
from grader.practice import fresh_seed
from tui.board import Board, while_shown
from tui.desk import Outcome, Stage, digest_if_there
from tui.notes import Note, after_grading, all_passed, bad, before_grading, good, neutral, warning
from tui.recorder import Recorder
from tui.runner import Job, Runner
from tui.watching import Watching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.timer import Timer

    from grader.texts import Catalog
    from tui.desk import Desk
    from tui.engine import Tools
    from tui.messages import EngineStarted, GradingEnded, GradingEvent, NotRecorded, Saved, WatchFailed, WatchStarted

_READY_POLL_S = 0.1
# Painting takes the processor from the grading: checks that end in quick succession are shown together.
_SHOW_AFTER_S = 0.1
_REMEMBER_AFTER_S = 0.4


class GradingBoard(Board):
    """Grades the exercise that is open."""

    def __init__(self, desk: Desk, texts: Catalog, tools: Tools) -> None:
        super().__init__(desk, texts, tools.environ)
        self.tools = tools
        names = frozenset(each.file_name for each in desk.course.exercises)
        self.runner = Runner(lambda: tools.make_engine(desk.course), self.post_message)
        self.recorder = Recorder(self.post_message)
        self.watching = Watching(lambda: tools.make_watch(desk.practice.workspace.root, names), self.post_message)
        self._under_way: Exercise | None = None
        self._series: tuple[Exercise, ...] = ()
        self._ready_poll: Timer | None = None
        self._show_timer: Timer | None = None
        self._remember_timer: Timer | None = None
        self._remembered = dict(desk.settings)
        self._unsaved: dict[str, str] = {}

    @property
    def grading(self) -> bool:
        """Say whether a grading is under way that anybody waits for."""
        return self._under_way is not None

    def start_threads(self) -> None:
        """Start what the first paint need not wait for."""
        self.recorder.start()
        self.runner.start()
        self.watching.start()

    def stop_threads(self) -> None:
        """End all threads and processes, once everything is written."""
        self.flush_settings()
        self.watching.close()
        self.runner.close()
        self.recorder.close()

    def start_grading(self, exercise: Exercise) -> None:
        """Grade the file of `exercise` as it is now."""
        self._settle()
        file = self.desk.practice.file(exercise)
        digest = digest_if_there(file)
        if digest is None and not file.exists():
            self.desk.keep(exercise, Outcome())
            self.refresh_outcome(exercise)
            self.tell(warning("tui.step.missing", file=file.name))
            return
        seed = fresh_seed()
        outcome = Outcome(stage=Stage.RUNNING, seed=seed, lang=self.texts.lang, digest=digest)
        self.desk.keep(exercise, outcome)
        self._under_way = exercise
        self._series = ()
        self.runner.grade([self._job(exercise, seed, plot=True)])
        self.refresh_outcome(exercise)
        self._tell_grading()

    def start_all(self) -> None:
        """Grade all files that were begun, one after the other."""
        self._settle()
        exercises = self.desk.started()
        if not exercises:
            self.tell(neutral("tui.step.none_started"))
            return
        seed = fresh_seed()
        self._series = exercises
        # The open one keeps its picture; nobody looks at those of the others.
        here = self.desk.current.id
        self.runner.grade([self._job(each, seed, plot=each.id == here) for each in exercises])
        self._begin(exercises[0], seed)

    def cancel_grading(self) -> bool:
        """End the grading under way and say whether there was one."""
        if not self.grading:
            return False
        self._settle()
        # What was cancelled may be another exercise than the one that is open.
        self.show_keys()
        self.tell(warning("tui.step.cancelled"))
        return True

    def freshen(self) -> None:
        """Say the verdict on the open exercise in the language of now, if it was said in another."""
        outcome = self.desk.outcome
        if outcome.graded is None or outcome.lang == self.texts.lang or self.grading:
            return
        exercise = self.desk.current
        if digest_if_there(self.desk.file) != outcome.digest:
            return
        # The same seed draws the same inputs, so that the same is found; it is no new attempt.
        self.runner.grade([self._job(exercise, outcome.seed, plot=False, quiet=True)])

    def refresh_outcome(self, exercise: Exercise, *, at: int | None = None) -> None:
        """Show what is new about `exercise`, if it is the open one."""
        if exercise.id != self.desk.current.id:
            return
        if self._show_timer is not None:
            self._show_timer.stop()
            self._show_timer = None
        self.show_checks(at=at)
        if self.text_pane.tab == "output":
            self.show_text()
        self.show_plot()
        self.show_keys()

    def remember(self, name: str, value: str) -> None:
        """Keep a setting for the next run, soon, and only if it is another than before."""
        self._unsaved[name] = value
        if self._remember_timer is not None:
            self._remember_timer.stop()
        self._remember_timer = self.set_timer(_REMEMBER_AFTER_S, self.flush_settings)

    def flush_settings(self) -> None:
        """Keep now what `remember` was told."""
        practice = self.desk.practice
        for name, value in self._unsaved.items():
            if self._remembered.get(name) != value:
                self._remembered[name] = value
                self.recorder.write(lambda name=name, value=value: practice.remember(name, value))  # type: ignore[misc]
        self._unsaved.clear()

    @while_shown
    def on_engine_started(self, _: EngineStarted) -> None:
        """Look until torch is there, and then never again."""
        if self._ready_poll is None:
            self._ready_poll = self.set_interval(_READY_POLL_S, self._look_if_ready)

    @while_shown
    def on_grading_event(self, message: GradingEvent) -> None:
        """Show a check, a verdict or a plot, unless it is of a grading that nobody waits for."""
        if message.run != self.runner.run:
            return
        exercise = message.job.request.exercise
        match message.event:
            case CheckResult() as check:
                self._take_check(exercise, message.job, check)
            case Graded() as graded:
                self._take_verdict(exercise, message.job, graded)
            case Plot() as plot:
                self.desk.keep(exercise, replace(self.desk.outcome_of(exercise), plot=plot))
                if exercise.id == self.desk.current.id:
                    self.show_plot()
                    self.show_keys()

    @while_shown
    def on_grading_ended(self, message: GradingEnded) -> None:
        """Show why there is no verdict, and go on to the next file if all are graded."""
        if message.run != self.runner.run:
            return
        exercise = message.job.request.exercise
        outcome = self.desk.outcome_of(exercise)
        error = message.error
        if error is None and outcome.stage is Stage.RUNNING:
            error = WorkerFault("tui.fault.no_verdict")
        if error is not None and not message.job.quiet:
            stage = Stage.DONE if outcome.graded is not None else Stage.FAULT
            self.desk.keep(exercise, replace(outcome, stage=stage, error=error))
        if message.left:
            series = self._series
            self._begin(series[len(series) - message.left], message.job.options.seed)
            self.refresh_outcome(exercise)
            return
        self._under_way = None
        self.refresh_outcome(exercise)
        self.show_keys()
        if error is not None:
            self.tell(bad("tui.step.error", error=error))
        elif self._series:
            self.tell(self._after_all())
        self._series = ()
        if error is None:
            self.freshen()

    @while_shown
    def on_saved(self, message: Saved) -> None:
        """Grade the open exercise when its file has new content."""
        for file in sorted(message.files):
            exercise = self.desk.exercise_of(file)
            if exercise is None:
                continue
            if exercise.id != self.desk.current.id:
                if not self.grading:
                    self.tell(neutral("tui.step.saved_other", file=exercise.file_name, exercise=exercise.id))
                continue
            outcome = self.desk.outcome
            known = outcome.stage is not Stage.FAULT and outcome.digest is not None
            if not (known and outcome.digest == digest_if_there(self.desk.file)):
                self.start_grading(exercise)

    @while_shown
    def on_watch_started(self, message: WatchStarted) -> None:
        """Say how saves are watched."""
        self.watch_key = f"tui.watch.{message.method}"
        self.show_progress()

    @while_shown
    def on_watch_failed(self, message: WatchFailed) -> None:
        """Say that a key is needed to grade."""
        self.watch_key = "tui.watch.none"
        self.show_progress()
        self.tell(warning("tui.step.no_watch", error=message.error))

    @while_shown
    def on_not_recorded(self, message: NotRecorded) -> None:
        """Say that progress was not kept; the verdict stands."""
        self.tell(warning("progress.not_saved", reason=message.error))

    def _job(self, exercise: Exercise, seed: int, *, plot: bool, quiet: bool = False) -> Job:
        request = GradeRequest(exercise, self.desk.practice.file(exercise))
        options = GradeOptions(course=self.desk.course, seed=seed, lang=self.texts.lang)
        return Job(request=request, options=options, plot=plot, quiet=quiet)

    def _settle(self) -> None:
        """Give up the grading under way."""
        self.runner.cancel()
        running, self._under_way, self._series = self._under_way, None, ()
        if running is not None and self.desk.outcome_of(running).stage is Stage.RUNNING:
            self.desk.keep(running, Outcome(stage=Stage.CANCELLED))
            self.refresh_outcome(running)

    def _begin(self, exercise: Exercise, seed: int) -> None:
        self._under_way = exercise
        digest = digest_if_there(self.desk.practice.file(exercise))
        self.desk.keep(exercise, Outcome(stage=Stage.RUNNING, seed=seed, lang=self.texts.lang, digest=digest))
        self.refresh_outcome(exercise)
        self.show_keys()
        self._tell_grading()

    def _tell_grading(self) -> None:
        if self._under_way is None:
            return
        if not self.runner.ready:
            self.tell(neutral("tui.step.starting"))
        elif self._series:
            nth = self._series.index(self._under_way) + 1
            params = {"nth": nth, "total": len(self._series), "exercise": self._under_way.id}
            self.tell(neutral("tui.step.checking_all", **params))
        else:
            self.tell(neutral("tui.step.grading", exercise=self._under_way.id))

    def _look_if_ready(self) -> None:
        if not self.runner.ready or not self.shown:
            return
        if self._ready_poll is not None:
            self._ready_poll.stop()
        self._tell_grading()

    def _take_check(self, exercise: Exercise, job: Job, check: CheckResult) -> None:
        if job.quiet:
            return
        outcome = self.desk.outcome_of(exercise)
        self.desk.keep(exercise, replace(outcome, checks=(*outcome.checks, check)))
        if self._show_timer is None and exercise.id == self.desk.current.id:
            self._show_timer = self.set_timer(_SHOW_AFTER_S, self._show_checks_so_far)

    def _show_checks_so_far(self) -> None:
        self._show_timer = None
        if self.shown:
            self.refresh_outcome(self.desk.current)

    def _take_verdict(self, exercise: Exercise, job: Job, graded: Graded) -> None:
        outcome = self.desk.outcome_of(exercise)
        outcome = replace(
            outcome, stage=Stage.DONE, checks=graded.report.checks, graded=graded, lang=job.options.lang, error=None
        )
        self.desk.keep(exercise, outcome)
        current = exercise.id == self.desk.current.id
        if not job.quiet:
            self.desk.note_verdict(exercise, graded.report)
            self.recorder.write(lambda: self.desk.practice.record(graded))
            self.show_list()
            self.show_progress()
        self.refresh_outcome(exercise, at=None if job.quiet else outcome.first_failed)
        if not current:
            if not job.quiet and not self._series:
                self.tell(self._elsewhere(exercise, graded))
            return
        if not self._series:
            self.tell(after_grading(self.desk))
        if graded.report.passed and not job.quiet:
            self.show_text()

    def _elsewhere(self, exercise: Exercise, graded: Graded) -> Note:
        make = good if graded.report.passed else bad
        return make("tui.step.elsewhere", exercise=exercise.id, status=graded.report.status)

    def _after_all(self) -> Note:
        outcomes: Sequence[tuple[Exercise, Outcome]] = [(each, self.desk.outcome_of(each)) for each in self._series]
        failed = [each.id for each, outcome in outcomes if outcome.report is None or not outcome.report.passed]
        if not failed:
            if self.desk.next_unfinished() is None:
                return all_passed(self.desk)
            return good("tui.step.all_checked", total=len(outcomes))
        passed = len(outcomes) - len(failed)
        return bad("tui.step.some_checked", total=len(outcomes), passed=passed, failed=", ".join(failed))

    def default_note(self) -> Note:
        """Return what to say about the open exercise when nothing has just happened."""
        stage = self.desk.outcome.stage
        if stage is Stage.DONE:
            return after_grading(self.desk)
        if stage is Stage.FAULT and self.desk.outcome.error is not None:
            return bad("tui.step.error", error=self.desk.outcome.error)
        if stage is Stage.CANCELLED:
            return warning("tui.step.cancelled")
        return before_grading(self.desk)
