"""Examine what the grader needs from this computer, without importing torch here."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from importlib import metadata
from typing import TYPE_CHECKING, Literal

import msgspec

from grader.course import load_course, load_hints
from grader.errors import GraderError
from grader.texts import Phrase
from grader.workspace import find_workspace, missing_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import TextIO

State = Literal["ok", "note", "problem"]
LEAST_PYTHON = (3, 11)
DEVICES_TIMEOUT_S = 60.0
_ASK_DEVICES = (
    "import torch\n"
    "names = ['cpu']\n"
    "names += [f'cuda ({torch.cuda.get_device_name(n)})' for n in range(torch.cuda.device_count())]\n"
    "names += ['mps'] if torch.backends.mps.is_available() else []\n"
    "print(', '.join(names))\n"
)


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at: `topic` names it, `detail` is a text or plain words."""

    topic: Phrase
    state: State
    detail: GraderError | str


def examine(here: Path, course_root: Path | None, environ: Mapping[str, str], stream: TextIO) -> Iterator[Finding]:
    """Yield the findings, the quick ones first."""
    yield _python()
    torch = _torch()
    yield torch
    yield _terminal(environ, stream)
    yield _locale(environ, stream)
    yield _workspace(here, course_root)
    yield _course(course_root)
    yield _sandbox()
    yield _warm(environ)
    if torch.state == "ok":
        yield _devices(DEVICES_TIMEOUT_S)


def _python() -> Finding:
    state: State = "ok" if sys.version_info >= LEAST_PYTHON else "problem"
    detail = f"{platform.python_version()}, {platform.platform(terse=True)}, {sys.executable}"
    return Finding(Phrase("doctor.python"), state, detail)


def _torch() -> Finding:
    topic = Phrase("doctor.torch")
    try:
        return Finding(topic, "ok", metadata.version("torch"))
    except metadata.PackageNotFoundError:
        return Finding(topic, "problem", GraderError("doctor.no_torch"))


def _terminal(environ: Mapping[str, str], stream: TextIO) -> Finding:
    topic = Phrase("doctor.terminal")
    if not stream.isatty():
        return Finding(topic, "note", GraderError("doctor.no_terminal"))
    columns, rows = shutil.get_terminal_size()
    colour = "NO_COLOR" if environ.get("NO_COLOR") else environ.get("COLORTERM", "")
    words = (environ.get("TERM", "?"), f"{columns}x{rows}", colour)
    return Finding(topic, "ok", ", ".join(filter(None, words)))


def _locale(environ: Mapping[str, str], stream: TextIO) -> Finding:
    names = ("GRADER_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    settings = [f"{name}={environ[name]}" for name in names if environ.get(name)]
    encoding = stream.encoding or "?"
    state: State = "ok" if encoding.lower().replace("-", "") == "utf8" else "note"
    return Finding(Phrase("doctor.locale"), state, ", ".join([encoding, *settings]))


def _workspace(here: Path, course_root: Path | None) -> Finding:
    topic = Phrase("doctor.workspace")
    workspace = find_workspace(here)
    if workspace is None:
        return Finding(topic, "note", GraderError("workspace.none", here=here))
    try:
        missing = missing_files(workspace, load_course(course_root).exercises)
    except GraderError:
        missing = ()
    if missing:
        names = ", ".join(each.file_name for each in missing)
        return Finding(topic, "note", GraderError("doctor.missing_files", path=workspace.root, names=names))
    return Finding(topic, "ok", str(workspace.root))


def _course(course_root: Path | None) -> Finding:
    topic = Phrase("doctor.course")
    try:
        course = load_course(course_root)
        hints = sum(len(load_hints(each)) for each in course.exercises)
    except GraderError as error:
        return Finding(topic, "problem", error)
    found = GraderError("doctor.course_found", path=course.root, count=len(course.exercises), hints=hints)
    return Finding(topic, "ok", found)


def _sandbox() -> Finding:
    topic = Phrase("doctor.sandbox")
    try:
        # The worker is a part of its own, and its libraries exist on Linux only.
        from grader.worker.confine import describe_level  # noqa: PLC0415

        level = describe_level()
    except (ImportError, OSError) as fault:
        return Finding(topic, "problem", f"{type(fault).__name__}: {fault}")
    return Finding(topic, "ok" if level.startswith("full") else "note", level)


def _warm(environ: Mapping[str, str]) -> Finding:
    topic = Phrase("doctor.warm")
    if environ.get("GRADER_WARM") == "0":
        return Finding(topic, "note", GraderError("doctor.warm_off"))
    # Only here: no other command without a grading opens sockets.
    from grader.warm.home import find_home  # noqa: PLC0415
    from grader.warm.shared import running  # noqa: PLC0415

    if find_home(environ) is None:
        return Finding(topic, "note", GraderError("doctor.warm_unsafe"))
    pids = ", ".join(str(each.pid) for each in running(environ))
    if not pids:
        return Finding(topic, "note", GraderError("doctor.warm_none"))
    return Finding(topic, "ok", GraderError("doctor.warm_running", pids=pids))


def _devices(timeout_s: float) -> Finding:
    topic = Phrase("doctor.devices")
    try:
        # A child, because a broken driver can hang or kill the process that asks.
        asked = subprocess.run(
            [sys.executable, "-c", _ASK_DEVICES],
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Finding(topic, "problem", GraderError("doctor.slow_torch", seconds=timeout_s))
    except OSError as fault:
        return Finding(topic, "problem", str(fault))
    if asked.returncode:
        last = (asked.stderr.strip().splitlines() or [f"exit {asked.returncode}"])[-1]
        return Finding(topic, "problem", last)
    return Finding(topic, "ok", asked.stdout.strip())
