import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_lib import attention
from course_lib.reference import attention as ref

rng = np.random.default_rng(5)
states = rng.standard_normal((3, 7))  # S = 3, H = 7
query = rng.standard_normal(7)


def test_dot_scores_by_hand():
    found = ref.dot_scores(np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([3.0, 4.0]))
    np.testing.assert_array_equal(found, [11.0, -4.0])


def test_bilinear_scores_are_h_w_s_for_every_position():
    w = rng.standard_normal((7, 5))
    s = rng.standard_normal(5)
    by_hand = [sum(h[j] * w[j, k] * s[k] for j in range(7) for k in range(5)) for h in states]
    np.testing.assert_allclose(ref.bilinear_scores(states, s, w), by_hand)


def test_bilinear_with_the_identity_is_dot():
    found = ref.bilinear_scores(states, query, np.eye(7))
    np.testing.assert_allclose(found, ref.dot_scores(states, query))


def test_scaling_divides_by_the_root_of_the_size():
    found = ref.scaled_dot_scores(np.eye(4)[:2] * 6.0, np.array([1.0, -2.0, 5.0, 5.0]))
    np.testing.assert_array_equal(found, [3.0, -6.0])


def test_additive_scores_by_hand():
    h, s = np.array([[1.0], [-2.0]]), np.array([0.5, 1.0])
    w, u, v = np.array([[1.0], [2.0]]), np.array([[3.0]]), np.array([4.0])
    found = ref.additive_scores(h, s, w, u, v)
    np.testing.assert_allclose(found, [4 * math.tanh(2.5 + 3.0), 4 * math.tanh(2.5 - 6.0)])


def test_a_window_wider_than_the_sentence_leaves_softmax_times_the_gaussian():
    scores = np.array([0.2, 1.0, -0.4])
    _, weights = ref.attend(scores, np.eye(3))
    bell = [math.exp(-2 * (i - 1) ** 2 / 100) for i in range(3)]  # spread D/2 = 5
    np.testing.assert_allclose(ref.local_weights(scores, centre=1.0, window=10), weights * bell)


def test_outside_the_window_nothing_is_read():
    found = ref.local_weights(np.zeros(7), centre=2.0, window=1)
    np.testing.assert_array_equal(found > 0, [False, True, True, True, False, False, False])
    np.testing.assert_allclose(found[1:4], np.array([math.exp(-2), 1, math.exp(-2)]) / 3)


def test_the_readout_is_tanh_of_context_then_state():
    w = np.array([[1.0, 0.0], [0.0, 2.0], [0.5, 0.0]])
    found = ref.readout(np.array([1.0, -1.0]), np.array([4.0]), w)
    np.testing.assert_allclose(found, np.tanh([3.0, -2.0]))


def test_every_score_is_the_one_of_course_lib_attention():
    s, W, U, v = (rng.standard_normal(size) for size in ((5,), (5, 3), (7, 3), (3,)))
    module = attention.Additive(5, 7, 3).double()
    for layer, w in ((module.W, W), (module.U, U), (module.v, v[:, None])):
        layer.weight.data = torch.from_numpy(w.T.copy())
    theirs = [
        (module, s, ref.additive_scores(states, s, W, U, v)),
        (attention.ScaledDot(), query, ref.scaled_dot_scores(states, query)),
        (attention.Dot(), query, ref.dot_scores(states, query)),
    ]
    for score, asks, ours in theirs:
        keys = score.keys(torch.from_numpy(states)[None])
        found = score.scores(torch.from_numpy(asks)[None, None], keys)
        np.testing.assert_allclose(found[0, 0].detach(), ours)


def test_the_local_window_is_the_one_of_course_lib_attention():
    module = attention.LocalP(attention.Dot(), 7, window=2).double()
    asks = torch.from_numpy(query)[None, None]
    mask = torch.ones(1, 3, dtype=torch.bool)
    theirs = module.weights(asks, torch.from_numpy(states)[None], mask)
    centre = module.centre(asks, mask).item()
    ours = ref.local_weights(ref.dot_scores(states, query), centre, window=2)
    np.testing.assert_allclose(theirs[0, 0].detach(), ours)


def test_basis_states_give_the_softmax_itself():
    context, weights = ref.attend(np.array([0.0, 1.0]), np.eye(2))
    expected = [1 / (1 + math.e), math.e / (1 + math.e)]
    np.testing.assert_allclose(weights, expected)
    np.testing.assert_allclose(context, expected)


def test_one_state_gets_all_the_weight():
    context, weights = ref.attend(np.array([-3.0]), states[:1])
    assert weights == [1.0]
    np.testing.assert_array_equal(context, states[0])


def test_an_excluded_state_changes_nothing():
    context, weights = ref.attend(np.array([0.3, -np.inf, 0.7]), states)
    assert weights[1] == 0.0
    shorter, _ = ref.attend(np.array([0.3, 0.7]), states[[0, 2]])
    np.testing.assert_allclose(context, shorter)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6), st.floats(-50, 50))
def test_the_context_is_an_average(scores, shift):
    seen = np.random.default_rng(1).standard_normal((len(scores), 4))
    context, weights = ref.attend(np.array(scores), seen)
    assert np.all(weights >= 0) and weights.sum() == pytest.approx(1.0)
    assert np.all(context <= seen.max(0) + 1e-12) and np.all(context >= seen.min(0) - 1e-12)
    np.testing.assert_allclose(ref.attend(np.array(scores) + shift, seen)[0], context)


def test_order_of_the_source_only_reorders_the_weights():
    order = [2, 0, 1]
    scores = ref.dot_scores(states, query)
    context, weights = ref.attend(scores, states)
    again, reordered = ref.attend(ref.dot_scores(states[order], query), states[order])
    np.testing.assert_allclose(reordered, weights[order])
    np.testing.assert_allclose(again, context)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: ref.dot_scores(states, query[:5]), "state"),
        (lambda: ref.dot_scores(states[0], query), "encoder_states"),
        (lambda: ref.dot_scores(states, states), "state"),
        (lambda: ref.bilinear_scores(states, query, np.ones((7, 5))), "state"),
        (lambda: ref.scaled_dot_scores(states, query[:5]), "state"),
        (
            lambda: ref.additive_scores(
                states, query, np.ones((5, 3)), np.ones((7, 3)), np.ones(3)
            ),
            "state",
        ),
        (lambda: ref.local_weights(np.zeros(3), 9.0, 1), "centre 9.0 with window 1"),
        (lambda: ref.attend(np.zeros(2), states), "scores"),
        (lambda: ref.attend(np.zeros(0), states[:0]), "scores"),
    ],
)
def test_shapes_that_do_not_fit_are_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
