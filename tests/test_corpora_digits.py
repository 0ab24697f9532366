"""Copy and reverse: the permutation, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.corpora import Copy, Reverse

digits = st.lists(st.sampled_from("0123456789"), min_size=1).map(tuple)


@given(digits)
def test_copy_and_reverse_are_permutations_of_themselves(src: tuple[str, ...]):
    n = len(src)
    assert Copy().translations(src) == {src: 1.0}
    assert Reverse().translations(src) == {src[::-1]: 1.0}
    assert Copy().links(src, src) == {(i, i) for i in range(n)}
    assert Reverse().links(src, src[::-1]) == {(i, n - 1 - i) for i in range(n)}


@pytest.mark.parametrize("task", [Copy(2, 5), Reverse(2, 5)])
def test_samples_have_the_lengths_that_were_asked_for(task: Copy):
    rng = np.random.default_rng(0)
    pairs = [task.sample(rng) for _ in range(200)]
    assert {len(pair.src) for pair in pairs} == {2, 3, 4, 5}
    assert all(task.is_valid(pair.src, pair.tgt) for pair in pairs)
    assert all(task.links(pair.src, pair.tgt) == pair.links for pair in pairs)
    assert task.floor(pairs) == 0


def test_typed_digits_and_what_is_not_one():
    assert Copy().tokenize("1 23\n4") == ("1", "2", "3", "4")
    with pytest.raises(ValueError, match="'x' at position 1 is not of the task"):
        Copy().translations(("1", "x"))
    with pytest.raises(ValueError, match="src is empty"):
        Reverse().translations(())
    with pytest.raises(ValueError, match="text is empty"):
        Copy().tokenize("")
    with pytest.raises(ValueError, match="shortest is 3, longest is 2"):
        Reverse(3, 2)
