"""Name the mistake behind a report: a listed one by replay, else how the result is off."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch

from grader.judge.compare import both
from grader.judge.elsewhere import mixes_devices
from grader.judge.plugin import CheckRun, cause
from grader.judge.relate import Relation, relate
from grader.judge.replay import Lineup, Rehearsal, load_lineup, rehearse, same_behaviour
from grader.judge.verdicts import BadReply, LearnerError, OutOfPatienceError, WorkerDied, lost_graph
from grader.model import Lang, Mistake, Status
from grader.worker.tensors import build_tensor
from grader.worker.wire import Call, Failure, Success, TensorValue, WireError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.judge.bench import Bench
    from grader.judge.checks import NamedMistake
    from grader.model import Exercise

Rehearse = Callable[..., Rehearsal]
WRONG = (Status.FAILED, Status.ERROR, Status.TIMEOUT, Status.CRASHED)
GENERAL = "general."


class Diagnosis:
    """What the mistakes of one exercise say about its runs; loads them once they are needed."""

    def __init__(
        self, exercise: Exercise, lang: Lang, *, lineup: Lineup | None = None, rehearse: Rehearse = rehearse
    ) -> None:
        self._exercise = exercise
        self._lang = lang
        self._rehearse = rehearse
        self._given = lineup

    @functools.cached_property
    def _lineup(self) -> Lineup:
        return self._given or load_lineup(self._exercise)

    def name(self, runs: Sequence[CheckRun], bench: Bench | None) -> tuple[Mistake | None, dict[str, Mistake]]:
        """Return the mistake of the whole report, and that of each wrong check by its name."""
        wrong = [run for run in runs if run.status in WRONG and not _unreplayable(run)]
        if not wrong:
            return None, {}
        found: dict[str, list[str]] = {}
        suspects: list[str] = []
        for run in wrong:
            found[run.name] = ids = self._listed(run, suspects)
            suspects = [id_ for id_ in suspects if id_ in ids] or suspects or ids
        best = self._best(found, [run for run in runs if run.status is Status.PASSED])
        by_check: dict[str, Mistake] = {}
        for run in wrong:
            ids = found[run.name]
            if ids:
                by_check[run.name] = self._said(best if best in ids else ids[0])
            else:
                general = relation_of(run) or (_unsteady(run, bench) if bench else None)
                if general is not None:
                    by_check[run.name] = said(general, self._lang)
        overall = self._said(best) if best else next((by_check[r.name] for r in wrong if r.name in by_check), None)
        return overall, by_check

    def _listed(self, run: CheckRun, suspects: Sequence[str]) -> list[str]:
        """Return the ids of the mistakes that behave as the learner's code did in this check.

        The suspects of earlier checks are tried first, and the others only if none of them
        fits: a rehearsal costs a millisecond or more, and an exercise may list thirty mistakes.
        """
        failed = cause(run)
        named = [failed.mistake] if failed is not None and failed.mistake else []
        likely = named + [
            m.id for m in self._lineup.mistakes if m.id in suspects and m.id not in named and self._behaves_like(run, m)
        ]
        if likely:
            return likely
        return [m.id for m in self._lineup.mistakes if m.id not in suspects and self._behaves_like(run, m)]

    def _rehearsed(self, run: CheckRun, mistake: NamedMistake) -> Rehearsal:
        return self._rehearse(run.function, self._lineup.names(mistake), seed=run.seed, params=run.params)

    def _behaves_like(self, run: CheckRun, mistake: NamedMistake) -> bool:
        rehearsal = self._rehearsed(run, mistake)
        if (rehearsal.error is None) != (run.error is None):
            return False
        endless = isinstance(rehearsal.error, OutOfPatienceError)
        return endless == (run.status is Status.TIMEOUT) and same_behaviour(run.transcript, rehearsal.transcript)

    def _best(self, found: dict[str, list[str]], passed: Sequence[CheckRun]) -> str | None:
        """Return the mistake that explains most.

        One that would have failed a check which the learner passed comes last; then count
        the wrong checks that it explains, then the passed ones in which it behaves alike.
        """
        votes: dict[str, int] = {}
        for ids in found.values():
            for id_ in ids:
                votes[id_] = votes.get(id_, 0) + 1
        if len(votes) < 2:  # noqa: PLR2004 - nothing to choose from
            return next(iter(votes), None)
        by_id = {m.id: m for m in self._lineup.mistakes}

        def rank(id_: str) -> tuple[bool, int, int]:
            alike = [self._behaves_like(run, by_id[id_]) for run in passed] if id_ in by_id else []
            clean = all(same or self._passes(run, by_id[id_]) for run, same in zip(passed, alike, strict=bool(alike)))
            return clean, votes[id_], sum(alike)

        return max(votes, key=rank)

    def _passes(self, run: CheckRun, mistake: NamedMistake) -> bool:
        return self._rehearsed(run, mistake).error is None

    def _said(self, id_: str) -> Mistake:
        for mistake in self._lineup.mistakes:
            if mistake.id == id_:
                return Mistake(id_, mistake.title.in_lang(self._lang), mistake.advice.in_lang(self._lang))
        return Mistake(id_, id_, "")


def is_listed(mistake: Mistake | None) -> bool:
    """Tell a mistake of `mistakes.py` from a general relation, or from none."""
    return mistake is not None and not mistake.id.startswith(GENERAL)


def said(relation: Relation, lang: Lang) -> Mistake:
    """Return a general relation as a mistake that nobody listed."""
    title = both(f"relation.{relation.key}.title", **relation.params)
    advice = both(f"relation.{relation.key}.advice", **relation.params)
    return Mistake(f"{GENERAL}{relation.key}", title.in_lang(lang), advice.in_lang(lang))


def _unreplayable(run: CheckRun) -> bool:
    """Tell a run in which no check code ran: the file did not load."""
    return not run.transcript.exchanges


def relation_of(run: CheckRun) -> Relation | None:
    """Return how the wrong result of a run relates to the right one."""
    if run.error is not None and lost_graph(run.error):
        return Relation("lost_graph")
    if isinstance(run.error, LearnerError) and run.error.failure.kind == "graph":
        return Relation("lost_graph")
    if isinstance(run.error, LearnerError) and mixes_devices(run.error.failure.message):
        return Relation("device")
    failed = cause(run)
    if failed is None:
        return None
    if failed.relation in ("none", "dtype", "device", "changed_input", "lost_graph"):
        return Relation(failed.relation)
    if failed.actual is None or failed.expected is None:
        return None
    call = run.transcript.last_call()
    return relate(failed.actual, failed.expected, call.request if call and isinstance(call.request, Call) else None)


def _unsteady(run: CheckRun, bench: Bench) -> Relation | None:
    """Return whether the last call of a run drifts when repeated, or is right only the first time.

    The generators are seeded alike before each repetition, so what differs is kept state.
    """
    failed, last = cause(run), run.transcript.last_call()
    if (
        failed is None
        or failed.expected is None
        or last is None
        or not isinstance(last.request, Call)
        or last.request.handle
    ):
        return None
    request = last.request
    try:
        seat = bench.open(seed=run.seed, more=False)
    except (LearnerError, WorkerDied, BadReply):
        return None
    replies = []
    try:
        for _ in range(2):
            reply = seat.courier.ask_again(request)
            replies.append(None if isinstance(reply, Failure) else reply)
    except (WorkerDied, BadReply):
        return None
    finally:
        seat.close()
    first, second = (_tensor(reply) for reply in replies)
    if first is None or second is None:
        return None
    if _equal(first, failed.expected):
        return Relation("first_call_only")
    return None if _equal(first, second) else Relation("drift")


def _tensor(reply: object) -> torch.Tensor | None:
    if not isinstance(reply, Success) or not isinstance(reply.value, TensorValue):
        return None
    try:
        return build_tensor(reply.value, trusted=False)
    except WireError:
        return None


def _equal(one: torch.Tensor, other: torch.Tensor) -> bool:
    if one.shape != other.shape or one.is_meta or other.is_meta:
        return False
    return torch.allclose(one.double(), other.double(), rtol=1e-4, atol=1e-6, equal_nan=True)
