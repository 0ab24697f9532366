"""Exercise 05, task 4: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math

import numpy as np
import torch

from wrong_answers import Right, Wrong


def soft(scores, inside):
    filled = np.where(inside, scores, -np.inf)
    lifted = np.exp(filled - filled.max())
    return lifted / lifted.sum()


def bell(distance, spread):
    return np.exp(-(distance**2) / (2 * spread**2))


def made_of(change):
    """Return an answer from change(scores, distance, window)."""

    def answer(scores, centre, window):
        return change(scores, np.arange(len(scores)) - centre, window)

    return answer


def right_loop(scores, centre, window):
    lifted = [
        math.exp(e) if abs(i - centre) <= window else 0.0 for i, e in enumerate(scores.tolist())
    ]
    spread = window / 2
    return [
        x / sum(lifted) * math.exp(-((i - centre) ** 2) / (2 * spread * spread))
        for i, x in enumerate(lifted)
    ]


def right_slice(scores, centre, window):
    low, high = max(0, math.ceil(centre - window)), math.floor(centre + window)
    weights, part = np.zeros(len(scores)), np.exp(scores[low : high + 1])
    weights[low : high + 1] = part / part.sum()
    return weights * np.exp(-2 * ((np.arange(len(scores)) - centre) / window) ** 2)


def right_torch(scores, centre, window):
    distance = torch.arange(len(scores)) - centre
    filled = torch.from_numpy(scores).masked_fill(distance.abs() > window, -torch.inf)
    return filled.softmax(0) * torch.exp(-(distance**2) / (2 * (window / 2) ** 2))


def slice_below_zero(scores, centre, window):
    low, high = math.ceil(centre - window), math.floor(centre + window)
    weights, part = np.zeros(len(scores)), np.exp(scores[low : high + 1])
    weights[low : high + 1] = part / part.sum()
    return weights * bell(np.arange(len(scores)) - centre, window / 2)


def one_by_one(scores, centre, window):
    weights = np.zeros(len(scores))
    places = range(math.ceil(centre - window), math.floor(centre + window) + 1)
    total = sum(math.exp(scores[i]) for i in places)
    for i in places:
        weights[i] = math.exp(scores[i]) / total * bell(i - centre, window / 2)
    return weights


def only_inside(scores, centre, window):
    distance = np.arange(len(scores)) - centre
    inside = np.abs(distance) <= window
    return (soft(scores, inside) * bell(distance, window / 2))[inside]


no_window = made_of(lambda e, d, D: soft(e, d < np.inf) * bell(d, D / 2))
strict = made_of(lambda e, d, D: soft(e, abs(d) < D) * bell(d, D / 2))
half = made_of(lambda e, d, D: soft(e, abs(d) <= D / 2) * bell(d, D / 2))
one_side = made_of(lambda e, d, D: soft(e, (d <= 0) & (d >= -D)) * bell(d, D / 2))
cut_after = made_of(lambda e, d, D: soft(e, d < np.inf) * (abs(d) <= D) * bell(d, D / 2))
no_bell = made_of(lambda e, d, D: soft(e, abs(d) <= D))
again = made_of(lambda e, d, D: soft(e - 2 * (d / D) ** 2, abs(d) <= D))
wide_bell = made_of(lambda e, d, D: soft(e, abs(d) <= D) * bell(d, D))
no_two = made_of(lambda e, d, D: soft(e, abs(d) <= D) * np.exp(-(d**2) / (D / 2) ** 2))
not_squared = made_of(lambda e, d, D: soft(e, abs(d) <= D) * np.exp(-(d**2) / (2 * D / 2)))
place_only = made_of(lambda e, d, D: soft(-2 * (d / D) ** 2, abs(d) <= D))
not_divided = made_of(lambda e, d, D: (abs(d) <= D) * np.exp(e) * bell(d, D / 2))

bell_inside = made_of(lambda e, d, D: soft(e * bell(d, D / 2), abs(d) <= D))


def at(place):
    """Return the answer of someone who takes place(centre) for the centre."""
    return lambda scores, centre, window: right_loop(scores, place(centre), window)


ANSWERS = [
    Right("loop", "ex05.4", (right_loop,)),
    Right("slice", "ex05.4", (right_slice,)),
    Right("torch", "ex05.4", (right_torch,)),
    Wrong("no window", "ex05.4", (no_window,), "the window is not", {0, 1, 2}),
    Wrong("strict", "ex05.4", (strict,), "at exactly D from the centre", {0, 1, 2}),
    Wrong("half", "ex05.4", (half,), "reaches D to each side", {0, 1, 2}),
    Wrong("one side", "ex05.4", (one_side,), "reaches to both sides", {0, 1, 2}),
    Wrong("cut after", "ex05.4", (cut_after,), "the window came after", {1, 2}),
    Wrong("no bell", "ex05.4", (no_bell,), "The bell is missing", {1, 2}),
    Wrong("sums to 1 again", "ex05.4", (again,), "sum to 1 again after", {1, 2}),
    Wrong("wide bell", "ex05.4", (wide_bell,), "and this is D", {1, 2}),
    Wrong("no two", "ex05.4", (no_two,), "The 2 below the fraction", {1, 2}),
    Wrong("not squared", "ex05.4", (not_squared,), "has to be squared", {1, 2}),
    Wrong("place only", "ex05.4", (place_only,), "Only the place counts", {1, 2}),
    Wrong("not divided", "ex05.4", (not_divided,), "not yet divided", {1, 2}),
    Wrong("slice below 0", "ex05.4", (slice_below_zero,), "counts from the end", {2}),
    Wrong("one by one", "ex05.4", (one_by_one,), "counts from the end", {2}),
    Wrong("rounded", "ex05.4", (at(round),), "The centre was rounded", {1, 2}),
    Wrong("cut", "ex05.4", (at(int),), "cut to a whole number", {1, 2}),
    Wrong("from 1", "ex05.4", (at(lambda p: p - 1),), "counted from 1", {0, 1, 2}),
    Wrong("bell inside", "ex05.4", (bell_inside,), "before the softmax", {1, 2}),
    Wrong("only inside", "ex05.4", (only_inside,), "weights has shape", {0, 1, 2}),
]
