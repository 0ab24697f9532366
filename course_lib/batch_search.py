"""Greedy and beam search for a batch at once, on the model's own device.

The same searches as course_lib.search, hypothesis for hypothesis; those are written to be read.
Here every sentence of the batch takes its step together, and finished ones wait for the last.
"""

from typing import Any, Protocol

import torch
from torch import Tensor

from course_lib.search.tree import ROUNDING, Hypothesis, check_lengths


class Model(Protocol):
    """What is searched: any model with encode and step, such as course_lib.model.Seq2Seq."""

    def encode(self, src: Tensor, src_mask: Tensor) -> tuple[Any, Any]:
        """Read the sources (B, S): what the decoder looks back at, and its first state."""
        ...

    def step(self, tokens: Tensor, state: Any, memory: Any) -> tuple[Tensor, Any, Tensor | None]:
        """Read tokens (B,): log_probs (B, V), new state, weights (B, S) or None."""
        ...


@torch.inference_mode()
def greedy_batch(
    model: Model,
    src: Tensor,
    src_mask: Tensor,
    *,
    bos: int,
    eos: int,
    max_length: int,
    min_length: int = 1,
) -> list[Hypothesis]:
    """Take each sentence's most probable token at every step, until eos or max_length.

    src (B, S) and src_mask (B, S), True = real token. Scores are log_prob, in nats.
    Raises ValueError for bad lengths, log probabilities, or a model in training mode.
    """
    check_lengths(max_length, min_length)
    check_batch(model, src, src_mask)
    memory, state = model.encode(src, src_mask)
    tokens = src.new_full((len(src),), bos)
    finished = torch.zeros_like(tokens, dtype=torch.bool)
    log_prob = torch.zeros(len(src), dtype=torch.float64, device=src.device)
    written, looked = [], []
    for length in range(1, max_length + 1):
        log_probs, state, weights = model.step(tokens, state, memory)
        if length == 1:
            check_first_step(log_probs, eos)
        best, tokens = without_eos(log_probs, eos, length < min_length).max(dim=1)
        log_prob += best.masked_fill(finished, 0.0)
        tokens = tokens.masked_fill(finished, eos)  # what follows eos is cut off below
        finished |= tokens == eos
        written.append(tokens)
        looked.append(weights)
        if finished.all():
            break
    check_no_nan(log_prob)
    return to_hypotheses(torch.stack(written, dim=1), log_prob, stack(looked), src_mask, eos)


def without_eos(log_probs: Tensor, eos: int, too_short: bool) -> Tensor:
    """Make eos impossible (-inf) where the sequence would be too short with it."""
    if not too_short:
        return log_probs
    is_eos = torch.arange(log_probs.shape[1], device=log_probs.device) == eos
    return log_probs.masked_fill(is_eos, -torch.inf)


def stack(rows: list[Tensor | None]) -> Tensor | None:
    """Stack the attention weights of T steps, (B, S) each, to (B, T, S); None without attention."""
    weights = [row for row in rows if row is not None]
    return torch.stack(weights, dim=1) if weights else None


def to_hypotheses(
    tokens: Tensor, log_prob: Tensor, weights: Tensor | None, src_mask: Tensor, eos: int
) -> list[Hypothesis]:
    """Cut tokens (B, T) after eos, and weights (B, T, S) to the words of their source."""
    found = []
    for b, (row, total) in enumerate(zip(tokens.tolist(), log_prob.tolist(), strict=True)):
        finished = eos in row
        length = row.index(eos) + 1 if finished else len(row)
        looked = None if weights is None else weights[b, :length, src_mask[b]].cpu().numpy()
        found.append(Hypothesis(tuple(row[:length]), total, total, finished, looked))
    return found


def check_batch(model: Model, src: Tensor, src_mask: Tensor) -> None:
    """Raise ValueError for a batch that can't be searched, or dropout that would disturb it."""
    if src.ndim != 2 or src.numel() == 0:
        raise ValueError(
            f"src has shape {tuple(src.shape)}; it must be (B, S) with at least one sentence and "
            "one token. Leave empty batches out."
        )
    if src_mask.shape != src.shape or src_mask.dtype != torch.bool:
        raise ValueError(
            f"src_mask is {src_mask.dtype} of shape {tuple(src_mask.shape)}; it must be torch.bool "
            f"of src's shape {tuple(src.shape)}, True for real tokens: Batch.src_mask."
        )
    if getattr(model, "training", False):
        raise ValueError(
            "model is in training mode, where dropout changes every score; call model.eval() first."
        )


def check_first_step(log_probs: Tensor, eos: int) -> None:
    """Raise ValueError when the model's first log_probs (B, V) are not log probabilities."""
    if not 0 <= eos < log_probs.shape[1]:
        raise ValueError(
            f"eos is {eos}, but the model returned {log_probs.shape[1]} log probabilities; "
            f"eos must be an id from 0 to {log_probs.shape[1] - 1}."
        )
    if log_probs.max() > ROUNDING:
        raise ValueError(
            f"model returned a log probability of {log_probs.max().item():.4g}; the highest "
            "possible is 0. If these are logits, pass them through log_softmax."
        )


def check_no_nan(log_prob: Tensor) -> None:
    """Raise ValueError when the score of a sentence has become nan."""
    if log_prob.isnan().any():
        sentence = int(log_prob.isnan().reshape(len(log_prob), -1).any(dim=1).int().argmax())
        raise ValueError(
            f"model returned nan among the log probabilities of sentence {sentence} of the batch; "
            "they are numbers up to 0, or -inf. Look for a source without real tokens, or a "
            "training that diverged."
        )
