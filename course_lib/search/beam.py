"""Beam search: keep the K best prefixes of each length instead of one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from course_lib.search.penalties import NO_PENALTY, Coverage, LengthPenalty, Scoring
from course_lib.search.record import BeamRecord, Round, make_record
from course_lib.search.tree import Hypothesis, Step, Tree, check_n_best, dead_end


@dataclass(frozen=True)
class BeamResult:
    """The best hypotheses, best first, and the record of how they were found."""

    hypotheses: tuple[Hypothesis, ...]
    record: BeamRecord

    @property
    def best(self) -> Hypothesis:
        """The first hypothesis."""
        return self.hypotheses[0]


def beam(
    step: Step,
    state: Any,
    *,
    bos: int,
    eos: int,
    max_length: int,
    width: int | None,
    penalty: LengthPenalty = NO_PENALTY,
    coverage: Coverage | None = None,
    min_length: int = 1,
    n_best: int = 1,
) -> BeamResult:
    """Keep the `width` most probable prefixes of each length; return the n_best by score.

    Prefixes that compete have one length, so log_prob ranks them; penalty and coverage rank what is
    returned. Sequences cut off at max_length come after all finished ones. Width 1 is greedy
    search; width None keeps everything and so lists every sequence. It stops when nothing open can
    change the result (Scoring.may_stop). Raises ValueError for a width outside 1..V.
    """
    check_n_best(n_best)
    tree = Tree(step, state, bos, eos, max_length, min_length)
    scoring = Scoring(penalty, coverage, max_length)
    rounds = list(grow(tree, width, scoring, n_best))

    ended = [branch for round_ in rounds for branch in round_.finished] + rounds[-1].live
    best_first = sorted(map(scoring.hypothesis, ended), key=lambda h: h.rank, reverse=True)
    hypotheses = tuple(best_first[:n_best])
    return BeamResult(hypotheses, make_record(tree, width, scoring, rounds, hypotheses))


def grow(tree: Tree, width: int | None, scoring: Scoring, n_best: int) -> Iterator[Round]:
    """Extend the beam by one token a round, until nothing is open or nothing open matters."""
    live = [tree.root]
    finished_scores: list[float] = []
    while live and tree.is_open(live[0]):
        # No more than `width` children of one prefix can be among the `width` best of all.
        candidates = [child for branch in live for child in tree.children(branch, width)]
        if not (candidates or finished_scores):
            raise dead_end(live[0].tokens, tree.min_length)
        candidates.sort(key=lambda branch: branch.log_prob, reverse=True)
        round_ = Round(candidates, kept=len(candidates[:width]))
        yield round_
        # What ended in eos leaves the beam and is never continued.
        finished_scores += [scoring.hypothesis(branch).score for branch in round_.finished]
        live = round_.live
        if live and scoring.may_stop(finished_scores, live[0].log_prob, n_best):
            return
