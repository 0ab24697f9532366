"""Chapter 03: the learning curve and the floor of the task, and a loss that counts padding."""

from __future__ import annotations

from functools import cache, partial
from itertools import islice
from typing import Any

import numpy as np

from course_lib.corpora import EnglishChinese
from course_lib.data import Pair, sampled
from course_lib.objectives import Objective, TeacherForcing
from course_lib.train import evaluate
from experiments.ch03_leaks import CountsPadding
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
from experiments.training import records_of

STEPS = 700
CLAUSES = (0.6, 0.4)  # how often a sentence has one, and two
CHECKS = (*range(50, 301, 50), *range(400, STEPS + 1, 100))


@cache
def tests(task: EnglishChinese) -> tuple[Pair, ...]:
    """Return the sentences of the test: the same in every run."""
    rng = np.random.default_rng([3, 0])
    return tuple(draw(rng, task, CLAUSES) for _ in range(500))


def run(seed: int, ambiguous: bool, padding_counts: bool) -> dict[str, Any]:
    """Train; measure the loss of the test on the way, and its floor."""
    task = EnglishChinese(ambiguous=ambiguous)
    pairs = sorted(tests(task), key=lambda pair: len(pair.src))
    batches = in_batches(pairs)
    model, records = start(seed, task, padding_counts)
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
        "loss reported": sum(losses[-50:]) / 50,
        "test loss by step": tested,
        "curve": curve(losses),
        "part": first_losses(losses),
    }


def part(seed: int, ambiguous: bool, padding_counts: bool) -> dict[str, float]:
    """Train the first steps again."""
    _, records = start(seed, EnglishChinese(ambiguous=ambiguous), padding_counts)
    return first_losses([record.loss for record in islice(records, FIRST)])


def start(seed: int, task: EnglishChinese, padding_counts: bool) -> tuple[Any, Any]:
    """Return a new model, and the records of its training."""
    model = new_model(seed)
    objective: Objective = CountsPadding() if padding_counts else TeacherForcing()
    data = sampled(partial(draw, task=task, clauses=CLAUSES), *VOCABS, 32, seed)
    return model, records_of(model, data, steps=STEPS, seed=seed, objective=objective)


EXPERIMENT = Experiment(
    name="ch03.floor",
    question="Does the loss come down to the floor, and what does it mean below it?",
    settings={
        "ambiguous": {"ambiguous": True, "padding_counts": False},
        "unambiguous": {"ambiguous": False, "padding_counts": False},
        "padding counts": {"ambiguous": True, "padding_counts": True},
    },
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
