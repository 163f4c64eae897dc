"""The Python of notebooks, and notebooks that are none."""

from __future__ import annotations

import ast
import json
import logging
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

import nbformat.v3
import nbformat.v4
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.intake import limits
from grader.batch.intake.nodes import UnreadableError
from grader.batch.intake.notebook import read_notebook

if TYPE_CHECKING:
    from tests.batch.intake.conftest import Class, OneHandin


def notebook(*cells: str, **metadata: object) -> bytes:
    """Return a notebook of these code cells, between cells of prose and with outputs."""
    made = nbformat.v4.new_notebook(metadata=metadata)
    for cell in cells:
        output = nbformat.v4.new_output("stream", text="import os\n")
        made.cells += [nbformat.v4.new_markdown_cell("# prose"), nbformat.v4.new_code_cell(cell, outputs=[output])]
    return nbformat.writes(made).encode()


def source(*cells: str) -> str:
    """Return the Python of a notebook of these cells."""
    return read_notebook(notebook(*cells)).source.decode()


def test_code_cells_in_order() -> None:
    """Code comes in order; prose and outputs do not."""
    assert source("a = 1\nb = 2", "", "c = '''\n%x\n'''\n") == "a = 1\nb = 2\n\n\nc = '''\n%x\n'''\n"
    assert source() == ""


def test_older_notebooks() -> None:
    """Worksheets of nbformat 3, and sources that are lists of lines, are read too."""
    made = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell(input="a = 1\nb = 2")])]
    )
    assert read_notebook(nbformat.v3.writes_json(made).encode()).source == b"a = 1\nb = 2\n"
    lines = {"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a = 1\n", "b = 2"]}]}
    assert read_notebook(b"\xef\xbb\xbf" + json.dumps(lines).encode()).source == b"a = 1\nb = 2\n"


@pytest.mark.parametrize(
    ("cell", "code", "dropped"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1\n", 1),
        ("!pip install torch\nx = 1", "pass\nx = 1\n", 1),
        ("if 1:\n    !pip install \\\n      torch \\\n    it's\nx = 1", "if 1:\n    pass\n\n\nx = 1\n", 1),
        ("?len\nlen?\ntorch.nn.Linear??\nx = 1", "pass\npass\npass\nx = 1\n", 3),
        ("files = !ls\nn = %env HOME\nx = 1", "pass\npass\nx = 1\n", 2),
        ("%time x = f(\n1)", "x = f(\n1)\n", 1),
        ("%timeit f()\nx = 1", "pass\nx = 1\n", 1),
        ("%%time\nx = 1", "x = 1\n", 1),
        ("\n\n%%capture out\nx = 1", "x = 1\n", 1),
        ("%%bash\nrm -rf /", "", 1),
        ("%%writefile ex3.py\nx = 1", "", 1),
        ("x = (7\n% 4)\ny = 7 \\\n% 4\ns = '''\n!ls\n%time\nwhat?\n'''", None, 0),
        ("# a comment \\\n%matplotlib\nx = 1", "# a comment \\\npass\nx = 1\n", 1),
        ("s = \"it's\"  # (\nt = '\\'('\n%pylab", "s = \"it's\"  # (\nt = '\\'('\npass\n", 1),
        ("x = 1 if a != 2 else 3\nprint('a = %d' % x)\nok = 'is it?'", None, 0),
    ],
)
def test_magics(cell: str, code: str | None, dropped: int) -> None:
    """What IPython alone understands is left out and counted; what only looks like it stays."""
    read = read_notebook(notebook(cell))
    assert (read.source.decode(), read.dropped) == (f"{cell}\n" if code is None else code, dropped)


