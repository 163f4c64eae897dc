"""Verification: a sound exercise is proven, and each planted fault is found."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from grader.author.proofs import Effort, MistakeProof, Piece, Verification, merged
from grader.author.running import verify
from grader.author.verify import pieces_of
from grader.course import load_course
from grader.errors import CourseError
from tests.author.planting import rewrite

if TYPE_CHECKING:
    from pathlib import Path

    from tests.author.conftest import Verify


def test_sound_exercise_is_proven(verified: Verify) -> None:
    """Nothing is left to mend, and everything was tried."""
    found = verified(seeds=3, mutants=True)
    assert found.proven, found
    assert (found.exercise, found.name, found.stub) == ("ex1", "ex01_celsius", "not_started")
    assert [(each.file, each.seeds) for each in found.solutions] == [
        ("solutions/ex01_celsius.py", 3),
        ("exercises/ex01_celsius/right/ratio.py", 3),
    ]
    assert [(each.id, each.named) for each in found.mistakes] == [("no_offset", 3), ("offset_last", 3), ("inverted", 3)]
    assert found.mutants.total == found.mutants.killed > 5


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("task.zh.md", "返回", "", ""),
        ("task.zh.md", None, "# In English\n", "task.zh.md: the Chinese text is not in Chinese."),
        ("after.en.md", None, " \n", "after.en.md: nothing is written here."),
        ("stub.py", "def celsius", "def kelvin", "stub.py does not define celsius"),
        ("hints.toml", 'zh = "先减，再乘。"', 'zh = "Subtract"', "hints.toml:6: the Chinese text"),
        ("hints.toml", 'article = "none"\n', "", "hints.toml:1: "),
        ("checks.py", "水在 32 °F 结冰", "Freezing", "checks.py:16: the Chinese text"),
        ("checks.py", '    """Water freezes at 32 °F."""\n', "", "test_freezing has no docstring"),
        ("checks.py", '("test_values",)', '("test_value",)', "test_freezing needs test_value, which is no check."),
        ("mistakes.py", '"漏了 32"', '"32"', "mistakes.py:9: the Chinese text"),
        ("mistakes.py", '"The 32 is forgotten"', '""', "mistakes.py:9: nothing is written here."),
        ("mistakes.py", '"celsius", title=Text("The ratio', '"kelvin", title=Text("The ratio', "stands in for kelvin"),
        ("checks.py", "from grader.judge import", "from grader.jugde import", "checks.py: cannot be run: Mod"),
        ("task.en.md", "# Degrees", "# ✎ Degrees", "task.en.md:1 still holds the text of the template (1 × ✎)."),
    ],
)  # fmt: skip
def test_fault_of_a_file_is_named(
    verified: Verify, first: Path, file: str, old: str | None, new: str, said: str
) -> None:
    """What is missing or half done in a file is told with its place."""
    if old is None:
        (first / file).write_text(new, encoding="utf-8")
    else:
        rewrite(first / file, old, new)
    found = verified()
    assert any(said in text for text in found.texts) if said else not found.texts
    assert found.proven == (not said)


def test_faults_speak_the_readers_language(verified: Verify, first: Path) -> None:
    """In Chinese the faults are told in Chinese."""
    (first / "after.zh.md").unlink()
    assert verified(lang="zh").texts == ["缺少 exercises/ex01_celsius/after.zh.md。"]


def test_few_mistakes_and_right_solutions(verified: Verify, copied: Path) -> None:
    """A course says how many it wants of each."""
    rewrite(copied / "exercises" / "course.toml", "mistakes = 3, right = 1", "mistakes = 4, right = 2")
    texts = verified().texts
    assert "names 3 mistakes; this course asks for 4" in texts[0]
    assert "has 1 right solutions beside the reference; this course asks for 2" in texts[1]


def test_plot_that_fails(verified: Verify, first: Path) -> None:
    """A plot must be able to draw the reference."""
    (first / "plot.py").write_text("def plot(student, draw):\n    return 3\n", encoding="utf-8")
    (text,) = verified().texts
    assert "plot.py: cannot be run" in text


def test_stub_that_passes(verified: Verify, first: Path) -> None:
    """A stub that is the answer already is found."""
    rewrite(first / "stub.py", "raise NotImplementedError", "return (fahrenheit - 32) * 5 / 9")
    found = verified()
    assert found.stub == "passed"
    assert found.to_mend == 1


def test_right_solution_that_fails_at_some_seeds(verified: Verify, first: Path) -> None:
    """A solution that a check rejects now and then is found, with the seed and what was said."""
    wrong = "def celsius(f):\n    return (f - 32) / 1.8 if f < 330 else 0.0\n"
    (first / "right" / "sometimes.py").write_text(wrong, encoding="utf-8")
    found = verified(seeds=6)
    solution = found.solutions[-1]
    assert 0 < solution.rejected < solution.seeds == 6
    assert "test_values (failed): " in solution.faults[0]
    assert (found.to_mend, found.proven) == (1, False)


def test_right_solution_that_cannot_be_loaded(verified: Verify, first: Path) -> None:
    """A solution with a fault in its syntax is rejected with its path, and the rest is still verified."""
    (first / "right" / "broken.py").write_text("def celsius(f) return f\n", encoding="utf-8")
    found = verified()
    broken = next(each for each in found.solutions if each.file.endswith("broken.py"))
    assert broken.rejected == broken.seeds == 2
    assert "broken.py: cannot be run: SyntaxError" in broken.faults[0]
    assert sum(each.is_proven for each in found.mistakes) == 3


def test_mistake_that_passes(verified: Verify, first: Path) -> None:
    """A mistake that no check rejects is found."""
    rewrite(first / "mistakes.py", "(fahrenheit - 32) * 9 / 5", "(fahrenheit - 32) / 1.8")
    found = verified()
    (passing,) = [each for each in found.mistakes if not each.is_proven]
    assert (passing.id, passing.rejected, passing.diagnosed) == ("inverted", 0, {"nothing": 2})


def test_mistake_that_is_diagnosed_as_another(verified: Verify, first: Path) -> None:
    """Two mistakes that behave alike cannot both be named."""
    rewrite(first / "mistakes.py", "(fahrenheit - 32) * 9 / 5", "fahrenheit / 1.8")
    found = verified()
    (twin,) = [each for each in found.mistakes if not each.is_proven]
    assert twin.rejected == twin.seeds == 2
    assert twin.diagnosed == {("no_offset" if twin.id == "inverted" else "inverted"): 2}


def test_surviving_mutant(verified: Verify, first: Path) -> None:
    """A change of the reference that no check rejects is found by its name."""
    rewrite(first / "checks.py", "(fahrenheit - 32) * 5 / 9)", "(fahrenheit - 32) * 5 / 9, atol=3.0)")
    rewrite(first / "checks.py", "32.0), 0.0)", "32.0), 0.0, atol=3.0)")
    found = verified(mutants=True)
    name = "celsius: return (fahrenheit - «32 → 33») * 5 / 9"
    assert found.mutants.survivors == [name]
    excuse = f'[[equivalent]]\nmutant = "{name}"\nreason = "a degree more or less"\n'
    (first / "mutants.toml").write_text(excuse, encoding="utf-8")
    found = verified(mutants=True)
    assert found.mutants.excused == {name: "a degree more or less"}
    assert found.proven


def test_needless_excuses(verified: Verify, first: Path) -> None:
    """An excuse for a mutant that is killed, or is not there, is found."""
    killed, gone = "celsius: return (fahrenheit - «32 → 33») * 5 / 9", "celsius: gone"
    excuses = [f'[[equivalent]]\nmutant = "{name}"\nreason = "none"\n' for name in (killed, gone)]
    (first / "mutants.toml").write_text("".join(excuses), encoding="utf-8")
    found = verified(mutants=True)
    assert found.mutants.needless == [killed, gone]
    assert found.to_mend == 2


def test_broken_excuses_say_file_and_line(verified: Verify, first: Path) -> None:
    """A fault of mutants.toml is told with its place."""
    (first / "mutants.toml").write_text('\n[[equivalent]]\nmutant = "x"\n', encoding="utf-8")
    (text,) = verified(mutants=True).texts
    assert "mutants.toml:2: " in text


def test_module_that_cannot_be_preloaded(verified: Verify, copied: Path) -> None:
    """A preload that does not exist is a fault of the course, with the exercise's name."""
    rewrite(copied / "exercises" / "course.toml", 'fill = ["celsius"]', 'fill = ["celsius"], preload = ["no.such"]')
    with pytest.raises(CourseError, match="ex01_celsius"):
        verified()


