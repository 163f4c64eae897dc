"""Who handed in what, from the metadata of a Gradescope export."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.batch.intake.nodes import UnreadableError
from grader.batch.intake.wording import text

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUBMITTERS = ":submitters"
_FIELDS = {":name": "name", ":sid": "sid", ":email": "email"}
# A submission's folder, its submitters, one of them, a field: nothing of use lies deeper.
_DEPTH_OF_FIELD = 4
_LONGEST_FIELD = 500


class Submitter(NamedTuple):
    """One of those who handed in the folder `submission`; what the export does not say is empty."""

    submission: str
    name: str = ""
    sid: str = ""
    email: str = ""


def submitters(metadata: bytes) -> Iterator[Submitter]:
    """Yield the submitters of each submission, in the order of the file.

    The file is read as a stream of events: nothing is constructed, so neither Ruby's tags
    nor aliases of aliases can do anything. Raises UnreadableError where it is not YAML.
    """
    import yaml  # type: ignore[import-untyped] # noqa: PLC0415 - one layout alone needs it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from _read(yaml.parse(metadata, Loader=loader))
    except (yaml.YAMLError, UnicodeError, RecursionError, ValueError):
        raise UnreadableError(text("intake.bad_metadata")) from None


class _Level:
    """A mapping or a sequence that is being read, and the key that the next value belongs to."""

    __slots__ = ("is_mapping", "key", "wants_key")

    def __init__(self, *, is_mapping: bool) -> None:
        self.is_mapping = is_mapping
        self.wants_key = is_mapping
        self.key = ""

    def take(self, value: str) -> bool:
        """Take the next scalar or the end of a collection; return whether it was a value."""
        if self.wants_key:
            self.key, self.wants_key = value, False
            return False
        self.wants_key = self.is_mapping
        return True


def _read(events: Iterator[object]) -> Iterator[Submitter]:
    path: list[_Level] = []
    fields: dict[str, str] = {}
    for event in events:
        kind = type(event).__name__
        if kind in {"MappingStartEvent", "SequenceStartEvent"}:
            path.append(_Level(is_mapping=kind == "MappingStartEvent"))
            if len(path) == _DEPTH_OF_FIELD:
                fields = {}
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            if _is_submitter(path) and fields:
                yield Submitter(path[0].key, **fields)
                fields = {}
            path.pop()
            if path:
                path[-1].take("")
        elif kind in {"ScalarEvent", "AliasEvent"} and path:
            value = str(getattr(event, "value", ""))[:_LONGEST_FIELD]
            if path[-1].take(value) and _is_submitter(path) and path[-1].key in _FIELDS:
                fields[_FIELDS[path[-1].key]] = "" if value in {"~", "null"} else value


def _is_submitter(path: list[_Level]) -> bool:
    return (
        len(path) == _DEPTH_OF_FIELD
        and [level.is_mapping for level in path] == [True, True, False, True]
        and path[1].key == _SUBMITTERS
    )
