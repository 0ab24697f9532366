"""Chapter 05: what the score function decides, and what the seed decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_lib.data import Pair
from course_lib.metrics import alignment_accuracy, alignment_error_rate, argmax_links
from course_lib.model import Seq2Seq
from course_lib.train import evaluate
from experiments import english_chinese as ec
from experiments.experiment import Experiment

TASK = ec.unambiguous.keywords["task"]  # as in ch04.length: what is not valid has a wrong word
CLAUSES = (0.2, 0.15, 0.15, 0.15, 0.2, 0.15)  # before sentences above ec.LONGEST words are left out
STEPS, LR = 1_500, 6e-3
TESTED = 200  # sentences for each range of lengths
BEYOND = ((41, 50), (51, 60), (61, 70), (71, 80))  # words; training stops at ec.LONGEST


def short(rng: np.random.Generator) -> Pair:
    """Draw a pair whose source has at most ec.LONGEST words."""
    pair = ec.draw(rng, TASK, CLAUSES)
    return pair if len(pair.src) <= ec.LONGEST else short(rng)


def long(rng: np.random.Generator) -> Pair:
    """Draw a pair of 6 to 12 clauses, about 43 to 88 source words."""
    return TASK.sample(rng, clauses=int(rng.integers(6, 13)))


def run(*, seed: int, **config: Any) -> dict[str, Any]:
    """Train on up to ec.LONGEST words; measure validity up to twice that, and the alignment."""
    model = ec.new_model(seed, **config)
    losses = ec.fit(model, short, seed=seed, steps=STEPS, lr=LR)
    tests = {ends: ec.pairs_of_length(*ends, TESTED, short) for ends in ec.BINS}
    seen = [pair for pairs in tests.values() for pair in pairs]
    tests |= {ends: ec.pairs_of_length(*ends, TESTED, long) for ends in BEYOND}
    bands = {f"{low} to {high}": pairs for (low, high), pairs in tests.items()}
    return {
        "part": ec.first_losses(losses),
        "valid": {name: ec.valid_share(model, pairs, TASK) for name, pairs in bands.items()},
        "loss": {name: evaluate(model, ec.in_batches(pairs)) for name, pairs in bands.items()},
        "alignment": alignment(model, seen),
        "alignment_by_length": {
            name: alignment(model, pairs)["accuracy"] for name, pairs in bands.items()
        },
        "curve": ec.curve(losses, 50),
    }


def part(*, seed: int, **config: Any) -> dict[str, float]:
    """Train the first steps again."""
    model = ec.new_model(seed, **config)
    return ec.first_losses(ec.fit(model, short, seed=seed, steps=STEPS, lr=LR, stop=ec.FIRST))


def alignment(model: Seq2Seq, pairs: Sequence[Pair]) -> dict[str, float]:
    """Compare the weights with the gold links, while the decoder reads the gold translation.

    "accuracy" and "error_rate" read row t for word t. "row_before" reads row t - 1, as one does who
    takes s_{t-1} for s_t in a model of Luong's; "row_after" reads row t + 1, as one does who takes
    s_t for s_{t-1} in a model of Bahdanau's. "entropy" is the mean of the rows, in nats.
    """
    weights = ec.forced_weights(model, pairs)  # (T, S) each, with a row for eos
    links = [pair.links for pair in pairs]
    rows = [row[: len(pair.tgt)] for row, pair in zip(weights, pairs, strict=True)]
    return {
        "accuracy": alignment_accuracy(weights, links),
        "error_rate": alignment_error_rate([argmax_links(row) for row in rows], links),
        "row_before": alignment_accuracy(weights, [moved(gold) for gold in links]),
        "row_after": alignment_accuracy([row[1:] for row in weights], links),
        "entropy": float(np.mean([entropy(row) for row in rows])),
    }


def moved(links: frozenset[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """Give the links of each target word to the word before it."""
    return frozenset((i, t - 1) for i, t in links if t > 0)


def entropy(weights: np.ndarray) -> float:
    """Return the mean entropy of the rows of weights (T, S), in nats; 0 if each row has one 1."""
    logs = np.log(np.where(weights > 0, weights, 1.0))
    return float(-(weights * logs).sum(axis=1).mean())


EXPERIMENT = Experiment(
    name="ch05.scores",
    question="Which of four score functions translates better, and aligns better?",
    settings={
        name: {"decoder": "luong", "attention": name}
        for name in ("dot", "scaled_dot", "general", "additive")
    },
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
