"""Scheduled sampling and policy gradients against finite differences, enumeration and limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.reference import exposure as ref
from course_lib.reference.probability import softmax

TWO = np.array([[0.6, 0.0], [0.0, 0.4]])
shares = st.floats(0, 1)


@st.composite
def joints(draw):
    V = draw(st.integers(2, 4))
    weights = draw(st.lists(st.floats(0.01, 1), min_size=V * V, max_size=V * V))
    return np.reshape(weights, (V, V)) / sum(weights)


@given(joints(), shares)
def test_the_optimum_is_a_distribution_and_gold_alone_gives_the_truth(joint, share):
    first, second = ref.scheduled_optimum(joint, share)
    np.testing.assert_allclose(first.sum(), 1)
    np.testing.assert_allclose(second.sum(axis=1), 1)
    _, truth = ref.scheduled_optimum(joint, 1.0)
    np.testing.assert_allclose(first[:, None] * truth, joint)


@given(joints())
def test_own_words_alone_give_independent_words(joint):
    first, second = ref.scheduled_optimum(joint, 0.0)
    product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    np.testing.assert_allclose(first[:, None] * second, product)


@given(joints(), shares, st.integers(0, 99))
def test_no_other_second_word_has_a_lower_loss(joint, share, seed):
    first, second = ref.scheduled_optimum(joint, share)
    other = softmax(np.log(second) + 0.1 * np.random.default_rng(seed).normal(size=second.shape))
    best = ref.scheduled_loss(first, second, joint, share)
    assert best <= ref.scheduled_loss(first, other, joint, share) + 1e-12


def test_gold_alone_is_the_cross_entropy_and_own_words_count_as_often_as_drawn():
    first, second = np.array([0.5, 0.5]), np.array([[0.9, 0.1], [0.2, 0.8]])
    gold = -(0.6 * np.log(0.5 * 0.9) + 0.4 * np.log(0.5 * 0.8))
    np.testing.assert_allclose(ref.scheduled_loss(first, second, TWO, 1.0), gold)
    own = -np.log(0.5) - 0.5 * (0.6 * np.log(0.9 * 0.2) + 0.4 * np.log(0.1 * 0.8))
    np.testing.assert_allclose(ref.scheduled_loss(first, second, TWO, 0.0), own)


def test_half_gold_makes_a_quarter_of_the_sentences_impossible():
    """2 * .6 * .4 of two independent words disagree; half of the time they are independent."""
    np.testing.assert_allclose(ref.impossible(*ref.scheduled_optimum(TWO, 0.5), TWO), 0.24)
    assert ref.impossible(*ref.scheduled_optimum(TWO, 1.0), TWO) == 0


P, REWARDS = softmax(np.array([0.3, -1.0, 0.9, 0.0])), np.array([1.0, 0.0, -2.0, 5.0])


def test_the_gradient_of_the_reward_is_that_of_finite_differences():
    logits, step = np.log(P), 1e-6
    found = [
        (
            ref.expected_reward(softmax(logits + step * row), REWARDS)
            - ref.expected_reward(softmax(logits - step * row), REWARDS)
        )
        / (2 * step)
        for row in np.eye(4)
    ]
    np.testing.assert_allclose(ref.reward_gradient(P, REWARDS), found, atol=1e-8)


@given(st.floats(-5, 5))
def test_whatever_the_baseline_the_mean_estimate_is_the_gradient(baseline):
    each = ref.sampled_gradients(P, REWARDS, np.arange(4), baseline)  # (4, 4)
    np.testing.assert_allclose(P @ each, ref.reward_gradient(P, REWARDS), atol=1e-12)


def test_an_estimate_raises_what_was_rewarded_above_the_baseline_and_lowers_the_rest():
    (one,) = ref.sampled_gradients(P, REWARDS, np.array([3]), baseline=4.0)
    assert one[3] > 0 and (one[:3] < 0).all()
    np.testing.assert_allclose(one.sum(), 0, atol=1e-12)


@pytest.mark.parametrize(
    ("joint", "share", "said"),
    [
        (np.ones((2, 3)) / 6, 0.5, r"shape \(2, 3\)"),
        (np.ones((2, 2)), 0.5, "sums to 4"),
        (TWO, 1.5, "gold_share is 1.5"),
        (np.array([[1.0, 0.0], [0.0, 0.0]]), 0.5, "word 1 is never first"),
    ],
)
def test_what_can_not_be_is_refused(joint, share, said):
    with pytest.raises(ValueError, match=said):
        ref.scheduled_optimum(joint, share)
