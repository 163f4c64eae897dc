from collections import Counter


def tally(words):
    return dict(Counter(words))
