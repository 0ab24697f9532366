"""Exercise 05, task 1: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from wrong_answers import Right, Wrong


def softmax(scores):
    lifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return lifted / lifted.sum(axis=-1, keepdims=True)


def right_loop(scores, mask):
    weights = np.zeros(scores.shape)
    for b, (row, real) in enumerate(zip(scores, mask, strict=True)):
        lifted = np.exp(row[real] - max(row[real]))
        weights[b, real] = lifted / sum(lifted)
    return weights


def right_torch(scores, mask):
    filled = torch.from_numpy(scores).masked_fill(~torch.from_numpy(mask), -torch.inf)
    return filled.softmax(dim=-1)


def right_large_negative(scores, mask):
    return softmax(np.where(mask, scores, -1e9)).tolist()


def no_mask(scores, mask):
    return softmax(scores)


def zeroed_after(scores, mask):
    return softmax(scores) * mask


def score_zero(scores, mask):
    return softmax(scores * mask)


def turned(scores, mask):
    return softmax(np.where(mask, -np.inf, scores))


def equal(scores, mask):
    return mask / mask.sum(axis=-1, keepdims=True)


def columns(scores, mask):
    filled = np.where(mask, scores, -np.inf)
    lifted = np.exp(filled - filled.max(axis=0))
    return lifted / lifted.sum(axis=0)


def whole_batch(scores, mask):
    lifted = np.where(mask, np.exp(np.where(mask, scores, 0)), 0)
    return lifted / lifted.sum()


def not_divided(scores, mask):
    return np.exp(np.where(mask, scores, -np.inf))


def logarithms(scores, mask):
    with np.errstate(divide="ignore"):
        return np.log(softmax(np.where(mask, scores, -np.inf)))


def shares(scores, mask):
    kept = np.where(mask, scores, 0)
    return kept / kept.sum(axis=-1, keepdims=True)


def hard(scores, mask):
    return np.eye(scores.shape[1])[np.where(mask, scores, -np.inf).argmax(axis=1)]


def overflow(scores, mask):
    lifted = np.exp(np.where(mask, scores, -np.inf))
    return lifted / lifted.sum(axis=-1, keepdims=True)


def multiplies_mask(scores, mask):
    lifted = np.exp(scores - scores.max(axis=-1, keepdims=True)) * mask
    return lifted / lifted.sum(axis=-1, keepdims=True)


def largest_of_all(scores, mask):
    lifted = np.exp(np.where(mask, scores, -np.inf) - scores[mask].max())
    return lifted / lifted.sum(axis=-1, keepdims=True)


def not_low_enough(scores, mask):
    return softmax(np.where(mask, scores, -100.0))


def nearly_low_enough(scores, mask):
    return softmax(np.where(mask, scores, -1000.0))


def right_float32(scores, mask):
    filled = torch.tensor(scores, dtype=torch.float32).masked_fill(~torch.tensor(mask), -torch.inf)
    return filled.softmax(dim=-1)


def changes_input(scores, mask):
    scores[~mask] = -np.inf
    return softmax(scores)


def flat(scores, mask):
    return softmax(np.where(mask, scores, -np.inf))[mask]


ANSWERS = [
    Right("loop", "ex05.1", (right_loop,)),
    Right("torch", "ex05.1", (right_torch,)),
    Right("a large negative score, as lists", "ex05.1", (right_large_negative,)),
    Right("floats of 32 bits", "ex05.1", (right_float32,)),
    Wrong("largest of all", "ex05.1", (largest_of_all,), "largest real score of the row", {2}),
    Wrong("-100", "ex05.1", (not_low_enough,), "not low enough", {2}),
    Wrong("-1000", "ex05.1", (nearly_low_enough,), "not low enough", {2}),
    Wrong("no mask", "ex05.1", (no_mask,), "The padding took a share", {1, 2, 3}),
    Wrong("zeroed after", "ex05.1", (zeroed_after,), "taken away after the softmax", {1, 2, 3}),
    Wrong("score zero", "ex05.1", (score_zero,), "score was set to 0", {1, 2, 3}),
    Wrong("turned", "ex05.1", (turned,), "The mask is turned round", {0, 1, 2, 3}),
    Wrong("equal", "ex05.1", (equal,), "Every real word has the same", {0, 1, 2, 3}),
    Wrong("columns", "ex05.1", (columns,), "Here each column sums to 1", {0, 1, 2, 3}),
    Wrong("whole batch", "ex05.1", (whole_batch,), "the whole batch sums to 1", {0, 1, 2, 3}),
    Wrong("not divided", "ex05.1", (not_divided,), "These are the exponentials", {0, 1, 2, 3}),
    Wrong("logarithms", "ex05.1", (logarithms,), "logarithms of the weights", {0, 1, 2, 3}),
    Wrong("shares", "ex05.1", (shares,), "shares of the scores", {0, 1, 2, 3}),
    Wrong("hard", "ex05.1", (hard,), "everything to the largest", {0, 1, 2, 3}),
    Wrong("overflow", "ex05.1", (overflow,), "too large for a float", {2}),
    Wrong("multiplies mask", "ex05.1", (multiplies_mask,), "reached the result", {2, 3}),
    Wrong("changes input", "ex05.1", (changes_input,), "changes its input", {3}),
    Wrong("flat", "ex05.1", (flat,), "weights has shape", {0, 1, 2, 3}),
]
