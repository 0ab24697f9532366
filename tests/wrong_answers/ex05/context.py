"""Exercise 05, task 3: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math

import numpy as np
import torch

from wrong_answers import Right, Wrong


def softmax(scores, axis=-1):
    lifted = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return lifted / lifted.sum(axis=axis, keepdims=True)


def weights_of(queries, encoder_states, mask):
    scores = np.einsum("bth,bsh->bts", queries, encoder_states)
    return softmax(np.where(mask[:, None], scores, -np.inf))


def mixed(queries, encoder_states, mask):
    weights = weights_of(queries, encoder_states, mask)
    return weights @ encoder_states, weights


def right_einsum(states, encoder_states, mask):
    context, weights = mixed(states[:, 1:], encoder_states, mask)
    return [context, weights]


def right_loops(states, encoder_states, mask):
    B, T, S = len(states), states.shape[1] - 1, encoder_states.shape[1]
    context, weights = np.zeros((B, T, states.shape[2])), np.zeros((B, T, S))
    for b in range(B):
        for t in range(T):
            scores = [float(h @ states[b, t + 1]) for h in encoder_states[b]]
            top = max(e for e, real in zip(scores, mask[b], strict=True) if real)
            lifted = [math.exp(e - top) if r else 0.0 for e, r in zip(scores, mask[b], strict=True)]
            for i in range(S):
                weights[b, t, i] = lifted[i] / sum(lifted)
                context[b, t] += weights[b, t, i] * encoder_states[b, i]
    return context, weights


def right_torch(states, encoder_states, mask):
    queries, reads = torch.from_numpy(states)[:, 1:], torch.from_numpy(encoder_states)
    scores = queries @ reads.transpose(1, 2)
    weights = scores.masked_fill(~torch.from_numpy(mask)[:, None], -torch.inf).softmax(-1)
    return weights @ reads, weights


def other_timing(states, encoder_states, mask):
    return mixed(states[:, :-1], encoder_states, mask)


def all_states(states, encoder_states, mask):
    return mixed(states, encoder_states, mask)


def over_steps(states, encoder_states, mask):
    scores = states[:, 1:] @ encoder_states.swapaxes(1, 2)
    weights = softmax(scores, axis=1)
    return weights @ encoder_states, weights


def scaled(states, encoder_states, mask):
    return mixed(states[:, 1:] / np.sqrt(states.shape[-1]), encoder_states, mask)


def no_softmax(states, encoder_states, mask):
    scores = states[:, 1:] @ encoder_states.swapaxes(1, 2)
    return scores @ encoder_states, scores


def no_mask(states, encoder_states, mask):
    return mixed(states[:, 1:], encoder_states, np.ones_like(mask))


def zeroed_after(states, encoder_states, mask):
    weights = weights_of(states[:, 1:], encoder_states, np.ones_like(mask)) * mask[:, None]
    return weights @ encoder_states, weights


def turned(states, encoder_states, mask):
    scores = states[:, 1:] @ encoder_states.swapaxes(1, 2)
    filled = np.where(mask[:, None], -np.inf, scores)
    with np.errstate(invalid="ignore"):
        lifted = np.exp(filled - filled.max(axis=-1, keepdims=True))
        weights = lifted / lifted.sum(axis=-1, keepdims=True)
    return weights @ encoder_states, weights


def first_mask(states, encoder_states, mask):
    return mixed(states[:, 1:], encoder_states, mask[:1])


def plain_mean(states, encoder_states, mask):
    weights = weights_of(states[:, 1:], encoder_states, mask)
    mean = encoder_states.mean(axis=1, keepdims=True)
    return np.repeat(mean, states.shape[1] - 1, axis=1), weights


def hard(states, encoder_states, mask):
    weights = weights_of(states[:, 1:], encoder_states, mask)
    best = weights.argmax(axis=-1)
    return np.stack([h[i] for h, i in zip(encoder_states, best, strict=True)]), weights


def asker(states, encoder_states, mask):
    return states[:, 1:], weights_of(states[:, 1:], encoder_states, mask)


def changes_input(states, encoder_states, mask):
    encoder_states[~mask] = 0
    return mixed(states[:, 1:], encoder_states, mask)


def weights_alone(states, encoder_states, mask):
    return weights_of(states[:, 1:], encoder_states, mask)


def pair_turned(states, encoder_states, mask):
    return right_einsum(states, encoder_states, mask)[::-1]


def renormalised(states, encoder_states, mask):
    _, weights = no_mask(states, encoder_states, mask)
    weights = weights * mask[:, None]
    with np.errstate(invalid="ignore"):
        weights = weights / weights.sum(axis=-1, keepdims=True)
    return weights @ encoder_states, weights


ANSWERS = [
    Right("einsum", "ex05.3", (right_einsum,)),
    Right("loops", "ex05.3", (right_loops,)),
    Right("torch", "ex05.3", (right_torch,)),
    Wrong("other timing", "ex05.3", (other_timing,), "Row t is asked by s_(t-1)", {0, 1, 3}),
    Wrong("all states", "ex05.3", (all_states,), "All T + 1 states ask here", {0, 1, 2, 3}),
    Wrong("pair turned", "ex05.3", (pair_turned,), "changed places", {0, 1, 2, 3}),
    Wrong("divided again", "ex05.3", (renormalised,), "they have taken it all", {3}),
    Wrong("over steps", "ex05.3", (over_steps,), "the sum over S is 1", {0, 1, 2, 3}),
    Wrong("scaled", "ex05.3", (scaled,), "weights of scaled dot", {0, 1, 3}),
    Wrong("no softmax", "ex05.3", (no_softmax,), "These are the scores", {0, 1, 2, 3}),
    Wrong("no mask", "ex05.3", (no_mask,), "The padding takes part", {1, 3}),
    Wrong("zeroed after", "ex05.3", (zeroed_after,), "rows no longer sum to 1", {1, 2, 3}),
    Wrong("turned", "ex05.3", (turned,), "The mask is turned round", {0, 1, 2, 3}),
    Wrong("first mask", "ex05.3", (first_mask,), "got the mask of the first", {1, 3}),
    Wrong("plain mean", "ex05.3", (plain_mean,), "plain mean of the states", {2}),
    Wrong("hard", "ex05.3", (hard,), "one state of the largest weight", {2}),
    Wrong("asker", "ex05.3", (asker,), "This is the state that asked", {2}),
    Wrong("changes input", "ex05.3", (changes_input,), "changes its input", {3}),
    Wrong("weights alone", "ex05.3", (weights_alone,), "(context, weights)", {0, 1, 2, 3}),
]
