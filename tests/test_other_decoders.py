"""Decoders of other kinds fit the same interface: what they keep from step to step is their own."""

from typing import Any

import pytest
import torch
from model_properties import (
    E,
    H,
    V,
    W,
    close,
    forward_is_repeated_step,
    padding_changes_nothing,
    the_future_is_not_read,
)
from torch import Tensor, nn

from course_lib.attention import General, masked_softmax
from course_lib.batch_search import beam_batch
from course_lib.cells import LSTMCell
from course_lib.data import Pair, Vocab, sampled
from course_lib.decoder import Bahdanau
from course_lib.encoder import Encoder
from course_lib.model import Seq2Seq, stepper
from course_lib.search import Average, beam
from course_lib.train import train


class SelfAttention(nn.Module):
    """One block of self-attention whose state grows: the words so far, (B, t, H)."""

    def __init__(self):
        super().__init__()
        self.embedding, self.output, self.hidden_size = nn.Embedding(W, H), nn.Linear(H, W), H
        self.position = nn.Embedding(20, H)
        self.query, self.key, self.value, self.cross = (nn.Linear(H, H) for _ in range(4))

    def start(self, encoder_states: Tensor, final: Any, mask: Tensor):
        return (encoder_states, mask), (encoder_states.new_zeros(len(mask), 0, H),)

    def forward(self, tokens: Tensor, state: tuple[Tensor], memory: tuple[Tensor, Tensor]):
        copies = len(tokens) // len(memory[1])
        encoder_states, mask = (part.repeat_interleave(copies, dim=0) for part in memory)
        before = state[0].shape[1]
        place = torch.arange(before + tokens.shape[1])  # (t + T,)
        read = self.embedding(tokens) + self.position(place[before:])  # (B, T, H)
        words = torch.cat([state[0], read], dim=1)  # (B, t + T, H)
        known = place[before:, None] >= place
        scores = self.query(words[:, before:]) @ self.key(words).mT  # (B, T, t + T)
        read = masked_softmax(scores, known) @ self.value(words)  # (B, T, H)
        weights = masked_softmax(self.cross(read) @ encoder_states.mT, mask[:, None])  # (B, T, S)
        return torch.tanh(read + weights @ encoder_states), (words,), weights


class Covering(Bahdanau):
    """Attends less to what it has read: the weights so far, (B, S), are part of the state."""

    def start(self, encoder_states: Tensor, final: Any, mask: Tensor):
        memory, state = super().start(encoder_states, final, mask)
        return memory, (*state, torch.zeros_like(encoder_states[..., 0]))

    def forward(self, tokens: Tensor, state: tuple[Tensor, ...], memory: Any):
        copies, said, looked = len(tokens) // len(memory.mask), [], []
        encoder_states, keys, mask = (part.repeat_interleave(copies, dim=0) for part in memory)
        *rest, read = state
        for word in self.rnn.from_word(self.embedding(tokens)).unbind(dim=1):
            scores = self.attention.scores(rest[0][:, None], keys) - 3 * read[:, None]
            weights = masked_softmax(scores, mask[:, None])  # (B, 1, S)
            context = (weights @ encoder_states)[:, 0]
            rest, read = self.rnn(word, context, rest), read + weights[:, 0]
            said.append(self.readout(rest[0], context))
            looked.append(weights)
        return torch.stack(said, dim=1), (*rest, read), torch.cat(looked, dim=1)


def make(kind: str) -> Seq2Seq:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        encoder = Encoder(nn.Embedding(V, E), nn.LSTM(E, H, batch_first=True))
        decoder: Any = SelfAttention()
        if kind == "covering":
            cell, output = LSTMCell(E, H, H), nn.Linear(H, W)
            decoder = Covering(nn.Embedding(W, E), cell, General(H, H), output)
        return Seq2Seq(encoder, decoder)


every_kind = pytest.mark.parametrize("kind", ["self-attention", "covering"])


@every_kind
def test_it_keeps_what_every_model_keeps(kind):
    model = make(kind).double()
    forward_is_repeated_step(model)
    padding_changes_nothing(model)
    the_future_is_not_read(model)


@every_kind
def test_both_beams_find_the_same(kind):
    model = make(kind).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2)  # words that depend on the source
    src = torch.tensor([[4, 5, 6], [7, 8, 0], [9, 10, 16]])
    settings: dict[str, Any] = {"bos": Vocab.bos, "eos": Vocab.eos, "max_length": 6, "width": 3}
    settings |= {"penalty": Average(), "n_best": 3}
    for ids, found in zip(src, beam_batch(model, src, src > 0, **settings), strict=True):
        step, state = stepper(model, ids[ids > 0].tolist())
        for one, other in zip(found, beam(step, state, **settings).hypotheses, strict=True):
            assert one.tokens == other.tokens and one.weights is not None
            close(torch.tensor(one.score), torch.tensor(other.score), "score")
            close(torch.tensor(one.weights), torch.tensor(other.weights), "weights")


@every_kind
def test_it_trains(kind):
    words = [f"word {i}" for i in range(V - 4)]
    src_vocab, tgt_vocab = Vocab(words), Vocab([*words, "more", "and more"])

    def copy(rng):
        src = tuple(rng.choice(words[:3], size=2))
        return Pair(src, src)

    model = make(kind)
    data = sampled(copy, src_vocab, tgt_vocab, 8, seed=0)
    records = list(train(model, torch.optim.Adam(model.parameters()), data, steps=40, lr=3e-2))
    assert records[-1].loss < 0.6 * records[0].loss
