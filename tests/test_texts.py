"""The texts of both languages, and the choice between them."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest

import grader
from grader.errors import GraderError, UsageError
from grader.model import LANGS, Lang, Status
from grader.texts import Catalog, MissingTextError, Phrase, choose_lang

PACKAGE = Path(grader.__file__).parent
KEY = re.compile(r"[a-z_]+(\.[a-z_0-9]+)+")
# A call of one of these with a literal first argument names a text.
SPEAKERS = frozenset({"say", "text", "note", "Phrase", "error"})


def texts_of(lang: Lang) -> dict[str, str]:
    """Return all texts of the file of `lang`."""

    def flat(prefix: str, table: dict[str, object]) -> dict[str, str]:
        texts: dict[str, str] = {}
        for name, value in table.items():
            if isinstance(value, dict):
                texts |= flat(f"{prefix}{name}.", value)
            else:
                assert isinstance(value, str)
                texts[f"{prefix}{name}"] = value
        return texts

    source = PACKAGE / f"strings.{lang}.toml"
    return flat("", tomllib.loads(source.read_text(encoding="utf-8")))


def placeholders(text: str) -> set[str]:
    """Return the names of the placeholders in `text`."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def keys_in(source: Path) -> set[str]:
    """Return the keys that `source` uses as literals."""
    keys: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if called not in SPEAKERS and not called.endswith(("Error", "Fault")):
            continue
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and KEY.fullmatch(first.value):
            keys.add(first.value)
    return keys


def test_languages_have_the_same_keys() -> None:
    """A text exists in both languages or in none."""
    assert texts_of("en").keys() == texts_of("zh").keys()


@pytest.mark.parametrize("key", sorted(texts_of("en")))
def test_placeholders_agree(key: str) -> None:
    """A text has the same named placeholders in both languages."""
    english, chinese = (placeholders(texts_of(lang)[key]) for lang in LANGS)
    assert english == chinese
    assert all(name.isidentifier() for name in english)


def test_every_key_in_the_source_exists() -> None:
    """Every key that the source names as a literal is in the catalog."""
    used = {key for source in PACKAGE.rglob("*.py") for key in keys_in(source)}
    assert len(used) > 50
    assert used <= texts_of("en").keys()


@pytest.mark.parametrize("lang", LANGS)
def test_every_status_has_a_word(lang: Lang) -> None:
    """Keys that are put together from a status exist for each status."""
    catalog = Catalog(lang)
    assert all(f"status.{status}" in catalog for status in Status)


def test_chinese_texts_are_chinese() -> None:
    """A sentence of the Chinese catalog was translated, not left in English."""
    english, chinese = texts_of("en"), texts_of("zh")
    left = {key for key, text in chinese.items() if " " in english[key] and text == english[key]}
    assert left <= {"report.heading"}


def test_say_fills_placeholders_once() -> None:
    """A value that looks like a placeholder is shown as it is."""
    said = Catalog("en").say("course.no_exercise", asked="{place} {0.__class__}")
    assert '"{place} {0.__class__}"' in said


def test_say_translates_phrases() -> None:
    """A parameter that is a text is said in the language of the sentence."""
    error = GraderError("workspace.cannot", action=Phrase("action.read"), path="a.py", reason="x")
    assert Catalog("en").explain(error) == "Cannot read a.py: x."
    assert Catalog("zh").explain(error) == "无法读取 a.py：x。"


def test_missing_key_is_loud() -> None:
    """A key that no catalog has is an error that names key and file."""
    with pytest.raises(MissingTextError, match=r"'no\.such'.*strings\.zh\.toml"):
        Catalog("zh").say("no.such")


def test_missing_parameter_is_loud() -> None:
    """A text whose placeholder is not filled is an error, not a gap."""
    with pytest.raises(KeyError, match="asked"):
        Catalog("en").say("course.no_exercise")


@pytest.mark.parametrize(
    ("option", "environ", "lang"),
    [
        ("zh", {"GRADER_LANG": "en", "LANG": "en_US.UTF-8"}, "zh"),
        (None, {"GRADER_LANG": "zh", "LC_ALL": "en_US.UTF-8"}, "zh"),
        (None, {"GRADER_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"GRADER_LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"GRADER_LANG": "zh-Hans"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LC_MESSAGES": "zh_TW", "LANG": "en_US.UTF-8"}, "zh"),
        (None, {"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        (None, {"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"GRADER_LANG": ""}, "en"),
        (None, {}, "en"),
    ],
)
def test_choice_of_language(option: str | None, environ: dict[str, str], lang: Lang) -> None:
    """The option wins over GRADER_LANG, which wins over the locale."""
    assert choose_lang(option, environ) == lang


@pytest.mark.parametrize("asked", ["fr", "english", "zhuang"])
def test_unknown_language_is_refused(asked: str) -> None:
    """A language that was asked for by name but does not exist is a usage error."""
    with pytest.raises(UsageError):
        choose_lang(None, {"GRADER_LANG": asked})
