"""What must hold for any search on any table: run by test_search and, on mutants, by their tests.

A property takes a Table and a NumPy generator for its choices, and fails by AssertionError.
"""

import math
from dataclasses import dataclass
from itertools import product
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import strategies as st

from course_lib.search import (
    GNMT,
    NO_PENALTY,
    Average,
    Coverage,
    Hypothesis,
    LengthPenalty,
    Power,
    beam,
    exact,
    exhaustive,
    greedy,
    table_step,
)
from course_lib.search.penalties import Scoring

EOS = 0
PENALTIES = (NO_PENALTY, Average(), Power(0.6), GNMT(1.0))


@dataclass(frozen=True)
class Table:
    """A model that can be listed: integer weights of every next token after every prefix."""

    vocabulary: int
    max_length: int
    weights: dict[tuple[int, ...], tuple[int, ...]]

    def probs(self, prefix: tuple[int, ...]) -> np.ndarray:
        weights = np.array(self.weights[prefix], dtype=np.float64)
        return weights / weights.sum()

    @property
    def model(self) -> dict[str, Any]:
        """The arguments that every search begins with."""
        table = {prefix: self.probs(prefix) for prefix in self.weights}
        limits = {"bos": -1, "eos": EOS, "max_length": self.max_length}
        return {"step": table_step(table), "state": None, **limits}

    def log_prob(self, tokens: tuple[int, ...]) -> float:
        """The chain rule, written another way than in the searches."""
        return sum(math.log(self.probs(tokens[:t])[token]) for t, token in enumerate(tokens))

    def sequences(self) -> list[tuple[int, ...]]:
        """All sequences of positive probability, by brute force over all strings."""
        found = []
        for length in range(1, self.max_length + 1):
            for tokens in product(range(self.vocabulary), repeat=length):
                complete = tokens[-1] == EOS or length == self.max_length
                possible = all(w > 0 for w in map(self._weight, tokens_with_prefix(tokens)))
                if complete and EOS not in tokens[:-1] and possible:
                    found.append(tokens)
        return found

    def _weight(self, item: tuple[tuple[int, ...], int]) -> int:
        prefix, token = item
        return self.weights.get(prefix, (0,) * self.vocabulary)[token]


def tokens_with_prefix(tokens):
    return [(tokens[:t], token) for t, token in enumerate(tokens)]


def prefixes(vocabulary: int, max_length: int, first: int = EOS + 1):
    for length in range(max_length):
        yield from product(range(first, vocabulary), repeat=length)


@st.composite
def tables(draw) -> Table:
    """Small tables with zeros, ties and lengths of 1."""
    vocabulary, max_length = draw(st.sampled_from([(2, 1), (2, 5), (3, 3), (3, 4), (4, 3), (5, 2)]))
    row = st.tuples(*[st.integers(0, 6)] * vocabulary).filter(any)
    weights = {prefix: draw(row) for prefix in prefixes(vocabulary, max_length)}
    return Table(vocabulary, max_length, weights)


def random_table(rng: np.random.Generator) -> Table:
    """The same tables without hypothesis, for mutants: they need many, not the smallest.

    There are rows after eos too, so that a mutant that goes on after eos gets an answer.
    """
    vocabulary, max_length = [(3, 3), (3, 4), (4, 3)][rng.integers(3)]
    weights = {}
    for prefix in prefixes(vocabulary, max_length, first=EOS):
        row = rng.integers(0, 7, size=vocabulary)
        row[rng.integers(vocabulary)] += 1
        weights[prefix] = tuple(int(weight) for weight in row)
    return Table(vocabulary, max_length, weights)


def score(table: Table, tokens: tuple[int, ...], penalty) -> float:
    """The definition of a normalized score: nats over a divisor of the length with eos."""
    length = len(tokens)
    divisors = {
        "NoPenalty": 1.0,
        "Average": length,
        "Power": length ** getattr(penalty, "alpha", 0),
        "GNMT": (5 + length) ** getattr(penalty, "alpha", 0) / 6 ** getattr(penalty, "alpha", 0),
    }
    return table.log_prob(tokens) / divisors[type(penalty).__name__]


def assert_is_from(
    table: Table, hypothesis: Hypothesis, penalty: LengthPenalty = NO_PENALTY
) -> None:
    """The hypothesis is a complete sequence of the table, with its own log_prob and score."""
    assert hypothesis.tokens in table.sequences()
    assert hypothesis.finished == (hypothesis.tokens[-1] == EOS)
    assert math.isclose(hypothesis.log_prob, table.log_prob(hypothesis.tokens), abs_tol=1e-9)
    expected = score(table, hypothesis.tokens, penalty)
    assert math.isclose(hypothesis.score, expected, abs_tol=1e-9)


