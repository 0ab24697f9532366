"""Exercise 02, task 5: reports of a measurement, consistent ones and others."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from course_lib.reference import recurrent as ref
from wrong_answers import Right, Wrong


def measured(block=1, other_weights=False, words=10, start=0):
    """Return a measurement: by default the right one, else with one thing changed."""

    def measure(rng, biases, n):
        left = np.zeros((len(biases), n))
        for row, bias in enumerate(biases):
            for i in range(n):
                left[row, i] = share(rng, bias)
        return report(left)

    def share(rng, bias):
        a = rng.standard_normal((10, 32))
        b = np.concatenate([rng.standard_normal((1, 32)), a[1:]])
        cells = [ref.random_cell(rng, 4, 32, 32) for _ in range(2)]
        if not other_weights:
            cells[1] = cells[0]
        for cell in cells[: 1 + other_weights]:
            cell.b_x[32 * block : 32 * block + 32] += bias
        zeros = ref.LSTMState(np.zeros(32), np.zeros(32))
        h_a, h_b = (
            ref.encode(ref.lstm_step, cell, x, zeros)[0]
            for cell, x in zip(cells, (a, b), strict=True)
        )
        distance = np.linalg.norm(h_a - h_b, axis=1)
        return distance[words - 1] / distance[start]

    return measure


def report(left, error=lambda left: left.std(axis=1, ddof=1) / np.sqrt(left.shape[1])):
    return left, left.mean(axis=1), error(left)


def with_error(error):
    return lambda rng, biases, n: report(measured()(rng, biases, n)[0], error)


def lists(rng, biases, n):
    left, mean, _ = measured()(rng, biases, n)
    error = np.sqrt(((left - mean[:, None]) ** 2).mean(axis=1) / n)  # n, not n - 1
    return left.tolist(), mean.tolist(), error.tolist()


def tensors(rng, biases, n):
    left = torch.from_numpy(measured()(rng, biases, n)[0])
    return left, left.mean(dim=1), left.std(dim=1) / n**0.5


def repeats(rng, biases, n):
    row = measured()(rng, biases, 1)[0]
    return report(np.repeat(row, n, axis=1))


def percent(rng, biases, n):
    return report(100 * measured()(rng, biases, n)[0])


def other_mean(rng, biases, n):
    left, _, error = measured()(rng, biases, n)
    return left, np.median(left, axis=1), error


def own_generator(rng, biases, n):
    return measured()(np.random.default_rng(0), biases, n)


def distances(rng, biases, n):
    return report(np.zeros((len(biases), n)))


def wrong(name, function, says, loses):
    return Wrong(name, "ex02.5", (function,), says, loses)


ANSWERS = [
    Right("arrays", "ex02.5", (measured(),)),
    Right("lists, n", "ex02.5", (lists,)),
    Right("tensors", "ex02.5", (tensors,)),
    wrong("a median", other_mean, "mean[0]: you returned", {0, 1, 2}),
    wrong("nothing left", distances, "above 0, and finite", {0, 1, 2}),
    wrong("one network", repeats, "equal to the last digit", {0, 1, 2}),
    wrong("percent", percent, "is left after ten words", {2}),
    wrong("the block of i", measured(block=0), "the second of i, f, g, o", {2}),
    wrong("the first state", measured(words=1), "equal to the last digit", {0, 1, 2}),
    wrong("after nine words", measured(words=9), "the state after the tenth word", {2}),
    wrong("from the second", measured(start=1), "by the one after the first", {2}),
    wrong("own generator", own_generator, "which moves on", {2}),
    wrong("two networks", measured(other_weights=True), "go on alike", {2}),
    wrong("spread", with_error(lambda x: x.std(axis=1)), "divided by sqrt(n)", {1}),
    wrong("by n", with_error(lambda x: x.std(axis=1) / x.shape[1]), "not with n", {1}),
    wrong("variance", with_error(lambda x: x.var(axis=1) / x.shape[1]), "its square root", {1}),
    wrong("one number", lambda rng, biases, n: 0.1, "(left, mean, standard_error)", {0, 1, 2}),
]
