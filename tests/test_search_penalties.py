"""Length and coverage penalties: their definitions, their sign, and the bound built on them."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.search import GNMT, Average, Coverage, NoPenalty, Power, beam, greedy
from course_lib.search.penalties import Scoring

lengths = st.integers(1, 50)
penalties = st.one_of(
    st.just(NoPenalty()),
    st.just(Average()),
    st.floats(0, 3).map(Power),
    st.floats(0, 3).map(GNMT),
)


def test_definitions():
    assert NoPenalty()(7) == 1
    assert Average()(7) == 7
    assert Power(0.5)(9) == pytest.approx(3)
    assert GNMT(2.0)(7) == pytest.approx(4)  # ((5 + 7) / 6) ** 2
    assert GNMT(0.6)(1) == 1


@given(length=lengths)
def test_power_holds_the_others(length):
    assert Power(0.0)(length) == NoPenalty()(length)
    assert Power(1.0)(length) == Average()(length)


@given(penalty=penalties, log_prob=st.floats(-50, 0), shorter=lengths, longer=lengths)
def test_of_two_equally_probable_the_longer_scores_at_least_as_high(
    penalty, log_prob, shorter, longer
):
    """The sign: a log probability is negative, and a larger divisor moves it up."""
    shorter, longer = sorted((shorter, longer))
    scoring = Scoring(penalty, None, max_length=50)
    assert scoring.score(log_prob, longer) >= scoring.score(log_prob, shorter)


@given(
    penalty=penalties,
    beta=st.one_of(st.none(), st.floats(0, 2)),
    log_prob=st.floats(-50, 0),
    more=st.floats(-50, 0),
    length=lengths,
    seed=st.integers(0, 999),
)
def test_no_continuation_scores_above_the_bound(penalty, beta, log_prob, more, length, seed):
    coverage = None if beta is None else Coverage(beta)
    weights = np.random.default_rng(seed).dirichlet(np.ones(3), size=length)
    scoring = Scoring(penalty, coverage, max_length=50)
    assert scoring.score(log_prob + more, length, weights) <= scoring.bound(log_prob) + 1e-12


@pytest.mark.parametrize("coverage", [None, Coverage(0.0)])
def test_the_bound_is_reached(coverage):
    """Sure tokens up to max_length: no lower bound would be right."""
    scoring = Scoring(Power(0.7), coverage, max_length=9)
    weights = np.full((9, 2), 0.5)
    assert scoring.score(-2.0, 9, weights) == pytest.approx(scoring.bound(-2.0))


def test_coverage_by_hand():
    weights = np.array([[0.9, 0.1, 0.0], [0.6, 0.2, 0.2]])  # received: 1.5 -> 1, 0.3, 0.2
    assert Coverage(0.5)(weights) == pytest.approx(0.5 * (math.log(0.3) + math.log(0.2)))


def test_coverage_is_0_when_everything_was_read_and_finite_when_nothing_was():
    assert Coverage(1.0)(np.eye(4)) == 0
    assert -1e4 < Coverage(1.0)(np.array([[1.0, 0.0]])) < -100


def test_coverage_prefers_the_hypothesis_that_reads_all():
    """Two translations of two source words; the more probable one never looks at the second."""
    rows = {0: [0.02, 0.5, 0.48], 1: [0.98, 0.01, 0.01]}
    looks = {-1: [0.5, 0.5], 1: [1.0, 0.0], 2: [0.2, 0.8]}

    def step(token, state):
        looked = looks[token] if state else [0.95, 0.05]
        return np.log(rows[min(state, 1)]), state + 1, np.array(looked)

    limits: dict[str, Any] = {"bos": -1, "eos": 0, "max_length": 3}
    plain = beam(step, 0, **limits, width=3).best
    covered = beam(step, 0, **limits, width=3, coverage=Coverage(0.3)).best
    assert plain.tokens == (1, 0)
    assert covered.tokens == (2, 0)
    assert covered.score == pytest.approx(covered.log_prob + Coverage(0.3)(covered.weights))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Power(-0.6), "alpha is -0.6.*from 0 up"),
        (lambda: Power(math.nan), "alpha is nan"),
        (lambda: GNMT(-1), "alpha is -1.*from 0 up"),
        (lambda: Coverage(-0.1), "beta is -0.1.*from 0 up"),
        (lambda: Scoring(lambda length: 1 / length, None, 3), "from 1 .* to 0.5 .*falls.*sign"),
        (lambda: Scoring(lambda length: length - 1.0, None, 3), "gives 0.0 for length 1.*above 0"),
        (lambda: Scoring(lambda length: math.nan, None, 3), "gives nan for length 1"),
        (lambda: Scoring(lambda length: math.inf, None, 1), "gives inf for length 1"),
        (
            lambda: Scoring(lambda length: [1.0, math.nan][length > 1], None, 3),
            "to nan at length 2",
        ),
        (
            lambda: Scoring(lambda length: [1.0, math.inf][length > 1], None, 3),
            "to inf at length 2",
        ),
        (lambda: Coverage(0.2)(np.array([[0.9, math.nan]])), "nan for source word 1.*softmax"),
    ],
)
def test_bad_penalties(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_wrong_sign_of_ones_own_is_refused_by_the_search():
    def step(token, state):
        return np.log([0.5, 0.5]), None, None

    limits: dict[str, Any] = {"bos": -1, "eos": 0, "max_length": 3}
    assert greedy(step, None, **limits).finished
    with pytest.raises(ValueError, match="falls"):
        beam(step, None, **limits, width=2, penalty=lambda length: length**-0.6)
