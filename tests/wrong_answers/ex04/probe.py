"""Exercise 04, task 5: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from wrong_answers import Right, Wrong


def targets(labels):
    return np.eye(labels.max() + 1)[labels]


def scores_solve(states, labels, strength, new_states):
    Y = targets(labels)
    centre, mean = states.mean(axis=0), Y.mean(axis=0)
    X = states - centre
    W = np.linalg.solve(X.T @ X + strength * np.eye(X.shape[1]), X.T @ Y)
    return (new_states - centre) @ W + mean


def scores_longer(states, labels, strength, new_states):
    """Put the penalty into the data: sqrt(strength) times the identity, with targets of 0."""
    Y = targets(labels)
    centre, mean = states.mean(axis=0), Y.mean(axis=0)
    F = states.shape[1]
    X = np.vstack([states - centre, np.sqrt(strength) * np.eye(F)])
    Y = np.vstack([Y - mean, np.zeros((F, Y.shape[1]))])
    return (new_states - centre) @ np.linalg.lstsq(X, Y, rcond=None)[0] + mean


def scores_ones(states, labels, strength, new_states):
    """Use a column of ones, without a penalty on it; in torch."""
    X = torch.tensor(np.hstack([states, np.ones((len(states), 1))]))
    penalty = strength * torch.eye(X.shape[1], dtype=torch.float64)
    penalty[-1, -1] = 0
    W = torch.linalg.solve(X.T @ X + penalty, X.T @ torch.tensor(targets(labels)))
    return torch.tensor(new_states) @ W[:-1] + W[-1]


def ridge(X, Y, strength):
    return np.linalg.solve(X.T @ X + strength * np.eye(X.shape[1]), X.T @ Y)


def no_means(states, labels, strength, new_states):
    return new_states @ ridge(states, targets(labels), strength)


def mean_not_added(states, labels, strength, new_states):
    return scores_solve(states, labels, strength, new_states) - targets(labels).mean(axis=0)


def new_not_centred(states, labels, strength, new_states):
    Y = targets(labels)
    W = ridge(states - states.mean(axis=0), Y - Y.mean(axis=0), strength)
    return new_states @ W + Y.mean(axis=0)


def own_mean(states, labels, strength, new_states):
    Y = targets(labels)
    W = ridge(states - states.mean(axis=0), Y - Y.mean(axis=0), strength)
    return (new_states - new_states.mean(axis=0)) @ W + Y.mean(axis=0)


def stronger(change):
    def scores(states, labels, strength, new_states):
        return scores_solve(states, labels, change(strength, len(states)), new_states)

    return scores


def scaled(states, labels, strength, new_states):
    scale = states.std(axis=0)
    return scores_solve(states / scale, labels, strength, new_states / scale)


def no_penalty(states, labels, strength, new_states):
    Y = targets(labels)
    centre = states.mean(axis=0)
    W = np.linalg.lstsq(states - centre, Y - Y.mean(axis=0), rcond=None)[0]
    return (new_states - centre) @ W + Y.mean(axis=0)


def no_inverse(states, labels, strength, new_states):
    return stronger(lambda strength, n: 0.0)(states, labels, strength, new_states)


def ones_penalised(states, labels, strength, new_states):
    X, new = (np.hstack([x, np.ones((len(x), 1))]) for x in (states, new_states))
    return new @ ridge(X, targets(labels), strength)


def everywhere(states, labels, strength, new_states):
    Y = targets(labels)
    centre, mean = states.mean(axis=0), Y.mean(axis=0)
    X = states - centre
    return (new_states - centre) @ np.linalg.solve(X.T @ X + strength, X.T @ Y) + mean


def not_centred(states, labels, strength, new_states):
    Y = targets(labels)
    return new_states @ ridge(states, Y - Y.mean(axis=0), strength) + Y.mean(axis=0)


def probabilities(states, labels, strength, new_states):
    e = np.exp(scores_solve(states, labels, strength, new_states))
    return e / e.sum(axis=1, keepdims=True)


def answers_only(states, labels, strength, new_states):
    return scores_solve(states, labels, strength, new_states).argmax(axis=1)


def turned(states, labels, strength, new_states):
    return scores_solve(states, labels, strength, new_states).T


EVERY = {0, 1, 2, 3}
ANSWERS = [
    Right("solve", "ex04.5", (scores_solve,)),
    Right("longer data", "ex04.5", (scores_longer,)),
    Right("a column of ones, torch", "ex04.5", (scores_ones,)),
    Wrong("no means", "ex04.5", (no_means,), "has to go through 0", EVERY),
    Wrong("mean not added", "ex04.5", (mean_not_added,), "so it comes back", EVERY),
    Wrong("new not centred", "ex04.5", (new_not_centred,), "are not centred", EVERY),
    Wrong("own mean", "ex04.5", (own_mean,), "centred by their own mean", {1, 3}),
    Wrong("times N", "ex04.5", (stronger(lambda s, n: s * n),), "N times as strong", {2, 3}),
    Wrong("scaled", "ex04.5", (scaled,), "divided by their standard deviations", {2, 3}),
    Wrong("no penalty", "ex04.5", (no_penalty,), "strength is not used", {2, 3}),
    Wrong("no inverse", "ex04.5", (no_inverse,), "has no inverse", {2, 3}),
    Wrong("squared", "ex04.5", (stronger(lambda s, n: s**2),), "counts squared", {2, 3}),
    Wrong("half", "ex04.5", (stronger(lambda s, n: s / 2),), "half of its strength", {2, 3}),
    Wrong("ones penalised", "ex04.5", (ones_penalised,), "on the column of ones", {2, 3}),
    Wrong("everywhere", "ex04.5", (everywhere,), "It belongs on the diagonal", {2, 3}),
    Wrong("not centred", "ex04.5", (not_centred,), "neither those of the fit", EVERY),
    Wrong("softmax", "ex04.5", (probabilities,), "went through a softmax", EVERY),
    Wrong("answers only", "ex04.5", (answers_only,), "One row a new state", EVERY),
    Wrong("turned", "ex04.5", (turned,), "One row a new state", EVERY),
]
