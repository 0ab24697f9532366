"""Exercise 06, task 5: reports of a measurement, consistent ones and others."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math

import numpy as np
import torch

from wrong_answers import Right, Wrong


def rows(n, widths, every=(4, 40, 80)):
    """Return gaps where at each width one sentence in `every` is missed."""
    return np.array([np.where(np.arange(n) % k == 0, 0.5, 0.0) for k in every[: len(widths)]])


def measured(gaps=None, rates=None, errors=None):
    """Return a function that reports these gaps, by default consistent ones."""

    def measure(rng, n, widths):
        mine = rows(n, widths) if gaps is None else gaps(n, widths)
        r = (np.array(mine) > 1e-9).mean(axis=-1) if rates is None else rates
        return mine, r, np.sqrt(r * (1 - r) / n) if errors is None else errors(r, n)

    return measure


def lists(rng, n, widths):
    gaps = rows(n, widths).tolist()
    rates = [sum(gap > 0 for gap in row) / n for row in gaps]
    return [gaps, rates, [(r * (1 - r) / (n - 1)) ** 0.5 for r in rates]]


def tensors(rng, n, widths):
    gaps = torch.from_numpy(rows(n, widths, (5, 80, 80)))
    missed = (gaps > 1e-9).double()
    return gaps, missed.mean(dim=1), missed.std(dim=1) / math.sqrt(n)


def other_sentences(n, widths):
    return np.array([np.roll(row, k) for k, row in enumerate(rows(n, widths, (4, 12, 12)))])


def wrong(name, function, says, loses=frozenset({0, 1, 2, 3})):
    return Wrong(name, "ex06.5", (function,), says, set(loses))


def spread(r, n):
    return np.sqrt(r * (1 - r))


ANSWERS = [
    Right("arrays", "ex06.5", (measured(),)),
    Right("lists, n - 1", "ex06.5", (lists,)),
    Right("tensors", "ex06.5", (tensors,)),
    wrong("a gap below 0", measured(lambda n, w: -rows(n, w)), "It is never below 0"),
    wrong("turned", measured(lambda n, w: rows(n, w).T, rates=np.zeros(3)), "gaps should have 3"),
    wrong("few", measured(lambda n, w: rows(n, w)[:, :5]), "gaps[0] should hold 80 numbers"),
    wrong("percent", measured(rates=np.array([25.0, 2.5, 1.25]), errors=lambda r, n: r), "a rate"),
    wrong("width unused", measured(lambda n, w: rows(n, w, (4, 4, 4))), "get the width?", {1, 3}),
    wrong("others", measured(other_sentences), "Draw them once, then search", {1, 3}),
    wrong("spread", measured(errors=spread), "divided by sqrt(n)", {2}),
    wrong("by n", measured(errors=lambda r, n: spread(r, n) / n), "not with n", {2}),
    wrong("variance", measured(errors=lambda r, n: spread(r, n) ** 2 / n), "its square root", {2}),
    wrong("too many", measured(lambda n, w: rows(n, w, (1, 2, 3))), "On this grammar", {3}),
    wrong("one number", lambda rng, n, widths: 0.3, "(gaps, miss_rates, standard_errors)"),
]
