import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        (lambda: ref.attend(np.zeros(2), states), "scores"),
        (lambda: ref.attend(np.zeros(0), states[:0]), "scores"),
    ],
)
def test_shapes_that_do_not_fit_are_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
