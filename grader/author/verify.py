"""Everything that an exercise claims, tried: texts, stub, right solutions, mistakes, mutants.

One exercise is verified in pieces, each of which runs in whichever process is free.
"""

from __future__ import annotations

import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from grader.author.mutants import Mutant, mutants_of
from grader.author.prover import Prover
from grader.author.texts import text_faults
from grader.course import load_excuses
from grader.judge.replay import load_names
from grader.judge.session import grade, open_starter
from grader.model import GradeOptions, GradeRequest, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.model import Course, Exercise

MUTANT_SEEDS = 3
# A mutant that computes longer than this has been noticed.
MUTANT_PATIENCE_S = 2.0
MOST_FAULTS = 20


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the work: `subject` is a file's name, a mistake's id or a mutant's name."""

    exercise: str
    kind: str
    subject: str = ""
    first_seed: int = 0
    seeds: int = 1


class SolutionProof(msgspec.Struct, kw_only=True):
    """A right solution: how many seeds it was tried with, and the checks that rejected it."""

    file: str
    seeds: int = 0
    rejected: int = 0
    faults: list[str] = []
    not_judged: list[str] = []


class MistakeProof(msgspec.Struct, kw_only=True):
    """A named mistake: in how many seeds it was rejected, and as what it was diagnosed."""

    id: str
    seeds: int = 0
    rejected: int = 0
    diagnosed: dict[str, int] = {}
    failed_checks: dict[str, int] = {}

    @property
    def named(self) -> int:
        """How often it was diagnosed as itself."""
        return self.diagnosed.get(self.id, 0)


class MutantProof(msgspec.Struct, kw_only=True):
    """What became of the mutants of the reference: survivors by name, excuses by name with their reason."""

    total: int = 0
    killed: int = 0
    excused: dict[str, str] = {}
    survivors: list[str] = []
    needless: list[str] = []


class Verification(msgspec.Struct, kw_only=True):
    """All that was found of one exercise."""

    exercise: str
    name: str
    texts: list[str] = []
    stub: str = ""
    solutions: list[SolutionProof] = []
    mistakes: list[MistakeProof] = []
    mutants: MutantProof = msgspec.field(default_factory=MutantProof)

    @property
    def proven(self) -> bool:
        """Whether nothing is left to mend."""
        return (
            not self.texts
            and self.stub == Status.NOT_STARTED
            and all(not each.rejected for each in self.solutions)
            and all(each.seeds == each.rejected == each.named for each in self.mistakes)
            and not self.mutants.survivors
            and not self.mutants.needless
        )


def right_solutions(exercise: Exercise) -> tuple[Path, ...]:
    """Return the files of right solutions: the reference, then those of the folder `right` or of the tests."""
    beside = exercise.folder / "right"
    of_tests = exercise.folder.parent.parent / "tests" / "course" / "right" / exercise.name
    folders = [folder for folder in (beside, of_tests) if folder.is_dir()]
    return (exercise.solution, *(file for folder in folders for file in sorted(folder.glob("*.py"))))


def pieces_of(exercise: Exercise, *, seeds: int, share: int) -> tuple[Piece, ...]:
    """Return the work on one exercise; what many seeds are tried on is cut into shares of `share` seeds."""
    prover = Prover(exercise)

    def over_seeds(kind: str, subject: str) -> Iterator[Piece]:
        for first in range(0, seeds, share):
            yield Piece(
                exercise=exercise.id,
                kind=kind,
                subject=subject,
                first_seed=first,
                seeds=min(share, seeds - first),
            )

    pieces = [Piece(exercise=exercise.id, kind="texts"), Piece(exercise=exercise.id, kind="stub")]
    for file in right_solutions(exercise):
        pieces += over_seeds("solution", str(file))
    for mistake in prover.mistakes:
        pieces += over_seeds("mistake", mistake.id)
    pieces += [Piece(exercise=exercise.id, kind="mutant", subject=mutant.name) for mutant in _mutants(exercise)]
    return tuple(pieces)


