"""Task 5: what is left of the first word, for four biases of the forget gate, measured."""

import math
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.plain import Complaint, close, parts
from course_lib.checks.task import Case, Property, Seed, Task

BIASES = (0.0, 1.0, 2.0, 3.0)
REPEATS = 20
BANDS = ((0.002, 0.02), (0.05, 0.2), (0.25, 0.6), (0.6, 0.95))  # many times the spread of a mean
TEN_WORDS = -2.813  # mean of ln left over the first three biases, from 800 networks each
MARGIN = 0.136  # half the way to nine words; five times the spread over two calls
NAMES = ("left", "mean", "standard_error")
CASE = Case("measure", (Seed(202), BIASES, REPEATS), calls=2, seconds=25.0)  # judged three times


def _cases(rng: np.random.Generator) -> list[Case]:
    return [CASE]


def _read(value: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    left, mean, error = parts(value[0][0], NAMES)
    return (
        array(left, (len(BIASES), REPEATS), "left"),
        array(mean, (len(BIASES),), "mean"),
        array(error, (len(BIASES),), "standard_error"),
    )


def _judge_left(value: Any, expected: Any, case: Case) -> None:
    left, mean, _ = _read(value)
    if not (left > 0).all() or not np.isfinite(left).all():
        raise Complaint("A share left is a distance divided by another: above 0, and finite.")
    for row, bias in zip(left, BIASES, strict=True):
        if len(set(row.tolist())) < REPEATS:
            raise Complaint(
                f"For the bias {bias:g} some of the {REPEATS} repetitions are equal to the last "
                "digit. Does each draw new weights and new words from rng?"
            )
    compare(mean, left.mean(axis=1), "mean")


def _judge_error(value: Any, expected: Any, case: Case) -> None:
    _judge_left(value, expected, case)
    left, _, error = _read(value)
    spread = left.std(axis=1, ddof=1)
    right = spread / np.sqrt(REPEATS)
    if np.allclose(error, right, rtol=0.03):  # n or n - 1
        return
    why = ""
    if np.allclose(error, spread, rtol=0.03):
        why = " That is the spread of single networks; their mean has it divided by sqrt(n)."
    if np.allclose(error, spread / REPEATS, rtol=0.03):
        why = " It falls with sqrt(n), not with n."
    if np.allclose(error, spread**2 / REPEATS, rtol=0.06):
        why = " That is the variance of the mean; its square root is asked for."
    at = next(i for i in range(len(BIASES)) if not np.isclose(error[i], right[i], rtol=0.03))
    raise Complaint(
        f"standard_error[{at}]: you returned {error[at]:.4g}, expected {right[at]:.4g}.{why}"
    )


def _judge_bands(value: Any, expected: Any, case: Case) -> None:
    _judge_left(value, expected, case)
    left, mean, _ = _read(value)
    for bias, got, (low, high) in zip(BIASES, mean.tolist(), BANDS, strict=True):
        if not low <= got <= high:
            raise Complaint(
                f"With {bias:g} added to the bias of f, {100 * got:.3g} % is left after ten words; "
                f"here it is {100 * low:g} to {100 * high:g} %.{_why(left, bias, got)}"
            )


def _judge_shares(value: Any, expected: Any, case: Case) -> None:
    _judge_bands(value, expected, case)
    first, second = (_read([[call]])[0] for call in value[0])
    if np.array_equal(first, second):
        raise Complaint(
            "Called twice with the same generator, it measured the same shares again. Draw weights "
            "and words from rng, which moves on, not from a generator of your own."
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        found = float(np.log([first[:3], second[:3]]).mean())
    if not found < TEN_WORDS + MARGIN:
        raise Complaint(
            f"Of both calls and the biases 0 to 2, the geometric mean of the shares is "
            f"{100 * math.exp(found):.2g} %; {100 * math.exp(TEN_WORDS):.2g} % is left from the "
            "first word to the tenth. Is it the state after the tenth word, divided by the one "
            "after the first?"
        )


def _why(left: np.ndarray, bias: float, got: float) -> str:
    if close(got, 1.0):
        return " Is it the first state that you divide by the first?"
    if bias == 0 and got > BANDS[0][1]:
        return " Is it the state after ten words, and do both sentences go on alike?"
    if bias > 0 and got < left[0].mean() * 3:
        return " Is the bias added to the block of f, the second of i, f, g, o?"
    return ""


TASK = Task(
    "ex02.5",
    "Task 5, what is left of the first word",
    {"measure": (("rng", "biases", "n"), lambda rng, biases, n: None)},
    (
        Property(
            "shares, and their mean for each bias", 2, _cases, _judge_left, "Hint 1 under the task."
        ),
        Property("the standard error", 1, _cases, _judge_error, "Hint 2 under the task."),
        Property(
            "the shares are those of an LSTM", 2, _cases, _judge_shares, "Hint 3 under the task."
        ),
    ),
    allowed=("course_lib.reference.recurrent",),
)
