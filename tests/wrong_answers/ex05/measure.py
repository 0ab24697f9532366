"""Exercise 05, task 6: reports of a measurement, consistent ones and others."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math
import statistics

import numpy as np
import torch

from wrong_answers import Right, Wrong


def measured(accuracies=None, mean=None, error=None):
    """Return a function that reports these accuracies, by default consistent ones."""

    def measure(rng, n):
        mine = (np.arange(n) % 5 + 6) / 10 if accuracies is None else accuracies(n)
        spread = float(np.std(mine, ddof=1))
        right = float(np.mean(mine)) if mean is None else mean
        return mine, right, spread / math.sqrt(n) if error is None else error(spread, n)

    return measure


def lists(rng, n):
    mine = [(7 + i % 4) / 10 if i % 3 else 0.75 for i in range(n)]
    return [mine, sum(mine) / n, statistics.stdev(mine) / n**0.5]


def tensors(rng, n):
    mine = 0.7 + 0.05 * (torch.arange(n) % 6).double()
    return mine, mine.mean(), mine.std(correction=0) / n**0.5


def coins(spread, n):
    return math.sqrt(0.8 * 0.2 / n)


def wrong(name, function, says, loses=frozenset({0, 1, 2})):
    return Wrong(name, "ex05.6", (function,), says, set(loses))


ANSWERS = [
    Right("arrays", "ex05.6", (measured(),)),
    Right("lists", "ex05.6", (lists,)),
    Right("tensors, divided by n", "ex05.6", (tensors,)),
    wrong("percent", measured(lambda n: np.linspace(60, 100, n)), "between 0 and 1"),
    wrong("one sentence", measured(lambda n: np.full(n, 0.8)), "Is each sentence a new one"),
    wrong("too few", measured(lambda n: [0.7, 0.8, 0.9]), "accuracies should hold n = 60 numbers"),
    wrong("another mean", measured(mean=0.5), "The mean of your accuracies is"),
    wrong("spread", measured(error=lambda s, n: s), "divided by sqrt(n)", {1}),
    wrong("by n", measured(error=lambda s, n: s / n), "not with n", {1}),
    wrong("variance", measured(error=lambda s, n: s * s / n), "its square root", {1}),
    wrong("coins", measured(error=coins), "That is for coins", {1}),
    wrong("off by a row", measured(lambda n: (np.arange(n) % 5) / 10), "is a row off by one", {2}),
    wrong("error rate", measured(lambda n: (np.arange(n) % 4 + 1) / 10), "not the error rate", {2}),
    wrong("too good", measured(lambda n: 0.91 + np.arange(n) / 1000), "sentences give", {2}),
    wrong("one number", lambda rng, n: 0.8, "(accuracies, mean, standard_error)"),
]
