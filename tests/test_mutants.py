"""Classic mistakes, written as code: each must break the property that the real code keeps."""

import math

import pytest
import torch
from model_properties import (
    E,
    H,
    V,
    W,
    attention_depends_on_the_encoder,
    first_weights_are_scored_with,
    loss_is_the_mean_over_real_tokens,
    padding_never_reaches_a_state,
    targets_are_shifted_by_one,
    the_coin_is_tossed_for_each_token,
    the_future_is_not_read,
    weights_are_a_distribution_over_real_words,
)
from torch import nn

from course_lib.attention import General, masked_softmax
from course_lib.cells import LSTMCell, run
from course_lib.data import Batch, Vocab, pad_rows
from course_lib.decoder import Bahdanau, Luong
from course_lib.encoder import Encoder, reverse
from course_lib.losses import token_loss
from course_lib.model import Seq2Seq
from course_lib.objectives import ScheduledSampling, _draw


def encoder(cls=Encoder, **options):
    torch.manual_seed(0)
    return cls(nn.Embedding(V, E), nn.LSTM(E, H, batch_first=True), **options).double()


def bahdanau(cls):
    torch.manual_seed(0)
    output = nn.Linear(H, W)
    return cls(nn.Embedding(W, E), LSTMCell(E, H, H), General(H, H), output).double()


def luong(cls):
    torch.manual_seed(0)
    rnn = nn.LSTM(E, H, batch_first=True)
    return cls(nn.Embedding(W, E), rnn, General(H, H), nn.Linear(H, W)).double()


# Attention


def unmasked_softmax(scores, mask):
    return scores.softmax(dim=-1)


def softmax_over_the_wrong_axis(scores, mask):
    return scores.masked_fill(~mask, -math.inf).softmax(dim=1)


def mask_after_the_softmax(scores, mask):
    return scores.softmax(dim=-1) * mask


def scores_set_to_zero_at_padding(scores, mask):
    return (scores * mask).softmax(dim=-1)


class AttentionIgnoresTheEncoder(Luong):
    """Weights from the decoder alone, one for each position, as in a tutorial many copied."""

    def attend(self, queries, memory):
        weights = queries[..., : memory.mask.shape[1]].softmax(dim=-1)
        return weights @ memory.encoder_states, weights


class ContextLeftOut(Luong):
    def readout(self, states, context):
        return super().readout(states, torch.zeros_like(context))


class ScoredWithTheNewState(Bahdanau):
    """s_t where the paper has s_{t-1}: a step is taken before the score, then taken again."""

    def forward(self, tokens, state, memory):
        words = self.rnn.from_word(self.embedding(tokens))
        readouts, weights = [], []
        for word in words.unbind(dim=1):
            ahead = self.rnn(word, torch.zeros_like(state[0]), state)
            context, alpha = self.attend(ahead[0][:, None], memory)
            state = self.rnn(word, context[:, 0], state)
            readouts.append(self.readout(state[0], context[:, 0]))
            weights.append(alpha)
        return torch.stack(readouts, dim=1), state, torch.cat(weights, dim=1)


# Encoder


class StateAfterPadding(Encoder):
    def _read(self, src, mask):
        return run(self.rnn, self.embedding(src))


class PaddingReversedToTheFront(Encoder):
    def forward(self, src, mask):
        encoder_states, final = run(self.rnn, self.embedding(src.flip(1)))
        return encoder_states.flip(1), final


class StatesNotTurnedBack(Encoder):
    """Source reversal whose states stay in reading order, so that h_i is of another word."""

    def forward(self, src, mask):
        return self._read(reverse(src, mask), mask)


# Data, loss and training


def target_not_shifted(pairs, src_vocab, tgt_vocab):
    src, src_mask = pad_rows([src_vocab.encode(pair.src) for pair in pairs], Vocab.pad)
    rows = [[Vocab.bos, *tgt_vocab.encode(pair.tgt), Vocab.eos] for pair in pairs]
    tgt, mask = pad_rows(rows, Vocab.pad)
    return Batch(src, src_mask, tgt, tgt, mask)


def padding_in_the_loss(log_probs, tgt_out, tgt_mask):
    return token_loss(log_probs, tgt_out, torch.ones_like(tgt_mask))


def divided_by_all_positions(log_probs, tgt_out, tgt_mask):
    return token_loss(log_probs, tgt_out, tgt_mask) * tgt_mask.double().mean()


def mean_of_sentence_means(log_probs, tgt_out, tgt_mask):
    rows = zip(log_probs, tgt_out, tgt_mask, strict=True)
    return torch.stack([token_loss(p[None], y[None], m[None]) for p, y, m in rows]).mean()