class Verifier:
    """Does pieces of work on one exercise, in one process."""

    def __init__(self, course: Course, exercise: Exercise) -> None:
        self._course = course
        self._exercise = exercise
        self._prover = Prover(exercise)
        self._patient_with_mutants = Prover(exercise, patience_s=MUTANT_PATIENCE_S)
        self._mutants = {mutant.name: mutant for mutant in _mutants(exercise)}

    def do(self, piece: Piece) -> Verification:
        """Return what one piece found, as a verification that holds nothing else."""
        found = Verification(exercise=self._exercise.id, name=self._exercise.name)
        match piece.kind:
            case "texts":
                found.texts = text_faults(self._exercise, self._prover)
            case "stub":
                found.stub = self._stub()
            case "solution":
                found.solutions = [self._solution(piece)]
            case "mistake":
                found.mistakes = [self._mistake(piece)]
            case "mutant":
                found.mutants = self._mutant(self._mutants[piece.subject])
        return found

    def _stub(self) -> str:
        options = GradeOptions(course=self._course, seed=0, lang="en")
        with open_starter("cpu") as starter:
            return str(
                grade(GradeRequest(self._exercise, self._exercise.stub), options=options, starter=starter).report.status
            )

    def _solution(self, piece: Piece) -> SolutionProof:
        file = Path(piece.subject)
        found = SolutionProof(file=file.name)
        names = load_names(file)
        for seed in range(piece.first_seed, piece.first_seed + piece.seeds):
            proof = self._prover.prove(names, seed)
            found.seeds += 1
            found.rejected += not proof.passed
            wrong = [run for run in proof.runs if not run.held]
            found.faults += [f"seed {seed}: {run.name} {run.status}: {run.error}" for run in wrong][:MOST_FAULTS]
            skipped = {run.name for run in proof.runs if run.held and run.status is Status.SKIPPED}
            found.not_judged = sorted(skipped | set(found.not_judged))
        return found

    def _mistake(self, piece: Piece) -> MistakeProof:
        mistake = next(each for each in self._prover.mistakes if each.id == piece.subject)
        found = MistakeProof(id=mistake.id)
        for seed in range(piece.first_seed, piece.first_seed + piece.seeds):
            proof = self._prover.prove_mistake(mistake, seed)
            found.seeds += 1
            found.rejected += not proof.passed
            _count(found.diagnosed, proof.diagnosed or "nothing")
            for run in proof.runs:
                if not run.held and run.status is not Status.SKIPPED:
                    _count(found.failed_checks, run.name)
        return found

    def _mutant(self, mutant: Mutant) -> MutantProof:
        excuse = load_excuses(self._exercise).get(mutant.name)
        killed = self._is_killed(mutant)
        if killed:
            return MutantProof(total=1, killed=1, needless=[mutant.name] if excuse else [])
        if excuse:
            return MutantProof(total=1, excused={mutant.name: excuse})
        return MutantProof(total=1, survivors=[mutant.name])

    def _is_killed(self, mutant: Mutant) -> bool:
        names = _names_of(mutant, self._exercise.solution)
        if names is None:
            return True
        prover = self._patient_with_mutants
        return any(not prover.run(check, names, seed).held for seed in range(MUTANT_SEEDS) for check in prover.checks)


def merged(parts: Sequence[Verification]) -> Verification:
    """Return what the pieces of one exercise found together, in the order of the pieces."""
    whole = Verification(exercise=parts[0].exercise, name=parts[0].name)
    solutions: dict[str, SolutionProof] = {}
    mistakes: dict[str, MistakeProof] = {}
    for part in parts:
        whole.texts += part.texts
        whole.stub = part.stub or whole.stub
        for one in part.solutions:
            known = solutions.setdefault(one.file, SolutionProof(file=one.file))
            known.seeds += one.seeds
            known.rejected += one.rejected
            known.faults = (known.faults + one.faults)[:MOST_FAULTS]
            known.not_judged = sorted({*known.not_judged, *one.not_judged})
        for other in part.mistakes:
            same = mistakes.setdefault(other.id, MistakeProof(id=other.id))
            same.seeds += other.seeds
            same.rejected += other.rejected
            for table, more in ((same.diagnosed, other.diagnosed), (same.failed_checks, other.failed_checks)):
                for name, count in more.items():
                    table[name] = table.get(name, 0) + count
        whole.mutants.total += part.mutants.total
        whole.mutants.killed += part.mutants.killed
        whole.mutants.excused |= part.mutants.excused
        whole.mutants.survivors += part.mutants.survivors
        whole.mutants.needless += part.mutants.needless
    whole.solutions, whole.mistakes = list(solutions.values()), list(mistakes.values())
    return whole


def _mutants(exercise: Exercise) -> tuple[Mutant, ...]:
    return mutants_of(exercise.solution.read_text(encoding="utf-8"))


def _names_of(mutant: Mutant, path: Path) -> dict[str, Any] | None:
    """Return the names that a mutant defines; None where it does not even load."""
    module = types.ModuleType(f"mutant_of_{path.stem}")
    module.__file__ = str(path)
    try:
        exec(compile(mutant.source, str(path), "exec"), module.__dict__)  # noqa: S102 - a change of our own reference
    except Exception:  # noqa: BLE001 - whatever it is, nobody could have handed it in
        return None
    return vars(module)


def _count(table: dict[str, int], name: str) -> None:
    table[name] = table.get(name, 0) + 1
