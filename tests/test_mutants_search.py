"""Classic mistakes in search, made on purpose: a property that the real code passes catches each.

Every mutant replaces one small piece of course_lib.search or course_lib.batch_search. The same
property, on the same tables, holds for the real piece and fails for the mutant.
"""

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import search_properties as holds
from test_batch_search import BOS, EOS, TinyModel, assert_same, batch, one_sentence_step, start

from course_lib.batch_search import beam as batched
from course_lib.batch_search import beam_batch
from course_lib.search import Average, Coverage, Hypothesis, beam
from course_lib.search.penalties import Scoring
from course_lib.search.record import Round
from course_lib.search.tree import Tree

REAL_CHILD = Tree.child
REAL_BEST = batched.best_continuations
REAL_COVERAGE = Coverage.__call__


def wrong_sign(self, log_prob, length, weights=None):
    """A log probability multiplied by the penalty: longer sequences now score lower."""
    return log_prob * self.penalty(length)


def kept_with_the_finished(self):
    """What ended in eos stays in the beam and is expanded again."""
    return self.candidates[: self.kept]


def open_until_max_length(self, branch):
    """A sequence is only over at max_length, so eos is followed by more."""
    return len(branch.tokens) < self.max_length


def first_finished(self, finished_scores, best_open, n_best):
    """Stop as soon as there are n finished sequences."""
    return len(finished_scores) >= n_best


def bound_at_this_length(self, finished_scores, best_open, n_best):
    """Compare with the best open prefix by its log_prob, as if there were no penalty."""
    return len(finished_scores) >= n_best and max(finished_scores) >= best_open


def only_the_last_token(self, branch, token, log_prob, state, weights):
    """Rank by the last step's log probability: the chain rule forgotten."""
    return replace(REAL_CHILD(self, branch, token, log_prob, state, weights), log_prob=log_prob)


def old_state(self, branch, token, log_prob, state, weights):
    """Continue from the parent's state: the model never reads the parent's last token."""
    return replace(REAL_CHILD(self, branch, token, log_prob, state, weights), state=branch.state)


def length_without_eos(self, log_prob, length, weights=None):
    """Normalize by the words alone, although the probability includes eos."""
    return log_prob / self.penalty(max(length - 1, 1))


def cut_off_is_as_good(hypothesis):
    """A sequence cut off at max_length competes as if it were finished."""
    return True, hypothesis.score


def read_twice_is_better(self, weights):
    """Coverage without min(., 1): a source word looked at again and again makes up for others."""
    return self.beta * float(np.log(weights.sum(axis=0)).sum())


def missed_words_rewarded(self, weights):
    """Coverage with the wrong sign."""
    return -REAL_COVERAGE(self, weights)


def fails(property_, tables: int = 60) -> bool:
    """Whether the property fails on any of the random tables."""
    for seed in range(tables):
        rng = np.random.default_rng(seed)
        try:
            property_(holds.random_table(rng), rng)
        except AssertionError:
            return True
    return False


MUTANTS = [
    (Scoring, "score", wrong_sign, holds.unlimited_beam_is_enumeration),
    (Scoring, "score", wrong_sign, holds.exact_is_the_best_of_all),
    (Round, "live", property(kept_with_the_finished), holds.beam_keeps_the_best_prefixes),
    (Tree, "is_open", open_until_max_length, holds.enumeration_is_complete),
    (Scoring, "may_stop", first_finished, holds.stopping_early_changes_nothing),
    (Scoring, "may_stop", bound_at_this_length, holds.stopping_early_changes_nothing),
    (Tree, "child", only_the_last_token, holds.width_1_is_greedy),
    (Tree, "child", only_the_last_token, holds.beam_keeps_the_best_prefixes),
    (Tree, "child", old_state, holds.width_1_is_greedy),
    (Scoring, "score", length_without_eos, holds.unlimited_beam_is_enumeration),
    (Hypothesis, "rank", property(cut_off_is_as_good), holds.exact_is_the_best_of_all),
    (Coverage, "__call__", read_twice_is_better, holds.coverage_is_part_of_every_rank),
    (Coverage, "__call__", missed_words_rewarded, holds.coverage_is_part_of_every_rank),
]


def name(value) -> str | None:
    """The name of a mutant or property in the test's id."""
    return getattr(getattr(value, "fget", value), "__name__", None)


@pytest.mark.parametrize(("owner", "attribute", "mutant", "property_"), MUTANTS, ids=name)
def test_the_property_catches_the_mutant(owner, attribute, mutant, property_):
    assert not fails(property_)
    with patch.object(owner, attribute, mutant):
        assert fails(property_)


# The batched search: the property is that it finds what the readable one finds


def batched_beam_is_beam() -> None:
    settings: dict[str, Any] = {"bos": BOS, "eos": EOS, "max_length": 6, "width": 3, "n_best": 3}
    for seed in range(3):
        model, (src, src_mask) = TinyModel(seed), batch(seed)
        found = beam_batch(model, src, src_mask, **settings, penalty=Average())
        for b, hypotheses in enumerate(found):
            first = start(model, src[b][src_mask[b]])
            expected = beam(one_sentence_step(model), first, **settings, penalty=Average())
            for hypothesis, readable in zip(hypotheses, expected.hypotheses, strict=True):
                assert_same(hypothesis, readable)


def states_stay_where_they_are(log_prob, log_probs, width):
    """Tokens are chosen from all prefixes, but each place goes on with its own old state."""
    best, tokens, parents = REAL_BEST(log_prob, log_probs, width)
    prefixes = log_prob.shape[1]
    return best, tokens, parents.new_tensor(range(width)).clamp(max=prefixes - 1).expand_as(parents)


def each_prefix_for_itself(log_prob, log_probs, width):
    """Each prefix takes its own best token: K greedy searches side by side."""
    sentences, prefixes = log_prob.shape
    if prefixes == 1:
        return REAL_BEST(log_prob, log_probs, width)
    best, words = log_probs.max(dim=1)
    places = words.new_tensor(range(prefixes)).expand(sentences, -1)
    return log_prob + best.view(sentences, -1), words.view(sentences, -1), places


def the_beam_without_what_it_was(log_prob, log_probs, width):
    """The sum over the prefix is dropped when continuations are compared."""
    return REAL_BEST(log_prob.clamp(max=0).masked_fill(log_prob > -np.inf, 0.0), log_probs, width)


@pytest.mark.parametrize(
    "mutant", [states_stay_where_they_are, each_prefix_for_itself, the_beam_without_what_it_was]
)
def test_the_readable_beam_catches_the_batched_mutant(mutant):
    batched_beam_is_beam()
    with patch.object(batched, "best_continuations", mutant), pytest.raises(AssertionError):
        batched_beam_is_beam()


def finish_and_stay_open(self):
    """Finished prefixes keep their log_prob, and are expanded again."""
    log_prob = self.log_prob
    REAL_FINISH(self)
    self.log_prob = log_prob


REAL_FINISH = batched.Beams.finish


def test_the_readable_beam_catches_finished_ones_expanded_again():
    with patch.object(batched.Beams, "finish", finish_and_stay_open):
        with pytest.raises(AssertionError):
            batched_beam_is_beam()
