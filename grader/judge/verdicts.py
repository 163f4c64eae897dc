"""What a check can raise: the learner's answer was wrong, raised, died or lied."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from grader.model import Text
    from grader.worker.place import Ending
    from grader.worker.wire import Failure


class CheckFailed(AssertionError):  # noqa: N818 - reads as the status it becomes
    """The learner's answer is wrong, and `text` says how.

    `actual` and `expected` are set where two tensors were compared; `mistake` is the id
    of a named mistake that the check itself has recognised.
    """

    def __init__(
        self,
        text: Text,
        *,
        actual: torch.Tensor | None = None,
        expected: torch.Tensor | None = None,
        mistake: str | None = None,
        relation: str | None = None,
    ) -> None:
        super().__init__(text.en)
        self.text = text
        self.actual = actual
        self.expected = expected
        self.mistake = mistake
        self.relation = relation


class LearnerError(Exception):
    """The learner's code raised; `failure` says what, where and of which kind."""

    output = b""

    def __init__(self, failure: Failure, call: str) -> None:
        super().__init__(f"{failure.type_name}: {failure.message}")
        self.failure = failure
        self.call = call


class WorkerDied(Exception):  # noqa: N818 - reads as what happened
    """The worker ended in the middle of a request."""

    output = b""

    def __init__(self, ending: Ending | None, call: str) -> None:
        super().__init__(call)
        self.ending = ending
        self.call = call


class BadReply(Exception):  # noqa: N818 - reads as what happened
    """The worker answered something that no honest worker answers."""


class SourceFault(Exception):  # noqa: N818 - reads as what it is
    """The learner's file cannot be Python source; `text` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def lost_graph(error: BaseException) -> bool:
    """Tell the error of a check's own backward() on a result that carries no graph."""
    return isinstance(error, RuntimeError) and "does not require grad" in str(error)


class NotJudged(Exception):  # noqa: N818 - reads as the status it becomes
    """The check cannot tell right from wrong on this code; `text` says why. It is held against nobody."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class OutOfPatienceError(BaseException):
    """A replayed mistake did not come to an end; not an Exception, so that it cannot be caught."""
