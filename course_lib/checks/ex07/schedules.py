"""Task 1: three ways in which the share of gold words falls."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, close, number
from course_lib.checks.task import Case, Mistake, Property, Task


def linear(step: int, slope: float, end: float) -> float:
    """Return max(end, 1 - slope * step). Source: chapter 07, equation (3)."""
    return max(end, 1 - slope * step)


def exponential(step: int, k: float) -> float:
    """Return k to the power of step. Source: chapter 07, equation (3)."""
    return k**step


def inverse_sigmoid(step: int, k: float) -> float:
    """Return k / (k + exp(step / k)), without overflow. Source: chapter 07, equation (3)."""
    return 1 / (1 + math.exp(min(700.0, step / k - math.log(k))))


def _linear(rng: np.random.Generator) -> list[Case]:
    slopes = [0.01, *np.round(rng.uniform(0.002, 0.02, 2), 4).tolist()]
    ends = [0.25, 0.0, round(float(rng.uniform(0.1, 0.4)), 2)]
    steps = (10, 30, 1000, 0)
    pairs = zip(slopes, ends, strict=True)
    return [Case("linear", (step, slope, end)) for slope, end in pairs for step in steps]


def _exponential(rng: np.random.Generator) -> list[Case]:
    factors = (0.5, 0.9, round(float(rng.uniform(0.95, 0.999)), 4))
    return [Case("exponential", (step, k)) for k in factors for step in (3, 1, 100, 0)]


def _sigmoid(rng: np.random.Generator) -> list[Case]:
    numbers = (10.0, 104.4, round(float(rng.uniform(20, 60)), 1))
    return [Case("inverse_sigmoid", (step, k)) for k in numbers for step in (20, 0, 100)]


def _late(rng: np.random.Generator) -> list[Case]:
    late = 40_000 + int(rng.integers(1000))
    slow = 100.0 * int(rng.integers(5, 10))  # late for its step, and not for its k
    arguments = ((60, 10.0), (late, 10.0), (int(6 * slow), slow))
    return [Case("inverse_sigmoid", args) for args in arguments]


def _judge(value: Any, expected: float, case: Case) -> None:
    got = number(value)
    if not close(got, expected):
        raise Complaint(f"You returned {got:.5g}, expected {expected:.5g}.")


LINEAR = (
    Mistake(
        lambda step, slope, end: 1 - slope * step,
        "It falls on below its end. Take the larger of the two.",
    ),
    Mistake(
        lambda step, slope, end: min(end, 1 - slope * step),
        "This is the smaller of the two. The share never falls below its end: take the larger.",
    ),
    Mistake(
        lambda step, slope, end: max(end, 1 - slope * (step - 1)),
        "It is one step late. Steps count from 0, and at step 0 the share is 1.",
    ),
    Mistake(
        lambda step, slope, end: max(end, 1 - slope * (step + 1)),
        "It is one step ahead: at step 0 the share is 1.",
    ),
    Mistake(
        lambda step, slope, end: 1 - linear(step, slope, end),
        "This is the share of own words. The gold words are the rest.",
    ),
)
EXPONENTIAL = (
    Mistake(lambda step, k: step**k, "Base and exponent are swapped: k to the power of the step."),
    Mistake(
        lambda step, k: math.exp(-k * step),
        "This is e to the power of -k i. Here k itself is raised: after one step the share is k.",
    ),
    Mistake(lambda step, k: k ** (step + 1), "It is one step ahead: at step 0 the share is 1."),
    Mistake(
        lambda step, k: 1 - k**step, "This is the share of own words. The gold words are the rest."
    ),
)
SIGMOID = (
    Mistake(
        lambda step, k: 1 - inverse_sigmoid(step, k),
        "This rises from near 0 to 1. It is the share of own words.",
    ),
    Mistake(
        lambda step, k: k / (k + math.exp(-step / k)),
        "This rises: the exponent has the wrong sign.",
    ),
    Mistake(
        lambda step, k: 1 / (1 + math.exp(step / k)),
        "This starts at one half. With k in place of both ones it starts at k / (k + 1), nearly 1.",
    ),
    Mistake(
        lambda step, k: k / (k + math.exp(step)),
        "The step is divided by k in the exponent: k stretches the curve.",
    ),
    Mistake(
        lambda step, k: inverse_sigmoid(step, k) if step < 700 else 0.0,
        "It is 0 from some step on. How large the exponent is depends on k too: cap step / k.",
    ),
)
OVERFLOW = {
    "OverflowError": "e to the power of 4,000 is too large for a float. The share is then 0 to any "
    "number of digits: what would 1 / (1 + e^x) need of a large x? Cap the exponent, at 700 for "
    "instance."
}


def _property(
    name: str, points: float, cases: Callable, hint: int, mistakes: tuple, **errors: str
) -> Property:
    return Property(name, points, cases, _judge, f"Hint {hint} under the task.", mistakes, errors)


TASK = Task(
    "ex07.1",
    "Task 1, three schedules",
    {
        "linear": (("step", "slope", "end"), linear),
        "exponential": (("step", "k"), exponential),
        "inverse_sigmoid": (("step", "k"), inverse_sigmoid),
    },
    (
        _property("linear, and its end", 1, _linear, 1, LINEAR),
        _property("exponential", 1, _exponential, 2, EXPONENTIAL),
        _property("inverse sigmoid", 2, _sigmoid, 3, SIGMOID),
        _property("inverse sigmoid, very late", 1, _late, 3, SIGMOID, **OVERFLOW),
    ),
)
