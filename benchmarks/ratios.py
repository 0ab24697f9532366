"""Ratios of alternating rounds, and how they are told."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """The median of the rounds' ratios, with the lowest and the highest of them."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


def ratio(theirs: Sequence[float], ours: Sequence[float]) -> Ratio:
    """Divide round by round: what slows the machine for a while slows both.

    Raises ValueError for no rounds, unequal numbers of them, or a time that is not above 0.
    """
    if not ours or len(theirs) != len(ours):
        raise ValueError(
            f"theirs has {len(theirs)} rounds, ours {len(ours)}; both need the same, one at least"
        )
    if min(*theirs, *ours) <= 0:
        raise ValueError("a round took no time; let each round repeat its job more often")
    rounds = [a / b for a, b in zip(theirs, ours, strict=True)]
    return Ratio(statistics.median(rounds), min(rounds), max(rounds))


def best_peer(ratios: dict[str, Ratio]) -> str:
    """Return the peer that is fastest beside us: the one with the lowest ratio."""
    return min(ratios, key=lambda name: ratios[name].median)


def growth(values: Sequence[float]) -> list[float]:
    """Return the factor from each value to the next: 2.0 each time is linear under doubling."""
    return [b / a for a, b in itertools.pairwise(values)]


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return p of value ~ size ** p over the last doubling, where fixed costs weigh least."""
    return math.log(values[-1] / values[-2]) / math.log(sizes[-1] / sizes[-2])
