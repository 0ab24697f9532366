"""Exercise 04, task 2: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false, reportCallIssue=false
# pyright: reportOperatorIssue=false, reportOptionalOperand=false

import itertools
import math

import numpy as np
import torch

from wrong_answers import Right, Wrong


def shares_numpy(lengths, right, edges):
    rows = []
    for low, high in itertools.pairwise(edges):
        mine = right[(low < lengths) & (lengths <= high)]
        if len(mine) == 0:
            rows.append((0, None, None))
            continue
        r = mine.mean()
        rows.append((len(mine), r, np.sqrt(r * (1 - r) / len(mine))))
    return rows


def shares_loops(lengths, right, edges):
    counts, hits = [0] * (len(edges) - 1), [0] * (len(edges) - 1)
    for length, is_right in zip(lengths.tolist(), right.tolist(), strict=True):
        for k in range(len(counts)):
            if edges[k] < length <= edges[k + 1]:
                counts[k] += 1
                hits[k] += is_right
    rows = [[n, h / n if n else None, None] for n, h in zip(counts, hits, strict=True)]
    for row in rows:
        if row[0]:
            row[2] = math.sqrt(row[1] * (1 - row[1]) / row[0])
    return rows


def shares_torch(lengths, right, edges):
    k = torch.bucketize(torch.tensor(lengths), torch.tensor(edges)) - 1  # right edge included
    rows = []
    for bucket in range(len(edges) - 1):
        mine = torch.tensor(right)[k == bucket].double()
        n = mine.numel()
        error = mine.std(correction=0) / math.sqrt(n) if n else None
        rows.append((n, mine.mean() if n else None, error))
    return rows


def cut(inside):
    """Return the function of someone who cuts by inside(lengths, low, high, first edge)."""

    def shares(lengths, right, edges):
        rows = []
        for low, high in itertools.pairwise(edges):
            mine = right[inside(lengths, low, high, edges[0])]
            n = len(mine)
            r = mine.mean() if n else None
            rows.append((n, r, math.sqrt(r * (1 - r) / n) if n else None))
        return rows

    return shares


def row(make):
    """Return the function of someone whose rows are make(count, share, all sentences)."""

    def shares(lengths, right, edges):
        found = shares_numpy(lengths, right, edges)
        return [make(n, r, len(lengths)) if n else (n, r, e) for n, r, e in found]

    return shares


def error(r, n):
    return math.sqrt(r * (1 - r) / n)


def of_all(n, r, every):
    share = r * n / every
    return n, share, error(share, n)


def of_right(lengths, right, edges):
    rows = [
        (n, n * r / right.sum()) if n else (0, 0) for n, r, _ in shares_numpy(lengths, right, edges)
    ]
    return [(n, r, error(r, n) if n else None) for n, r in rows]


def histogram(lengths, right, edges):
    counts, _ = np.histogram(lengths, edges)
    hits, _ = np.histogram(lengths[right], edges)
    pairs = [(int(n), int(k) / int(n) if n else None) for n, k in zip(counts, hits, strict=True)]
    return [(n, r, error(r, n) if n else None) for n, r in pairs]


def zeros(lengths, right, edges):
    return [row if row[0] else (0, 0.0, 0.0) for row in shares_numpy(lengths, right, edges)]


def left_out(lengths, right, edges):
    return [row for row in shares_numpy(lengths, right, edges) if row[0]]


def divides_by_zero(lengths, right, edges):
    rows = []
    for low, high in itertools.pairwise(edges):
        mine = right[(low < lengths) & (lengths <= high)].tolist()
        r = sum(mine) / len(mine)
        rows.append((len(mine), r, error(r, len(mine))))
    return rows


def not_a_number(lengths, right, edges):
    rows = shares_numpy(lengths, right, edges)
    return [row if row[0] else (0, math.nan, math.nan) for row in rows]


def pairs(lengths, right, edges):
    return [row[1:] for row in shares_numpy(lengths, right, edges)]


CUTS = {
    "lower edge": (lambda x, low, high, first: (low <= x) & (x < high), "cut at other", {1}),
    "cumulative": (
        lambda x, low, high, first: (first < x) & (x <= high),
        "cut at other",
        {0, 1, 2},
    ),
    "both edges": (lambda x, low, high, first: (low <= x) & (x <= high), "in both of its", {1}),
    "no edge": (lambda x, low, high, first: (low < x) & (x < high), "counted nowhere", {1}),
}
SHARES = {
    "per cent": (lambda n, r, every: (n, 100 * r, error(r, n)), "in per cent", {0, 1, 3}),
    "wrong ones": (lambda n, r, every: (n, 1 - r, error(r, n)), "wrong translations", {0, 1, 3}),
    "how many": (lambda n, r, every: (n, n * r, error(r, n)), "how many are right", {0, 1, 3}),
    "of all": (of_all, "divided by all sentences", {0, 1, 2}),
    "spread": (lambda n, r, every: (n, r, error(r, 1)), "spread of one sentence", {2, 3}),
    "by n": (lambda n, r, every: (n, r, error(r, 1) / n), "falls with √n", {2, 3}),
    "variance": (lambda n, r, every: (n, r, error(r, n) ** 2), "variance of the share", {2, 3}),
    "no 1 - r": (lambda n, r, every: (n, r, math.sqrt(r / n)), "The factor 1 - r", {2, 3}),
    "n - 1": (lambda n, r, every: (n, r, error(r, n - 1)), "divides by n - 1", {2, 3}),
}

ANSWERS = [
    Right("numpy", "ex04.2", (shares_numpy,)),
    Right("loops, lists", "ex04.2", (shares_loops,)),
    Right("torch, bucketize", "ex04.2", (shares_torch,)),
    *(Wrong(n, "ex04.2", (cut(f),), says, loses) for n, (f, says, loses) in CUTS.items()),
    *(Wrong(n, "ex04.2", (row(f),), says, loses) for n, (f, says, loses) in SHARES.items()),
    Wrong("of the right", "ex04.2", (of_right,), "divided by all right ones", {0, 1, 2, 3}),
    Wrong("histogram", "ex04.2", (histogram,), "np.histogram cuts", {1}),
    Wrong("zeros", "ex04.2", (zeros,), "0 would say that all of them are wrong", {3}),
    Wrong("left out", "ex04.2", (left_out,), "3 edges make 2 ranges", {3}),
    Wrong("0 / 0", "ex04.2", (divides_by_zero,), "Look before you divide", {3}),
    Wrong("nan", "ex04.2", (not_a_number,), "Look before you divide", {3}),
    Wrong("pairs", "ex04.2", (pairs,), "should be (count, share, error)", {0, 1, 2, 3}),
]
