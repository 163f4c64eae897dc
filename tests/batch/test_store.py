"""The results of a class: kept at once, never lost, and quick to find."""

from __future__ import annotations

import multiprocessing
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.batch.records import Handin, Override, SourceFile, Student, Unread
from grader.batch.schema import APPLICATION_ID, SCHEMA_VERSION, open_database
from grader.batch.store import FILE_NAME, Store
from grader.batch.work import Outcome
from grader.errors import WorkspaceError
from grader.model import Text
from tests.batch.classroom import RIGHT, WRONG, graded, handin, take_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.synchronize import Barrier

RECORDER = """
import sys
from pathlib import Path
from grader.batch.store import Store
from tests.batch.classroom import graded, handin, take_in
with Store(Path(sys.argv[1])) as store:
    take_in(store, *(handin(f"s{nth:04}") for nth in range(2000)))
    for job in store.jobs():
        store.record(graded(job.student))
        print(job.student, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the results are."""
    return tmp_path / FILE_NAME


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """Return an empty store."""
    with Store(path) as opened:
        yield opened


def waiting(store: Store) -> list[tuple[str, str]]:
    """Return who waits for a verdict on what."""
    return [(job.student, job.exercise) for job in store.jobs()]


def test_a_verdict_is_kept_when_it_is_recorded(path: Path, store: Store) -> None:
    """Whoever else opens the file sees it at once."""
    take_in(store, handin("amy"), handin("bo"))
    store.record(graded("amy"))
    with Store(path) as other:
        assert waiting(other) == [("bo", "ex1")]


