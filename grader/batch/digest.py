"""What verdicts and exports depend on, as digests: only what changed is made again."""

from __future__ import annotations

import functools
import hashlib
import platform
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import grader
from grader.durable import doing
from grader.texts import Phrase

if TYPE_CHECKING:
    from grader.batch.records import Handin
    from grader.model import Exercise, GradeOptions

# The rooms whose code decides verdicts and their wording.
DECIDING = ("judge", "worker")
# What learners and authors read, and no verdict depends on.
BESIDE_THE_POINT = frozenset({"stub.py", "plot.py", "hints.toml", "mutants.toml"})
# What exports and the report are made by: code, templates and texts.
WRITERS = frozenset({".py", ".toml", ".j2", ".jinja", ".css"})


def engine_digest() -> str:
    """Return a digest of the code that decides: the grader's own, and the versions of Python, torch and NumPy."""
    package = Path(grader.__file__).parent
    made_from = hashlib.sha256(f"{grader.__version__}\0{platform.python_version()}\0".encode())
    for name in ("torch", "numpy"):
        made_from.update(f"{name}={metadata.version(name)}\0".encode())
    files = [file for room in DECIDING for file in sorted((package / room).glob("*.py"))]
    _add(made_from, [*files, *sorted(package.glob("strings.*.toml"))])
    return made_from.hexdigest()


@functools.cache
def writing_digest() -> str:
    """Return a digest of the grader itself, by which exports and the report are made.

    Raises:
        WorkspaceError: a file of it cannot be read.
    """
    made_from = hashlib.sha256(f"{grader.__version__}\0".encode())
    _add(made_from, sorted(file for file in Path(grader.__file__).parent.rglob("*") if file.suffix in WRITERS))
    return made_from.hexdigest()


def exercise_digest(exercise: Exercise) -> str:
    """Return a digest of what decides in one exercise: checks, mistakes, reference, points.

    Raises:
        WorkspaceError: a file of it cannot be read.
    """
    said = (exercise.id, exercise.points, exercise.fill, exercise.preload)
    made_from = hashlib.sha256(msgspec.json.encode(said))
    files = sorted(
        each
        for each in exercise.folder.iterdir()
        if each.is_file() and each.suffix != ".md" and each.name not in BESIDE_THE_POINT
    )
    _add(made_from, [*files, exercise.solution])
    return made_from.hexdigest()


def fingerprint(handin: Handin, *, engine: str, exercise: str, options: GradeOptions) -> str:
    """Return a digest of all that the verdict on `handin` depends on."""
    made_from = hashlib.sha256(f"{engine}\0{exercise}\0".encode())
    said = (options.seed, options.lang, options.device, options.limits)
    made_from.update(msgspec.json.encode(said))
    for file in (handin.source, *sorted(handin.beside, key=lambda each: each.name)):
        made_from.update(f"\0{file.name}\0{len(file.data)}\0".encode())
        made_from.update(file.data)
    return made_from.hexdigest()


def _add(made_from: hashlib._Hash, files: list[Path]) -> None:
    for file in files:
        with doing(Phrase("action.read"), file):
            data = file.read_bytes()
        made_from.update(f"\0{file.name}\0{len(data)}\0".encode())
        made_from.update(data)
