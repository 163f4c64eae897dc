"""What the grader says, in the language of the reader."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from grader.errors import GraderError, UsageError
from grader.model import LANGS, Lang, Text

if TYPE_CHECKING:
    from collections.abc import Mapping


class Phrase(msgspec.Struct, frozen=True):
    """A parameter of a text that is itself a text: it is said in the same language."""

    key: str


class MissingTextError(LookupError):
    """The source asks for a text that a catalog does not have."""


class Catalog:
    """All texts in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self._texts = _load(lang)

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def say(self, key: str, /, **params: object) -> str:
        """Return the text `key` with its placeholders filled from `params`."""
        try:
            template = self._texts[key]
        except KeyError:
            message = f"no text {key!r} in strings.{self.lang}.toml"
            raise MissingTextError(message) from None
        return template.format_map({name: self._shown(value) for name, value in params.items()})

    def explain(self, error: GraderError) -> str:
        """Return the message of `error`."""
        return self.say(error.key, **error.params)

    def _shown(self, value: object) -> object:
        if isinstance(value, Text):
            return value.in_lang(self.lang)
        return self.say(value.key) if isinstance(value, Phrase) else value


def choose_lang(option: str | None, environ: Mapping[str, str]) -> Lang:
    """Return the language asked for: the option, then GRADER_LANG, then the locale."""
    for asked in (option, environ.get("GRADER_LANG")):
        if asked:
            return _named(asked)
    # The order in which POSIX lets one variable override another.
    settings = (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, settings), "")
    return "zh" if locale.lower().startswith("zh") else "en"


def _named(asked: str) -> Lang:
    # "zh_CN.UTF-8" and "zh-Hans" are the forms that other tools use.
    first = asked.strip().lower().replace("-", "_").replace(".", "_").split("_")[0]
    for lang in LANGS:
        if first == lang:
            return lang
    raise UsageError("lang.unknown", lang=asked)


@cache
def _load(lang: Lang) -> Mapping[str, str]:
    # Imported here because a process that only forks graders never says anything.
    import tomllib  # noqa: PLC0415

    source = Path(__file__).with_name(f"strings.{lang}.toml")
    tables = tomllib.loads(source.read_text(encoding="utf-8"))
    return MappingProxyType(dict(_flat("", tables)))


def _flat(prefix: str, table: Mapping[str, object]) -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            texts += _flat(f"{prefix}{name}.", value)
        else:
            texts.append((f"{prefix}{name}", str(value)))
    return texts
