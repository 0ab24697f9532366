"""Exercise 02, task 2: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math

import numpy as np
import torch

from course_lib.reference import recurrent as ref
from wrong_answers import Right, Wrong


def pieces(x, h, W_x, W_h, b_x, b_h):
    r_x, z_x, n_x = np.split(x @ W_x + b_x, 3)
    r_h, z_h, n_h = np.split(h @ W_h + b_h, 3)
    return ref.sigmoid(r_x + r_h), ref.sigmoid(z_x + z_h), n_x, n_h


def split(*args):
    r, z, n_x, n_h = pieces(*args)
    return (1 - z) * np.tanh(n_x + r * n_h) + z * args[1]


def loops(x, h, W_x, W_h, b_x, b_h):
    H, new = len(h), []

    def layer(inputs, W, b, column):
        return sum(inputs[i] * W[i, column] for i in range(len(inputs))) + b[column]

    for j in range(H):
        r, z = (
            1 / (1 + math.exp(-layer(x, W_x, b_x, k) - layer(h, W_h, b_h, k))) for k in (j, H + j)
        )
        k = 2 * H + j
        n = math.tanh(layer(x, W_x, b_x, k) + r * layer(h, W_h, b_h, k))
        new.append((1 - z) * n + z * h[j])
    return new


def torch_cell(x, h, W_x, W_h, b_x, b_h):
    cell = torch.nn.GRUCell(len(x), len(h)).double()
    with torch.no_grad():
        for parameter, values in zip(cell.parameters(), (W_x.T, W_h.T, b_x, b_h), strict=True):
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(values)))
    return cell(torch.from_numpy(x), torch.from_numpy(h))


def einsum(x, h, W_x, W_h, b_x, b_h):
    word = (np.einsum("e,eg->g", x, W_x) + b_x).reshape(3, -1)
    past = (np.einsum("e,eg->g", h, W_h) + b_h).reshape(3, -1)
    r, z = 1 / (1 + np.exp(-(word[:2] + past[:2])))
    n = np.tanh(word[2] + r * past[2])
    return n + z * (h - n)


def before(x, h, W_x, W_h, b_x, b_h):
    r, z, n_x, _ = pieces(x, h, W_x, W_h, b_x, b_h)
    k = 2 * len(h)
    return (1 - z) * np.tanh(n_x + (r * h) @ W_h[:, k:] + b_h[k:]) + z * h


def turned(*args):
    r, z, n_x, n_h = pieces(*args)
    return z * np.tanh(n_x + r * n_h) + (1 - z) * args[1]


def zrn(*args):
    z, r, n_x, n_h = pieces(*args)
    return (1 - z) * np.tanh(n_x + r * n_h) + z * args[1]


def sigmoid_candidate(*args):
    r, z, n_x, n_h = pieces(*args)
    return (1 - z) * ref.sigmoid(n_x + r * n_h) + z * args[1]


def tanh_gates(x, h, W_x, W_h, b_x, b_h):
    r_x, z_x, n_x = np.split(x @ W_x + b_x, 3)
    r_h, z_h, n_h = np.split(h @ W_h + b_h, 3)
    r, z = np.tanh(r_x + r_h), np.tanh(z_x + z_h)
    return (1 - z) * np.tanh(n_x + r * n_h) + z * h


def no_state_bias(x, h, W_x, W_h, b_x, b_h):
    return split(x, h, W_x, W_h, b_x, 0 * b_h)


def candidate(*args):
    r, _, n_x, n_h = pieces(*args)
    return np.tanh(n_x + r * n_h)


def no_reset(*args):
    _, z, n_x, n_h = pieces(*args)
    return (1 - z) * np.tanh(n_x + n_h) + z * args[1]


def resets_word(*args):
    r, z, n_x, n_h = pieces(*args)
    return (1 - z) * np.tanh(r * (n_x + n_h)) + z * args[1]


def transposed(x, h, W_x, W_h, b_x, b_h):
    return split(x, h, W_x.T, W_h.T, b_x, b_h)


def in_place(x, h, W_x, W_h, b_x, b_h):
    r, z, n_x, n_h = pieces(x, h, W_x, W_h, b_x, b_h)
    h *= z
    h += (1 - z) * np.tanh(n_x + r * n_h)
    return h


def all_of_it(*args):
    return pieces(*args)[0], split(*args)


def course_function(x, h, *weights):
    return ref.gru_step(ref.CellWeights(*weights), x, h)


def wrong(name, function, says, loses):
    return Wrong(name, "ex02.2", (function,), says, loses)


ANSWERS = [
    Right("split", "ex02.2", (split,)),
    Right("loops, a list", "ex02.2", (loops,)),
    Right("a cell of torch", "ex02.2", (torch_cell,)),
    Right("einsum", "ex02.2", (einsum,)),
    wrong("reset before", before, "r scales h before its matrix", {1, 2}),
    wrong("z turned", turned, "z lets the candidate in", {0, 1, 2}),
    wrong("order z r n", zrn, "r first, then z, then n", {0, 1, 2}),
    wrong("sigmoid candidate", sigmoid_candidate, "n is a tanh", {0, 1, 2}),
    wrong("tanh gates", tanh_gates, "go through the sigmoid", {0, 1, 2}),
    wrong("no state bias", no_state_bias, "b_h is missing", {0, 1, 2}),
    wrong("candidate alone", candidate, "This is the candidate n", {0, 1, 2}),
    wrong("no reset", no_reset, "r is missing", {1, 2}),
    wrong("resets the word", resets_word, "r scales the word too", {0, 1, 2}),
    wrong("transposed", transposed, "Shapes that don't meet", {0, 1, 2}),
    wrong("in place", in_place, "changes its input", {1}),
    wrong("two results", all_of_it, "h has shape (2, 2), expected (2,)", {0, 1, 2}),
    wrong("course's own", course_function, "write it yourself", {0, 1, 2}),
]
