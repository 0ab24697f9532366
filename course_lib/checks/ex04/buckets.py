"""Task 2: the share of right translations by source length. A variant has other ranges."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, compare_number, kind, short
from course_lib.checks.task import Case, Mistake, Property, Task

Row = tuple[int, float | None, float | None]
Inside = Callable[[np.ndarray, int, int, int], np.ndarray]
"""inside(lengths, low, high, first edge) says which sentences are in a range."""

RANGES: dict[str, Inside] = {
    "": lambda lengths, low, high, first: (lengths > low) & (lengths <= high),
    "left": lambda lengths, low, high, first: (lengths >= low) & (lengths < high),
    "upto": lambda lengths, low, high, first: (lengths > first) & (lengths <= high),
}
HERE = {
    "": "Here a range holds what is above its lower edge, and its upper edge itself.",
    "left": "Here a range holds its lower edge itself, and what is below its upper edge.",
    "upto": "Here every range begins at the first edge: it holds all up to its upper edge.",
}


def share_by_length(
    inside: Inside, lengths: np.ndarray, right: np.ndarray, edges: Sequence[int]
) -> list[Row]:
    """Return (count, share, standard error) of each range; (0, None, None) of an empty one.

    lengths (N,) and right (N,) bool, one a sentence. The error is sqrt(r (1 - r) / n).
    """
    rows: list[Row] = []
    for low, high in itertools.pairwise(edges):
        mine = right[inside(lengths, low, high, edges[0])]
        n, r = len(mine), float(mine.mean()) if len(mine) else None
        rows.append((n, r, None if r is None else math.sqrt(r * (1 - r) / n)))
    return rows


def _inner(rng: np.random.Generator) -> list[Case]:
    """Return sentences whose lengths are on no edge."""
    cases = []
    for edges, sentences in (((0, 10, 20), 3), ((0, 10, 20), 40), ((0, 5, 15, 25), 40)):
        lengths = [n for n in range(1, edges[-1]) if n not in edges]
        cases.append(_mixed(rng, edges, [int(rng.choice(lengths)) for _ in range(sentences)]))
    return cases


def _on_edges(rng: np.random.Generator) -> list[Case]:
    """Return sentences on the edges, and some outside of all ranges."""
    cases = []
    for edges in ((0, 10, 20), (4, 8, 16)):
        lengths = [
            *edges * 4,
            edges[-1] + 3,
            edges[-1] + 1,
            edges[0] + 1,
            edges[1] - 1,
            edges[1] + 1,
        ]
        cases.append(_mixed(rng, edges, [n for n in lengths if n]))
    return cases


def _mixed(rng: np.random.Generator, edges: tuple[int, ...], lengths: list[int]) -> Case:
    """Return the case with sentences right and wrong, so that no share of a range is 0 or 1."""
    lengths = [*lengths, *(edge + 1 for edge in edges[:-1] for _ in range(2))]
    right = rng.random(len(lengths)) < 0.6
    right[-2 * (len(edges) - 1) :] = [True, False] * (len(edges) - 1)
    order = rng.permutation(len(lengths))
    return Case("share_by_length", (np.array(lengths)[order], right[order], edges))


def _gaps(rng: np.random.Generator) -> list[Case]:
    """Return sentences that leave the first range empty."""
    lengths = np.array([31, 36, 33, 38] + [35] * int(rng.choice([3, 5])))
    right = np.arange(len(lengths)) % 2 == 0
    return [Case("share_by_length", (lengths, right, (20, 30, 40)))]


def _rows(value: Any, count: int) -> list[tuple]:
    if type(value) not in (list, tuple) or len(value) != count:
        raise Complaint(
            f"{count + 1} edges make {count} ranges, so a list of {count} rows (count, share, "
            f"error) is expected, and a {kind(value)} came: {short(value)}."
        )
    for k, row in enumerate(value):
        if type(row) not in (list, tuple) or len(row) != 3:
            raise Complaint(f"Row {k} should be (count, share, error), and is {short(row)}.")
    return list(value)


def _judge(*columns: int) -> Callable[[Any, list[Row], Case], None]:
    def judge(value: Any, expected: list[Row], case: Case) -> None:
        edges = case.args[2]
        for k, (row, right) in enumerate(zip(_rows(value, len(edges) - 1), expected, strict=True)):
            for column in columns:
                name = f"{('count', 'share', 'error')[column]} of {edges[k]} to {edges[k + 1]}"
                compare_number(row[column], right[column], name)

    return judge


def _changed(option: str, change: Callable[[int, float], Row]) -> Callable[..., list[Row]]:
    """Return what someone returns who makes rows by change(count, share)."""

    def wrong(lengths: np.ndarray, right: np.ndarray, edges: Sequence[int]) -> list[Row]:
        rows = share_by_length(RANGES[option], lengths, right, edges)
        return [row if row[1] is None else change(row[0], row[1]) for row in rows]

    return wrong


def _of_all(option: str) -> Callable[..., list[Row]]:
    def wrong(lengths: np.ndarray, right: np.ndarray, edges: Sequence[int]) -> list[Row]:
        rows = share_by_length(RANGES[option], lengths, right, edges)
        shares = [(n, (r or 0) * n / len(lengths)) for n, r, _ in rows]
        return [(n, r, math.sqrt(r * (1 - r) / n) if n else None) for n, r in shares]

    return wrong


def _of_right(option: str) -> Callable[..., list[Row]]:
    def wrong(lengths: np.ndarray, right: np.ndarray, edges: Sequence[int]) -> list[Row]:
        rows = share_by_length(RANGES[option], lengths, right, edges)
        shares = [(n, (r or 0) * n / right.sum()) for n, r, _ in rows]
        return [(n, r, math.sqrt(r * (1 - r) / n) if n else None) for n, r in shares]

    return wrong


def _histogram(lengths: np.ndarray, right: np.ndarray, edges: Sequence[int]) -> list[Row]:
    """Return what someone gets who counts with np.histogram: its last range has both edges."""
    last = np.where(lengths == edges[-1], lengths - 1, lengths)
    return share_by_length(RANGES["left"], last, right, edges)


def _error(option: str, error: Callable[[float, int], float]) -> Callable[..., list[Row]]:
    return _changed(option, lambda n, r: (n, r, error(r, n)))


def _others(option: str) -> tuple[Mistake, ...]:
    return tuple(
        Mistake(
            lambda *args, inside=inside: share_by_length(inside, *args),
            f"The ranges are cut at other places. {HERE[option]}",
        )
        for name, inside in RANGES.items()
        if name != option
    )


def _edges(option: str) -> tuple[Mistake, ...]:
    def both(lengths: np.ndarray, low: int, high: int, first: int) -> np.ndarray:
        return (lengths >= low) & (lengths <= high)

    def none(lengths: np.ndarray, low: int, high: int, first: int) -> np.ndarray:
        return (lengths > low) & (lengths < high)

    return (
        Mistake(
            lambda *args: share_by_length(both, *args),
            f"A sentence on an edge is counted in both of its ranges. {HERE[option]}",
        ),
        Mistake(
            lambda *args: share_by_length(none, *args),
            f"A sentence on an edge is counted nowhere. {HERE[option]}",
        ),
        Mistake(
            _histogram,
            f"np.histogram cuts at other places, and its last range has both edges. {HERE[option]}",
        ),
    )


def _shares(option: str) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _changed(option, lambda n, r: (n, 100 * r, math.sqrt(r * (1 - r) / n))),
            "This is in per cent. A share lies between 0 and 1.",
        ),
        Mistake(
            _changed(option, lambda n, r: (n, 1 - r, math.sqrt(r * (1 - r) / n))),
            "This is the share of wrong translations.",
        ),
        Mistake(
            _changed(option, lambda n, r: (n, r * n, math.sqrt(r * (1 - r) / n))),
            "This is how many are right. Divide by the number of sentences in the range.",
        ),
        Mistake(
            _of_all(option),
            "The right ones of a range were divided by all sentences. Divide by the range's own.",
        ),
        Mistake(
            _of_right(option),
            "The right ones of a range were divided by all right ones. Divide by the number of "
            "sentences in the range.",
        ),
    )


def _errors(option: str) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _error(option, lambda r, n: math.sqrt(r * (1 - r))),
            "This is the spread of one sentence. The mean of n has it divided by √n.",
        ),
        Mistake(
            _error(option, lambda r, n: math.sqrt(r * (1 - r)) / n),
            "The error falls with √n, not with n.",
        ),
        Mistake(
            _error(option, lambda r, n: r * (1 - r) / n),
            "This is the variance of the share. The standard error is its square root.",
        ),
        Mistake(
            _error(option, lambda r, n: math.sqrt(r / n)),
            "The factor 1 - r is missing: a share of 1 has no error.",
        ),
        Mistake(
            _error(option, lambda r, n: math.sqrt(r * (1 - r) / (n - 1)) if n > 1 else 0.0),
            "This divides by n - 1. The task asks for r (1 - r) / n.",
        ),
    )


def _empty(option: str) -> Mistake:
    def zeros(*args: Any) -> list[Row]:
        rows = share_by_length(RANGES[option], *args)
        return [row if row[0] else (0, 0.0, 0.0) for row in rows]

    return Mistake(
        zeros,
        "A range without a sentence has no share. 0 would say that all of them are wrong: return "
        "(0, None, None).",
    )


WHY = "A range may hold no sentence. Look before you divide, and return (0, None, None)."


def _properties(option: str) -> tuple[Property, ...]:
    others, shares, errors = _others(option), _shares(option), _errors(option)
    known = (*others, *_edges(option), *shares)
    hint = "Hint {} under the task.".format
    return (
        Property("the share of each range", 1, _inner, _judge(1), hint(1), (*shares, *others)),
        Property("lengths on the edges, and outside", 1, _on_edges, _judge(0, 1), hint(2), known),
        Property("the standard error", 2, _inner, _judge(2), hint(3), (*errors, *others)),
        Property(
            "a range without a sentence",
            1,
            _gaps,
            _judge(0, 1, 2),
            hint(4),
            (_empty(option), *known, *errors),
            {"ZeroDivisionError": WHY, "NotANumber": WHY},
        ),
    )


def task(option: str = "") -> Task:
    """Return the task, or with the name of an option its alternative."""
    names = ("lengths", "right", "edges")
    return Task(
        f"ex04.2/{option}" if option else "ex04.2",
        "Task 2, the share of right translations by length",
        {"share_by_length": (names, lambda *args: share_by_length(RANGES[option], *args))},
        _properties(option),
    )


TASK = task()
OTHERS = (task("left"), task("upto"))
