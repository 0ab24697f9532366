"""Task 2: nats per token, bits per token and perplexity of a padded batch."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, close, number, parts
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.probability import bits, log_softmax, nats_per_token, perplexity

NAMES = ("nats", "bits", "perplexity")
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]


def batch_loss(
    log_probs: np.ndarray, targets: np.ndarray, mask: np.ndarray
) -> tuple[float, float, float]:
    """Return (nats per token, bits per token, perplexity) over the real tokens of a batch.

    log_probs (B, T, V) nats, targets (B, T) ids, mask (B, T) True = real token.
    Source: chapter 01, equations (5) to (7).
    """
    nats = nats_per_token(
        [row[real] for row, real in zip(picked(log_probs, targets), mask, strict=True)]
    )
    return nats, bits(nats), perplexity(nats)


def picked(log_probs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the log-probability of every target: (B, T, V) and (B, T) to (B, T)."""
    return np.take_along_axis(log_probs, targets[..., None], axis=-1)[..., 0]


def _batch(rng: np.random.Generator, lengths: tuple[int, ...], vocabulary: int = 3) -> Arrays:
    shape = (len(lengths), max(lengths))
    log_probs = log_softmax(2 * rng.normal(size=(*shape, vocabulary)))
    mask = np.arange(shape[1]) < np.array(lengths)[:, None]
    targets = np.where(mask, rng.integers(1, vocabulary, shape), 0)  # 0 is pad
    return log_probs, targets, mask


def _full(rng: np.random.Generator) -> list[Case]:
    sizes = ((2,), (1, 1, 1), (4, 4), (7, 7, 7, 7, 7))
    return [Case("batch_loss", _batch(rng, size, 3 + i)) for i, size in enumerate(sizes)]


def _padded(rng: np.random.Generator) -> list[Case]:
    sizes = ((3, 1), (1, 2, 5), (11, 2, 3, 5, 7))
    return [Case("batch_loss", _batch(rng, size, 3 + i)) for i, size in enumerate(sizes)]


def _dirty(rng: np.random.Generator) -> list[Case]:
    cases = []
    for lengths, filling in (((3, 1), -np.inf), ((2, 4), np.nan), ((5, 3, 1), -40.0)):
        log_probs, targets, mask = _batch(rng, lengths)
        log_probs[~mask] = filling
        cases.append(Case("batch_loss", (log_probs, targets, mask)))
    return cases


def _judge(index: int) -> Callable[[Any, Any, Case], None]:
    def judge(value: Any, expected: Any, case: Case) -> None:
        got = number(parts(value, NAMES)[index], NAMES[index])
        if not close(got, expected[index]):
            raise Complaint(
                f"{NAMES[index]}: you returned {got:.4f}, expected {expected[index]:.4f}."
            )

    return judge


def _mean_of_means(nll: np.ndarray, mask: np.ndarray) -> float:
    return float(np.mean([row[m].mean() for row, m in zip(nll, mask, strict=True)]))


def _with_nats(wrong: Callable[..., float]) -> Callable[..., tuple[float, float, float]]:
    """Return what someone returns who gets nats wrong and the rest right."""

    def everything(log_probs: np.ndarray, targets: np.ndarray, mask: np.ndarray):
        nats = float(wrong(-picked(log_probs, targets), mask))
        return nats, bits(nats), perplexity(nats)

    return everything


def _from_nats(index: int, wrong: Callable[[float], float]) -> Callable[..., tuple]:
    """Return what someone returns who gets the conversion number index wrong."""

    def everything(*batch: np.ndarray):
        right = batch_loss(*batch)
        return tuple(wrong(right[0]) if i == index else x for i, x in enumerate(right))

    return everything


PADDING = (
    Mistake(
        _with_nats(lambda nll, mask: nll.mean()),
        "The padding was counted as if it were words, above and below the line. Sum over the real "
        "tokens, and divide by their number.",
    ),
    Mistake(
        _with_nats(lambda nll, mask: nll[mask].sum() / mask.size),
        "The sum is right, and the divisor is the number of cells, B times T. Divide by the number "
        "of real tokens: padding makes a model look better than it is.",
    ),
    Mistake(
        _with_nats(lambda nll, mask: nll.sum() / mask.sum()),
        "The divisor is right, and the sum still holds the padding. Take the real tokens only.",
    ),
    Mistake(
        _with_nats(lambda nll, mask: _mean_of_means(nll, mask)),
        "This is the mean of the sentences' means, where a word of a short sentence weighs more. "
        "Here every token weighs the same.",
    ),
    Mistake(
        _with_nats(lambda nll, mask: nll[mask].sum() / len(mask)),
        "This is nats per sentence. Divide by the number of real tokens.",
    ),
)
SIGN = (
    Mistake(
        _with_nats(lambda nll, mask: -nll[mask].mean()),
        "The sign is turned: a loss is the negative log-probability, 0 or more.",
    ),
    Mistake(
        _with_nats(lambda nll, mask: nll[mask].sum()),
        "This is the sum. Nats per token is the average over the real tokens.",
    ),
    Mistake(
        _with_nats(lambda nll, mask: bits(float(nll[mask].mean()))),
        "This is in bits. log_probs is in nats already: nothing to convert for the first number.",
    ),
    Mistake(
        _with_nats(lambda nll, mask: np.exp(-nll[mask]).mean()),
        "This is the mean probability. Average the log-probabilities instead.",
    ),
)
BITS = (
    Mistake(
        _from_nats(1, lambda nats: nats * math.log(2)),
        "Multiplied by ln 2 where one divides. A bit is the smaller unit, so the number of bits is "
        "the larger number.",
    ),
    Mistake(_from_nats(1, lambda nats: nats), "This is the number in nats."),
    Mistake(_from_nats(1, lambda nats: nats / math.log(10)), "This is base 10. Bits have base 2."),
)
PERPLEXITY = (
    Mistake(
        _from_nats(2, lambda nats: 2**nats),
        "The base and the unit don't fit: 2 to the number of bits, or e to the number of nats.",
    ),
    Mistake(
        _from_nats(2, lambda nats: math.exp(bits(nats))),
        "The base and the unit don't fit: e to the number of nats, or 2 to the number of bits.",
    ),
    Mistake(_from_nats(2, lambda nats: math.exp(-nats)), "Perplexity is 1 or more: e to the loss."),
)

TASK = Task(
    "ex01.2",
    "Task 2, the loss of a padded batch",
    {"batch_loss": (("log_probs", "targets", "mask"), batch_loss)},
    (
        Property("nats per token, no padding", 1, _full, _judge(0), "Hint 1 under the task.", SIGN),
        Property(
            "nats per token, with padding",
            2,
            _padded,
            _judge(0),
            "Hint 2 under the task.",
            (*PADDING, *SIGN),
        ),
        Property("bits per token", 1, _full, _judge(1), "Hint 3 under the task.", BITS),
        Property("perplexity", 1, _full, _judge(2), "Hint 3 under the task.", PERPLEXITY),
        Property(
            "what stands under the padding changes nothing, and the input stays as it was",
            1,
            _dirty,
            _judge(0),
            "Hint 4 under the task.",
            (*PADDING, *SIGN),
            {
                "NotANumber": "Under the padding stands -inf or nan here, and 0 * -inf is nan. "
                "Pick the real tokens out by the mask; don't multiply by it."
            },
            intact=True,
        ),
    ),
)
