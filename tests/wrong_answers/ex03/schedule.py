"""Exercise 03, task 2: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math

import numpy as np
import torch

from wrong_answers import Right, Wrong


def rate_plain(step, peak, warmup, total):
    if step >= total:
        return 0.0
    if step < warmup:
        return peak * (step + 1) / warmup
    done = (step - warmup) / (total - warmup)
    return peak * (1 + math.cos(math.pi * done)) / 2


def rate_table(step, peak, warmup, total):
    rise = np.arange(1, warmup + 1) / max(1, warmup)
    fall = np.cos(np.linspace(0, np.pi / 2, total - warmup + 1)) ** 2
    return np.append(peak * np.concatenate([rise, fall]), 0.0)[min(step, total + 1)]


def rate_torch(step, peak, warmup, total):
    done = torch.clamp(torch.tensor((step - warmup) / (total - warmup)).double(), 0, 1)
    rise = min(1.0, (step + 1) / warmup) if warmup else 1.0
    return peak * rise * 0.5 * (1 + torch.cos(torch.pi * done))


def own(rise=None, fall=None):
    """Return the right function with another rise or another fall, both times the peak."""

    def rate(step, peak, warmup, total):
        if step < warmup and rise:
            return peak * rise(step, warmup, total)
        if warmup <= step < total and fall:
            return peak * fall(step, warmup, total)
        return rate_plain(step, peak, warmup, total)

    return rate


def share(step, warmup, total):
    return (step - warmup) / (total - warmup)


def cosine(done):
    return (1 + math.cos(math.pi * done)) / 2


def rises_on(step, peak, warmup, total):
    if step <= warmup:
        return peak * (step + 1) / warmup
    return rate_plain(step, peak, warmup, total)


def no_end(step, peak, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * (1 + math.cos(math.pi * share(step, warmup, total))) / 2


def divides_by_warmup(step, peak, warmup, total):
    if step >= total:
        return 0.0
    return min(peak * (step + 1) / warmup, rate_plain(max(step, warmup), peak, warmup, total))


def linear_on(step, peak, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * (1 - share(step, warmup, total))


def returns_share(step, peak, warmup, total):
    return rate_plain(step, 1.0, warmup, total)


def without_return(step, peak, warmup, total):
    rate_plain(step, peak, warmup, total)


RISES = {
    "from zero": (lambda s, w, n: s / w, "The rise begins at 0"),
    "no warm-up": (lambda s, w, n: 1.0, "There is no warm-up"),
    "over all steps": (lambda s, w, n: (s + 1) / n, "takes all the training"),
    "a step too many": (lambda s, w, n: (s + 1) / (w + 1), "one step too many"),
    "upside down": (lambda s, w, n: w / (s + 1), "stands on its head"),
}
FALLS = {
    "linear": (lambda s, w, n: 1 - share(s, w, n), "It falls along a straight line"),
    "root": (lambda s, w, n: math.sqrt((w + 1) / (s + 1)), "one over the square root"),
    "none": (lambda s, w, n: 1.0, "nothing falls"),
    "not lifted": (lambda s, w, n: math.cos(math.pi * share(s, w, n)), "would turn negative"),
    "whole wave": (lambda s, w, n: (1 + math.cos(2 * math.pi * share(s, w, n))) / 2, "whole wave"),
    "not halved": (lambda s, w, n: 1 + math.cos(math.pi * share(s, w, n)), "twice the peak"),
    "no pi": (lambda s, w, n: (1 + math.cos(share(s, w, n))) / 2, "pi is missing"),
    "early": (lambda s, w, n: cosine((s + 1 - w) / (n - w)), "one step early. At step warmup"),
    "ends early": (lambda s, w, n: cosine((s - w) / (n - w - 1)), "ends one step early"),
    "quarter": (lambda s, w, n: math.cos(math.pi / 2 * share(s, w, n)), "quarter of a wave"),
}


def from_zero(step, warmup, total):
    return (1 + math.cos(math.pi * step / total)) / 2


def by_total(step, warmup, total):
    return cosine((step - warmup) / total)


ANSWERS = [
    Right("plain", "ex03.2", (rate_plain,)),
    Right("a table, cosine squared", "ex03.2", (rate_table,)),
    Right("torch, clamped", "ex03.2", (rate_torch,)),
    *(Wrong(name, "ex03.2", (own(rise=f),), says, {0}) for name, (f, says) in RISES.items()),
    *(Wrong(name, "ex03.2", (own(fall=f),), says, {1, 2}) for name, (f, says) in FALLS.items()),
    Wrong("from step 0", "ex03.2", (own(fall=from_zero),), "counted from step 0", {1}),
    Wrong("by total", "ex03.2", (own(fall=by_total),), "divided by total", {1}),
    Wrong("rises on", "ex03.2", (rises_on,), "Here it still rises", {1, 2}),
    Wrong("no end", "ex03.2", (no_end,), "The training is over at total", {2}),
    Wrong("by warm-up", "ex03.2", (divides_by_warmup,), "warmup may be 0", {2}),
    Wrong("linear on", "ex03.2", (linear_on,), "It falls along a straight line", {1, 2}),
    Wrong("share", "ex03.2", (returns_share,), "This is a share of the peak", {0, 1, 2}),
    Wrong("no return", "ex03.2", (without_return,), "is the return missing", {0, 1, 2}),
]