@given(st.lists(st.sampled_from(["'", '"', "'''", '"""', "(", ")", "\\", "\n", "#", "%a", "!b", "?", "x = 1", " "])))
def test_python_stays_as_it_is(pieces: list[str]) -> None:
    """A cell that is Python already is not touched."""
    cell = "".join(pieces)
    try:
        ast.parse(cell)
    except (SyntaxError, ValueError):
        read_notebook(notebook(cell))
        return
    read = read_notebook(notebook(cell))
    assert read.dropped == 0
    assert read.source.decode().rstrip() == cell.rstrip()


BROKEN = {
    "empty": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"nbformat": 4, "cells": [], "x": "\xff"}',
    "a list": b"[]",
    "null": b"null",
    "no cells": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    "no version": b'{"cells": []}',
    "another version": b'{"nbformat": 9, "cells": [{"cell_type": "code", "source": ""}]}',
    "a strange version": b'{"nbformat": [], "cells": []}',
    "cells of another kind": b'{"nbformat": 4, "cells": {"a": 1}}',
    "a cell without a source": b'{"nbformat": 4, "cells": [{"cell_type": "code"}]}',
    "a cell whose source is a number": b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}',
    "a strange worksheet": b'{"nbformat": 3, "worksheets": [3]}',
    "nested too deep": b'{"nbformat": 4, "cells": ' + b"[" * 200_000,
    "an endless number": b'{"nbformat": 4, "cells": [], "n": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_notebook_has_a_reason(
    data: bytes, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever is wrong with a notebook is one reason: no other error, no warning, nothing printed."""
    with warnings.catch_warnings(), caplog.at_level(logging.DEBUG):
        warnings.simplefilter("error")
        with pytest.raises(UnreadableError, match="it is not a notebook that can be read"):
            read_notebook(data)
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda some: (
            st.lists(some)
            | st.dictionaries(
                st.sampled_from(["nbformat", "cells", "worksheets", "source", "cell_type", "metadata", "input"]), some
            )
        ),
    ),
    st.integers(2, 4),
)
def test_any_json_is_judged(value: object, version: int) -> None:
    """Any JSON is either read or refused with a reason."""
    for data in (value, {"nbformat": version, "cells": value, "worksheets": value}):
        with suppress(UnreadableError):
            assert read_notebook(json.dumps(data).encode()).dropped >= 0


def test_another_language() -> None:
    """A notebook in R is no Python, and the reason says so."""
    with pytest.raises(UnreadableError, match="written in R, not in Python"):
        read_notebook(notebook("x <- 1", language_info={"name": "R"}))


def test_lone_surrogates_become_text() -> None:
    """What JSON may hold and UTF-8 may not is replaced."""
    data = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = \'\\ud800\'"}]}'
    assert read_notebook(data).source == b"x = '?'\n"


def test_too_much_code() -> None:
    """The Python of a notebook may be as large as a file, not as a notebook."""
    with pytest.raises(UnreadableError, match="larger than 1024 KiB"):
        read_notebook(notebook("#" * limits.MAX_SOURCE_BYTES))


def test_a_notebook_is_handed_in(klass: Class, one: OneHandin) -> None:
    """A notebook is graded as the exercise's file, under its own hash, and says what was left out."""
    klass.put("ada/ex3.ipynb", notebook("%matplotlib inline\nimport ex04_sgd\nx = 1"))
    klass.put("ada/SGD.ipynb", notebook("def sgd(): ..."))
    klass.put("bob/ex3.ipynb", b"{")
    intake = klass.read("ex3")
    handin = one(intake)
    assert (handin.source.name, handin.source.data) == ("ex03_squared_loss.py", b"pass\nimport ex04_sgd\nx = 1\n")
    assert handin.notes[0].en == "Lines of IPython alone (magics, shell, help) left out: 1"
    assert [(file.name, file.data) for file in handin.beside] == [("ex04_sgd.py", b"def sgd(): ...\n")]
    broken = one(intake, "bob")
    assert broken.fault is not None
    assert (broken.fault.zh, len(broken.sha256)) == ("它不是可读取的笔记本", 64)
