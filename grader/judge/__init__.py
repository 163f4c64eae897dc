"""The trusted side of the wall. These are the names that an exercise's checks and mistakes use."""

from grader.judge.checks import check, mistake
from grader.judge.compare import assert_close, assert_shape, assert_tensor, assert_unchanged, expect, fail
from grader.judge.draw import Draw
from grader.judge.elsewhere import assert_device, elsewhere
from grader.judge.student import Student, bind
from grader.judge.verdicts import LearnerError, NotJudged
from grader.model import Text

__all__ = [
    "Draw",
    "LearnerError",
    "NotJudged",
    "Student",
    "Text",
    "assert_close",
    "assert_device",
    "assert_shape",
    "assert_tensor",
    "assert_unchanged",
    "bind",
    "check",
    "elsewhere",
    "expect",
    "fail",
    "mistake",
]
