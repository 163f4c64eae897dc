"""Wrong doublings."""

from __future__ import annotations

from grader.judge import Text, mistake


@mistake("double", title=Text("It is squared", "平方了"), advice=Text("Add it to itself.", "与自身相加。"))
def squared(x):  # type: ignore[no-untyped-def]
    """Square where twice is due."""
    return x * x
