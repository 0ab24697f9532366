"""Exercise 03, task 5: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math
import statistics

import numpy as np

from wrong_answers import Right, Wrong


def measure_numpy(steps, curves, floor):
    ends, means = curves[:, -1] - floor, curves.mean(axis=0) - floor
    near = [int(step) for step, gap in zip(steps, means, strict=True) if gap <= 0.2]
    return ends.mean(), ends.std(ddof=1), near[0] if near else None


def measure_lists(steps, curves, floor):
    ends = [float(curve[-1]) for curve in curves]
    reached = None
    for k in reversed(range(len(steps))):
        if sum(curve[k] for curve in curves) / len(curves) - floor <= 0.2:
            reached = steps[k]
    return statistics.mean(ends) - floor, statistics.stdev(ends), reached


def instead(**others):
    """Return the right function with some of its three results replaced."""

    def measure(steps, curves, floor):
        names = ("gap", "spread", "reached")
        found = dict(zip(names, measure_numpy(steps, curves, floor), strict=True))
        found |= {name: other(steps, curves, floor) for name, other in others.items()}
        return tuple(found.values())

    return measure


def first(steps, near):
    return steps[near][0] if near.any() else None


def gaps(curves, floor):
    return curves.mean(axis=0) - floor


GAPS = {
    "the loss": (lambda s, c, f: c[:, -1].mean(), "This is the loss"),
    "turned": (lambda s, c, f: f - c[:, -1].mean(), "The sign is turned"),
    "no sign": (lambda s, c, f: abs(c[:, -1] - f).mean(), "The sign was taken away"),
    "whole curve": (lambda s, c, f: (c - f).mean(), "mean over the whole curve"),
    "best seed": (lambda s, c, f: (c[:, -1] - f).min(), "This is the best seed"),
    "first seed": (lambda s, c, f: c[0, -1] - f, "the first seed alone"),
}
SPREADS = {
    "by n": (lambda s, c, f: c[:, -1].std(), "divides by the number of seeds"),
    "variance": (lambda s, c, f: c[:, -1].var(ddof=1), "This is the variance"),
    "error": (lambda s, c, f: c[:, -1].std(ddof=1) / math.sqrt(len(c)), "the standard error"),
    "range": (lambda s, c, f: c[:, -1].max() - c[:, -1].min(), "This is the range"),
    "all points": (lambda s, c, f: c.std(ddof=1), "all points of all curves"),
}
REACHED = {
    "the loss near": (lambda s, c, f: first(s, c.mean(axis=0) <= 0.2), "The loss itself"),
    "not near": (lambda s, c, f: first(s, abs(gaps(c, f)) >= 0.2), "first step that is not near"),
    "position": (lambda s, c, f: np.argmax(gaps(c, f) <= 0.2), "a position in the array"),
    "argmax": (lambda s, c, f: s[np.argmax(gaps(c, f) <= 0.2)], "argmax of all False"),
    "last": (lambda s, c, f: max(s[gaps(c, f) <= 0.2], default=None), "the last step that is near"),
    "not below": (lambda s, c, f: first(s, abs(gaps(c, f)) <= 0.2), "jumps below the floor"),
    "every seed": (lambda s, c, f: first(s, (c - f <= 0.2).all(axis=0)), "though not every seed"),
    "one seed": (lambda s, c, f: first(s, (c - f <= 0.2).any(axis=0)), "one seed is enough"),
    "seed 0 near": (lambda s, c, f: first(s, c[0] - f <= 0.2), "though not every seed"),
    "stays": (
        lambda s, c, f: next((s[k] for k in range(len(s)) if all(gaps(c, f)[k:] <= 0.2)), None),
        "From this step on",
    ),
    "no None": (lambda s, c, f: s[gaps(c, f) <= 0.2][0], "never comes near"),
}

ANSWERS = [
    Right("numpy", "ex03.5", (measure_numpy,)),
    Right("lists", "ex03.5", (measure_lists,)),
    *(Wrong(n, "ex03.5", (instead(gap=f),), says, {0}) for n, (f, says) in GAPS.items()),
    *(Wrong(n, "ex03.5", (instead(spread=f),), says, {1}) for n, (f, says) in SPREADS.items()),
    *(Wrong(n, "ex03.5", (instead(reached=f),), says, {2}) for n, (f, says) in REACHED.items()),
]