def log_of_the_mean_for_mean_of_the_log(log_probs, tgt_out, tgt_mask):
    gold = log_probs.gather(-1, tgt_out[..., None])[..., 0]
    return -gold[tgt_mask].exp().mean().log()


class TossedForEachSentence(ScheduledSampling):
    def __call__(self, model, batch, step, generator):
        read_gold = torch.rand(len(batch), generator=generator) < self.decay(step)
        memory, state = model.encode(batch.src, batch.src_mask)
        tokens = batch.tgt_in[:, 0]
        for t in range(1, batch.tgt_in.shape[1] + 1):
            log_probs, state, _ = model.step(tokens, state, memory)
            if t < batch.tgt_in.shape[1]:
                own = _draw(log_probs, generator)
                tokens = torch.where(read_gold, batch.tgt_in[:, t], own)


class TossedForEachStep(ScheduledSampling):
    def __call__(self, model, batch, step, generator):
        memory, state = model.encode(batch.src, batch.src_mask)
        tokens = batch.tgt_in[:, 0]
        for t in range(1, batch.tgt_in.shape[1] + 1):
            log_probs, state, _ = model.step(tokens, state, memory)
            if t < batch.tgt_in.shape[1]:
                gold = torch.rand((), generator=generator) < self.decay(step)
                tokens = batch.tgt_in[:, t] if gold else _draw(log_probs, generator)


class ReadsTheNextWord(Seq2Seq):
    """Teacher forcing that feeds the word to be said."""

    def readouts(self, src, src_mask, tgt_in):
        return super().readouts(src, src_mask, torch.roll(tgt_in, -1, dims=1))


def scored_with_the_state_before(decoder):
    first_weights_are_scored_with("s_{t-1}", Seq2Seq(encoder(), decoder))


def future_unread(cls):
    the_future_is_not_read(cls(encoder(), luong(Luong)))


def turned_back(cls):
    """States of a backward reader, at each word, are those of the flipped sentence."""
    src = torch.tensor([[4, 5, 6, 7, 8]])
    mask = src > 0
    backward, forward = encoder(cls, backward=True), encoder()
    expected = forward(src.flip(1), mask)[0].flip(1)
    torch.testing.assert_close(backward(src, mask)[0], expected)


CASES = [
    (weights_are_a_distribution_over_real_words, masked_softmax, unmasked_softmax),
    (weights_are_a_distribution_over_real_words, masked_softmax, softmax_over_the_wrong_axis),
    (weights_are_a_distribution_over_real_words, masked_softmax, mask_after_the_softmax),
    (weights_are_a_distribution_over_real_words, masked_softmax, scores_set_to_zero_at_padding),
    (attention_depends_on_the_encoder, luong(Luong), luong(AttentionIgnoresTheEncoder)),
    (attention_depends_on_the_encoder, luong(Luong), luong(ContextLeftOut)),
    (scored_with_the_state_before, bahdanau(Bahdanau), bahdanau(ScoredWithTheNewState)),
    (scored_with_the_state_before, bahdanau(Bahdanau), luong(Luong)),
    (padding_never_reaches_a_state, encoder(), encoder(StateAfterPadding)),
    (
        padding_never_reaches_a_state,
        encoder(backward=True),
        encoder(PaddingReversedToTheFront, backward=True),
    ),
    (turned_back, Encoder, StatesNotTurnedBack),
    (targets_are_shifted_by_one, Batch.from_pairs, target_not_shifted),
    (loss_is_the_mean_over_real_tokens, token_loss, padding_in_the_loss),
    (loss_is_the_mean_over_real_tokens, token_loss, divided_by_all_positions),
    (loss_is_the_mean_over_real_tokens, token_loss, mean_of_sentence_means),
    (loss_is_the_mean_over_real_tokens, token_loss, log_of_the_mean_for_mean_of_the_log),
    (the_coin_is_tossed_for_each_token, ScheduledSampling, TossedForEachSentence),
    (the_coin_is_tossed_for_each_token, ScheduledSampling, TossedForEachStep),
    (future_unread, Seq2Seq, ReadsTheNextWord),
]


def name(mutant):
    return getattr(mutant, "__name__", type(mutant).__name__)


@pytest.mark.parametrize(
    ("prop", "real", "mutant"), CASES, ids=[f"{p.__name__}-{name(m)}" for p, _, m in CASES]
)
def test_the_real_code_keeps_the_property_and_the_mutant_breaks_it(prop, real, mutant):
    prop(real)
    with pytest.raises(AssertionError):
        prop(mutant)