def by_rank(table: Table, penalty, more=lambda tokens: 0.0) -> list[tuple[bool, float]]:
    """Ranks of all sequences, best first: finished before cut off, then by score, and `more`."""
    every = [
        (tokens[-1] == EOS, score(table, tokens, penalty) + more(tokens))
        for tokens in table.sequences()
    ]
    return sorted(every, reverse=True)


def looks(tokens: tuple[int, ...]) -> np.ndarray:
    """Attention over 3 source words after a prefix: random, but the same each time."""
    return np.random.default_rng([7, *tokens]).dirichlet(np.ones(3))


def assert_same_ranks(hypotheses, expected) -> None:
    assert [h.finished for h in hypotheses] == [finished for finished, _ in expected]
    np.testing.assert_allclose([h.score for h in hypotheses], [s for _, s in expected], atol=1e-9)


# The properties


def enumeration_is_complete(table: Table, rng: np.random.Generator) -> None:
    """Every sequence once, with its probability; finished and unfinished ones sum to 1."""
    penalty = PENALTIES[rng.integers(len(PENALTIES))]
    found = exhaustive(**table.model, penalty=penalty)
    assert sorted(h.tokens for h in found) == sorted(table.sequences())
    for hypothesis in found:
        assert_is_from(table, hypothesis, penalty)
    assert math.isclose(sum(math.exp(h.log_prob) for h in found), 1.0, abs_tol=1e-12)
    assert_same_ranks(found, by_rank(table, penalty))


def unlimited_beam_is_enumeration(table: Table, rng: np.random.Generator) -> None:
    """A width that can't prune lists every sequence; their probabilities sum to 1."""
    penalty = PENALTIES[rng.integers(len(PENALTIES))]
    found = beam(**table.model, width=None, penalty=penalty, n_best=10_000).hypotheses
    assert sorted(h.tokens for h in found) == sorted(table.sequences())
    for hypothesis in found:
        assert_is_from(table, hypothesis, penalty)
    assert math.isclose(sum(math.exp(h.log_prob) for h in found), 1.0, abs_tol=1e-12)
    assert_same_ranks(found, by_rank(table, penalty))


def unpruned_beam_is_enumeration(table: Table, rng: np.random.Generator) -> None:
    """Whatever the width: when the record shows nothing pruned, the best n are the true ones."""
    penalty = PENALTIES[rng.integers(len(PENALTIES))]
    n_best = int(rng.integers(1, 5))
    result = beam(**table.model, width=table.vocabulary, penalty=penalty, n_best=n_best)
    if all(node.fate != "pruned" for node in result.record.nodes):
        assert_same_ranks(result.hypotheses, by_rank(table, penalty)[:n_best])


def width_1_is_greedy(table: Table, rng: np.random.Generator) -> None:
    """One prefix kept is the best next token taken."""
    best = greedy(**table.model)
    assert_is_from(table, best)
    penalty = PENALTIES[rng.integers(len(PENALTIES))]
    hypothesis = beam(**table.model, width=1, penalty=penalty).best
    assert hypothesis.tokens == best.tokens
    assert_is_from(table, hypothesis, penalty)


def beam_keeps_the_best_prefixes(table: Table, rng: np.random.Generator) -> None:
    """Round by round, the beam is the `width` most probable continuations of the open prefixes."""
    width = int(rng.integers(1, table.vocabulary + 1))
    record = beam(**table.model, width=width, n_best=10_000).record
    open_prefixes = [()]
    for length in range(1, table.max_length + 1):
        nodes = [i for i, node in enumerate(record.nodes) if node.length == length]
        kept = [record.tokens(i) for i in nodes if record.nodes[i].fate != "pruned"]
        every = [
            (*prefix, int(token))
            for prefix in open_prefixes
            for token in np.flatnonzero(table.weights[prefix])
        ]
        best = sorted((table.log_prob(tokens) for tokens in every), reverse=True)[:width]
        assert set(kept) <= set(every)
        np.testing.assert_allclose([table.log_prob(tokens) for tokens in kept], best, atol=1e-9)
        open_prefixes = [tokens for tokens in kept if tokens[-1] != EOS]


def stopping_early_changes_nothing(table: Table, rng: np.random.Generator) -> None:
    """The n best are those of a beam that goes on until nothing is open."""
    settings = {
        "width": int(rng.integers(1, table.vocabulary + 1)),
        "penalty": PENALTIES[rng.integers(len(PENALTIES))],
        "n_best": int(rng.integers(1, 4)),
    }
    stopped = beam(**table.model, **settings)
    with patch.object(Scoring, "may_stop", lambda *_: False):
        went_on = beam(**table.model, **settings)
    assert went_on.record.stopped != "bound"
    assert stopped.hypotheses == went_on.hypotheses


