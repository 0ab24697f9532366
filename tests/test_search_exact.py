"""Branch and bound: what it must look behind, what it can prove, what it can begin with.

That it finds the best sequence of all is a property, run by test_search.
"""

from typing import Any

import numpy as np
import pytest
from search_properties import EOS

from course_lib.search import Power, beam, exact, exhaustive, table_step


def test_exact_looks_behind_a_probable_sequence_that_is_cut_off():
    """(1, 1) never ends and is met first; the one that ends is far less probable."""
    step = table_step({(): [0.0, 0.9, 0.1], (1,): [0.0, 1.0, 0.0], (2,): [1.0, 0.0, 0.0]})
    result = exact(step, None, bos=-1, eos=EOS, max_length=2)
    assert result.best.tokens == (2, EOS) and result.proved


def test_exact_says_when_it_has_no_proof():
    rng = np.random.default_rng(2)
    table = {(): rng.dirichlet(np.ones(4))}
    for length in range(1, 6):
        table |= {p: rng.dirichlet(np.ones(4)) for p in np.ndindex((4,) * length) if EOS not in p}
    model: dict[str, Any] = {
        "step": table_step(table),
        "state": None,
        "bos": -1,
        "eos": EOS,
        "max_length": 6,
    }
    whole = exact(**model, penalty=Power(1.0))
    assert whole.proved and whole.expanded > 5
    part = exact(**model, penalty=Power(1.0), max_expanded=3)
    assert not part.proved and part.expanded == 3
    assert part.best.score <= whole.best.score
    with_beam = exact(**model, penalty=Power(1.0), incumbent=whole.best)
    assert with_beam.expanded < whole.expanded
    model["step"] = table_step({(): [0.0, 1, 0, 0]})
    with pytest.raises(ValueError, match=r"max_expanded = 1 .*Raise it"):
        exact(**model, max_expanded=1)


def test_an_incumbent_that_the_lengths_exclude_is_no_answer():
    """It would be returned as proved: nothing longer has its score."""
    model: dict[str, Any] = {"step": lambda *_: (np.log([0.5, 0.5]), None, None), "state": None}
    model |= {"bos": -1, "eos": EOS}
    short = beam(**model, max_length=3, width=2).best
    long = exact(**model, max_length=5, min_length=5).best
    cut_off = exhaustive(**model, max_length=2)[-1]
    for incumbent in (short, long, cut_off):
        message = rf"incumbent has {len(incumbent.tokens)} tokens .* 3 to 3.*same max_length"
        with pytest.raises(ValueError, match=message):
            exact(**model, max_length=3, min_length=3, incumbent=incumbent)
    assert exact(**model, max_length=3, incumbent=short).best == short
