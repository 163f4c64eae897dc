"""The message of a check that did not pass."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.judge.checks import check, spec_of, title_of
from grader.judge.compare import both
from grader.judge.explain import MAX_MESSAGE, explain
from grader.judge.plugin import CheckRun
from grader.judge.relate import Relation
from grader.judge.student import Exchange, Transcript
from grader.judge.verdicts import BadReply, CheckFailed, LearnerError, SourceFault, WorkerDied
from grader.model import LANGS, Exercise, Limits, Status, Text
from grader.worker.place import Ending
from grader.worker.tensors import tensor_value
from grader.worker.wire import Call, Failure, Frame, FunctionValue, Run, Success
from tests.wire_values import replies, values

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import Lang

X = tensor_value(torch.tensor([1.0, 2.0]))
CALL = Exchange("f", Call(1, "f", (X, 3), (("k", "a"),), 0), Success(1, 5))
FRAME = Frame("ex01_f.py", 4, "f", "return 1 / x")
SOLUTION = "def f(x, n):\n    return x\n\n\nclass Net:\n    def __init__(self, size):\n        pass\n"


@check(zh="值")
def the_check() -> None:
    """The values are right."""


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    """Return an exercise with a reference that names its arguments."""
    folder: Path = tmp_path_factory.mktemp("ex01_f")
    solution = folder / "solution.py"
    solution.write_text(SOLUTION, encoding="utf-8")
    return Exercise("ex1", "f", folder, 1, Text("F", "F"), 1.0, ("f",), (), solution)


def message(exercise: Exercise, error: Exception | None, *exchanges: Exchange, lang: Lang = "en", **more: Any) -> str:
    """Return the message of a run that ended with an error after these exchanges."""
    run = CheckRun("test_f", the_check, spec_of(the_check), title_of(the_check), 0, {})
    run.transcript = Transcript(list(exchanges))
    run.status = more.get("status", run.status)
    run.blocked_by = more.get("blocked_by", "")
    if error is not None:
        run.note(error)
    relation = more.get("relation")
    return explain(run, exercise, [run, *more.get("runs", ())], limits=Limits(), lang=lang, relation=relation)


def raised(kind: str, type_name: str, text: str, *frames: Frame, caret: str = "") -> LearnerError:
    """Return what a learner's code raised."""
    return LearnerError(Failure(1, kind, type_name, text, frames, caret), "f")


