"""Random choices, drawn from a NumPy generator many at a time."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
BLOCK = 64  # one call for many numbers: single calls would take most of the sampling time


class Dice:
    """Choices of one sentence, drawn from ``rng``."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._numbers: list[float] = []

    def uniform(self) -> float:
        """Return a number in [0, 1)."""
        if not self._numbers:
            self._numbers = self._rng.random(BLOCK).tolist()
        return self._numbers.pop()

    def chance(self, probability: float) -> bool:
        """Return True with ``probability``."""
        return self.uniform() < probability

    def pick(self, things: Sequence[T]) -> T:
        """Return one of ``things``, all equally likely."""
        return things[int(self.uniform() * len(things))]

    def weighted(self, things: Sequence[tuple[float, T]]) -> T:
        """Return one of ``things``, given as (weight, thing)."""
        left = self.uniform() * sum(weight for weight, _ in things)
        for weight, thing in things:
            left -= weight
            if left < 0:
                return thing
        return things[-1][1]
