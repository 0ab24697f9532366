"""Task 3: the share of right words by position, over a padded batch.

Options: the share of sentences that are right so far, and positions counted from the end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.task import Case, Mistake, Property, Task

ARGUMENTS = ("written", "gold", "mask")
Shares = Callable[..., np.ndarray]


def _each(written: np.ndarray, gold: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return ((written == gold) & mask).sum(axis=0) / mask.sum(axis=0)


def _so_far(written: np.ndarray, gold: np.ndarray, mask: np.ndarray) -> np.ndarray:
    right = np.logical_and.accumulate((written == gold) | ~mask, axis=1)
    return (right & mask).sum(axis=0) / mask.sum(axis=0)


def _from_end(written: np.ndarray, gold: np.ndarray, mask: np.ndarray) -> np.ndarray:
    right, real = np.zeros_like(mask), np.zeros_like(mask)
    for row, length in enumerate(mask.sum(axis=1)):
        right[row, :length] = (written == gold)[row, :length][::-1]
        real[row, :length] = True
    return right.sum(axis=0) / real.sum(axis=0)


@dataclass(frozen=True)
class Form:
    """What is counted at a position."""

    suffix: str
    shares: Shares
    itself: str
    asked: str


EACH = Form("", _each, "of the words at a position", "Count the words at each position alone.")
SO_FAR = Form(
    "/so_far",
    _so_far,
    "of sentences with every word right up to a position",
    "Count a sentence only while every word so far was right.",
)
FROM_END = Form(
    "/from_end",
    _from_end,
    "by the distance from each sentence's end",
    "Position 0 is each sentence's last real word, and it counts backwards.",
)
FORMS = (EACH, SO_FAR, FROM_END)

KNOWN = (
    Mistake(
        lambda written, gold, mask: _each(written, gold, gold != 0),
        "Padding was told by its id, 0. Here it has another one: the mask says which words are "
        "real.",
    ),
    Mistake(
        lambda written, gold, mask: (written == gold).mean(axis=0),
        "The padding was counted as if it were words. A position counts the sentences that have a "
        "word there.",
    ),
    Mistake(
        lambda written, gold, mask: ((written == gold) & mask).mean(axis=0),
        "The right words are counted, and divided by the number of all sentences. Divide by the "
        "number of those that have a word at this position.",
    ),
    Mistake(
        lambda written, gold, mask: ((written == gold) | ~mask).mean(axis=0),
        "Padding was counted as right, and the late positions look better than they are. Leave it "
        "out above and below the line.",
    ),
    Mistake(
        lambda written, gold, mask: 1 - _each(written, gold, mask),
        "This is the share of wrong words.",
    ),
    Mistake(
        lambda written, gold, mask: np.full(
            mask.shape[1], ((written == gold) & mask).sum() / mask.sum()
        ),
        "Every position got the share of the whole batch. Sum over the sentences, axis 0, only.",
    ),
)


def _batch(rng: np.random.Generator, lengths: tuple[int, ...], pad: int) -> tuple:
    mask = np.arange(max(lengths)) < np.array(lengths)[:, None]
    gold = np.where(mask, rng.integers(4, 30, mask.shape), pad)
    wrong = np.where(mask | (rng.random(mask.shape) < 0.5), rng.integers(30, 60, mask.shape), pad)
    written = np.where(mask & (rng.random(mask.shape) < 0.6), gold, wrong)
    return written, gold, mask


def _told_apart(rng: np.random.Generator, lengths: tuple[int, ...], pad: int = 0) -> tuple:
    """Return a batch on which the forms give different shares, and so do the mistakes."""
    for _ in range(1000):
        batch = _batch(rng, lengths, pad)
        functions = [form.shares for form in FORMS]
        if len(set(lengths)) > 1:
            functions += [mistake.wrong for mistake in KNOWN[1:4]]
        if len({shares(*batch).tobytes() for shares in functions}) == len(functions):
            return batch
    raise ValueError(f"lengths: {lengths} can't tell the forms apart")


def _full(rng: np.random.Generator) -> list[Case]:
    sizes = ((3, 3), (4, 4, 4), (7, 7, 7, 7, 7))
    return [Case("by_position", _told_apart(rng, size)) for size in sizes]


def _padded(rng: np.random.Generator) -> list[Case]:
    sizes = ((4, 2), (3, 5, 1), (2, 11, 5, 7, 3))  # the mask says what is padding, not an id
    return [Case("by_position", _told_apart(rng, s, i)) for i, s in enumerate(sizes)]


def _agreeing(rng: np.random.Generator) -> list[Case]:
    """Return batches where written and gold agree under the padding."""
    cases = []
    for size in ((4, 2), (2, 11, 5, 7, 3)):
        written, gold, mask = _told_apart(rng, size)
        cases.append(Case("by_position", (np.where(mask, written, 0), gold, mask)))
    return cases


def _judge(value: Any, expected: np.ndarray, case: Case) -> None:
    compare(array(value, expected.shape, "shares"), expected, "shares")


def _task(form: Form) -> Task:
    others = tuple(
        Mistake(other.shares, f"This is the share {other.itself}. {form.asked}")
        for other in FORMS
        if other is not form
    )
    known = (*(KNOWN if form is EACH else ()), *others)
    hints = [f"Hint {n} under the task." for n in range(4)]
    return Task(
        f"ex07.3{form.suffix}",
        "Task 3, right words by position",
        {"by_position": (ARGUMENTS, form.shares)},
        (
            Property("no padding", 2, _full, _judge, hints[1], known),
            Property("with padding", 2, _padded, _judge, hints[2], known, intact=True),
            Property(
                "where the padding agrees, nothing is won", 1, _agreeing, _judge, hints[2], known
            ),
        ),
    )


TASK = _task(EACH)
OTHERS = (_task(SO_FAR), _task(FROM_END))
