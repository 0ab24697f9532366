"""Measures of one sentence: arrays (N,), one number for each hypothesis.

Tokens are words or ids, without eos; hypotheses and references come in the same order.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence

import numpy as np

from course_lib.metrics.checks import check_pairs

Tokens = Sequence[Hashable]


def exact_match(hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> np.ndarray:
    """Tell for each hypothesis whether it equals its reference, (N,) bool."""
    check_pairs(hypotheses=hypotheses, references=references)
    return np.array([tuple(h) == tuple(r) for h, r in zip(hypotheses, references, strict=True)])


def valid(
    sources: Sequence[Tokens],
    hypotheses: Sequence[Tokens],
    is_valid: Callable[[Tokens, Tokens], bool],
) -> np.ndarray:
    """Tell for each hypothesis whether it is a right answer, (N,) bool.

    is_valid(source, hypothesis) is the task's own, such as task.is_valid of course_lib.corpora.
    """
    check_pairs(sources=sources, hypotheses=hypotheses)
    return np.array([bool(is_valid(s, h)) for s, h in zip(sources, hypotheses, strict=True)])


def token_accuracy(hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> np.ndarray:
    """Share of each reference's positions at which the hypothesis has the same token, (N,).

    A missing token is wrong; tokens beyond the reference are not counted. An empty reference is
    matched by an empty hypothesis only (1 or 0).
    """
    check_pairs(hypotheses=hypotheses, references=references)
    shares = []
    for hypothesis, reference in zip(hypotheses, references, strict=True):
        hits = _hits(hypothesis, reference)
        shares.append(np.mean(hits) if hits else float(not hypothesis))
    return np.array(shares)


def accuracy_by_position(hypotheses: Sequence[Tokens], references: Sequence[Tokens]) -> np.ndarray:
    """Share of right tokens at position 0, 1, ... of the references, (T,).

    Position t counts the references that reach it; a hypothesis that ended before is wrong there.
    """
    check_pairs(hypotheses=hypotheses, references=references)
    longest = max(len(reference) for reference in references)
    right, counted = np.zeros(longest), np.zeros(longest)
    for hypothesis, reference in zip(hypotheses, references, strict=True):
        right[: len(reference)] += _hits(hypothesis, reference)
        counted[: len(reference)] += 1
    return right / counted


def repetition(
    hypotheses: Sequence[Tokens], references: Sequence[Tokens], n: int = 1
) -> np.ndarray:
    """Share of each hypothesis's n-grams that repeat one more often than the reference does, (N,).

    What the reference repeats may be repeated as often. The first occurrence of an n-gram is no
    repetition, wrong or not. 0 for a hypothesis of fewer than n tokens.
    """
    check_pairs(hypotheses=hypotheses, references=references)
    shares = []
    for hypothesis, reference in zip(hypotheses, references, strict=True):
        written, wanted = _ngrams(hypothesis, n), _ngrams(reference, n)
        allowed = {gram: max(wanted[gram], 1) for gram in written}
        shares.append((written - Counter(allowed)).total() / max(written.total(), 1))
    return np.array(shares)


def omission(hypotheses: Sequence[Tokens], references: Sequence[Tokens], n: int = 1) -> np.ndarray:
    """Share of each reference's n-grams that the hypothesis lacks, wherever they stand, (N,).

    An n-gram the reference has twice must come twice. 0 for a reference of fewer than n tokens.
    """
    check_pairs(hypotheses=hypotheses, references=references)
    shares = []
    for hypothesis, reference in zip(hypotheses, references, strict=True):
        wanted = _ngrams(reference, n)
        shares.append((wanted - _ngrams(hypothesis, n)).total() / max(wanted.total(), 1))
    return np.array(shares)


def _hits(hypothesis: Tokens, reference: Tokens) -> list[bool]:
    return [t < len(hypothesis) and hypothesis[t] == token for t, token in enumerate(reference)]


def _ngrams(tokens: Tokens, n: int) -> Counter[tuple[Hashable, ...]]:
    if n < 1:
        raise ValueError(f"n is {n}; an n-gram has at least 1 token.")
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
