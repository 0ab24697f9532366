"""Sampling draws what the distribution says, and each reshape is its definition."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from search_properties import assert_is_from, tables

from course_lib.search import Nucleus, Temperature, TopK, exhaustive, greedy, sample, table_step

distributions = (
    st.lists(st.integers(0, 9), min_size=1, max_size=8)
    .filter(any)
    .map(lambda weights: np.array(weights) / sum(weights))
)


def log(probs):
    with np.errstate(divide="ignore"):
        return np.log(probs)


@given(table=tables(), seed=st.integers(0, 9999))
def test_a_sample_is_a_sequence_of_the_table(table, seed):
    """Without reshape, score and log_prob are both its log probability."""
    assert_is_from(table, sample(**table.model, rng=np.random.default_rng(seed)))


def test_ancestral_sampling_has_the_models_frequencies():
    rows = {(): [0.2, 0.5, 0.3], (1,): [0.6, 0.1, 0.3], (2,): [0.9, 0.1, 0.0]}
    model: dict[str, Any] = {"step": table_step(rows), "state": None}
    model |= {"bos": -1, "eos": 0, "max_length": 2}
    rng = np.random.default_rng(5)
    draws = 4000
    seen = Counter(sample(**model, rng=rng).tokens for _ in range(draws))
    expected = {h.tokens: np.exp(h.log_prob) for h in exhaustive(**model)}
    assert set(seen) == set(expected)
    for tokens, p in expected.items():
        assert abs(seen[tokens] / draws - p) < 4 * np.sqrt(p * (1 - p) / draws)


def test_the_generator_decides():
    rows = {(): [0.2, 0.4, 0.4]}
    step = table_step(rows, otherwise=rows[()])
    draw = [
        sample(step, None, bos=-1, eos=0, max_length=9, rng=np.random.default_rng(seed)).tokens
        for seed in (1, 1, 2)
    ]
    assert draw[0] == draw[1] != draw[2]


@given(table=tables(), seed=st.integers(0, 9999))
def test_top_1_is_greedy(table, seed):
    found = sample(**table.model, rng=np.random.default_rng(seed), reshape=[TopK(1)])
    assert found.tokens == greedy(**table.model).tokens
    assert found.log_prob == pytest.approx(greedy(**table.model).log_prob)
    assert found.score == 0  # drawn with certainty


@given(table=tables(), seed=st.integers(0, 9999))
def test_min_length_is_kept(table, seed):
    row_allows = all(any(weights[1:]) for weights in table.weights.values())
    assume(row_allows)
    rng = np.random.default_rng(seed)
    found = sample(**table.model, rng=rng, min_length=table.max_length)
    assert len(found.tokens) == table.max_length


@given(probs=distributions)
def test_reshapes_that_change_nothing(probs):
    for unchanged in (Temperature(1.0), TopK(len(probs)), Nucleus(1.0)):
        np.testing.assert_allclose(np.exp(unchanged(log(probs))), probs, atol=1e-12)


@given(probs=distributions, value=st.floats(0.1, 10))
def test_temperature_is_a_power_of_the_probabilities(probs, value):
    expected = np.where(probs > 0, probs ** (1 / value), 0)
    found = np.exp(Temperature(value)(log(probs)))
    np.testing.assert_allclose(found, expected / expected.sum(), atol=1e-9)


def test_temperature_by_hand():
    """At temperature 1/2, 0.8 and 0.2 become 0.64 and 0.04, over their sum."""
    found = np.exp(Temperature(0.5)(np.log([0.8, 0.2])))
    np.testing.assert_allclose(found, [0.64 / 0.68, 0.04 / 0.68])


@given(probs=distributions, data=st.data())
def test_top_k_keeps_the_k_largest_in_proportion(probs, data):
    k = data.draw(st.integers(1, len(probs)))
    found = np.exp(TopK(k)(log(probs)))
    kept = found > 0
    assert found.sum() == pytest.approx(1)
    assert kept.sum() == min(k, (probs > 0).sum())
    assert not (~kept).any() or probs[~kept].max() <= probs[kept].min()
    np.testing.assert_allclose(found[kept], probs[kept] / probs[kept].sum())


@given(probs=distributions, p=st.floats(0.01, 0.99))
def test_nucleus_is_the_smallest_set_that_holds_p(probs, p):
    found = np.exp(Nucleus(p)(log(probs)))
    kept = found > 0
    assert found.sum() == pytest.approx(1)
    assert probs[kept].sum() >= p - 1e-9
    assert probs[kept].sum() - probs[kept].min() < p  # one fewer would not do
    assert not (~kept).any() or probs[~kept].max() <= probs[kept].min()
    np.testing.assert_allclose(found[kept], probs[kept] / probs[kept].sum())


def test_nucleus_by_hand():
    probs = np.array([0.15, 0.5, 0.05, 0.3])
    np.testing.assert_allclose(np.exp(Nucleus(0.7)(np.log(probs))), [0, 0.625, 0, 0.375])


def test_reshapes_apply_in_order():
    """0.6, 0.3, 0.1: sharpened first, the nucleus of 0.7 is one word; otherwise two."""
    step = table_step({(): [0.0, 0.6, 0.3, 0.1]}, otherwise=[1.0, 0.0, 0.0, 0.0])
    model: dict[str, Any] = {"step": step, "state": None, "bos": -1, "eos": 0, "max_length": 2}

    def seen(reshape):
        rng = np.random.default_rng(0)
        return {sample(**model, rng=rng, reshape=reshape).tokens for _ in range(200)}

    assert seen([Temperature(0.3), Nucleus(0.7)]) == {(1, 0)}
    assert seen([Nucleus(0.7), Temperature(0.3)]) == {(1, 0), (2, 0)}


def test_score_is_the_log_probability_of_the_draw():
    step = table_step({(): [0.0, 0.6, 0.3, 0.1]}, otherwise=[1.0, 0.0, 0.0, 0.0])
    model: dict[str, Any] = {"step": step, "state": None, "bos": -1, "eos": 0, "max_length": 2}
    found = sample(**model, rng=np.random.default_rng(1), reshape=[TopK(2)])
    assert found.score == pytest.approx(found.log_prob - np.log(0.9))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Temperature(0.0), "value is 0.0.*above 0.*greedy"),
        (lambda: Temperature(float("nan")), "value is nan"),
        (lambda: TopK(0), "k is 0.*at least 1"),
        (lambda: TopK(4)(np.log([0.5, 0.3, 0.2])), "k is 4.*3 tokens.*up to 3"),
        (lambda: Nucleus(0.0), "p is 0.0.*above 0"),
        (lambda: Nucleus(1.1), "p is 1.1.*up to 1"),
    ],
)
def test_bad_reshapes(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_the_generator_must_be_one():
    with pytest.raises(TypeError, match=r"rng is 3.*default_rng\(3\)"):
        sample(
            table_step({(): [1.0]}),
            None,
            bos=-1,
            eos=0,
            max_length=1,
            rng=3,  # pyright: ignore[reportArgumentType]
        )
