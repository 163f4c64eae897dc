"""What a class run gives out: tables, feedback, and the files of learning platforms."""

from __future__ import annotations

from grader.batch.exports.canvas import fill_canvas
from grader.batch.exports.gradescope import gradescope_failure, gradescope_results
from grader.batch.exports.matching import Filled
from grader.batch.exports.moodle import fill_moodle
from grader.batch.exports.sheet import SheetError
from grader.batch.exports.writing import paths_in, write_exports

__all__ = [
    "Filled",
    "SheetError",
    "fill_canvas",
    "fill_moodle",
    "gradescope_failure",
    "gradescope_results",
    "paths_in",
    "write_exports",
]
