"""What the commands share: the options of this invocation, and what they lead to."""

from __future__ import annotations

import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.screen import Screen
from grader.course import load_course
from grader.durable import doing
from grader.errors import GraderError
from grader.sanitise import plain
from grader.texts import Catalog, Phrase, choose_lang
from grader.workspace import Workspace, create_workspace, default_workspace, find_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.model import Course, Exercise
    from grader.practice import Practice
    from grader.progress import ExerciseSummary

_LONGEST = 100_000


class App:
    """One invocation of `grader`."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.lang_option: str | None = None
        self.course_option: Path | None = None

    @cached_property
    def texts(self) -> Catalog:
        """The texts in the language that was asked for."""
        return Catalog(choose_lang(self.lang_option, self.environ))

    @cached_property
    def screen(self) -> Screen:
        """The looks of standard output."""
        return Screen(sys.stdout, self.environ)

    @cached_property
    def course(self) -> Course:
        """The course that was asked for."""
        return load_course(self.course_option)

    @cached_property
    def here(self) -> Path:
        """The current folder."""
        with doing(Phrase("action.open_here"), Path()):
            return Path.cwd()

    def text(self, key: str, /, **params: object) -> str:
        """Return a text with its paths shown from the current folder."""
        shown = {name: self.shown(value) if isinstance(value, Path) else value for name, value in params.items()}
        return plain(self.texts.say(key, **shown), _LONGEST)

    def say(self, key: str, /, **params: object) -> None:
        """Print a text."""
        click.echo(self.text(key, **params))

    def note(self, key: str, /, **params: object) -> None:
        """Print a text on standard error: it is about the run, not its result."""
        click.echo(self.text(key, **params), err=True)

    def explain(self, error: GraderError) -> str:
        """Return the message of `error`, in English where the language is the error."""
        try:
            return self.text(error.key, **error.params)
        except GraderError:
            return plain(Catalog("en").explain(error), _LONGEST)
        except (LookupError, ValueError, OSError):
            # A text is missing or its file is broken: the bare error still says something.
            return plain(str(error), _LONGEST)

    def shown(self, path: Path) -> str:
        """Return `path` as the learner would type it from here."""
        try:
            return str(path.relative_to(self.here))
        except (ValueError, GraderError):
            return str(path)

    def find_workspace(self) -> Workspace | None:
        """Return the workspace of the current folder, if it has one."""
        return find_workspace(self.here)

    def workspace_or_new(self) -> Workspace:
        """Return the workspace of the current folder; make one, and say so, if it has none."""
        found = self.find_workspace()
        if found is not None:
            return found
        created = create_workspace(default_workspace(self.here), self.course)
        self.note("init.made_first", path=created.workspace.root, count=len(created.made))
        return created.workspace

    def practice(self, workspace: Workspace) -> Practice:
        """Return the practice in `workspace`, which tells of a damaged record."""
        # sqlite3 costs a tenth of the start of `grader list`.
        from grader.practice import Practice  # noqa: PLC0415

        return Practice(self.course, workspace, lambda path: self.note("progress.damaged", path=path))

    def summary(self) -> Mapping[str, ExerciseSummary]:
        """Return what was done in the workspace of the current folder, by exercise id."""
        recorded = self._recorded()
        return {} if recorded is None else recorded.summary()

    def passed(self) -> frozenset[str]:
        """Return the ids of the exercises that were passed."""
        recorded = self._recorded()
        return frozenset() if recorded is None else recorded.passed()

    def next_exercise(self) -> Exercise | None:
        """Return the first exercise that was not passed yet."""
        recorded = self._recorded()
        return self.course.exercises[0] if recorded is None else recorded.next_unfinished()

    def _recorded(self) -> Practice | None:
        """Return the practice of the current folder, if anything was done there."""
        workspace = self.find_workspace()
        if workspace is None or not workspace.progress_path.exists():
            return None
        return self.practice(workspace)
