"""Exercise 07, task 6: reports of a measurement, consistent ones and others."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from wrong_answers import Right, Wrong

LENGTH, SLIP, AFTER = 12, 0.05, 0.75


def write(u, after=AFTER, before_first=True):
    forced = u >= SLIP
    free, right = np.zeros(u.shape, dtype=bool), np.full(len(u), before_first)
    for t in range(u.shape[1]):
        free[:, t] = right = u[:, t] >= np.where(right, SLIP, after)
    return forced, free


def paired(forced, free):
    return (forced.mean(axis=1) - free.mean(axis=1)).std(ddof=1) / np.sqrt(len(forced))


def report(forced, free, error=paired):
    return forced, free, forced.mean() - free.mean(), error(forced, free)


def measured(error=paired, **how):
    return lambda rng, n: report(*write(rng.random((n, LENGTH)), **how), error)


def loops(rng, n):
    forced, free = [], []
    for _ in range(n):
        forced.append([])
        free.append([])
        right = True
        for _ in range(LENGTH):
            u = rng.random()
            forced[-1].append(u >= SLIP)
            right = u >= (SLIP if right else AFTER)
            free[-1].append(right)
    each = [(sum(a) - sum(b)) / LENGTH for a, b in zip(forced, free, strict=True)]
    gap = sum(each) / n
    return forced, free, gap, (sum((x - gap) ** 2 for x in each) / n / n) ** 0.5


def tensors(rng, n):
    forced, free = (torch.from_numpy(x).double() for x in write(rng.random((n, LENGTH))))
    each = (forced - free).mean(dim=1)
    return forced, free, each.mean(), each.std() / n**0.5


def other_numbers(rng, n):
    forced, _ = write(rng.random((n, LENGTH)))
    _, free = write(rng.random((n, LENGTH)))
    return report(forced, free)


def reads_gold(rng, n):
    forced, _ = write(rng.random((n, LENGTH)))
    return report(forced, forced)


def forced_stumbles(rng, n):
    _, free = write(rng.random((n, LENGTH)))
    return report(free, free)


def percent(rng, n):
    forced, free, gap, error = measured()(rng, n)
    return forced, free, 100 * gap, 100 * error


def own_generator(rng, n):
    return measured()(np.random.default_rng(0), n)


def all_right(rng, n):
    return report(np.ones((n, LENGTH), dtype=bool), np.ones((n, LENGTH), dtype=bool))


def shares(rng, n):
    forced, free, gap, error = measured()(rng, n)
    return forced.mean(axis=0), free.mean(axis=0), gap, error


def probabilities(rng, n):
    u = rng.random((n, LENGTH))
    return u, u, 0.1, 0.01


def single(forced, free):
    return (forced.mean(axis=1) - free.mean(axis=1)).std(ddof=1)


def apart(forced, free):
    spreads = [x.mean(axis=1).var(ddof=1) for x in (forced, free)]
    return np.sqrt(sum(spreads) / len(forced))


def by_words(forced, free):
    return (forced.astype(float) - free).std() / np.sqrt(forced.size)


def wrong(name, function, says, loses):
    return Wrong(name, "ex07.6", (function,), says, loses)


ANSWERS = [
    Right("arrays", "ex07.6", (measured(),)),
    Right("loops, lists, n", "ex07.6", (loops,)),
    Right("tensors", "ex07.6", (tensors,)),
    wrong("other numbers", other_numbers, "Draw the numbers once", {0, 2}),
    wrong("reads gold", reads_gold, "change what follows it", {1}),
    wrong("forced stumbles", forced_stumbles, "the word before is always right", {1}),
    wrong("derailed", measured(after=1.0), "no word was right any more", {1}),
    wrong("bos is wrong", measured(before_first=False), "stands <bos>, which is right", {0, 1, 2}),
    wrong("own generator", own_generator, "which moves on", {1}),
    wrong("percent", percent, "minus that of free", {2}),
    wrong("all right", all_right, "Is it random", {0, 1, 2}),
    wrong("single sentences", measured(error=single), "divided by sqrt(n)", {2}),
    wrong("two samples", measured(error=apart), "two samples of different sentences", {2}),
    wrong("by words", measured(error=by_words), "Count sentences, not words", {2}),
    wrong("shares", shares, "forced has shape", {0, 1, 2}),
    wrong("probabilities", probabilities, "True or False", {0, 1, 2}),
]
