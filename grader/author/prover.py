"""Prove an exercise: right solutions pass, every named mistake fails and is diagnosed as itself."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.judge.checks import spec_of, title_of
from grader.judge.diagnose import Diagnosis
from grader.judge.draw import derive_seed
from grader.judge.loading import load_names
from grader.judge.plugin import CheckRun
from grader.judge.replay import Rehearsal, load_lineup, rehearse
from grader.model import Status
from grader.worker.preload import preload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from grader.judge.checks import NamedMistake
    from grader.model import Exercise


# A right solution may import a late part of torch on its first call.
PATIENCE_S = 10.0
# Code that computes for longer than this, and for so many times as long as the reference, does not come to an end.
LEAST_PATIENCE_S = 2.0
_TIMES = 5.0


@dataclass(frozen=True)
class Proof:
    """How one implementation fared at one seed: its checks, and the mistake that was named."""

    runs: tuple[CheckRun, ...]
    diagnosed: str | None

    @property
    def passed(self) -> bool:
        """Whether nothing is held against it."""
        return all(run.held for run in self.runs)


class Prover:
    """Runs an exercise's checks on trusted code in this process, each rehearsal once."""

    def __init__(self, exercise: Exercise, *, patience_s: float = PATIENCE_S) -> None:
        self.exercise = exercise
        self._patience_s = patience_s
        preload(exercise.preload)
        self._lineup = load_lineup(exercise)
        self.checks = [
            value for name, value in load_names(exercise.checks).items() if name.startswith("test_") and callable(value)
        ]
        self._seed: int | None = None
        self._seen: dict[tuple[Any, ...], Rehearsal] = {}
        self._enough_s: dict[str, float] = {}

    @property
    def mistakes(self) -> tuple[NamedMistake, ...]:
        """The named mistakes, in the order of the file."""
        return self._lineup.mistakes

    @property
    def solution(self) -> Mapping[str, Any]:
        """The names of the reference."""
        return self._lineup.solution

    def prove(self, names: Mapping[str, object], seed: int) -> Proof:
        """Return how an implementation, given as the exercise's names, fares at `seed`."""
        if seed != self._seed:
            # Rehearsals of another seed will not come again, and thousands of them are a lot of memory.
            self._seed, self._seen = seed, {}
        runs: list[CheckRun] = []
        for function in self.checks:
            run = self.run(function, names, seed)
            for needed in run.spec.needs:
                if run.status is not Status.SKIPPED and any(r.name == needed and not r.held for r in runs):
                    run.status, run.error, run.blocked_by = Status.SKIPPED, None, needed
            runs.append(run)
        mistake, _ = Diagnosis(self.exercise, "en", lineup=self._lineup, rehearse=self._rehearse).name(runs, None)
        return Proof(tuple(runs), mistake.id if mistake else None)

    def prove_mistake(self, mistake: NamedMistake, seed: int) -> Proof:
        """Return how a named mistake fares at `seed`."""
        return self.prove(self._lineup.names(mistake), seed)

    def run(self, function: Callable[..., object], names: Mapping[str, object], seed: int) -> CheckRun:
        """Return how one check goes on an implementation at `seed`, whatever it needs."""
        run = self._entered(function, seed)
        return _noted(run, self._rehearse(function, names, seed=run.seed, params={}))

    def rejects(self, names: Mapping[str, object], seeds: int) -> bool:
        """Tell whether a check rejects an implementation at one of the first `seeds` seeds."""
        for seed in range(seeds):
            for function in self.checks:
                run = self._entered(function, seed)
                patience_s = self._enough(function)
                # Nobody will ask for these rehearsals again.
                rehearsal = rehearse(function, names, seed=run.seed, params={}, patience_s=patience_s)
                if not _noted(run, rehearsal).held:
                    return True
        return False

    def _entered(self, function: Callable[..., object], seed: int) -> CheckRun:
        return CheckRun(
            name=function.__name__,
            function=function,
            spec=spec_of(function),
            title=title_of(function),
            seed=derive_seed(seed, self.exercise.id, function.__name__),
            params={},
        )

    def _enough(self, function: Callable[..., object]) -> float:
        """Return for how long a check may compute on a mutant, from how long it does on the reference."""
        name = function.__name__
        if name not in self._enough_s:
            start = time.process_time()
            seed = derive_seed(0, self.exercise.id, name)
            rehearse(function, self.solution, seed=seed, params={}, patience_s=self._patience_s)
            self._enough_s[name] = max(LEAST_PATIENCE_S, _TIMES * (time.process_time() - start))
        return self._enough_s[name]

    def _rehearse(
        self, function: Callable[..., object], names: Mapping[str, object], *, seed: int, params: Mapping[str, object]
    ) -> Rehearsal:
        key = (function.__name__, seed, *(names.get(name) for name in self.exercise.fill))
        if key not in self._seen:
            self._seen[key] = rehearse(function, names, seed=seed, params=params, patience_s=self._patience_s)
        return self._seen[key]


def right_solutions(exercise: Exercise) -> tuple[Path, ...]:
    """Return the files of right solutions: the reference, then those of the folder `right` or of the tests."""
    of_tests = exercise.folder.parent.parent / "tests" / "course" / "right" / exercise.name
    folders = [folder for folder in (exercise.folder / "right", of_tests) if folder.is_dir()]
    return (exercise.solution, *(file for folder in folders for file in sorted(folder.glob("*.py"))))


def _noted(run: CheckRun, rehearsal: Rehearsal) -> CheckRun:
    run.transcript = rehearsal.transcript
    if rehearsal.error is not None:
        run.note(rehearsal.error)
    return run
