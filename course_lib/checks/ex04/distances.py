"""Task 1: how many steps lie between a source word going in and its translation coming out."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, close, number, parts
from course_lib.checks.task import Case, Mistake, Property, Task

NAMES = ("mean", "shortest")
Links = tuple[tuple[int, int], ...]
Pair = tuple[float, float]
Count = Callable[[int, int, int, bool], float]
"""count(source position, target position, length, backward) is the steps between the two."""


def steps(i: int, j: int, length: int, backward: bool) -> int:
    """Return the steps from reading word i to writing word j: words left to read, then to write."""
    return (i if backward else length - 1 - i) + j + 1


def distances(links: Links, length: int, backward: bool) -> Pair:
    """Return (mean, shortest) over the links. Source: chapter 04, "Turn the source round"."""
    return _over(steps, links, length, backward)


def _over(count: Count, links: Links, length: int, backward: bool) -> Pair:
    found = [count(i, j, length, backward) for i, j in links]
    return float(np.mean(found)), float(min(found))


def _copies(backward: bool) -> Callable[[np.random.Generator], list[Case]]:
    def cases(rng: np.random.Generator) -> list[Case]:
        sizes = (4, 1, int(rng.integers(5, 12)))
        return [Case("distances", (tuple((i, i) for i in range(n)), n, backward)) for n in sizes]

    return cases


def _links(rng: np.random.Generator, length: int, words: int) -> Links:
    """Return links of some source words, out of order, two of them to one target word."""
    sources = rng.choice(length, words, replace=False).tolist()
    targets = [*range(1, words), int(rng.integers(1, words))]
    return tuple(sorted(zip(sources, targets, strict=True)))


def _reordered(rng: np.random.Generator) -> list[Case]:
    hand = ((1, 1), (0, 2), (3, 0))  # the first is neither the longest nor the shortest
    drawn = [_links(rng, int(rng.integers(8, 14)), 6) for _ in range(2)]
    return [
        Case("distances", (links, length, backward))
        for links, length in ((hand, 5), (drawn[0], 14), (drawn[1], 17))
        for backward in (False, True)
    ]


def _judge(index: int) -> Callable[[Any, Pair, Case], None]:
    def judge(value: Any, expected: Pair, case: Case) -> None:
        got = number(parts(value, NAMES)[index], NAMES[index])
        if not close(got, expected[index]):
            way = "backward" if case.args[2] else "forward"
            raise Complaint(
                f"{NAMES[index]}, read {way}: you returned {got:.5g}, "
                f"expected {expected[index]:.5g}."
            )

    return judge


def _both(value: Any, expected: Pair, case: Case) -> None:
    _judge(0)(value, expected, case)
    _judge(1)(value, expected, case)


def _counting(count: Count) -> Callable[..., Pair]:
    return lambda *args: _over(count, *args)


def _instead(mean: Callable | None = None, shortest: Callable | None = None) -> Callable[..., Pair]:
    def wrong(links: Links, length: int, backward: bool) -> Pair:
        found = [steps(i, j, length, backward) for i, j in links]
        right = distances(links, length, backward)
        return (mean(found) if mean else right[0]), (shortest(found) if shortest else right[1])

    return wrong


def _exchanged(links: Links, length: int, backward: bool) -> Pair:
    if backward:
        raise ValueError("here it can't be told from reading forward whatever is asked")
    return distances(links, length, True)


def _exchanged_links(links: Links, length: int, backward: bool) -> Pair:
    return distances(tuple((j, i) for i, j in links), length, backward)


def _per_word(links: Links, length: int, backward: bool) -> Pair:
    mean, shortest = distances(links, length, backward)
    return mean * len(links) / length, shortest


MISTAKES = (
    Mistake(
        _exchanged_links,
        "The two numbers of a link have changed places: it is (source position, target position).",
    ),
    Mistake(
        _counting(lambda i, j, n, backward: steps(i, n - 1 - j if backward else j, n, backward)),
        "The target was turned round too. It is written from its first word on, whichever way the "
        "source is read.",
    ),
    Mistake(
        _exchanged,
        "This is the distance read backward. Read forward, the last word is read last, and has the "
        "fewest words left to read.",
    ),
    Mistake(
        lambda links, length, backward: distances(links, length, False),
        "This is the distance read forward. Read backward, word 0 is read last, and has no word "
        "left to read.",
    ),
    Mistake(
        _counting(lambda i, j, n, backward: abs(i - j)),
        "This is how far the positions are apart in their sentences. Count steps of time: first "
        "the source is read to its end, then the target is written.",
    ),
    Mistake(
        _counting(lambda i, j, n, backward: steps(i, j, n, backward) - 1),
        "One step too few. Writing the word itself is a step: from the last word read to the first "
        "word written it is 1.",
    ),
    Mistake(
        _counting(lambda i, j, n, backward: steps(i, j, n, backward) + 1),
        "One step too many. Positions count from 0: after word length - 1 nothing is left to read.",
    ),
    Mistake(
        _counting(lambda i, j, n, backward: i if backward else n - 1 - i),
        "These are the words left to read. The words to write up to this one come on top.",
    ),
    Mistake(
        _counting(lambda i, j, n, backward: j + 1),
        "These are the words to write. The words left to read come first.",
    ),
)
VALUES = (
    Mistake(_instead(mean=sum), "This is the sum. Divide by the number of links."),
    Mistake(
        _instead(mean=np.median), "This is the median. The task asks for the mean over the links."
    ),
    Mistake(
        _per_word,
        "This divides by the number of source words. The task asks for the mean over the links.",
    ),
    Mistake(
        _instead(mean=lambda found: sum(found) // len(found)),
        "The mean was rounded down: // gives a whole number. Divide with /.",
    ),
    Mistake(
        lambda *args: distances(*args)[::-1],
        "mean and shortest have changed places. Return (mean, shortest).",
    ),
    Mistake(_instead(shortest=max), "This is the longest distance. The shortest is asked for."),
    Mistake(
        _instead(shortest=lambda found: found[0]),
        "This is the distance of the first link. It need not be the shortest.",
    ),
)

TASK = Task(
    "ex04.1",
    "Task 1, from the word read to the word written",
    {"distances": (("links", "length", "backward"), distances)},
    (
        Property(
            "a copy, read forward",
            1,
            _copies(False),
            _both,
            "Hint 1 under the task.",
            (*MISTAKES, *VALUES),
        ),
        Property(
            "a copy, read backward",
            1,
            _copies(True),
            _both,
            "Hint 2 under the task.",
            (*MISTAKES, *VALUES),
        ),
        Property(
            "the mean, where words change places",
            1,
            _reordered,
            _judge(0),
            "Hint 1 under the task.",
            (*MISTAKES, *VALUES),
        ),
        Property(
            "the shortest, where words change places",
            1,
            _reordered,
            _judge(1),
            "Hint 1 under the task.",
            (*MISTAKES, *VALUES),
        ),
    ),
)
