"""The tables of results.db, and opening it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from grader.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

# Version history (PRAGMA user_version):
# 1: all of it.
SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE settings (
    -- What the run was made with: seed, lang, sandbox, layout, exercises, …
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE students (
    -- Who was found at the last intake, replaced by the next.
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    record BLOB NOT NULL            -- JSON: records.Student.
);
CREATE TABLE unread (
    -- What the last intake could not use.
    position INTEGER PRIMARY KEY,
    record BLOB NOT NULL            -- JSON: records.Unread.
);
CREATE TABLE sources (
    -- Every file that was handed in, as it is graded, once.
    sha256 TEXT PRIMARY KEY,
    data BLOB NOT NULL
);
CREATE TABLE handins (
    -- What was found at the last intake, replaced by the next.
    student TEXT NOT NULL,
    exercise TEXT NOT NULL,
    file TEXT NOT NULL,             -- Where it was found.
    sha256 TEXT NOT NULL,           -- Of the file as it was found.
    source TEXT NOT NULL,           -- Key of sources.
    beside BLOB NOT NULL,           -- JSON: [[name, key of sources], …].
    notes BLOB NOT NULL,            -- JSON: [Text, …].
    fault BLOB,                     -- JSON: Text, why the file cannot be graded; null where it can.
    fingerprint TEXT NOT NULL,      -- Of all that its verdict depends on.
    PRIMARY KEY (student, exercise)
);
CREATE TABLE verdicts (
    -- One for each student and exercise; it counts while its fingerprint is that of the handin.
    student TEXT NOT NULL,
    exercise TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    at TEXT NOT NULL,               -- UTC, ISO 8601.
    report BLOB,                    -- JSON: model.Report; null where the grader itself failed.
    fault TEXT NOT NULL,            -- How it failed, or empty.
    PRIMARY KEY (student, exercise)
);
CREATE TABLE overrides (
    -- Scores that an instructor set; no grading touches them.
    student TEXT NOT NULL,
    exercise TEXT NOT NULL,
    score REAL NOT NULL,
    why TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (student, exercise)
);
"""


def open_database(path: Path, *, patience_s: float = 5.0) -> sqlite3.Connection:
    """Return a connection to the results in `path`, made if need be.

    Raises:
        WorkspaceError: it is a link, was made by a newer grader, or is no database of this kind.
        sqlite3.Error: it cannot be opened.
    """
    if path.is_symlink():
        raise WorkspaceError("workspace.link", path=path)
    db = sqlite3.connect(path, timeout=patience_s, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL").fetchall()
        db.execute("PRAGMA synchronous = FULL")
        _bring_up_to_date(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _bring_up_to_date(db: sqlite3.Connection, path: Path) -> None:
    db.execute("BEGIN IMMEDIATE")
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version == 0:
        if db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
            db.execute("ROLLBACK")
            raise WorkspaceError("batch.foreign_database", path=path)
        for statement in SCHEMA.split(";\n"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.execute("COMMIT")
    if version > SCHEMA_VERSION:
        raise WorkspaceError("batch.newer_database", path=path, version=version, known=SCHEMA_VERSION)
