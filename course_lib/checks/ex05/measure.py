"""Task 6: how often the translator's largest weight lies on a gold link, measured."""

import math
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, kind, number, parts, short
from course_lib.checks.standard_error import misread
from course_lib.checks.task import Case, Property, Seed, Task

SENTENCES = 60
BAND = (0.70, 0.90)  # 0.81 over 2,000 sentences; 60 have a standard error of 0.02
NAMES = ("accuracies", "mean", "standard_error")

CASE = Case("measure", (Seed(105), SENTENCES), seconds=40.0)  # run once, judged three times


def _cases(rng: np.random.Generator) -> list[Case]:
    return [CASE]


def _read(value: Any) -> tuple[list[float], float, float]:
    """Return (accuracies, mean, standard_error); Complaint where they can't be what they say."""
    shares, mean, error = parts(value, NAMES)
    if type(shares) not in (list, tuple) or len(shares) != SENTENCES:
        many = f"{len(shares)} came" if type(shares) in (list, tuple) else f"a {kind(shares)} came"
        raise Complaint(f"accuracies should hold n = {SENTENCES} numbers, one a sentence, {many}.")
    found = [number(share, f"accuracies[{i}]") for i, share in enumerate(shares)]
    return found, number(mean, "mean"), number(error, "standard_error")


def _judge_mean(value: Any, expected: Any, case: Case) -> None:
    shares, mean, _ = _read(value)
    for i, share in enumerate(shares):
        if not 0 <= share <= 1:
            raise Complaint(f"accuracies[{i}] is {share:.4g}. A share lies between 0 and 1.")
    if len(set(shares)) < 4:
        raise Complaint(
            f"The accuracies of {SENTENCES} sentences take the values {short(sorted(set(shares)))} "
            "only. Is each sentence a new one, with its own weights and links?"
        )
    if not math.isclose(mean, sum(shares) / SENTENCES, abs_tol=1e-6):
        raise Complaint(
            f"The mean of your accuracies is {sum(shares) / SENTENCES:.4f}. You returned mean "
            f"{mean:.4g}."
        )


def _judge_error(value: Any, expected: Any, case: Case) -> None:
    _judge_mean(value, expected, case)
    shares, mean, error = _read(value)
    spread = float(np.std(shares, ddof=1))
    why = misread(error, spread, SENTENCES)
    if why is None:
        return
    right = spread / math.sqrt(SENTENCES)
    if not why and math.isclose(error, math.sqrt(mean * (1 - mean) / SENTENCES), rel_tol=0.015):
        why = " That is for coins, right or wrong. A sentence's accuracy is a share of its own."
    raise Complaint(f"You returned standard_error {error:.4g}, expected {right:.4g}.{why}")


def _judge_band(value: Any, expected: Any, case: Case) -> None:
    _judge_mean(value, expected, case)
    _, mean, _ = _read(value)
    low, high = BAND
    if not low <= mean <= high:
        why = ""
        if mean < 0.35:
            why = (
                " Row t of the weights belongs to target word t: is a row off by one? Are weights "
                "and links those of one pair? And is it the accuracy, not the error rate?"
            )
        raise Complaint(
            f"Your mean is {mean:.3f}. For this translator {SENTENCES} sentences give {low} to "
            f"{high}.{why}"
        )


TASK = Task(
    "ex05.6",
    "Task 6, the translator against gold",
    {"measure": (("rng", "n"), lambda rng, n: None)},
    (
        Property(
            "each accuracy is a share, and the mean is their mean",
            2,
            _cases,
            _judge_mean,
            "Hint 1 under the task.",
        ),
        Property("the standard error", 1, _cases, _judge_error, "Hint 2 under the task."),
        Property(
            "the mean is that of the translator", 1, _cases, _judge_band, "Hint 1 under the task."
        ),
    ),
    allowed=("course_lib.corpora", "course_lib.data", "course_lib.model"),
)
