"""Task 3: the loss of a padded batch and its gradient. A variant weighs the tokens differently."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.plain import parts
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.probability import log_softmax, softmax

NAMES = ("loss", "gradient")
WORDS = 4  # in the vocabulary, pad among them
Result = tuple[float, np.ndarray]
Weigh = Callable[[np.ndarray], np.ndarray]
"""weigh(mask) is the weight of each token in the loss, (B, T), 0 at padding."""

WEIGHTS: dict[str, Weigh] = {
    "": lambda mask: mask / mask.sum(),
    "sentence": lambda mask: mask / len(mask),
    "means": lambda mask: mask / mask.sum(axis=1, keepdims=True) / len(mask),
}
IS = {
    "": "This is the loss per real token, over the whole batch.",
    "sentence": "This is the loss per sentence: the sum of all tokens, divided by B.",
    "means": "This is the mean of the sentences' means, where short sentences' words weigh more.",
}
HERE = {
    "": "Here every real token weighs the same: divide by the number of real tokens.",
    "sentence": "Here a sentence costs the sum of its tokens: divide by the number of sentences.",
    "means": "Here every sentence weighs the same, whatever its length: a mean over the means.",
}


def loss_and_gradient(
    weigh: Weigh, logits: np.ndarray, tgt_out: np.ndarray, mask: np.ndarray
) -> Result:
    """Return the weighed sum of -log p(y_t) in nats, and its gradient for the logits (B, T, V).

    Source: chapter 03, equations (4) and (5).
    """
    weights = weigh(mask)
    gold = np.take_along_axis(log_softmax(logits), tgt_out[..., None], axis=-1)[..., 0]  # (B, T)
    return float(-(weights * gold).sum()), weights[..., None] * (
        softmax(logits) - _right(tgt_out, logits)
    )


def _right(tgt_out: np.ndarray, logits: np.ndarray) -> np.ndarray:
    return np.eye(logits.shape[-1])[tgt_out]  # (B, T, V)  1 at the right word


def _case(
    rng: np.random.Generator,
    lengths: tuple[int, ...],
    size: float = 1.0,
    around: float = 0.0,
    zero: bool = False,
) -> Case:
    """Return a batch of random logits. With zero, one of the words has the id 0, as padding has."""
    mask = np.arange(max(lengths)) < np.array(lengths)[:, None]  # (B, T)
    logits = around + size * rng.normal(size=(*mask.shape, WORDS)).round(2)
    tgt_out = np.where(mask, rng.integers(1, WORDS, mask.shape), 0)
    if zero:
        tgt_out[np.argmax(lengths), -1] = 0
    return Case("loss_and_gradient", (logits, tgt_out, mask))


def _full(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, lengths) for lengths in ((2,), (3, 3), (5, 5, 5))]


def _padded(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, lengths, zero=True) for lengths in ((3, 1), (2, 5, 3), (1, 7, 2, 4))]


def _large(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, lengths, size=2000.0, around=9000.0) for lengths in ((1,), (4, 4))]


def _both(value: Any, expected: Result, case: Case) -> None:
    _gradient(value, expected, case)  # nan in it says what an infinite loss comes from
    _loss(value, expected, case)


def _loss(value: Any, expected: Result, case: Case) -> None:
    compare(array(parts(value, NAMES)[0], (), "loss"), expected[0], "loss")


def _gradient(value: Any, expected: Result, case: Case) -> None:
    compare(array(parts(value, NAMES)[1], expected[1].shape, "gradient"), expected[1], "gradient")


def _by(weigh: Weigh) -> Callable[..., Result]:
    return lambda *batch: loss_and_gradient(weigh, *batch)


def _changed(weigh: Weigh, loss: Callable, gradient: Callable) -> Callable[..., Result]:
    """Return what someone returns who changes what is right by loss(x) and gradient(x, ...)."""

    def everything(logits: np.ndarray, tgt_out: np.ndarray, mask: np.ndarray) -> Result:
        right = loss_and_gradient(weigh, logits, tgt_out, mask)
        return loss(right[0]), gradient(right[1], logits, tgt_out, mask)

    return everything


def _same(x: Any, *others: Any) -> Any:
    return x


def _told_by_id(weigh: Weigh) -> Callable[..., Result]:
    def everything(logits: np.ndarray, tgt_out: np.ndarray, mask: np.ndarray) -> Result:
        mask = tgt_out != 0
        if not mask.any(axis=1).all():
            raise ValueError("mask: a sentence without a token has no loss")
        return loss_and_gradient(weigh, logits, tgt_out, mask)

    return everything


def _losses(option: str) -> tuple[Mistake, ...]:
    others = (
        Mistake(_by(weigh), f"{IS[name]} {HERE[option]}")
        for name, weigh in WEIGHTS.items()
        if name != option
    )
    return (
        Mistake(
            _changed(WEIGHTS[option], lambda x: -x, _same),
            "The sign of the loss is turned: it is minus the log-probability, 0 or more.",
        ),
        Mistake(
            _changed(WEIGHTS[option], lambda x: x / np.log(2), _same),
            "The loss is in bits. A natural logarithm gives nats.",
        ),
        Mistake(
            _by(lambda mask: 1.0 * mask), f"The loss is the sum over all tokens. {HERE[option]}"
        ),
        *others,
        Mistake(
            _by(lambda mask: np.full(mask.shape, 1 / mask.size)),
            "Padding is counted as if it were words, above and below the line.",
        ),
        Mistake(
            _by(lambda mask: mask / mask.size),
            "The sum is right, and the divisor is the number of places, B times T. Padding in the "
            "divisor makes a model look better than it is.",
        ),
        Mistake(
            _by(lambda mask: np.full(mask.shape, 1 / mask.sum())),
            "The divisor is right, and padding is in the sum.",
        ),
        Mistake(
            _told_by_id(WEIGHTS[option]),
            "Padding was recognised by its id, 0, and a word may have that id too. Ask mask.",
        ),
    )


def _gradient_by(weigh: Weigh, gradient: Callable[..., np.ndarray]) -> Callable[..., Result]:
    """Return what someone returns whose gradient is gradient(logits, truth, weights, mask)."""

    def changed(right: np.ndarray, logits: np.ndarray, tgt_out: np.ndarray, mask: np.ndarray):
        return gradient(logits, _right(tgt_out, logits), weigh(mask)[..., None], mask[..., None])

    return _changed(weigh, _same, changed)


def _gradients(option: str) -> tuple[Mistake, ...]:
    instead = partial(_gradient_by, WEIGHTS[option])
    return (
        Mistake(
            instead(lambda z, right, w, mask: w * (right - softmax(z))),
            "The sign of the gradient is turned. It is the guess minus the truth, p - right: a "
            "step against it pushes the right word up.",
        ),
        Mistake(
            instead(lambda z, right, w, mask: mask * (softmax(z) - right)),
            "Each token's gradient is there in full. The loss is divided, so its gradient is "
            "divided by the same number.",
        ),
        Mistake(
            instead(lambda z, right, w, mask: w * (z - right)),
            "The logits themselves stand in the gradient. It needs probabilities: their softmax.",
        ),
        Mistake(
            instead(lambda z, right, w, mask: w * (log_softmax(z) - right)),
            "Log-probabilities stand in the gradient. It needs the probabilities.",
        ),
        Mistake(
            instead(lambda z, right, w, mask: w * softmax(z)),
            "The truth is missing: at the right word 1 is taken off the probability.",
        ),
        Mistake(
            instead(lambda z, right, w, mask: w.max(axis=1, keepdims=True) * (softmax(z) - right)),
            "The gradient is not 0 at padding. What does not count in the loss can't be improved, "
            "so nothing there is pushed.",
        ),
        Mistake(
            instead(lambda z, right, w, mask: mask * (softmax(z) - right) / mask.size),
            "The gradient is divided by the number of places, padding counted. The loss is not.",
        ),
    )


LARGE = (
    "With logits this large the exponential is inf, and inf / inf is nan. At each place, take "
    "the largest of its logits off all of them first: the probabilities stay the same."
)
TINY = (
    "The probability of the right word was too small for a float and became 0, and its logarithm "
    "-inf. Never leave the logarithms: log p is the logit minus log of the sum of exponentials."
)


def task(option: str = "") -> Task:
    """Return the task, or with the name of an option its alternative."""
    losses, gradients = _losses(option), _gradients(option)
    infinite = Mistake(_changed(WEIGHTS[option], lambda x: np.inf, _same), TINY)
    return Task(
        f"ex03.3/{option}" if option else "ex03.3",
        "Task 3, the loss and its gradient",
        {
            "loss_and_gradient": (
                ("logits", "tgt_out", "mask"),
                lambda *batch: loss_and_gradient(WEIGHTS[option], *batch),
            )
        },
        (
            Property("the loss, no padding", 1, _full, _loss, "Hint 1 under the task.", losses),
            Property("the loss, with padding", 2, _padded, _loss, "Hint 2 under the task.", losses),
            Property(
                "the gradient, no padding", 2, _full, _gradient, "Hint 3 under the task.", gradients
            ),
            Property(
                "the gradient, with padding",
                1,
                _padded,
                _gradient,
                "Hint 3 under the task.",
                (*gradients, *losses),
            ),
            Property(
                "logits of some thousands stay finite, and the input stays as it was",
                1,
                _large,
                _both,
                "Hint 4 under the task.",
                (infinite, *losses, *gradients),
                {"NotANumber": LARGE, "OverflowError": LARGE},
                intact=True,
            ),
        ),
    )


TASK = task()
OTHERS = (task("sentence"), task("means"))
