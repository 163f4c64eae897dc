"""Packs the grader that is running as a wheel, so that a service needs no index to get this very version."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import grader
from grader.batch.package.parcel import PackedFile, files_below, zipped
from grader.batch.package.settings import PackageError
from grader.course import default_root
from grader.durable import doing
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = "gradlings"
_PACKAGES = ("grader", "tui")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_EXTRA = re.compile(r"extra\s*==")
_WHEEL = "Wheel-Version: 1.0\nGenerator: gradlings\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_ENTRY_POINTS = "[console_scripts]\ngrader = grader.cli:main\n"


def packed_wheel() -> PackedFile:
    """Return this grader with its course as a wheel, whether it was installed or runs from a checkout.

    Raises:
        PackageError: it was neither installed nor is it a checkout.
        WorkspaceError: a file of it cannot be read.
    """
    info = f"{_NAME}-{grader.__version__}.dist-info"
    files = [
        *_sources(),
        PackedFile(f"{info}/METADATA", _metadata().encode()),
        PackedFile(f"{info}/WHEEL", _WHEEL.encode()),
        PackedFile(f"{info}/entry_points.txt", _ENTRY_POINTS.encode()),
    ]
    record = "".join(f"{file.name},sha256={_digest(file.data)},{len(file.data)}\n" for file in files)
    files.append(PackedFile(f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode()))
    return PackedFile(f"{_NAME}-{grader.__version__}-py3-none-any.whl", zipped(files))


def constraints() -> PackedFile:
    """Return `constraints.txt`: the versions that this grader runs with here, of all that it needs."""
    pins: dict[str, str] = {}
    waiting = [_name(each) for each in _requirements()]
    while waiting:
        name = waiting.pop()
        if name in pins:
            continue
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            # For another system, as the Linux confinement is on a Mac.
            continue
        # "2.8.0+cpu" is how one index calls 2.8.0.
        pins[name] = found.version.split("+")[0]
        waiting += [_name(each) for each in found.requires or () if not _EXTRA.search(each)]
    lines = [f"{name}=={version}\n" for name, version in sorted(pins.items())]
    return PackedFile("constraints.txt", "".join(lines).encode())


def _sources() -> Iterator[PackedFile]:
    packages = Path(grader.__file__).resolve().parent.parent
    for package in _PACKAGES:
        yield from files_below(packages / package, package)
    course = default_root()
    if not course.is_relative_to(packages / "grader"):
        # In a checkout the course lies beside the package.
        for folder in (course, course.parent / "solutions"):
            yield from files_below(folder, f"grader/_course/{folder.name}")


def _metadata() -> str:
    head = f"Metadata-Version: 2.1\nName: {_NAME}\nVersion: {grader.__version__}\nRequires-Python: >=3.11\n"
    return head + "".join(f"Requires-Dist: {each}\n" for each in _requirements())


def _requirements() -> tuple[str, ...]:
    """Return what the grader needs, without extras: from the checkout, whose installed metadata may be old."""
    project = Path(grader.__file__).resolve().parent.parent / "pyproject.toml"
    if project.is_file():
        with doing(Phrase("action.read"), project):
            table = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {})
        if table.get("name") == _NAME:
            return tuple(table["dependencies"])
    try:
        found = metadata.distribution(_NAME)
    except metadata.PackageNotFoundError:
        raise PackageError("package.not_installed") from None
    if found.version != grader.__version__:
        raise PackageError("package.other_version", running=grader.__version__, installed=found.version)
    return tuple(each for each in found.requires or () if not _EXTRA.search(each))


def _name(requirement: str) -> str:
    match = _REQUIREMENT.match(requirement)
    return "" if match is None else re.sub(r"[-_.]+", "-", match[1]).lower()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
