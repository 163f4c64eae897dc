"""Turn text that a learner controls into text that a terminal may show."""

from __future__ import annotations

import re
import unicodedata

# A sequence goes as a whole, so that "\x1b[31mred" reads "red". One that is never
# ended loses only its first character: it must not swallow the text behind it. None
# holds the start of another, so that a text full of starts is read once and not n times.
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-Z\\^-~]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SUSPECT = re.compile("[^\n\t\\x20-\\x7e\u3400-\u9fff]")
_JOINERS = "\u200c\u200d"
_HARMFUL = frozenset({"Cc", "Cf"})


def plain(text: str, limit: int) -> str:
    """Return `text` without control, escape and reordering characters.

    Line ends and tabs stay. What exceeds `limit` characters is cut, and the cut
    says how many were left out.
    """
    shown = _SEQUENCES.sub("", _LINE_ENDS.sub("\n", text))
    shown = _SUSPECT.sub(_harmless, shown)
    left_out = len(shown) - limit
    return shown if left_out <= 0 else f"{shown[:limit]}… [+{left_out}]"


def plain_line(text: str, limit: int) -> str:
    """Return `text` as `plain` does, on one line."""
    return plain(text.replace("\t", " "), limit).replace("\n", " ")


def _harmless(match: re.Match[str]) -> str:
    char = match.group()
    category = unicodedata.category(char)
    if category == "Cs":
        return "\ufffd"
    return "" if category in _HARMFUL and char not in _JOINERS else char
