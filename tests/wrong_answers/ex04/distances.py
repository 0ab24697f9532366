"""Exercise 04, task 1: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import statistics

import numpy as np
import torch

from wrong_answers import Right, Wrong


def steps(i, j, length, backward):
    return (i + 1 if backward else length - i) + j


def distances_loop(links, length, backward):
    found = []
    for i, j in links:
        left = i if backward else length - 1 - i
        found.append(left + j + 1)
    return sum(found) / len(found), min(found)


def distances_numpy(links, length, backward):
    i, j = np.array(links).T
    left = i if backward else length - 1 - i
    return (left + j + 1).mean(), (left + j + 1).min()


def distances_torch(links, length, backward):
    i, j = torch.tensor(links, dtype=torch.float64).unbind(dim=1)
    order = torch.arange(length).flip(0) if backward else torch.arange(length)
    read_at = order[i.long()]
    found = (length + j) - read_at
    return found.mean(), found.min()


def counted(count):
    """Return the function of someone who counts the steps by count(i, j, length, backward)."""

    def distances(links, length, backward):
        found = [count(i, j, length, backward) for i, j in links]
        return statistics.mean(found), min(found)

    return distances


def taken(mean=statistics.mean, shortest=min):
    """Return the function of someone who takes another mean or another shortest."""

    def distances(links, length, backward):
        found = [steps(i, j, length, backward) for i, j in links]
        return mean(found), shortest(found)

    return distances


def per_word(links, length, backward):
    mean, shortest = distances_loop(links, length, backward)
    return mean * len(links) / length, shortest


def turned_pair(links, length, backward):
    return distances_loop(links, length, backward)[::-1]


def mean_only(links, length, backward):
    return distances_loop(links, length, backward)[0]


COUNTS = {
    "exchanged": (
        lambda i, j, n, back: steps(i, j, n, not back),
        "read backward. Read forward",
        {0, 1, 2, 3},
    ),
    "one way": (lambda i, j, n, back: steps(i, j, n, False), "word 0 is read last", {1, 2, 3}),
    "positions": (lambda i, j, n, back: abs(i - j), "positions are apart", {0, 1, 2, 3}),
    "one less": (lambda i, j, n, back: steps(i, j, n, back) - 1, "too few", {0, 1, 2, 3}),
    "one more": (lambda i, j, n, back: steps(i, j, n, back) + 1, "too many", {0, 1, 2, 3}),
    "reading": (lambda i, j, n, back: i if back else n - 1 - i, "left to read", {0, 1, 2, 3}),
    "links turned": (
        lambda i, j, n, back: steps(j, i, n, back),
        "(source position, target position)",
        {2, 3},
    ),
    "both turned": (
        lambda i, j, n, back: steps(i, n - 1 - j if back else j, n, back),
        "The target was turned round too",
        {1, 2, 3},
    ),
    "writing": (lambda i, j, n, back: j + 1, "words to write", {0, 1, 2, 3}),
}

ANSWERS = [
    Right("loop", "ex04.1", (distances_loop,)),
    Right("numpy", "ex04.1", (distances_numpy,)),
    Right("torch, by time", "ex04.1", (distances_torch,)),
    *(Wrong(n, "ex04.1", (counted(f),), says, loses) for n, (f, says, loses) in COUNTS.items()),
    Wrong("sum", "ex04.1", (taken(mean=sum),), "This is the sum", {0, 1, 2}),
    Wrong("median", "ex04.1", (taken(mean=statistics.median),), "This is the median", {2}),
    Wrong("longest", "ex04.1", (taken(shortest=max),), "the longest distance", {1, 3}),
    Wrong("first", "ex04.1", (taken(shortest=lambda f: f[0]),), "of the first link", {3}),
    Wrong("a source word", "ex04.1", (per_word,), "number of source words", {2}),
    Wrong("whole", "ex04.1", (taken(mean=lambda f: sum(f) // len(f)),), "was rounded down", {2}),
    Wrong("pair turned", "ex04.1", (turned_pair,), "Return (mean, shortest)", {1, 2, 3}),
    Wrong("mean only", "ex04.1", (mean_only,), "(mean, shortest)", {0, 1, 2, 3}),
]
