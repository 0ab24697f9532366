import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib.reference import probability as ref
from course_lib.reference.probability import EOS

# The garden path: the best first word does not begin the best sentence.
GARDEN = {
    (): {"a": 0.55, "b": 0.45},
    ("a",): {"c": 0.5, "d": 0.5},
    ("b",): {"e": 1.0},
    ("a", "c"): {EOS: 1.0},
    ("a", "d"): {EOS: 1.0},
    ("b", "e"): {EOS: 1.0},
}
garden = ref.table_model(GARDEN)

logits = arrays(
    float, st.tuples(st.integers(1, 5), st.integers(1, 7)), elements=st.floats(-700, 700)
)


@st.composite
def models(draw):
    """A bigram model over a few words: next_word looks at the last word of the prefix."""
    words = ["u", "v", "w"][: draw(st.integers(1, 3))]
    weight = st.floats(0.01, 1.0)
    rows = {
        last: ref.softmax(np.log(draw(st.lists(weight, min_size=n, max_size=n))))
        for n in [len(words) + 1]
        for last in ["", *words]
    }
    return lambda prefix: dict(
        zip([*words, EOS], rows[prefix[-1] if prefix else ""].tolist(), strict=True)
    )


def never_ends(prefix):
    return {"u": 0.5, "v": 0.5}


def leaks(prefix):
    """P(eos) = 1 / (t + 1)^2 at step t: half of the mass never finishes."""
    p = 1 / (len(prefix) + 2) ** 2
    return {EOS: p, "u": 1 - p}


def test_softmax_of_known_values():
    e = math.e
    np.testing.assert_allclose(ref.softmax(np.array([0.0, 1.0])), [1 / (1 + e), e / (1 + e)])
    np.testing.assert_array_equal(ref.softmax(np.array([-np.inf, 3.0])), [0.0, 1.0])


def test_softmax_takes_the_axis_it_is_given():
    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(ref.softmax(x, axis=0), ref.softmax(x.T).T)


@given(logits, st.floats(-1000, 1000))
def test_softmax_sums_to_1_and_ignores_a_constant(x, shift):
    p = ref.softmax(x)
    np.testing.assert_allclose(p.sum(-1), 1.0)
    np.testing.assert_allclose(ref.softmax(x + shift), p, atol=1e-9)
    np.testing.assert_allclose(np.exp(ref.log_softmax(x)), p)


@given(logits)
def test_logsumexp_lies_between_max_and_max_plus_log_n(x):
    lse = ref.logsumexp(x)
    assert np.all(lse >= x.max(-1) - 1e-9)
    assert np.all(lse <= x.max(-1) + math.log(x.shape[-1]) + 1e-9)
    if np.abs(x).max() < 500:
        np.testing.assert_allclose(lse, np.log(np.exp(x).sum(-1)), atol=1e-9)


def test_logsumexp_of_nothing_possible_is_minus_inf():
    assert ref.logsumexp(np.array([-np.inf, -np.inf])) == -np.inf


@pytest.mark.parametrize("row", [[-np.inf, -np.inf], [np.nan, 0.0], [np.inf, 0.0]])
def test_softmax_refuses_a_row_without_a_distribution(row):
    with pytest.raises(ValueError, match="logits"):
        ref.softmax(np.array(row))


def test_chain_rule_by_hand():
    assert ref.sequence_log_prob(garden, ("a", "c", EOS)) == pytest.approx(math.log(0.275))
    np.testing.assert_allclose(
        ref.token_log_probs(garden, ("a", "c", EOS)), [math.log(0.55), math.log(0.5), 0.0]
    )
    assert ref.sequence_log_prob(garden, ("a", "e")) == -math.inf
    assert ref.sequence_log_prob(garden, ()) == 0.0


def test_a_word_after_eos_is_an_error():
    with pytest.raises(ValueError, match="only stand last"):
        ref.token_log_probs(garden, ("a", EOS, "c"))


def test_a_missing_row_is_named():
    with pytest.raises(ValueError, match="no row for 'a x'"):
        garden(("a", "x"))


@pytest.mark.parametrize("row", [{"a": 0.5}, {"a": 1.5, "b": -0.5}, {"a": math.nan}, {}])
def test_a_row_that_is_no_distribution_is_an_error(row):
    with pytest.raises(ValueError, match="sum"):
        ref.checked(lambda prefix: row, ())


@given(models(), st.integers(0, 6))
def test_finished_plus_unfinished_mass_is_1(model, cap):
    every = ref.enumerate_sequences(model, cap)
    assert abs(every.finished_mass + every.unfinished_mass - 1.0) <= 1e-12
    assert all(len(words) <= cap and words[-1] == EOS for words in every.finished)
    assert all(len(words) == cap and EOS not in words for words in every.unfinished)


