"""The wheel of the grader that is running."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from typing import TYPE_CHECKING

import pytest

import grader
from grader.batch.package.wheel import constraints, packed_wheel
from tests.batch.package.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

INFO = f"gradlings-{grader.__version__}.dist-info"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel, as an installer would lay it out."""
    place = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(io.BytesIO(packed_wheel().data)) as archive:
        archive.extractall(place)
    return place


def python(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the wheel's modules, and nothing of the checkout's."""
    environ = {**os.environ, "PYTHONPATH": str(installed), "GRADER_LANG": "en"}
    command = [sys.executable, "-P", *arguments]
    return subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)


def test_record_is_true(installed: Path) -> None:
    """RECORD lists every file with its digest and size, as installers check."""
    rows = list(csv.reader(io.StringIO((installed / INFO / "RECORD").read_text(encoding="utf-8"))))
    listed = {name for name, _, _ in rows}
    assert listed == {str(path.relative_to(installed)) for path in installed.rglob("*") if path.is_file()}
    for name, digest, size in rows:
        if digest:
            data = (installed / name).read_bytes()
            assert int(size) == len(data)
            assert digest == f"sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()}"


def test_same_files_as_the_build_makes(installed: Path, tmp_path: Path) -> None:
    """The wheel holds what the project's own build puts into one."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        theirs = {name: archive.read(name) for name in archive.namelist() if "dist-info" not in name}
    ours = {
        str(path.relative_to(installed)): path.read_bytes()
        for path in installed.rglob("*")
        if path.is_file() and path.parent.name != INFO
    }
    assert ours == theirs


def test_installed_grader_grades_and_packs_itself(installed: Path, tmp_path: Path) -> None:
    """What the wheel installs grades by its own course, and makes the same wheel again."""
    answer = installed / "grader" / "_course" / "solutions" / "ex03_squared_loss.py"
    graded = python(installed, tmp_path, "-m", "grader", "check", "ex3", str(answer), "--json")
    assert json.loads(graded.stdout)["passed"] is True, graded.stderr
    code = (
        "from grader.batch.package.wheel import packed_wheel; import sys; sys.stdout.buffer.write(packed_wheel().data)"
    )
    environ = {**os.environ, "PYTHONPATH": str(installed)}
    again = subprocess.run(
        [sys.executable, "-P", "-c", code], env=environ, cwd=tmp_path, capture_output=True, check=True
    )
    with zipfile.ZipFile(io.BytesIO(again.stdout)) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    for name, data in contents.items():
        if name not in {f"{INFO}/RECORD", f"{INFO}/METADATA"}:
            assert data == (installed / name).read_bytes()
    wanted = {line for line in contents[f"{INFO}/METADATA"].decode().splitlines() if "Requires-Dist" in line}
    assert {line.split(">=")[0] for line in wanted} == {line.split(">=")[0] for line in metadata_lines(installed)}


def metadata_lines(installed: Path) -> set[str]:
    """Return what the wheel says that it needs."""
    text = (installed / INFO / "METADATA").read_text(encoding="utf-8")
    return {line for line in text.splitlines() if line.startswith("Requires-Dist")}


def test_needs_are_those_of_the_project(installed: Path) -> None:
    """The wheel needs what the project does today, whatever the installed metadata remember."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert metadata_lines(installed) == {f"Requires-Dist: {each}" for each in project["dependencies"]}


def test_versions_are_pinned_exactly() -> None:
    """Each thing that the grader needs, directly or not, is pinned to the version at work here, once."""
    lines = constraints().data.decode().splitlines()
    names = [line.split("==")[0] for line in lines]
    assert names == sorted(set(names))
    assert {"torch", "pytest", "msgspec", "sympy", "jinja2"} <= set(names)
    assert "gradlings" not in names
    assert all(line.count("==") == 1 and "+" not in line and " " not in line for line in lines)
