"""Everything that an exercise claims, tried: texts, stub, right solutions, mistakes, mutants.

One exercise is verified in pieces, each of which runs in whichever process is free.
"""

from __future__ import annotations

import sys
import types
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.author.mutants import Mutant, mutants_of
from grader.author.proofs import (
    MOST_FAULTS,
    NOTHING,
    Effort,
    MistakeProof,
    MutantProof,
    Piece,
    SolutionProof,
    Verification,
    count,
)
from grader.author.prover import Prover, right_solutions
from grader.author.texts import text_faults
from grader.course import load_excuses
from grader.errors import GraderError
from grader.judge.loading import load_names
from grader.judge.session import grade, open_starter
from grader.judge.verdicts import CheckFailed
from grader.model import GradeOptions, GradeRequest, Status
from grader.texts import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.judge.plugin import CheckRun
    from grader.model import Course, Exercise, Lang

MUTANT_SEEDS = 3
# Long enough to be worth sending, short enough to keep all cores busy to the end.
SHARE = 25
# The mistakes of one seed are rehearsed together, because the diagnosis of each replays the others.
SHARE_OF_MISTAKES = 4


def pieces_of(exercise: Exercise, effort: Effort) -> tuple[Piece, ...]:
    """Return the work on one exercise; what many seeds are tried on is cut into shares."""
    id_ = exercise.id
    pieces = [Piece(exercise=id_, kind="texts"), Piece(exercise=id_, kind="stub")]
    for first, seeds in _shares(effort.mistake_seeds, SHARE_OF_MISTAKES):
        pieces.append(Piece(exercise=id_, kind="mistakes", first_seed=first, seeds=seeds))
    for file in right_solutions(exercise):
        for first, seeds in _shares(effort.right_seeds, SHARE):
            pieces.append(Piece(exercise=id_, kind="solution", subject=str(file), first_seed=first, seeds=seeds))
    if effort.mutants:
        pieces += [Piece(exercise=id_, kind="mutant", subject=mutant.name) for mutant in _mutants(exercise)]
        pieces.append(Piece(exercise=id_, kind="excuses"))
    return tuple(pieces)


