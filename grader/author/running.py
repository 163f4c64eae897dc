"""Verify exercises on all cores: pieces of work for forked processes, the results in order."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

import torch

from grader.author.verify import Piece, Verification, Verifier, merged, pieces_of
from grader.worker.preload import LATE_IMPORTS, preload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.model import Course, Exercise

# Long enough to be worth sending, short enough to keep all cores busy to the end.
SHARE = 25


class _Desk:
    """What a process of the pool keeps between two pieces: the verifier of the exercise that it works on."""

    def __init__(self, course: Course, exercises: Sequence[Exercise]) -> None:
        self._course = course
        self._exercises = {exercise.id: exercise for exercise in exercises}
        self._verifier: tuple[str, Verifier] | None = None

    def do(self, piece: Piece) -> Verification:
        """Do a piece of work."""
        if self._verifier is None or self._verifier[0] != piece.exercise:
            self._verifier = piece.exercise, Verifier(self._course, self._exercises[piece.exercise])
        return self._verifier[1].do(piece)


def verify(
    course: Course,
    exercises: Sequence[Exercise],
    *,
    seeds: int,
    jobs: int,
    on_progress: Callable[[Exercise, int, int], None],
) -> Iterator[Verification]:
    """Yield what was found of each exercise, in order; `on_progress` hears how many pieces of how many are done.

    Raises:
        CourseError: a file of the exercise cannot be executed.
    """
    preload([*LATE_IMPORTS, *(name for exercise in exercises for name in exercise.preload)])
    # More threads than cores only stall these small tensors, and a fork must find none.
    torch.set_num_threads(1)
    desk = _Desk(course, exercises)
    if jobs == 1:
        for exercise in exercises:
            pieces = pieces_of(exercise, seeds=seeds, share=SHARE)
            yield _collected(exercise, len(pieces), on_progress, map(desk.do, pieces))
        return
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(jobs, mp_context=fork, initializer=_sit_down, initargs=(desk,)) as pool:
        for exercise in exercises:
            pieces = pieces_of(exercise, seeds=seeds, share=SHARE)
            yield _collected(exercise, len(pieces), on_progress, pool.map(_do, pieces))


def _collected(
    exercise: Exercise,
    total: int,
    on_progress: Callable[[Exercise, int, int], None],
    results: Iterator[Verification],
) -> Verification:
    done: list[Verification] = []
    for part in results:
        done.append(part)
        on_progress(exercise, len(done), total)
    return merged(done)


_OWN: list[_Desk] = []


def _sit_down(desk: _Desk) -> None:
    _OWN[:] = [desk]


def _do(piece: Piece) -> Verification:
    return _OWN[0].do(piece)
