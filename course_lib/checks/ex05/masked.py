"""Task 1: the softmax of a padded batch of scores."""

from collections.abc import Callable

import numpy as np

from course_lib.checks.ex05.judges import judge_array
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.probability import log_softmax, softmax


def masked_softmax(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return weights (B, S): softmax of each row where mask is True, 0 elsewhere.

    scores (B, S), mask (B, S) True = real. Source: chapter 05, equation (2) and "Masks".
    """
    return softmax(np.where(mask, scores, -np.inf))


def _batch(
    rng: np.random.Generator, lengths: tuple[int, ...], extra: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return (scores, mask), padded to the longest length and `extra` positions more."""
    mask = np.arange(max(lengths) + extra) < np.array(lengths)[:, None]
    scores = np.round(1.5 * rng.normal(size=mask.shape), 2)
    return np.where(mask, scores, 0.0), mask


def _full(rng: np.random.Generator) -> list[Case]:
    sizes = ((3,), (2, 2), (5, 5, 5), (1, 1))
    return [Case("masked_softmax", _batch(rng, lengths)) for lengths in sizes]


def _padded(rng: np.random.Generator) -> list[Case]:
    sizes = (((3, 2), 1), ((1, 4, 2), 0), ((7, 3, 5, 2, 1), 0))
    return [Case("masked_softmax", _batch(rng, *size)) for size in sizes]


def _large(rng: np.random.Generator) -> list[Case]:
    """Return scores in quarters, which a float of 32 bits holds too, of some thousand."""
    sizes = (
        ((3, 3), (1e3, 1e3)),
        ((4, 2), (1e3, 1e3)),
        ((2, 3), (-1e3, -1e3)),
        ((3, 2), (2e3, -2e3)),
    )
    cases = []
    for lengths, levels in sizes:
        scores, mask = _batch(rng, lengths)
        scores = np.round(4 * scores) / 4 + np.array(levels)[:, None]
        cases.append(Case("masked_softmax", (np.where(mask, scores, 0.0), mask)))
    return cases


def _dirty(rng: np.random.Generator) -> list[Case]:
    cases = []
    for lengths, filling in (((2, 4), 50.0), ((3, 1), np.nan), ((3, 2, 1), np.inf)):
        scores, mask = _batch(rng, lengths)
        scores[~mask] = filling
        cases.append(Case("masked_softmax", (scores, mask)))
    return cases


def _mistake(change: Callable[[np.ndarray, np.ndarray], np.ndarray], says: str) -> Mistake:
    """Return a mistake that is tried without NumPy's warnings: it may divide by 0."""

    def wrong(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return change(scores, mask)

    return Mistake(wrong, says)


def _shares(numbers: np.ndarray) -> np.ndarray:
    return numbers / numbers.sum(axis=-1, keepdims=True)


def _one_hot(scores: np.ndarray) -> np.ndarray:
    return np.eye(scores.shape[-1])[scores.argmax(axis=-1)]


ROWS = (
    _mistake(
        lambda scores, mask: softmax(np.where(mask, scores, -np.inf), axis=0),
        "Here each column sums to 1. A sentence is a row: sum over its positions, axis=-1.",
    ),
    _mistake(
        lambda scores, mask: np.exp(scores) * mask / np.exp(scores)[mask].sum(),
        "Here the whole batch sums to 1. Each sentence has weights of its own, with sum 1.",
    ),
    _mistake(
        lambda scores, mask: np.exp(np.where(mask, scores, -np.inf)),
        "These are the exponentials. Divide each by the sum of its row.",
    ),
    _mistake(
        lambda scores, mask: log_softmax(np.where(mask, scores, -np.inf)),
        "These are the logarithms of the weights.",
    ),
    _mistake(
        lambda scores, mask: _shares(np.where(mask, scores, 0.0)),
        "These are shares of the scores themselves. Take the exponential first: scores may be "
        "negative, weights may not.",
    ),
    _mistake(
        lambda scores, mask: _one_hot(np.where(mask, scores, -np.inf)),
        "This gives everything to the largest score. Softmax gives something to every real word.",
    ),
)
PADDING = (
    _mistake(
        lambda scores, mask: softmax(scores),
        "The padding took a share. A score of 0 is not a weight of 0: e to the 0 is 1.",
    ),
    _mistake(
        lambda scores, mask: softmax(scores) * mask,
        "The padding's share was taken away after the softmax, so the row no longer sums to 1. "
        "Take the padding out before.",
    ),
    _mistake(
        lambda scores, mask: softmax(scores * mask),
        "The padding's score was set to 0, and e to the 0 is 1. The score that gives a weight of "
        "0 is -inf.",
    ),
    _mistake(
        lambda scores, mask: softmax(np.where(mask, -np.inf, scores)),
        "The mask is turned round: True marks the real words here.",
    ),
    _mistake(
        lambda scores, mask: np.where(mask, 1.0, 0.0) / mask.sum(axis=-1, keepdims=True),
        "Every real word has the same weight here. Where did the scores go?",
    ),
)
LOW = tuple(
    _mistake(
        lambda scores, mask, low=low: softmax(np.where(mask, scores, low)),
        "The padding's score is not low enough: real scores are as low here, or lower, and the "
        "padding took their weight. -inf is below them all.",
    )
    for low in (-100.0, -1000.0)
)
OVERFLOW = (
    "The exponential of 1000 is too large for a float, and that of -1000 is 0. Subtract the "
    "largest real score of the row first: the weights stay the same."
)
NOTHING = (
    "A row has nothing left, and the softmax of nothing is nan. True marks the real words, and "
    "every sentence has one."
)
REACHED = (
    "What stands under the padding reached the result: 0 * nan and 0 * inf are nan. Put -inf "
    "there first, in a new array: np.where(mask, scores, -np.inf)."
)
_JUDGE = judge_array("weights")

TASK = Task(
    "ex05.1",
    "Task 1, softmax with a mask",
    {"masked_softmax": (("scores", "mask"), masked_softmax)},
    (
        Property(
            "weights of sentences without padding",
            1,
            _full,
            _JUDGE,
            "Hint 1 under the task.",
            ROWS,
            {"NotANumber": NOTHING},
        ),
        Property(
            "padding gets exactly 0, and each row sums to 1",
            2,
            _padded,
            _JUDGE,
            "Hint 2 under the task.",
            (*PADDING, *ROWS),
            {"NotANumber": NOTHING},
        ),
        Property(
            "large scores",
            1,
            _large,
            _JUDGE,
            "Hint 3 under the task.",
            (*LOW, *PADDING, *ROWS),
            {"NotANumber": OVERFLOW},
        ),
        Property(
            "what stands under the padding changes nothing, and the input stays as it was",
            2,
            _dirty,
            _JUDGE,
            "Hint 4 under the task.",
            (*PADDING, *ROWS),
            {"NotANumber": REACHED},
            intact=True,
        ),
    ),
)
