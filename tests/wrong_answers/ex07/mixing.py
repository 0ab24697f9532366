"""Exercise 07, task 2: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from wrong_answers import Right, Wrong


def where(gold, own, coins, share, bos):
    inputs = np.full_like(gold, bos)
    inputs[:, 1:] = np.where(coins[:, 1:] < share, gold[:, :-1], own[:, :-1])
    return inputs


def loops(gold, own, coins, share, bos):
    rows = []
    for b in range(len(gold)):
        row = [bos]
        for t in range(1, len(gold[b])):
            row.append(gold[b][t - 1] if coins[b][t] < share else own[b][t - 1])
        rows.append(row)
    return rows


def tensors(gold, own, coins, share, bos):
    gold, own, coins = torch.tensor(gold), torch.tensor(own), torch.tensor(coins)
    mixed = torch.where(coins < share, gold.roll(1, dims=1), own.roll(1, dims=1))
    return torch.cat([torch.full((len(gold), 1), bos), mixed[:, 1:]], dim=1)


def unshifted(gold, own, coins, share, bos):
    return np.where(coins < share, gold, own)


def half_shifted(gold, own, coins, share, bos):
    inputs = np.where(coins < share, gold, own)
    inputs[:, 0] = bos
    return inputs


def turned(gold, own, coins, share, bos):
    return where(own, gold, coins, share, bos)


def early_coin(gold, own, coins, share, bos):
    return where(gold, own, np.roll(coins, 1, axis=1), share, bos)


def one_coin(gold, own, coins, share, bos):
    return where(gold, own, np.full_like(coins, coins[0, 0]), share, bos)


def by_sentence(gold, own, coins, share, bos):
    return where(gold, own, np.repeat(coins[:, :1], coins.shape[1], axis=1), share, bos)


def by_position(gold, own, coins, share, bos):
    return where(gold, own, np.repeat(coins[:1], len(coins), axis=0), share, bos)


def in_place(gold, own, coins, share, bos):
    gold[coins >= share] = 0
    own[coins < share] = 0
    return where(gold, own, coins, share, bos)


def shorter(gold, own, coins, share, bos):
    return np.where(coins[:, 1:] < share, gold[:, :-1], own[:, :-1])


def writes_back(gold, own, coins, share, bos):
    result = where(gold, own, coins, share, bos)
    gold[:] = result
    return result


def wrong(name, function, says, loses):
    return Wrong(name, "ex07.2", (function,), says, loses)


ANSWERS = [
    Right("where", "ex07.2", (where,)),
    Right("loops, lists", "ex07.2", (loops,)),
    Right("torch, rolled", "ex07.2", (tensors,)),
    wrong("unshifted", unshifted, "The words are not shifted", {0, 1, 2}),
    wrong("half shifted", half_shifted, "the words behind it are not shifted", {0, 1, 2}),
    wrong("turned", turned, "the other way round", {0, 1, 2}),
    wrong("early coin", early_coin, "The coin of the position before", {2}),
    wrong("one coin", one_coin, "One coin was tossed", {2}),
    wrong("by sentence", by_sentence, "one coin for a whole sentence", {2}),
    wrong("by position", by_position, "one coin for a position", {2}),
    wrong("writes back", writes_back, "changes its input", {2}),
    wrong("too short", shorter, "inputs has shape", {0, 1, 2}),
]
