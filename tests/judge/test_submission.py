"""Reading a learner's file: any file at all, and a plain word on what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.errors import UsageError
from grader.judge.submission import MAX_SOURCE_BYTES, read_submission

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"x = 1\n",
        "x = 'ä 梯度'\n".encode(),
        "\ufeffx = 1\n".encode(),
        b"x = 1\r\ny = 2\r\n",
        b"x = 1\ry = 2\r",
        "# -*- coding: latin-1 -*-\nx = 'ä'\n".encode("latin-1"),
        "#!/usr/bin/python\n# vim: set fileencoding=gbk :\nx = '梯度'\n".encode("gbk"),
        b"x = (\n",
        b"#" * MAX_SOURCE_BYTES,
    ],
    ids=["empty", "plain", "utf8", "bom", "crlf", "cr", "latin1", "gbk", "syntax", "large"],
)
def test_what_may_be_python_has_no_fault(tmp_path: Path, source: bytes) -> None:
    """Byte order marks, line ends and declared encodings are fine; syntax is for the worker to judge."""
    file = tmp_path / "ex01.py"
    file.write_bytes(source)
    submission = read_submission(file)
    assert (submission.source, submission.fault, submission.file_name) == (source, None, "ex01.py")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"x = 1\n\ny = '\xff'\n", "ex01.py, line 3: byte 0xff is not UTF-8."),
        (
            b"x = '" + "ä".encode("latin-1") + b"'\n",
            "ex01.py, line 1: the file is not in UTF-8 and declares no encoding",
        ),
        ("x = '梯度'\n".encode("utf-16"), "ex01.py, line 1: the file holds NUL bytes"),
        (b"x = 1\ny = \0\n", "ex01.py, line 2: the file holds NUL bytes"),
        (b"# coding: no-such-code\nx = 1\n", "ex01.py, line 1: the file is not in UTF-8 and declares no encoding"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "ex01.py, line 1: the file is not in UTF-8 and declares no encoding"),
        (b"# coding: rot13\nk = 1\n", "ex01.py, line 1: the file is not in UTF-8 and declares no encoding"),
        (b"# coding: utf-8\n#\n#\nx = '\xe4'\n", "ex01.py, line 4: byte 0xe4 is not UTF-8."),
        (b"#" * (MAX_SOURCE_BYTES + 1), "ex01.py is larger than 1024 KiB"),
    ],
    ids=["byte", "latin1", "utf16", "nul", "unknown", "bom_and_latin1", "rot13", "late", "huge"],
)
def test_what_cannot_be_python_is_told_with_its_line(tmp_path: Path, source: bytes, message: str) -> None:
    """The fault says file, line and the next step, in both languages."""
    file = tmp_path / "ex01.py"
    file.write_bytes(source)
    fault = read_submission(file).fault
    assert fault is not None
    assert fault.en.startswith(message)
    assert "ex01.py" in fault.zh


def test_a_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    """Of fifty megabytes one is read."""
    file = tmp_path / "ex01.py"
    with file.open("wb") as stream:
        stream.truncate(50 << 20)
    submission = read_submission(file)
    assert len(submission.source) == MAX_SOURCE_BYTES + 1
    assert submission.fault is not None


@pytest.mark.parametrize("name", ["missing.py", ".", "no/such/folder/ex01.py"])
def test_what_is_no_readable_file_is_wrong_use(tmp_path: Path, name: str) -> None:
    """A missing file and a folder end in an error that names the path and what was wrong."""
    with pytest.raises(UsageError) as caught:
        read_submission(tmp_path / name)
    assert caught.value.key == "check.cannot_read"
    assert caught.value.params["path"] == tmp_path / name
    assert caught.value.params["error"] in ("No such file or directory", "Is a directory")
