"""Exercise 2: count words."""


def tally(words: list[str]) -> dict[str, int]:
    """Return how often each word is there."""
    raise NotImplementedError
