"""The recurrent step written as equations, and torch's fused run of it over whole sequences.

A state is a tuple of tensors (B, H): (h,) for a GRU, (h, C) for an LSTM.
"""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

State = tuple[Tensor, ...]
Inputs = TypeVar("Inputs", Tensor, PackedSequence)


class LSTMCell(nn.Module):
    """One LSTM step that reads a word and a context vector (Hochreiter and Schmidhuber 1997).

    The word's share of the gates, from_word(embedded), needs no state: callers compute it for all
    steps at once, before their loop.
    """

    def __init__(self, word_size: int, context_size: int, hidden_size: int):
        super().__init__()
        self.from_word = nn.Linear(word_size, 4 * hidden_size)
        self.from_context_and_state = nn.Linear(
            context_size + hidden_size, 4 * hidden_size, bias=False
        )

    def forward(self, word: Tensor, context: Tensor, state: State) -> State:
        """Return (h, C) from the word's gates (B, 4H), the context (B, .) and the state before."""
        h, C = state
        gates = word + self.from_context_and_state(torch.cat([context, h], dim=-1))  # (B, 4H)
        i, f, _, o = gates.sigmoid().chunk(4, dim=-1)  # (B, H) each; one call costs less than three
        g = gates.chunk(4, dim=-1)[2].tanh()  # (B, H)
        C = f * C + i * g  # (B, H)
        h = o * C.tanh()  # (B, H)
        return h, C

    def as_torch(self) -> dict[str, Tensor]:
        """Return the weights under nn.LSTMCell's names, for inputs [word; context]."""
        hidden_size = self.from_word.out_features // 4
        both = self.from_context_and_state.weight  # (4H, . + H)
        of_context, of_state = both.split([both.shape[1] - hidden_size, hidden_size], dim=1)
        return {
            "weight_ih": torch.cat([self.from_word.weight, of_context], dim=1),
            "weight_hh": of_state,
            "bias_ih": self.from_word.bias,
            "bias_hh": torch.zeros_like(self.from_word.bias),
        }


class GRUCell(nn.Module):
    """One GRU step that reads a word and a context vector (Cho et al. 2014, in torch's form).

    As in torch, r scales W h and not h, so that one product gives all three gates.
    """

    def __init__(self, word_size: int, context_size: int, hidden_size: int):
        super().__init__()
        self.from_word = nn.Linear(word_size, 3 * hidden_size)
        self.from_context = nn.Linear(context_size, 3 * hidden_size, bias=False)
        self.from_state = nn.Linear(hidden_size, 3 * hidden_size)

    def forward(self, word: Tensor, context: Tensor, state: State) -> State:
        """Return (h,) from the word's gates (B, 3H), the context (B, .) and the state before."""
        (h,) = state
        r_in, z_in, n_in = (word + self.from_context(context)).chunk(3, dim=-1)  # (B, H) each
        r_h, z_h, n_h = self.from_state(h).chunk(3, dim=-1)  # (B, H) each
        r = (r_in + r_h).sigmoid()  # (B, H)
        z = (z_in + z_h).sigmoid()  # (B, H)
        n = (n_in + r * n_h).tanh()  # (B, H)
        return ((1 - z) * n + z * h,)

    def as_torch(self) -> dict[str, Tensor]:
        """Return the weights under nn.GRUCell's names, for inputs [word; context]."""
        return {
            "weight_ih": torch.cat([self.from_word.weight, self.from_context.weight], dim=1),
            "weight_hh": self.from_state.weight,
            "bias_ih": self.from_word.bias,
            "bias_hh": self.from_state.bias,
        }


def run(rnn: nn.LSTM | nn.GRU, inputs: Inputs, state: State | None = None) -> tuple[Inputs, State]:
    """Run one layer of torch.nn over inputs (B, T, .), packed or not; start from 0 by default.

    Returns the outputs (B, T, H) and the last state; two directions come side by side in H.
    Raises ValueError for more than one layer or batch_first=False.
    """
    if rnn.num_layers != 1 or not rnn.batch_first:
        raise ValueError(f"rnn is {rnn}; it must have one layer and batch_first=True")
    before = None if state is None else tuple(part[None] for part in state)  # (1, B, H) each
    if before is not None and isinstance(rnn, nn.GRU):
        (before,) = before
    outputs, after = rnn(inputs, before)
    after = after if isinstance(rnn, nn.LSTM) else (after,)  # (directions, B, H) each
    return outputs, tuple(torch.cat(tuple(part), dim=-1) for part in after)
