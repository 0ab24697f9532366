"""Task 6: the source length at which half of the translations are still right."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, compare_number, kind, parts, short
from course_lib.checks.task import Case, Mistake, Property, Task

NAMES = ("halves", "mean", "spread")
Result = tuple[list[float | None], float | None, float | None]
Numbers = Callable[[np.ndarray, np.ndarray, np.ndarray], Any]
"""numbers(halves, lengths, shares) is what someone computes for a mean or a spread."""


def half_length(lengths: np.ndarray, shares: np.ndarray) -> Result:
    """Return where each seed's share falls to a half, and mean and spread over the seeds.

    lengths (P,), shares (seeds, P). None of a seed that never falls below a half, and then also
    as mean and spread. Between two points the curve is a straight line.
    """
    halves = [_half(lengths, row) for row in shares]
    found = [half for half in halves if half is not None]
    if len(found) < len(halves):
        return halves, None, None
    return halves, float(np.mean(found)), float(np.std(found, ddof=1))


def _half(lengths: np.ndarray, row: np.ndarray) -> float | None:
    below = np.flatnonzero(row < 0.5)
    if not below.size:
        return None
    k = int(below[0])
    part = (row[k - 1] - 0.5) / (row[k - 1] - row[k])
    return float(lengths[k - 1] + part * (lengths[k] - lengths[k - 1]))


def _curves(rng: np.random.Generator, seeds: int) -> np.ndarray:
    """Return shares (seeds, 8) that begin near 1, fall below a half, and come up once more."""
    shares = np.sort(rng.uniform(0.02, 0.47, (seeds, 8)), axis=1)[:, ::-1]
    for row in shares:
        first = int(rng.integers(2, 5))  # points above a half
        row[:first] = np.sort(rng.uniform(0.6, 0.98, first))[::-1]
        row[-2] = rng.uniform(0.53, 0.6)
    return shares.round(3)


def _falling(rng: np.random.Generator) -> list[Case]:
    steps = ((4 * np.arange(1, 9)), np.array([3, 5, 9, 12, 18, 20, 26, 30]))
    exactly = _curves(rng, 3)
    exactly[:, :4] = 0.9, 0.5, 0.7, 0.4  # at a half, and up again, before it falls below
    return [
        *(
            Case("half_length", (lengths, _curves(rng, seeds)))
            for lengths, seeds in zip(steps, (3, 5), strict=True)
        ),
        Case("half_length", (steps[0], exactly + 0.01 * np.arange(3)[:, None] * (exactly != 0.5))),
    ]


def _high(rng: np.random.Generator) -> list[Case]:
    lengths = 4 * np.arange(1, 9)
    mixed = _curves(rng, 3)
    mixed[1] = rng.uniform(0.6, 1.0, 8).round(3)
    return [
        Case("half_length", (lengths, rng.uniform(0.9, 1.0, (3, 8)).round(3))),
        Case("half_length", (lengths, mixed)),
        Case("half_length", (lengths, _curves(rng, 3))),
    ]


def _judge_halves(value: Any, expected: Result, case: Case) -> None:
    halves, right = parts(value, NAMES)[0], expected[0]
    if type(halves) not in (list, tuple) or len(halves) != len(right):
        raise Complaint(
            f"halves should hold {len(right)} lengths, one a seed, and a {kind(halves)} came: "
            f"{short(halves)}."
        )
    for seed, pair in enumerate(zip(halves, right, strict=True)):
        compare_number(*pair, f"halves[{seed}]")


def _judge_number(index: int) -> Callable[[Any, Result, Case], None]:
    def judge(value: Any, expected: Result, case: Case) -> None:
        compare_number(parts(value, NAMES)[index], expected[index], NAMES[index])

    return judge


def _judge_all(value: Any, expected: Result, case: Case) -> None:
    _judge_halves(value, expected, case)
    _judge_number(1)(value, expected, case)
    _judge_number(2)(value, expected, case)


def _by(half: Callable[[np.ndarray, np.ndarray], float | None]) -> Callable[..., Result]:
    def wrong(lengths: np.ndarray, shares: np.ndarray) -> Result:
        _, mean, spread = half_length(lengths, shares)
        return [half(lengths, row) for row in shares], mean, spread

    return wrong


def _where(
    lengths: np.ndarray, row: np.ndarray, which: Callable[[np.ndarray], int]
) -> float | None:
    below = np.flatnonzero(row < 0.5)
    return float(lengths[which(below)]) if below.size else None


def _nearest(lengths: np.ndarray, row: np.ndarray) -> float:
    return float(lengths[np.argmin(abs(row - 0.5))])


def _other_way(lengths: np.ndarray, row: np.ndarray) -> float | None:
    half, k = _half(lengths, row), int(np.argmax(row < 0.5))
    return None if half is None else float(lengths[k] + lengths[k - 1] - half)


def _middle(lengths: np.ndarray, row: np.ndarray) -> float | None:
    k = int(np.argmax(row < 0.5))
    return float(lengths[k - 1] + lengths[k]) / 2 if row.min() < 0.5 else None


def _at_a_half(lengths: np.ndarray, row: np.ndarray) -> float | None:
    return float(lengths[row == 0.5][0]) if (row == 0.5).any() else _half(lengths, row)


def _one_step(lengths: np.ndarray, row: np.ndarray) -> float | None:
    k = int(np.argmax(row < 0.5))
    return float(lengths[k - 1] + (row[k - 1] - 0.5) / (row[k - 1] - row[k])) if k else None


def _after_last(lengths: np.ndarray, row: np.ndarray) -> float | None:
    above = np.flatnonzero(row >= 0.5)
    k = int(above[-1]) + 1
    return _half(lengths[k - 1 :], row[k - 1 :]) if k < len(row) else None


def _of_numbers(
    mean: Numbers | None = None, spread: Numbers | None = None
) -> Callable[..., Result]:
    def wrong(lengths: np.ndarray, shares: np.ndarray) -> Result:
        halves, right_mean, right_spread = half_length(lengths, shares)
        if None in halves:
            raise ValueError("a seed never fell")
        given = np.array(halves, dtype=float), lengths, shares
        return (
            halves,
            mean(*given) if mean else right_mean,
            spread(*given) if spread else right_spread,
        )

    return wrong


def _as_number(instead: float) -> Callable[..., Result]:
    def wrong(lengths: np.ndarray, shares: np.ndarray) -> Result:
        halves, mean, spread = half_length(lengths, shares)
        return [instead if half is None else half for half in halves], mean, spread

    return wrong


def _without_none(lengths: np.ndarray, shares: np.ndarray) -> Result:
    halves, _, _ = half_length(lengths, shares)
    found = [half for half in halves if half is not None]
    if len(found) < 2:
        return halves, None, None
    return halves, float(np.mean(found)), float(np.std(found, ddof=1))


HALVES = (
    Mistake(
        _by(lambda lengths, row: _where(lengths, row, lambda below: int(below[0]))),
        "This is the first length that was tested below a half. The share fell to a half before "
        "it: take the straight line from the point before.",
    ),
    Mistake(
        _by(lambda lengths, row: _where(lengths, row, lambda below: int(below[0]) - 1)),
        "This is the last length above a half. The share falls to a half after it: take the "
        "straight line to the next point.",
    ),
    Mistake(
        _by(_middle),
        "This is the middle between two lengths. The line crosses a half nearer to the point whose "
        "share is nearer to a half.",
    ),
    Mistake(
        _by(_other_way),
        "The straight line was walked from the wrong end. Measure the part of the way from the "
        "point above a half.",
    ),
    Mistake(
        _by(_one_step),
        "The part of the way was added as it is. Multiply it by the distance of the two lengths.",
    ),
    Mistake(
        _by(_at_a_half),
        "A share of exactly 0.5 is not below 0.5. Find the first point below, and draw the line "
        "from the point before.",
    ),
    Mistake(_by(_nearest), "This is the tested length whose share is nearest to a half."),
    Mistake(
        _by(_after_last),
        "The curve comes up once more, and this is where it falls for the last time. Take the "
        "first time.",
    ),
)
MEANS = (
    Mistake(
        _of_numbers(mean=lambda found, lengths, shares: np.median(found)),
        "This is the median of the seeds. The task asks for the mean.",
    ),
    Mistake(
        _of_numbers(mean=lambda found, lengths, shares: _half(lengths, shares.mean(axis=0))),
        "The curves were averaged first, and the length was read off the mean curve. Find each "
        "seed's own length, then take the mean.",
    ),
    Mistake(
        _of_numbers(mean=lambda found, lengths, shares: found.max()),
        "This is the best seed. A mean over all of them says what to expect of the next one.",
    ),
)
SPREADS = (
    Mistake(
        _of_numbers(spread=lambda found, lengths, shares: found.std()),
        "This divides by the number of seeds. A spread estimated from few values divides by one "
        "less: ddof=1.",
    ),
    Mistake(
        _of_numbers(spread=lambda found, lengths, shares: found.var(ddof=1)),
        "This is the variance. The standard deviation is its square root.",
    ),
    Mistake(
        _of_numbers(spread=lambda found, lengths, shares: found.std(ddof=1) / len(found) ** 0.5),
        "This is the standard error of the mean. Here the spread of the seeds is asked for.",
    ),
)


def _last_tested(lengths: np.ndarray, shares: np.ndarray) -> Result:
    halves, _, _ = half_length(lengths, shares)
    found = [float(lengths[-1]) if half is None else half for half in halves]
    return list(found), float(np.mean(found)), float(np.std(found, ddof=1))


TESTED = (
    "This seed is above a half at every length that was tested. Nobody knows where it falls: "
    "return None."
)
NEVER = (
    Mistake(_last_tested, TESTED),
    Mistake(
        _as_number(32.0),
        TESTED,
    ),
    Mistake(
        _without_none,
        "The mean leaves out the seed that never fell, and it is the best one. Where a half is "
        "None, mean and spread are None too.",
    ),
)
NAN = (
    "A seed that never falls below a half has None, not nan, and then mean and spread are None too."
)
EMPTY = "This seed never falls below a half, so there is no first point below. Return None for it."

TASK = Task(
    "ex04.6",
    "Task 6, the length that half of the translations survive",
    {"half_length": (("lengths", "shares"), half_length)},
    (
        Property(
            "the length of each seed", 2, _falling, _judge_halves, "Hint 1 under the task.", HALVES
        ),
        Property("their mean", 1, _falling, _judge_number(1), "Hint 2 under the task.", MEANS),
        Property("their spread", 1, _falling, _judge_number(2), "Hint 2 under the task.", SPREADS),
        Property(
            "seeds that never fall below a half",
            1,
            _high,
            _judge_all,
            "Hint 3 under the task.",
            (*NEVER, *HALVES, *MEANS, *SPREADS),
            {"IndexError": EMPTY, "ValueError": EMPTY, "StopIteration": EMPTY, "NotANumber": NAN},
        ),
    ),
)
