"""How finished sequences of different lengths are compared, and when a search may stop.

score = log_prob / penalty(length) + coverage(weights)

A log probability is negative, so dividing it by a larger number moves it up, towards 0: every
penalty here grows with the length and so favours longer outputs. It "penalizes" being short.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from course_lib.search.tree import Branch, Hypothesis


class LengthPenalty(Protocol):
    """What a log probability is divided by: positive, and never falling as the length grows."""

    def __call__(self, length: int, /) -> float:
        """Return the divisor for a sequence of this many tokens, eos counted."""
        ...


@dataclass(frozen=True)
class NoPenalty:
    """Score by log probability alone: the short sequence has an advantage."""

    def __call__(self, length: int) -> float:
        """Return 1 for every length."""
        return 1.0


@dataclass(frozen=True)
class Average:
    """Score by the mean log probability of a token: nats per token, the sign turned."""

    def __call__(self, length: int) -> float:
        """Return the length."""
        return float(length)


@dataclass(frozen=True)
class Power:
    """Divide by length ** alpha: alpha 0 is NoPenalty, alpha 1 is Average."""

    alpha: float

    def __post_init__(self):
        _check_not_negative("alpha", self.alpha, "short outputs would be favoured twice")

    def __call__(self, length: int) -> float:
        """Return length ** alpha."""
        return float(length**self.alpha)


@dataclass(frozen=True)
class GNMT:
    """Divide by ((5 + length) / 6) ** alpha, milder than Power on short outputs.

    Source: Wu et al. 2016, section 7, equation 14.
    """

    alpha: float

    def __post_init__(self):
        _check_not_negative("alpha", self.alpha, "short outputs would be favoured twice")

    def __call__(self, length: int) -> float:
        """Return ((5 + length) / 6) ** alpha, which is 1 for a length of 1."""
        return float(((5 + length) / 6) ** self.alpha)


@dataclass(frozen=True)
class Coverage:
    """Add beta * sum over source words of log(min(attention it received, 1)): at most 0.

    A source word that nothing looked at costs most. Source: Wu et al. 2016, section 7, equation 14.
    """

    beta: float

    def __post_init__(self):
        _check_not_negative("beta", self.beta, "leaving source words out would be rewarded")

    def __call__(self, weights: np.ndarray | None) -> float:
        """Return the penalty of a sequence with attention weights (T, S)."""
        if weights is None:
            raise no_weights()
        received = np.minimum(weights.sum(axis=0), 1.0)
        if np.isnan(received).any():
            raise ValueError(
                f"weights have nan for source word {int(np.isnan(received).argmax())}; attention "
                "weights are from 0 to 1. Look for a softmax over nothing, or a training that "
                "diverged."
            )
        # A softmax can underflow to 0; a very large penalty still sorts and prints, -inf may not.
        return self.beta * float(np.log(np.maximum(received, np.finfo(np.float64).tiny)).sum())


NO_PENALTY = NoPenalty()


def no_weights() -> ValueError:
    """Return the error for a coverage penalty on a model without attention."""
    return ValueError(
        "coverage needs attention weights, but step returned None for them. "
        "Use a model with attention, or coverage=None."
    )


@dataclass(frozen=True)
class Scoring:
    """How one search ranks: its length penalty, its coverage penalty and its longest length.

    Raises ValueError when the penalty is not positive or falls as the length grows.
    """

    penalty: LengthPenalty
    coverage: Coverage | None
    max_length: int

    def __post_init__(self):
        check_penalty(self.penalty, self.max_length)

    def score(self, log_prob: float, length: int, weights: np.ndarray | None = None) -> float:
        """Return log_prob / penalty(length), plus coverage(weights) if there is one."""
        normalized = log_prob / self.penalty(length)
        return normalized if self.coverage is None else normalized + self.coverage(weights)

    def hypothesis(self, sequence: Branch | Hypothesis) -> Hypothesis:
        """Return the sequence as a hypothesis with the score it has here."""
        tokens, weights = sequence.tokens, sequence.weights
        score = self.score(sequence.log_prob, len(tokens), weights)
        return Hypothesis(tokens, sequence.log_prob, score, sequence.finished, weights)

    def bound(self, log_prob: float) -> float:
        """Return the highest score that any sequence with a prefix of this log_prob can reach.

        Proof. Each further token multiplies the probability by at most 1, so the whole sequence has
        a log probability of at most log_prob <= 0. Its length is at most max_length, and the
        penalty never falls with length: log_prob / penalty(length) is at most
        log_prob / penalty(max_length). Coverage adds at most 0.
        """
        return log_prob / self.penalty(self.max_length)

    def may_stop(self, finished_scores: list[float], best_open: float, n_best: int) -> bool:
        """Tell whether nothing still open can enter the best n; best_open is its highest log_prob.

        By the proof of `bound`: yes, once n finished sequences score at least the bound of the most
        probable open prefix. Without a penalty the bound is that prefix's own log_prob. With one,
        the first finished sequence proves nothing: a longer one may still pass it.
        """
        best_first = sorted(finished_scores, reverse=True)
        return len(best_first) >= n_best and best_first[n_best - 1] >= self.bound(best_open)


def check_penalty(penalty: LengthPenalty, max_length: int) -> None:
    """Raise ValueError when the penalty is no positive number, or falls as the length grows."""
    divisors = [penalty(length) for length in range(1, max_length + 1)]
    if not 0 < divisors[0] < np.inf:
        raise ValueError(
            f"penalty gives {divisors[0]} for length 1; a divisor is a number above 0. "
            "Use NoPenalty, Average, Power or GNMT."
        )
    for length, (shorter, longer) in enumerate(pairwise(divisors), start=2):
        if not shorter <= longer < np.inf:
            raise ValueError(
                f"penalty goes from {shorter:.4g} at length {length - 1} to {longer:.4g} at "
                f"length {length}; it must be a number that never falls: log probabilities are "
                "negative, so a divisor that falls punishes length. Turn its sign round."
            )


def _check_not_negative(name: str, value: float, consequence: str) -> None:
    if not (value >= 0 and np.isfinite(value)):
        raise ValueError(
            f"{name} is {value}; it must be a number from 0 up, or {consequence}. "
            "0 switches it off."
        )
