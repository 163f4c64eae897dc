"""What the doctor finds."""

from __future__ import annotations

import io
import sys
import tempfile
from typing import TYPE_CHECKING

from grader.course import load_course
from grader.doctor import Finding, examine
from grader.errors import GraderError
from grader.texts import Catalog
from grader.workspace import create_workspace

if TYPE_CHECKING:
    from pathlib import Path


def findings(here: Path, course_root: Path, **environ: str) -> dict[str, Finding]:
    """Return the findings by topic, without the slow question for devices."""
    found: dict[str, Finding] = {}
    for each in examine(here, course_root, {"LANG": "zh_CN.UTF-8", **environ}, io.StringIO()):
        found[each.topic.key] = each
        if each.topic.key == "doctor.warm":
            break
    return found


def detail(finding: Finding) -> str:
    """Return what a user reads."""
    return finding.detail if isinstance(finding.detail, str) else Catalog("en").explain(finding.detail)


def test_everything_is_looked_at(tmp_path: Path, course_root: Path) -> None:
    """Each topic has a state and a detail, and torch is not imported for it here."""
    found = findings(tmp_path, course_root)
    assert list(found) == [
        f"doctor.{topic}"
        for topic in ("python", "torch", "terminal", "locale", "workspace", "course", "sandbox", "warm")
    ]
    assert sys.executable in detail(found["doctor.python"])
    assert found["doctor.torch"].state == "ok"
    assert "LANG=zh_CN.UTF-8" in detail(found["doctor.locale"])
    assert found["doctor.terminal"].state == "note"
    assert "exercises: 3, hints: 9" in detail(found["doctor.course"])


def test_the_warm_process_is_told_of(tmp_path: Path, course_root: Path) -> None:
    """Whether it is turned off, or not there yet, the next step is named."""
    # Not tmp_path: a folder too long for a socket is passed over, and another user's process might be found.
    with tempfile.TemporaryDirectory(prefix="warm") as runtime:
        none = findings(tmp_path, course_root, XDG_RUNTIME_DIR=runtime)["doctor.warm"]
    assert none.state == "note"
    assert "grader check" in detail(none)
    off = findings(tmp_path, course_root, GRADER_WARM="0")["doctor.warm"]
    assert "GRADER_WARM=0" in detail(off)


def test_workspace_that_lacks_a_file(tmp_path: Path, course_root: Path) -> None:
    """A file that was deleted is named, with how to get it back."""
    course = load_course(course_root)
    workspace = create_workspace(tmp_path / "practice", course).workspace
    assert findings(tmp_path, course_root)["doctor.workspace"].state == "ok"
    workspace.submission_path(course.exercises[1]).unlink()
    found = findings(tmp_path, course_root)["doctor.workspace"]
    assert found.state == "note"
    assert "lacks ex02_second_wind.py" in detail(found)


def test_broken_course_is_a_problem(tmp_path: Path, course_root: Path) -> None:
    """A fault in any hints.toml is found, not only in course.toml."""
    (course_root / "ex03_third_time" / "hints.toml").write_text("", encoding="utf-8")
    found = findings(tmp_path, course_root)["doctor.course"]
    assert found.state == "problem"
    assert isinstance(found.detail, GraderError)
    assert "ex03_third_time" in detail(found)
