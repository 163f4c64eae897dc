"""Files that cannot be graded get a plain message with file, line and next step, never a traceback."""

from __future__ import annotations

import pytest

from grader.model import Status
from tests.hostile.verdicts import Verdict, caught

RIGHT = "def double(x):\n    return 2 * x\n"


@pytest.mark.parametrize(
    "source",
    [
        b"\xef\xbb\xbf" + RIGHT.encode(),
        RIGHT.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode(),
        RIGHT.replace("\n", "\r").encode(),
        ("# 加倍\n" + RIGHT).encode(),
        "# -*- coding: gbk -*-\n# 加倍\n".encode("gbk") + RIGHT.encode(),
        RIGHT.rstrip().encode(),
        ("from __future__ import annotations\n" + RIGHT).encode(),
    ],
    ids=["bom", "crlf", "bom and crlf", "cr", "utf-8", "gbk", "no newline at the end", "future"],
)
def test_right_files_in_other_dress(verdict: Verdict, source: bytes) -> None:
    """A BOM, other line ends and a declared encoding are as good as plain UTF-8."""
    assert verdict(source).passed


@pytest.mark.parametrize(
    ("source", "status", "words"),
    [
        (b"# ok\n# caf\xe9\n" + RIGHT.encode(), Status.ERROR, ("line 2", "UTF-8")),
        (RIGHT.encode("utf-16"), Status.ERROR, ("ex01_double.py", "Save")),
        (b"# -*- coding: no-such -*-\n" + RIGHT.encode(), Status.ERROR, ("line 1", "encoding")),
        (b"x = 1\ny = '\0'\n" + RIGHT.encode(), Status.ERROR, ("line 2", "NUL")),
        (b"", Status.MISSING, ("ex01_double.py does not define double",)),
        (b"#" * (50 << 20), Status.ERROR, ("larger than",)),
        (b"def double(x):\n    return 2 * * x\n", Status.ERROR, ("not valid Python", "line 2", "^")),
        (b"def double(x):\n  if x:\n", Status.ERROR, ("not valid Python", "line 2")),
        (b"def double(x):\n\treturn 1\n        return 2\n", Status.ERROR, ("not valid Python", "line 3")),
        (b"return\n", Status.ERROR, ("not valid Python", "line 1")),
        (b"(" * 300 + b")" * 300, Status.ERROR, ("not valid Python",)),
        (b"-" * 100_000 + b"1", Status.CRASHED, ("memory",)),
        (b"x = 1\nimport no_such_module\n", Status.ERROR, ("no_such_module", "line 2")),
        (b"from torch import no_such_name\n", Status.ERROR, ("no_such_name", "line 1")),
        (b"1 / 0\n", Status.ERROR, ("ZeroDivisionError", "line 1")),
        (b"def duble(x):\n    return 2 * x\n", Status.MISSING, ("does not define double",)),
        (b"double = 2\n", Status.MISSING, ("double cannot be called", "int")),
        (b"def double():\n    return 2\n", Status.ERROR, ("does not fit", "positional")),
        (b"def double(x, y):\n    return 2\n", Status.ERROR, ("does not fit", "'y'")),
        (b"n = input('how many? ')\n" + RIGHT.encode(), Status.ERROR, ("input()", "line 1")),
        (b"def double(x):\n    return x * float(input())\n", Status.ERROR, ("input()", "line 2")),
        (b"def double(x):\n    raise NotImplementedError\n", Status.NOT_STARTED, ("still the stub",)),
        (b"del double\n", Status.ERROR, ("NameError",)),
        (b"import ex01_double\n", Status.MISSING, ("does not define",)),
    ],
)
def test_bad_files(verdict: Verdict, source: bytes, status: Status, words: tuple[str, ...]) -> None:
    """Each message says what is wrong and where."""
    report = verdict(source)
    caught(report, status, *words)
    assert "Traceback" not in report.checks[0].message
    assert "/grader/" not in report.checks[0].message


def test_a_file_named_after_a_module(verdict: Verdict) -> None:
    """A file called as a module of Python or torch is graded all the same."""
    assert verdict(RIGHT, name="torch.py").passed
    assert verdict("import math\n" + RIGHT, name="random.py").passed
