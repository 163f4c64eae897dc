"""What a class run leaves behind."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.warm.conftest import write_small

if TYPE_CHECKING:
    from pathlib import Path

# Writes all that a run of one student leaves, and tells what that had imported: before, and while it wrote.
WRITES = """
import sys
from pathlib import Path
from grader.batch.run import Asked, run_batch
from grader.cli.app import App
from grader.cli.batch_progress import BatchProgress
from grader.cli.batch_summary import load_writers, write_out
from grader.course import load_course
from tests.batch.test_unconfined import TrustingPool

HEAVY = ("matplotlib", "numpy", "jinja2", "markupsafe")

def heavy():
    # Small, and imported by matplotlib where it likes.
    return {name for name in sys.modules if name.startswith(HEAVY) and not name.startswith("matplotlib.style")}

def finish(book):
    load_writers()
    print(sorted({name.partition(".")[0] for name in heavy()}))
    before = heavy()
    written = write_out(app, book, asked.out)
    print(sorted(heavy() - before), all(path.exists() for path in written))

place = Path(sys.argv[1])
course = load_course(place / "course")
app = App({})
asked = Asked(course=course, submissions=place / "class", out=place / "out", exercises=course.exercises, lang="en")
run_batch(
    asked, open_pool=lambda *_: TrustingPool("full"), watcher=BatchProgress(app, sys.stderr, {}), finish=finish,
    confinement="full",
)
"""


def test_what_writes_is_loaded_ahead(tmp_path: Path) -> None:
    """Once the writers are loaded, nothing of matplotlib or Jinja is left to import while files are written."""
    course = write_small(tmp_path / "course")
    file = tmp_path / "class" / "ada" / course.exercises[0].file_name
    file.parent.mkdir(parents=True)
    file.write_text("def f(x):\n    return x\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", WRITES, str(tmp_path)], capture_output=True, text=True, check=False, timeout=300
    )
    loaded, while_writing = done.stdout.splitlines()
    assert {"matplotlib", "jinja2"} <= set(loaded.strip("[]").replace("'", "").split(", "))
    assert while_writing == "[] True"
