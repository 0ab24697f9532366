"""Exercise 06, task 2: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math

import numpy as np
import torch

from wrong_answers import Right, Wrong

EOS = "<eos>"


def score(log_prob, length, alpha):
    return log_prob / ((5 + length) / 6) ** alpha


def rank_by(key):
    """Return a ranking by key(words, log_prob, alpha), highest first."""

    def rank(hypotheses, alpha):
        best_first = sorted(hypotheses, key=lambda h: key(*h, alpha), reverse=True)
        return [words for words, _ in best_first]

    return rank


rank = rank_by(lambda words, p, alpha: (words[-1] == EOS, score(p, len(words), alpha)))


def score_logs(log_prob, length, alpha):
    return -math.exp(math.log(-log_prob) - alpha * math.log((5 + length) / 6))


def rank_two_lists(hypotheses, alpha):
    found = []
    for finished in (True, False):
        some = [h for h in hypotheses if (h[0][-1] == EOS) is finished]
        found += sorted(some, key=lambda h: -score_logs(h[1], len(h[0]), alpha))
    return tuple(words for words, _ in found)


def score_array(log_prob, length, alpha):
    return np.float64(log_prob) * np.power(6 / (5 + length), alpha)


def rank_argsort(hypotheses, alpha):
    lengths = np.array([len(words) for words, _ in hypotheses])
    scores = np.array([p for _, p in hypotheses]) / ((5 + lengths) / 6) ** alpha
    scores[[words[-1] != EOS for words, _ in hypotheses]] -= 1e6
    return [hypotheses[i][0] for i in np.argsort(-scores)]


def score_torch(log_prob, length, alpha):
    return torch.tensor(log_prob, dtype=torch.float64) / ((5 + length) / 6) ** alpha


def upwards(hypotheses, alpha):
    return rank(hypotheses, alpha)[::-1]


def together(hypotheses, alpha):
    return rank_by(lambda words, p, a: score(p, len(words), a))(hypotheses, alpha)


def drops_cut(hypotheses, alpha):
    return [words for words in rank(hypotheses, alpha) if words[-1] == EOS]


def no_length(hypotheses, alpha):
    return rank_by(lambda words, p, a: (words[-1] == EOS, p))(hypotheses, alpha)


def shortest(hypotheses, alpha):
    return rank_by(lambda words, p, a: (words[-1] == EOS, -len(words)))(hypotheses, alpha)


def longest(hypotheses, alpha):
    return rank_by(lambda words, p, a: (words[-1] == EOS, len(words)))(hypotheses, alpha)


def pairs(hypotheses, alpha):
    return [(words, 0.0) for words in rank(hypotheses, alpha)]


def wrong_score(name, change, says, loses=frozenset({0})):
    return Wrong(name, "ex06.2", (change, rank), says, set(loses))


def wrong_rank(name, function, says, loses):
    return Wrong(name, "ex06.2", (score, function), says, set(loses))


ANSWERS = [
    Right("one key", "ex06.2", (score, rank)),
    Right("logarithms, two lists", "ex06.2", (score_logs, rank_two_lists)),
    Right("arrays", "ex06.2", (score_array, rank_argsort)),
    Right("a tensor", "ex06.2", (score_torch, rank)),
    wrong_score("power", lambda p, T, a: p / T**a, "This divides by T to the alpha"),
    wrong_score("reward", lambda p, T, a: p + a * T, "This adds alpha times T"),
    wrong_score("one more", lambda p, T, a: score(p, T + 1, a), "T counts <eos> already"),
    wrong_score("one fewer", lambda p, T, a: score(p, T - 1, a), "Nothing is taken away"),
    wrong_score("sign", lambda p, T, a: -score(p, T, a), "The sign is turned", {0, 1}),
    wrong_score("no length", lambda p, T, a: p, "This is ln p alone"),
    wrong_score("e to it", lambda p, T, a: math.exp(score(p, T, a)), "e to the score", {0, 1}),
    wrong_score("multiplied", lambda p, T, a: p * ((5 + T) / 6) ** a, "This multiplies"),
    wrong_score("six and five", lambda p, T, a: p / ((6 + T) / 5) ** a, "5 and 6 changed places"),
    wrong_score("part", lambda p, T, a: p / ((5 + T) ** a / 6), "The whole fraction", {0, 1}),
    wrong_score(
        "factor", lambda p, T, a: p / ((5 + T) / 6 * a + 1e-300), "alpha is an exponent", {0, 1}
    ),
    wrong_rank("upwards", upwards, "This is the ranking, worst first", {2, 3}),
    wrong_rank("by ln p", no_length, "ranked by ln p alone", {2}),
    wrong_rank("shortest", shortest, "ranked by length, short first", {2}),
    wrong_rank("longest", longest, "ranked by length, long first", {2, 3}),
    wrong_rank("together", together, "competes with finished sentences", {3}),
    wrong_rank("drops cut", drops_cut, "The ones that were cut off are missing", {3}),
    wrong_rank("pairs", pairs, "words should be a tuple of strings", {2, 3}),
]
