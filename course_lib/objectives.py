"""What a training step minimises: objective(model, batch, step, generator) -> loss, a scalar."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from course_lib.data import Batch, Vocab
from course_lib.losses import output_loss, token_loss

Objective = Callable[[Any, Batch, int, torch.Generator], Tensor]
Decay = Callable[[int], float]  # steps done -> probability that the decoder reads the gold word


@dataclass(frozen=True)
class TeacherForcing:
    """Each step reads the gold words before it; the loss is in nats per token."""

    label_smoothing: float = 0.0

    def __post_init__(self):
        _check_share("label_smoothing", self.label_smoothing)

    def __call__(self, model: Any, batch: Batch, step: int, generator: torch.Generator) -> Tensor:
        """Return the loss of the batch."""
        readouts, _ = model.readouts(batch.src, batch.src_mask, batch.tgt_in)  # (B, T, H)
        return output_loss(
            readouts, model.decoder.output, batch.tgt_out, batch.tgt_mask, self.label_smoothing
        )


@dataclass(frozen=True)
class InputNoise:
    """Teacher forcing, but each gold word is read as any word at all with probability rate.

    What the model has to say stays the gold word. Loss in nats per token.
    """

    rate: float
    label_smoothing: float = 0.0

    def __post_init__(self):
        _check_share("rate", self.rate)
        _check_share("label_smoothing", self.label_smoothing)

    def __call__(self, model: Any, batch: Batch, step: int, generator: torch.Generator) -> Tensor:
        """Return the loss of the batch."""
        tgt_in, words = batch.tgt_in, model.decoder.output.out_features
        draw = {"generator": generator, "device": tgt_in.device}
        noise = torch.randint(Vocab.unk + 1, words, tgt_in.shape, **draw)  # (B, T)
        noisy = torch.rand(tgt_in.shape, **draw) < self.rate  # (B, T)
        noisy[:, 0] = False  # bos
        readouts, _ = model.readouts(batch.src, batch.src_mask, torch.where(noisy, noise, tgt_in))
        return output_loss(
            readouts, model.decoder.output, batch.tgt_out, batch.tgt_mask, self.label_smoothing
        )


def _check_share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}; it is a share, from 0 (none) to 1 (all)")


def linear(start: float, end: float, steps: int) -> Decay:
    """Fall from start to end in a straight line over so many steps (Bengio et al. 2015, 2.4)."""
    _check_share("start", start)
    _check_share("end", end)
    if steps < 1:
        raise ValueError(f"steps is {steps}; the fall takes at least 1")
    return lambda step: max(0.0, start + (end - start) * min(1.0, step / steps))


def exponential(k: float) -> Decay:
    """Return k ** step, with k < 1 (Bengio et al. 2015, section 2.4)."""
    if not 0 < k < 1:
        raise ValueError(
            f"k is {k}; it must lie between 0 and 1, such as 0.999, so that k^step falls"
        )
    return lambda step: k**step


def inverse_sigmoid(k: float) -> Decay:
    """Return k / (k + exp(step / k)), with k >= 1 (Bengio et al. 2015, section 2.4)."""
    if not k >= 1:
        raise ValueError(f"k is {k}; it must be at least 1, and the larger the later the fall")
    return lambda step: k / (k + math.exp(min(step / k, 700.0)))  # exp(710) is no float any more


@dataclass(frozen=True)
class ScheduledSampling:
    """Each step reads the gold word with probability decay(step), else a word the model draws.

    The coin is tossed for each token (Bengio et al. 2015, section 2.4). Nothing flows back through
    the draw. Loss in nats per token.
    """

    decay: Decay

    def __call__(self, model: Any, batch: Batch, step: int, generator: torch.Generator) -> Tensor:
        """Return the loss of the batch."""
        gold = batch.tgt_in  # (B, T)
        coins = torch.rand(gold.shape, generator=generator, device=gold.device)  # (B, T)
        read_gold = coins < self.decay(step)  # (B, T)
        memory, state = model.encode(batch.src, batch.src_mask)
        tokens, said = gold[:, 0], []
        for t in range(gold.shape[1]):
            log_probs, state, _ = model.step(tokens, state, memory)  # (B, V)
            said.append(log_probs)
            if t + 1 < gold.shape[1]:
                tokens = torch.where(
                    read_gold[:, t + 1], gold[:, t + 1], _draw(log_probs, generator)
                )
        return token_loss(torch.stack(said, dim=1), batch.tgt_out, batch.tgt_mask)


def _draw(log_probs: Tensor, generator: torch.Generator) -> Tensor:
    return torch.multinomial(log_probs.detach().exp(), 1, generator=generator)[:, 0]  # (B,)


Reward = Callable[[list[int], list[int], list[int]], float]  # of source, gold and output ids


@dataclass(frozen=True)
class ExpectedReward:
    """Policy gradient on the reward of whole sampled outputs (Ranzato et al. 2016, section 3.2).

    Each output's baseline is the mean reward of the other samples for its source (Kool et al.
    2019), which leaves the gradient unbiased and needs no network of its own; hence samples >= 2.
    The loss is minus the mean reward, and its gradient that of minus the expected reward. Ids given
    to reward have no specials.
    """

    reward: Reward
    samples: int = 4
    max_length: int = 50

    def __post_init__(self):
        if self.samples < 2:
            raise ValueError(f"samples is {self.samples}; the baseline needs 2 or more")
        if self.max_length < 1:
            raise ValueError(f"max_length is {self.max_length}; it counts eos, so at least 1")

    def __call__(self, model: Any, batch: Batch, step: int, generator: torch.Generator) -> Tensor:
        """Return the loss of the batch."""
        outputs, log_probs = sample(model, batch, self.samples, self.max_length, generator)
        rewards = self._rewards(batch, outputs).to(log_probs)  # (B, K)
        baseline = (rewards.sum(dim=1, keepdim=True) - rewards) / (self.samples - 1)  # (B, K)
        surrogate = -((rewards - baseline) * log_probs).mean()
        return surrogate - surrogate.detach() - rewards.mean()  # the value is minus the reward

    def _rewards(self, batch: Batch, outputs: Tensor) -> Tensor:
        rows = zip(_words(batch.src), _words(batch.tgt_out), outputs, strict=True)
        rewards = torch.tensor(
            [[self.reward(src, gold, out) for out in _words(tokens)] for src, gold, tokens in rows]
        )
        if not rewards.isfinite().all():
            raise ValueError(
                "reward returned nan or inf; return a number for every output, also ()"
            )
        return rewards


def sample(
    model: Any, batch: Batch, samples: int, max_length: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Draw outputs (B, K, T) for each source, and their log p (B, K) with gradients, in nats.

    An output ends with eos or after max_length tokens, and is filled with pad.
    """
    memory, state = model.encode(batch.src, batch.src_mask)
    state = tuple(part.repeat_interleave(samples, dim=0) for part in state)  # (B * K, .) each
    tokens = batch.tgt_in[:, 0].repeat_interleave(samples)  # (B * K,)  bos
    alive, total, outputs = torch.ones_like(tokens, dtype=torch.bool), 0.0, []
    while alive.any() and len(outputs) < max_length:
        log_probs, state, _ = model.step(tokens, state, memory)  # (B * K, V)
        tokens = _draw(log_probs, generator)  # (B * K,)
        total = total + log_probs.gather(1, tokens[:, None])[:, 0].masked_fill(~alive, 0)
        outputs.append(tokens.masked_fill(~alive, Vocab.pad))
        alive = alive & (tokens != Vocab.eos)
    shape = len(batch), samples
    return torch.stack(outputs, dim=1).view(*shape, -1), torch.as_tensor(total).view(shape)


def _words(rows: Tensor) -> list[list[int]]:
    return [[i for i in row if i >= Vocab.unk] for row in rows.tolist()]
