"""Exercise 01, task 2: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math

import numpy as np
import torch

from wrong_answers import Right, Wrong


def triple(nats):
    return nats, nats / math.log(2), math.exp(nats)


def loss_loop(log_probs, targets, mask):
    total, count = 0.0, 0
    for b in range(mask.shape[0]):
        for t in range(mask.shape[1]):
            if mask[b, t]:
                total -= log_probs[b, t, targets[b, t]]
                count += 1
    return triple(total / count)


def loss_fancy(log_probs, targets, mask):
    nats = -log_probs[mask][np.arange(mask.sum()), targets[mask]].mean()
    return np.array([nats, nats / np.log(2), np.exp(nats)])


def loss_torch(log_probs, targets, mask):
    real = torch.from_numpy(mask)
    nats = torch.nn.functional.nll_loss(
        torch.from_numpy(log_probs)[real].float(), torch.from_numpy(targets)[real]
    )
    return nats, nats / math.log(2), torch.exp(nats)


def loss_where(log_probs, targets, mask):
    rows, columns = np.indices(targets.shape)
    picked = np.where(mask, log_probs[rows, columns, targets], 0)
    nats = -picked.sum() / mask.sum()
    return [nats, np.log2(np.e) * nats, 2 ** (np.log2(np.e) * nats)]


def nll(log_probs, targets):
    return -np.take_along_axis(log_probs, targets[..., None], -1)[..., 0]


def mean_of_all(log_probs, targets, mask):
    return triple(nll(log_probs, targets).mean())


def divides_by_cells(log_probs, targets, mask):
    return triple(nll(log_probs, targets)[mask].sum() / mask.size)


def sums_padding(log_probs, targets, mask):
    return triple(nll(log_probs, targets).sum() / mask.sum())


def mean_of_means(log_probs, targets, mask):
    lost = nll(log_probs, targets)
    return triple(np.mean([row[real].mean() for row, real in zip(lost, mask, strict=True)]))


def per_sentence(log_probs, targets, mask):
    return triple(nll(log_probs, targets)[mask].sum() / len(mask))


def multiplies_mask(log_probs, targets, mask):
    return triple((nll(log_probs, targets) * mask).sum() / mask.sum())


def clears_input(log_probs, targets, mask):
    log_probs[~mask] = 0.0
    return triple(nll(log_probs, targets).sum() / mask.sum())


def negative(log_probs, targets, mask):
    return triple(-nll(log_probs, targets)[mask].mean())


def mean_probability(log_probs, targets, mask):
    return triple(np.exp(-nll(log_probs, targets)[mask]).mean())


def bits_times(log_probs, targets, mask):
    nats = nll(log_probs, targets)[mask].mean()
    return nats, nats * math.log(2), math.exp(nats)


def bits_are_nats(log_probs, targets, mask):
    nats = nll(log_probs, targets)[mask].mean()
    return nats, nats, math.exp(nats)


def two_to_nats(log_probs, targets, mask):
    nats = nll(log_probs, targets)[mask].mean()
    return nats, nats / math.log(2), 2**nats


def e_to_bits(log_probs, targets, mask):
    nats = nll(log_probs, targets)[mask].mean()
    return nats, nats / math.log(2), math.exp(nats / math.log(2))


def inverse_perplexity(log_probs, targets, mask):
    nats = nll(log_probs, targets)[mask].mean()
    return nats, nats / math.log(2), math.exp(-nats)


def bits_of_ten(log_probs, targets, mask):
    nats = nll(log_probs, targets)[mask].mean()
    return nats, nats / math.log(10), math.exp(nats)


def converts_nats(log_probs, targets, mask):
    bits = nll(log_probs, targets)[mask].mean() / math.log(2)
    return bits, bits, 2**bits


def only_nats(log_probs, targets, mask):
    return nll(log_probs, targets)[mask].mean()


ANSWERS = [
    Right("loop", "ex01.2", (loss_loop,)),
    Right("fancy indexing, one array", "ex01.2", (loss_fancy,)),
    Right("torch in single precision", "ex01.2", (loss_torch,)),
    Right("where, a list", "ex01.2", (loss_where,)),
    Wrong("mean of all", "ex01.2", (mean_of_all,), "as if it were words", {1, 4}),
    Wrong("divides by cells", "ex01.2", (divides_by_cells,), "number of cells", {1, 4}),
    Wrong("sums padding", "ex01.2", (sums_padding,), "the sum still holds", {1, 4}),
    Wrong("mean of means", "ex01.2", (mean_of_means,), "mean of the sentences' means", {1, 4}),
    Wrong("per sentence", "ex01.2", (per_sentence,), "nats per sentence", {0, 1, 2, 3, 4}),
    Wrong("multiplies mask", "ex01.2", (multiplies_mask,), "don't multiply by it", {4}),
    Wrong("clears input", "ex01.2", (clears_input,), "changes its input", {4}),
    Wrong("negative", "ex01.2", (negative,), "The sign is turned", {0, 1, 2, 3, 4}),
    Wrong("mean p", "ex01.2", (mean_probability,), "This is the mean probability", {0, 1, 2, 3, 4}),
    Wrong("bits times", "ex01.2", (bits_times,), "where one divides", {2}),
    Wrong("bits are nats", "ex01.2", (bits_are_nats,), "This is the number in nats", {2}),
    Wrong("two to nats", "ex01.2", (two_to_nats,), "2 to the number of bits", {3}),
    Wrong("e to bits", "ex01.2", (e_to_bits,), "e to the number of nats", {3}),
    Wrong("inverse", "ex01.2", (inverse_perplexity,), "Perplexity is 1 or more", {3}),
    Wrong("bits of ten", "ex01.2", (bits_of_ten,), "Bits have base 2", {2}),
    Wrong("converts nats", "ex01.2", (converts_nats,), "nothing to convert", {0, 1, 4}),
    Wrong("one number", "ex01.2", (only_nats,), "(nats, bits, perplexity)", {0, 1, 2, 3, 4}),
]
