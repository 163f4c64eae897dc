"""Verify exercises on all cores: pieces of work for forked processes, the results in order."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
from typing import TYPE_CHECKING

import torch

from grader.author.crew import Crew, Lost
from grader.author.proofs import Effort, MutantProof, Piece, Verification, merged
from grader.author.verify import Verifier, failed, pieces_of
from grader.errors import CourseError
from grader.texts import Catalog
from grader.worker.preload import LATE_IMPORTS, preload

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from grader.model import Course, Exercise, Lang

    OnProgress = Callable[[Exercise, int, int], None]


def verify(
    course: Course,
    exercises: Sequence[Exercise],
    *,
    effort: Effort,
    jobs: int = 1,
    lang: Lang = "en",
    on_progress: OnProgress | None = None,
) -> Generator[Verification, None, None]:
    """Yield what was found of each exercise, in order.

    `on_progress` hears how many pieces of how many are done. With one job all is done in this
    process, otherwise in so many forked ones, which are gone when the iterator is closed.

    Raises:
        CourseError: a module that an exercise wants preloaded cannot be imported.
    """
    _preload_for(exercises)
    # More threads than cores only stall these small tensors, and a fork must find none.
    torch.set_num_threads(1)
    desk = _Desk(course, exercises, lang)
    pieces = {exercise.id: pieces_of(exercise, effort) for exercise in exercises}
    everything = [piece for each in pieces.values() for piece in each]
    done: dict[str, dict[int, Verification]] = {exercise.id: {} for exercise in exercises}
    waiting = list(exercises)
    for number, found in _results(desk, everything, jobs):
        mine = done[found.exercise]
        mine[number] = found
        if on_progress is not None:
            on_progress(desk.exercises[found.exercise], len(mine), len(pieces[found.exercise]))
        while waiting and len(done[waiting[0].id]) == len(pieces[waiting[0].id]):
            parts = done.pop(waiting.pop(0).id)
            yield merged([parts[number] for number in sorted(parts)])


class _Desk:
    """What a process keeps between two pieces: the verifier of the exercise that it works on."""

    def __init__(self, course: Course, exercises: Sequence[Exercise], lang: Lang) -> None:
        self.exercises = {exercise.id: exercise for exercise in exercises}
        self.lang = lang
        self._course = course
        self._verifier: tuple[str, Verifier] | None = None

    def do(self, piece: Piece) -> Verification:
        """Do a piece of work."""
        if self._verifier is None or self._verifier[0] != piece.exercise:
            verifier = Verifier(self._course, self.exercises[piece.exercise], self.lang)
            self._verifier = piece.exercise, verifier
        with contextlib.redirect_stdout(io.StringIO()):
            return self._verifier[1].do(piece)

    def report_lost(self, piece: Piece, lost: Lost) -> Verification:
        """Return what to say of a piece whose process died over it."""
        if piece.kind == "mutant":
            # Nobody hands in a mutant that takes the process down and goes unnoticed.
            exercise = self.exercises[piece.exercise]
            return Verification(exercise=exercise.id, name=exercise.name, mutants=MutantProof(total=1, killed=1))
        said = Catalog(self.lang).say(
            "author.fault.process_died", kind=piece.kind, seed=piece.first_seed, code=lost.exit_code
        )
        return failed(piece, self.exercises[piece.exercise], said)


def _results(desk: _Desk, pieces: Sequence[Piece], jobs: int) -> Iterator[tuple[int, Verification]]:
    if jobs == 1 or "fork" not in multiprocessing.get_all_start_methods():
        for number, piece in enumerate(pieces):
            yield number, desk.do(piece)
        return
    with Crew(desk.do, min(jobs, len(pieces))) as crew:
        for number, result in crew.results(pieces):
            yield number, desk.report_lost(pieces[number], result) if isinstance(result, Lost) else result


def _preload_for(exercises: Sequence[Exercise]) -> None:
    preload(LATE_IMPORTS)
    for exercise in exercises:
        try:
            preload(exercise.preload)
        except ImportError as error:
            place = exercise.folder.parent / "course.toml"
            raise CourseError("author.cannot_preload", place=place, name=exercise.name, error=error) from error
