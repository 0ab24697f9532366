"""Attention: which encoder states the decoder reads, and how much of each.

Every attention here is the same three lines, and a score function makes the difference:

    scores = attention.scores(queries, keys)        # (B, T, S)
    weights = masked_softmax(scores, mask)          # (B, T, S)
    context = weights @ values                      # (B, T, H)

Queries are decoder states (B, T, H); T is 1 where the decoder goes step by step. Values are the
encoder states (B, S, H). Keys are what the values are matched by; `keys(values)` makes them once
for each sentence. Masks are (B, S), True at real source words.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Softmax over the last axis, over the positions where mask is True; elsewhere exactly 0.

    scores (..., S), mask broadcastable to it. A row without a real position is nan: that such a
    row can't come is checked where data enters (`Batch`, `Seq2Seq.encode`).
    """
    return scores.masked_fill(~mask, -math.inf).softmax(dim=-1)


class Attention(nn.Module):
    """A score function turned into weights over the source and a context vector."""

    def keys(self, values: Tensor) -> Tensor:
        """Project the encoder states (B, S, H) to keys (B, S, .), once for each sentence."""
        return values

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Score every query against every key: (B, T, S)."""
        raise NotImplementedError(f"{type(self).__name__} needs a method scores(queries, keys)")

    def weights(self, queries: Tensor, keys: Tensor, mask: Tensor) -> Tensor:
        """Turn the scores into weights (B, T, S) over the real source words."""
        return masked_softmax(self.scores(queries, keys), mask[:, None])

    def forward(
        self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return context (B, T, H) and weights (B, T, S)."""
        weights = self.weights(queries, keys, mask)  # (B, T, S)
        context = weights @ values  # (B, T, H)
        return context, weights


class Dot(Attention):
    """s . h: no parameters; both states have the same size (Luong et al. 2015, eq. 8, dot)."""

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Match by inner product; ValueError if the sizes differ."""
        if queries.shape[-1] != keys.shape[-1]:
            raise ValueError(
                f"queries have size {queries.shape[-1]} and keys {keys.shape[-1]}; a dot product "
                "needs equal sizes: use General or Additive, or make both states the same size"
            )
        return queries @ keys.mT  # (B, T, S)


class ScaledDot(Dot):
    """s . h / sqrt(H): scores keep their spread as H grows (Vaswani et al. 2017, eq. 1)."""

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Match by inner product over sqrt(H); ValueError if the sizes differ."""
        return super().scores(queries, keys) / math.sqrt(keys.shape[-1])  # (B, T, S)


class General(Dot):
    """s . W h: a learned match between two spaces (Luong et al. 2015, eq. 8, general)."""

    def __init__(self, query_size: int, key_size: int):
        super().__init__()
        self.W = nn.Linear(key_size, query_size, bias=False)

    def keys(self, values: Tensor) -> Tensor:
        """Project to W h, (B, S, query_size)."""
        return self.W(values)


class Additive(Attention):
    """v . tanh(W s + U h): a small network as the match (Bahdanau et al. 2014, A.1.2)."""

    def __init__(self, query_size: int, key_size: int, hidden_size: int):
        super().__init__()
        self.W = nn.Linear(query_size, hidden_size, bias=False)
        self.U = nn.Linear(key_size, hidden_size, bias=False)
        self.v = nn.Linear(hidden_size, 1, bias=False)

    def keys(self, values: Tensor) -> Tensor:
        """Project to U h, (B, S, hidden_size)."""
        return self.U(values)

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Match by v . tanh(W s + U h); T * S * hidden_size numbers a sentence exist at once."""
        hidden = torch.tanh(self.W(queries)[:, :, None] + keys[:, None])  # (B, T, S, hidden)
        return self.v(hidden).squeeze(-1)  # (B, T, S)


class LocalP(Attention):
    """Attend within a window around a predicted position p (Luong et al. 2015, eq. 9 and 10).

    p = S sigmoid(v . tanh(W s)) in source positions 0 .. S-1; the softmax of `score` is taken over
    [p - D, p + D] and multiplied by a Gaussian of spread D/2 around p. So, as in the paper,
    the weights sum to less than 1. Raises ValueError for a window D below 1, which could be empty.
    """

    def __init__(self, score: Attention, query_size: int, window: float):
        super().__init__()
        if not window >= 1:
            raise ValueError(f"window is {window}; below 1 no source word may lie within it")
        self.score = score
        self.window = window
        self.W = nn.Linear(query_size, query_size, bias=False)
        self.v = nn.Linear(query_size, 1, bias=False)

    def keys(self, values: Tensor) -> Tensor:
        """Return the keys of the score inside."""
        return self.score.keys(values)

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Return the scores of the score inside, (B, T, S)."""
        return self.score.scores(queries, keys)

    def centre(self, queries: Tensor, mask: Tensor) -> Tensor:
        """Predict p for each query: (B, T, 1), between 0 and the length of the sentence."""
        lengths = mask.sum(dim=1)[:, None, None]  # (B, 1, 1)
        return lengths * torch.sigmoid(self.v(torch.tanh(self.W(queries))))  # (B, T, 1)

    def weights(self, queries: Tensor, keys: Tensor, mask: Tensor) -> Tensor:
        """Return softmax inside the window times the Gaussian, (B, T, S)."""
        positions = torch.arange(mask.shape[1], device=mask.device)  # (S,)
        distance = positions - self.centre(queries, mask)  # (B, T, S)
        inside = mask[:, None] & (distance.abs() <= self.window)  # (B, T, S)
        gaussian = torch.exp(-2 * (distance / self.window) ** 2)  # (B, T, S)  spread D/2
        return masked_softmax(self.scores(queries, keys), inside) * gaussian
