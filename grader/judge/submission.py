"""Read a learner's file: bounded, never executed, and with a plain word on what is wrong."""

from __future__ import annotations

import hashlib
import io
import tokenize
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.judge.compare import both
from grader.model import Text

MAX_SOURCE_BYTES = 1 << 20


class Submission(msgspec.Struct, frozen=True):
    """A learner's file. `fault` is set where it cannot be Python source at all."""

    file: Path
    source: bytes
    fault: Text | None = None

    @property
    def file_name(self) -> str:
        """The name shown in messages and tracebacks."""
        return self.file.name

    @property
    def sha256(self) -> str:
        """The SHA-256 of the source, in hexadecimal."""
        return hashlib.sha256(self.source).hexdigest()


def read_submission(file: Path) -> Submission:
    """Return the submission in `file`.

    Raises:
        UsageError: there is no such file, or it cannot be read.
    """
    try:
        with file.open("rb") as stream:
            source = stream.read(MAX_SOURCE_BYTES + 1)
    except OSError as error:
        raise UsageError("check.cannot_read", path=file, error=error.strerror or str(error)) from None
    return Submission(file=file, source=source, fault=_fault(file, source))


def _fault(file: Path, source: bytes) -> Text | None:
    if len(source) > MAX_SOURCE_BYTES:
        return both("source_too_large", file=file.name, limit_kib=MAX_SOURCE_BYTES >> 10)
    if b"\0" in source:
        return both("source_nul", file=file.name, line=source[: source.index(b"\0")].count(b"\n") + 1)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        source.decode(encoding)
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        return both("source_not_utf8", file=file.name, line=line, byte=f"0x{source[error.start]:02x}")
    except (SyntaxError, LookupError):
        bad = next((n for n, line in enumerate(source.split(b"\n"), 1) if not _is_utf8(line)), 1)
        return both("source_encoding", file=file.name, line=bad)
    return None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
