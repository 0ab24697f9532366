"""What the experiments share: training on English to Chinese, and tests by source length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import torch

from course_lib.batch_search import beam_batch, greedy_batch
from course_lib.corpora import EnglishChinese
from course_lib.data import Batch, Pair, Vocab, sampled
from course_lib.metrics import valid
from course_lib.model import ModelConfig, Seq2Seq, build
from course_lib.objectives import Objective
from experiments.training import records_of

LONGEST = 40  # words
CLAUSES = (0.25, 0.2, 0.15, 0.15, 0.15, 0.1)  # how often a training sentence has 1, 2, ... of them
BINS = ((1, 10), (11, 20), (21, 30), (31, LONGEST))
TASK = EnglishChinese(ambiguous=True)
VOCABS = Vocab(TASK.src_tokens), Vocab(TASK.tgt_tokens)  # of the unambiguous task too
FIRST = 20  # steps whose mean loss a test measures again

Draw = Callable[[np.random.Generator], Pair]


def draw(
    rng: np.random.Generator,
    task: EnglishChinese = TASK,
    clauses: Sequence[float] = CLAUSES,
) -> Pair:
    """Draw a pair; clauses holds the probabilities of 1, 2, ... clauses."""
    return task.sample(rng, clauses=1 + int(rng.choice(len(clauses), p=clauses)))


def new_model(seed: int, **config: Any) -> Seq2Seq:
    """Build a model with ModelConfig(**config) for the two vocabularies."""
    return build(ModelConfig(**config), *map(len, VOCABS), seed=seed)


def fit(
    model: Seq2Seq,
    draw: Draw,
    *,
    seed: int,
    steps: int,
    lr: float = 4e-3,
    batch: int = 32,
    objective: Objective | None = None,
    stop: int | None = None,
) -> list[float]:
    """Train the model; return the loss of each step, in nats per token.

    Stops after `stop` steps on the way to `steps`: the learning rate is that of the whole run.
    """
    data = sampled(draw, *VOCABS, batch, seed, pool=20)
    warmup = min(200, steps // 5)
    records = records_of(
        model, data, steps=steps, seed=seed, objective=objective, lr=lr, warmup=warmup
    )
    losses = [record.loss for record in islice(records, stop)]
    model.eval()
    return losses


def first_losses(losses: Sequence[float]) -> dict[str, float]:
    """Return the part of a training that a test repeats: fit(..., stop=FIRST) gives the same."""
    return {f"mean loss of steps 1 to {FIRST}": float(np.mean(losses[:FIRST]))}


def curve(losses: Sequence[float], every: int = 20) -> list[list[float]]:
    """Return [step, mean loss of the `every` steps up to it], rounded for storing."""
    ends = range(every, len(losses) + 1, every)
    return [[end, round(float(np.mean(losses[end - every : end])), 4)] for end in ends]


def pairs_of_length(low: int, high: int, number: int, draw: Draw = draw) -> list[Pair]:
    """Return `number` pairs whose sources have low to high words: the same in every experiment."""
    drawn = (draw(np.random.default_rng([2, low, i])) for i in range(10**9))
    return list(islice((pair for pair in drawn if low <= len(pair.src) <= high), number))


def in_batches(pairs: Sequence[Pair], size: int = 50) -> list[Batch]:
    """Return the pairs as batches, in their order."""
    return [Batch.from_pairs(pairs[i : i + size], *VOCABS) for i in range(0, len(pairs), size)]


def translate(
    model: Seq2Seq, src: Sequence[tuple[str, ...]], width: int = 1
) -> list[tuple[str, ...]]:
    """Translate greedily, or by a beam of `width`."""
    said = []
    for batch in in_batches([Pair(tokens, ()) for tokens in src]):
        longest = 2 * batch.src.shape[1] + 20
        ends: dict[str, Any] = {"bos": Vocab.bos, "eos": Vocab.eos, "max_length": longest}
        if width == 1:
            found = greedy_batch(model, batch.src, batch.src_mask, **ends)
        else:
            beams = beam_batch(model, batch.src, batch.src_mask, **ends, width=width)
            found = [best for best, *_ in beams]
        said += [tuple(VOCABS[1].decode(best.tokens)) for best in found]
    return said


def valid_share(model: Seq2Seq, pairs: Sequence[Pair], task: EnglishChinese = TASK) -> float:
    """Return the share of the sources whose greedy translation is valid."""
    src = [pair.src for pair in pairs]
    return float(valid(src, translate(model, src), task.is_valid).mean())  # type: ignore[arg-type]


def valid_by_length(
    model: Seq2Seq, number: int, draw: Draw = draw, task: EnglishChinese = TASK
) -> dict[str, float]:
    """Return the share of valid greedy translations in each of BINS, under "1 to 10" and so on."""
    return {
        f"{low} to {high}": valid_share(model, pairs_of_length(low, high, number, draw), task)
        for low, high in BINS
    }


@torch.no_grad()
def forced_weights(model: Seq2Seq, pairs: Sequence[Pair]) -> list[np.ndarray]:
    """Return the weights (T, S) of each pair when the decoder reads the gold translation."""
    found = []
    for batch in in_batches(pairs):
        _, weights = model(batch.src, batch.src_mask, batch.tgt_in)  # (B, T, S)
        masks = zip(weights, batch.tgt_mask, batch.src_mask, strict=True)
        found += [row[mask][:, src_mask].numpy() for row, mask, src_mask in masks]
    return found


unambiguous = partial(draw, task=EnglishChinese(ambiguous=False))
