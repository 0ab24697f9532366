"""The equations of chapter 03: what a step of training minimises, and what padding must not touch.

Rows are sentences, padded on the right; a mask is True at real tokens. Logs are natural, so a loss
is in nats per token.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_lib.reference.probability import softmax
from course_lib.reference.recurrent import CellWeights, Step, hidden


def shift(target: Sequence[int], *, bos: int, eos: int) -> tuple[list[int], list[int]]:
    """Return (what the decoder reads, what it has to say): bos y_1 .. y_n and y_1 .. y_n eos.

    >>> shift([5, 6, 7], bos=1, eos=2)
    ([1, 5, 6, 7], [5, 6, 7, 2])

    Source: chapter 03, equation (2).
    """
    return [bos, *target], [*target, eos]


def pad(rows: Sequence[Sequence[int]], fill: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ids (B, longest), filled up on the right, and their mask, True at real tokens.

    ValueError for no row. Source: chapter 03, "Pad and mask".
    """
    if not len(rows):
        raise ValueError("rows: there is no sentence; give at least one")
    lengths = np.array([len(row) for row in rows])
    mask = np.arange(lengths.max()) < lengths[:, None]  # (B, longest)
    ids = np.full(mask.shape, fill)
    ids[mask] = np.concatenate([np.asarray(row, dtype=int) for row in rows])
    return ids, mask


def masked_encode(
    step: Step, weights: CellWeights, inputs: np.ndarray, mask: np.ndarray, state: Any
) -> tuple[np.ndarray, Any]:
    """Return (encoder_states, last state) of a padded sentence, as if the padding were not there.

    inputs (S, E), mask (S,), state h or LSTMState before the first token; encoder_states (S, H) is
    0 at padding. At padding the state waits. Source: chapter 03, equation (3).
    """
    encoder_states = []
    for x, real in zip(inputs, mask, strict=True):
        state = step(weights, x, state) if real else state
        encoder_states.append(hidden(state) if real else np.zeros_like(hidden(state)))
    return np.stack(encoder_states), state


def token_loss(log_probs: np.ndarray, tgt_out: np.ndarray, mask: np.ndarray) -> float:
    """Return the mean of -log p(y_t) over the real tokens, in nats per token.

    log_probs (..., T, V), tgt_out and mask (..., T). ValueError if no token is real.
    Source: chapter 03, equation (4).
    """
    real = _real(mask)
    gold = np.take_along_axis(log_probs, tgt_out[..., None], axis=-1)[..., 0]  # (..., T)
    return float(-gold[real].sum() / real.sum())


def logit_gradient(logits: np.ndarray, tgt_out: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the gradient of token_loss for the logits: (p - right) / N, and 0 at padding.

    right is 1 at the word y_t and 0 elsewhere, N the number of real tokens.
    logits (..., T, V), tgt_out and mask (..., T). ValueError if no token is real.
    Source: chapter 03, equation (5).
    """
    real = _real(mask)
    right = np.zeros_like(logits)
    np.put_along_axis(right, tgt_out[..., None], 1.0, axis=-1)
    return np.where(real[..., None], softmax(logits) - right, 0.0) / real.sum()


def clip(gradients: Sequence[np.ndarray], limit: float) -> tuple[list[np.ndarray], float]:
    """Return (gradients, their norm before): scaled so that the norm of all together is <= limit.

    ValueError for a limit that is not positive. Source: Pascanu et al. 2013, algorithm 1; chapter
    03, equation (7).
    """
    if not limit > 0:
        raise ValueError(f"limit is {limit}; it must be positive, such as 1.0")
    norm = float(np.sqrt(sum(np.square(gradient).sum() for gradient in gradients)))
    scale = min(1.0, limit / norm) if norm else 1.0
    return [scale * gradient for gradient in gradients], norm


def _real(mask: np.ndarray) -> np.ndarray:
    real = np.asarray(mask, dtype=bool)
    if not real.any():
        raise ValueError("mask has no real token, and a mean over none is no number")
    return real