CALLED = "called: f(x=float32 (2,) [1, 2], n=3, k='a')"
CASES: list[tuple[Exception, str]] = [
    (CheckFailed(Text("wrong", "错")), f"wrong\n{CALLED}"),
    (
        raised("raised", "ZeroDivisionError", "division by zero", FRAME),
        f"Your code raised ZeroDivisionError: division by zero\nex01_f.py, line 4: return 1 / x\n{CALLED}",
    ),
    (raised("raised", "Odd", "", FRAME), f"Your code raised Odd\nex01_f.py, line 4: return 1 / x\n{CALLED}"),
    (raised("raised", "TypeError", "f() takes 1"), f"The call does not fit your definition: f() takes 1\n{CALLED}"),
    (
        raised("not_started", "NotImplementedError", "", Frame("ex01_f.py", 2, "helper", "raise NotImplementedError")),
        "helper is still the stub. Replace “raise NotImplementedError” with your own code.",
    ),
    (raised("missing", "MissingNameError", "f"), "ex01_f0.py does not define f. Was it renamed or removed?"),
    (raised("missing", "MissingNameError", "f int"), "f cannot be called: it is of type int."),
    (
        raised("exited", "SystemExit", "0", FRAME),
        f"Your code left the program (SystemExit) instead of returning.\nex01_f.py, line 4: return 1 / x\n{CALLED}",
    ),
    (
        raised("memory", "MemoryError", ""),
        f"Your code asked for more memory than a check may use.\n{CALLED}",
    ),
    (raised("wire", "WireError", "too deep"), f"What your function returned cannot be read back: too deep\n{CALLED}"),
    (
        raised("raised", "EOFError", "EOF", Frame("ex01_f.py", 4, "f", "n = input()")),
        (
            "input() waits for a keyboard, and while grading there is none. Take the value as an argument instead.\n"
            "ex01_f.py, line 4: n = input()"
        ),
    ),
    (
        raised("loading", "SyntaxError", "invalid", Frame("ex01_f.py", 2, "", "x = = 2"), caret="x = = 2\n    ^"),
        "Your file is not valid Python: SyntaxError: invalid\nex01_f.py, line 2\nx = = 2\n    ^",
    ),
    (
        raised("loading", "ModuleNotFoundError", "No module named 'nump'", Frame("ex01_f.py", 1, "", "import nump")),
        (
            "Your file could not be loaded: ModuleNotFoundError: No module named 'nump'\n"
            f"ex01_f.py, line 1: import nump\n{CALLED}"
        ),
    ),
    (
        WorkerDied(Ending("wall", 0, 9, b""), "f"),
        f"Time limit: your code did not finish within 10 s. Is there a loop that never ends?\n{CALLED}",
    ),
    (WorkerDied(Ending("cpu", 0, 24, b""), "f"), f"CPU limit: your code used more than 10 s of CPU time.\n{CALLED}"),
    (WorkerDied(Ending("threads", 0, 9, b""), "f"), f"Thread limit: your code started more than 32 threads.\n{CALLED}"),
    (WorkerDied(Ending("disk", 0, 9, b""), "f"), f"Disk limit: your code wrote more than 64 MiB.\n{CALLED}"),
    (WorkerDied(Ending("output", 0, 9, b""), "f"), f"Output limit: your code printed more than 1024 KiB.\n{CALLED}"),
    (WorkerDied(Ending("", 0, 11, b""), "f"), f"The process of your code was killed (SIGSEGV).\n{CALLED}"),
    (
        WorkerDied(Ending("", 3, 0, b""), "f"),
        f"Your code ended the whole process (exit code 3) instead of returning.\n{CALLED}",
    ),
    (
        BadReply(),
        (
            "What came back does not fit the call. If your code touches the grader's own channel, leave that alone; "
            f"if it does not, this is a fault of the grader: please report the file.\n{CALLED}"
        ),
    ),
    (SourceFault(Text("no source", "不是源码")), "no source"),
    (
        ValueError("too many values to unpack"),
        (
            "What came back cannot be used as the task says: ValueError: too many values to unpack\n"
            f"{CALLED}\ncame back: 5"
        ),
    ),
]


@pytest.mark.parametrize(("error", "shown"), CASES, ids=[f"{n}-{type(c[0]).__name__}" for n, c in enumerate(CASES)])
def test_each_way_to_end_has_its_message(exercise: Exercise, error: Exception, shown: str) -> None:
    """What went wrong, where, and what was called with what."""
    assert message(exercise, error, CALL).replace(exercise.file_name, "ex01_f0.py") == shown


@pytest.mark.parametrize("error", [case[0] for case in CASES], ids=range(len(CASES)))
def test_each_message_exists_in_chinese(exercise: Exercise, error: Exception) -> None:
    """No message falls back to English."""
    assert any("\u4e00" <= char <= "\u9fff" for char in message(exercise, error, CALL, lang="zh"))


def test_a_pass_needs_no_message(exercise: Exercise) -> None:
    """Silence is a pass."""
    assert message(exercise, None, CALL) == ""


def test_a_skipped_check_names_what_it_waits_for(exercise: Exercise) -> None:
    """The title and the name of the check that did not pass, or that the device is not there."""
    skipped = message(exercise, None, status=Status.SKIPPED, blocked_by="test_f")
    assert skipped == "Skipped: it depends on “The values are right.” (test_f), which did not pass."
    assert "值" in message(exercise, None, status=Status.SKIPPED, blocked_by="test_f", lang="zh")
    assert message(exercise, None, status=Status.SKIPPED) == both("no_device").en


