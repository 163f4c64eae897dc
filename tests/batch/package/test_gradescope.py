"""The zip file that Gradescope takes."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

from grader.batch.package import Settings, gradescope_files, write_zip
from grader.batch.package.settings import packed_course, packed_exercises, read_settings
from grader.course import load_course
from grader.errors import GraderError
from tests.batch.package.conftest import BOTH, write_program

PROGRAMS = ("setup.sh", "run_autograder")
# What the scripts take from the image that they run in.
OF_THE_IMAGE = ("bash", "env", "rm", "mkdir", "dirname", "cat")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An autograder for two exercises."""
    path = tmp_path_factory.mktemp("packed") / "autograder.zip"
    write_zip(gradescope_files(load_course(), BOTH, limit_s=600), path)
    return path


def test_programs_lie_at_the_root(archive: Path) -> None:
    """Both programs are at the root, can be run once unpacked, and have LF line ends."""
    with zipfile.ZipFile(archive) as packed:
        for name in PROGRAMS:
            mode = packed.getinfo(name).external_attr >> 16
            assert stat.S_ISREG(mode)
            assert mode & 0o111 == 0o111
            data = packed.read(name)
            assert data.startswith(b"#!/usr/bin/env bash\n")
            assert b"\r" not in data
            assert b"@" not in data.replace(b'"$@"', b"")
        assert not any(name.startswith("/") or ".." in name for name in packed.namelist())
        assert not any(name.startswith("course/") for name in packed.namelist())


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_are_bash(archive: Path, tmp_path: Path, program: str) -> None:
    """Bash reads both programs without a complaint."""
    with zipfile.ZipFile(archive) as packed:
        file = Path(packed.extract(program, tmp_path))
    checked = subprocess.run(["bash", "-n", file], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_same_files_make_the_same_archive(archive: Path, tmp_path: Path) -> None:
    """Packing again gives the same bytes: a changed package is a changed grader."""
    again = tmp_path / "again.zip"
    write_zip(gradescope_files(load_course(), BOTH, limit_s=600), again)
    assert again.read_bytes() == archive.read_bytes()


def test_time_is_shorter_than_that_of_gradescope(archive: Path) -> None:
    """The script ends a grading a minute before Gradescope would."""
    with zipfile.ZipFile(archive) as packed:
        assert b"--kill-after=30 540 " in packed.read("run_autograder")


def test_own_course_travels(course_root: Path, tmp_path: Path) -> None:
    """A course of one's own is packed whole, and found again where the package is unpacked."""
    course = load_course(course_root)
    (course_root / ".git").mkdir()
    (course_root / ".git" / "config").write_text("", encoding="utf-8")
    (course_root / "link.py").symlink_to("/etc/passwd")
    path = tmp_path / "own.zip"
    write_zip(gradescope_files(course, Settings(exercises=("ex2",)), limit_s=600), path)
    with zipfile.ZipFile(path) as packed:
        assert not [name for name in packed.namelist() if ".git" in name or "link.py" in name]
        packed.extractall(tmp_path / "unpacked")
    shutil.rmtree(course_root.parent)
    settings = read_settings(tmp_path / "unpacked" / "gradlings.json")
    found = packed_course(settings, tmp_path / "unpacked")
    assert found.title == course.title
    assert [each.id for each in packed_exercises(settings, found)] == ["ex2"]


def test_foreign_settings_are_refused(tmp_path: Path) -> None:
    """Settings that are not what was packed are an error that names the file."""
    file = tmp_path / "gradlings.json"
    file.write_text('{"exercises": []}', encoding="utf-8")
    with pytest.raises(GraderError, match="bad_settings"):
        read_settings(file)


class Image:
    """What setup.sh finds in an image: programs that write down how they were called, and nothing of this machine."""

    def __init__(self, root: Path, archive: Path) -> None:
        self.root = root
        self.programs = root / "bin"
        self.log = root / "log"
        (root / "source").mkdir(parents=True)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(root / "source")
        self.programs.mkdir()
        for name in OF_THE_IMAGE:
            found = shutil.which(name)
            assert found is not None
            (self.programs / name).symlink_to(found)

    def put(self, name: str, *, version: int, pip_fails: str = "nothing") -> None:
        """Put a Python 3.`version` into the image, whose pip fails on calls with `pip_fails` in them."""
        installed = f'echo "pip $*" >>"{self.log}"\ncase "$*" in *{pip_fails}*) exit 1;; esac\n'
        made = f'mkdir -p "$3/bin"\ncat >"$3/bin/python" <<"END"\n#!/bin/sh\n{installed}END\n'
        text = f'[ "$1" = -c ] && exit {int(version < 11)}\necho "{name} $*" >>"{self.log}"\n{made}'
        chmod = shutil.which("chmod")
        write_program(self.programs / name, f'{text}{chmod} +x "$3/bin/python"\n')

    def run(self, *, offers: int) -> list[str]:
        """Run setup.sh where apt-get can install Python 3.`offers`, and return what it called."""
        self.put(f".python3.{offers}", version=offers)
        offered, wanted = self.programs / f".python3.{offers}", self.programs / f"python3.{offers}"
        copy = f'case "$*" in *python3.{offers}-venv*) {shutil.which("cp")} "{offered}" "{wanted}";; esac\n'
        write_program(self.programs / "apt-get", f'echo "apt-get $*" >>"{self.log}"\n{copy}')
        script = self.root / "source" / "setup.sh"
        environ = {"PATH": str(self.programs), "GRADESCOPE_ROOT": str(self.root)}
        done = subprocess.run(["bash", script], env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return self.log.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def image(tmp_path: Path, archive: Path) -> Image:
    """Return an image without Python."""
    return Image(tmp_path / "autograder", archive)


def pip_calls(calls: list[str]) -> list[list[str]]:
    """Return the arguments of each `pip install`."""
    return [call.split(" install ", 1)[1].split() for call in calls if " install " in call and call.startswith("pip ")]


def test_setup_of_an_image_with_a_recent_python(image: Image) -> None:
    """A new enough Python is taken; torch comes from the CPU index and the grader from the package, all pinned."""
    image.put("python3", version=12)
    calls = image.run(offers=11)
    assert "python3.11" not in "\n".join(calls)
    torch, rest = pip_calls(calls)
    pins = ["--constraint", str(image.root / "source" / "constraints.txt")]
    assert torch == ["--no-cache-dir", *pins, "--index-url", "https://download.pytorch.org/whl/cpu", "torch"]
    assert rest[:-1] == ["--no-cache-dir", *pins]
    assert Path(rest[-1]).name.startswith("gradlings-")
    assert Path(rest[-1]).is_file()
    assert calls[-1].endswith("-m grader doctor")
    assert os.access(image.root / "gradlings" / "bin" / "python", os.X_OK)


def test_setup_of_an_image_with_an_old_python(image: Image) -> None:
    """Where Python is too old, as on Ubuntu 22.04, one that is not is installed beside it."""
    image.put("python3", version=10)
    calls = image.run(offers=11)
    assert any(call.startswith("apt-get install") and "python3.11-venv" in call for call in calls)
    assert any(call.startswith(".python3.11 -m venv") for call in calls)


def test_setup_without_the_cpu_index(image: Image) -> None:
    """Where the CPU index cannot be reached the usual torch is taken."""
    image.put("python3", version=12, pip_fails="whl/cpu")
    assert len(pip_calls(image.run(offers=11))) == 2
