"""What the experiments of chapter 05 measure, on weights whose answer is known."""

import math

import numpy as np
import pytest

from course_lib.data import Pair
from experiments import ch05_scores as ch05
from experiments import english_chinese

WORDS = ("a", "b", "c", "d")
DIAGONAL = Pair(WORDS, WORDS, frozenset((i, i) for i in range(4)))


@pytest.fixture
def measured(monkeypatch):
    def measure(weights: np.ndarray) -> dict[str, float]:
        monkeypatch.setattr(english_chinese, "forced_weights", lambda model, pairs: [weights])
        return ch05.alignment(None, [DIAGONAL])  # type: ignore[arg-type]

    return measure


def rows(*places: int) -> np.ndarray:
    return np.eye(4)[list(places)]


def test_weights_on_the_gold_links_have_accuracy_1_and_no_error(measured):
    found = measured(rows(0, 1, 2, 3, 0))  # the last row is that of eos
    assert found["accuracy"] == 1 and found["error_rate"] == 0 and found["entropy"] == 0
    assert found["row_before"] == 0 and found["row_after"] == 0


def test_weights_a_row_late_are_found_in_the_row_after(measured):
    found = measured(rows(3, 0, 1, 2, 3))
    assert found["accuracy"] == 0 and found["row_after"] == 1 and found["error_rate"] == 1


def test_weights_a_row_early_are_found_in_the_row_before(measured):
    found = measured(rows(1, 2, 3, 0, 0))
    assert found["row_before"] == 1 and found["accuracy"] == 0


def test_the_row_of_eos_makes_no_link(measured):
    weights = rows(0, 1, 2, 3, 0)
    weights[4] = 0.25
    assert measured(weights)["entropy"] == 0 and measured(weights)["error_rate"] == 0


def test_the_entropy_of_equal_weights_is_the_log_of_their_number():
    assert ch05.entropy(np.full((3, 4), 0.25)) == pytest.approx(math.log(4))


def test_training_sentences_end_where_the_longer_tests_begin():
    drawn = [len(ch05.short(np.random.default_rng(seed)).src) for seed in range(200)]
    assert 30 < max(drawn) <= english_chinese.LONGEST < ch05.BEYOND[0][0]
    longer = [len(ch05.long(np.random.default_rng(seed)).src) for seed in range(100)]
    assert max(longer) >= ch05.BEYOND[-1][1]
