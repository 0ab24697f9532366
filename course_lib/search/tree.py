"""The tree of sequences that every search walks: its root is bos, its branches are prefixes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Step = Callable[[int, Any], tuple[np.ndarray, Any, np.ndarray | None]]
"""step(token, state) -> (log_probs (V,), new_state, weights (S,) or None); never changes state."""

ROUNDING = 1e-4  # a float32 log-softmax may come out this much above 0


@dataclass(frozen=True)
class Hypothesis:
    """A sequence a search returns: tokens (eos included when finished), its log_prob and score.

    log_prob is in nats; score is what the search ranked by; weights is (T, S) or None.
    """

    tokens: tuple[int, ...]
    log_prob: float
    score: float
    finished: bool
    weights: np.ndarray | None = field(default=None, compare=False, repr=False)

    @property
    def rank(self) -> tuple[bool, float]:
        """What to sort by: finished before cut off at max_length, then the higher score."""
        return self.finished, self.score


@dataclass(frozen=True)
class Branch:
    """A prefix inside a search: its tokens, its log_prob (nats) and the state that continues it."""

    tokens: tuple[int, ...]
    log_prob: float
    state: Any
    rows: tuple[np.ndarray, ...]  # attention weights (S,) of each token; none without attention
    finished: bool

    @property
    def weights(self) -> np.ndarray | None:
        """Attention weights (T, S), or None."""
        return np.stack(self.rows) if self.rows else None


@dataclass(frozen=True)
class Tree:
    """All sequences of at most max_length tokens that `step` can write from bos, eos counted.

    Before min_length tokens eos is not offered; the other log probabilities stay the model's own.
    Raises ValueError for a length that leaves nothing to search.
    """

    step: Step
    state: Any
    bos: int
    eos: int
    max_length: int
    min_length: int = 1

    def __post_init__(self):
        check_lengths(self.max_length, self.min_length)

    @property
    def root(self) -> Branch:
        """The empty prefix, of probability 1."""
        return Branch(tokens=(), log_prob=0.0, state=self.state, rows=(), finished=False)

    def is_open(self, branch: Branch) -> bool:
        """Tell whether the branch can grow: it has not met eos, nor max_length."""
        return not branch.finished and len(branch.tokens) < self.max_length

    def next_log_probs(self, branch: Branch) -> tuple[np.ndarray, Any, np.ndarray | None]:
        """Ask the model what follows: log_probs (V,), new state, weights (S,) or None."""
        last_token = branch.tokens[-1] if branch.tokens else self.bos
        log_probs, state, weights = self.step(last_token, branch.state)
        log_probs = np.array(log_probs, dtype=np.float64)  # a copy: eos may be changed below
        check_log_probs(log_probs, self.eos, branch.tokens)
        if len(branch.tokens) + 1 < self.min_length:
            log_probs[self.eos] = -np.inf
        return log_probs, state, weights

    def child(self, branch: Branch, token: int, log_prob: float, state: Any, weights) -> Branch:
        """Return the branch with one more token, of this log_prob given the branch."""
        return Branch(
            tokens=(*branch.tokens, token),
            log_prob=branch.log_prob + log_prob,
            state=state,
            rows=branch.rows if weights is None else (*branch.rows, np.asarray(weights)),
            finished=token == self.eos,
        )

    def children(self, branch: Branch, width: int | None = None) -> list[Branch]:
        """Return the possible continuations, most probable first, at most `width` of them.

        A token of probability 0 is no continuation; of two equally probable the lower id is first.
        """
        log_probs, state, weights = self.next_log_probs(branch)
        check_width(width, len(log_probs))
        best_first = np.argsort(-log_probs, kind="stable")[:width]
        return [
            self.child(branch, int(token), float(log_probs[token]), state, weights)
            for token in best_first
            if log_probs[token] > -np.inf
        ]


def dead_end(tokens: tuple[int, ...], min_length: int) -> ValueError:
    """Return the error for a search that min_length leaves without any continuation."""
    return ValueError(
        f"min_length is {min_length}, but after the tokens {tokens} nothing that long is possible. "
        "Lower min_length."
    )


def check_lengths(max_length: int, min_length: int) -> None:
    """Raise ValueError when the lengths leave nothing to search."""
    if max_length < 1:
        raise ValueError(
            f"max_length is {max_length}; it counts eos, so it must be at least 1. "
            "Twice the source length is a common choice."
        )
    if not 1 <= min_length <= max_length:
        raise ValueError(
            f"min_length is {min_length}; it must lie between 1 (eos alone) and "
            f"max_length = {max_length}. Raise max_length or lower min_length."
        )


def check_n_best(n_best: int) -> None:
    """Raise ValueError when no hypothesis is asked for."""
    if n_best < 1:
        raise ValueError(f"n_best is {n_best}; ask for at least 1 hypothesis.")


def check_width(width: int | None, vocabulary_size: int) -> None:
    """Raise ValueError when the beam is narrower than 1 or wider than the vocabulary."""
    if width is not None and not 1 <= width <= vocabulary_size:
        raise ValueError(
            f"width is {width}; the first step has {vocabulary_size} continuations to choose from, "
            f"so it must lie between 1 (greedy) and {vocabulary_size}. "
            "To keep everything at every step, use width=None in course_lib.search."
        )


def check_log_probs(log_probs: np.ndarray, eos: int, tokens: tuple[int, ...]) -> None:
    """Raise ValueError when what step returned after `tokens` is not a row of log probabilities."""
    where = f"step, called after the tokens {tokens},"
    if log_probs.ndim != 1:
        raise ValueError(
            f"{where} returned log_probs of shape {log_probs.shape}; a search reads one row (V,). "
            "Take row 0 of a batch of one, or use course_lib.batch_search for a batch."
        )
    if not 0 <= eos < len(log_probs):
        raise ValueError(
            f"eos is {eos}, but {where} returned {len(log_probs)} log probabilities; "
            f"eos must be an id from 0 to {len(log_probs) - 1}."
        )
    if np.isnan(log_probs).any():
        raise ValueError(
            f"{where} returned nan for token {int(np.isnan(log_probs).argmax())}; log "
            "probabilities are numbers up to 0, or -inf. Look for a softmax over nothing, or a "
            "training that diverged."
        )
    if log_probs.max() == -np.inf:
        raise ValueError(
            f"{where} returned -inf for every token; some token must be possible. "
            "Look for a mask that excludes everything."
        )
    if log_probs.max() > ROUNDING:
        raise ValueError(
            f"{where} returned {log_probs.max():.4g} for token {int(log_probs.argmax())}; a log "
            "probability is at most 0. If these are logits, pass them through log_softmax."
        )
