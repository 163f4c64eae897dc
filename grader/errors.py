"""The one family of errors that a user may see; `grader.cli.main` alone prints them."""

from __future__ import annotations


class GraderError(Exception):
    """Something a person can act on.

    `key` names a text in `strings.*.toml`; `params` fill its placeholders. The
    command line turns it into one message and exit status 2.
    """

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.key}({details})"


class UsageError(GraderError):
    """The command was asked for something that does not exist or cannot be."""


class CourseError(GraderError):
    """A course folder breaks the format: says which file and what to mend."""


class WorkspaceError(GraderError):
    """A learner's workspace cannot be read or written."""


class WorkerFault(GraderError):  # noqa: N818 - reads as what it is
    """The grader could not start or reach a worker: its own fault, never the learner's."""
