"""The command as a whole: help, versions, languages, errors and its cost."""

from __future__ import annotations

import os
import pty
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

import grader
from grader.cli import grader_group, main

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import RunGrader

COMMANDS = sorted(grader_group.commands)


def on_a_terminal(command: list[str], cwd: Path, env: dict[str, str]) -> str:
    """Return what `command` writes to a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, cwd=cwd, env=env, stdout=theirs, stderr=theirs) as child:
        os.close(theirs)
        written = b""
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:
                break
            if not chunk:
                break
            written += chunk
        child.wait()
    os.close(ours)
    return written.decode()


def test_version(run_grader: RunGrader) -> None:
    """--version names the grader and its version."""
    assert run_grader("--version").stdout.strip() == f"grader, version {grader.__version__}"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_in_both_languages(command: str, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command and option explains itself in the language that was asked for."""
    arguments = ["--lang", lang, *filter(None, [command]), "--help"]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert ("显示本帮助。" if lang == "zh" else "Show this help.") in shown
    assert not capsys.readouterr().err


def test_language_after_the_command(run_grader: RunGrader) -> None:
    """--lang is taken by the group and by each command."""
    assert "已通过 0/3" in run_grader("list", "--lang", "zh").stdout
    assert "已通过 0/3" in run_grader("--lang", "zh", "list").stdout
    assert "已通过 0/3" in run_grader("list", env={"GRADER_LANG": "zh"}).stdout
    assert "已通过 0/3" in run_grader("list", env={"LANG": "zh_CN.UTF-8"}).stdout
    assert "0 of 3 passed" in run_grader("list").stdout


def test_unknown_language_is_refused(run_grader: RunGrader) -> None:
    """A wrong GRADER_LANG is said in English, with what to write instead."""
    done = run_grader("list", env={"GRADER_LANG": "fr"})
    assert (done.returncode, done.stdout) == (2, "")
    assert 'The language "fr" is not available. Use en or zh' in done.stderr


@pytest.mark.parametrize("command", ["show", "hint", "solution", "reset", "run", "check", "diff"])
def test_unknown_exercise(run_grader: RunGrader, command: str) -> None:
    """Every command that takes an exercise answers a wrong name with the nearest one."""
    run_grader("init")
    done = run_grader(command, "ex33")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'No exercise "ex33". Did you mean "ex3"? "grader list" shows all.\n'


@pytest.mark.parametrize("arguments", [["chekc"], ["list", "--colour"], ["solution"], ["check", "--seed", "x"]])
def test_wrong_use(run_grader: RunGrader, arguments: list[str]) -> None:
    """A wrong command, option or value is exit 2 with the usage and no traceback."""
    done = run_grader(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage: grader" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_use_is_shown_without_control_characters(run_grader: RunGrader) -> None:
    """An argument cannot drive the terminal by way of the message that refuses it."""
    for arguments in (("list", "\x1b[2Jx"), ("\x1b[2Jx",), ("check", "--seed", "\x1b[2Jx")):
        done = run_grader(*arguments)
        assert done.returncode == 2
        assert "\x1b" not in done.stderr


def test_broken_course(run_grader: RunGrader, course_root: Path) -> None:
    """A broken course.toml is named with its line, in every command, without a traceback."""
    (course_root / "course.toml").write_text("title = {\n", encoding="utf-8")
    for command in ("list", "check", "init", "next"):
        done = run_grader(command)
        assert done.returncode == 2
        assert "course.toml:1: not valid TOML" in done.stderr
        assert "Traceback" not in done.stderr


def test_fault_of_the_grader(run_grader: RunGrader, course_root: Path) -> None:
    """What nobody foresaw is exit 2 with a message, and a traceback only on demand."""
    (course_root / "ex01_first_steps" / "task.en.md").write_bytes(b"\xff")
    done = run_grader("show", "ex1")
    assert done.returncode == 2
    assert "GRADER_DEBUG=1" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in run_grader("show", "ex1", env={"GRADER_DEBUG": "1"}).stderr


def test_folder_that_was_deleted(run_grader: RunGrader, home: Path) -> None:
    """A current folder that is gone is said, not a traceback."""
    script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    done = run_grader("list", prefix=("sh", "-c", script, "sh"))
    assert done.returncode == 2
    assert "Cannot enter the current folder" in done.stderr
    assert not list(home.iterdir())


def test_reader_that_leaves(environment: dict[str, str], home: Path) -> None:
    """A pipe that closes early gives no complaint."""
    script = f'"{sys.executable}" -m grader --help | true'
    done = subprocess.run(["sh", "-c", script], cwd=home, env=environment, capture_output=True, check=False)
    assert done.stderr == b""


def test_colours_and_symbols_only_on_a_terminal(run_grader: RunGrader, environment: dict[str, str], home: Path) -> None:
    """A pipe gets ASCII words; a terminal gets colour and symbols; NO_COLOR takes the colour away."""
    run_grader("init")
    assert run_grader("list").stdout.isascii()
    command = [sys.executable, "-m", "grader", "list", "--course", str(home.parent / "course")]
    coloured = on_a_terminal(command, home, environment | {"TERM": "xterm"})
    assert "\x1b[" in coloured
    assert "· not tried" in coloured
    plain = on_a_terminal(command, home, environment | {"TERM": "xterm", "NO_COLOR": "1"})
    assert "\x1b[" not in plain
    assert "· not tried" in plain


def test_terminal_with_an_old_encoding(run_grader: RunGrader) -> None:
    """Characters that the terminal cannot show do not end the command."""
    done = run_grader("list", "--lang", "zh", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "0/3" in done.stdout


def test_light_commands_import_nothing_heavy(environment: dict[str, str], course_root: Path, home: Path) -> None:
    """Commands that grade nothing import neither torch nor pytest nor matplotlib."""
    heavy = "{'torch', 'pytest', '_pytest', 'matplotlib', 'numpy', 'grader.judge', 'grader.worker'}"
    script = (
        "import sys; from grader.cli import main\n"
        "for words in (['init'], ['list'], [], ['show'], ['hint'], ['next'], ['progress'],"
        f" ['solution', 'ex1', '--force'], ['diff', 'ex1', '--force']):\n"
        f"    assert main(['--course', {str(course_root)!r}, *words]) == 0, words\n"
        f"    assert not {heavy} & set(sys.modules), words\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=home, env=environment, check=True, capture_output=True)


def test_list_starts_fast(environment: dict[str, str], course_root: Path, home: Path) -> None:
    """`grader list` costs at most three times what importing click costs."""

    def seconds(*words: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *words], cwd=home, env=environment, check=False, capture_output=True)
        return time.perf_counter() - start

    command = ("-m", "grader", "list", "--course", str(course_root))
    seconds(*command)
    ratios = [seconds(*command) / seconds("-c", "import click") for _ in range(7)]
    assert statistics.median(ratios) <= 3
