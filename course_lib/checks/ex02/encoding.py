"""Task 3: an encoder over a padded batch, and the context that it hands over.

Options: the mean of the states as context; and reading from the last word to the first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.plain import parts
from course_lib.checks.task import Case, Mistake, Property, Task

ARGUMENTS = ("inputs", "mask", "W_x", "W_h", "b")
NAMES = ("encoder_states", "context")
Arrays = tuple[np.ndarray, np.ndarray]
Encode = Callable[..., Arrays]


def _sentence(x: np.ndarray, W_x: np.ndarray, W_h: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return h_1 to h_S (S, H) of one sentence, h_i = tanh(x_i W_x + h_{i-1} W_h + b)."""
    h, states = np.zeros(len(b)), []
    for word in x:
        h = np.tanh(word @ W_x + h @ W_h + b)
        states.append(h)
    return np.array(states)


def _encode(backward: bool, context: Callable[[np.ndarray], np.ndarray]) -> Encode:
    """Return the encoder with this direction and this choice of context from states (S, H)."""

    def encode(inputs: np.ndarray, mask: np.ndarray, *weights: np.ndarray) -> Arrays:
        states = np.zeros((*mask.shape, len(weights[-1])))
        order = slice(None, None, -1) if backward else slice(None)
        for i, real in enumerate(mask):
            states[i, real] = _sentence(inputs[i, real][order], *weights)[order]
        chosen = [context(states[i, real]) for i, real in enumerate(mask)]
        return states, np.array(chosen)

    return encode


def _last(states: np.ndarray) -> np.ndarray:
    return states[-1]


def _first(states: np.ndarray) -> np.ndarray:
    return states[0]


def _mean(states: np.ndarray) -> np.ndarray:
    return states.mean(axis=0)


@dataclass(frozen=True)
class Form:
    """Which state is handed over, and in which direction the words are read."""

    suffix: str
    encode: Encode
    itself: str
    asked: str


LAST = Form(
    "",
    _encode(False, _last),
    "the state at the last real word",
    "The context is the state at each sentence's last real word, read from left to right.",
)
MEAN = Form(
    "/mean",
    _encode(False, _mean),
    "the mean of the states",
    "The context is the mean of the states at a sentence's real words.",
)
BACKWARD = Form(
    "/backward",
    _encode(True, _first),
    "that of an encoder which reads from the last word to the first",
    "Read from the last real word to the first; the context is the state at the first word.",
)
FORMS = (LAST, MEAN, BACKWARD)


def _through_padding(inputs: np.ndarray, mask: np.ndarray, *weights: np.ndarray) -> Arrays:
    return _encode(False, _last)(inputs, np.ones_like(mask), *weights)


def _last_column(*args: np.ndarray) -> Arrays:
    states = LAST.encode(*args)[0]
    return states, states[:, -1]


def _one_early(*args: np.ndarray) -> Arrays:
    return _encode(False, lambda states: states[-2] if len(states) > 1 else states[-1])(*args)


def _carried(inputs: np.ndarray, mask: np.ndarray, *weights: np.ndarray) -> Arrays:
    """Return what someone gets who lets the next sentence start where the last one ended."""
    states = np.zeros((*mask.shape, len(weights[-1])))
    words = _sentence(
        np.concatenate([x[real] for x, real in zip(inputs, mask, strict=True)]), *weights
    )
    states[mask] = words
    ends = np.cumsum(mask.sum(axis=1)) - 1
    return states, words[ends]


def _kept(*args: np.ndarray) -> Arrays:
    states, context = LAST.encode(*args)
    return np.where(args[1][..., None], states, context[:, None]), context


def _without_bias(inputs: np.ndarray, mask: np.ndarray, *weights: np.ndarray) -> Arrays:
    return LAST.encode(inputs, mask, *weights[:2], np.zeros_like(weights[2]))


def _without_past(inputs: np.ndarray, mask: np.ndarray, *weights: np.ndarray) -> Arrays:
    return LAST.encode(inputs, mask, weights[0], np.zeros_like(weights[1]), weights[2])


KNOWN = (
    Mistake(
        _through_padding,
        "The encoder went on through the padding. What stands there is no word, and the state after"
        " it is not that of the sentence.",
    ),
    Mistake(
        _last_column,
        "The context is taken from the last column. A shorter sentence ends before it: its last "
        "real word stands at position length - 1.",
    ),
    Mistake(_one_early, "The context is one word too early. Positions count from 0."),
    Mistake(
        _carried,
        "A sentence starts where the one before it ended. h_0 is all zeros for each sentence.",
    ),
    Mistake(
        _kept,
        "The states under the padding repeat the last real one. They belong to no word: leave 0.",
    ),
    Mistake(_without_bias, "b is missing."),
    Mistake(_without_past, "The state before is missing: each word is read as if it came first."),
)
DIRTY = {
    "NotANumber": "Under the padding stands nan here. 0 * nan is nan, so a mask can't be multiplied"
    " in: leave these positions out, or choose with np.where."
}


def _batch(rng: np.random.Generator, lengths: tuple[int, ...], E: int, H: int) -> tuple:
    mask = np.arange(max(lengths)) < np.array(lengths)[:, None]
    inputs = rng.normal(size=(*mask.shape, E))
    W_x, W_h, b = rng.normal(size=(E, H)), rng.normal(size=(H, H)), rng.normal(size=H)
    return tuple(a if a.dtype == bool else np.round(a, 2) for a in (inputs, mask, W_x, W_h, b))


def _full(rng: np.random.Generator) -> list[Case]:
    sizes = (((2,), 1, 2), ((3, 3), 3, 2), ((5, 5, 5), 5, 7))
    return [Case("encode", _batch(rng, *size)) for size in sizes]


def _padded(rng: np.random.Generator) -> list[Case]:
    sizes = (((3, 2), 1, 2), ((2, 4, 1), 3, 2), ((5, 7, 3, 2), 5, 3))
    return [Case("encode", _batch(rng, *size)) for size in sizes]


def _dirty(rng: np.random.Generator) -> list[Case]:
    cases = []
    for filling in (np.nan, 40.0):
        inputs, mask, *weights = _batch(rng, (3, 2, 4), 2, 3)
        inputs[~mask] = filling
        cases.append(Case("encode", (inputs, mask, *weights)))
    return cases


def _judge(*indices: int) -> Callable[[Any, Arrays, Case], None]:
    def judge(value: Any, expected: Arrays, case: Case) -> None:
        given = parts(value, NAMES)
        for i in indices:
            compare(array(given[i], expected[i].shape, NAMES[i]), expected[i], NAMES[i])

    return judge


def _task(form: Form) -> Task:
    others = tuple(
        Mistake(other.encode, f"This context is {other.itself}. {form.asked}")
        for other in FORMS
        if other is not form
    )
    known = (*(KNOWN if form is LAST else ()), *others)
    hints = [f"Hint {n} under the task." for n in range(5)]
    return Task(
        f"ex02.3{form.suffix}",
        "Task 3, the encoder on a batch",
        {"encode": (ARGUMENTS, form.encode)},
        (
            Property("the states, no padding", 2, _full, _judge(0), hints[1], known),
            Property("the context, with padding", 2, _padded, _judge(1), hints[2], known),
            Property("the states, 0 under the padding", 1, _padded, _judge(0), hints[3], known),
            Property(
                "what stands under the padding changes nothing, and the input stays as it was",
                2,
                _dirty,
                _judge(0, 1),
                hints[4],
                known,
                DIRTY,
                intact=True,
            ),
        ),
    )


TASK = _task(LAST)
OTHERS = (_task(MEAN), _task(BACKWARD))
