"""Greedy search for a batch."""

import torch
from torch import Tensor

from course_lib.batch_search.model import (
    Model,
    check_evaluating,
    check_first_step,
    check_no_nan,
    check_possible,
    without_eos,
)
from course_lib.search.tree import Hypothesis, check_lengths


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
    check_evaluating(model)
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
        log_prob += best.masked_fill(finished, 0.0)  # what follows eos is cut off below
        finished |= tokens == eos
        written.append(tokens)
        looked.append(weights)
        if finished.all():
            break
    check_no_nan(log_prob)
    check_possible(log_prob > -torch.inf, min_length)
    return to_hypotheses(torch.stack(written, dim=1), log_prob, stack(looked), src_mask, eos)


def stack(rows: list[Tensor | None]) -> Tensor | None:
    """Stack the attention weights of T steps, (B, S) each, to (B, T, S); None without attention."""
    weights = [row for row in rows if row is not None]
    return torch.stack(weights, dim=1) if weights else None


def to_hypotheses(
    tokens: Tensor, log_prob: Tensor, weights: Tensor | None, src_mask: Tensor, eos: int
) -> list[Hypothesis]:
    """Cut tokens (B, T) after eos, and weights (B, T, S) to the words of their source."""
    every_weight = None if weights is None else weights.cpu().numpy()
    masks = src_mask.cpu().numpy()
    found = []
    for b, (row, total) in enumerate(zip(tokens.tolist(), log_prob.tolist(), strict=True)):
        finished = eos in row
        length = row.index(eos) + 1 if finished else len(row)
        looked = None if every_weight is None else every_weight[b, :length, masks[b]].T
        found.append(Hypothesis(tuple(row[:length]), total, total, finished, looked))
    return found
