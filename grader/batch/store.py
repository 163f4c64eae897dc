"""The results of a class in SQLite: each verdict is kept as soon as it is reached."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, TypeVar

import msgspec

from grader.batch.records import Handin, Override, SourceFile, Student, Unread
from grader.batch.schema import open_database
from grader.batch.work import Job
from grader.errors import WorkspaceError
from grader.model import Report, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from grader.batch.work import Outcome

FILE_NAME = "results.db"
_Record = TypeVar("_Record")


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A handin as it was found, and what is known of it: a report, a fault of the grader's, or nothing yet."""

    student: str
    exercise: str
    file: str
    sha256: str
    notes: tuple[Text, ...]
    fault: Text | None
    report: Report | None
    failure: str


class Store:
    """The database of one run, used by one thread; `connect` opens it.

    Raises:
        WorkspaceError: it cannot be read or written.
    """

    def __init__(self, path: Path, *, connect: Callable[[Path], sqlite3.Connection] = open_database) -> None:
        self._path = path
        with self._explained():
            self._db = connect(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        with self._explained():
            self._db.close()

    def settings(self) -> Mapping[str, str]:
        """Return what the run was made with."""
        with self._explained():
            return dict(self._db.execute("SELECT name, value FROM settings").fetchall())

    def take_in(
        self,
        students: Iterable[Student],
        handins: Iterable[Handin],
        unread: Iterable[Unread],
        fingerprint_of: Callable[[Handin], str],
        settings: Mapping[str, str],
    ) -> None:
        """Replace what the last intake found and what it was made with; verdicts and overrides stay.

        All of it or, where anything fails or ends the process, nothing.
        """
        with self._explained(), self._at_once():
            self._db.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", settings.items())
            for table in ("students", "handins", "unread"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
            for position, student in enumerate(students):
                self._db.execute(
                    "INSERT INTO students VALUES (?, ?, ?)", (student.id, position, msgspec.json.encode(student))
                )
            for handin in handins:
                self._take(handin, fingerprint_of(handin))
            self._db.executemany(
                "INSERT INTO unread VALUES (?, ?)", ((n, msgspec.json.encode(each)) for n, each in enumerate(unread))
            )
            # Sources that nobody hands in any more would pile up from run to run.
            self._db.execute(
                "DELETE FROM sources WHERE sha256 NOT IN (SELECT source FROM handins)"
                " AND sha256 NOT IN (SELECT json_extract(each.value, '$[1]') FROM handins, json_each(beside) AS each)"
            )

    def handed_in(self) -> int:
        """Return how many files were handed in."""
        with self._explained():
            return int(self._db.execute("SELECT COUNT(*) FROM handins").fetchone()[0])

    def broken(self) -> int:
        """Return how many files were handed in that cannot be graded."""
        with self._explained():
            return int(self._db.execute("SELECT COUNT(*) FROM handins WHERE fault IS NOT NULL").fetchone()[0])

    def pending(self) -> int:
        """Return how many files have no verdict that counts."""
        with self._explained():
            return int(self._db.execute(f"SELECT COUNT(*) {_PENDING}").fetchone()[0])

    def jobs(self) -> Iterator[Job]:
        """Yield the files that have no verdict that counts, in the order of the intake."""
        with self._explained():
            waiting = self._db.execute(f"SELECT h.student, h.exercise {_PENDING} ORDER BY h.rowid").fetchall()
        for student, exercise in waiting:
            yield self._job(student, exercise)

    def record(self, outcome: Outcome) -> None:
        """Keep a verdict for good, or that there is none for a fault of the grader's own."""
        report = None if outcome.report is None else msgspec.json.encode(outcome.report)
        with self._explained():
            self._db.execute(
                "INSERT INTO verdicts SELECT ?1, ?2, fingerprint, ?3, ?4, ?5 FROM handins"
                " WHERE student = ?1 AND exercise = ?2"
                " ON CONFLICT (student, exercise) DO UPDATE SET fingerprint = excluded.fingerprint,"
                " at = excluded.at, report = excluded.report, fault = excluded.fault",
                (outcome.student, outcome.exercise, _now(), report, outcome.fault),
            )

    def students(self) -> tuple[Student, ...]:
        """Return who was found, in the order of the intake."""
        return tuple(self._records("SELECT record FROM students ORDER BY position", Student))

    def unread(self) -> tuple[Unread, ...]:
        """Return what the intake could not use."""
        return tuple(self._records("SELECT record FROM unread ORDER BY position", Unread))

    def kept(self, student: str | None = None) -> Iterator[Kept]:
        """Yield what was handed in, by everybody or by one student, with the verdicts that count."""
        with self._explained():
            # Two statements: one for both could not use the index.
            found = (_KEPT,) if student is None else (f"{_KEPT} WHERE h.student = ?", (student,))
            for who, exercise, file, sha256, notes, fault, report, failure in self._db.execute(*found):
                yield Kept(
                    student=who,
                    exercise=exercise,
                    file=file,
                    sha256=sha256,
                    notes=msgspec.json.decode(notes, type=tuple[Text, ...]),
                    fault=None if fault is None else msgspec.json.decode(fault, type=Text),
                    report=None if report is None else msgspec.json.decode(report, type=Report),
                    failure=failure,
                )

    def digest(self) -> str:
        """Return a digest of all that an export is made from; the same results have the same one."""
        made_from = hashlib.sha256()
        with self._explained():
            for query in _EXPORTED:
                for row in self._db.execute(query):
                    for value in row:
                        data = value if isinstance(value, bytes) else str(value).encode()
                        made_from.update(f"{len(data)}\0".encode())
                        made_from.update(data)
        return made_from.hexdigest()

    def override(self, student: str, exercise: str, override: Override) -> None:
        """Set a score in place of the grader's, for this and all later runs."""
        with self._explained():
            self._db.execute(
                "INSERT OR REPLACE INTO overrides VALUES (?, ?, ?, ?, ?)",
                (student, exercise, override.score, override.why, override.at),
            )

    def clear_override(self, student: str, exercise: str) -> bool:
        """Let the grader's own score count again; say whether another one did."""
        with self._explained():
            found = self._db.execute("DELETE FROM overrides WHERE student = ? AND exercise = ?", (student, exercise))
            return found.rowcount > 0

    def overrides(self) -> Mapping[tuple[str, str], Override]:
        """Return the scores that were set, by student and exercise."""
        with self._explained():
            rows = self._db.execute("SELECT student, exercise, score, why, at FROM overrides").fetchall()
        return {(student, exercise): Override(score, why, at) for student, exercise, score, why, at in rows}

    def _take(self, handin: Handin, fingerprint: str) -> None:
        beside = [(each.name, self._keep(each.data)) for each in handin.beside]
        self._db.execute(
            "INSERT INTO handins VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                handin.student,
                handin.exercise,
                handin.file,
                handin.sha256,
                self._keep(handin.source.data),
                # Text, since what SQLite makes of JSON in a blob depends on its version.
                msgspec.json.encode(beside).decode(),
                msgspec.json.encode(handin.notes),
                None if handin.fault is None else msgspec.json.encode(handin.fault),
                fingerprint,
            ),
        )

    def _keep(self, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()
        self._db.execute("INSERT OR IGNORE INTO sources VALUES (?, ?)", (key, data))
        return key

    def _job(self, student: str, exercise: str) -> Job:
        with self._explained():
            data, beside = self._db.execute(
                "SELECT data, beside FROM handins JOIN sources ON source = sources.sha256"
                " WHERE student = ? AND exercise = ?",
                (student, exercise),
            ).fetchone()
            others = []
            for name, key in msgspec.json.decode(beside, type=list[tuple[str, str]]):
                found = self._db.execute("SELECT data FROM sources WHERE sha256 = ?", (key,)).fetchone()
                others.append(SourceFile(name, found[0]))
        return Job(student=student, exercise=exercise, source=data, beside=tuple(others))

    def _records(self, query: str, kind: type[_Record]) -> Iterator[_Record]:
        with self._explained():
            for (record,) in self._db.execute(query):
                yield msgspec.json.decode(record, type=kind)

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, msgspec.MsgspecError, OSError) as fault:
            raise WorkspaceError("batch.store_failed", path=self._path, reason=fault) from fault


# A verdict counts for the very files that it is about, and a fault of the grader's never does.
_COUNTS = "v.student = h.student AND v.exercise = h.exercise AND v.fingerprint = h.fingerprint"
_PENDING = f"FROM handins AS h LEFT JOIN verdicts AS v ON {_COUNTS} WHERE h.fault IS NULL AND v.report IS NULL"
_KEPT = (
    "SELECT h.student, h.exercise, h.file, h.sha256, h.notes, h.fault, v.report, COALESCE(v.fault, '')"  # noqa: S608 - texts of our own
    f" FROM handins AS h LEFT JOIN verdicts AS v ON {_COUNTS}"
)
# When a run began changes with every run, and no export says it.
_EXPORTED = (
    "SELECT * FROM settings WHERE name != 'at' ORDER BY name",
    *(
        f"SELECT '{table}', * FROM {table} ORDER BY {order}"  # noqa: S608 - names of our own
        for table, order in (
            ("students", "position"),
            ("unread", "position"),
            ("handins", "rowid"),
            ("verdicts", "student, exercise"),
            ("overrides", "student, exercise"),
        )
    ),
)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
