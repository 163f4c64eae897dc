"""File names made from what students are called: safe anywhere, and a different one for each."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

from grader.sanitise import plain_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LONGEST_BYTES = 150
_SEPARATORS = re.compile(r'[<>:"/\\|?*\s]+')
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\..*)?", re.IGNORECASE | re.DOTALL
)
_SHORTEST_DIGEST = 12


def file_names(ids: Iterable[str]) -> Mapping[str, str]:
    """Return for each of `ids` a name without an ending, at most 150 bytes long.

    An id that is a safe name keeps it; another is cleaned and ends in a digest of the id.
    No two names differ only by case or by how an accent is put together.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    others: list[str] = []
    for each in sorted(ids):
        if _is_safe(each) and folded(each) not in taken:
            names[each] = each
            taken.add(folded(each))
        else:
            others.append(each)
    for each in others:
        names[each] = _free_name(each, taken)
        taken.add(folded(names[each]))
    return names


def _free_name(each: str, taken: set[str]) -> str:
    digest = hashlib.sha256(each.encode("utf-8", "surrogatepass")).hexdigest()
    stem = _SEPARATORS.sub("_", plain_line(each, len(each))).strip("._-\N{REPLACEMENT CHARACTER}") or "student"
    # A student may be called what another's name becomes: a longer digest gets out of the way.
    for length in range(_SHORTEST_DIGEST, len(digest)):
        name = f"{_cut(stem, _LONGEST_BYTES - length - 1)}-{digest[:length]}"
        if folded(name) not in taken:
            return name
    return digest


def _is_safe(each: str) -> bool:
    return (
        bool(each)
        and each == plain_line(each, len(each))
        and "\N{REPLACEMENT CHARACTER}" not in each
        and not each.startswith((".", "-", " "))
        and not each.endswith((".", " "))
        and not _SEPARATORS.search(each.replace(" ", ""))
        and not _RESERVED.fullmatch(each)
        and len(each.encode("utf-8", "surrogatepass")) <= _LONGEST_BYTES
    )


def _cut(stem: str, size: int) -> str:
    return stem.encode()[:size].decode("utf-8", "ignore")


def folded(name: str) -> str:
    """Return what a name is taken for where case and the way accents are put together do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
