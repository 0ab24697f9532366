"""Exercise 04, task 3: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from wrong_answers import Right, Wrong


def both_loops(forward, backward, lengths):
    B, S, H = forward.shape
    encoder_states, context = np.zeros((B, S, 2 * H)), np.zeros((B, 2 * H))
    for b, n in enumerate(lengths):
        for i in range(n):
            encoder_states[b, i] = [*forward[b, i], *backward[b, n - 1 - i]]
        context[b] = [*forward[b, n - 1], *backward[b, n - 1]]
    return encoder_states, context


def both_numpy(forward, backward, lengths):
    n = np.array(lengths)[:, None]
    i = np.arange(forward.shape[1])
    mask = i < n  # (B, S)
    rows = np.arange(len(n))[:, None]
    turned = backward[rows, np.where(mask, n - 1 - i, 0)]
    encoder_states = np.concatenate([forward, turned], axis=-1) * mask[..., None]
    ends = rows[:, 0], n[:, 0] - 1
    return encoder_states, np.concatenate([forward[ends], backward[ends]], axis=-1)


def both_torch(forward, backward, lengths):
    rows, contexts = [], []
    for f, g, n in zip(torch.tensor(forward), torch.tensor(backward), lengths, strict=True):
        rows.append(torch.cat([f[:n], g[:n].flip(0)], dim=1))
        contexts.append(torch.cat([f[n - 1], g[n - 1]]))
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True), torch.stack(contexts)


def masked(states, lengths):
    mask = np.arange(states.shape[1]) < np.array(lengths)[:, None]
    return states * mask[..., None]


def beside(forward, backward, lengths):
    states = np.concatenate([forward, backward], axis=-1)
    return masked(states, lengths), both_loops(forward, backward, lengths)[1]


def whole_row(forward, backward, lengths):
    states = np.concatenate([forward, backward[:, ::-1]], axis=-1)
    return masked(states, lengths), both_loops(forward, backward, lengths)[1]


def whole_array(forward, backward, lengths):
    states = np.concatenate([forward, backward[:, ::-1]], axis=-1)
    return states, states[:, -1]


def swapped(forward, backward, lengths):
    states, context = both_loops(forward, backward, lengths)
    H = forward.shape[2]
    return np.concatenate([states[..., H:], states[..., :H]], axis=-1), context


def turned_context(forward, backward, lengths):
    states, context = both_loops(forward, backward, lengths)
    return states, np.roll(context, forward.shape[2], axis=1)


def unmasked(forward, backward, lengths):
    states, context = both_loops(forward, backward, lengths)
    for b, n in enumerate(lengths):
        states[b, n:] = np.concatenate([forward[b, n:], backward[b, n:]], axis=-1)
    return states, context


def forward_turned(forward, backward, lengths):
    states, context = both_loops(forward, backward, lengths)
    for b, n in enumerate(lengths):
        states[b, :n] = states[b, :n][::-1].copy()
    return states, context


def turns_input(forward, backward, lengths):
    for b, n in enumerate(lengths):
        backward[b, :n] = backward[b, :n][::-1].copy()
    states = masked(np.concatenate([forward, backward], axis=-1), lengths)
    H = forward.shape[2]
    context = [[*s[n - 1, :H], *s[0, H:]] for s, n in zip(states, lengths, strict=True)]
    return states, context


def passing(context):
    """Return the right function with another context, context(states, forward, backward, n)."""

    def both_ways(forward, backward, lengths):
        states, _ = both_loops(forward, backward, lengths)
        return states, context(states, forward, backward, np.array(lengths))

    return both_ways


def mean(states, forward, backward, n):
    return states.sum(axis=1) / n[:, None]


def largest(states, forward, backward, n):
    return [row[:k].max(axis=0) for row, k in zip(states, n, strict=True)]


def last_word(states, forward, backward, n):
    return states[np.arange(len(n)), n - 1]


def first_word(states, forward, backward, n):
    return states[:, 0]


def last_columns(states, forward, backward, n):
    return np.concatenate([forward[:, -1], backward[:, -1]], axis=-1)


def last_column(states, forward, backward, n):
    return states[:, -1]


def one_half(states, forward, backward, n):
    return forward[np.arange(len(n)), n - 1]


ANSWERS = [
    Right("loops", "ex04.3", (both_loops,)),
    Right("numpy", "ex04.3", (both_numpy,)),
    Right("torch", "ex04.3", (both_torch,)),
    Wrong("beside", "ex04.3", (beside,), "the order in which they were made", {0, 1}),
    Wrong("whole row", "ex04.3", (whole_row,), "The whole row was turned round", {1}),
    Wrong("whole array", "ex04.3", (whole_array,), "The whole row was turned", {1, 2, 3}),
    Wrong("raw last", "ex04.3", (whole_array,), "the last column of the rows", {1, 2, 3}),
    Wrong("swapped", "ex04.3", (swapped,), "The halves have changed places", {0, 1}),
    Wrong("turned context", "ex04.3", (turned_context,), "halves of the context", {2, 3}),
    Wrong("unmasked", "ex04.3", (unmasked,), "At padding stand states of no word", {1}),
    Wrong("forward turned", "ex04.3", (forward_turned,), "forward states were turned", {0, 1}),
    Wrong("turns input", "ex04.3", (turns_input,), "changes its input", {1}),
    Wrong("mean", "ex04.3", (passing(mean),), "the mean of a sentence's states", {2, 3}),
    Wrong("largest", "ex04.3", (passing(largest),), "the largest value of each", {2, 3}),
    Wrong("last word", "ex04.3", (passing(last_word),), "backward half is its first", {2, 3}),
    Wrong("first word", "ex04.3", (passing(first_word),), "forward half is its first", {2, 3}),
    Wrong("last columns", "ex04.3", (passing(last_columns),), "the last columns", {3}),
    Wrong("last column", "ex04.3", (passing(last_column),), "the last column of", {2, 3}),
    Wrong("one half", "ex04.3", (passing(one_half),), "context has shape", {2, 3}),
]
