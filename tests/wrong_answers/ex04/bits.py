"""Exercise 04, task 4: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math

import numpy as np
import torch

from wrong_answers import Right, Wrong


def h(a):
    return 0.0 if a in (0, 1) else -a * math.log2(a) - (1 - a) * math.log2(1 - a)


def bits_loop(accuracies, symbols, numbers):
    total = 0.0
    for a in accuracies:
        total += math.log2(symbols) - h(a) - (1 - a) * math.log2(symbols - 1)
    return total, total / (32 * numbers)


def bits_numpy(accuracies, symbols, numbers):
    p = np.stack([accuracies, 1 - accuracies])
    h_a = -(p * np.log2(p, out=np.zeros_like(p), where=p > 0)).sum(axis=0)
    total = (np.log2(symbols) - h_a - (1 - accuracies) * np.log2(symbols - 1)).sum()
    return np.array([total, total / numbers / 32])


def bits_divergence(accuracies, symbols, numbers):
    """Take the distance of (a, the rest spread evenly) from an even guess."""
    a = torch.tensor(accuracies)
    even = torch.tensor([1 / symbols] + [1 / symbols] * (symbols - 1), dtype=torch.float64)
    rest = ((1 - a) / (symbols - 1))[:, None].expand(-1, symbols - 1)
    p = torch.cat([a[:, None], rest], dim=1)
    total = (torch.special.xlogy(p, p / even)).sum() / math.log(2)
    return total, total / (32 * numbers)


def by(symbol, unit=1.0):
    """Return the function of someone who gets symbol(a, symbols) bits, in another unit."""

    def bits(accuracies, symbols, numbers):
        total = sum(symbol(float(a), symbols) for a in accuracies) * unit
        return total, total / unit / (32 * numbers)

    return bits


def right(a, v):
    return math.log2(v) - h(a) - (1 - a) * math.log2(v - 1)


def of_mean(accuracies, symbols, numbers):
    return bits_loop([accuracies.mean()] * len(accuracies), symbols, numbers)


def per_symbol(accuracies, symbols, numbers):
    total, used = bits_loop(accuracies, symbols, numbers)
    return total / len(accuracies), used / len(accuracies)


def share(change):
    def bits(accuracies, symbols, numbers):
        total, used = bits_loop(accuracies, symbols, numbers)
        return total, change(total, used, numbers, len(accuracies))

    return bits


def of_string(accuracies, symbols, numbers):
    total, _ = bits_loop(accuracies, symbols, numbers)
    return total, total / (len(accuracies) * math.log2(symbols))


def log_of_zero(accuracies, symbols, numbers):
    a = accuracies
    h_a = [-x * math.log2(x) - (1 - x) * math.log2(1 - x) for x in a]
    return bits_loop(a, symbols, numbers) if sum(h_a) >= 0 else None


def zero_times_infinity(accuracies, symbols, numbers):
    a = accuracies
    h_a = -a * np.log2(a) - (1 - a) * np.log2(1 - a)
    total = (np.log2(symbols) - h_a - (1 - a) * np.log2(symbols - 1)).sum()
    return total, total / (32 * numbers)


def total_only(accuracies, symbols, numbers):
    return bits_loop(accuracies, symbols, numbers)[0]


EVERY = {0, 1, 2, 3}
TOTALS = {
    "in nats": (by(right, math.log(2)), "These are nats", {0, 1, 2}),
    "base 10": (by(right, math.log10(2)), "These are decimal digits", {0, 1, 2}),
    "a share": (by(lambda a, v: a * math.log2(v)), "does not give that share", EVERY),
    "no wrong ones": (by(lambda a, v: math.log2(v) - h(a)), "term of the wrong answers", EVERY),
    "no h": (by(lambda a, v: right(a, v) + h(a)), "The term h(a) is missing", EVERY),
    "all others": (
        by(lambda a, v: math.log2(v) - h(a) - (1 - a) * math.log2(v)),
        "one symbol is ruled out",
        EVERY,
    ),
    "of the right": (
        by(lambda a, v: math.log2(v) - h(a) - a * math.log2(v - 1)),
        "come with the probability 1 - a",
        EVERY,
    ),
    "h added": (by(lambda a, v: right(a, v) + 2 * h(a)), "h(a) has the wrong sign", EVERY),
    "half an h": (
        by(lambda a, v: right(a, v) + h(a) + (a * math.log2(a) if a else 0)),
        "h(a) has two terms",
        EVERY,
    ),
    "nan left out": (by(lambda a, v: right(a, v) if 0 < a < 1 else 0.0), "was left out", {2}),
    "of the mean": (of_mean, "mean of the accuracies first", {1, 2, 3}),
    "per symbol": (per_symbol, "This is per symbol", {1, 2, 3}),
    "log of 0": (log_of_zero, "The logarithm of 0", {2}),
    "0 times inf": (zero_times_infinity, "The logarithm of 0", {2}),
    "total only": (total_only, "(total, used)", EVERY),
}
USED = {
    "a number": (lambda total, used, n, length: total / n, "in each number that passes"),
    "per cent": (lambda total, used, n, length: 100 * used, "This is in per cent"),
    "a symbol": (lambda total, used, n, length: used / length, "Each symbol has the whole"),
    "one number": (lambda total, used, n, length: used * n, "what one number could hold"),
    "inverse": (lambda total, used, n, length: 1 / used, "stands on its head"),
}

ANSWERS = [
    Right("loop", "ex04.4", (bits_loop,)),
    Right("numpy", "ex04.4", (bits_numpy,)),
    Right("torch, a divergence", "ex04.4", (bits_divergence,)),
    *(Wrong(n, "ex04.4", (f,), says, loses) for n, (f, says, loses) in TOTALS.items()),
    Wrong("of the string", "ex04.4", (of_string,), "what the string holds", {3}),
    *(Wrong(n, "ex04.4", (share(f),), says, {3}) for n, (f, says) in USED.items()),
]
