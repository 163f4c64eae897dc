"""Wrong tallies."""

from __future__ import annotations

from grader.judge import Text, mistake


@mistake(
    "tally", title=Text("Each word counts once", "每个词只计一次"), advice=Text("Add one each time.", "每次都加一。")
)
def once(words: list[str]) -> dict[str, int]:
    """Count every word as one."""
    return dict.fromkeys(words, 1)


@mistake(
    "tally", title=Text("Counting begins at zero", "从零开始计数"), advice=Text("The first is one.", "第一个就是一。")
)
def from_zero(words: list[str]) -> dict[str, int]:
    """Miss the first of each."""
    return {word: words.count(word) - 1 for word in words}


@mistake(
    "tally",
    title=Text("Capitals are ignored", "忽略了大小写"),
    advice=Text("Leave words as they are.", "单词保持原样。"),
)
def lowered(words: list[str]) -> dict[str, int]:
    """Make all words lower-case."""
    words = [word.lower() for word in words]
    return {word: words.count(word) for word in words}
