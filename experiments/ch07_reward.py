"""Chapter 07: a trained model goes on, by teacher forcing or by the expected reward."""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from typing import Any

import torch

from course_lib.data import Batch, sampled
from course_lib.model import Seq2Seq
from course_lib.objectives import ExpectedReward, Objective, TeacherForcing, sample
from course_lib.train import evaluate, train
from experiments import english_chinese as ec
from experiments.ch07_recovery import draw, measure, rows, share, tests
from experiments.experiment import Experiment

FIRST_STEPS, FIRST_LR, LONGEST = 300, 4e-3, 30


def right_or_not(src: list[int], gold: list[int], output: list[int]) -> float:
    """Return 1 for the right translation, which in this grammar is the only valid one, else 0."""
    return float(gold == output)


def run(seed: int, steps: int, lr: float, samples: int) -> dict[str, Any]:
    """Train by teacher forcing; from there, go on for `steps` steps in two ways."""
    before, losses = first(seed, FIRST_STEPS)
    found = {"before": quality(before)}
    objectives = {
        "teacher_forcing": TeacherForcing(),
        "expected_reward": ExpectedReward(right_or_not, samples, LONGEST),
    }
    for name, objective in objectives.items():
        model, began = copy.deepcopy(before), time.process_time()
        rewards = further(model, seed, objective, steps, lr)
        seconds = round(time.process_time() - began, 1)
        found[name] = {**quality(model), "seconds": seconds}
        if name == "expected_reward":
            found[name]["curve"] = ec.curve([-reward for reward in rewards], 10)
    return {**found, "part": ec.first_losses(losses)}


def part(seed: int, **_: Any) -> dict[str, float]:
    """Train the first steps again."""
    return ec.first_losses(first(seed, ec.FIRST)[1])


def first(seed: int, steps: int) -> tuple[Seq2Seq, list[float]]:
    """Return a model after so many steps of teacher forcing, and the loss of each."""
    model = ec.new_model(seed)
    return model, further(model, seed, TeacherForcing(), steps, FIRST_LR, start=0)


def further(
    model: Seq2Seq,
    seed: int,
    objective: Objective,
    steps: int,
    lr: float,
    start: int = FIRST_STEPS,
) -> list[float]:
    """Train for `steps` steps more, on batches not seen before; return the loss of each."""
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    data = sampled(draw, *ec.VOCABS, 32, seed, start=start, pool=20)
    ends = {"steps": start + steps, "start": start, "seed": seed}
    return [r.loss for r in train(model, optimizer, data, lr=lr, objective=objective, **ends)]


def quality(model: Seq2Seq) -> dict[str, Any]:
    """Return shares of right sentences, greedy and drawn, the loss, and what an error leaves."""
    model.eval()
    batch, measured = Batch.from_pairs(tests(), *ec.VOCABS), measure(model)
    with torch.no_grad():
        drawn, _ = sample(model, batch, 1, LONGEST, torch.Generator().manual_seed(9))
    return {
        "greedy": measured["sentences"]["free"],
        "drawn": share(same(drawn[:, 0], batch)),
        "loss": round(evaluate(model, [batch]), 4),
        "kept": measured["kept"],
    }


def same(outputs: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Say which outputs (B, any) are the gold sentence, up to eos, (B,) bool."""
    gold: Sequence[list[int]] = rows(batch.tgt_out, batch)
    cut = [row[: len(right)] for row, right in zip(outputs.tolist(), gold, strict=True)]
    return torch.tensor([one == right for one, right in zip(cut, gold, strict=True)])


EXPERIMENT = Experiment(
    name="ch07.reward",
    question="What does a gradient through the reward of own sentences bring?",
    settings={"right_or_not": {"steps": 60, "lr": 1e-3, "samples": 4}},
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
