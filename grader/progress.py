"""What a learner has done so far, kept in SQLite in the workspace."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Self

import msgspec

from grader.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

# Version history (PRAGMA user_version):
# 1: attempts and hints.
# 2: settings.
SCHEMA_VERSION = SETTINGS_VERSION = 2
SCHEMAS = (
    """
CREATE TABLE attempts (
    -- One row for each graded file; rows are only ever added.
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,           -- UTC, ISO 8601.
    exercise TEXT NOT NULL,     -- Its id: "ex3".
    passed INTEGER NOT NULL,    -- 1 or 0. One pass counts for good.
    status TEXT NOT NULL,
    score REAL NOT NULL,
    max_score REAL NOT NULL,
    seed INTEGER NOT NULL,      -- With the file, enough to replay the attempt.
    seconds REAL NOT NULL,
    mistake TEXT,               -- The id of the mistake that was recognised, if any.
    sha256 TEXT NOT NULL        -- Of the file as graded.
);
CREATE INDEX attempts_exercise ON attempts (exercise);
CREATE TABLE hints (
    exercise TEXT PRIMARY KEY,
    taken INTEGER NOT NULL      -- How many, from the gentlest on.
);
""",
    """
CREATE TABLE settings (
    -- What the terminal program remembers between two runs.
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
""",
)
_CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_UNWRITABLE = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})


class Standing(StrEnum):
    """How far a learner is with an exercise."""

    NEVER = "never"
    ATTEMPTED = "attempted"
    PASSED = "passed"


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One graded file."""

    exercise: str
    passed: bool
    status: str
    score: float
    max_score: float
    seed: int
    seconds: float
    mistake: str | None
    sha256: str


class ExerciseSummary(msgspec.Struct, frozen=True, kw_only=True):
    """All attempts at one exercise in one line; `best` is a share from 0 to 1."""

    exercise: str
    standing: Standing = Standing.NEVER
    attempts: int = 0
    best: float = 0.0
    hints: int = 0


class MistakeCount(msgspec.Struct, frozen=True):
    """How often one mistake was recognised."""

    exercise: str
    mistake: str
    count: int


class Progress:
    """An open database of progress; use it as a context manager.

    Another process that writes is waited for, `patience_s` at most.
    `moved_aside` is where a damaged database was put before a new one was begun.
    """

    def __init__(self, path: Path, *, write: bool, patience_s: float = 5.0) -> None:
        self.moved_aside: Path | None = None
        self._path = path
        self._patience_s = patience_s
        with self._explained():
            self._db = self._open(write=write)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        with self._explained():
            self._db.close()

    def record_attempt(self, attempt: Attempt) -> None:
        """Keep `attempt`."""
        with self._explained():
            self._db.execute(
                "INSERT INTO attempts (at, exercise, passed, status, score, max_score,"
                " seed, seconds, mistake, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (datetime.now(UTC).isoformat(timespec="seconds"), *msgspec.structs.astuple(attempt)),
            )

    def hints_taken(self, exercise: str) -> int:
        """Return how many hints of `exercise` were taken."""
        with self._explained():
            found = self._db.execute("SELECT taken FROM hints WHERE exercise = ?", (exercise,))
            row = found.fetchone()
        return 0 if row is None else int(row[0])

    def take_hint(self, exercise: str, *, available: int) -> int:
        """Count one more hint, up to those `available`, and return how many are taken."""
        with self._explained():
            found = self._db.execute(
                "INSERT INTO hints (exercise, taken) VALUES (?1, MIN(1, ?2))"
                " ON CONFLICT (exercise) DO UPDATE SET taken = MIN(taken + 1, ?2) RETURNING taken",
                (exercise, available),
            )
            return int(found.fetchone()[0])

    def remember(self, name: str, value: str) -> None:
        """Keep a setting for the next run."""
        with self._explained():
            self._db.execute(
                "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2", (name, value)
            )

    def settings(self) -> Mapping[str, str]:
        """Return all settings that were kept."""
        with self._explained():
            if _version(self._db) < SETTINGS_VERSION:
                # A database that nobody could write, and so bring up to date.
                return {}
            return dict(self._db.execute("SELECT name, value FROM settings").fetchall())

    def standing(self, exercise: str) -> Standing:
        """Return how far the learner is with `exercise`."""
        summary = self.summary().get(exercise)
        return Standing.NEVER if summary is None else summary.standing

    def summary(self) -> Mapping[str, ExerciseSummary]:
        """Return a summary of each exercise that was tried or hinted at, by its id."""
        with self._explained():
            rows = self._db.execute(
                "SELECT exercise, COUNT(passed), MAX(passed), MAX(best), SUM(taken) FROM ("
                " SELECT exercise, passed, score / MAX(max_score, 1e-9) AS best, 0 AS taken"
                "  FROM attempts"
                " UNION ALL SELECT exercise, NULL, 0, taken FROM hints"
                ") GROUP BY exercise"
            ).fetchall()
        return {
            exercise: ExerciseSummary(
                exercise=exercise,
                standing=_standing(attempts, passed),
                attempts=attempts,
                best=min(best, 1.0),
                hints=hints,
            )
            for exercise, attempts, passed, best, hints in rows
        }

    def mistakes(self) -> tuple[MistakeCount, ...]:
        """Return the mistakes made, the most frequent first."""
        with self._explained():
            rows = self._db.execute(
                "SELECT exercise, mistake, COUNT(*) AS count FROM attempts"
                " WHERE mistake IS NOT NULL GROUP BY exercise, mistake"
                " ORDER BY count DESC, exercise, mistake"
            ).fetchall()
        return tuple(MistakeCount(*row) for row in rows)

    def _open(self, *, write: bool) -> sqlite3.Connection:
        if self._path.is_symlink():
            raise WorkspaceError("workspace.link", path=self._path)
        if not write and not self._path.exists():
            return _ready(sqlite3.connect(":memory:", isolation_level=None))
        try:
            return _connect(self._path, self._patience_s, write=write)
        except sqlite3.DatabaseError as fault:
            if _code(fault) not in _CORRUPT:
                raise
        self.moved_aside = _move_aside(self._path)
        return _connect(self._path, self._patience_s, write=True)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as fault:
            raise WorkspaceError("progress.failed", path=self._path, reason=fault) from fault


def _connect(path: Path, patience_s: float, *, write: bool) -> sqlite3.Connection:
    try:
        return _checked(sqlite3.connect(path, timeout=patience_s, isolation_level=None))
    except sqlite3.OperationalError as fault:
        if write or _code(fault) not in _UNWRITABLE:
            raise
    # In a folder that cannot be written SQLite cannot make its shared-memory file;
    # where nobody can write, nothing needs to be shared either.
    address = f"{path.absolute().as_uri()}?immutable=1"
    return _checked(sqlite3.connect(address, uri=True, isolation_level=None), write=False)


def _checked(db: sqlite3.Connection, *, write: bool = True) -> sqlite3.Connection:
    try:
        if write:
            db.execute("PRAGMA journal_mode = WAL").fetchall()
            db.execute("PRAGMA synchronous = FULL")
            _ready(db)
        _require_sound(db)
    except BaseException:
        db.close()
        raise
    return db


def _require_sound(db: sqlite3.Connection) -> None:
    fault = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if fault != "ok":
        damage = sqlite3.DatabaseError(fault)
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage


def _ready(db: sqlite3.Connection) -> sqlite3.Connection:
    """Bring the schema up to date; two processes may try at once."""
    if _version(db) < SCHEMA_VERSION:
        db.execute("BEGIN IMMEDIATE")
        if _version(db) < SCHEMA_VERSION:
            for schema in SCHEMAS[_version(db) :]:
                for statement in schema.split(";\n"):
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        db.execute("COMMIT")
    if _version(db) > SCHEMA_VERSION:
        raise WorkspaceError("progress.newer", version=_version(db), known=SCHEMA_VERSION)
    return db


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _code(fault: sqlite3.DatabaseError) -> int:
    # Extended codes keep the primary one in their low byte.
    return (getattr(fault, "sqlite_errorcode", None) or 0) & 0xFF


def _move_aside(path: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    kept = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + suffix))
    path.rename(kept)
    return kept


def _standing(attempts: int, passed: int | None) -> Standing:
    if passed:
        return Standing.PASSED
    return Standing.ATTEMPTED if attempts else Standing.NEVER
