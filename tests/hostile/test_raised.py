"""Exceptions, names and prints that are hostile to whoever shows them."""

# ruff: noqa: E501 - files under test are written in long lines

from __future__ import annotations

import pytest

from grader.model import Status
from tests.hostile.verdicts import Verdict, caught, said


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("class E(Exception):\n    def __str__(self):\n        raise ValueError\ndef double(x):\n    raise E\n", "cannot be shown"),
        ("class E(Exception):\n    def __str__(self):\n        raise SystemExit\ndef double(x):\n    raise E\n", "cannot be shown"),
        ("class E(Exception):\n    def __str__(self):\n        return 7\ndef double(x):\n    raise E\n", "cannot be shown"),
        ("E = type('E\\x1b[31m\\n\\u202eX' * 99, (Exception,), {})\ndef double(x):\n    raise E\n", "raised E"),
        ("def double(x):\n    raise ValueError('\\ud800')\n", "ValueError"),
        ("def double(x):\n    raise ValueError('y' * 10_000_000)\n", "ValueError"),
        ("def double(x):\n    raise ValueError('\\x90' * 10_000_000)\n", "ValueError"),
        ("def double(x):\n    raise ValueError('\\x1b]0;owned\\x07\\x1b[2Jgone\\x00\\x08')\n", "gone"),
        ("def double(x):\n    raise KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("def double(x):\n    raise GeneratorExit\n", "GeneratorExit"),
        ("def double(x):\n    raise StopIteration\n", "StopIteration"),
        ("def double(x):\n    raise BaseException('odd')\n", "odd"),
        ("def double(x):\n    raise ExceptionGroup('many', [ValueError()] * 1000)\n", "ExceptionGroup"),
        ("class NotImplementedError(Exception): pass\ndef double(x):\n    raise NotImplementedError\n", "NotImplementedError"),
        ("exec(compile('def double(x):\\n    raise ValueError', '/etc/\\x1b[2Jpasswd', 'exec'))\n", "ValueError"),
    ],
)  # fmt: skip
def test_hostile_exceptions(verdict: Verdict, source: str, word: str) -> None:
    """Whatever is raised, the message is short, clean and names what it can."""
    report = verdict(source)
    assert not report.passed
    caught(report, Status.ERROR, word)
    for check in report.checks:
        assert len(check.message) < 5000
        assert not set(check.message) & set(map(chr, [*range(10), *range(11, 32), 0x202E, *range(0x7F, 0xA0)]))


def test_an_exception_whose_class_lies(verdict: Verdict) -> None:
    """An exception class without a name to speak of costs its own check only."""
    source = (
        "class Meta(type):\n    @property\n    def __name__(cls):\n        raise SystemExit\n"
        "class E(Exception, metaclass=Meta):\n    pass\ndef double(x):\n    raise E\n"
    )
    assert not verdict(source).passed


def test_prints_are_cleaned(verdict: Verdict) -> None:
    """Escapes, overwriting and reordering characters do not reach the report."""
    source = "print('\\x1b[2J\\x1b]0;t\\x07a\\rb\\x08c\\x00d\\u202ee\\x9b31mf')\nimport sys\nsys.stdout.buffer.write(b'\\xff\\xfe')\ndef double(x):\n    return 2 * x\n"
    report = verdict(source)
    assert report.passed
    assert not set(said(report)) & set(map(chr, [*range(10), *range(11, 32), 0x202E, *range(0x7F, 0xA0)]))


def test_a_wrong_name_with_control_characters(verdict: Verdict) -> None:
    """A class name full of control characters is shown clean."""
    caught(verdict("T = type('A\\x1b[31m\\nB', (), {})\ndef double(x):\n    return T()\n"), Status.FAILED, "A")
