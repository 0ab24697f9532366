"""Task 4's right answers: pack a batch, and put its states back in their places."""

from collections.abc import Sequence

import numpy as np

Ids = Sequence[int] | np.ndarray
Packed = tuple[list[int], list[int], list[int]]


def longest_first(lengths: Ids) -> list[int]:
    """Return the positions of the sentences, longest first, equal ones as they came."""
    return sorted(range(len(lengths)), key=lambda b: -lengths[b])


def pack(ids: np.ndarray, lengths: Ids) -> Packed:
    """Return (data, batch_sizes, order): ids (B, T) step by step, without padding.

    Source: chapter 03, "Pack: the state".
    """
    return packed(ids, lengths, longest_first(lengths))


def packed(ids: np.ndarray, lengths: Ids, order: list[int]) -> Packed:
    """Return what pack gives for sentences in this order."""
    alive = [[b for b in order if lengths[b] > t] for t in range(max(lengths))]
    data = [int(ids[b, t]) for t, here in enumerate(alive) for b in here]
    return data, [len(here) for here in alive], order


def unpack(states: np.ndarray, batch_sizes: Ids, order: Ids) -> tuple[np.ndarray, np.ndarray]:
    """Return (encoder_states, last) in the sentences' own order: (B, T, H), 0 at padding; (B, H).

    states (N, H) are packed. Source: chapter 03, equation (3).
    """
    found, last = sorted_states(states, batch_sizes)
    back = np.argsort(order)  # where each sentence stands among the sorted
    return found[back], last[back]


def sorted_states(states: np.ndarray, batch_sizes: Ids) -> tuple[np.ndarray, np.ndarray]:
    """Return (encoder_states, last) with the longest sentence first."""
    found = np.zeros((batch_sizes[0], len(batch_sizes), states.shape[1]))
    last = np.zeros((batch_sizes[0], states.shape[1]))
    start = 0
    for t, n in enumerate(batch_sizes):
        found[:n, t] = last[:n] = states[start : start + n]
        start += n
    return found, last
