"""A decoder that reads its own words: one wrong word is written for it, and what follows is read.

Positions count target tokens from 0; a row's last real token is eos.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_lib.data import Batch, Vocab

FREE = -1  # where the model writes what it finds most probable


@torch.inference_mode()
def write(model: Any, batch: Batch, forced: Tensor, length: int) -> Tensor:
    """Write `length` tokens a sentence, (B, length): each step reads the token written before.

    forced (B, any) holds what is written instead of the model's choice: ids, FREE where it chooses;
    beyond the columns of forced it chooses too. After an eos there is only pad.
    Raises ValueError unless there is one row a sentence and a length of 1 or more.
    """
    if len(forced) != len(batch) or length < 1:
        raise ValueError(
            f"forced has {len(forced)} rows for {len(batch)} sentences, length is {length}; "
            "give one row a sentence, and write 1 token or more"
        )
    memory, state = model.encode(batch.src, batch.src_mask)
    token, written = batch.tgt_in[:, 0], []  # bos
    ended = torch.zeros_like(token, dtype=torch.bool)
    for t in range(length):
        log_probs, state, _ = model.step(token, state, memory)  # (B, V)
        token = log_probs.argmax(dim=1)  # (B,)
        if t < forced.shape[1]:
            token = torch.where(forced[:, t] == FREE, token, forced[:, t])
        token = token.masked_fill(ended, Vocab.pad)
        ended = ended | (token == Vocab.eos)
        written.append(token)
    return torch.stack(written, dim=1)


def one_error(batch: Batch, positions: Tensor, words: Tensor) -> Tensor:
    """Return what to force, (B, T): gold before positions (B,), words (B,) there, FREE after.

    Raises ValueError for a position at which a sentence has no word of its own.
    """
    last = batch.tgt_mask.sum(dim=1) - 1  # (B,)  the position of eos
    if ((positions < 0) | (positions >= last)).any():
        wrong = int(((positions < 0) | (positions >= last)).nonzero()[0])
        raise ValueError(
            f"positions[{wrong}] is {int(positions[wrong])}; this sentence has words at positions "
            f"0 to {int(last[wrong]) - 1}"
        )
    place = torch.arange(batch.tgt_out.shape[1])  # (T,)
    forced = torch.where(place < positions[:, None], batch.tgt_out, FREE)  # (B, T)
    return torch.where(place == positions[:, None], words[:, None], forced)


def right_after(written: Tensor, batch: Batch, positions: Tensor) -> Tensor:
    """Say where written (B, T) is as it should be, (B, T) bool: True up to positions and at pad."""
    place = torch.arange(batch.tgt_out.shape[1])  # (T,)
    counts = batch.tgt_mask & (place > positions[:, None])  # (B, T)
    return (written == batch.tgt_out) | ~counts


def follows(written: Tensor, batch: Batch, positions: Tensor, start: int) -> Tensor:
    """Say where what is written after positions is the gold from positions + start to eos, (B,).

    start 1: the rest is right. start 0: the gold word is said after all, then the rest; written
    then needs one column more than the gold.
    """
    found = []
    lengths = batch.tgt_mask.sum(dim=1).tolist()  # with eos
    for i, (place, length) in enumerate(zip(positions.tolist(), lengths, strict=True)):
        gold = batch.tgt_out[i, place + start : length]
        found.append(torch.equal(written[i, place + 1 : place + 1 + len(gold)], gold))
    return torch.tensor(found)


def in_order(written: Tensor, batch: Batch, positions: Tensor) -> Tensor:
    """Return the share of the gold after positions that is written, in its order, (B,).

    Eos counts. Words left out or put in shift the others and cost nothing else: it is the longest
    common subsequence of what is written after the position, to eos, and the gold there.
    """
    shares = []
    lengths = batch.tgt_mask.sum(dim=1).tolist()  # with eos
    for i, (place, length) in enumerate(zip(positions.tolist(), lengths, strict=True)):
        gold = batch.tgt_out[i, place + 1 : length].tolist()
        said = [token for token in written[i, place + 1 :].tolist() if token != Vocab.pad]
        shares.append(_common(gold, said) / len(gold))
    return torch.tensor(shares)


def _common(one: list[int], other: list[int]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(other) + 1)  # of the words of `one` so far and each beginning of `other`
    for word in one:
        before = row
        row = [0]
        for j, theirs in enumerate(other):
            row.append(before[j] + 1 if word == theirs else max(before[j + 1], row[j]))
    return row[-1]


def by_distance(right: Tensor, batch: Batch, positions: Tensor, farthest: int) -> np.ndarray:
    """Return the share of right tokens 1, 2, ... farthest tokens after positions, (farthest,).

    A distance counts the sentences that are long enough; right is that of right_after.
    Raises ValueError if no sentence reaches one of the distances.
    """
    shares = []
    for distance in range(1, farthest + 1):
        place = positions + distance  # (B,)
        reached = place < batch.tgt_mask.sum(dim=1)  # (B,)
        if not reached.any():
            raise ValueError(
                f"farthest is {farthest}; no sentence has a token {distance} after its position"
            )
        shares.append(right[reached, place[reached]].double().mean().item())
    return np.array(shares)


def random_words(gold: Tensor, words: int, rng: np.random.Generator) -> Tensor:
    """Draw for each gold id (B,) another id of the vocabulary's `words`, never a special."""
    first = Vocab.unk + 1
    shift = torch.tensor(rng.integers(1, words - first, len(gold)))  # (B,)
    return first + (gold - first + shift) % (words - first)


@torch.inference_mode()
def runners_up(model: Any, batch: Batch, positions: Tensor) -> Tensor:
    """Return the most probable wrong word at positions (B,) after the gold words before it, (B,).

    It is a word: never a special.
    """
    log_probs, _ = model(batch.src, batch.src_mask, batch.tgt_in)  # (B, T, V)
    rows = torch.arange(len(batch))
    here = log_probs[rows, positions]  # (B, V)
    here[rows, batch.tgt_out[rows, positions]] = -torch.inf
    here[:, : Vocab.unk + 1] = -torch.inf
    return here.argmax(dim=1)
