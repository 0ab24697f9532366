"""Chapter 03: training with and without clipping, by plain gradient descent and by Adam."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from typing import Any

import torch

from course_lib.train import train
from experiments import number_words
from experiments.experiment import Experiment

STEPS = 150
BEGINNING = 3  # steps that a test repeats; with lr = 10, rounding decides what comes later
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
SMALL = {"embedding_size": 32, "hidden_size": 64}


def run(seed: int, **arguments: Any) -> dict[str, Any]:
    """Train; return what every step lost, and the norm of its gradient before clipping."""
    records = list(start(seed, **arguments))
    losses, norms = ([getattr(r, what) for r in records] for what in ("loss", "grad_norm"))
    return {
        "loss of the last 20 steps": sum(losses[-20:]) / 20,
        "steps with a norm above 1": sum(norm > 1 for norm in norms),
        "largest norm": max(norms),
        "losses": [round(loss, 4) for loss in losses],
        "norms": [round(norm, 4) for norm in norms],
        "part": beginning(losses),
    }


def part(seed: int, **arguments: Any) -> dict[str, float]:
    """Train the first steps again."""
    return beginning([record.loss for record in islice(start(seed, **arguments), BEGINNING)])


def beginning(losses: Sequence[float]) -> dict[str, float]:
    """Return the loss of each of the first steps."""
    return {f"loss of step {i}": loss for i, loss in enumerate(losses[:BEGINNING], start=1)}


def start(seed: int, optimizer: str, lr: float, clipped: bool) -> Any:
    """Return the records of a training."""
    model = number_words.new_model(seed, **SMALL)
    return train(
        model,
        OPTIMIZERS[optimizer](model.parameters()),
        number_words.batches_of(seed),
        steps=STEPS,
        lr=lr,
        clip=1.0 if clipped else math.inf,
        seed=seed,
    )


RATES = (("sgd", 3.0), ("sgd", 10.0), ("adam", 0.004), ("adam", 0.04))

EXPERIMENT = Experiment(
    name="ch03.clipping",
    question="Does clipping the gradient change what training reaches?",
    settings={
        f"{optimizer} {lr:g} {'clipped' if clipped else 'free'}": {
            "optimizer": optimizer,
            "lr": lr,
            "clipped": clipped,
        }
        for optimizer, lr in RATES
        for clipped in (True, False)
    },
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