def test_processes_find_the_same(copied: Path) -> None:
    """Two processes find what one does, in the order of the course, and tell how far they are."""
    course = load_course(copied)
    effort = Effort(right_seeds=3, mistake_seeds=3)
    told: list[tuple[str, int, int]] = []
    alone = list(verify(course, course.exercises, effort=effort))
    shared = verify(
        course, course.exercises, effort=effort, jobs=2, on_progress=lambda *each: told.append((each[0].id, *each[1:]))
    )
    assert list(shared) == alone
    for exercise in course.exercises:
        total = len(pieces_of(exercise, effort))
        assert [done for id_, done, of in told if id_ == exercise.id and of == total] == list(range(1, total + 1))


def test_process_that_dies(copied: Path, first: Path) -> None:
    """A right solution that ends the process costs itself, not the verification."""
    (first / "right" / "exits.py").write_text("import os\n\nos._exit(7)\n", encoding="utf-8")
    course = load_course(copied)
    found, other = verify(course, course.exercises, effort=Effort(right_seeds=2, mistake_seeds=2), jobs=2)
    exits = next(each for each in found.solutions if each.file.endswith("exits.py"))
    assert exits.rejected == 2
    assert "died with status 7" in exits.faults[0]
    assert found.to_mend == 1
    assert other.proven
    # All were waited for: none is left to bury.
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_pieces_cover_every_seed_once(copied: Path) -> None:
    """However many seeds there are, each right solution and all mistakes meet each of them once."""
    exercise = load_course(copied).exercises[0]
    pieces = pieces_of(exercise, Effort(right_seeds=61, mistake_seeds=10, mutants=False))

    def seeds(kind: str, subject: str) -> list[int]:
        mine = [each for each in pieces if (each.kind, each.subject) == (kind, subject)]
        return [seed for each in mine for seed in range(each.first_seed, each.first_seed + each.seeds)]

    assert seeds("mistakes", "") == list(range(10))
    for path in {each.subject for each in pieces if each.kind == "solution"}:
        assert seeds("solution", path) == list(range(61))
    assert not [each for each in pieces if each.kind == "mutant"]
    assert isinstance(pieces[0], Piece)


def test_parts_add_up() -> None:
    """What the pieces found of one mistake is added."""
    parts = [
        Verification(
            exercise="ex1",
            name="ex01_a",
            mistakes=[MistakeProof(id="m", seeds=2, rejected=2, diagnosed=named, failed_checks={"test_a": 2})],
        )
        for named in ({"m": 2}, {"m": 1, "n": 1})
    ]
    (found,) = merged(parts).mistakes
    assert (found.seeds, found.rejected, found.named) == (4, 4, 3)
    assert found.diagnosed == {"m": 3, "n": 1}
    assert not found.is_proven
