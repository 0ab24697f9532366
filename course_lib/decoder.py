"""Decoders: the next word from the words so far and from what the encoder left.

    memory, state = decoder.start(encoder_states, final, mask)
    readouts, state, weights = decoder(tokens, state, memory)
    log_probs = decoder.output(readouts).log_softmax(dim=-1)

The second line takes tokens (B, T) from one state to the next: T is the whole target in training
and 1 in search. State and memory are tuples of tensors whose first axis is the sentence. K
hypotheses of a sentence share its memory: tokens and state may have B * K rows, the K of a sentence
one after the other, while the memory keeps B.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from course_lib.attention import Attention
from course_lib.cells import State, run


def everything(final: State) -> State:
    """Hand over all of the encoder's last state: h of a GRU, h and C of an LSTM."""
    return final


def h_only(final: State) -> State:
    """Hand over h; an LSTM's C starts at 0."""
    return final[0], *map(torch.zeros_like, final[1:])


def nothing(final: State) -> State:
    """Start from 0, so that all the decoder knows of the source comes from its memory."""
    return tuple(map(torch.zeros_like, final))


class Decoder(nn.Module):
    """What all decoders share: target embedding, recurrence, output layer, and how s_0 is made."""

    def __init__(
        self,
        embedding: nn.Embedding,
        rnn: Any,
        output: nn.Linear,
        handover: Callable[[State], State] = everything,
    ):
        super().__init__()
        self.embedding = embedding
        self.rnn: Any = rnn
        self.output = output
        self.handover = handover
        self.hidden_size = output.in_features

    def start(self, encoder_states: Tensor, final: State, mask: Tensor) -> tuple[Any, State]:
        """Return the memory that every step reads, and s_0."""
        raise NotImplementedError(f"{type(self).__name__} needs a method start")

    def forward(
        self, tokens: Tensor, state: State, memory: Any
    ) -> tuple[Tensor, State, Tensor | None]:
        """Return readouts (B, T, H), the state after the tokens, and weights (B, T, S) or None."""
        raise NotImplementedError(f"{type(self).__name__} needs a method forward")


class FixedContext(Decoder):
    """s_t = RNN(y_{t-1}, s_{t-1}): the source is s_0 and no more (Sutskever et al. 2014)."""

    def start(self, encoder_states: Tensor, final: State, mask: Tensor) -> tuple[Any, State]:
        """Keep c = h_S, (B, H), as the memory, and hand over s_0."""
        return (final[0],), self.handover(final)

    def forward(self, tokens: Tensor, state: State, memory: Any) -> tuple[Tensor, State, None]:
        """Return the decoder states as readouts, and no weights; the memory is not read."""
        states, state = run(self.rnn, self.embedding(tokens), state)  # (B, T, H)
        return states, state, None


