"""Exercise 07, task 5: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from course_lib.reference.exposure import sampled_gradients
from wrong_answers import Right, Wrong


def matrix(p, drawn, rewards):
    n = len(drawn)
    b = (rewards.sum() - rewards) / (n - 1)
    return (rewards - b) @ (np.eye(len(p))[drawn] - p) / n


def loops(p, drawn, rewards):
    n, gradient = len(drawn), [0.0] * len(p)
    for j in range(n):
        b = sum(rewards[k] for k in range(n) if k != j) / (n - 1)
        for i in range(len(p)):
            gradient[i] += (rewards[j] - b) * ((i == drawn[j]) - p[i]) / n
    return gradient


def autograd(p, drawn, rewards):
    logits = torch.log(torch.tensor(p)).requires_grad_()
    r = torch.tensor(rewards)
    b = (r.sum() - r) / (len(r) - 1)
    ((r - b) * torch.log_softmax(logits, 0)[torch.tensor(drawn)]).mean().backward()
    return logits.grad


def scaled(p, drawn, rewards):
    n = len(drawn)
    advantage = n / (n - 1) * (rewards - rewards.mean())
    counts = np.bincount(drawn, weights=advantage, minlength=len(p))
    return (counts - advantage.sum() * p) / n


def with_baseline(b, p, drawn, rewards):
    return ((rewards - b)[:, None] * (np.eye(len(p))[drawn] - p)).mean(axis=0)


def no_baseline(p, drawn, rewards):
    return with_baseline(np.zeros(len(rewards)), p, drawn, rewards)


def mean_of_all(p, drawn, rewards):
    return with_baseline(rewards.mean(), p, drawn, rewards)


def summed(p, drawn, rewards):
    return matrix(p, drawn, rewards) * len(drawn)


def by_others(p, drawn, rewards):
    return matrix(p, drawn, rewards) * len(drawn) / (len(drawn) - 1)


def negative(p, drawn, rewards):
    return -matrix(p, drawn, rewards)


def others(rewards):
    return (rewards.sum() - rewards) / (len(rewards) - 1)


def one_hot_only(p, drawn, rewards):
    advantage = rewards - others(rewards)
    return np.bincount(drawn, weights=advantage, minlength=len(p)) / len(drawn)


def drawn_only(p, drawn, rewards):
    advantage = (rewards - others(rewards)) * (1 - p[drawn])
    return np.bincount(drawn, weights=advantage, minlength=len(p)) / len(drawn)


def weighted(p, drawn, rewards):
    advantage = (rewards - others(rewards)) * p[drawn]
    return advantage @ (np.eye(len(p))[drawn] - p) / len(drawn)


def each_draw(p, drawn, rewards):
    return (rewards - others(rewards))[:, None] * (np.eye(len(p))[drawn] - p)


def in_place(p, drawn, rewards):
    rewards -= others(rewards)
    return rewards @ (np.eye(len(p))[drawn] - p) / len(drawn)


def course_function(p, drawn, rewards):
    each = np.zeros(len(p))
    each[drawn] = rewards
    return sampled_gradients(p, each, drawn, others(rewards)).mean(axis=0)


def wrong(name, function, says, loses=frozenset({0, 1})):
    return Wrong(name, "ex07.5", (function,), says, set(loses))


ANSWERS = [
    Right("a matrix product", "ex07.5", (matrix,)),
    Right("loops, a list", "ex07.5", (loops,)),
    Right("autograd", "ex07.5", (autograd,)),
    Right("scaled mean, bincount", "ex07.5", (scaled,)),
    Right("without p: with this baseline its weights sum to 0", "ex07.5", (one_hot_only,)),
    wrong("no baseline", no_baseline, "The baseline is missing"),
    wrong("mean of all", mean_of_all, "the mean of all rewards, this one included"),
    wrong("summed", summed, "This is the sum over the draws"),
    wrong("by n - 1", by_others, "divided by n - 1"),
    wrong("negative", negative, "The sign is turned"),
    wrong("drawn only", drawn_only, "Only the drawn sentence's logit"),
    wrong("weighted", weighted, "weighted by its probability"),
    wrong("each draw", each_draw, "gradient has shape"),
    wrong("in place", in_place, "changes its input", {0}),
    wrong("course's own", course_function, "write it yourself"),
]
