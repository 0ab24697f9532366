"""Task 6: how often greedy misses the most probable translation, measured."""

import math
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, kind, number, parts, short
from course_lib.checks.standard_error import misread
from course_lib.checks.task import Case, Property, Seed, Task

SENTENCES = 300
RATE_BAND = (0.12, 0.34)  # 0.22 over 6,000 sentences, 4 to 5 standard errors of 300
TIED = 1e-9  # nats; a smaller gap is a tie or rounding, not a miss

CASE = Case("measure", (Seed(101), SENTENCES), seconds=25.0)  # run once, judged three times


def _cases(rng: np.random.Generator) -> list[Case]:
    return [CASE]


def _read(value: Any) -> tuple[list[float], float, float]:
    """Return (gaps, miss_rate, standard_error); Complaint where they can't be what they say."""
    gaps, rate, error = parts(value, ("gaps", "miss_rate", "standard_error"))
    if type(gaps) not in (list, tuple) or len(gaps) != SENTENCES:
        many = f"{len(gaps)} came" if type(gaps) in (list, tuple) else f"a {kind(gaps)} came"
        raise Complaint(f"gaps should hold n = {SENTENCES} numbers, one a sentence, and {many}.")
    numbers = [number(gap, f"gaps[{i}]") for i, gap in enumerate(gaps)]
    return numbers, number(rate, "miss_rate"), number(error, "standard_error")


def _judge_gaps(value: Any, expected: Any, case: Case) -> None:
    gaps, rate, _ = _read(value)
    for i, gap in enumerate(gaps):
        if not -TIED <= gap < math.inf:
            raise Complaint(
                f"gaps[{i}] is {gap:.4g}. A gap is log p of the best sentence minus log p of the "
                "greedy one. Nothing is more probable than the best: a gap is never below 0."
            )
    missed = sum(gap > TIED for gap in gaps)
    if missed in (0, SENTENCES):
        raise Complaint(f"Greedy missed {missed} of {SENTENCES} sentences. Are they two searches?")
    if not math.isclose(rate, missed / SENTENCES, abs_tol=1e-9):
        raise Complaint(
            f"{missed} of {SENTENCES} gaps are above 0, a rate of {missed / SENTENCES:.4f}. You "
            f"returned miss_rate {rate:.4g}. (Below {TIED} nats a gap is rounding, not a miss.)"
        )


def _judge_error(value: Any, expected: Any, case: Case) -> None:
    _judge_gaps(value, expected, case)
    _, rate, error = _read(value)
    spread = math.sqrt(rate * (1 - rate))
    why = misread(error, spread, SENTENCES)
    if why is not None:
        right = spread / math.sqrt(SENTENCES)
        raise Complaint(f"You returned standard_error {error:.4g}, expected {right:.4g}.{why}")


def _judge_band(value: Any, expected: Any, case: Case) -> None:
    _judge_gaps(value, expected, case)
    _, rate, _ = _read(value)
    low, high = RATE_BAND
    if not low <= rate <= high:
        raise Complaint(
            f"Your miss_rate is {short(rate)}. On this grammar, {SENTENCES} sentences give {low} "
            f"to {high}. Is each sentence new, and does each search get that sentence's model?"
        )


TASK = Task(
    "ex01.6",
    "Task 6, how often greedy misses",
    {"measure": (("rng", "n"), lambda rng, n: None)},
    (
        Property(
            "the gaps are gaps, and the rate is their share above 0",
            2,
            _cases,
            _judge_gaps,
            "Hint 1 under the task.",
        ),
        Property("the standard error", 1, _cases, _judge_error, "Hint 2 under the task."),
        Property(
            "the rate is that of the grammar", 1, _cases, _judge_band, "Hint 1 under the task."
        ),
    ),
    allowed=("course_lib.corpora",),
)
