"""Chapter 03: the learning curves of two tasks, and the floor of each."""

from __future__ import annotations

from functools import cache, partial
from itertools import islice
from typing import Any

import numpy as np
import torch

from course_lib.corpora import EnglishChinese
from course_lib.data import Pair, sampled
from course_lib.train import evaluate, train, warmup_cosine
from experiments.english_chinese import (
    FIRST,
    VOCABS,
    curve,
    draw,
    first_losses,
    in_batches,
    new_model,
)
from experiments.experiment import Experiment

STEPS = 450
CLAUSES = (1.0,)  # every sentence has one
CHECKS = (25, *range(50, STEPS + 1, 50))  # steps after which the model is tested


@cache
def tests(task: EnglishChinese) -> tuple[Pair, ...]:
    """Return the sentences of the test: the same in every run."""
    rng = np.random.default_rng([3, 0])
    return tuple(draw(rng, task, CLAUSES) for _ in range(500))


def run(seed: int, ambiguous: bool) -> dict[str, Any]:
    """Train; measure the loss of the test on the way, and its floor."""
    task = EnglishChinese(ambiguous=ambiguous)
    pairs = sorted(tests(task), key=lambda pair: len(pair.src))
    batches = in_batches(pairs)
    model, records = start(seed, task)
    losses, tested = [], []
    for record in records:
        losses.append(record.loss)
        if record.step in CHECKS:
            tested.append([record.step, round(evaluate(model, batches), 4)])
    tokens = sum(len(pair.tgt) + 1 for pair in pairs)
    return {
        "floor": task.floor(pairs),
        "loss of the truth": sum(-task.log_prob(p.src, p.tgt) for p in pairs) / tokens,
        "loss of the test": tested[-1][1],
        "test loss by step": tested,
        "curve": curve(losses),
        "part": first_losses(losses),
    }


def part(seed: int, ambiguous: bool) -> dict[str, float]:
    """Train the first steps again."""
    _, records = start(seed, EnglishChinese(ambiguous=ambiguous))
    return first_losses([record.loss for record in islice(records, FIRST)])


def start(seed: int, task: EnglishChinese) -> tuple[Any, Any]:
    """Return a new model, and the records of its training."""
    model = new_model(seed)
    records = train(
        model,
        torch.optim.Adam(model.parameters(), fused=True),
        sampled(partial(draw, task=task, clauses=CLAUSES), *VOCABS, 32, seed, pool=5),
        steps=STEPS,
        lr=warmup_cosine(1e-2, 50, STEPS),
        seed=seed,
    )
    return model, records


EXPERIMENT = Experiment(
    name="ch03.floor",
    question="Does each loss come down towards the floor of its task?",
    settings={"ambiguous": {"ambiguous": True}, "unambiguous": {"ambiguous": False}},
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
