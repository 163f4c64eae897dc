"""The files of a package, and how they become a zip archive or a folder."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.durable import doing, replace_file
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The earliest that a zip can say: the same files make the same archive, whenever they are packed.
_ALWAYS = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_TEMPLATES = Path(__file__).with_name("template")
_SKIPPED = frozenset({"__pycache__", "node_modules"})


class PackedFile(msgspec.Struct, frozen=True):
    """A file of a package; `name` is its path there, with slashes."""

    name: str
    data: bytes
    is_program: bool = False


def zipped(files: Iterable[PackedFile]) -> bytes:
    """Return `files` as a zip archive that unpacks programs as programs, on whatever system it is made."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, _ALWAYS)
            entry.create_system = _UNIX
            entry.external_attr = (stat.S_IFREG | (0o755 if file.is_program else 0o644)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.data)
    return stream.getvalue()


def write_zip(files: Iterable[PackedFile], path: Path) -> int:
    """Write `files` as the archive `path` and return how many bytes it has.

    Raises:
        WorkspaceError: it cannot be written.
    """
    data = zipped(files)
    with doing(Phrase("exports.write"), path):
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data)
    return len(data)


def write_folder(files: Iterable[PackedFile], folder: Path) -> tuple[Path, ...]:
    """Write `files` below `folder`, over earlier ones of the same names, and return their paths.

    Raises:
        WorkspaceError: one cannot be written.
    """
    written = []
    for file in files:
        path = folder / file.name
        with doing(Phrase("exports.write"), path):
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, file.data)
            if file.is_program:
                path.chmod(0o755)
        written.append(path)
    return tuple(written)


def files_below(folder: Path, prefix: str) -> Iterator[PackedFile]:
    """Yield the ordinary files in `folder`, sorted, named below `prefix`; what starts with a dot stays behind.

    Raises:
        WorkspaceError: one cannot be read.
    """
    with doing(Phrase("action.read"), folder):
        children = sorted(folder.iterdir())
    for path in children:
        if path.name.startswith(".") or path.name in _SKIPPED or path.is_symlink() or path.suffix == ".pyc":
            continue
        if path.is_dir():
            yield from files_below(path, f"{prefix}/{path.name}")
        elif path.is_file():
            with doing(Phrase("action.read"), path):
                yield PackedFile(f"{prefix}/{path.name}", path.read_bytes())


def filled_template(name: str, **values: str) -> bytes:
    """Return the template `name` with `values` in place of their names between @s, with LF line ends.

    Not string.Template: in a shell script the dollar is taken.
    """
    text = (_TEMPLATES / name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text.encode()
