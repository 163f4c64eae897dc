"""Symbols of statuses."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from grader.model import Status
from grader.progress import Standing
from grader.signs import BAD, GOOD, SYMBOLS, sign_of


@pytest.mark.parametrize("status", [*Status, *Standing])
def test_every_status_has_a_sign_of_one_column(status: str) -> None:
    """Columns line up behind any of them, and a terminal can be asked beforehand whether it has them."""
    sign = sign_of(status)
    assert cell_len(sign.symbol) == 1
    assert sign.symbol in SYMBOLS


def test_only_a_pass_looks_like_one() -> None:
    """Neither the symbol nor the tone of a pass stands for anything else, and what went wrong is bad."""
    rest = [sign_of(each) for each in (*Status, *Standing) if each != "passed"]
    assert sign_of(Status.PASSED) == sign_of(Standing.PASSED) == GOOD
    assert not {GOOD.symbol, GOOD.tone} & {part for sign in rest for part in sign}
    assert {sign_of(each) for each in ("failed", "error", "timeout", "crashed", "missing")} == {BAD}
