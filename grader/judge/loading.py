"""Execute the trusted files of a course: checks, mistakes, references."""

from __future__ import annotations

import functools
import importlib.util
import sys
from typing import TYPE_CHECKING, Any

from grader.errors import CourseError

if TYPE_CHECKING:
    from pathlib import Path
    from types import CodeType, ModuleType

# The files of a few exercises; by their content, so that a changed file is compiled anew.
KEPT = 32


def load_module(path: Path) -> ModuleType:
    """Return a new module made of a trusted file, which may import what lies beside it.

    The file raises what it raises.

    Raises:
        OSError: it cannot be read.
        ImportError: it has not the name of a Python file.
    """
    name = f"gradlings_course_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None:
        raise ImportError("not a Python file", path=str(path))
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    # A dataclass looks for its module there.
    sys.modules[name] = module
    try:
        exec(_compiled(path.read_bytes(), str(path)), vars(module))  # noqa: S102 - a file of the course, as trusted as the grader
    finally:
        del sys.modules[name]
        sys.path.remove(str(path.parent))
    return module


def load_names(path: Path) -> dict[str, Any]:
    """Return the names that a trusted file of the course defines.

    Raises:
        CourseError: the file cannot be executed.
    """
    try:
        return vars(load_module(path))
    except Exception as error:
        raise CourseError("course.cannot_execute", path=path, error=f"{type(error).__name__}: {error}") from error


@functools.lru_cache(maxsize=KEPT)
def _compiled(source: bytes, path: str) -> CodeType:
    return compile(source, path, "exec", dont_inherit=True)