class FixedContextEveryStep(FixedContext):
    """s_t = RNN([y_{t-1}; c], s_{t-1}): every step reads c again (Cho et al. 2014, 1406.1078)."""

    def forward(self, tokens: Tensor, state: State, memory: Any) -> tuple[Tensor, State, None]:
        """Return the decoder states as readouts, and no weights."""
        (context,) = memory  # (B, H)
        context = context.repeat_interleave(len(tokens) // len(context), dim=0)  # (B * K, H)
        context = context[:, None].expand(-1, tokens.shape[1], -1)  # (B, T, H)
        inputs = torch.cat([self.embedding(tokens), context], dim=-1)  # (B, T, E + H)
        states, state = run(self.rnn, inputs, state)  # (B, T, H)
        return states, state, None


class Memory(NamedTuple):
    """What attention reads: encoder_states (B, S, H), keys (B, S, .), mask (B, S)."""

    encoder_states: Tensor
    keys: Tensor
    mask: Tensor


class AttentionDecoder(Decoder):
    """What decoders with attention share; the order of their steps is each one's own."""

    def __init__(
        self,
        embedding: nn.Embedding,
        rnn: Any,
        attention: Attention,
        output: nn.Linear,
        handover: Callable[[State], State] = everything,
    ):
        super().__init__(embedding, rnn, output, handover)
        self.attention = attention
        self.combine = nn.Linear(2 * self.hidden_size, self.hidden_size, bias=False)

    def start(self, encoder_states: Tensor, final: State, mask: Tensor) -> tuple[Memory, State]:
        """Keep the encoder states, project their keys once, and hand over s_0."""
        keys = self.attention.keys(encoder_states)  # (B, S, .)
        return Memory(encoder_states, keys, mask), self.handover(final)

    def attend(self, queries: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        """Return context and weights for queries (B, T, H), or (B * K, T, H) on memory of B."""
        encoder_states, keys, mask = memory
        together = queries.reshape(len(mask), -1, queries.shape[-1])  # (B, K * T, H)
        context, weights = self.attention(together, keys, encoder_states, mask)
        return context.reshape(queries.shape), weights.reshape(*queries.shape[:-1], -1)

    def readout(self, states: Tensor, context: Tensor) -> Tensor:
        """Return tanh(W [c_t; s_t]), (..., H) (Luong et al. 2015, eq. 5)."""
        return torch.tanh(self.combine(torch.cat([context, states], dim=-1)))


class Luong(AttentionDecoder):
    """Step, then attend with s_t; all steps at once (Luong et al. 2015, section 3).

    s_t = RNN(y_{t-1}, s_{t-1}); c_t = attention(s_t, h); readout = tanh(W [c_t; s_t]).
    rnn is an nn.LSTM or nn.GRU.
    """

    def forward(self, tokens: Tensor, state: State, memory: Memory) -> tuple[Tensor, State, Tensor]:
        """Return readouts (B, T, H), the state after the tokens, and weights (B, T, S)."""
        states, state = run(self.rnn, self.embedding(tokens), state)  # (B, T, H)
        context, weights = self.attend(states, memory)  # (B, T, H), (B, T, S)
        return self.readout(states, context), state, weights


class LuongInputFeeding(AttentionDecoder):
    """Luong's decoder whose last readout is an input of the next step (2015, section 3.3).

    s_t = RNN([y_{t-1}; readout_{t-1}], s_{t-1}). rnn is an LSTMCell or GRUCell of this package.
    """

    def start(self, encoder_states: Tensor, final: State, mask: Tensor) -> tuple[Memory, State]:
        """Start as every attention decoder, with a readout of 0 at the end of the state."""
        memory, state = super().start(encoder_states, final, mask)
        return memory, (*state, torch.zeros_like(state[0]))

    def forward(self, tokens: Tensor, state: State, memory: Memory) -> tuple[Tensor, State, Tensor]:
        """Return readouts (B, T, H), the state after the tokens, and weights (B, T, S)."""
        words = self.rnn.from_word(self.embedding(tokens))  # (B, T, gates), before the loop
        state, readout = state[:-1], state[-1]
        readouts, weights = [], []
        for word in words.unbind(dim=1):
            state = self.rnn(word, readout, state)  # s_t
            context, alpha = self.attend(state[0][:, None], memory)  # (B, 1, H), (B, 1, S)
            readout = self.readout(state[0], context[:, 0])  # (B, H)
            readouts.append(readout)
            weights.append(alpha)
        return torch.stack(readouts, dim=1), (*state, readout), torch.cat(weights, dim=1)


class Bahdanau(AttentionDecoder):
    """Attend with s_{t-1}, then step (Bahdanau et al. 2014, section 3.1).

    c_t = attention(s_{t-1}, h); s_t = RNN([y_{t-1}; c_t], s_{t-1}); the readout is Luong's, where
    the paper has a maxout layer. rnn is an LSTMCell or GRUCell of this package.
    """

    def forward(self, tokens: Tensor, state: State, memory: Memory) -> tuple[Tensor, State, Tensor]:
        """Return readouts (B, T, H), the state after the tokens, and weights (B, T, S)."""
        words = self.rnn.from_word(self.embedding(tokens))  # (B, T, gates), before the loop
        states, contexts, weights = [], [], []
        for word in words.unbind(dim=1):
            context, alpha = self.attend(state[0][:, None], memory)  # (B, 1, H), (B, 1, S)
            state = self.rnn(word, context[:, 0], state)  # s_t
            states.append(state[0])
            contexts.append(context)
            weights.append(alpha)
        readouts = self.readout(torch.stack(states, dim=1), torch.cat(contexts, dim=1))
        return readouts, state, torch.cat(weights, dim=1)