@given(models())
def test_enumeration_agrees_with_the_chain_rule(model):
    for words, p in ref.enumerate_sequences(model, 4).finished.items():
        assert math.log(p) == pytest.approx(ref.sequence_log_prob(model, words))


@given(models(), st.integers(0, 5))
def test_a_higher_cap_never_loses_finished_mass(model, cap):
    lower, higher = (ref.enumerate_sequences(model, n).finished_mass for n in (cap, cap + 1))
    assert higher >= lower


def test_mass_of_models_that_do_not_end():
    assert ref.enumerate_sequences(never_ends, 5).finished_mass == 0.0
    for cap in (1, 10, 1000):
        unfinished = ref.enumerate_sequences(leaks, cap).unfinished_mass
        assert unfinished == pytest.approx((cap + 2) / (2 * cap + 2))


def test_words_of_probability_0_are_left_out():
    every = ref.enumerate_sequences(lambda prefix: {"u": 0.0, EOS: 1.0}, 3)
    assert every == ref.Enumeration(finished={(EOS,): 1.0}, unfinished={})


def test_ties_go_to_the_first_in_alphabetical_order():
    tie = ref.table_model({(): {"b": 0.5, "a": 0.5}, ("a",): {EOS: 1.0}, ("b",): {EOS: 1.0}})
    assert ref.greedy(tie, 3)[0] == ("a", EOS)
    assert ref.most_probable(tie, 3)[0] == ("a", EOS)


def test_enumeration_refuses_to_fill_the_memory():
    with pytest.raises(ValueError, match="limit=100"):
        ref.enumerate_sequences(never_ends, 20, limit=100)
    with pytest.raises(ValueError, match="max_length"):
        ref.enumerate_sequences(never_ends, -1)


def test_greedy_misses_the_garden_path():
    assert ref.greedy(garden, 5) == (("a", "c", EOS), 0.275)
    assert ref.most_probable(garden, 5) == (("b", "e", EOS), 0.45)


def test_greedy_stops_at_the_cap():
    assert ref.greedy(never_ends, 3) == (("u", "u", "u"), 0.125)


@given(models())
def test_most_probable_is_never_worse_than_greedy(model):
    words, p = ref.greedy(model, 5)
    if words[-1] == EOS:
        assert ref.most_probable(model, 5)[1] >= p - 1e-15


def test_nothing_finishes():
    with pytest.raises(ValueError, match="no sentence ends"):
        ref.most_probable(never_ends, 4)


def test_samples_occur_as_often_as_their_probability():
    rng = np.random.default_rng(0)
    drawn = [ref.sample(garden, rng, 5) for _ in range(4000)]
    for words, p in ref.enumerate_sequences(garden, 5).finished.items():
        assert abs(drawn.count(words) / 4000 - p) < 4 * math.sqrt(p * (1 - p) / 4000)
    assert len(ref.sample(never_ends, rng, 4)) == 4


@given(models(), st.integers(0, 2**32 - 1))
def test_a_sample_is_a_possible_sentence_and_repeats_with_its_seed(model, seed):
    first, second = (ref.sample(model, np.random.default_rng(seed), 6) for _ in range(2))
    assert first == second
    assert ref.sequence_log_prob(model, first) > -math.inf


def test_average_counts_every_token_once():
    one, three = np.log([0.5]), np.log([0.25, 0.25, 0.25])
    nats = ref.nats_per_token([one, three])
    assert ref.bits(nats) == pytest.approx(7 / 4)
    assert ref.perplexity(nats) == pytest.approx(2 ** (7 / 4))
    with pytest.raises(ValueError, match="no token"):
        ref.nats_per_token([])


@given(st.integers(1, 1000), st.integers(1, 9))
def test_perplexity_of_n_equal_words_is_n(n, length):
    nats = ref.nats_per_token([np.full(length, -math.log(n))])
    assert ref.perplexity(nats) == pytest.approx(n)


@given(models(), models())
def test_no_model_goes_below_the_entropy(truth, model):
    # Cut both at the cap and give the rest one entry, so that each is a distribution.
    p, q = (ref.enumerate_sequences(m, 4) for m in (truth, model))
    p, q = ({**e.finished, ("rest",): e.unfinished_mass} for e in (p, q))
    assert ref.cross_entropy(p, q) >= ref.entropy(p) - 1e-12


def test_entropy_of_known_distributions():
    assert ref.entropy({("a",): 0.5, ("b",): 0.5}) == pytest.approx(math.log(2))
    assert ref.entropy({("a",): 1.0, ("b",): 0.0}) == 0.0
    assert ref.cross_entropy({("a",): 1.0}, {("b",): 1.0}) == math.inf
    assert ref.bits(math.log(8)) == pytest.approx(3.0)
