"""Names of students made safe to show, to store and to sort by, without two becoming one."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from grader.batch.intake.limits import MAX_ID_CHARS
from grader.batch.records import Student
from grader.sanitise import plain_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.batch.intake.layouts import Owner

_SLASHES = re.compile(r"[/\\]")
_SHORTEST_HASH = 8


def students_of(owners: Iterable[Owner]) -> dict[Owner, Student]:
    """Return each owner as a student with an id of their own, sorted by id.

    An id is the raw one where that is harmless and nobody else's. Any other is cleaned and
    ends with a hash of what it was, so that it is the same in every run.
    """
    named: dict[str, Owner] = {}
    rest: list[Owner] = []
    for owner in sorted(owners, key=lambda each: each.key):
        if _cleaned(owner.id) == owner.id and owner.id not in named:
            named[owner.id] = owner
        else:
            rest.append(owner)
    for owner in rest:
        digest = hashlib.sha256(f"{owner.id}\0{owner.key}".encode("utf-8", "surrogatepass")).hexdigest()
        length = _SHORTEST_HASH
        while (unique := f"{_cleaned(owner.id)}~{digest[:length]}") in named:
            length += 1
        named[unique] = owner
    return {owner: _student(unique, owner) for unique, owner in sorted(named.items())}


def _student(unique: str, owner: Owner) -> Student:
    return Student(
        id=unique,
        name=plain_line(owner.name, MAX_ID_CHARS),
        email=plain_line(owner.email, MAX_ID_CHARS),
        ids={service: plain_line(value, MAX_ID_CHARS) for service, value in owner.ids},
    )


def _cleaned(raw: str) -> str:
    # Plain text first: what it takes out could have stood between two dots.
    clean = _SLASHES.sub("_", plain_line(raw, MAX_ID_CHARS)).strip()
    return clean if clean.strip(".") else "_"
