"""What learner code raised, as plain text that is safe to read."""

from __future__ import annotations

import linecache
import traceback
from typing import TYPE_CHECKING

from grader.worker.wire import EXITED, LOADING, MEMORY, MISSING, NOT_STARTED, RAISED, Failure, Frame

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_TEXT = 2_000
MAX_FRAMES = 12


class MissingNameError(Exception):
    """The learner's file does not define a name, or not as something callable."""


def describe(error: BaseException, *, request_id: int, files: Collection[str], loading: bool = False) -> Failure:
    """Return the failure of `error`, with the frames that lie in the learner's `files`."""
    frames, caret = _frames(error, files)
    kind = LOADING if loading else RAISED
    if isinstance(error, MissingNameError):
        kind = MISSING
    elif isinstance(error, SystemExit):
        kind = EXITED
    elif isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in _message(error)
    ):
        kind = MEMORY
    elif isinstance(error, NotImplementedError) and frames and "NotImplementedError" in frames[-1].text and not loading:
        kind = NOT_STARTED
    return Failure(
        id=request_id,
        kind=kind,
        type_name=_printable(type(error).__name__),
        message=_printable(_message(error)),
        frames=frames,
        caret=caret,
    )


def _message(error: BaseException) -> str:
    try:
        text = str(error.msg) if isinstance(error, SyntaxError) else str(error)
    except BaseException as inner:  # noqa: BLE001 - a learner's __str__ may raise anything
        return f"(its message cannot be shown: __str__ raised {type(inner).__name__})"
    return text if type(text) is str else ""


def _printable(text: str) -> str:
    shown = text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + " …"
    return shown.encode("utf-8", "replace").decode()


def _frames(error: BaseException, files: Collection[str]) -> tuple[tuple[Frame, ...], str]:
    frames = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        if code.co_filename in files:
            text = linecache.getline(code.co_filename, line).strip()
            frames.append(Frame(code.co_filename, line, _printable(code.co_name), _printable(text[:200])))
    caret = ""
    if isinstance(error, SyntaxError):
        # One made by hand holds anything at all, and one found after parsing has no text.
        file_name = error.filename if type(error.filename) is str else ""
        line = error.lineno if type(error.lineno) is int else 0
        text = (error.text if type(error.text) is str else linecache.getline(file_name, line)).rstrip("\n")
        if text and type(error.offset) is int:
            indent = len(text) - len(text.lstrip())
            caret = _printable(text.strip()[:200]) + "\n" + " " * max(0, min(error.offset - 1 - indent, 200)) + "^"
        frames.append(Frame(_printable(file_name), line, "", _printable(text.strip()[:200])))
    return tuple(frames[-MAX_FRAMES:]), caret
