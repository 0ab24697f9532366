"""Exercise 06, task 1: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import heapq

import numpy as np
import torch

from wrong_answers import Right, Wrong


def grown(scores, log_probs):
    return [
        (scores[k] + p, k, v)
        for k, row in enumerate(log_probs)
        for v, p in enumerate(row)
        if p > -np.inf
    ]


def ordered(triples):
    return sorted(triples, key=lambda t: (-t[0], t[1], t[2]))


def right_loop(scores, log_probs, width):
    return ordered(grown(scores, log_probs))[:width]


def right_argsort(scores, log_probs, width):
    flat = (scores[:, None] + log_probs).ravel()
    best = np.argsort(-flat, kind="stable")[:width]
    return [(flat[i], *divmod(i, log_probs.shape[1])) for i in best if flat[i] > -np.inf]


def right_heap(scores, log_probs, width):
    heap = [(-score, k, v) for score, k, v in grown(scores, log_probs)]
    heapq.heapify(heap)
    found = []
    while heap and len(found) < width:
        score, k, v = heapq.heappop(heap)
        found.append([-score, k, v])
    return found


def right_torch(scores, log_probs, width):
    total = torch.from_numpy(scores)[:, None] + torch.from_numpy(log_probs)
    best, place = total.flatten().sort(descending=True, stable=True)
    kept = [(float(s), int(i)) for s, i in zip(best, place, strict=True) if s > -torch.inf]
    return np.array([(s, i // total.shape[1], i % total.shape[1]) for s, i in kept[:width]])


def last_word(scores, log_probs, width):
    return ordered(grown(0 * scores, log_probs))[:width]


def ranked_by_last(scores, log_probs, width):
    return [(p + scores[k], k, v) for p, k, v in last_word(scores, log_probs, width)]


def product(scores, log_probs, width):
    V = log_probs.shape[1]
    total = [(scores[k] * log_probs[k, v], k, v) for k in range(len(scores)) for v in range(V)]
    return ordered(total)[:width]


def one_each(scores, log_probs, width):
    return ordered((scores[k] + max(row), k, row.argmax()) for k, row in enumerate(log_probs))


def best_parent(scores, log_probs, width):
    k = int(scores.argmax())
    return [t for t in ordered(grown(scores, log_probs)) if t[1] == k][:width]


def upwards(scores, log_probs, width):
    return right_loop(scores, log_probs, width)[::-1]


def worst(scores, log_probs, width):
    return ordered(grown(scores, log_probs))[::-1][:width]


def swapped(scores, log_probs, width):
    return [(s, v, k) for s, k, v in right_loop(scores, log_probs, width)]


def divided_by_k(scores, log_probs, width):
    flat = (scores[:, None] + log_probs).ravel()
    best = np.argsort(-flat, kind="stable")[:width]
    return [(flat[i], *divmod(i, len(scores))) for i in best if flat[i] > -np.inf]


def probabilities(scores, log_probs, width):
    return [(np.exp(s), k, v) for s, k, v in right_loop(scores, log_probs, width)]


def keeps_impossible(scores, log_probs, width):
    flat = (scores[:, None] + log_probs).ravel()
    best = np.argsort(-flat, kind="stable")[:width]
    return [(flat[i], *divmod(i, log_probs.shape[1])) for i in best]


def late_ties(scores, log_probs, width):
    flat = (scores[:, None] + log_probs).ravel()
    best = np.argsort(flat, kind="stable")[::-1][:width]
    return [(flat[i], *divmod(i, log_probs.shape[1])) for i in best if flat[i] > -np.inf]


def token_ties(scores, log_probs, width):
    return sorted(grown(scores, log_probs), key=lambda t: (-t[0], t[2], t[1]))[:width]


def one_array(scores, log_probs, width):
    return np.sort((scores[:, None] + log_probs).ravel())[::-1][:width]


def wrong(name, function, says, loses=frozenset({0, 1, 2})):
    return Wrong(name, "ex06.1", (function,), says, set(loses))


ANSWERS = [
    Right("loop", "ex06.1", (right_loop,)),
    Right("argsort", "ex06.1", (right_argsort,)),
    Right("heap, lists", "ex06.1", (right_heap,)),
    Right("torch, one array", "ex06.1", (right_torch,)),
    wrong("last word", last_word, "ranked by the last word alone"),
    wrong("ranked by last", ranked_by_last, "looks at the last word alone"),
    wrong("product", product, "Their product is nothing"),
    wrong("one each", one_each, "Each prefix got one continuation"),
    wrong("best parent", best_parent, "All of these continue the best prefix"),
    wrong("upwards", upwards, "The right ones, worst first"),
    wrong("worst", worst, "These are the worst"),
    wrong("swapped", swapped, "Parent and token changed places"),
    wrong("divided by K", divided_by_k, "taken apart with the wrong number"),
    wrong("probabilities", probabilities, "These are probabilities"),
    wrong("late ties", late_ties, "this takes the higher parent", {1}),
    wrong("token ties", token_ties, "this takes the lower token", {1}),
    wrong("keeps impossible", keeps_impossible, "A continuation of probability 0", {2}),
    wrong("one array", one_array, "Each entry should be (score, parent, token)"),
]
