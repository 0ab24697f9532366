"""Sampling: draw each token instead of choosing it, from the model's distribution or another.

A reshape takes log_probs (V,) and returns log_probs (V,) that sum to 1 again as probabilities.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.search.tree import Hypothesis, Step, Tree, dead_end

Reshape = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Temperature:
    """Divide log probabilities by `value`: below 1 sharper, above 1 flatter, towards 0 greedy."""

    value: float

    def __post_init__(self):
        if not 0 < self.value < np.inf:
            raise ValueError(
                f"value is {self.value}; a temperature is a number above 0. "
                "For the limit 0, always the best token, use greedy."
            )

    def __call__(self, log_probs: np.ndarray) -> np.ndarray:
        """Return log_softmax(log_probs / value)."""
        return normalized(log_probs / self.value)


@dataclass(frozen=True)
class TopK:
    """Keep the k most probable tokens (Fan, Lewis and Dauphin 2018)."""

    k: int

    def __post_init__(self):
        if self.k < 1:
            raise ValueError(f"k is {self.k}; keep at least 1 token, which is greedy.")

    def __call__(self, log_probs: np.ndarray) -> np.ndarray:
        """Return the log probabilities of the best k, of equal ones those of lower id."""
        if self.k > len(log_probs):
            raise ValueError(
                f"k is {self.k}, but the vocabulary has {len(log_probs)} tokens; "
                f"use a k up to {len(log_probs)}, or no TopK to keep all of them."
            )
        best_first = np.argsort(-log_probs, kind="stable")
        return only(log_probs, best_first[: self.k])


@dataclass(frozen=True)
class Nucleus:
    """Keep the fewest most probable tokens that hold probability p (Holtzman et al. 2020)."""

    p: float

    def __post_init__(self):
        if not 0 < self.p <= 1:
            raise ValueError(
                f"p is {self.p}; it is a share of the probability, above 0 and up to 1 (all)."
            )

    def __call__(self, log_probs: np.ndarray) -> np.ndarray:
        """Return the log probabilities of the nucleus."""
        best_first = np.argsort(-log_probs, kind="stable")
        probs = np.exp(log_probs[best_first])
        held_before = np.concatenate([[0.0], np.cumsum(probs)[:-1]])
        # A sum can round up to 1 before the last token: p = 1 keeps them all by its meaning.
        kept = best_first[held_before < self.p] if self.p < 1 else best_first
        return only(log_probs, kept)


def sample(
    step: Step,
    state: Any,
    *,
    bos: int,
    eos: int,
    max_length: int,
    rng: np.random.Generator,
    reshape: Sequence[Reshape] = (),
    min_length: int = 1,
) -> Hypothesis:
    """Draw one sequence token by token, until eos or max_length.

    Without reshape this is ancestral sampling: each sequence comes with its own probability. With
    reshape, applied in order, each token is drawn from the reshaped distribution. log_prob is the
    model's, score is the log probability under the distribution drawn from, both in nats.
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is {rng!r}; pass a generator, such as np.random.default_rng(3).")
    tree = Tree(step, state, bos, eos, max_length, min_length)
    branch, score = tree.root, 0.0
    while tree.is_open(branch):
        log_probs, state, weights = tree.next_log_probs(branch)
        if log_probs.max() == -np.inf:
            raise dead_end(branch.tokens, min_length)
        drawn_from = normalized(log_probs)  # forbidding eos, or float32, leaves a sum below 1
        for change in reshape:
            drawn_from = change(drawn_from)
        token = int(rng.choice(len(drawn_from), p=np.exp(drawn_from)))
        score += float(drawn_from[token])
        branch = tree.child(branch, token, float(log_probs[token]), state, weights)
    return Hypothesis(branch.tokens, branch.log_prob, score, branch.finished, branch.weights)


def normalized(log_probs: np.ndarray) -> np.ndarray:
    """Shift log probabilities so that the probabilities sum to 1."""
    return log_probs - np.logaddexp.reduce(log_probs)


def only(log_probs: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Give the kept token ids all of the probability."""
    reshaped = np.full_like(log_probs, -np.inf)
    reshaped[kept] = log_probs[kept]
    return normalized(reshaped)
