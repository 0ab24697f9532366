"""Chapter 07: what one wrong word does to the rest, after training in different ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch

from course_lib.data import Batch, Pair, sampled
from course_lib.metrics import accuracy_by_position
from course_lib.model import Seq2Seq
from course_lib.objectives import (
    InputNoise,
    Objective,
    ScheduledSampling,
    TeacherForcing,
    exponential,
    inverse_sigmoid,
    linear,
)
from course_lib.recovery import (
    by_distance,
    follows,
    in_order,
    one_error,
    random_words,
    right_after,
    runners_up,
    write,
)
from course_lib.train import train, warmup_cosine
from experiments import english_chinese as ec
from experiments.experiment import Experiment

TASK = ec.unambiguous.keywords["task"]  # one translation a sentence: wrong is wrong
draw = partial(ec.draw, task=TASK, clauses=(0.5, 0.5))
STEPS, LR, WARMUP = 600, 4e-3, 100
MEASURED = (150, 300, 600)  # steps: early, on the way, and at the end
TESTED, SHOWN = 1_000, 12  # test sentences; those whose translations are stored
FARTHEST = 8  # tokens after the error
LONGEST = 16  # positions counted: later ones have few test sentences

OBJECTIVES: dict[str, Any] = {
    "teacher_forcing": lambda: TeacherForcing(),
    "input_noise": lambda rate: InputNoise(rate),
    "linear": lambda *a: ScheduledSampling(linear(*a)),
    "exponential": lambda *a: ScheduledSampling(exponential(*a)),
    "inverse_sigmoid": lambda *a: ScheduledSampling(inverse_sigmoid(*a)),
}


def run(seed: int, objective: str, numbers: Sequence[float]) -> dict[str, Any]:
    """Train, and measure three times on the way."""
    model, losses, measured = ec.new_model(seed), [], {}
    for record in training(model, seed, OBJECTIVES[objective](*numbers)):
        losses.append(record.loss)
        if record.step in MEASURED:
            measured[f"step {record.step}"] = measure(model.eval())
    return {**measured, "curve": ec.curve(losses), "part": ec.first_losses(losses)}


def part(seed: int, objective: str, numbers: Sequence[float]) -> dict[str, float]:
    """Train the first steps again."""
    records = training(ec.new_model(seed), seed, OBJECTIVES[objective](*numbers))
    return ec.first_losses([next(records).loss for _ in range(ec.FIRST)])


def training(model: Seq2Seq, seed: int, objective: Objective) -> Iterator[Any]:
    """Train the model; yield a record of each step."""
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    data = sampled(draw, *ec.VOCABS, 32, seed, pool=20)
    lr = warmup_cosine(LR, WARMUP, STEPS)
    return train(model, optimizer, data, steps=STEPS, lr=lr, objective=objective, seed=seed)


def tests() -> list[Pair]:
    """Return the test sentences: the same for every run, the shortest first."""
    pairs = [draw(np.random.default_rng([7, i])) for i in range(TESTED)]
    return sorted(pairs, key=lambda pair: len(pair.tgt))


WAYS = ("forced", "free")  # the decoder reads the gold words, or its own
ERRORS = ("none", "random", "runner_up")  # what is written at one position


def measure(model: Seq2Seq) -> dict[str, Any]:
    """Return accuracy by position, forced and free, and what follows one word written for it.

    "rest_right" is the share of sentences whose whole rest is right; "said_after_all" that of those
    in which the word that was replaced comes next, and then the rest; "in_order" the mean share of
    the rest that is there at all; "kept" is rest_right among the sentences whose rest is right
    without an error.
    """
    batch, rng = Batch.from_pairs(tests(), *ec.VOCABS), np.random.default_rng(8)
    (_, T), (positions, words) = batch.tgt_out.shape, errors(model, batch, rng)
    said = {
        name: write(model, batch, one_error(batch, positions, words[name]), T + 1)
        for name in ERRORS
    }
    whole = {name: follows(one, batch, positions, 1) for name, one in said.items()}
    in_their_order = {name: in_order(one, batch, positions) for name, one in said.items()}
    after_all = {name: follows(said[name], batch, positions, 0) for name in ERRORS[1:]}
    right = {name: right_after(one[:, :T], batch, positions) for name, one in said.items()}
    return {
        **accuracy(model, batch),
        "rest_right": {name: share(one) for name, one in whole.items()},
        "said_after_all": {name: share(one & ~whole[name]) for name, one in after_all.items()},
        "in_order": {name: share(one) for name, one in in_their_order.items()},
        "kept": {name: share(whole[name][whole["none"]]) for name in ERRORS[1:]},
        "by_distance": {
            name: by_distance(one, batch, positions, FARTHEST).round(4).tolist()
            for name, one in right.items()
        },
        "examples": examples(batch, positions, said),
    }


def errors(
    model: Seq2Seq, batch: Batch, rng: np.random.Generator
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Return where a word is written for the model, (B,), and which: (B,) for each of ERRORS."""
    lengths = batch.tgt_mask.sum(dim=1).tolist()  # with eos
    positions = torch.tensor([rng.integers(0, n - 2) for n in lengths])  # a word follows, then eos
    gold = batch.tgt_out[torch.arange(len(batch)), positions]  # (B,)
    return positions, {
        "none": gold,
        "random": random_words(gold, len(ec.VOCABS[1]), rng),
        "runner_up": runners_up(model, batch, positions),
    }


