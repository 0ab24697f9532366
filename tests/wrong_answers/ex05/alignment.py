"""Exercise 05, task 5: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from wrong_answers import Right, Wrong


def counted(weights, links):
    """Return (hits, target words, linked target words, gold links)."""
    hits = sum((int(row.argmax()), t) in links for t, row in enumerate(weights))
    return hits, len(weights), len({t for _, t in links}), len(links)


def right_sets(weights, links):
    found, gold = {(i, t) for t, i in enumerate(weights.argmax(1).tolist())}, set(links)
    both, linked = found & gold, {t for _, t in gold}
    return len(both) / len(linked), 1 - 2 * len(both) / (len(found) + len(gold))


def right_matrix(weights, links):
    gold = np.zeros(weights.shape)
    for i, t in links:
        gold[t, i] = 1
    read = (weights == weights.max(axis=1, keepdims=True)).astype(float)
    hits = (gold * read).sum()
    return np.array([hits / gold.any(axis=1).sum(), 1 - 2 * hits / (gold.sum() + read.sum())])


def right_torch(weights, links):
    largest = torch.from_numpy(weights).argmax(dim=1).tolist()
    linked = [t for t in range(len(largest)) if any(target == t for _, target in links)]
    hits = sum((largest[t], t) in links for t in linked)
    return hits / len(linked), 1.0 - hits / ((len(largest) + len(links)) / 2)


def made_of(accuracy=None, error=None):
    """Return an answer with one of the two numbers wrong: each takes what counted returns."""

    def answer(weights, links):
        found = counted(weights, links)
        right = right_sets(weights, links)
        return (
            accuracy(*found) if accuracy else right[0],
            error(*found) if error else right[1],
        )

    return answer


def swapped(weights, links):
    return right_sets(weights, [(t, i) for i, t in links])[0], right_sets(weights, links)[1]


def swapped_everywhere(weights, links):
    hits, T, _, gold = counted(weights, [(t, i) for i, t in links])
    return hits / len({t for _, t in links}), 1 - 2 * hits / (T + gold)


def columns(weights, links):
    found = {(i, t) for i, t in enumerate(weights.argmax(axis=0).tolist())}
    hits = len(found & set(links))
    return hits / len({t for _, t in links}), right_sets(weights, links)[1]


def mass(weights, links):
    on_gold = sum(weights[t, i] for i, t in links)
    return on_gold / len({t for _, t in links}), right_sets(weights, links)[1]


def accuracy_alone(weights, links):
    return right_sets(weights, links)[0]


def wrong(name, says, loses, accuracy=None, error=None):
    return Wrong(name, "ex05.5", (made_of(accuracy, error),), says, loses)


ANSWERS = [
    Right("sets", "ex05.5", (right_sets,)),
    Right("a matrix of links", "ex05.5", (right_matrix,)),
    Right("torch, a loop", "ex05.5", (right_torch,)),
    Wrong("swapped", "ex05.5", (swapped_everywhere,), "changed places", {0, 1, 2}),
    Wrong("columns", "ex05.5", (columns,), "each source word, a column", {0, 1}),
    Wrong("mass", "ex05.5", (mass,), "the weight that lies on gold", {0, 1}),
    wrong("of all words", "all target words", {1}, lambda hits, T, linked, gold: hits / T),
    wrong("of links", "number of links", {0, 1}, lambda hits, T, linked, gold: hits / gold),
    wrong("share wrong", "that are wrong", {0, 1}, lambda hits, T, linked, gold: 1 - hits / linked),
    wrong("agreement", "subtract it from 1", {2}, None, lambda h, T, n, g: 2 * h / (T + g)),
    wrong("no two", "The 2 is missing", {2}, None, lambda h, T, n, g: 1 - h / (T + g)),
    wrong("precision", "predicted links only", {2}, None, lambda h, T, n, g: 1 - h / T),
    wrong("recall", "the gold links only", {2}, None, lambda h, T, n, g: 1 - h / g),
    wrong("union", "size of the union", {2}, None, lambda h, T, n, g: 1 - h / (T + g - h)),
    wrong("linked only", "predicts one link", {2}, None, lambda h, T, n, g: 1 - 2 * h / (n + g)),
    Wrong("one number", "ex05.5", (accuracy_alone,), "(accuracy, error_rate)", {0, 1, 2}),
]
