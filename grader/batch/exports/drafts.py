"""Files that are written piece by piece, and appear whole or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from grader.durable import doing
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def drafted(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that takes the place of `path` when the block ends well, and leaves no trace otherwise.

    Nothing waits for the disk: a class has ten thousand files, and all of them can be
    made again from the store.

    Raises:
        WorkspaceError: the file cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}.tmp")
    # O_EXCL refuses a planted link; the mode leaves the umask its say.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with doing(Phrase("exports.write"), path):
        try:
            with open(os.open(draft, flags, 0o666), "wb") as file:  # noqa: PTH123 - of a descriptor
                yield file
            draft.replace(path)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
