"""What is missing or half done in the texts of an exercise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.course import load_hints
from grader.errors import GraderError
from grader.judge.checks import spec_of, title_of
from grader.model import LANGS
from grader.texts import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.author.prover import Prover
    from grader.model import Exercise, Text

LEAST_MISTAKES = 8
LEAST_RIGHT = 4
_CHINESE = re.compile("[\u4e00-\u9fff]")


def text_faults(exercise: Exercise, prover: Prover) -> list[str]:
    """Return what to mend, one sentence each; nothing where all texts are complete in both languages."""
    return [*_files(exercise), *_hints(exercise), *_checks(prover), *_mistakes(prover)]


def _files(exercise: Exercise) -> Iterator[str]:
    for kind, path_in in (("task", exercise.task), ("after", exercise.after)):
        for lang in LANGS:
            path = path_in(lang)
            if not path.is_file():
                yield f"{path.name} is missing: it is the {kind} text in {lang}."
                continue
            text = path.read_text(encoding="utf-8-sig")
            if not text.strip():
                yield f"{path.name} is empty."
            elif lang == "zh" and not _CHINESE.search(text):
                yield f"{path.name} is not in Chinese."
    stub = exercise.stub.read_text(encoding="utf-8-sig")
    for wanted in exercise.fill:
        if not re.search(rf"^(?:def|class) {re.escape(wanted)}\b", stub, re.MULTILINE):
            yield f"stub.py does not define {wanted}, which course.toml lists under fill."


def _hints(exercise: Exercise) -> Iterator[str]:
    try:
        hints = load_hints(exercise)
    except GraderError as error:
        yield Catalog("en").explain(error)
        return
    for number, hint in enumerate(hints, 1):
        if not _CHINESE.search(hint.text.zh):
            yield f"hints.toml: hint {number} is not in Chinese."


def _checks(prover: Prover) -> Iterator[str]:
    names = {check.__name__ for check in prover.checks}
    for check in prover.checks:
        yield from _text(f"checks.py: the title of {check.__name__}", title_of(check))
        for needed in spec_of(check).needs:
            if needed not in names:
                yield f"checks.py: {check.__name__} needs {needed}, which is no check."


def _mistakes(prover: Prover) -> Iterator[str]:
    if len(prover.mistakes) < LEAST_MISTAKES:
        yield f"mistakes.py names {len(prover.mistakes)} mistakes; at least {LEAST_MISTAKES} are due."
    for mistake in prover.mistakes:
        yield from _text(f"mistakes.py: the title of {mistake.id}", mistake.title)
        yield from _text(f"mistakes.py: the advice of {mistake.id}", mistake.advice)


def _text(what: str, text: Text) -> Iterator[str]:
    if not text.en.strip():
        yield f"{what} is empty in English."
    if not _CHINESE.search(text.zh):
        yield f"{what} is not in Chinese."
