"""Exercise 03, task 1: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from wrong_answers import Right, Wrong


def filled(rows, pad):
    longest = max(map(len, rows))
    return [[*row, *[pad] * (longest - len(row))] for row in rows]


def real(rows):
    longest = max(map(len, rows))
    return [[t < len(row) for t in range(longest)] for row in rows]


def batch_lists(targets, pad, bos, eos):
    reads = [[bos, *y] for y in targets]
    says = [[*y, eos] for y in targets]
    return filled(reads, pad), filled(says, pad), real(says)


def batch_numpy(targets, pad, bos, eos):
    lengths = np.array([len(y) + 1 for y in targets])
    mask = np.arange(lengths.max()) < lengths[:, None]
    tgt_in, tgt_out = np.full(mask.shape, pad), np.full(mask.shape, pad)
    for b, y in enumerate(targets):
        tgt_in[b, : len(y) + 1] = (bos, *y)
        tgt_out[b, : len(y) + 1] = (*y, eos)
    return tgt_in, tgt_out, mask


def batch_torch(targets, pad, bos, eos):
    def padded(rows, fill):
        rows = [torch.tensor(row) for row in rows]
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=fill)

    says = [[*y, eos] for y in targets]
    return (
        padded([[bos, *y] for y in targets], pad),
        padded(says, pad),
        padded([[1] * len(row) for row in says], 0),
    )


def exchanged(targets, pad, bos, eos):
    tgt_in, tgt_out, mask = batch_lists(targets, pad, bos, eos)
    return tgt_out, tgt_in, mask


def unshifted(targets, pad, bos, eos):
    _, tgt_out, mask = batch_lists(targets, pad, bos, eos)
    return tgt_out, tgt_out, mask


def reads_eos(targets, pad, bos, eos):
    _, tgt_out, mask = batch_lists(targets, pad, bos, eos)
    return filled([[bos, *y, eos] for y in targets], pad), tgt_out, mask


def both_in_both(targets, pad, bos, eos):
    rows = [[bos, *y, eos] for y in targets]
    return filled(rows, pad), filled(rows, pad), real(rows)


def no_eos(targets, pad, bos, eos):
    reads, says = [[bos, *y][:-1] for y in targets], [[*y] for y in targets]
    return filled(reads, pad), filled(says, pad), real(says)


def eos_behind_padding(targets, pad, bos, eos):
    tgt_in, _, mask = batch_lists(targets, pad, bos, eos)
    return tgt_in, [[*row, eos] for row in filled(targets, pad)], mask


def zeros(targets, pad, bos, eos):
    return batch_lists(targets, 0, bos, eos)


def ragged(targets, pad, bos, eos):
    says = [[*y, eos] for y in targets]
    return [[bos, *y] for y in targets], says, [[True] * len(row) for row in says]


def left(targets, pad, bos, eos):
    turned = batch_lists([y[::-1] for y in targets], pad, eos, bos)
    says, reads, mask = ([row[::-1] for row in part] for part in turned)
    return reads, says, mask


def time_first(targets, pad, bos, eos):
    return tuple(np.array(part).T for part in batch_lists(targets, pad, bos, eos))


def inverted(targets, pad, bos, eos):
    tgt_in, tgt_out, mask = batch_numpy(targets, pad, bos, eos)
    return tgt_in, tgt_out, ~mask


def mask_of_words(targets, pad, bos, eos):
    tgt_in, tgt_out, mask = batch_lists(targets, pad, bos, eos)
    words = [[t < len(y) for t in range(len(row))] for y, row in zip(targets, mask, strict=True)]
    return tgt_in, tgt_out, words


def all_true(targets, pad, bos, eos):
    tgt_in, tgt_out, mask = batch_numpy(targets, pad, bos, eos)
    return tgt_in, tgt_out, np.ones(mask.shape, dtype=bool)


def not_pad(targets, pad, bos, eos):
    tgt_in, tgt_out, _ = batch_numpy(targets, pad, bos, eos)
    return tgt_in, tgt_out, tgt_out != pad


def read_not_pad(targets, pad, bos, eos):
    tgt_in, tgt_out, _ = batch_numpy(targets, pad, bos, eos)
    return tgt_in, tgt_out, tgt_in != pad


def cut(targets, pad, bos, eos):
    _, tgt_out, mask = batch_numpy(targets, pad, bos, eos)
    return np.array(filled([[bos, *y, eos] for y in targets], pad))[:, :-1], tgt_out, mask


def two_of_three(targets, pad, bos, eos):
    return batch_lists(targets, pad, bos, eos)[:2]


ANSWERS = [
    Right("lists", "ex03.1", (batch_lists,)),
    Right("numpy", "ex03.1", (batch_numpy,)),
    Right("torch", "ex03.1", (batch_torch,)),
    Wrong("exchanged", "ex03.1", (exchanged,), "are exchanged", {0, 1}),
    Wrong("unshifted", "ex03.1", (unshifted,), "Nothing is shifted", {0, 1}),
    Wrong("reads eos", "ex03.1", (reads_eos,), "nobody reads it", {0, 1}),
    Wrong("both in both", "ex03.1", (both_in_both,), "bos is only read", {0, 1, 2, 3}),
    Wrong("no eos", "ex03.1", (no_eos,), "never learns to stop", {0, 1, 2, 3}),
    Wrong("eos behind", "ex03.1", (eos_behind_padding,), "eos stands behind the padding", {1}),
    Wrong("zeros", "ex03.1", (zeros,), "Fill them with pad", {1}),
    Wrong("ragged", "ex03.1", (ragged,), "differ in length", {1, 2, 3}),
    Wrong("left", "ex03.1", (left,), "Padding stands on the left", {1, 2, 3}),
    Wrong("time first", "ex03.1", (time_first,), "This is time first", {0, 1, 2, 3}),
    Wrong("inverted", "ex03.1", (inverted,), "The mask is turned round", {2, 3}),
    Wrong("words only", "ex03.1", (mask_of_words,), "leaves eos out", {2, 3}),
    Wrong("all true", "ex03.1", (all_true,), "True everywhere", {2, 3}),
    Wrong("not pad", "ex03.1", (not_pad,), "the same id", {3}),
    Wrong("not pad, read", "ex03.1", (read_not_pad,), "bos is lost", {3}),
    Wrong("cut", "ex03.1", (cut,), "from the longest sentence only", {1}),
    Wrong("no mask", "ex03.1", (two_of_three,), "(tgt_in, tgt_out, mask)", {0, 1, 2, 3}),
]
