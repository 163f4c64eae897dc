"""What learner code raised, told so that nothing in the telling can raise."""

from __future__ import annotations

import pytest

from grader.worker.failures import MAX_TEXT, MissingNameError, describe
from grader.worker.wire import EXITED, LOADING, MEMORY, MISSING, NOT_STARTED, RAISED, encode

FILES = {__file__}


def throw(error: BaseException) -> None:
    """Raise the error from a line that does not name it."""
    raise error


def stub() -> None:
    """Raise as an untouched stub does."""
    raise NotImplementedError


def raised(error: BaseException) -> BaseException:
    """Return the error with a traceback that ends in this file."""
    with pytest.raises(type(error)) as caught:
        throw(error)
    return caught.value


class HostileError(Exception):
    """An error whose text cannot be had."""

    def __str__(self) -> str:
        raise KeyError


class OddText:
    """A text that is none."""

    def __str__(self) -> str:
        raise KeyError


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ValueError("no"), RAISED),
        (KeyboardInterrupt(), RAISED),
        (GeneratorExit(), RAISED),
        (SystemExit(0), EXITED),
        (MemoryError(), MEMORY),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"), MEMORY),
        (MissingNameError("f"), MISSING),
    ],
)
def test_each_error_has_its_kind(error: BaseException, kind: str) -> None:
    """The kind follows the error, so that the report can say what it means."""
    failure = describe(raised(error), request_id=7, files=FILES)
    assert (failure.id, failure.kind, failure.type_name) == (7, kind, type(error).__name__)


def test_while_loading_an_error_is_one_of_loading() -> None:
    """What is raised at import is told apart, a NotImplementedError too."""
    for error in (ValueError("no"), NotImplementedError()):
        assert describe(raised(error), request_id=1, files=FILES, loading=True).kind == LOADING


def test_only_a_raise_in_the_learners_line_is_a_stub() -> None:
    """NotImplementedError means an untouched stub only where the learner's own line raises it."""
    with pytest.raises(NotImplementedError) as caught:
        stub()
    assert describe(caught.value, request_id=1, files=FILES).kind == NOT_STARTED
    assert describe(caught.value, request_id=1, files={"other.py"}).kind == RAISED
    assert describe(raised(NotImplementedError("of torch")), request_id=1, files=FILES).kind == RAISED


def test_frames_are_those_of_the_learner() -> None:
    """A frame tells file, line, function and code; frames of other files are left out."""
    failure = describe(raised(ValueError("no")), request_id=1, files=FILES)
    last = failure.frames[-1]
    assert (last.file_name, last.function, last.text) == (__file__, "throw", "raise error")
    assert describe(raised(ValueError("no")), request_id=1, files=()).frames == ()


def test_a_deep_recursion_tells_its_last_frames() -> None:
    """A traceback of a thousand frames is cut."""

    def dig() -> None:
        dig()

    with pytest.raises(RecursionError) as caught:
        dig()
    failure = describe(caught.value, request_id=1, files=FILES)
    assert {f.function for f in failure.frames} == {"dig"}
    assert len(failure.frames) <= 12


@pytest.mark.parametrize("error", [HostileError(), SyntaxError(OddText())], ids=["error", "syntax"])
def test_an_error_without_a_text_is_told_all_the_same(error: Exception) -> None:
    """An exception whose __str__ raises says so."""
    assert describe(error, request_id=1, files=()).message == "(its message cannot be shown: __str__ raised KeyError)"


def test_any_text_can_be_sent() -> None:
    """Surrogates and megabytes in a message do not spoil the frame."""
    failure = describe(ValueError("\ud800" + "x" * 1_000_000), request_id=1, files=())
    assert failure.message.startswith("?x")
    assert len(failure.message) < MAX_TEXT + 10
    assert len(encode(failure)) < MAX_TEXT + 100


@pytest.mark.parametrize(
    ("source", "line", "shown"),
    [
        ("x = 1\nx = = 2\n", 2, "x = = 2\n    ^"),
        ("def f():\n    return (1\n", 2, "return (1\n       ^"),
        ("if True:\nx = 1\n", 2, "x = 1\n^"),
    ],
)
def test_a_syntax_error_has_a_line_and_a_caret(source: str, line: int, shown: str) -> None:
    """The caret stands under the place in the line, its indentation taken off."""
    with pytest.raises(SyntaxError) as caught:
        compile(source, "ex01.py", "exec")
    failure = describe(caught.value, request_id=1, files=FILES, loading=True)
    assert failure.caret == shown
    assert (failure.frames[-1].file_name, failure.frames[-1].line) == ("ex01.py", line)


def test_a_syntax_error_made_by_hand_is_told() -> None:
    """One without a file, a line or a text, or with odd ones, has no caret."""
    for error in (SyntaxError("odd"), SyntaxError("odd", (OddText(), "1", OddText(), 3))):
        failure = describe(error, request_id=1, files=())
        assert (failure.message, failure.caret, failure.frames[-1].line) == ("odd", "", 0)
