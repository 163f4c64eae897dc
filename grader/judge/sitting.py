"""Keep a pytest session open, and run the checks of one exercise after another in it.

To begin a session takes pytest longer than most checks take. As the workers of pytest-xdist do, whoever
grades waits inside the hook `pytest_runtestloop`, and brings the checks there.
https://docs.pytest.org/en/stable/reference/reference.html#hooks
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

import pytest

from grader.judge.loading import load_module
from grader.judge.plugin import Grading, Plugin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

PYTEST_OPTIONS = (
    "-c", os.devnull, "--noconftest", "--import-mode=importlib", "--assert=plain",
    "--disable-plugin-autoload",
)  # fmt: skip
PYTEST_VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_CURRENT_TEST")
UNUSED_PLUGINS = (
    "terminal", "cacheprovider", "junitxml", "logging", "doctest", "faulthandler", "stepwise", "pastebin", "debugging",
    "skipping", "setuponly", "setupplan", "unittest", "recwarn", "monkeypatch", "legacypath", "threadexception",
    "unraisableexception", "warnings", "capture", "tmpdir", "pytester_assertions", "reports", "subtests",
)  # fmt: skip
# What pytest.skip and pytest.fail raise is no Exception.
ENDS_OF_PYTEST = (pytest.skip.Exception, pytest.fail.Exception)
LONGEST_ACCOUNT = 2000


class Sitting:
    """An open session. A fork of the process that opened it can use it as well."""

    def __init__(self, session: pytest.Session, plugin: Plugin) -> None:
        self._session = session
        self._plugin = plugin

    def run(self, checks: Path, grading: Grading) -> None:
        """Run all checks of a file, read anew; what keeps them from being run is among the faults of `grading`."""
        self._plugin.grading = grading
        wrote_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        item = None
        try:
            items = self._collect(checks, grading)
            for item, following in zip_longest(items, items[1:]):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        except BaseException as error:
            # Pytest's own failures, and Ctrl-C.
            grading.faults.append(error)
            if item is not None:
                with suppress(Exception):
                    # Else the next file's checks are taken for more of this one's.
                    item.config.hook.pytest_runtest_teardown(item=item, nextitem=None)
            if not isinstance(error, Exception):
                raise
        finally:
            sys.dont_write_bytecode = wrote_bytecode

    def _collect(self, checks: Path, grading: Grading) -> list[pytest.Item]:
        module = pytest.Module.from_parent(self._session, path=checks)
        try:
            module.obj = load_module(checks)
            items = list(_items_of(module))
        except (Exception, *ENDS_OF_PYTEST):  # noqa: BLE001 - whatever a broken file raises
            account = str(module.repr_failure(pytest.ExceptionInfo.from_current()))
            grading.faults.append(RuntimeError(account[-LONGEST_ACCOUNT:]))
            return []
        grading.collect(items)
        return items

    def rehearse(self) -> None:
        """Run a check of nothing, so that pytest makes its own late imports now."""
        with tempfile.TemporaryDirectory() as folder:
            checks = Path(folder) / "checks.py"
            checks.write_text("def test_nothing():\n    pass\n", encoding="utf-8")
            self.run(checks, Grading(_nobody, exercise="", seed=0, device="cpu"))


def in_session(body: Callable[[Sitting], T]) -> T:
    """Return what `body` makes of an open session."""
    holder = _Holder(body)
    unused = [option for name in UNUSED_PLUGINS for option in ("-p", f"no:{name}")]
    # Whatever the user set for pytest runs of their own is not meant for this one.
    theirs = {name: os.environ.pop(name) for name in PYTEST_VARIABLES if name in os.environ}
    try:
        pytest.main([*PYTEST_OPTIONS, *unused, "--rootdir", os.sep], plugins=[holder, holder.plugin])
    finally:
        os.environ.update(theirs)
    return holder.result()


class _Holder(Generic[T]):
    """Does something else where pytest would collect and run tests."""

    def __init__(self, body: Callable[[Sitting], T]) -> None:
        self.plugin = Plugin()
        self._body = body
        self._made: list[T] = []
        self._error: BaseException = RuntimeError("pytest has begun no session")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> bool:
        """Collect nothing."""
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Give the open session to the body; what that raises is not for pytest to print."""
        try:
            self._made.append(self._body(Sitting(session, self.plugin)))
        except BaseException as error:  # noqa: BLE001 - raised again below
            self._error = error
        return True

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Keep pytest's own failures for the caller."""
        self._error = excinfo.value
        return True

    def result(self) -> T:
        """Return what the body did, or raise what it raised."""
        if self._made:
            return self._made[0]
        raise self._error


def _items_of(collector: pytest.Collector) -> Iterator[pytest.Item]:
    for each in collector.collect():
        if isinstance(each, pytest.Item):
            yield each
        else:
            yield from _items_of(each)


def _nobody(**_: object) -> NoReturn:
    raise AssertionError
