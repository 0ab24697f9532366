"""What the experiments of chapter 03 share: number words, some of which training never sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
from torch import nn

from course_lib.batch_search import greedy_batch
from course_lib.corpora import NumberWords
from course_lib.corpora.numbers import chinese_number, english_number
from course_lib.data import Batch, Pair, Vocab, sampled
from course_lib.metrics import exact_match
from course_lib.model import ModelConfig, Seq2Seq, build

TASK = NumberWords(limit=999_999)
VOCABS = Vocab(TASK.src_tokens), Vocab(TASK.tgt_tokens)
DIGITS = (3, 4, 5, 6)  # of the numbers held out, equally often


def held_out(number: int = 500) -> tuple[Pair, ...]:
    """Return the numbers that training never sees: the same in every experiment and notebook."""
    rng = np.random.default_rng(3)
    each = number // len(DIGITS)
    drawn = [10 ** (d - 1) + rng.choice(9 * 10 ** (d - 1), each, replace=False) for d in DIGITS]
    values = np.concatenate(drawn).tolist()
    return tuple(Pair(english_number(n), chinese_number(n)) for n in values)


HELD_OUT = held_out()
NEVER = frozenset(pair.src for pair in HELD_OUT)


def draw(rng: np.random.Generator) -> Pair:
    """Draw a number that is not held out."""
    while (pair := TASK.sample(rng)).src in NEVER:
        pass
    return pair


def new_model(seed: int, **config: Any) -> Seq2Seq:
    """Build a model with ModelConfig(**config) for the two vocabularies."""
    return build(ModelConfig(**config), *map(len, VOCABS), seed=seed)


def batches_of(seed: int, batch: int = 32) -> Iterator[Batch]:
    """Yield training batches without end."""
    return sampled(draw, *VOCABS, batch, seed)


def in_batches(pairs: Sequence[Pair], pad_to: int = 0) -> list[Batch]:
    """Return batches whose sources have one length each, and so no padding up to pad_to more."""
    by_length = sorted(pairs, key=lambda pair: len(pair.src))
    groups = groupby(by_length, key=lambda pair: len(pair.src))
    return [padded(Batch.from_pairs(list(group), *VOCABS), pad_to) for _, group in groups]


def padded(batch: Batch, more: int) -> Batch:
    """Return the batch with so many columns of padding added to its source."""
    src, mask = (nn.functional.pad(part, (0, more)) for part in (batch.src, batch.src_mask))
    return replace(batch, src=src, src_mask=mask)


def right_share(model: Seq2Seq, batches: Sequence[Batch]) -> float:
    """Return the share of targets that greedy search gets right to the last word."""
    model.eval()
    said, gold = [], []
    for batch in batches:
        ends = {"bos": Vocab.bos, "eos": Vocab.eos, "max_length": 20}
        found = greedy_batch(model, batch.src, batch.src_mask, **ends)
        said += [VOCABS[1].decode(hypothesis.tokens) for hypothesis in found]
        gold += [VOCABS[1].decode(row) for row in batch.tgt_out.tolist()]
    return float(exact_match(said, gold).mean())
