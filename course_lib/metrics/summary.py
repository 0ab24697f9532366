"""Many numbers as few: means by length, mean and spread over seeds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from course_lib.metrics.checks import check_pairs


@dataclass(frozen=True)
class Summary:
    """A measurement repeated with several seeds.

    spread is the sample standard deviation, with n - 1 below: how far one more run would lie from
    the mean. It is not the standard error of the mean, which is spread / sqrt(n).
    """

    mean: float
    spread: float
    low: float  # the smallest value measured
    high: float  # the largest
    n: int  # seeds

    def __str__(self) -> str:
        seen = f"{self.n} seeds, {self.low:.3f} to {self.high:.3f}"
        return f"{self.mean:.3f} ± {self.spread:.3f} ({seen})"


def mean_and_spread(values: Sequence[float]) -> Summary:
    """Summarize one measurement from two or more seeds.

    >>> str(mean_and_spread([0.60, 0.62, 0.64]))
    '0.620 ± 0.020 (3 seeds, 0.600 to 0.640)'
    """
    numbers = np.asarray(values, dtype=float)
    if numbers.ndim != 1 or numbers.size < 2:
        raise ValueError(
            f"values is {values!r}; a spread needs one number from each of at least 2 seeds."
        )
    if not np.isfinite(numbers).all():
        raise ValueError(
            f"values[{int(np.argmin(np.isfinite(numbers)))}] is not finite; look at that run "
            "before averaging."
        )
    return Summary(
        mean=float(numbers.mean()),
        spread=float(numbers.std(ddof=1)),
        low=float(numbers.min()),
        high=float(numbers.max()),
        n=numbers.size,
    )


def over_seeds(measure: Callable[[int], float], seeds: Iterable[int]) -> Summary:
    """Run an experiment once for each of two or more seeds; measure(seed) is its result.

    >>> str(over_seeds(lambda seed: 0.5 + 0.02 * seed, range(5, 8)))
    '0.620 ± 0.020 (3 seeds, 0.600 to 0.640)'

    Raises ValueError for a seed that comes twice: the same run again would hide the spread.
    """
    chosen = list(seeds)
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"seeds are {chosen}; a seed comes twice, take each only once.")
    return mean_and_spread([measure(seed) for seed in chosen])


def by_length(
    values: Sequence[float] | np.ndarray, lengths: Sequence[int], edges: Sequence[int]
) -> dict[tuple[int, int], float]:
    """Mean of the values in each band of lengths: {(1, 10): ..., (11, 20): ...} for edges 10, 20.

    A band ends with its edge, the first begins at 1; bands without a sentence are left out.
    Raises ValueError for a length outside the bands or edges that do not rise.
    """
    check_pairs(values=values, lengths=lengths)
    limits = [0, *edges]
    if any(low >= high for low, high in pairwise(limits)):
        raise ValueError(
            f"edges is {list(edges)}; each edge must be larger than the one before, from 1."
        )
    where = np.asarray(lengths)
    if where.min() < 1 or where.max() > limits[-1]:
        raise ValueError(
            f"lengths run from {where.min()} to {where.max()}, but the bands from 1 to "
            f"{limits[-1]}; add an edge."
        )
    numbers = np.asarray(values, dtype=float)
    bands = {}
    for low, high in pairwise(limits):
        inside = (where > low) & (where <= high)
        if inside.any():
            bands[low + 1, high] = float(numbers[inside].mean())
    return bands
