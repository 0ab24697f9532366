"""Exercise 04, task 6: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false, reportCallIssue=false
# pyright: reportOperatorIssue=false, reportOptionalOperand=false

import statistics

import numpy as np

from wrong_answers import Right, Wrong


def half(lengths, row):
    for k in range(1, len(row)):
        if row[k] < 0.5:
            part = (row[k - 1] - 0.5) / (row[k - 1] - row[k])
            return lengths[k - 1] + part * (lengths[k] - lengths[k - 1])
    return None


def half_loop(lengths, shares):
    halves = [half(lengths, row) for row in shares]
    if None in halves:
        return halves, None, None
    return halves, np.mean(halves), np.std(halves, ddof=1)


def half_interp(lengths, shares):
    halves = []
    for row in shares:
        k = next((k for k, share in enumerate(row) if share < 0.5), None)
        if k is not None:
            k = float(np.interp(0.5, row[[k, k - 1]], lengths[[k, k - 1]]))
        halves.append(k)
    known = None not in halves
    return halves, *((f(halves) if known else None) for f in (statistics.mean, statistics.stdev))


def instead(one=half, mean=np.mean, spread=lambda found: np.std(found, ddof=1)):
    """Return the right function with one of its parts replaced; the others stay right."""

    def half_length(lengths, shares):
        right = [half(lengths, row) for row in shares]
        halves = [one(lengths, row) for row in shares]
        if None in right:
            return halves, None, None
        return halves, mean(right), spread(right)

    return half_length


def below(row):
    return np.flatnonzero(row < 0.5)


def tested_below(lengths, row):
    return lengths[below(row)[0]] if len(below(row)) else None


def tested_above(lengths, row):
    return lengths[below(row)[0] - 1] if len(below(row)) else None


def middle(lengths, row):
    if not len(below(row)):
        return None
    return (tested_below(lengths, row) + tested_above(lengths, row)) / 2


def wrong_end(lengths, row):
    return 2 * middle(lengths, row) - half(lengths, row) if len(below(row)) else None


def nearest(lengths, row):
    return lengths[np.argmin(abs(row - 0.5))]


def one_step(lengths, row):
    k = below(row)[0] if len(below(row)) else None
    return None if k is None else lengths[k - 1] + (row[k - 1] - 0.5) / (row[k - 1] - row[k])


def at_a_half(lengths, row):
    return half(lengths, np.where(row == 0.5, np.nextafter(0.5, 0), row))


def last_time(lengths, row):
    k = np.flatnonzero(row >= 0.5)[-1]
    return half(lengths[k:], row[k:])


def longest_tested(lengths, row):
    found = half(lengths, row)
    return lengths[-1] if found is None else found


def no_none(lengths, row):
    k = below(row)[0]
    return half(lengths[: k + 1], row[: k + 1])


def no_next(lengths, row):
    next(k for k in range(len(row)) if row[k] < 0.5)
    return half(lengths, row)


def no_min(lengths, row):
    min(k for k in range(len(row)) if row[k] < 0.5)
    return half(lengths, row)


def of_mean_curve(lengths, shares):
    halves, mean, spread = half_loop(lengths, shares)
    return halves, mean if mean is None else half(lengths, shares.mean(axis=0)), spread


def leaves_out(lengths, shares):
    halves = [half(lengths, row) for row in shares]
    found = [x for x in halves if x is not None]
    if len(found) < 2:
        return halves, None, None
    return halves, np.mean(found), np.std(found, ddof=1)


def last_tested(lengths, shares):
    halves = [longest_tested(lengths, row) for row in shares]
    return halves, np.mean(halves), np.std(halves, ddof=1)


def not_numbers(lengths, shares):
    halves = [half(lengths, row) for row in shares]
    found = np.array([np.nan if x is None else x for x in halves])
    return found, found.mean(), found.std(ddof=1)


def means_only(lengths, shares):
    return half_loop(lengths, shares)[1:]


ONES = {
    "tested below": (tested_below, "first length that was tested below", {0, 3}),
    "tested above": (tested_above, "last length above a half", {0, 3}),
    "middle": (middle, "the middle between two lengths", {0, 3}),
    "wrong end": (wrong_end, "from the wrong end", {0, 3}),
    "nearest": (nearest, "whose share is nearest", {0, 3}),
    "one step": (one_step, "as it is. Multiply it", {0, 3}),
    "at a half": (at_a_half, "is not below 0.5", {0}),
    "last time": (last_time, "comes up once more", {0, 3}),
    "longest tested": (longest_tested, "Nobody knows where it falls", {3}),
    "no None": (no_none, "no first point below", {3}),
    "no next": (no_next, "no first point below", {3}),
    "no min": (no_min, "no first point below", {3}),
}

ANSWERS = [
    Right("loop", "ex04.6", (half_loop,)),
    Right("interp", "ex04.6", (half_interp,)),
    *(Wrong(n, "ex04.6", (instead(one=f),), says, loses) for n, (f, says, loses) in ONES.items()),
    Wrong("median", "ex04.6", (instead(mean=np.median),), "the median of the seeds", {1, 3}),
    Wrong("best", "ex04.6", (instead(mean=max),), "This is the best seed", {1, 3}),
    Wrong("mean curve", "ex04.6", (of_mean_curve,), "averaged first", {1, 3}),
    Wrong("by n", "ex04.6", (instead(spread=np.std),), "by the number of seeds", {2, 3}),
    Wrong(
        "variance",
        "ex04.6",
        (instead(spread=lambda found: np.var(found, ddof=1)),),
        "This is the variance",
        {2, 3},
    ),
    Wrong(
        "error",
        "ex04.6",
        (instead(spread=lambda found: np.std(found, ddof=1) / len(found) ** 0.5),),
        "the standard error",
        {2, 3},
    ),
    Wrong("leaves out", "ex04.6", (leaves_out,), "leaves out the seed", {3}),
    Wrong("last tested", "ex04.6", (last_tested,), "Nobody knows where it falls", {3}),
    Wrong("nan", "ex04.6", (not_numbers,), "None, not nan", {3}),
    Wrong("means only", "ex04.6", (means_only,), "(halves, mean, spread)", {0, 1, 2, 3}),
]
