"""Matplotlib in a worker: no window, no settings of the grader's user, no look at the computer's fonts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.worker import pictures
from grader.worker.nursery import Nursery
from grader.worker.preload import preload
from grader.worker.spawn import Spawner

if TYPE_CHECKING:
    from tests.worker.conftest import Open

DRAWS = """
import os, sys
already = "matplotlib.pyplot" in sys.modules
import matplotlib
import matplotlib.pyplot as plt

def facts():
    figure, axes = plt.subplots()
    axes.plot([1, 2], label="a")
    axes.legend()
    plt.show()
    figure.savefig("picture.png")
    plt.close(figure)
    return {
        "already": already, "backend": matplotlib.get_backend(), "width": matplotlib.rcParams["lines.linewidth"],
        "config": os.path.realpath(matplotlib.get_configdir()), "cache": os.path.realpath(matplotlib.get_cachedir()),
        "here": os.getcwd(), "fonts": [name for name in os.listdir() if name.startswith("fontlist")],
        "size": os.path.getsize("picture.png"),
    }
"""

SETTINGS = """
from grader.worker.preload import preload
preload(["matplotlib.pyplot"])
import matplotlib
print(matplotlib.get_backend(), matplotlib.rcParams["lines.linewidth"])
"""
NOTHING = """
import sys
from pathlib import Path
from grader.worker import inside, pictures, spawn
from grader.worker.preload import LATE_IMPORTS, preload
preload(LATE_IMPORTS)
pictures.tame()
pictures.move_in()
pictures.hand_over_fonts(Path(sys.argv[1]))
print(pictures.loaded())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all workers are spawned")
def test_a_forked_worker_has_matplotlib_and_its_fonts_in_memory(open_worker: Open) -> None:
    """It draws at once, into memory, with no list of fonts to build or read; its folders are its own."""
    preload(["matplotlib.pyplot"])
    with Nursery.fork() as nursery:
        talk = open_worker(nursery, DRAWS)
        facts = talk.call("facts")
        talk.leave()
    assert facts["already"]
    assert facts["backend"].lower() == "agg"
    assert facts["config"] == facts["cache"] == facts["here"]
    assert facts["fonts"] == []
    assert facts["size"] > 1000


def test_a_spawned_worker_is_handed_the_list_of_fonts(open_worker: Open) -> None:
    """It imports matplotlib itself, and finds in its own folder the list that it would else have to build."""
    preload(["matplotlib.pyplot"])
    with Spawner() as spawner:
        talk = open_worker(spawner, DRAWS)
        facts = talk.call("facts")
        talk.leave()
    assert not facts["already"]
    assert facts["backend"].lower() == "agg"
    assert facts["config"] == facts["here"]
    assert len(facts["fonts"]) == 1
    assert facts["size"] > 1000


def test_the_users_own_settings_stay_outside(tmp_path: Path) -> None:
    """A backend with windows and a matplotlibrc of the user's change nothing for what a preload leaves to workers."""
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 17\nbackend: tkagg\n")
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            SETTINGS,
        ],
        env={"MPLCONFIGDIR": str(tmp_path), "MPLBACKEND": "tkagg", "PATH": ""},
        cwd=Path(__file__).parent.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["agg", "1.5"]


def test_matplotlib_costs_nothing_where_nobody_asks_for_it(tmp_path: Path) -> None:
    """A preload without it does not import it, and then there is nothing to tame, to move or to copy."""
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            NOTHING,
            str(tmp_path),
        ],
        cwd=Path(__file__).parent.parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "None"
    assert not list(tmp_path.iterdir())


def test_a_second_preload_leaves_matplotlib_alone() -> None:
    """Only the preload that imports matplotlib pays for its settings."""
    preload(["matplotlib.pyplot"])
    matplotlib = pictures.loaded()
    assert matplotlib is not None
    matplotlib.rcParams["lines.linewidth"] = 3.0
    try:
        preload(["matplotlib.pyplot"])
        assert matplotlib.rcParams["lines.linewidth"] == 3.0
    finally:
        pictures.tame()
    assert matplotlib.rcParams["lines.linewidth"] == 1.5
