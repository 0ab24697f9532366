"""Chapter 03: models trained with a leak of padding, tested with more or less padding."""

from __future__ import annotations

from itertools import islice
from typing import Any

import torch
from torch import Tensor

from course_lib.cells import State
from course_lib.cells import run as run_cell
from course_lib.data import Batch
from course_lib.decoder import Luong, Memory
from course_lib.encoder import Encoder
from course_lib.losses import token_loss
from course_lib.model import Seq2Seq
from course_lib.objectives import Objective, TeacherForcing
from course_lib.train import evaluate
from experiments import number_words
from experiments.english_chinese import FIRST, first_losses
from experiments.experiment import Experiment
from experiments.training import records_of

STEPS = 500
SMALL = {"embedding_size": 32, "hidden_size": 64}
PADDING = (0, 5, 20, 80)  # columns added to every source of the test


class ReadsPadding(Encoder):
    """An encoder that reads padding as if it were words."""

    def forward(self, src: Tensor, mask: Tensor) -> tuple[Tensor, State]:
        """Return encoder_states (B, S, H) and the last state, both with padding read."""
        return run_cell(self.rnn, self.embedding(src))


class LooksAtPadding(Luong):
    """A decoder whose attention gives weight to padding."""

    def start(self, encoder_states: Tensor, final: State, mask: Tensor) -> tuple[Memory, State]:
        """Keep the encoder states with a mask that says that all of them are real."""
        return super().start(encoder_states, final, torch.ones_like(mask))


class CountsPadding(TeacherForcing):
    """A loss that takes its mean over all positions, padding too."""

    def __call__(self, model: Any, batch: Batch, step: int, generator: torch.Generator) -> Tensor:
        """Return the loss of the batch."""
        log_probs, _ = model(batch.src, batch.src_mask, batch.tgt_in)  # (B, T, V)
        return token_loss(log_probs, batch.tgt_out, torch.ones_like(batch.tgt_mask))


def run(seed: int, **leaks: bool) -> dict[str, Any]:
    """Train with the leaks; test with more and more padding."""
    model, records = start(seed, **leaks)
    losses = [record.loss for record in records]
    tests = {more: number_words.in_batches(number_words.HELD_OUT, more) for more in PADDING}
    return {
        "exact match": {
            str(more): number_words.right_share(model, batches) for more, batches in tests.items()
        },
        "loss reported": sum(losses[-50:]) / 50,
        "loss of the test": evaluate(model, tests[0]),
        "part": first_losses(losses),
    }


def part(seed: int, **leaks: bool) -> dict[str, float]:
    """Train the first steps again."""
    _, records = start(seed, **leaks)
    return first_losses([record.loss for record in islice(records, FIRST)])


def start(
    seed: int, state: bool = False, attention: bool = False, loss: bool = False
) -> tuple[Seq2Seq, Any]:
    """Return a new model with these leaks, and the records of its training."""
    model = number_words.new_model(seed, **SMALL)
    if state:
        model.encoder = ReadsPadding(model.encoder.embedding, model.encoder.rnn)
    if attention:
        model.decoder.__class__ = LooksAtPadding  # its weights stay
    objective: Objective = CountsPadding() if loss else TeacherForcing()
    data = number_words.batches_of(seed)
    return model, records_of(model, data, steps=STEPS, seed=seed, objective=objective)


EXPERIMENT = Experiment(
    name="ch03.leaks",
    question="What breaks when padding leaks into state, attention or loss?",
    settings={
        "none": {},
        "state": {"state": True},
        "attention": {"attention": True},
        "state and attention": {"state": True, "attention": True},
        "loss": {"loss": True},
    },
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
