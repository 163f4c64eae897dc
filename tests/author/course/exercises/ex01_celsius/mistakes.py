"""Wrong conversions."""

from __future__ import annotations

from grader.judge import Text, mistake


@mistake("celsius", title=Text("The 32 is forgotten", "漏了 32"), advice=Text("Subtract it.", "请减去它。"))
def no_offset(fahrenheit: float) -> float:
    """Scale only."""
    return fahrenheit * 5 / 9


@mistake("celsius", title=Text("The 32 comes last", "最后才减 32"), advice=Text("Subtract it first.", "请先减。"))
def offset_last(fahrenheit: float) -> float:
    """Scale, then subtract."""
    return fahrenheit * 5 / 9 - 32


@mistake("celsius", title=Text("The ratio is inverted", "比例颠倒了"), advice=Text("It is 5/9.", "应当是 5/9。"))
def inverted(fahrenheit: float) -> float:
    """Take the other ratio."""
    return (fahrenheit - 32) * 9 / 5
