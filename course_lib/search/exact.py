"""Exact search: the best sequence of all, by listing them or by proving the rest worse."""

import math
from dataclasses import dataclass
from typing import Any

from course_lib.search.penalties import NO_PENALTY, Coverage, LengthPenalty, Scoring
from course_lib.search.tree import Hypothesis, Step, Tree, dead_end


@dataclass(frozen=True)
class ExactResult:
    """The best sequence; how many prefixes were expanded; whether no other can score higher."""

    best: Hypothesis
    expanded: int  # calls of step
    proved: bool  # False when max_expanded ended the search first


def exhaustive(
    step: Step,
    state: Any,
    *,
    bos: int,
    eos: int,
    max_length: int,
    penalty: LengthPenalty = NO_PENALTY,
    coverage: Coverage | None = None,
    min_length: int = 1,
    limit: int = 100_000,
) -> list[Hypothesis]:
    """List every possible sequence, finished ones first, best first.

    With min_length 1 the probabilities of finished and cut-off sequences sum to 1.
    Raises ValueError when there are more than `limit`.
    """
    tree = Tree(step, state, bos, eos, max_length, min_length)
    scoring = Scoring(penalty, coverage, max_length)
    found: list[Hypothesis] = []
    to_visit = [tree.root]
    while to_visit:
        branch = to_visit.pop()
        if tree.is_open(branch):
            to_visit += tree.children(branch)
        else:
            found.append(scoring.hypothesis(branch))
        if len(found) + len(to_visit) > limit:
            raise ValueError(
                f"max_length {max_length} allows more sequences than limit = {limit}. "
                "Lower max_length, raise limit, or use exact, which need not list them."
            )
    if not found:
        raise dead_end((), min_length)
    return sorted(found, key=lambda hypothesis: hypothesis.rank, reverse=True)


def exact(
    step: Step,
    state: Any,
    *,
    bos: int,
    eos: int,
    max_length: int,
    penalty: LengthPenalty = NO_PENALTY,
    coverage: Coverage | None = None,
    min_length: int = 1,
    incumbent: Hypothesis | None = None,
    max_expanded: int = 100_000,
) -> ExactResult:
    """Find the sequence of highest score by branch and bound, depth first (Stahlberg, Byrne 2019).

    The incumbent is the best sequence so far; the result of a beam makes a good first one. A prefix
    whose Scoring.bound does not exceed the incumbent's score is dropped with all its continuations.
    A length penalty loosens that bound, and max_expanded may end the search before the proof.
    Raises ValueError for an incumbent that the lengths exclude.
    """
    tree = Tree(step, state, bos, eos, max_length, min_length)
    scoring = Scoring(penalty, coverage, max_length)
    if incumbent is not None:
        check_incumbent(incumbent, max_length, min_length)
    best = None if incumbent is None else scoring.hypothesis(incumbent)
    to_visit, expanded = [tree.root], 0
    while to_visit and expanded < max_expanded:
        branch = to_visit.pop()
        if scoring.bound(branch.log_prob) <= to_beat(best):
            continue
        expanded += 1
        for child in reversed(tree.children(branch)):  # the most probable ends on top
            if tree.is_open(child):
                to_visit.append(child)
            else:
                best = better(best, scoring.hypothesis(child))
    if best is None:
        raise nothing_complete(max_expanded, min_length)
    proved = all(scoring.bound(branch.log_prob) <= to_beat(best) for branch in to_visit)
    return ExactResult(best, expanded, proved)


def check_incumbent(incumbent: Hypothesis, max_length: int, min_length: int) -> None:
    """Raise ValueError when the incumbent is none of the sequences that are searched."""
    shortest = min_length if incumbent.finished else max_length
    if not shortest <= len(incumbent.tokens) <= max_length:
        raise ValueError(
            f"incumbent has {len(incumbent.tokens)} tokens and finished={incumbent.finished}; one "
            f"that can be searched for has {shortest} to {max_length}. "
            "Find it with the same max_length and min_length."
        )


def to_beat(best: Hypothesis | None) -> float:
    """Return the score that a finished sequence must exceed to become the best."""
    return best.score if best is not None and best.finished else -math.inf


def better(best: Hypothesis | None, other: Hypothesis) -> Hypothesis:
    """Return the one of higher rank; of equals the one that was there."""
    return other if best is None or other.rank > best.rank else best


def nothing_complete(max_expanded: int, min_length: int) -> ValueError:
    """Return the error for a search that ended before it met any complete sequence."""
    return ValueError(
        f"no sequence is complete after max_expanded = {max_expanded} prefixes. Raise it, pass the "
        f"result of beam as incumbent, or lower min_length, {min_length}, if eos must come earlier."
    )
