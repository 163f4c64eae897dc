"""Count words."""


def tally(words: list[str]) -> dict[str, int]:
    """Return how often each word is there."""
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts
