"""Exercise 03, task 3: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from wrong_answers import Right, Wrong


def loss_numpy(logits, tgt_out, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    truth = np.eye(logits.shape[-1])[tgt_out]
    n = mask.sum()
    gold = (log_p * truth).sum(axis=-1)
    return -gold[mask].sum() / n, np.where(mask[..., None], np.exp(log_p) - truth, 0) / n


def loss_loops(logits, tgt_out, mask):
    gradient, total, n = np.zeros(logits.shape), 0.0, int(mask.sum())
    for b, t in zip(*np.nonzero(mask), strict=True):
        z = logits[b, t] - max(logits[b, t])
        p = [np.exp(x) / sum(np.exp(y) for y in z) for x in z]
        total -= z[tgt_out[b, t]] - np.log(sum(np.exp(y) for y in z))
        for v in range(len(p)):
            gradient[b, t, v] = (p[v] - (v == tgt_out[b, t])) / n
    return total / n, gradient.tolist()


def loss_torch(logits, tgt_out, mask):
    z = torch.tensor(logits, requires_grad=True)
    real = torch.tensor(mask)
    loss = torch.nn.functional.cross_entropy(z[real], torch.tensor(tgt_out)[real])
    loss.backward()
    return loss, z.grad


def log_softmax(logits):
    z = logits - logits.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def weighed(weigh):
    """Return the function of someone who weighs the tokens by weigh(mask), (B, T)."""

    def loss(logits, tgt_out, mask):
        log_p, truth = log_softmax(logits), np.eye(logits.shape[-1])[tgt_out]
        weights = weigh(mask)
        value = -(weights * (log_p * truth).sum(axis=-1)).sum()
        return value, weights[..., None] * (np.exp(log_p) - truth)

    return loss


def changed(loss=None, gradient=None):
    """Return the right function with the loss or the gradient changed."""

    def wrong(logits, tgt_out, mask):
        value, right = loss_numpy(logits, tgt_out, mask)
        truth, real = np.eye(logits.shape[-1])[tgt_out], mask[..., None]
        if loss:
            value = loss(value)
        if gradient:
            right = gradient(logits, np.exp(log_softmax(logits)), truth, real)
        return value, right

    return wrong


def unstable(logits, tgt_out, mask):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    truth, n = np.eye(logits.shape[-1])[tgt_out], mask.sum()
    gold = np.take_along_axis(p, tgt_out[..., None], axis=-1)[..., 0]
    return -np.log(gold[mask]).sum() / n, np.where(mask[..., None], p - truth, 0) / n


def log_of_softmax(logits, tgt_out, mask):
    _, gradient = loss_numpy(logits, tgt_out, mask)
    z = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = z / z.sum(axis=-1, keepdims=True)
    gold = np.take_along_axis(p, tgt_out[..., None], axis=-1)[..., 0]
    return -np.log(gold[mask]).mean(), gradient


def clears_input(logits, tgt_out, mask):
    logits -= logits.max(axis=-1, keepdims=True)
    return loss_numpy(logits, tgt_out, mask)


def largest_of_all(logits, tgt_out, mask):
    z = logits - logits.max()
    p = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
    picked = np.take_along_axis(np.log(p), tgt_out[..., None], axis=-1)[..., 0]
    truth = np.eye(logits.shape[-1])[tgt_out]
    return -picked[mask].sum() / mask.sum(), mask[..., None] * (p - truth) / mask.sum()


def real_by_id(logits, tgt_out, mask):
    return loss_torch(logits, tgt_out, tgt_out != 0)


def loss_only(logits, tgt_out, mask):
    return loss_numpy(logits, tgt_out, mask)[0]


def real_only(logits, tgt_out, mask):
    value, gradient = loss_numpy(logits, tgt_out, mask)
    return value, gradient[mask]


WEIGHTS = {
    "the sum": (lambda m: 1.0 * m, "the sum over all tokens", {0, 1, 2, 3, 4}),
    "per sentence": (lambda m: m / len(m), "This is the loss per sentence", {0, 1, 2, 3, 4}),
    "mean of means": (
        lambda m: m / m.sum(axis=1, keepdims=True) / len(m),
        "mean of the sentences' means",
        {1, 3},
    ),
    "mean of all": (
        lambda m: np.full(m.shape, 1 / m.size),
        "as if it were words",
        {1, 3},
    ),
    "over all places": (lambda m: m / m.size, "number of places, B times T", {1, 3}),
    "sums padding": (lambda m: np.full(m.shape, 1 / m.sum()), "padding is in the sum", {1, 3}),
}
LOSSES = {
    "sign": (lambda x: -x, "sign of the loss", {0, 1, 4}),
    "bits": (lambda x: x / np.log(2), "The loss is in bits", {0, 1, 4}),
}
EVERY = {2, 3, 4}
GRADIENTS = {
    "turned": (lambda z, p, y, m: m * (y - p) / m.sum(), "sign of the gradient", EVERY),
    "in full": (lambda z, p, y, m: m * (p - y), "Each token's gradient is there in full", EVERY),
    "of logits": (lambda z, p, y, m: m * (z - y) / m.sum(), "The logits themselves", EVERY),
    "of logs": (lambda z, p, y, m: m * (np.log(p + 1e-300) - y) / m.sum(), "Log-prob", EVERY),
    "no truth": (lambda z, p, y, m: m * p / m.sum(), "The truth is missing", EVERY),
    "padding too": (lambda z, p, y, m: (p - y) / m.sum(), "not 0 at padding", {3}),
    "all places": (lambda z, p, y, m: m * (p - y) / m.size, "number of places, padding", {3}),
}

ANSWERS = [
    Right("numpy", "ex03.3", (loss_numpy,)),
    Right("loops", "ex03.3", (loss_loops,)),
    Right("torch", "ex03.3", (loss_torch,)),
    *(
        Wrong(name, "ex03.3", (weighed(w),), says, loses)
        for name, (w, says, loses) in WEIGHTS.items()
    ),
    *(
        Wrong(n, "ex03.3", (changed(loss=f),), says, loses)
        for n, (f, says, loses) in LOSSES.items()
    ),
    *(
        Wrong(name, "ex03.3", (changed(gradient=g),), says, loses)
        for name, (g, says, loses) in GRADIENTS.items()
    ),
    Wrong("unstable", "ex03.3", (unstable,), "the largest of its logits off", {4}),
    Wrong("log of softmax", "ex03.3", (log_of_softmax,), "Never leave the logarithms", {4}),
    Wrong("largest of all", "ex03.3", (largest_of_all,), "", {4}),
    Wrong("real by id", "ex03.3", (real_by_id,), "recognised by its id", {1, 3}),
    Wrong("clears input", "ex03.3", (clears_input,), "changes its input", {4}),
    Wrong("loss only", "ex03.3", (loss_only,), "(loss, gradient)", {0, 1, 2, 3, 4}),
    Wrong("real only", "ex03.3", (real_only,), "gradient has shape", {2, 3, 4}),
]