def exact_is_the_best_of_all(table: Table, rng: np.random.Generator) -> None:
    """Branch and bound finds a sequence of the highest rank, with or without an incumbent.

    The incumbent's own score may be by another penalty; it must not count.
    """
    penalty, other = (PENALTIES[i] for i in rng.integers(len(PENALTIES), size=2))
    incumbent = beam(**table.model, width=2, penalty=other).best if rng.integers(2) else None
    result = exact(**table.model, penalty=penalty, incumbent=incumbent)
    assert result.proved
    assert_is_from(table, result.best, penalty)
    assert_same_ranks([result.best], by_rank(table, penalty)[:1])


def no_search_beats_exact(table: Table, rng: np.random.Generator) -> None:
    """A beam of any width finds at most the true best, never a repeated sequence, in order."""
    penalty = PENALTIES[rng.integers(len(PENALTIES))]
    width = int(rng.integers(1, table.vocabulary + 1))
    found = beam(**table.model, width=width, penalty=penalty, n_best=5).hypotheses
    for hypothesis in found:
        assert_is_from(table, hypothesis, penalty)
    assert len({h.tokens for h in found}) == len(found)
    ranks = [h.rank for h in found]
    assert ranks == sorted(ranks, reverse=True)
    assert found[0].rank <= (by_rank(table, penalty)[0][0], by_rank(table, penalty)[0][1] + 1e-9)


def coverage_is_part_of_every_rank(table: Table, rng: np.random.Generator) -> None:
    """With attention and a coverage penalty, by its formula, every search keeps its promise."""
    plain, beta = table.model["step"], float(rng.uniform(0, 2))

    def step(token, prefix):
        log_probs, prefix, _ = plain(token, prefix)
        return log_probs, prefix, looks(prefix)

    def penalized(tokens):
        received = sum((looks(tokens[:t]) for t in range(len(tokens))), np.zeros(3))
        return beta * sum(math.log(min(share, 1.0)) for share in received)

    penalty, n_best = PENALTIES[rng.integers(len(PENALTIES))], int(rng.integers(1, 4))
    model: dict[str, Any] = table.model | {"step": step}
    model |= {"penalty": penalty, "coverage": Coverage(beta)}
    expected = by_rank(table, penalty, penalized)
    assert_same_ranks(exhaustive(**model), expected)
    assert_same_ranks(beam(**model, width=None, n_best=n_best).hypotheses, expected[:n_best])
    incumbent = beam(**model, width=1).best if rng.integers(2) else None
    assert_same_ranks([exact(**model, incumbent=incumbent).best], expected[:1])


def min_length_forbids_short_ones(table: Table, rng: np.random.Generator) -> None:
    """Sequences below min_length are left out; the others keep their probability."""
    min_length = int(rng.integers(1, table.max_length + 1))
    allowed = [tokens for tokens in table.sequences() if len(tokens) >= min_length]
    if allowed:
        model: dict[str, Any] = table.model | {"min_length": min_length}
        found = beam(**model, width=None, n_best=10_000).hypotheses
        assert sorted(h.tokens for h in found) == sorted(allowed)
        for hypothesis in found:
            assert_is_from(table, hypothesis)
        listed = exhaustive(**model)
        assert sorted(h.tokens for h in listed) == sorted(allowed)
        assert_same_ranks([exact(**model).best], [h.rank for h in listed[:1]])


def record_tells_the_result(table: Table, rng: np.random.Generator) -> None:
    """The record's marked nodes are the hypotheses, and its tree is the tree of the table."""
    width = int(rng.integers(1, table.vocabulary + 1))
    penalty = PENALTIES[rng.integers(len(PENALTIES))]
    result = beam(**table.model, width=width, penalty=penalty, n_best=3)
    record = result.record
    for hypothesis, i in zip(result.hypotheses, record.hypotheses, strict=True):
        node = record.nodes[i]
        assert record.tokens(i) == hypothesis.tokens
        assert (node.log_prob, node.score) == (hypothesis.log_prob, hypothesis.score)
        assert node.fate == ("finished" if hypothesis.finished else "kept")
    for i, node in enumerate(record.nodes):
        children = record.children(i)
        assert math.isclose(node.log_prob, table.log_prob(record.tokens(i)), abs_tol=1e-9)
        assert node.length == len(record.tokens(i))
        mass = sum(math.exp(record.nodes[child].log_prob) for child in children)
        assert mass <= math.exp(node.log_prob) + 1e-9
        assert not children or node.fate == "kept"
        assert len(children) <= width
    assert record == type(record).from_json(record.to_json())


PROPERTIES = (
    enumeration_is_complete,
    unlimited_beam_is_enumeration,
    unpruned_beam_is_enumeration,
    width_1_is_greedy,
    beam_keeps_the_best_prefixes,
    stopping_early_changes_nothing,
    exact_is_the_best_of_all,
    no_search_beats_exact,
    coverage_is_part_of_every_rank,
    min_length_forbids_short_ones,
    record_tells_the_result,
)
