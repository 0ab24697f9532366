"""Choices: every function agrees with the plain list of all ways."""

from collections import Counter, defaultdict
from math import isclose, log

import numpy as np
import pytest

from course_lib.corpora.choices import NOTHING, Choice, Node, Word, phrase, plain, sequence
from course_lib.corpora.dice import Dice
from course_lib.corpora.task import Task
from course_lib.data import Pair


def word(token: str, *sources: int) -> Word:
    return Word(token, sources)


# .45 a x, or .55 b that splits into y and z; then perhaps a full stop.
GARDEN = sequence(
    Choice(
        (
            (0.45, sequence(word("a", 0), word("x", 1))),
            (0.55, sequence(word("b", 0), Choice(((0.5, word("y", 1)), (0.5, word("z", 1)))))),
        )
    ),
    Choice(((0.6, word(".", 2)), (0.4, NOTHING))),
)
TWICE = Choice(
    ((0.3, word("a", 0)), (0.7, sequence(Choice(((0.5, word("a", 0)), (0.5, word("b", 0)))))))
)


class OneSentence(Task):
    """A task with one sentence, to reach the choices through the interface."""

    name, src_tokens, tgt_tokens = "one", ("s",), ("a", "b", "x", "y", "z", ".")

    def __init__(self, node: Node) -> None:
        self.node = node

    def sample(self, rng):
        raise NotImplementedError

    def tokenize(self, text):
        return tuple(text.split())

    def choices(self, src):
        return self.node


def test_spelling_lists_every_way_with_its_probability():
    assert dict((tokens, round(p, 6)) for p, tokens in GARDEN.spell()) == {
        ("a", "x", "."): 0.27,
        ("a", "x"): 0.18,
        ("b", "y", "."): 0.165,
        ("b", "y"): 0.11,
        ("b", "z", "."): 0.165,
        ("b", "z"): 0.11,
    }
    assert GARDEN.count() == 6


def test_best_is_the_garden_path_that_greedy_misses():
    task = OneSentence(GARDEN)
    assert task.best_translation(("s",)) == ("a", "x", ".")
    assert task.next_word_distribution(("s",), ()) == pytest.approx({"a": 0.45, "b": 0.55})


def test_log_prob_and_next_word_agree_with_the_list():
    task = OneSentence(GARDEN)
    ways = task.translations(("s",))
    assert isclose(sum(ways.values()), 1)
    prefixes = {tokens[:n] for tokens in ways for n in range(len(tokens) + 1)}
    for prefix in prefixes:
        expected: dict[str, float] = defaultdict(float)
        for tokens, p in ways.items():
            if tokens[: len(prefix)] == prefix:
                expected[(*tokens, "<eos>")[len(prefix)]] += p
        total = sum(expected.values())
        got = task.next_word_distribution(("s",), prefix)
        assert got == pytest.approx({token: p / total for token, p in expected.items()})
    for tokens, p in ways.items():
        assert task.log_prob(("s",), tokens) == pytest.approx(log(p))
    assert task.log_prob(("s",), ("a",)) == -np.inf
    assert task.log_prob(("s",), ("a", "x", ".", ".")) == -np.inf


def test_two_ways_to_the_same_words_are_added_up():
    task = OneSentence(TWICE)
    assert task.translations(("s",)) == pytest.approx({("a",): 0.65, ("b",): 0.35})
    assert task.log_prob(("s",), ("a",)) == pytest.approx(log(0.65))
    assert task.next_word_distribution(("s",), ()) == pytest.approx({"a": 0.65, "b": 0.35})


def test_entropy_and_expected_length_equal_the_sums_over_the_list():
    nats, length = GARDEN.entropy()
    ways = list(GARDEN.spell())
    assert nats == pytest.approx(-sum(p * log(p) for p, _ in ways))
    assert length == pytest.approx(sum(p * len(tokens) for p, tokens in ways))


def test_draws_are_as_frequent_as_they_are_probable():
    dice = Dice(np.random.default_rng(0))
    seen: Counter[tuple[str, ...]] = Counter()
    for _ in range(6000):
        said: list[Word] = []
        GARDEN.draw(dice.uniform, said)
        seen[tuple(w.token for w in said)] += 1
    for p, tokens in GARDEN.spell():
        assert abs(seen[tokens] - 6000 * p) < 4 * (6000 * p * (1 - p)) ** 0.5


def test_trace_finds_the_words_and_their_sources():
    ends = {end: words for end, words in GARDEN.trace(("b", "z", "."), 0)}
    assert [w.sources for w in ends[3]] == [(0,), (1,), (2,)]
    assert set(ends) == {2, 3}  # the full stop may be left out
    assert list(GARDEN.trace(("a", "z"), 0)) == []


def test_plain_takes_the_first_alternative_everywhere():
    assert list(plain(GARDEN).spell()) == [(1.0, ("a", "x", "."))]
    assert plain(phrase(("a", "b"), (0,))).count() == 1


def test_too_many_translations_are_counted_not_listed():
    many = OneSentence(sequence(*(Choice(((0.5, word("a")), (0.5, word("b")))) for _ in range(40))))
    with pytest.raises(ValueError, match=r"1,099,511,627,776 translations.*best_translation"):
        many.translations(("s",))
    assert many.log_prob(("s",), ("a",) * 40) == pytest.approx(40 * log(0.5))
    assert many.next_word_distribution(("s",), ("a",) * 40) == {"<eos>": 1.0}


def test_a_prefix_that_leads_nowhere_is_named():
    with pytest.raises(ValueError, match="begins with 'a y'"):
        OneSentence(GARDEN).next_word_distribution(("s",), ("a", "y"))
    with pytest.raises(ValueError, match=r"'a y' is not a translation of 's'; one is 'a x \."):
        OneSentence(GARDEN).links(("s",), ("a", "y"))


def test_floor_is_the_entropy_over_the_expected_length_with_eos():
    ways = list(GARDEN.spell())
    nats = -sum(p * log(p) for p, _ in ways)
    length = sum(p * (len(tokens) + 1) for p, tokens in ways)
    pair = Pair(("s",), ("a", "x"))
    assert OneSentence(GARDEN).floor([pair, pair]) == pytest.approx(nats / length)


def test_floor_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="sentences is empty"):
        OneSentence(GARDEN).floor([])
