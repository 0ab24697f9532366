"""Exercise 05, task 2: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from wrong_answers import Right, Wrong


def softmax(scores):
    lifted = np.exp(scores - scores.max())
    return lifted / lifted.sum()


def dot(h, s):
    return h @ s


def scaled_dot(h, s):
    return h @ s / np.sqrt(len(s))


def general(h, s, W):
    return h @ W @ s


def additive(h, s, W, U, v):
    return np.tanh(s @ W + h @ U) @ v


RIGHT = {"dot": dot, "scaled_dot": scaled_dot, "general": general, "additive": additive}


def but(**changed):
    """Return all four functions, with the ones given in place of the right ones."""
    return tuple((RIGHT | changed).values())


def torch_dot(h, s):
    return torch.from_numpy(h) @ torch.from_numpy(s)


def loop_general(h, s, W):
    return [
        sum(h_i[a] * W[a, b] * s[b] for a in range(len(h_i)) for b in range(len(s))) for h_i in h
    ]


def loop_additive(h, s, W, U, v):
    return [sum(v * np.tanh(s @ W + h_i @ U)) for h_i in h]


LOOPS = but(
    dot=lambda h, s: [sum(h_i * s) for h_i in h],
    scaled_dot=lambda h, s: np.array([h_i.dot(s) for h_i in h]) * len(s) ** -0.5,
    general=loop_general,
    additive=loop_additive,
)
EINSUM = but(
    dot=torch_dot,
    scaled_dot=lambda h, s: np.einsum("ih,h->i", h, s) / h.shape[1] ** 0.5,
    general=lambda h, s, W: np.einsum("ih,hk,k->i", h, W, s),
    additive=lambda h, s, W, U, v: (v[None] * np.tanh((W.T @ s)[None] + (U.T @ h.T).T)).sum(1),
)


def wrong(name, says, loses, **changed):
    return Wrong(name, "ex05.2", but(**changed), says, {loses})


def cosine(h, s):
    return h @ s / (np.linalg.norm(h, axis=1) * np.linalg.norm(s))


SOFT = "These sum to 1"
ANSWERS = [
    Right("loops", "ex05.2", LOOPS),
    Right("einsum and torch", "ex05.2", EINSUM),
    wrong("dot, softmax", SOFT, 0, dot=lambda h, s: softmax(h @ s)),
    wrong("dot, summed", "the sum over all", 0, dot=lambda h, s: (h @ s).sum() + 0 * h[:, 0]),
    wrong("dot, scaled", "plain dot product is not scaled", 0, dot=scaled_dot),
    wrong("dot, cosine", "This is the cosine", 0, dot=cosine),
    wrong("dot, sign", "The sign is turned", 0, dot=lambda h, s: -h @ s),
    wrong("dot, product only", "scores has shape", 0, dot=lambda h, s: h * s),
    wrong("dot, other way", "The shapes don't fit", 0, dot=lambda h, s: s @ h),
    wrong("scaled, plain", "not divided by anything", 1, scaled_dot=dot),
    wrong("scaled, times", "multiplied", 1, scaled_dot=lambda h, s: h @ s * np.sqrt(len(s))),
    wrong("scaled, H", "This divides by H. Here", 1, scaled_dot=lambda h, s: h @ s / len(s)),
    wrong("scaled, S", "the root of S", 1, scaled_dot=lambda h, s: h @ s / np.sqrt(len(h))),
    wrong("scaled, cosine", "by the lengths of both vectors. Here", 1, scaled_dot=cosine),
    wrong("scaled, softmax", SOFT, 1, scaled_dot=lambda h, s: softmax(scaled_dot(h, s))),
    wrong("general, transposed", "W is on its other side", 2, general=lambda h, s, W: h @ W.T @ s),
    wrong("general, no W", "dot product alone", 2, general=lambda h, s, W: h @ s),
    wrong("general, softmax", SOFT, 2, general=lambda h, s, W: softmax(h @ W @ s)),
    wrong("general, tanh", "no tanh in the", 2, general=lambda h, s, W: np.tanh(h @ W @ s)),
    wrong("general, scaled", "divided by a root", 2, general=lambda h, s, W: scaled_dot(h @ W, s)),
    wrong(
        "additive, no tanh",
        "tanh is missing",
        3,
        additive=lambda h, s, W, U, v: (s @ W + h @ U) @ v,
    ),
    wrong(
        "additive, tanh last",
        "around everything",
        3,
        additive=lambda h, s, W, U, v: np.tanh((s @ W + h @ U) @ v),
    ),
    wrong(
        "additive, swapped",
        "changed places",
        3,
        additive=lambda h, s, W, U, v: np.tanh(s @ U + h @ W) @ v,
    ),
    wrong(
        "additive, two tanh",
        "tanh of its own",
        3,
        additive=lambda h, s, W, U, v: (np.tanh(s @ W) + np.tanh(h @ U)) @ v,
    ),
    wrong("additive, no s", "s is not in it", 3, additive=lambda h, s, W, U, v: np.tanh(h @ U) @ v),
    wrong(
        "additive, no v",
        "v is missing",
        3,
        additive=lambda h, s, W, U, v: np.tanh(s @ W + h @ U).sum(axis=1),
    ),
    wrong(
        "additive, softmax",
        SOFT,
        3,
        additive=lambda h, s, W, U, v: softmax(np.tanh(s @ W + h @ U) @ v),
    ),
]
