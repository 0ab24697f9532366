"""Exercise 07, task 3: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from wrong_answers import Right, Wrong


def sums(written, gold, mask):
    return ((written == gold) & mask).sum(axis=0) / mask.sum(axis=0)


def loops(written, gold, mask):
    shares = []
    for t in range(len(gold[0])):
        here = [b for b in range(len(gold)) if mask[b][t]]
        shares.append(sum(written[b][t] == gold[b][t] for b in here) / len(here))
    return shares


def columns(written, gold, mask):
    right = written == gold
    return np.array([right[real, t].mean() for t, real in enumerate(mask.T)])


def nan_mean(written, gold, mask):
    right = torch.from_numpy(written == gold).double()
    return right.masked_fill(~torch.from_numpy(mask), torch.nan).nanmean(dim=0)


def with_padding(written, gold, mask):
    return (written == gold).mean(axis=0)


def by_all(written, gold, mask):
    return ((written == gold) & mask).sum(axis=0) / len(mask)


def padding_right(written, gold, mask):
    return np.where(mask, written == gold, True).mean(axis=0)


def by_id(written, gold, mask):
    return sums(written, gold, gold != 0)


def wrong_words(written, gold, mask):
    return 1 - sums(written, gold, mask)


def one_share(written, gold, mask):
    share = (written == gold)[mask].mean()
    return np.full(mask.shape[1], share)


def by_sentence(written, gold, mask):
    return ((written == gold) & mask).sum(axis=1) / mask.sum(axis=1)


def so_far(written, gold, mask):
    right = np.cumprod(written == gold, axis=1) * mask
    return right.sum(axis=0) / mask.sum(axis=0)


def from_end(written, gold, mask):
    T = mask.shape[1]
    right, real = np.zeros(T), np.zeros(T)
    for b in range(len(mask)):
        n = mask[b].sum()
        right[:n] += (written == gold)[b, :n][::-1]
        real[:n] += 1
    return right / real


def clears(written, gold, mask):
    written[~mask] = -1
    return sums(written, gold, mask)


def wrong(name, function, says, loses):
    return Wrong(name, "ex07.3", (function,), says, loses)


ANSWERS = [
    Right("sums", "ex07.3", (sums,)),
    Right("loops, a list", "ex07.3", (loops,)),
    Right("column by column", "ex07.3", (columns,)),
    Right("nanmean of torch", "ex07.3", (nan_mean,)),
    wrong("with padding", with_padding, "counted as if it were words", {1, 2}),
    wrong("by all", by_all, "divided by the number of all sentences", {1, 2}),
    wrong("padding right", padding_right, "Padding was counted as right", {1, 2}),
    wrong("padding by its id", by_id, "Padding was told by its id", {1}),
    wrong("wrong words", wrong_words, "the share of wrong words", {0, 1, 2}),
    wrong("one share", one_share, "the share of the whole batch", {0, 1, 2}),
    wrong("by sentence", by_sentence, "shares has shape", {0, 1, 2}),
    wrong("so far", so_far, "every word right up to a position", {0, 1, 2}),
    wrong("from the end", from_end, "from each sentence's end", {0, 1, 2}),
    wrong("clears", clears, "changes its input", {1}),
]
