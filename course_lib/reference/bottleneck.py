"""The equations of chapter 04: what a context vector could hold, and what can be got out of it.

A probe is a straight-line reader. It is fitted by least squares on states and labels, and says what
is in the state for a reader that can only add and scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FLOAT_BITS = 32  # of one number as torch passes it
FLOAT_DIGITS = 7  # decimal digits that float32 holds whatever they are: 10**7 < 2**24


def bound_bits(hidden_size: int, passed: str) -> int:
    """Return the bits in the numbers that are passed: "h" is H of them, "h and C" is 2 H.

    ValueError for another state. Source: chapter 04, "How much fits?".
    """
    numbers = {"h": hidden_size, "h and C": 2 * hidden_size}
    if passed not in numbers:
        raise ValueError(f"passed is {passed!r}; say which state is passed, 'h' or 'h and C'")
    return FLOAT_BITS * numbers[passed]


def recovered_bits(log_probs: np.ndarray, symbols: int) -> float:
    """Return how many bits about a random string the decoder got out of the context.

    log_probs (N, L) are nats, of each symbol of N strings that were drawn evenly from `symbols`.
    A string has L log2(symbols) bits; the mean of -log2 q(string | c) is what the decoder still
    lacks. The difference is at most I(x; c), whatever the decoder: H(x | c) is at most its cross
    entropy (Cover and Thomas 2006, sections 2.5 and 5.4). Below 0 for a decoder worse than chance.
    """
    log_probs = np.asarray(log_probs, dtype=float)
    length = log_probs.shape[1]
    lacking = -log_probs.sum(axis=1).mean() / np.log(2)
    return float(length * np.log2(symbols) - lacking)


def pack(digits: np.ndarray) -> np.ndarray:
    """Return decimal digits as float32 numbers, 7 digits in each: a context made by hand.

    digits (n,) of 0 to 9 become (ceil(n / 7),). Source: chapter 04, "A context made by hand".
    """
    digits = np.asarray(digits)
    if digits.ndim != 1 or not np.isin(digits, np.arange(10)).all():
        raise ValueError(f"digits is {digits!r}; give one row of whole numbers from 0 to 9")
    numbers = np.zeros(-(-len(digits) // FLOAT_DIGITS), dtype=np.float32)
    for i, digit in enumerate(digits):
        k = i // FLOAT_DIGITS
        numbers[k] = 10 * numbers[k] + digit
    return numbers


def unpack(numbers: np.ndarray, length: int) -> np.ndarray:
    """Return the `length` digits that `pack` put into the numbers, (length,).

    ValueError if the numbers don't belong to that many digits.
    """
    if len(numbers) != -(-length // FLOAT_DIGITS):
        raise ValueError(f"{len(numbers)} numbers can't come from {length} digits, 7 to a number")
    digits: list[int] = []
    for k, number in enumerate(numbers):
        here = min(FLOAT_DIGITS, length - k * FLOAT_DIGITS)
        digits += [int(number) // 10**p % 10 for p in reversed(range(here))]
    return np.array(digits, dtype=int)


@dataclass(frozen=True)
class Probe:
    """A linear reader: scores = (states - centre) / scale @ weights + mean."""

    centre: np.ndarray  # (F,)
    scale: np.ndarray  # (F,)
    weights: np.ndarray  # (F, classes)
    mean: np.ndarray  # (classes,)

    def scores(self, states: np.ndarray) -> np.ndarray:
        """Return (N, classes) for states (N, F)."""
        return (states - self.centre) / self.scale @ self.weights + self.mean

    def read(self, states: np.ndarray) -> np.ndarray:
        """Return the class with the highest score for each state, (N,)."""
        return self.scores(states).argmax(axis=1)


def fit_probe(states: np.ndarray, targets: np.ndarray, strength: float = 1.0) -> Probe:
    """Fit a probe by least squares with a penalty on its weights (ridge regression).

    states (N, F); targets (N,) whole numbers are classes, (N, K) are numbers to predict. strength
    is the penalty: the weights minimise |X W - Y|^2 + strength |W|^2 (Hastie, Tibshirani, Friedman
    2009, section 3.4.1), on states scaled to mean 0 and variance 1.
    """
    states, targets = np.asarray(states, dtype=float), np.asarray(targets)
    if len(states) != len(targets):
        raise ValueError(f"there are {len(states)} states and {len(targets)} targets; give pairs")
    wanted = np.eye(targets.max() + 1)[targets] if targets.ndim == 1 else targets
    centre, scale = states.mean(axis=0), states.std(axis=0) + 1e-8
    X, mean = (states - centre) / scale, wanted.mean(axis=0)
    gram = X.T @ X + strength * np.eye(X.shape[1])  # (F, F)
    return Probe(centre, scale, np.linalg.solve(gram, X.T @ (wanted - mean)), mean)
