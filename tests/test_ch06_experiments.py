"""The measures of chapter 06's experiment, on outputs whose values are known."""

import numpy as np
import pytest

from course_lib.data import Vocab
from course_lib.search import Hypothesis
from experiments import ch06_search as ch06
from experiments import english_chinese as ec


def spelled(words: tuple[str, ...], log_prob: float) -> Hypothesis:
    tokens = (*ec.VOCABS[1].encode(words), Vocab.eos)
    return Hypothesis(tokens, log_prob, log_prob, finished=True)


@pytest.fixture(scope="module")
def best() -> list[Hypothesis]:
    return [spelled(words, -1.0) for words in ch06.best_translations()]


def test_the_best_translations_are_valid_best_and_without_search_errors(best):
    found = ch06.measure(best, best)
    assert (found["valid"], found["best"], found["empty"], found["search errors"]) == (1, 1, 0, 0)
    assert found["BLEU best"] == found["BLEU all"] == 100 > found["BLEU one"] > 50
    assert 0.2 < found["p*"] < 0.6


def test_empty_outputs_count_as_errors_of_the_search_and_as_saved_by_exact(best):
    empty = [spelled((), -2.0)] * len(best)
    found = ch06.measure(empty, best)
    assert (found["valid"], found["empty"], found["search errors"]) == (0, 1, 1)
    assert (found["only exact valid"], found["only this valid"]) == (1, 0)
    assert (found["length"], found["p*"]) == (1, 0)
    assert ch06.measure(best, empty)["only this valid"] == 1


def test_the_corpora_of_one_seed_differ_in_their_empty_targets_only():
    whole, some = ch06.corpus(5, 0.0), ch06.corpus(5, 0.03)
    empty = [not pair.tgt for pair in some]
    assert 0.02 < np.mean(empty) < 0.04 and all(pair.tgt for pair in whole)
    assert [a for a, e in zip(whole, empty, strict=True) if not e] == [p for p in some if p.tgt]
    assert max(len(pair.src) for pair in whole) <= ch06.LONGEST


def test_every_test_sentence_is_in_one_bin_and_fits():
    lengths = [len(pair.src) for pair in ch06.tests()]
    counts = [sum(low <= n <= high for n in lengths) for low, high in ch06.BINS]
    assert sum(counts) == ch06.TESTED and min(counts) > 30
    assert ch06.by_bin(np.array(lengths))["1 to 7"] < 7
    for pair in ch06.tests():
        longest = max(map(len, ch06.TASK.translations(pair.src)))
        assert longest + 1 <= len(pair.src) + ch06.ROOM
