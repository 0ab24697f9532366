"""Training as a generator of records: printing, plotting, saving and stopping are the caller's."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from course_lib.data import Batch
from course_lib.losses import token_loss
from course_lib.objectives import Objective, TeacherForcing

Schedule = Callable[[int], float]  # steps done -> learning rate


@dataclass(frozen=True)
class Record:
    """What one training step did."""

    step: int  # steps done, this one included
    loss: float  # before the update, in nats per token for every objective but ExpectedReward
    grad_norm: float  # before clipping
    lr: float
    tokens: int  # real target tokens in the batch
    seconds: float  # since train() began


def train(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    data: Iterable[Batch],
    *,
    steps: int,
    lr: Schedule | float,
    objective: Objective | None = None,
    clip: float = 1.0,
    start: int = 0,
    seed: int = 0,
) -> Iterator[Record]:
    """Update the model once for each batch until `steps` steps are done; yield a Record of each.

    clip is the largest norm a gradient keeps. What an objective or a dropout draws in a step
    depends on seed and step alone, so a run saved after `start` steps ends where it would have
    ended without the break; torch's own generators are left as they were.
    Raises FloatingPointError if a gradient is not finite; the model is then as it was before.
    """
    objective = objective or TeacherForcing()
    rate = lr if callable(lr) else lambda _: lr
    device = next(model.parameters()).device
    began = time.perf_counter()
    for step, batch in zip(range(start, steps), data, strict=False):
        model.train()  # the caller may have evaluated in between
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        generator = step_generator(seed, step, device)
        with _own_draws(device, generator.initial_seed() ^ 1):  # other numbers than the generator's
            loss = objective(model, batch, step, generator)
        norm = _update(model, optimizer, loss, clip, step)
        tokens = int(batch.tgt_mask.sum())
        yield Record(step + 1, loss.item(), norm, rate(step), tokens, time.perf_counter() - began)


@contextlib.contextmanager
def _own_draws(device: torch.device, seed: int) -> Iterator[None]:
    """Let torch's own generators, from which dropout draws, begin at seed; then put them back."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        if device.type == "cpu":
            torch.default_generator.manual_seed(seed)  # manual_seed looks for devices: 0.1 ms
        else:
            torch.manual_seed(seed)
        yield


def _update(
    model: nn.Module, optimizer: torch.optim.Optimizer, loss: torch.Tensor, clip: float, step: int
) -> float:
    optimizer.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), clip).item()
    if not math.isfinite(norm):
        raise FloatingPointError(
            f"step {step + 1}: loss {loss.item()}, gradient norm {norm}; nothing was updated. "
            "Try a smaller lr, or look at this batch"
        )
    optimizer.step()
    return norm


def step_generator(seed: int, step: int, device: torch.device | str = "cpu") -> torch.Generator:
    """Return torch's generator for one step of a run: a function of seed and step."""
    (state,) = np.random.SeedSequence([seed, step]).generate_state(1, np.uint64)
    return torch.Generator(device).manual_seed(int(state >> np.uint64(1)))


def warmup_cosine(peak: float, warmup: int, steps: int) -> Schedule:
    """Rise to peak over `warmup` steps in a line, then fall to 0 at `steps` along a cosine."""

    def rate(step: int) -> float:
        if step < warmup:
            return peak * (step + 1) / warmup
        done = (step - warmup) / max(1, steps - warmup)
        return peak * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))

    return rate


@torch.no_grad()
def evaluate(model: Any, data: Iterable[Batch]) -> float:
    """Return the loss over all real tokens of all batches, in nats per token.

    Raises ValueError if there is no batch.
    """
    total, tokens = 0.0, 0
    model.eval()
    for batch in data:
        log_probs, _ = model(batch.src, batch.src_mask, batch.tgt_in)  # (B, T, V)
        n = int(batch.tgt_mask.sum())
        total += n * token_loss(log_probs, batch.tgt_out, batch.tgt_mask).item()
        tokens += n
    if not tokens:
        raise ValueError("data is empty; give at least one batch, and a list if you use it twice")
    return total / tokens


def should_stop(losses: Sequence[float], patience: int) -> bool:
    """Say whether the lowest of the losses so far is `patience` or more evaluations ago.

    A loss that is nan is not lower. Raises ValueError for a patience below 1.
    """
    if patience < 1:
        raise ValueError(f"patience is {patience}; wait at least 1 evaluation for a lower loss")
    before, recent = losses[:-patience], losses[-patience:]
    return bool(before) and not any(loss < min(before) for loss in recent)
