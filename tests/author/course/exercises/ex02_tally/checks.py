"""Checks of the tally."""

from __future__ import annotations

from grader.judge import Draw, Student, check, expect

WORDS = ("tensor", "Tensor", "graph", "leaf", "grad")


@check(zh="每个单词都按出现次数计数")
def test_counts(student: Student, draw: Draw) -> None:
    """Each word is counted as often as it is there."""
    # Two of each at least, so that a seed cannot make a count of one right by chance.
    words = [*WORDS, *WORDS, *(draw.choice(WORDS) for _ in range(8))]
    due = {word: words.count(word) for word in words}
    came = student.tally(words)
    expect(came == due, f"{due} is due, but {came} came back.", f"应为 {due}，得到的却是 {came}。")


@check(zh="没有单词时是空字典", needs=("test_counts",))
def test_nothing(student: Student) -> None:
    """Without words the dict is empty."""
    came = student.tally([])
    expect(came == {}, f"An empty dict is due, but {came} came back.", f"应为空字典，得到的却是 {came}。")
