"""The tables of results.db, and opening it."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

from grader.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

# "Grad", by which SQLite files of this kind are told from others.
APPLICATION_ID = 0x47726164
# Version history (PRAGMA user_version):
# 1: all of it.
SCHEMA_VERSION = 1
_PAUSE_S = 0.01
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
    -- Every file that was handed in, once: as it is graded, a notebook as Python.
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
    beside TEXT NOT NULL,           -- JSON: [[name, key of sources], …].
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
        # In one transaction, since another process may be making the tables.
        db.execute("BEGIN")
        is_new = _is_new(db, path)
        db.execute("COMMIT")
        # Only now: the mode is written into the file, which could have been somebody else's.
        _keep_a_log(db, patience_s)
        db.execute("PRAGMA synchronous = FULL")
        if is_new:
            _make_tables(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _keep_a_log(db: sqlite3.Connection, patience_s: float) -> None:
    """Turn on WAL; SQLite itself does not wait for others while it changes the mode."""
    end = time.monotonic() + patience_s
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL").fetchall()
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


def _is_new(db: sqlite3.Connection, path: Path) -> bool:
    """Say whether there is nothing in the database yet; refuse what is not ours to write."""
    application, version, tables = (
        int(db.execute(question).fetchone()[0])
        for question in ("PRAGMA application_id", "PRAGMA user_version", "SELECT COUNT(*) FROM sqlite_master")
    )
    if application == version == tables == 0:
        return True
    if application != APPLICATION_ID:
        raise WorkspaceError("batch.foreign_database", path=path)
    if version > SCHEMA_VERSION:
        raise WorkspaceError("batch.newer_database", path=path, version=version, known=SCHEMA_VERSION)
    return False


def _make_tables(db: sqlite3.Connection, path: Path) -> None:
    db.execute("BEGIN IMMEDIATE")
    # Another run may have been faster.
    if _is_new(db, path):
        for statement in SCHEMA.split(";\n"):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.execute("COMMIT")
