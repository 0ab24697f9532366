"""Chapter 03: number words learned by teacher forcing, and by reading one's own words."""

from __future__ import annotations

import time
from itertools import islice
from typing import Any

from course_lib.objectives import Objective, ScheduledSampling, TeacherForcing
from course_lib.train import evaluate
from experiments import number_words
from experiments.english_chinese import FIRST, curve, first_losses
from experiments.experiment import Experiment
from experiments.training import records_of

STEPS = 800
CHECKS = (*range(20, 301, 20), *range(350, STEPS + 1, 50))  # steps after which the model is tested


def run(seed: int, forced: bool) -> dict[str, Any]:
    """Train; test on the numbers held out on the way. Time is that of training alone."""
    model, records = start(seed, forced)
    tests = number_words.in_batches(number_words.HELD_OUT)
    losses, right, tested, seconds = [], [], [], 0.0
    began = time.process_time()
    for record in records:
        losses.append(record.loss)
        if record.step in CHECKS:
            seconds += time.process_time() - began
            right.append([record.step, number_words.right_share(model, tests)])
            tested.append([record.step, round(evaluate(model, tests), 5)])
            began = time.process_time()
    return {
        "exact match": right[-1][1],
        "steps to 90 %": next((step for step, share in right if share >= 0.9), STEPS),
        "seconds a step": seconds / STEPS,
        "exact match by step": right,
        "test loss by step": tested,
        "curve": curve(losses),
        "part": first_losses(losses),
    }


def part(seed: int, forced: bool) -> dict[str, float]:
    """Train the first steps again."""
    _, records = start(seed, forced)
    return first_losses([record.loss for record in islice(records, FIRST)])


def start(seed: int, forced: bool) -> tuple[Any, Any]:
    """Return a new model, and the records of its training."""
    model = number_words.new_model(seed)
    objective: Objective = TeacherForcing() if forced else ScheduledSampling(lambda step: 0.0)
    data = number_words.batches_of(seed)
    return model, records_of(model, data, steps=STEPS, seed=seed, objective=objective)


EXPERIMENT = Experiment(
    name="ch03.forcing",
    question="Does teacher forcing learn number words in fewer steps than free running?",
    settings={"teacher forcing": {"forced": True}, "free running": {"forced": False}},
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
