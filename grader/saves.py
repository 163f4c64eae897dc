"""Tell when a learner's file is saved with new content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Method = Literal["events", "polling"]


class Saves:
    """Watches files of one folder, with the kernel's events or, where it has none, by polling."""

    def __init__(self, folder: Path, names: frozenset[str], *, method: Method | None = None) -> None:
        raise NotImplementedError

    @property
    def method(self) -> Method:
        """Say how the folder is watched."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[frozenset[Path]]:
        """Yield the files whose content changed, in one thread, until `stop` is called."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the iteration, from any thread."""
        raise NotImplementedError
