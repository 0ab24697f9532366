"""The encoder: from source words to one state for each of them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from course_lib.cells import State, run


def reverse(sequence: Tensor, mask: Tensor) -> Tensor:
    """Reverse the real positions of each row of (B, S, ...) and leave its padding where it is.

    >>> reverse(torch.tensor([[5, 6, 7, 0]]), torch.tensor([[True, True, True, False]])).tolist()
    [[7, 6, 5, 0]]
    """
    position = torch.arange(mask.shape[1], device=mask.device)  # (S,)
    last = mask.sum(dim=1, keepdim=True) - 1  # (B, 1)
    origin = torch.where(mask, last - position, position)  # (B, S)
    return sequence[torch.arange(len(mask), device=mask.device)[:, None], origin]


class Encoder(nn.Module):
    """A recurrent encoder, h_i = RNN(x_i, h_{i-1}).

    rnn is an nn.LSTM or nn.GRU with batch_first=True; if bidirectional, h_i is both directions
    side by side (Bahdanau et al. 2014, section 3.2). With backward=True it reads the source from
    last word to first (Sutskever et al. 2014, section 3.3); h_i still belongs to word i.
    """

    def __init__(self, embedding: nn.Embedding, rnn: nn.LSTM | nn.GRU, backward: bool = False):
        super().__init__()
        self.embedding = embedding
        self.rnn = rnn
        self.backward = backward
        self.hidden_size = rnn.hidden_size * (2 if rnn.bidirectional else 1)

    def forward(self, src: Tensor, mask: Tensor) -> tuple[Tensor, State]:
        """Return encoder_states (B, S, H), 0 at padding, and the last state read, (B, H) each."""
        if not self.backward:
            return self._read(src, mask)
        encoder_states, final = self._read(reverse(src, mask), mask)
        return reverse(encoder_states, mask), final

    def _read(self, src: Tensor, mask: Tensor) -> tuple[Tensor, State]:
        embedded = self.embedding(src)  # (B, S, E)
        if mask.all():  # no padding to skip, and a fused run is up to twice as fast as a packed one
            return run(self.rnn, embedded)
        lengths = mask.sum(dim=1).cpu()  # (B,)
        packed = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        packed, final = run(self.rnn, packed)
        encoder_states, _ = pad_packed_sequence(packed, True, total_length=src.shape[1])
        return encoder_states, final  # (B, S, H), (B, H) each