def test_a_relation_is_told_below(exercise: Exercise) -> None:
    """How the result is off follows the message."""
    text = message(exercise, CheckFailed(Text("wrong", "错")), relation=Relation("sign"))
    assert text.splitlines() == ["wrong", both("relation.sign.title").en]


@pytest.mark.parametrize(
    ("exchange", "shown"),
    [
        (Exchange("Net", Call(1, "Net", (3,), (), 0)), "called: Net(size=3)"),
        (Exchange("Net", Call(1, "", (3,), (), 0, handle=1)), "called: Net(3)"),
        (Exchange("Net.fit", Call(1, "f", (3,), (), 0, handle=1)), "called: Net.fit(3)"),
        (Exchange("other", Call(1, "other", (3, None), (), 0)), "called: other(3, None)"),
        (Exchange("f", Call(1, "f", (1, 2, 3), (), 0)), "called: f(x=1, n=2, 3)"),
        (Exchange("probe", Run(1, FunctionValue("", "probe"), (), (), 0)), both("probe", name="probe").en),
    ],
)
def test_arguments_have_the_names_of_the_reference(exercise: Exercise, exchange: Exchange, shown: str) -> None:
    """Functions and classes by the reference, methods and unknown names by place."""
    assert message(exercise, CheckFailed(Text("wrong", "错")), exchange) == f"wrong\n{shown}"


def test_a_reference_that_cannot_be_parsed_names_nothing(tmp_path: Path) -> None:
    """A missing solution costs the names of the arguments, not the message."""
    exercise = Exercise("ex1", "f", tmp_path, 1, Text("F", "F"), 1.0, ("f",), (), tmp_path / "gone.py")
    assert message(exercise, CheckFailed(Text("wrong", "错")), CALL).endswith(
        "called: f(float32 (2,) [1, 2], 3, k='a')"
    )


@given(
    st.sampled_from(LANGS),
    st.text(st.characters(exclude_categories=()), max_size=30),
    st.lists(values(), max_size=3),
    replies(),
    st.sampled_from(["raised", "missing", "loading", "exited", "memory", "wire", "not_started", "odd"]),
)
@pytest.mark.filterwarnings("ignore:ComplexHalf support")
def test_hostile_text_is_bounded_and_harmless(
    exercise: Exercise, lang: Lang, text: str, args: list[Any], reply: Any, kind: str
) -> None:
    """Whatever a learner's code put into names, messages and values, the message is plain text."""
    exchange = Exchange(text, Call(1, "f", tuple(args), ((text, 1),), 0), reply)
    failure = Failure(1, kind, text, text * 50, (Frame(text, 1, text, text),), text)
    for error in (LearnerError(failure, text), ValueError(text), WorkerDied(Ending("", 0, 99, b""), text)):
        shown = message(exercise, error, exchange, lang=lang)
        assert 0 < len(shown) < MAX_MESSAGE + 30
        assert not any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in shown)


def test_a_message_is_cut(exercise: Exercise) -> None:
    """Megabytes become a few thousand characters that say what was left out."""
    text = message(exercise, CheckFailed(Text("x" * 1_000_000, "错")))
    assert text.endswith("… [+996000]")
    assert len(text) == MAX_MESSAGE + len("… [+996000]")


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("[Errno 24] Too many open files: 'x'", "Open-files limit"),
        ("[Errno 27] File too large", "File-size limit"),
        ("[Errno 1] Operation not permitted", "confinement"),
        ("[Errno 13] Permission denied: '/etc/passwd'", "confinement"),
    ],
)
def test_a_refusal_names_the_limit_behind_it(exercise: Exercise, said: str, word: str) -> None:
    """An OSError that a limit or the confinement caused says which one it was."""
    assert word in message(exercise, raised("raised", "OSError", said), CALL)
