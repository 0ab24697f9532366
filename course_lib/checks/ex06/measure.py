"""Task 5: how often a beam misses the most probable translation, by its width."""

import math
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, kind, number, parts, short
from course_lib.checks.standard_error import misread
from course_lib.checks.task import Case, Property, Seed, Task

SENTENCES = 80
WIDTHS = (1, 2, 4)
BANDS = {1: (0.12, 0.48), 2: (0.0, 0.14), 4: (0.0, 0.10)}  # 0.31, 0.03 and 0.01, widely
TIED = 1e-9  # nats; a smaller gap is a tie or rounding, not a miss
NAMES = ("gaps", "miss_rates", "standard_errors")
Table = list[list[float]]

# Run once, judged four times. With this seed, who draws other sentences for each width finds many
# that a wide beam misses and greedy search does not; with the same sentences there is none.
CASE = Case("measure", (Seed(119), SENTENCES, WIDTHS), seconds=30.0)


def _cases(rng: np.random.Generator) -> list[Case]:
    return [CASE]


def _read(value: Any) -> tuple[Table, list[float], list[float]]:
    """Return (gaps, miss_rates, standard_errors); Complaint where the sizes are others."""
    gaps, rates, errors = parts(value, NAMES)
    rows = [_numbers(row, SENTENCES, f"gaps[{i}]") for i, row in enumerate(_rows(gaps, "gaps"))]
    return rows, _numbers(rates, len(WIDTHS), NAMES[1]), _numbers(errors, len(WIDTHS), NAMES[2])


def _rows(value: Any, name: str) -> list:
    if type(value) not in (list, tuple) or len(value) != len(WIDTHS):
        many = f"{len(value)} came" if type(value) in (list, tuple) else f"a {kind(value)} came"
        raise Complaint(f"{name} should have {len(WIDTHS)} rows, one a width, and {many}.")
    return list(value)


def _numbers(value: Any, count: int, name: str) -> list[float]:
    if type(value) not in (list, tuple) or len(value) != count:
        many = f"{len(value)} came" if type(value) in (list, tuple) else f"a {kind(value)} came"
        raise Complaint(f"{name} should hold {count} numbers, and {many}.")
    return [number(item, f"{name}[{i}]") for i, item in enumerate(value)]


def _judge_gaps(value: Any, expected: Any, case: Case) -> None:
    gaps, rates, _ = _read(value)
    for width, row in zip(WIDTHS, gaps, strict=True):
        for i, gap in enumerate(row):
            if not -TIED <= gap < math.inf:
                raise Complaint(
                    f"At width {width} the gap of sentence {i} is {gap:.4g}. A gap is log p of the "
                    "best translation minus log p of what the beam found. It is never below 0."
                )
    for width, row, rate in zip(WIDTHS, gaps, rates, strict=True):
        missed = sum(gap > TIED for gap in row)
        if not math.isclose(rate, missed / SENTENCES, abs_tol=1e-9):
            raise Complaint(
                f"At width {width}, {missed} of {SENTENCES} gaps are above 0, a rate of "
                f"{missed / SENTENCES:.4f}. You returned {rate:.4g}. (Below {TIED} nats a gap is "
                "rounding, not a miss.)"
            )


def _judge_same(value: Any, expected: Any, case: Case) -> None:
    _judge_gaps(value, expected, case)
    gaps, _, _ = _read(value)
    missed = [{i for i, gap in enumerate(row) if gap > TIED} for row in gaps]
    if gaps[0] == gaps[-1]:
        raise Complaint("All widths have the same gaps. Does the search get the width?")
    odd = sorted(set().union(*missed[1:]) - missed[0])
    if len(odd) > 1:
        raise Complaint(
            f"Sentences {short(odd)} are missed by a wider beam and not at width 1. Is each row of "
            "gaps about the same sentences? Draw them once, then search."
        )


def _judge_errors(value: Any, expected: Any, case: Case) -> None:
    _judge_gaps(value, expected, case)
    _, rates, errors = _read(value)
    for width, rate, error in zip(WIDTHS, rates, errors, strict=True):
        spread = math.sqrt(rate * (1 - rate))
        why = misread(error, spread, SENTENCES)
        if why is not None:
            raise Complaint(
                f"At width {width} you returned standard_error {error:.4g}, "
                f"expected {spread / math.sqrt(SENTENCES):.4g}.{why}"
            )


def _judge_bands(value: Any, expected: Any, case: Case) -> None:
    _judge_same(value, expected, case)
    _, rates, _ = _read(value)
    for (width, (low, high)), rate in zip(BANDS.items(), rates, strict=True):
        if not low <= rate <= high:
            raise Complaint(
                f"At width {width} your miss rate is {rate:.3f}. On this grammar {SENTENCES} "
                f"sentences give {low} to {high}. Does each search get its sentence's model?"
            )


TASK = Task(
    "ex06.5",
    "Task 5, search errors by width",
    {"measure": (("rng", "n", "widths"), lambda rng, n, widths: None)},
    (
        Property(
            "the gaps are gaps, and each rate is their share above 0",
            2,
            _cases,
            _judge_gaps,
            "Hint 1 under the task.",
        ),
        Property(
            "all widths search the same sentences", 1, _cases, _judge_same, "Hint 1 under the task."
        ),
        Property("the standard errors", 1, _cases, _judge_errors, "Hint 2 under the task."),
        Property(
            "the rates are those of the grammar", 1, _cases, _judge_bands, "Hint 1 under the task."
        ),
    ),
    allowed=("course_lib.corpora",),
)
