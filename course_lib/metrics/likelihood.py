"""How probable the model finds text, and whether a search missed something more probable."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.metrics.checks import check_pairs


@dataclass(frozen=True)
class CrossEntropy:
    """The mean cost of a token, eos counted, in three units of the same thing."""

    nats_per_token: float

    @property
    def bits_per_token(self) -> float:
        """Nats over ln 2."""
        return self.nats_per_token / math.log(2)

    @property
    def perplexity(self) -> float:
        """E to the nats, 2 to the bits: as unsure as among this many equally probable tokens."""
        return math.exp(self.nats_per_token)


def cross_entropy(log_probs: Sequence[float], lengths: Sequence[int]) -> CrossEntropy:
    """Mean of -log p over all tokens of a corpus, from each sentence's log_prob (nats) and length.

    Lengths count eos, as log_prob does. Long sentences weigh more: the mean is over tokens.
    """
    check_pairs(log_probs=log_probs, lengths=lengths)
    for name, numbers, allowed in (
        ("log_probs", np.asarray(log_probs) <= 0, "0 or less, in nats"),
        ("lengths", np.asarray(lengths) >= 1, "1 or more: eos counts"),
    ):
        if not numbers.all():
            wrong = int(np.argmin(numbers))
            value = {"log_probs": log_probs, "lengths": lengths}[name][wrong]
            raise ValueError(f"{name}[{wrong}] is {value}; it must be {allowed}.")
    return CrossEntropy(-math.fsum(log_probs) / sum(lengths))


def search_errors(
    found: Sequence[float], best: Sequence[float], tolerance: float = 1e-6
) -> np.ndarray:
    """Tell for each sentence whether the search missed the best score there is, (N,) bool.

    found and best are scores under one model and one length penalty; best comes from exact. Where
    best is only the score of a reference, a miss is still an error, but others may go unseen.
    """
    check_pairs(found=found, best=best)
    scores, limits = np.asarray(found, dtype=float), np.asarray(best, dtype=float)
    if np.isnan(scores).any() or np.isnan(limits).any():
        raise ValueError("found or best has a nan; compare scores, not a failed search.")
    return scores < limits - tolerance