@torch.inference_mode()
def accuracy(model: Seq2Seq, batch: Batch) -> dict[str, Any]:
    """Return the share of right sentences, and of right tokens forced and free, by position too."""
    log_probs, _ = model(batch.src, batch.src_mask, batch.tgt_in)  # (B, T, V)
    nothing = batch.tgt_out[:, :0]
    said = {
        "forced": log_probs.argmax(dim=-1),
        "free": write(model, batch, nothing, batch.tgt_out.shape[1]),
    }
    right = {way: (said[way] == batch.tgt_out) | ~batch.tgt_mask for way in WAYS}
    gold = rows(batch.tgt_out, batch)
    return {
        "sentences": {way: share(right[way].all(dim=1)) for way in WAYS},
        "tokens": {way: share(right[way][batch.tgt_mask]) for way in WAYS},
        "by_position": {
            way: accuracy_by_position(rows(said[way], batch), gold)[:LONGEST].round(4).tolist()
            for way in WAYS
        },
    }


def rows(tokens: torch.Tensor, batch: Batch) -> list[list[int]]:
    """Return as many tokens of each row as the sentence has, eos included."""
    lengths = batch.tgt_mask.sum(dim=1).tolist()
    return [row[:n] for row, n in zip(tokens.tolist(), lengths, strict=True)]


def examples(
    batch: Batch, positions: torch.Tensor, outputs: dict[str, torch.Tensor]
) -> list[dict[str, Any]]:
    """Return SHOWN test sentences, with the position of the error and what was written."""
    found = []
    for i in range(len(batch) // 3, 2 * len(batch) // 3, len(batch) // 3 // SHOWN):
        texts = {name: output[i].tolist() for name, output in outputs.items()}
        texts = {"gold": batch.tgt_out[i].tolist(), **texts}
        words = {name: " ".join(ec.VOCABS[1].decode(ids)) for name, ids in texts.items()}
        src = " ".join(ec.VOCABS[0].decode(batch.src[i].tolist()))
        found.append({"src": src, "position": int(positions[i]), **words})
    return found[:SHOWN]


def share(flags: torch.Tensor) -> float:
    return round(flags.double().mean().item(), 4)


END = 0.25  # share of gold words that the three schedules read at the last step
EXPERIMENT = Experiment(
    name="ch07.recovery",
    question="Is the rest right when one word is wrong?",
    settings={
        "teacher_forcing": {"objective": "teacher_forcing", "numbers": []},
        "sampling_linear": {"objective": "linear", "numbers": [1.0, END, STEPS]},
        "sampling_exponential": {"objective": "exponential", "numbers": [0.997692]},
        "sampling_inverse_sigmoid": {"objective": "inverse_sigmoid", "numbers": [104.4]},
        "input_noise": {"objective": "input_noise", "numbers": [0.1]},
        "own_words": {"objective": "linear", "numbers": [0.0, 0.0, 1]},
    },
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
