"""Exercise 02, task 3: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from course_lib.reference import recurrent as ref
from wrong_answers import Right, Wrong


def loops(inputs, mask, W_x, W_h, b):
    states = np.zeros((*mask.shape, len(b)))
    for s, length in enumerate(mask.sum(axis=1)):
        h = np.zeros(len(b))
        for i in range(length):
            states[s, i] = h = np.tanh(inputs[s, i] @ W_x + h @ W_h + b)
    return states, states[np.arange(len(mask)), mask.sum(axis=1) - 1]


def step_by_step(inputs, mask, W_x, W_h, b):
    clean = np.where(mask[..., None], inputs, 0.0)
    h, states = np.zeros((len(mask), len(b))), []
    for i in range(mask.shape[1]):
        new = np.tanh(clean[:, i] @ W_x + h @ W_h + b)
        h = np.where(mask[:, i, None], new, h)
        states.append(np.where(mask[:, i, None], new, 0.0))
    return np.stack(states, axis=1), h


def packed(inputs, mask, W_x, W_h, b):
    rnn = torch.nn.RNN(W_x.shape[0], len(b), batch_first=True).double()
    values = (W_x.T, W_h.T, b, 0 * b)
    with torch.no_grad():
        for parameter, value in zip(rnn.parameters(), values, strict=True):
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    both = torch.nn.utils.rnn.pack_padded_sequence(
        torch.from_numpy(inputs), mask.sum(axis=1), batch_first=True, enforce_sorted=False
    )
    states, last = rnn(both)
    return torch.nn.utils.rnn.pad_packed_sequence(states, batch_first=True)[0], last[0]


def through_padding(inputs, mask, W_x, W_h, b):
    h, states = np.zeros((len(mask), len(b))), []
    for i in range(mask.shape[1]):
        h = np.tanh(inputs[:, i] @ W_x + h @ W_h + b)
        states.append(h)
    return np.stack(states, axis=1), h


def multiplies(inputs, mask, W_x, W_h, b):
    states, _ = through_padding(inputs, mask, W_x, W_h, b)
    states = states * mask[..., None]
    return states, states[np.arange(len(mask)), mask.sum(axis=1) - 1]


def last_column(*args):
    states, _ = loops(*args)
    return states, states[:, -1]


def one_early(inputs, mask, *weights):
    states, _ = loops(inputs, mask, *weights)
    return states, states[np.arange(len(mask)), np.maximum(mask.sum(axis=1) - 2, 0)]


def carries(inputs, mask, W_x, W_h, b):
    states, context, h = np.zeros((*mask.shape, len(b))), [], np.zeros(len(b))
    for s in range(len(mask)):
        for i in np.flatnonzero(mask[s]):
            states[s, i] = h = np.tanh(inputs[s, i] @ W_x + h @ W_h + b)
        context.append(h)
    return states, np.stack(context)


def keeps(inputs, mask, *weights):
    states, context = loops(inputs, mask, *weights)
    return np.where(mask[..., None], states, context[:, None]), context


def no_bias(inputs, mask, W_x, W_h, b):
    return loops(inputs, mask, W_x, W_h, 0 * b)


def no_past(inputs, mask, W_x, W_h, b):
    return loops(inputs, mask, W_x, 0 * W_h, b)


def means(inputs, mask, *weights):
    states, _ = loops(inputs, mask, *weights)
    return states, states.sum(axis=1) / mask.sum(axis=1, keepdims=True)


def backward(inputs, mask, W_x, W_h, b):
    states, context = np.zeros((*mask.shape, len(b))), []
    for s in range(len(mask)):
        h = np.zeros(len(b))
        for i in np.flatnonzero(mask[s])[::-1]:
            states[s, i] = h = np.tanh(inputs[s, i] @ W_x + h @ W_h + b)
        context.append(h)
    return states, np.stack(context)


def clears(inputs, mask, *weights):
    inputs[~mask] = 0.0
    return loops(inputs, mask, *weights)


def context_only(*args):
    return loops(*args)[1]


def course_function(inputs, mask, W_x, W_h, b):
    cell = ref.CellWeights(W_x, W_h, b, 0 * b)
    states = np.zeros((*mask.shape, len(b)))
    for s, real in enumerate(mask):
        states[s, real] = ref.encode(ref.rnn_step, cell, inputs[s][real], 0 * b)[0]
    return states, states[np.arange(len(mask)), mask.sum(axis=1) - 1]


def wrong(name, function, says, loses):
    return Wrong(name, "ex02.3", (function,), says, loses)


ALL = {0, 1, 2, 3}
ANSWERS = [
    Right("loops", "ex02.3", (loops,)),
    Right("all sentences at once", "ex02.3", (step_by_step,)),
    Right("torch, packed", "ex02.3", (packed,)),
    wrong("through the padding", through_padding, "went on through the padding", {1, 2, 3}),
    wrong("multiplies the mask", multiplies, "0 * nan is nan", {3}),
    wrong("last column", last_column, "taken from the last column", {1, 3}),
    wrong("one early", one_early, "one word too early", {1, 3}),
    wrong("carries on", carries, "where the one before it ended", {0, 1, 2, 3}),
    wrong("keeps the state", keeps, "repeat the last real one", {2, 3}),
    wrong("no bias", no_bias, "b is missing", ALL),
    wrong("no past", no_past, "as if it came first", ALL),
    wrong("mean", means, "the mean of the states. The context", {1, 3}),
    wrong("backward", backward, "reads from the last word to the first. The context", ALL),
    wrong("clears the input", clears, "changes its input", {3}),
    wrong("context only", context_only, "(encoder_states, context)", ALL),
    wrong("course's own", course_function, "write it yourself", ALL),
]
