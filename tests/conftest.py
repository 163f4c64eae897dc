"""Options and fixtures of the whole suite."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest

pytest_plugins = ("tests.small_course",)
# A busy machine is no fault of what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a longer run ask for more seeds than the suite takes: one costs every exercise a second or two."""
    parser.addoption("--mistake-seeds", type=int, default=2, help="seeds for every named mistake")
    parser.addoption("--right-seeds", type=int, default=5, help="seeds for every right solution")
    parser.addoption("--no-mutants", action="store_true", help="leave the mutants of the references out")


def pytest_configure() -> None:
    """Let commands under test hear signals, which a suite that was started in the background ignores."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
