"""Texts of intake in both languages, and learner text made fit to stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.batch.intake.limits import MAX_PATH_CHARS
from grader.model import Text
from grader.sanitise import plain_line
from grader.texts import Catalog

if TYPE_CHECKING:
    from collections.abc import Sequence


def text(key: str, /, **params: object) -> Text:
    """Return the text `key` in both languages."""
    return Text(en=Catalog("en").say(key, **params), zh=Catalog("zh").say(key, **params))


def shown(parts: Sequence[str]) -> str:
    """Return the path of `parts` as text that is safe to show and to store."""
    return plain_line("/".join(parts), MAX_PATH_CHARS)
