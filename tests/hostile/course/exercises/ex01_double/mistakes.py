"""Wrong doublings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.judge import Text, mistake

if TYPE_CHECKING:
    from torch import Tensor


@mistake("double", title=Text("It is squared", "平方了"), advice=Text("Add it to itself.", "与自身相加。"))
def squared(x: Tensor) -> Tensor:
    """Square where twice is due."""
    return x * x
