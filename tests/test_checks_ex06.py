"""Exercise 06: the beam search its check compares with finds what course_lib.search finds."""

import numpy as np
import pytest

from course_lib.checks.ex06.beams import Beam
from course_lib.checks.ex06.models import random_model
from course_lib.reference.probability import EOS
from course_lib.search import Power, beam, table_step, word_table

WORDS = [EOS, "a", "b", "c"]


@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("width", [1, 2, 3])
def test_the_reference_finds_what_the_library_finds(width, alpha):
    rng = np.random.default_rng(0)
    for _ in range(20):
        table = random_model(rng)
        step = table_step(word_table(table.rows, WORDS), otherwise=np.eye(4)[0])
        found = beam(step, None, bos=-1, eos=0, max_length=4, width=width, penalty=Power(alpha))
        words, log_prob = Beam()(table, width, 4, alpha)
        assert words == tuple(WORDS[token] for token in found.best.tokens)
        assert log_prob == pytest.approx(found.best.log_prob)
