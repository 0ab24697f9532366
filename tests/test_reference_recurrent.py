import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.reference import recurrent as ref
from course_lib.reference.probability import log_softmax
from course_lib.reference.recurrent import CellWeights, DecoderWeights, LSTMState

E, H, V, S = 5, 7, 11, 3  # distinct primes: a transpose can't hide

STEPS = {
    "rnn": (ref.rnn_step, torch.nn.RNNCell, torch.nn.RNN, 1),
    "gru": (ref.gru_step, torch.nn.GRUCell, torch.nn.GRU, 3),
    "lstm": (ref.lstm_step, torch.nn.LSTMCell, torch.nn.LSTM, 4),
}


def as_numpy(tensor):
    return tensor.detach().double().numpy()


def copied(module, suffix=""):
    """The weights of a torch cell, or of the first layer of a torch network."""
    get = lambda name: as_numpy(getattr(module, name + suffix))  # noqa: E731
    return CellWeights(get("weight_ih").T, get("weight_hh").T, get("bias_ih"), get("bias_hh"))


def start(name, h, cell):
    return LSTMState(h, cell) if name == "lstm" else h


def both(name, state):
    """A state of torch or of ours as one array, h and then the cell."""
    parts = state if name == "lstm" else (state,)
    return np.concatenate([np.ravel(as_numpy(p) if torch.is_tensor(p) else p) for p in parts])


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("seed", range(3))
def test_a_step_equals_torch(name, seed):
    step, cell_type, _, _ = STEPS[name]
    torch.manual_seed(seed)
    cell = cell_type(E, H)
    x, h, c = torch.randn(E), torch.randn(H), torch.randn(H)
    theirs = cell(x, (h, c) if name == "lstm" else h)
    ours = step(copied(cell), as_numpy(x), start(name, as_numpy(h), as_numpy(c)))
    np.testing.assert_allclose(both(name, ours), both(name, theirs), atol=1e-6)


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("length", [1, S, 40])
def test_the_encoder_loop_equals_torch(name, length):
    step, _, network_type, _ = STEPS[name]
    torch.manual_seed(0)
    network = network_type(E, H)
    inputs, h, c = torch.randn(length, E), torch.randn(1, H), torch.randn(1, H)
    theirs, last = network(inputs, (h, c) if name == "lstm" else h)
    before = start(name, as_numpy(h[0]), as_numpy(c[0]))
    ours, state = ref.encode(step, copied(network, "_l0"), as_numpy(inputs), before)
    assert ours.shape == (length, H)
    np.testing.assert_allclose(ours, as_numpy(theirs), atol=1e-6)
    np.testing.assert_allclose(both(name, state), both(name, last), atol=1e-6)
    np.testing.assert_array_equal(ours[-1], ref.hidden(state))


@pytest.mark.parametrize("name", STEPS)
def test_parameters_are_counted_as_derived(name):
    _, cell_type, _, gates = STEPS[name]
    weights = ref.random_cell(np.random.default_rng(0), gates, E, H)
    theirs = sum(p.numel() for p in cell_type(E, H).parameters())
    assert weights.size == ref.parameter_count(gates, E, H) == theirs
    assert (weights.gates, weights.hidden_size) == (gates, H)


def test_a_random_cell_starts_where_torch_starts():
    weights = ref.random_cell(np.random.default_rng(0), 4, E, 400)
    assert np.abs(weights.w_h).max() <= 0.05
    assert weights.w_h.std() == pytest.approx(0.05 / math.sqrt(3), rel=0.01)


def test_a_state_without_weights_forgets_half_of_its_cell():
    zero = CellWeights(np.zeros((E, 4 * H)), np.zeros((H, 4 * H)), *np.zeros((2, 4 * H)))
    state = ref.lstm_step(zero, np.ones(E), LSTMState(np.ones(H), np.full(H, 3.0)))
    np.testing.assert_allclose(state.cell, 1.5)
    np.testing.assert_allclose(state.h, 0.5 * math.tanh(1.5))


def lstm_with(**gate):
    """An LSTM without weights; the biases of the gates i, f, g, o as given."""
    b = np.concatenate([np.full(H, gate.get(name, 0.0)) for name in "ifgo"])
    return CellWeights(np.zeros((E, 4 * H)), np.zeros((H, 4 * H)), b, np.zeros(4 * H))


