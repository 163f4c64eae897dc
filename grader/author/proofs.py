"""What a verification asks for and finds: the records that its processes hand to one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from grader.model import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_FAULTS = 20
# What a mistake is taken for where the diagnosis names none.
NOTHING = "nothing"


class Effort(msgspec.Struct, frozen=True, kw_only=True):
    """How much is tried: seeds for each right solution and for each mistake, and whether mutants are made."""

    right_seeds: int = 20
    mistake_seeds: int = 20
    mutants: bool = True


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the work; `subject` is a right solution's path or a mutant's name."""

    exercise: str
    kind: Literal["texts", "stub", "solution", "mistakes", "mutant", "excuses"]
    subject: str = ""
    first_seed: int = 0
    seeds: int = 1


class SolutionProof(msgspec.Struct, kw_only=True):
    """A right solution: with how many seeds it was tried, which rejected it, and the checks that could not judge it."""

    file: str
    seeds: int = 0
    rejected: int = 0
    faults: list[str] = []
    not_judged: list[str] = []


class MistakeProof(msgspec.Struct, kw_only=True):
    """A named mistake: in how many seeds it was rejected, by which checks, and as what it was diagnosed."""

    id: str
    seeds: int = 0
    rejected: int = 0
    diagnosed: dict[str, int] = {}
    failed_checks: dict[str, int] = {}

    @property
    def named(self) -> int:
        """How often it was diagnosed as itself."""
        return self.diagnosed.get(self.id, 0)

    @property
    def is_proven(self) -> bool:
        """Whether it was rejected and named at every seed."""
        return self.seeds == self.rejected == self.named


class MutantProof(msgspec.Struct, kw_only=True):
    """What became of the mutants of the reference.

    `survivors` are names, `excused` has the reason for each name, and `needless` holds
    excuses for what was killed, or does not exist.
    """

    total: int = 0
    killed: int = 0
    excused: dict[str, str] = {}
    survivors: list[str] = []
    needless: list[str] = []


class Verification(msgspec.Struct, kw_only=True):
    """All that was found of one exercise. `texts` are sentences about what to mend in its files."""

    exercise: str
    name: str
    checks: list[str] = []
    texts: list[str] = []
    stub: str = ""
    solutions: list[SolutionProof] = []
    mistakes: list[MistakeProof] = []
    mutants: MutantProof = msgspec.field(default_factory=MutantProof)

    @property
    def to_mend(self) -> int:
        """How many things are left to mend."""
        return (
            len(self.texts)
            + (self.stub != Status.NOT_STARTED)
            + sum(each.rejected > 0 for each in self.solutions)
            + sum(not each.is_proven for each in self.mistakes)
            + len(self.mutants.survivors)
            + len(self.mutants.needless)
        )

    @property
    def proven(self) -> bool:
        """Whether nothing is left to mend."""
        return not self.to_mend


def merged(parts: Sequence[Verification]) -> Verification:
    """Return what the pieces of one exercise found together, in the order of the pieces."""
    whole = Verification(exercise=parts[0].exercise, name=parts[0].name)
    solutions: dict[str, SolutionProof] = {}
    mistakes: dict[str, MistakeProof] = {}
    for part in parts:
        whole.checks = whole.checks or part.checks
        # A file that cannot be executed is told by every piece that wants it.
        whole.texts += [text for text in part.texts if text not in whole.texts]
        whole.stub = part.stub or whole.stub
        for solution in part.solutions:
            _add_solution(solutions.setdefault(solution.file, SolutionProof(file=solution.file)), solution)
        for mistake in part.mistakes:
            _add_mistake(mistakes.setdefault(mistake.id, MistakeProof(id=mistake.id)), mistake)
        whole.mutants.total += part.mutants.total
        whole.mutants.killed += part.mutants.killed
        whole.mutants.excused |= part.mutants.excused
        whole.mutants.survivors += part.mutants.survivors
        whole.mutants.needless += part.mutants.needless
    whole.solutions, whole.mistakes = list(solutions.values()), list(mistakes.values())
    return whole


def count(table: dict[str, int], name: str, more: int = 1) -> None:
    """Add `more` to what `table` counts under `name`."""
    table[name] = table.get(name, 0) + more


def _add_solution(known: SolutionProof, more: SolutionProof) -> None:
    known.seeds += more.seeds
    known.rejected += more.rejected
    known.faults = (known.faults + more.faults)[:MOST_FAULTS]
    known.not_judged = sorted({*known.not_judged, *more.not_judged})


def _add_mistake(known: MistakeProof, more: MistakeProof) -> None:
    known.seeds += more.seeds
    known.rejected += more.rejected
    for table, others in ((known.diagnosed, more.diagnosed), (known.failed_checks, more.failed_checks)):
        for name, times in others.items():
            count(table, name, times)
