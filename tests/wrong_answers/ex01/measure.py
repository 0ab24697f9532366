"""Exercise 01, task 6: reports of a measurement, consistent ones and others."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math

import numpy as np
import torch

from wrong_answers import Right, Wrong


def measured(gaps=None, rate=None, error=None):
    """Return a function that reports these gaps, by default consistent ones."""

    def measure(rng, n):
        mine = np.where(np.arange(n) % 4, 0.0, 0.7) if gaps is None else gaps(n)
        r = float(np.mean(np.array(mine) > 1e-9)) if rate is None else rate
        return mine, r, math.sqrt(r * (1 - r) / n) if error is None else error(r, n)

    return measure


def lists(rng, n):
    gaps = [0.5 if i % 5 == 0 else 0.0 for i in range(n)]
    rate = sum(gap > 0 for gap in gaps) / n
    return [gaps, rate, (rate * (1 - rate) / (n - 1)) ** 0.5]


def tensors(rng, n):
    gaps = torch.where(torch.arange(n) % 3 == 0, 0.2, 1e-12)
    missed = (gaps > 1e-9).double()
    return gaps, missed.mean(), missed.std() / n**0.5


def wrong(name, function, says, loses=frozenset({0, 1, 2})):
    return Wrong(name, "ex01.6", (function,), says, set(loses))


ANSWERS = [
    Right("arrays", "ex01.6", (measured(),)),
    Right("lists, n - 1", "ex01.6", (lists,)),
    Right("tensors", "ex01.6", (tensors,)),
    wrong("a gap below 0", measured(lambda n: np.full(n, -0.5)), "Nothing is more probable than"),
    wrong("no gap", measured(lambda n: np.zeros(n)), "Greedy missed 0 of 300"),
    wrong("one gap", measured(lambda n: [0.1]), "gaps should hold n = 300 numbers"),
    wrong("infinite", measured(lambda n: np.full(n, np.inf)), "never below 0"),
    wrong("percent", measured(rate=50.0, error=lambda r, n: 0.03), "a rate of 0.2500. You returne"),
    wrong("spread", measured(error=lambda r, n: math.sqrt(r - r * r)), "divided by sqrt(n)", {1}),
    wrong("by n", measured(error=lambda r, n: math.sqrt(r - r * r) / n), "not with n", {1}),
    wrong("variance", measured(error=lambda r, n: r * (1 - r) / n), "its square root", {1}),
    wrong("always", measured(lambda n: [1.0] * (n - 1) + [0.0]), "Your miss_rate is", {2}),
    wrong("one number", lambda rng, n: 0.4, "(gaps, miss_rate, standard_error)"),
]