def test_each_lstm_gate_does_its_own_work():
    before = LSTMState(np.zeros(H), np.linspace(-2, 2, H))
    x = np.ones(E)
    kept = ref.lstm_step(lstm_with(f=50, i=-50), x, before)
    np.testing.assert_allclose(kept.cell, before.cell)
    forgotten = ref.lstm_step(lstm_with(f=-50, i=-50), x, before)
    np.testing.assert_allclose(forgotten.cell, 0.0, atol=1e-12)
    written = ref.lstm_step(lstm_with(f=-50, i=50, g=0.3), x, before)
    np.testing.assert_allclose(written.cell, math.tanh(0.3))
    closed = ref.lstm_step(lstm_with(f=50, o=-50), x, before)
    np.testing.assert_allclose(closed.h, 0.0, atol=1e-12)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.floats(0.1, 30.0), st.sampled_from("rgl"))
def test_h_is_bounded_and_the_cell_grows_by_less_than_1_a_step(seed, length, scale, kind):
    step, gates = {"r": (ref.rnn_step, 1), "g": (ref.gru_step, 3), "l": (ref.lstm_step, 4)}[kind]
    rng = np.random.default_rng(seed)
    weights = ref.random_cell(rng, gates, E, H)
    zeros = np.zeros(H)
    inputs = scale * rng.standard_normal((length, E))
    begin = LSTMState(zeros, zeros) if kind == "l" else zeros
    encoder_states, state = ref.encode(step, weights, inputs, begin)
    assert np.all(np.abs(encoder_states) <= 1.0)
    if kind == "l":
        assert np.all(np.abs(state.cell) <= length)
        assert np.all(np.abs(state.h) <= np.tanh(np.abs(state.cell)))


def test_sigmoid_of_known_and_of_huge_values():
    np.testing.assert_allclose(ref.sigmoid(np.array([0.0, math.log(3)])), [0.5, 0.75])
    np.testing.assert_array_equal(ref.sigmoid(np.array([-1e4, 1e4])), [0.0, 1.0])


def decoder(seed=0, gates=4):
    rng = np.random.default_rng(seed)
    return DecoderWeights(
        rng.standard_normal((V, E)),
        ref.random_cell(rng, gates, E, H),
        rng.standard_normal((H, V)),
        rng.standard_normal(V),
    )


def test_a_decoder_step_equals_torch():
    torch.manual_seed(1)
    embedding, cell, out = torch.nn.Embedding(V, E), torch.nn.LSTMCell(E, H), torch.nn.Linear(H, V)
    weights = DecoderWeights(
        as_numpy(embedding.weight), copied(cell), as_numpy(out.weight).T, as_numpy(out.bias)
    )
    h, c = torch.randn(2, H)
    new = cell(embedding(torch.tensor(4)), (h, c))
    log_probs, state = ref.decoder_step(
        ref.lstm_step, weights, 4, LSTMState(as_numpy(h), as_numpy(c))
    )
    assert log_probs.shape == (V,)
    np.testing.assert_allclose(log_probs, as_numpy(out(new[0]).log_softmax(-1)), atol=1e-6)
    np.testing.assert_allclose(both("lstm", state), both("lstm", new), atol=1e-6)


@pytest.mark.parametrize(("name", "gates"), [("rnn", 1), ("gru", 3), ("lstm", 4)])
def test_decode_takes_the_best_word_at_each_step(name, gates):
    step, weights = STEPS[name][0], decoder(2, gates)
    rng = np.random.default_rng(3)
    state = start(name, rng.standard_normal(H), rng.standard_normal(H))
    tokens = ref.decode(step, weights, state, bos=1, eos=-1, max_length=8)
    assert len(tokens) == 8
    for last, token in zip([1, *tokens], tokens, strict=False):
        log_probs, state = ref.decoder_step(step, weights, last, state)
        assert np.exp(log_probs).sum() == pytest.approx(1.0)
        assert token == log_probs.argmax()


def test_decode_stops_at_the_first_eos():
    weights, state = decoder(), LSTMState(np.zeros(H), np.zeros(H))
    free = ref.decode(ref.lstm_step, weights, state, bos=1, eos=-1, max_length=30)
    eos = free[-1]
    tokens = ref.decode(ref.lstm_step, weights, state, bos=1, eos=eos, max_length=30)
    assert tokens == free[: free.index(eos) + 1]
    assert ref.decode(ref.lstm_step, weights, state, bos=1, eos=2, max_length=0) == []


