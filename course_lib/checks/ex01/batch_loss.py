"""Task 2: nats per token, bits per token and perplexity of a padded batch.

Options: nats per sentence, and the mean of the sentences' means.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, close, number, parts
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.probability import bits, log_softmax, perplexity

NAMES = ("nats", "bits", "perplexity")
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]
Average = Callable[[np.ndarray, np.ndarray], float]
"""nll (B, T) and mask (B, T) to one number."""


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


def _per_token(nll: np.ndarray, mask: np.ndarray) -> float:
    return float(nll[mask].mean())


def _per_sentence(nll: np.ndarray, mask: np.ndarray) -> float:
    return float(nll[mask].sum() / len(mask))


def _mean_of_means(nll: np.ndarray, mask: np.ndarray) -> float:
    return float(np.mean([row[m].mean() for row, m in zip(nll, mask, strict=True)]))


def _with_nats(average: Average) -> Callable[..., tuple[float, float, float]]:
    """Return (nats, bits, perplexity) of a batch with this average.

    log_probs (B, T, V) nats, targets (B, T) ids, mask (B, T) True = real token.
    Source: chapter 01, equations (5) to (7).
    """

    def everything(log_probs: np.ndarray, targets: np.ndarray, mask: np.ndarray):
        nats = float(average(-picked(log_probs, targets), mask))
        return nats, bits(nats), perplexity(nats)

    return everything


@dataclass(frozen=True)
class Form:
    """One average over a batch: what it is called, and what to say to who takes another."""

    suffix: str
    unit: str
    average: Average
    asked: str

    def not_this(self, other: "Form") -> Mistake:
        """Return the mistake of who takes another form's average where this one is asked."""
        return Mistake(_with_nats(other.average), f"This is {_IS[other.suffix]}. {self.asked}")


_IS = {
    "": "nats per token, where every real token of the batch weighs the same",
    "/sentence": "nats per sentence",
    "/means": "the mean of the sentences' means, where a word of a short sentence weighs more",
}


def _from_nats(form: Form, index: int, wrong: Callable[[float], float]) -> Callable[..., tuple]:
    """Return what someone returns who gets the conversion number index wrong."""

    def everything(*batch: np.ndarray):
        right = _with_nats(form.average)(*batch)
        return tuple(wrong(right[0]) if i == index else x for i, x in enumerate(right))

    return everything


TOKEN = Form("", "token", _per_token, "Divide by the number of real tokens.")
SENTENCE = Form("/sentence", "sentence", _per_sentence, "Divide by the number of sentences.")
MEANS = Form("/means", "token", _mean_of_means, "Here every sentence weighs the same.")
FORMS = (TOKEN, SENTENCE, MEANS)

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
)
SUM = Mistake(
    _with_nats(lambda nll, mask: nll[mask].sum()),
    "This is the sum. Nats per token is the average over the real tokens.",
)
PROBABILITY = Mistake(
    _with_nats(lambda nll, mask: np.exp(-nll[mask]).mean()),
    "This is the mean probability. Average the log-probabilities instead.",
)


def _bits(form: Form) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _from_nats(form, 1, lambda nats: nats * math.log(2)),
            "Multiplied by ln 2 where one divides. A bit is the smaller unit, so the number of "
            "bits is the larger number.",
        ),
        Mistake(_from_nats(form, 1, lambda nats: nats), "This is the number in nats."),
        Mistake(
            _from_nats(form, 1, lambda nats: nats / math.log(10)),
            "This is base 10. Bits have base 2.",
        ),
    )


def _perplexity(form: Form) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _from_nats(form, 2, lambda nats: 2**nats),
            "The base and the unit don't fit: 2 to the number of bits, or e to the number of nats.",
        ),
        Mistake(
            _from_nats(form, 2, lambda nats: math.exp(bits(nats))),
            "The base and the unit don't fit: e to the number of nats, or 2 to the number of bits.",
        ),
        Mistake(
            _from_nats(form, 2, lambda nats: math.exp(-nats)),
            "Perplexity is 1 or more: e to the loss.",
        ),
    )


def _sign(form: Form) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _with_nats(lambda nll, mask: -form.average(nll, mask)),
            "The sign is turned: a loss is the negative log-probability, 0 or more.",
        ),
        Mistake(
            _with_nats(lambda nll, mask: bits(form.average(nll, mask))),
            "This is in bits. log_probs is in nats already: nothing to convert for the first "
            "number.",
        ),
    )


DIRTY = {
    "NotANumber": "Under the padding stands -inf or nan here, and 0 * -inf is nan. Pick the real "
    "tokens out by the mask; don't multiply by it."
}


def _task(form: Form) -> Task:
    """Return the task with this average."""
    others = tuple(form.not_this(other) for other in FORMS if other is not form)
    full = (*_sign(form), *((SUM, PROBABILITY) if form is TOKEN else others))
    padded = (*(PADDING if form is TOKEN else ()), *others, *full)
    hints = [f"Hint {n} under the task." for n in range(5)]
    nats = f"nats per {form.unit}"
    return Task(
        f"ex01.2{form.suffix}",
        "Task 2, the loss of a padded batch",
        {"batch_loss": (("log_probs", "targets", "mask"), _with_nats(form.average))},
        (
            Property(f"{nats}, no padding", 1, _full, _judge(0), hints[1], full),
            Property(f"{nats}, with padding", 2, _padded, _judge(0), hints[2], padded),
            Property(
                f"bits per {form.unit}", 1, _full, _judge(1), hints[3], (*_bits(form), *others)
            ),
            Property("perplexity", 1, _full, _judge(2), hints[3], (*_perplexity(form), *others)),
            Property(
                "what stands under the padding changes nothing, and the input stays as it was",
                1,
                _dirty,
                _judge(0),
                hints[4],
                padded,
                DIRTY,
                intact=True,
            ),
        ),
    )


TASK = _task(TOKEN)
OTHERS = (_task(SENTENCE), _task(MEANS))
