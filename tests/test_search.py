"""Every search on random tables, on the example everyone uses, and on bad input."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_properties import EOS, PROPERTIES, tables

from course_lib.search import (
    BeamRecord,
    Coverage,
    Hypothesis,
    Power,
    beam,
    exact,
    exhaustive,
    greedy,
    sample,
    table_step,
    word_table,
)


@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda holds: holds.__name__)
@settings(max_examples=50)  # a table holds many cases
@given(table=tables(), seed=st.integers(0, 2**32 - 1))
def test_property(holds, table, seed):
    holds(table, np.random.default_rng(seed))


LIMITS: dict[str, Any] = {"bos": -1, "eos": EOS, "max_length": 3}
WORDS = ("<eos>", "I", "The", "like", "love", "cat", "dog", "rest", "more")
CLASSIC = {
    (): {"I": 0.72, "The": 0.20, "rest": 0.08},
    ("I",): {"like": 0.68, "love": 0.15, "rest": 0.09, "more": 0.08},
    ("The",): {"cat": 0.85, "dog": 0.10, "rest": 0.05},
}


def classic(**after) -> dict[str, Any]:
    """The classic example as arguments of a search; `after` adds rows, words joined by _."""
    rows = CLASSIC | {tuple(prefix.split("_")): row for prefix, row in after.items()}
    step = table_step(word_table(rows, WORDS), otherwise=np.eye(len(WORDS))[EOS])
    return {"step": step, "state": None, "bos": -1, "eos": EOS}


def spell(hypothesis: Hypothesis) -> str:
    return " ".join(WORDS[token] for token in hypothesis.tokens)


def test_classic_example_keeps_i_like_and_the_cat():
    result = beam(**classic(), max_length=2, width=2, n_best=2)
    assert [spell(h) for h in result.hypotheses] == ["I like", "The cat"]
    assert [h.log_prob for h in result.hypotheses] == pytest.approx([-0.714, -1.772], abs=5e-4)
    record = result.record
    first = [(WORDS[n.token], n.log_prob) for n in record.nodes if n.length == 1]
    assert [word for word, _ in first] == ["I", "The"]
    assert [log_prob for _, log_prob in first] == pytest.approx([-0.3285, -1.6094], abs=5e-5)
    second = {
        " ".join(WORDS[token] for token in record.tokens(i)): (node.log_prob, node.fate)
        for i, node in enumerate(record.nodes)
        if node.length == 2
    }
    assert {words: fate for words, (_, fate) in second.items()} == {
        "I like": "kept",
        "The cat": "kept",
        "I love": "pruned",
        "The dog": "pruned",
    }
    assert second["I love"][0] == pytest.approx(-2.23, abs=5e-3)
    assert second["The dog"][0] == pytest.approx(-3.91, abs=5e-3)


@pytest.mark.parametrize(("ratio", "winner"), [(2.87, "I like"), (2.89, "The cat")])
def test_the_cat_wins_from_a_continuation_2_88_times_as_probable(ratio, winner):
    assert 0.72 * 0.68 / (0.20 * 0.85) == pytest.approx(2.88)
    after = {
        "I_like": {"<eos>": 0.3, "cat": 0.2, "dog": 0.2, "rest": 0.2, "more": 0.1},
        "The_cat": {"<eos>": 0.3 * ratio, "rest": 1 - 0.3 * ratio},
    }
    result = beam(**classic(**after), max_length=3, width=2)
    assert spell(result.best) == f"{winner} <eos>"


def test_greedy_misses_what_beam_finds():
    spread = {"cat": 0.2, "dog": 0.2, "love": 0.2, "rest": 0.2, "more": 0.2}
    model = classic(I_like=spread, The_cat={"<eos>": 1.0})
    model["max_length"] = 4
    assert spell(greedy(**model)) == "I like love <eos>"
    assert spell(beam(**model, width=2).best) == "The cat <eos>"
    assert spell(exact(**model, incumbent=greedy(**model)).best) == "The cat <eos>"


def test_the_first_finished_one_may_lose_under_normalization():
    """<eos> at once has p 0.5; a sentence of three sure words more has the better average."""
    words = ("<eos>", "a", "b")
    rows = {
        (): {"<eos>": 0.5, "a": 0.4, "b": 0.1},
        ("a",): {"b": 1.0},
        ("b",): {"b": 1.0},
        ("a", "b"): {"<eos>": 1.0},
    }
    model: dict[str, Any] = {
        "step": table_step(word_table(rows, words)),
        "state": None,
        "bos": -1,
        "eos": 0,
    }
    plain = beam(**model, max_length=3, width=2)
    assert plain.best.tokens == (0,) and plain.record.stopped == "bound"
    normalized = beam(**model, max_length=3, width=2, penalty=Power(1.0))
    assert normalized.best.tokens == (1, 2, 0)
    assert normalized.best.score == pytest.approx(math.log(0.4) / 3)


def test_finished_comes_before_cut_off():
    """A sequence without eos is no answer, however probable it is."""
    model: dict[str, Any] = {
        "step": table_step({(): [0.1, 0.9], (1,): [0.1, 0.9]}),
        "state": None,
        "bos": -1,
        "eos": EOS,
        "max_length": 2,
    }
    found = beam(**model, width=2, n_best=3).hypotheses
    assert [h.tokens for h in found] == [(0,), (1, 0), (1, 1)]
    assert exact(**model).best.tokens == (0,)
    assert exhaustive(**model)[-1].tokens == (1, 1)


def test_what_step_returned_stays_as_it_was():
    log_probs = np.log([0.5, 0.5])
    found = greedy(lambda *_: (log_probs, None, None), None, **LIMITS, min_length=3)
    assert found.tokens == (1, 1, EOS)
    np.testing.assert_array_equal(log_probs, np.log([0.5, 0.5]))


def attending(log_rows, weight_rows):
    """A step that reads its rows one after the other."""

    def step(token, t):
        return np.log(log_rows[t]), t + 1, None if weight_rows is None else weight_rows[t]

    return step


def test_weights_follow_the_tokens():
    weight_rows = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    step = attending([[0.1, 0.6, 0.3], [0.5, 0.3, 0.2]], weight_rows)
    limits: dict[str, Any] = {"state": 0, "bos": -1, "eos": EOS, "max_length": 2}
    rng = np.random.default_rng(0)
    for found in (
        greedy(step, **limits),
        *beam(step, **limits, width=3, n_best=9).hypotheses,
        exact(step, **limits).best,
        sample(step, **limits, rng=rng),
    ):
        assert found.weights is not None
        np.testing.assert_array_equal(found.weights, weight_rows[: len(found.tokens)])


# Bad input: every search names the argument, what came, what is allowed and the way out

SEARCHES = {
    "greedy": greedy,
    "beam": lambda *args, **limits: beam(*args, **limits, width=2),
    "exact": exact,
    "exhaustive": exhaustive,
    "sample": lambda *args, **limits: sample(*args, **limits, rng=np.random.default_rng(0)),
}


@pytest.fixture(params=SEARCHES)
def search(request):
    return SEARCHES[request.param]


def constant(log_probs):
    return lambda token, state: (np.array(log_probs), state, None)


HALF = math.log(0.5)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"max_length": 0}, "max_length is 0.*at least 1"),
        ({"min_length": 0}, "min_length is 0.*between 1"),
        ({"min_length": 4}, "min_length is 4.*max_length = 3"),
        ({"eos": 2}, "eos is 2.*0 to 1"),
        ({"eos": -1}, "eos is -1.*0 to 1"),
    ],
)
def test_bad_limits(search, limits, message):
    with pytest.raises(ValueError, match=message):
        search(constant([HALF, HALF]), None, **(LIMITS | limits))


@pytest.mark.parametrize(
    ("log_probs", "message"),
    [
        ([HALF, math.nan], "returned nan for token 1.*softmax"),
        ([1.5, 0.2], "returned 1.5 for token 0.*log_softmax"),
        ([-math.inf, -math.inf], "-inf for every token.*mask"),
        ([[HALF, HALF]], r"shape \(1, 2\).*batch_search"),
    ],
)
def test_bad_scores(search, log_probs, message):
    with pytest.raises(ValueError, match=message):
        search(constant(log_probs), None, **LIMITS)


def test_record_of_another_version():
    record = beam(constant([HALF, HALF]), None, **LIMITS, width=1).record
    text = record.to_json().replace('"version": 1', '"version": 99')
    with pytest.raises(ValueError, match=r"version 99.*reads version 1.*again"):
        BeamRecord.from_json(text)


def test_min_length_that_nothing_can_reach(search):
    with pytest.raises(ValueError, match="min_length"):
        search(constant([0.0, -math.inf]), None, **LIMITS, min_length=2)


@pytest.mark.parametrize("width", [0, -1, 3])
def test_bad_width(width):
    with pytest.raises(ValueError, match=f"width is {width}.*between 1 .greedy. and 2"):
        beam(constant([HALF, HALF]), None, **LIMITS, width=width)


def test_other_bad_arguments():
    step = constant([HALF, HALF])
    with pytest.raises(ValueError, match="n_best is 0"):
        beam(step, None, **LIMITS, width=1, n_best=0)
    with pytest.raises(ValueError, match=r"limit = 3.*use exact"):
        exhaustive(step, None, **LIMITS, limit=3)
    with pytest.raises(ValueError, match=r"coverage needs attention.*coverage=None"):
        beam(step, None, **LIMITS, width=1, coverage=Coverage(0.2))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({(1,): [0.5, 0.5]}, r"no row for the empty prefix"),
        ({(): [0.5, 0.4]}, r"after \(\) are \[0.5, 0.4\], sum 0.9.*others"),
        ({(): [1.5, -0.5]}, r"0 or more"),
        ({(): [0.5, 0.5], (1,): [1.0]}, r"1 probabilities after \(1,\), but 2 after \(\)"),
    ],
)
def test_bad_table(table, message):
    with pytest.raises(ValueError, match=message):
        table_step(table)


def test_table_with_a_bad_row_otherwise():
    with pytest.raises(ValueError, match=r"otherwise are .* sum 0.8"):
        table_step({(): [0.5, 0.5]}, otherwise=[0.4, 0.4])


def test_table_without_a_row_that_is_needed():
    with pytest.raises(ValueError, match=r"no row for the prefix \(1,\).*max_length to 1"):
        greedy(table_step({(): [0.2, 0.8]}), None, **LIMITS)


def test_word_table_with_an_unknown_word():
    with pytest.raises(ValueError, match=r"\['cat'\], missing from words"):
        word_table({(): {"cat": 1.0}}, ["dog"])
