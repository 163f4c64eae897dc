"""The message of a check that did not pass: what was called, what came back, what was due."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING

from grader.judge.checks import title_of
from grader.judge.compare import both, join
from grader.judge.show import show_object, show_value
from grader.judge.verdicts import BadReply, CheckFailed, LearnerError, NotJudged, SourceFault, WorkerDied, lost_graph
from grader.model import Lang, Limits, Status, Text
from grader.sanitise import plain, plain_line
from grader.worker.place import STOPPED
from grader.worker.wire import EXITED, LOADING, MEMORY, MISSING, NOT_STARTED, Call, Failure, Load, Run, Success, Value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.judge.plugin import CheckRun
    from grader.judge.relate import Relation
    from grader.judge.student import Exchange
    from grader.model import Exercise

# How Python words an OSError that the limits or the confinement caused, and the text that names which.
REFUSALS = {
    "[Errno 24]": "limit.files",
    "[Errno 27]": "limit.file_size",
    "[Errno 1]": "limit.confined",
    "[Errno 13]": "limit.confined",
}
MAX_MESSAGE = 4_000
MAX_LINE = 300


def explain(
    run: CheckRun,
    exercise: Exercise,
    runs: Sequence[CheckRun],
    *,
    limits: Limits,
    lang: Lang,
    relation: Relation | None,
) -> str:
    """Return the message of `run` in `lang`, empty where it passed.

    `relation` says how the result is off where the named mistake does not say it already.
    """
    text = _text(run, exercise, runs, limits)
    if text is None:
        return ""
    if relation is not None:
        text = join(text, both(f"relation.{relation.key}.title", **relation.params))
    return plain(text.in_lang(lang), MAX_MESSAGE)


def _text(run: CheckRun, exercise: Exercise, runs: Sequence[CheckRun], limits: Limits) -> Text | None:
    if run.status is Status.PASSED:
        return None
    if isinstance(run.error, NotJudged):
        return run.error.text
    if run.status is Status.SKIPPED and not run.blocked_by:
        return both("no_device")
    if run.status is Status.SKIPPED:
        title = next((title_of(other.function) for other in runs if other.name == run.blocked_by), Text("", ""))
        en = both("skipped", name=run.blocked_by, title=title.en).en
        return Text(en, both("skipped", name=run.blocked_by, title=title.zh).zh)
    call = run.transcript.last_call()
    called = _called(call, exercise) if call is not None else None
    match run.error:
        case LearnerError():
            return _raised(run.error.failure, called, exercise, _graded_file(run, exercise))
        case WorkerDied():
            return join(_died(run.error, limits), called)
        case BadReply():
            return join(both("bad_reply"), called)
        case SourceFault():
            return run.error.text
        case CheckFailed():
            return join(run.error.text, called)
        case RuntimeError() if lost_graph(run.error):
            return join(both("no_graph"), called, _came_back(call))
        case _:
            return join(
                both("unusable", error=plain_line(f"{type(run.error).__name__}: {run.error}", MAX_LINE)),
                called,
                _came_back(call),
            )


def _called(call: Exchange, exercise: Exercise) -> Text | None:
    if isinstance(call.request, Run):
        return both("probe")
    if not isinstance(call.request, Call):
        return None
    names = _argument_names(exercise.solution, call.request.target) if not call.request.handle else ()
    shown = [_named(names, index, value) for index, value in enumerate(call.request.args)]
    shown += [f"{name}={show_value(value)}" for name, value in call.request.kwargs]
    return both("called", call=plain_line(f"{call.label}({', '.join(shown)})", MAX_MESSAGE // 2))


def _named(names: Sequence[str], index: int, value: Value) -> str:
    return f"{names[index]}={show_value(value)}" if index < len(names) else show_value(value)


@functools.cache
def _argument_names(solution: Path, target: str) -> tuple[str, ...]:
    """Return the parameter names of a function, or of a class's `__init__`, in the reference."""
    try:
        tree = ast.parse(solution.read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        return ()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == target:
            return tuple(arg.arg for arg in node.args.args)
        if isinstance(node, ast.ClassDef) and node.name == target:
            init = next((n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
            return tuple(arg.arg for arg in init.args.args[1:]) if init else ()
    return ()


def _came_back(call: Exchange | None) -> Text | None:
    if call is None or not isinstance(call.reply, Success):
        return None
    shown = show_object(None) if call.reply.value is None else show_value(call.reply.value)
    return both("came_back", got=plain_line(shown, MAX_LINE))


def _graded_file(run: CheckRun, exercise: Exercise) -> str:
    """Return the name of the learner's file, which need not be the exercise's."""
    loads = [e.request for e in run.transcript.exchanges if isinstance(e.request, Load)]
    return plain_line(loads[0].file_name, 120) if loads else exercise.file_name


def _raised(failure: Failure, called: Text | None, exercise: Exercise, file: str) -> Text:
    message = plain_line(failure.message, MAX_LINE)
    kind = plain_line(failure.type_name, 80)
    if failure.kind == NOT_STARTED:
        name = plain_line(failure.frames[-1].function, 80) if failure.frames else exercise.fill[0]
        return both("not_started", name=name)
    if failure.kind == MISSING:
        name, _, found = message.partition(" ")
        return both("not_callable", name=name, found=found) if found else both("missing_name", name=name, file=file)
    where = _where(failure)
    if failure.kind == EXITED:
        return join(both("exited", call=kind), where, called)
    if failure.kind == MEMORY:
        return join(both("memory"), where, called)
    if failure.kind == "wire":
        return join(both("reply_refused", error=message), called)
    if kind == "EOFError" and failure.frames and "input" in failure.frames[-1].text:
        return join(both("input"), where)
    key = "loading" if failure.kind == LOADING else "raised"
    caret = Text(failure.caret, failure.caret) if failure.caret else None
    if caret is not None:
        return join(both("syntax", error=f"{kind}: {message}"), _where(failure, code=False), caret)
    if not failure.frames and kind == "TypeError":
        return join(both("signature", error=message), called)
    refusal = next((both(text) for start, text in REFUSALS.items() if message.startswith(start)), None)
    return join(both(key, error=f"{kind}: {message}" if message else kind), refusal, where, called)


def _where(failure: Failure, *, code: bool = True) -> Text | None:
    if not failure.frames:
        return None
    frame = failure.frames[-1]
    file = plain_line(frame.file_name, 120)
    if not code or not frame.text:
        return both("where", file=file, line=frame.line)
    return both("where_code", file=file, line=frame.line, code=plain_line(frame.text, 200))


def _died(died: WorkerDied, limits: Limits) -> Text:
    ending = died.ending
    if ending is None:
        return both("killed", signal=0)
    if ending.reason and ending.reason != STOPPED:
        return both(
            f"limit.{ending.reason}",
            wall=f"{limits.wall_s:g}",
            cpu=f"{limits.cpu_s:g}",
            threads=limits.threads,
            mib=limits.disk_bytes >> 20,
            kib=limits.output_bytes >> 10,
        )
    if ending.signal:
        return both("killed", signal=_signal_name(ending.signal))
    return both("exited_process", code=ending.exit_code)


def _signal_name(number: int) -> str:
    import signal  # noqa: PLC0415 - only where a worker was killed

    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