def test_kill_loses_no_verdict_that_was_recorded(path: Path) -> None:
    """Kill -9 in the middle of recording leaves a sound file with every verdict that was told of."""
    words = [sys.executable, "-c", RECORDER, str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as recorder:
        assert recorder.stdout is not None
        told = [recorder.stdout.readline().strip() for _ in range(200)]
        recorder.send_signal(signal.SIGKILL)
        told += recorder.stdout.read().split()
    with Store(path) as store:
        kept = [each.student for each in store.kept() if each.report is not None]
        assert told == kept[: len(told)]
        assert len(kept) <= len(told) + 1
        assert store.pending() == 2000 - len(kept)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_only_what_changed_waits_again(store: Store) -> None:
    """A verdict counts for the very file, and for the files that went with it."""
    mates = (SourceFile("mine.py", b"A = 1\n"),)
    take_in(store, handin("amy"), handin("bo"), handin("cy", beside=mates))
    for name in ("amy", "bo", "cy"):
        store.record(graded(name))
    take_in(store, handin("amy"), handin("bo"), handin("cy", beside=mates))
    assert waiting(store) == []
    take_in(store, handin("amy"), handin("bo", source=WRONG), handin("cy", beside=(SourceFile("mine.py", b"A = 2\n"),)))
    assert waiting(store) == [("bo", "ex1"), ("cy", "ex1")]
    assert [each.student for each in store.kept() if each.report is not None] == ["amy"]


def test_jobs_come_whole_and_in_order(store: Store) -> None:
    """A job has the source and what lies beside it."""
    mates = (SourceFile("mine.py", b"A = 1\n"), SourceFile("yours.py", b"B = 1\n"))
    take_in(
        store, handin("bo", source=WRONG), handin("amy", "ex2", beside=mates), handin("amy", fault=Text("no", "否"))
    )
    jobs = list(store.jobs())
    assert [(job.student, job.exercise, job.source) for job in jobs] == [("bo", "ex1", WRONG), ("amy", "ex2", RIGHT)]
    assert jobs[1].beside == mates
    assert store.pending() == 2
    assert store.handed_in() == 3


def test_verdicts_may_be_recorded_while_jobs_are_taken(store: Store) -> None:
    """Every job comes once, whatever is recorded in between."""
    take_in(store, *(handin(f"s{nth:03}") for nth in range(100)))
    seen = []
    for job in store.jobs():
        seen.append(job.student)
        store.record(graded(job.student))
    assert seen == [f"s{nth:03}" for nth in range(100)]
    assert store.pending() == 0


def test_a_fault_of_the_graders_waits_for_another_run(store: Store) -> None:
    """It is told of, and does not count as a verdict."""
    take_in(store, handin("amy"))
    store.record(Outcome(student="amy", exercise="ex1", report=None, fault="the judge has gone"))
    (kept,) = store.kept()
    assert kept.report is None
    assert kept.failure == "the judge has gone"
    assert waiting(store) == [("amy", "ex1")]
    store.record(graded("amy"))
    (kept,) = store.kept()
    assert kept.report is not None
    assert kept.failure == ""


def test_a_student_who_comes_back_has_verdict_and_override_still(store: Store) -> None:
    """What is not handed in any more is not in the book, and is not forgotten either."""
    take_in(store, handin("amy"), handin("bo"))
    store.record(graded("amy"))
    store.override("amy", "ex1", Override(3.0, "copied", "2026-01-01T00:00:00+00:00"))
    take_in(store, handin("bo"))
    assert [each.id for each in store.students()] == ["bo"]
    assert [each.student for each in store.kept()] == ["bo"]
    take_in(store, handin("amy"), handin("bo"))
    assert waiting(store) == [("bo", "ex1")]
    assert store.overrides()[("amy", "ex1")].score == 3.0


def test_overrides_come_and_go(store: Store) -> None:
    """The last one counts; clearing says whether there was one."""
    store.override("amy", "ex1", Override(3.0, "copied", "2026-01-01T00:00:00+00:00"))
    store.override("amy", "ex1", Override(4.0, "not copied", "2026-01-02T00:00:00+00:00"))
    assert store.overrides() == {("amy", "ex1"): Override(4.0, "not copied", "2026-01-02T00:00:00+00:00")}
    assert store.clear_override("amy", "ex1")
    assert not store.clear_override("amy", "ex1")
    assert store.overrides() == {}


def test_an_intake_that_fails_changes_nothing(store: Store) -> None:
    """An archive that turns out to be broken half-way leaves the last intake as it was, settings included."""
    take_in(store, handin("amy"), settings={"seed": "1"})

    def broken() -> Iterator[Handin]:
        yield handin("bo")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.take_in([Student(id="bo")], broken(), [], lambda _: "x", {"seed": "2"})
    assert [each.id for each in store.students()] == ["amy"]
    assert waiting(store) == [("amy", "ex1")]
    assert store.settings() == {"seed": "1"}


def test_files_are_kept_once_and_go_when_nobody_has_them(path: Path, store: Store) -> None:
    """A hundred equal files take the room of one; those of an earlier run take none."""
    mate = SourceFile("mine.py", b"M = 1\n")
    take_in(store, *(handin(f"s{nth}") for nth in range(100)), handin("last", source=WRONG, beside=(mate,)))

    def sources() -> set[bytes]:
        with closing(sqlite3.connect(path)) as database:
            return {data for (data,) in database.execute("SELECT data FROM sources")}

    assert sources() == {RIGHT, WRONG, mate.data}
    take_in(store, handin("last", source=WRONG, beside=(mate,)))
    assert sources() == {WRONG, mate.data}
    take_in(store, handin("last", source=WRONG))
    assert sources() == {WRONG}


def test_what_was_not_understood_is_kept_in_order(store: Store) -> None:
    """All of it, in both languages."""
    unread = [Unread(f"{nth}.pdf", Text("no code", "不是代码")) for nth in range(12)]
    store.take_in([], [], unread, lambda _: "", {})
    assert store.unread() == tuple(unread)


def test_hostile_names_are_only_names(store: Store) -> None:
    """Quotes, markup, control characters and NUL neither harm the database nor get lost."""
    names = ["'; DROP TABLE verdicts; --", "=1+1", "<b>", "a\0b", "\u202e", "中" * 200, ""]
    take_in(store, *(handin(name) for name in names))
    for name in names:
        store.record(graded(name))
    assert [each.id for each in store.students()] == names
    for name in names:
        assert [each.student for each in store.kept(name)] == [name]


def write_foreign(path: Path, *, version: int) -> None:
    """Write a database of another program."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE theirs (x)")
        database.execute(f"PRAGMA user_version = {version}")
        database.commit()


def write_newer(path: Path) -> None:
    """Write results of a grader that is to come."""
    with closing(open_database(path)) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        database.execute("PRAGMA journal_mode = DELETE").fetchall()


@pytest.mark.parametrize(
    ("write", "key"),
    [
        (lambda path: path.write_bytes(b"no database, but many bytes " * 100), "batch.store_failed"),
        (lambda path: path.mkdir(), "batch.store_failed"),
        (lambda path: write_foreign(path, version=0), "batch.foreign_database"),
        (lambda path: write_foreign(path, version=SCHEMA_VERSION), "batch.foreign_database"),
        (lambda path: write_foreign(path, version=SCHEMA_VERSION + 1), "batch.foreign_database"),
        (write_newer, "batch.newer_database"),
    ],
)
def test_what_is_not_ours_is_refused_and_left_as_it_was(path: Path, write: Callable[[Path], None], key: str) -> None:
    """No byte of another program's file, or of a newer grader's, changes."""
    write(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(WorkspaceError) as told:
        Store(path)
    assert told.value.key == key
    assert (path.read_bytes() if path.is_file() else None) == before
    assert sorted(each.name for each in path.parent.iterdir()) == [FILE_NAME]


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    """Results are where they seem to be."""
    path.symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(WorkspaceError) as told:
        Store(path)
    assert told.value.key == "workspace.link"
    assert not (tmp_path / "elsewhere.db").exists()


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    """A run that was killed before it had written anything is no obstacle."""
    path.touch()
    with Store(path) as store:
        take_in(store, handin("amy"))
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


def test_damage_inside_is_said(path: Path, store: Store) -> None:
    """A record that cannot be read is an error that names the file."""
    take_in(store, handin("amy"))
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE students SET record = 'x'")
        database.commit()
    with pytest.raises(WorkspaceError) as told:
        store.students()
    assert told.value.key == "batch.store_failed"


def test_reading_needs_no_run_to_end(path: Path, store: Store) -> None:
    """Exports can be made while a run is writing, and show what was kept before."""
    take_in(store, handin("amy"))
    seen = []

    def slow() -> Iterator[Handin]:
        with Store(path) as reader:
            seen.extend(each.student for each in reader.kept())
        yield handin("bo")

    store.take_in([Student(id="bo")], slow(), [], lambda _: "x", {})
    assert seen == ["amy"]


def traced(path: Path) -> tuple[Store, list[str]]:
    """Return a store, and the statements that it makes from now on."""
    statements: list[str] = []

    def connect(place: Path) -> sqlite3.Connection:
        database = open_database(place)
        database.set_trace_callback(statements.append)
        return database

    return Store(path, connect=connect), statements


def plan(path: Path, statement: str) -> list[str]:
    """Return how SQLite goes about a statement."""
    with closing(sqlite3.connect(path)) as database:
        return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {statement}")]


def test_what_is_asked_for_each_file_or_student_is_found_by_index(path: Path) -> None:
    """Nothing that is done once for each of ten thousand files reads all of them."""
    store, statements = traced(path)
    with store:
        take_in(store, *(handin(f"s{nth}", beside=(SourceFile("m.py", b"1"),)) for nth in range(3)))
        begun = len(statements)
        jobs = store.jobs()
        next(jobs)
        assert len(statements) > begun + 1
        # The first is the list of all that wait, made once.
        each = statements[begun + 1 :]
        begun = len(statements)
        store.record(graded("s1"))
        list(store.kept("s1"))
        store.override("s1", "ex1", Override(1.0, "x", "x"))
        each += statements[begun:]
        begun = len(statements)
        store.pending()
        list(store.kept())
        once = statements[begun:]
    assert len(each) == 5
    for statement in each:
        assert not any(step.startswith("SCAN") for step in plan(path, statement)), statement
    for statement in once:
        # One pass over the files, in which each verdict is found by index.
        assert len([step for step in plan(path, statement) if step.startswith("SCAN")]) == 1, statement


def test_taking_in_costs_as_much_for_each_file_however_many(path: Path) -> None:
    """Statements grow with the files and no faster, and none that is made for each of them reads a table."""
    store, statements = traced(path)
    counts = []
    with store:
        for size in (50, 500):
            before = len(statements)
            take_in(store, *(handin(f"s{nth}", source=str(nth).encode()) for nth in range(size)))
            counts.append(len(statements) - before)
        inserts = {each for each in statements if each.startswith("INSERT")}
    assert counts[1] <= 10 * counts[0]
    assert not any(step.startswith("SCAN") for each in sorted(inserts)[:20] for step in plan(path, each))


def open_when_all_are_there(path: Path, barrier: Barrier) -> None:
    """Open and close the results in `path`; an error ends the process with a status other than 0."""
    barrier.wait()
    Store(path).close()


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_several_may_open_it_at_once(tmp_path: Path) -> None:
    """Whoever comes while the tables are being made waits, and takes them for nobody else's."""
    forking = multiprocessing.get_context("fork")
    for number in range(20):
        barrier = forking.Barrier(4)
        target = (tmp_path / f"{number}.db", barrier)
        processes = [forking.Process(target=open_when_all_are_there, args=target) for _ in range(4)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0] * 4


def test_the_digest_tells_results_apart(store: Store) -> None:
    """Every change of what an export says changes it, and a new intake that finds the same does not."""
    seen = set()

    def is_new() -> bool:
        digest = store.digest()
        is_known = digest in seen
        seen.add(digest)
        return not is_known

    found = (handin("amy"), handin("bo"))
    take_in(store, *found, settings={"lang": "en", "at": "1"})
    assert is_new()
    take_in(store, *found, settings={"lang": "en", "at": "2"})
    assert not is_new()
    store.record(graded("amy"))
    assert is_new()
    store.override("amy", "ex1", Override(7.0, "by mail", "2026-01-01"))
    assert is_new()
    store.override("amy", "ex1", Override(7.0, "by phone", "2026-01-01"))
    assert is_new()
    take_in(store, handin("amy"), settings={"lang": "en"}, more=("bo",))
    assert is_new()
    take_in(store, handin("amy"), settings={"lang": "zh"}, more=("bo",))
    assert is_new()
    take_in(store, handin("amy"), settings={"lang": "zh"}, more=("bo", "cy"))
    assert is_new()
