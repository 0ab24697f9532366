"""Attention against gold links; a link is (source position, target position), both from 0."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from course_lib.metrics.checks import check_pairs

Links = AbstractSet[tuple[int, int]]


def argmax_links(weights: np.ndarray, target_length: int | None = None) -> frozenset:
    """Link each target token to the source word with its largest weight, weights (T, S).

    Only the first target_length rows are used: without it the row of eos gets a link too.
    """
    if weights.ndim != 2:
        raise ValueError(f"weights has shape {weights.shape}; it must be (T, S), one sentence's.")
    if np.isnan(weights).any():
        raise ValueError("weights has a nan, which has no largest; look for a softmax of nothing.")
    rows = weights[:target_length]
    return frozenset((int(source), t) for t, source in enumerate(rows.argmax(axis=1)))


def alignment_accuracy(weights: Sequence[np.ndarray], links: Sequence[Links]) -> float:
    """Share of linked target tokens whose largest weight lies on a source word linked to them.

    weights holds (T, S) arrays, links the gold; target tokens without a gold link do not count.
    Raises ValueError when nothing is linked, or a link lies outside its weights.
    """
    check_pairs(weights=weights, links=links)
    right = counted = 0
    for i, (one, gold) in enumerate(zip(weights, links, strict=True)):
        _check_inside(i, one, gold)
        right += len(argmax_links(one) & gold)
        counted += len({target for _, target in gold})
    if counted == 0:
        raise ValueError("links are empty for every sentence; there is nothing to be right about.")
    return right / counted


def alignment_error_rate(
    predicted: Sequence[Links],
    sure: Sequence[Links],
    possible: Sequence[Links] | None = None,
) -> float:
    """1 - (|A and S| + |A and P|) / (|A| + |S|) over the corpus: 0 is perfect, lower is better.

    A predicted, S sure, P possible links; sure links are possible ones, listed there or not, and
    without `possible` P = S. Source: Och and Ney 2003.
    """
    possible = sure if possible is None else possible
    check_pairs(predicted=predicted, sure=sure, possible=possible)
    hits = total = 0
    for found, certain, allowed in zip(predicted, sure, possible, strict=True):
        hits += len(found & certain) + len(found & (allowed | certain))
        total += len(found) + len(certain)
    if total == 0:
        raise ValueError("predicted and sure hold no link at all; the error rate has no meaning.")
    return 1 - hits / total


def _check_inside(i: int, weights: np.ndarray, links: Links) -> None:
    for source, target in links:
        if not (0 <= target < weights.shape[0] and 0 <= source < weights.shape[1]):
            raise ValueError(
                f"links[{i}] has ({source}, {target}), but weights[{i}] has {weights.shape[1]} "
                f"source words and {weights.shape[0]} target tokens. Links are (source, target), "
                "and weights must come from the sentence they belong to: decode the reference."
            )