def test_the_source_reaches_the_decoder_through_its_first_state_only():
    rng = np.random.default_rng(4)
    zero = LSTMState(np.zeros(H), np.zeros(H))
    encoder, weights = ref.random_cell(rng, 4, E, H), decoder()
    _, one = ref.encode(ref.lstm_step, encoder, rng.standard_normal((S, E)), zero)
    _, other = ref.encode(ref.lstm_step, encoder, rng.standard_normal((S, E)), zero)
    first, second = (ref.decoder_step(ref.lstm_step, weights, 1, s)[0] for s in (one, other))
    assert np.abs(first - second).max() > 1e-3
    assert not any(np.shares_memory(encoder.w_h, a) for a in (weights.cell.w_h, weights.w_out))


# The minimal forward pass, number for number.
SRC, TGT_IN = [2, 5, 7, 11], [1, 4, 8]
WEIGHTS = [[0.411, 0.279, 0.197, 0.113], [0.151, 0.102, 0.495, 0.253], [0.314, 0.335, 0.201, 0.150]]


def test_the_minimal_forward_pass_number_for_number():
    encoder_states, logits, weights = ref.minimal_model().forward(SRC, TGT_IN)
    assert encoder_states.shape == (4, 6)
    assert logits.shape == (3, 20)
    np.testing.assert_array_equal(weights.round(3), WEIGHTS)


def test_the_minimal_model_draws_in_its_order():
    rng = np.random.default_rng(13)
    model = ref.minimal_model()
    drawn = [
        (model.source_embedding, (18, 5), 5),
        (model.target_embedding, (20, 5), 5),
        (model.w_xh, (5, 6), 5),
        (model.w_hh, (6, 6), 6),
        (model.w_att, (6, 6), 6),
        (model.w_dec, (11, 6), 11),
        (model.w_s, (6, 6), 6),
        (model.w_out, (12, 20), 12),
    ]
    for array, shape, fan_in in drawn:
        np.testing.assert_array_equal(array, rng.standard_normal(shape) / np.sqrt(fan_in))


def test_the_minimal_model_written_out():
    m = ref.minimal_model(seed=1)
    h, states = np.zeros(6), []
    for token in SRC:
        h = np.tanh(m.source_embedding[token] @ m.w_xh + h @ m.w_hh)
        states.append(h)
    s = states[-1]
    encoder_states, logits, weights = m.forward(SRC, TGT_IN)
    np.testing.assert_allclose(encoder_states, states)
    for t, token in enumerate(TGT_IN):
        e = np.exp([h_i @ m.w_att @ s for h_i in states])
        context = sum(a * h_i for a, h_i in zip(e / e.sum(), states, strict=True))
        y = m.target_embedding[token]
        s = np.tanh(np.concatenate([y, context]) @ m.w_dec + s @ m.w_s)
        np.testing.assert_allclose(weights[t], e / e.sum())
        np.testing.assert_allclose(logits[t], np.concatenate([s, context]) @ m.w_out)


def test_forward_of_the_minimal_model_is_repeated_step():
    m = ref.minimal_model()
    encoder_states, logits, weights = m.forward(SRC, TGT_IN)
    state = encoder_states[-1]
    for t, token in enumerate(TGT_IN):
        row, state, looks = m.step(token, state, encoder_states)
        np.testing.assert_array_equal(row, logits[t])
        np.testing.assert_array_equal(looks, weights[t])
    assert np.isfinite(log_softmax(logits)).all()


def cell(gates=4):
    return ref.random_cell(np.random.default_rng(0), gates, E, H)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: CellWeights(cell().w_x.T, cell().w_h.T, cell().b_x, cell().b_h), "transpose"),
        (lambda: CellWeights(cell().w_x, cell().w_h, cell().b_x[:-1], cell().b_h), "b_x"),
        (lambda: CellWeights(cell().w_x, cell().w_h[:-1], cell().b_x, cell().b_h), "w_h"),
        (lambda: ref.rnn_step(cell(4), np.ones(E), np.ones(H)), "weights"),
        (lambda: ref.gru_step(cell(3), np.ones(H), np.ones(H)), "x and h"),
        (lambda: ref.gru_step(cell(3), np.ones(E), np.ones(1)), "x and h"),
        (lambda: ref.rnn_step(cell(1), np.ones((2, E)), np.ones(H)), "no batch"),
        (lambda: ref.encode(ref.rnn_step, cell(1), np.ones((0, E)), np.ones(H)), "no token"),
        (lambda: ref.decoder_step(ref.rnn_step, decoder(gates=1), V, np.ones(H)), "0 to 10"),
        (lambda: ref.decoder_step(ref.rnn_step, decoder(gates=1), -1, np.ones(H)), "token"),
    ],
)
def test_what_does_not_fit_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
