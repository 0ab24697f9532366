"""Shift, pad, mask, loss, gradient, clipping in NumPy: identities, and equal to torch."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import as_tensor, nn

from course_lib.data import Batch, Pair, Vocab
from course_lib.encoder import Encoder
from course_lib.losses import token_loss
from course_lib.reference import recurrent, training
from course_lib.reference.probability import log_softmax

B, T, V, S, E, H = 3, 5, 11, 7, 2, 4
ROWS = st.lists(st.lists(st.integers(4, 99), min_size=1, max_size=9), min_size=1, max_size=6)
MASK = np.arange(T) < np.array([[5], [2], [1]])  # (B, T)


def random_case(seed: int = 0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((B, T, V)), rng.integers(V, size=(B, T)), MASK


@given(ROWS)
def test_shift_and_pad_equal_the_batch_that_training_uses(rows):
    words = [str(i) for i in range(100)]
    vocab = Vocab(words)
    targets = [vocab.encode([words[i] for i in row]) for row in rows]
    pairs = [Pair(("5",), tuple(words[i] for i in row)) for row in rows]
    batch = Batch.from_pairs(pairs, vocab, vocab)
    shifted = [training.shift(row, bos=vocab.bos, eos=vocab.eos) for row in targets]
    tgt_in, mask = training.pad([reads for reads, _ in shifted], vocab.pad)
    tgt_out, _ = training.pad([says for _, says in shifted], vocab.pad)
    np.testing.assert_array_equal(tgt_in, batch.tgt_in)
    np.testing.assert_array_equal(tgt_out, batch.tgt_out)
    np.testing.assert_array_equal(mask, batch.tgt_mask)


def test_pad_refuses_an_empty_batch():
    with pytest.raises(ValueError, match="rows: there is no sentence"):
        training.pad([], 0)


@pytest.mark.parametrize("name", ["rnn", "lstm"])
def test_a_masked_run_equals_the_sentence_alone_and_torchs_packing(name):
    torch.manual_seed(0)
    net = {"rnn": nn.RNN, "lstm": nn.LSTM}[name](E, H, batch_first=True)
    if name == "rnn":
        step, start = recurrent.rnn_step, np.zeros(H)
    else:
        step, start = recurrent.lstm_step, recurrent.LSTMState(np.zeros(H), np.zeros(H))
    w_x, w_h, b_x, b_h = (p.detach().double().numpy() for p in net.parameters())
    weights = recurrent.CellWeights(w_x.T, w_h.T, b_x, b_h)
    inputs, mask = np.random.default_rng(1).standard_normal((S, E)), np.arange(S) < 3
    states, last = training.masked_encode(step, weights, inputs, mask, start)
    alone, last_alone = recurrent.encode(step, weights, inputs[:3], start)
    np.testing.assert_array_equal(states[:3], alone)
    np.testing.assert_array_equal(states[3:], 0)
    np.testing.assert_array_equal(recurrent.hidden(last), recurrent.hidden(last_alone))
    if name == "lstm":
        encoder = Encoder(nn.Embedding.from_pretrained(as_tensor(inputs).float()), net)
        theirs, final = encoder(torch.arange(S)[None], as_tensor(mask)[None])
        np.testing.assert_allclose(theirs[0].detach(), states, atol=1e-6)
        for ours, part in zip(last, final, strict=True):
            np.testing.assert_allclose(part[0].detach(), ours, atol=1e-6)


def test_the_loss_equals_torchs_and_does_not_see_padding():
    logits, tgt_out, mask = random_case()
    log_probs = log_softmax(logits)
    ours = training.token_loss(log_probs, tgt_out, mask)
    theirs = token_loss(as_tensor(log_probs), as_tensor(tgt_out), as_tensor(mask))
    assert ours == pytest.approx(theirs.item(), abs=1e-12)
    by_hand = [-log_probs[b, t, tgt_out[b, t]] for b, t in zip(*np.nonzero(mask), strict=True)]
    assert ours == pytest.approx(np.mean(by_hand), abs=1e-12)
    other = np.where(mask, tgt_out, 0)
    assert training.token_loss(log_probs, other, mask) == ours


def test_the_gradient_equals_torchs_and_finite_differences():
    logits, tgt_out, mask = random_case(1)
    ours = training.logit_gradient(logits, tgt_out, mask)
    tensor = torch.tensor(logits, requires_grad=True)
    token_loss(tensor.log_softmax(-1), as_tensor(tgt_out), as_tensor(mask)).backward()
    np.testing.assert_allclose(ours, np.asarray(tensor.grad), atol=1e-12)
    assert not ours[~mask].any()
    for place in ((0, 1, 2), (1, 1, int(tgt_out[1, 1]))):
        bump = np.zeros_like(logits)
        bump[place] = 1e-5
        up, down = (
            training.token_loss(log_softmax(logits + sign * bump), tgt_out, mask)
            for sign in (1, -1)
        )
        assert ours[place] == pytest.approx((up - down) / 2e-5, abs=1e-8)


def test_nothing_real_is_an_error():
    logits, tgt_out, mask = random_case()
    for function in (training.token_loss, training.logit_gradient):
        with pytest.raises(ValueError, match="no real token"):
            function(logits, tgt_out, np.zeros_like(mask))


@given(st.integers(0, 99), st.floats(0.01, 100))
def test_clipping_equals_torchs_and_keeps_the_direction(seed, limit):
    rng = np.random.default_rng(seed)
    gradients = [rng.standard_normal(shape) for shape in ((2, 3), (5,))]
    parameters = [nn.Parameter(torch.zeros(g.shape, dtype=torch.double)) for g in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = as_tensor(gradient).clone()
    theirs = nn.utils.clip_grad_norm_(parameters, limit).item()
    ours, norm = training.clip(gradients, limit)
    assert norm == pytest.approx(theirs)
    for one, parameter in zip(ours, parameters, strict=True):
        np.testing.assert_allclose(
            one, np.asarray(parameter.grad), rtol=1e-4
        )  # torch adds 1e-6 to the norm
    flat, before = (np.concatenate([g.ravel() for g in group]) for group in (ours, gradients))
    assert np.linalg.norm(flat) <= limit * (1 + 1e-9)
    assert flat @ before == pytest.approx(np.linalg.norm(flat) * np.linalg.norm(before))


def test_a_gradient_of_zero_and_a_bad_limit():
    (still,), norm = training.clip([np.zeros(3)], 1.0)
    assert norm == 0 and not still.any()
    with pytest.raises(ValueError, match="limit is 0; it must be positive"):
        training.clip([np.ones(3)], 0)
