"""What the batched searches call, and the checks on it."""

from typing import Any, Protocol

import torch
from torch import Tensor

from course_lib.search.tree import ROUNDING


class Model(Protocol):
    """What is searched: any model with encode and step, such as course_lib.model.Seq2Seq."""

    def encode(self, src: Tensor, src_mask: Tensor) -> tuple[Any, Any]:
        """Read the sources (B, S): what the decoder looks back at, and its first state."""
        ...

    def step(
        self, tokens: Tensor, state: tuple[Tensor, ...], memory: Any
    ) -> tuple[Tensor, tuple[Tensor, ...], Tensor | None]:
        """Read tokens (B,): log_probs (B, V), new state, weights (B, S) or None.

        State is a tuple of tensors, one row a token. With K prefixes for each sentence there are
        B * K tokens and rows, the K of one sentence side by side; memory keeps B.
        """
        ...


def without_eos(log_probs: Tensor, eos: int, too_short: bool) -> Tensor:
    """Make eos impossible (-inf) where the sequence would be too short with it."""
    if not too_short:
        return log_probs
    is_eos = torch.arange(log_probs.shape[1], device=log_probs.device) == eos
    return log_probs.masked_fill(is_eos, -torch.inf)


def check_evaluating(model: Model) -> None:
    """Raise ValueError when dropout would disturb the search."""
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


def check_no_nan(scores: Tensor) -> None:
    """Raise ValueError when a score of a sentence, (B,) or (B, any), has become nan."""
    if scores.isnan().any():
        sentence = int(scores.isnan().reshape(len(scores), -1).any(dim=1).int().argmax())
        raise ValueError(
            f"model returned nan among the log probabilities or weights of sentence {sentence} of "
            "the batch; the first are numbers up to 0, or -inf, the second from 0 to 1. Look for a "
            "source without real tokens, or a training that diverged."
        )


def check_possible(possible: Tensor, min_length: int) -> None:
    """Raise ValueError when a sentence has no sequence; possible (B,) tells which have one."""
    if not possible.all():
        raise ValueError(
            f"min_length is {min_length}, and for sentence {int((~possible).int().argmax())} of "
            "the batch nothing that long is possible: every continuation has -inf. Lower "
            "min_length, or look for a mask that excludes everything."
        )