class Verifier:
    """Does pieces of work on one exercise, in one process; what it says is in `lang`."""

    def __init__(self, course: Course, exercise: Exercise, lang: Lang = "en") -> None:
        self._course = course
        self._exercise = exercise
        self._catalog = Catalog(lang)

    @cached_property
    def _prover(self) -> Prover:
        return Prover(self._exercise)

    @cached_property
    def _mutants(self) -> dict[str, Mutant]:
        return {mutant.name: mutant for mutant in _mutants(self._exercise)}

    @cached_property
    def _excuses(self) -> dict[str, str]:
        return load_excuses(self._exercise)

    def do(self, piece: Piece) -> Verification:
        """Return what one piece found, as a verification that holds nothing else."""
        found = Verification(exercise=self._exercise.id, name=self._exercise.name)
        try:
            self._fill(found, piece)
        except GraderError as error:
            # One broken file must not keep the other exercises from being proven.
            fault = self._catalog.explain(error)
            return failed(piece, self._exercise, fault)
        return found

    def _fill(self, found: Verification, piece: Piece) -> None:
        match piece.kind:
            case "texts":
                found.checks = [check.__name__ for check in self._prover.checks]
                found.texts = text_faults(self._course, self._prover, self._catalog)
            case "stub":
                found.stub = self._stub()
            case "solution":
                found.solutions = [self._solution(piece)]
            case "mistakes":
                found.mistakes = self._mistakes(piece)
            case "mutant":
                found.mutants = self._mutant(self._mutants[piece.subject])
            case "excuses":
                found.mutants.needless = [name for name in self._excuses if name not in self._mutants]

    def _stub(self) -> str:
        options = GradeOptions(course=self._course, seed=0, lang=self._catalog.lang)
        request = GradeRequest(self._exercise, self._exercise.stub)
        with open_starter("cpu") as starter:
            return str(grade(request, options=options, starter=starter).report.status)

    def _solution(self, piece: Piece) -> SolutionProof:
        file = Path(piece.subject)
        found = SolutionProof(file=shown_path(self._exercise, file))
        names = load_names(file)
        for seed in range(piece.first_seed, piece.first_seed + piece.seeds):
            proof = self._prover.prove(names, seed)
            found.seeds += 1
            found.rejected += not proof.passed
            wrong = [run for run in proof.runs if not run.held and not run.blocked_by]
            found.faults += [f"seed {seed}: {run.name} ({run.status}): {self._said(run)}" for run in wrong]
            unjudged = {run.name for run in proof.runs if run.held and run.status is Status.SKIPPED}
            found.not_judged = sorted(unjudged | set(found.not_judged))
        found.faults = found.faults[:MOST_FAULTS]
        return found

    def _said(self, run: CheckRun) -> str:
        error = run.error
        said = error.text.in_lang(self._catalog.lang) if isinstance(error, CheckFailed) else repr(error)
        return " ".join(said.split())

    def _mistakes(self, piece: Piece) -> list[MistakeProof]:
        proofs = {mistake.id: MistakeProof(id=mistake.id) for mistake in self._prover.mistakes}
        for seed in range(piece.first_seed, piece.first_seed + piece.seeds):
            for mistake in self._prover.mistakes:
                proof, found = self._prover.prove_mistake(mistake, seed), proofs[mistake.id]
                found.seeds += 1
                found.rejected += not proof.passed
                count(found.diagnosed, proof.diagnosed or NOTHING)
                for run in proof.runs:
                    if not run.held and run.status is not Status.SKIPPED:
                        count(found.failed_checks, run.name)
        return list(proofs.values())

    def _mutant(self, mutant: Mutant) -> MutantProof:
        excuse = self._excuses.get(mutant.name)
        names = _names_of(mutant, self._exercise.solution)
        if names is None or self._prover.rejects(names, MUTANT_SEEDS):
            return MutantProof(total=1, killed=1, needless=[mutant.name] if excuse else [])
        if excuse:
            return MutantProof(total=1, excused={mutant.name: excuse})
        return MutantProof(total=1, survivors=[mutant.name])


def failed(piece: Piece, exercise: Exercise, fault: str) -> Verification:
    """Return what a piece found that could not be done because of `fault`."""
    found = Verification(exercise=exercise.id, name=exercise.name)
    if piece.kind == "solution":
        file = shown_path(exercise, Path(piece.subject))
        found.solutions = [SolutionProof(file=file, seeds=piece.seeds, rejected=piece.seeds, faults=[fault])]
    else:
        found.texts = [fault]
    return found


def shown_path(exercise: Exercise, file: Path) -> str:
    """Return a file's path from the folder that holds the course's."""
    base = exercise.folder.parent.parent
    return (file.relative_to(base) if file.is_relative_to(base) else file).as_posix()


def _shares(seeds: int, share: int) -> Iterator[tuple[int, int]]:
    for first in range(0, seeds, share):
        yield first, min(share, seeds - first)


def _mutants(exercise: Exercise) -> tuple[Mutant, ...]:
    try:
        return mutants_of(exercise.solution.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, SyntaxError):
        # Each right solution is loaded, the reference first, and that says what is wrong with it.
        return ()


def _names_of(mutant: Mutant, path: Path) -> dict[str, Any] | None:
    """Return the names that a mutant defines; None where it does not even load."""
    module = types.ModuleType(f"mutant_of_{path.stem}")
    module.__file__ = str(path)
    sys.path.insert(0, str(path.parent))
    try:
        exec(compile(mutant.source, str(path), "exec"), module.__dict__)  # noqa: S102 - a change of our own reference
    except Exception:  # noqa: BLE001 - whatever it is, nobody could have handed it in
        return None
    finally:
        sys.path.remove(str(path.parent))
    return vars(module)
