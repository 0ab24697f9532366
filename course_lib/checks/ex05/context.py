"""Task 3: the contexts of a padded batch, in one of two timings."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.ex05.judges import judge_part
from course_lib.checks.plain import Complaint, parts
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.probability import softmax

NAMES = ("context", "weights")
Answer = tuple[np.ndarray, np.ndarray]
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]


def contexts(queries: np.ndarray, encoder_states: np.ndarray, real: np.ndarray) -> Answer:
    """Return (context (B, T, H), weights (B, T, S)) by dot product, over the real positions.

    queries (B, T, H), encoder_states (B, S, H), real (B, S).
    Source: chapter 05, equations (1) to (3) and "Masks".
    """
    scores = queries @ encoder_states.swapaxes(1, 2)  # (B, T, S)
    weights = softmax(np.where(real[:, None], scores, -np.inf))
    return weights @ encoder_states, weights


def attend(states: np.ndarray, encoder_states: np.ndarray, mask: np.ndarray) -> Answer:
    """Return contexts in Luong's timing: row t is asked by s_t. Source: chapter 05, (4).

    states (B, T + 1, H) holds s_0 to s_T; mask True = real.
    """
    return contexts(states[:, 1:], encoder_states, mask)


def before(states: np.ndarray, encoder_states: np.ndarray, mask: np.ndarray) -> Answer:
    """Return contexts in Bahdanau's timing: row t is asked by s_(t-1). Source: chapter 05, (5)."""
    return contexts(states[:, :-1], encoder_states, mask)


def padding(states: np.ndarray, encoder_states: np.ndarray, mask: np.ndarray) -> Answer:
    """Return contexts in Luong's timing; mask True = padding, as torch's key_padding_mask."""
    return contexts(states[:, 1:], encoder_states, ~mask)


RIGHT: dict[str, Callable[..., Answer]] = {"": attend, "before": before, "padding": padding}


def _arrays(
    rng: np.random.Generator, lengths: tuple[int, ...], steps: int, size: int, extra: int = 0
) -> Arrays:
    S, B = max(lengths) + extra, len(lengths)
    real = np.arange(S) < np.array(lengths)[:, None]
    states = np.round(rng.normal(size=(B, steps + 1, size)), 2)
    offers = np.round(rng.normal(size=(B, S, size)), 2)
    return states, np.where(real[..., None], offers, 0.0), real


def _case(option: str, arrays: Arrays) -> Case:
    states, offers, real = arrays
    return Case("attend", (states, offers, ~real if option == "padding" else real))


def _one(option: str) -> Callable[[np.random.Generator], list[Case]]:
    def cases(rng: np.random.Generator) -> list[Case]:
        sizes = (((3,), 2, 2), ((4,), 1, 3), ((2, 2), 3, 5))
        return [_case(option, _arrays(rng, *size)) for size in sizes]

    return cases


def _padded(option: str) -> Callable[[np.random.Generator], list[Case]]:
    def cases(rng: np.random.Generator) -> list[Case]:
        sizes = (((3, 1), 2, 2, 1), ((2, 5, 3), 4, 3, 0), ((7, 2), 3, 5, 0))
        return [_case(option, _arrays(rng, *size)) for size in sizes]

    return cases


def _dirty(option: str) -> Callable[[np.random.Generator], list[Case]]:
    def cases(rng: np.random.Generator) -> list[Case]:
        found = []
        for size in (((3, 1), 2, 2), ((1, 4, 2), 2, 3)):
            states, offers, real = _arrays(rng, *size)
            loud = np.where(real[..., None], offers, 1e3 * rng.normal(size=offers.shape))
            found.append(_case(option, (states, np.round(loud, 2), real)))
        return found

    return cases


def _judge_context(value: Any, expected: Answer, case: Case) -> None:
    """Judge the context by the weights that came with it: it is their mixture of the states."""
    returned = parts(value, NAMES)
    context, weights = (
        array(part, right.shape, name)
        for part, name, right in zip(returned, NAMES, expected, strict=True)
    )
    if (weights < 0).any() or not np.allclose(weights.sum(axis=-1), 1, atol=1e-4):
        raise Complaint("A context is a mixture, so each row of weights must first sum to 1.")
    right, of = expected
    if np.allclose(right, of @ case.args[1]):  # a mistake's context is what it says it is
        right = weights @ case.args[1]
    compare(context, right, "context")


def _with(option: str, change: Callable[..., Answer], says: str) -> Mistake:
    """Return a mistake made with the right queries and the right reading of the mask."""

    def wrong(states: np.ndarray, encoder_states: np.ndarray, mask: np.ndarray) -> Answer:
        queries = states[:, :-1] if option == "before" else states[:, 1:]
        return change(queries, encoder_states, ~mask if option == "padding" else mask)

    return Mistake(wrong, says)


def _weights_only(weights: np.ndarray) -> Answer:
    return weights, weights  # the judge of the weights does not read the context


def _scores(queries: np.ndarray, encoder_states: np.ndarray) -> np.ndarray:
    return queries @ encoder_states.swapaxes(1, 2)


def _timing(option: str) -> Mistake:
    """Return the mistake of the other timing."""
    if option == "before":
        return Mistake(
            attend,
            "Row t is asked by s_t: Luong's timing. Here s_(t-1) asks, the old state: Bahdanau's "
            "timing.",
        )
    says = "Row t is asked by s_(t-1): Bahdanau's timing. Here s_t asks, the new state."
    if option == "padding":
        return Mistake(lambda states, reads, mask: before(states, reads, ~mask), says)
    return Mistake(before, says)


def _rows(option: str) -> tuple[Mistake, ...]:
    return (
        _timing(option),
        _with(
            option,
            lambda q, h, real: _weights_only(softmax(_scores(q, h), axis=1)),
            "Here each source position shares its weight out over the steps. Each step shares it "
            "out over the positions: the sum over S is 1.",
        ),
        _with(
            option,
            lambda q, h, real: contexts(q / np.sqrt(q.shape[-1]), h, real),
            "These are the weights of scaled dot. The task takes the plain dot product.",
        ),
        _with(
            option,
            lambda q, h, real: _weights_only(_scores(q, h)),
            "These are the scores. The weights are their softmax.",
        ),
        Mistake(
            lambda states, reads, mask: contexts(
                states, reads, ~mask if option == "padding" else mask
            ),
            "All T + 1 states ask here. One of them, at an end, asks for no word.",
        ),
        Mistake(
            lambda *arrays: RIGHT[option](*arrays)[::-1],
            "context and weights have changed places. Return (context, weights).",
        ),
    )


def _masks(option: str) -> tuple[Mistake, ...]:
    marks = "the padding" if option == "padding" else "the real words"
    turned = {"": padding, "padding": attend}.get(
        option, lambda states, reads, mask: before(states, reads, ~mask)
    )
    return (
        Mistake(turned, f"The mask is turned round: True marks {marks} here."),
        _with(
            option,
            lambda q, h, real: contexts(q, h, np.ones_like(real)),
            "The padding takes part. Its states are zeros, its scores 0, and e to the 0 is 1.",
        ),
        _with(
            option,
            lambda q, h, real: _weights_only(softmax(_scores(q, h)) * real[:, None]),
            "The padding's share was taken away after the softmax, so the rows no longer sum to 1.",
        ),
        _with(
            option,
            lambda q, h, real: contexts(q, h, np.broadcast_to(real[:1], real.shape)),
            "All sentences got the mask of the first. Sentence b has row b of the mask.",
        ),
        *_rows(option),
    )


def _mixtures(option: str) -> tuple[Mistake, ...]:
    def mean(q: np.ndarray, h: np.ndarray, real: np.ndarray) -> Answer:
        weights = contexts(q, h, real)[1]
        return np.repeat(h.mean(axis=1, keepdims=True), q.shape[1], axis=1), weights

    def largest(q: np.ndarray, h: np.ndarray, real: np.ndarray) -> Answer:
        weights = contexts(q, h, real)[1]
        return np.take_along_axis(h, weights.argmax(axis=-1)[..., None], axis=1), weights

    def asked(q: np.ndarray, h: np.ndarray, real: np.ndarray) -> Answer:
        return q, contexts(q, h, real)[1]

    return (
        _with(option, mean, "This is the plain mean of the states. Weigh each by its weight."),
        _with(option, largest, "This is the one state of the largest weight. Mix all of them."),
        _with(
            option,
            asked,
            "This is the state that asked. The context is a mixture of what the encoder offers.",
        ),
    )


LOUD = (
    "A row of weights is nan: nothing is left of the real words. The mask marks {}, and the scores "
    "under the padding are large here: taken out after the softmax, they have taken it all."
)


def _properties(option: str) -> tuple[Property, ...]:
    marks = "padding" if option == "padding" else "real words"
    nothing = {
        "NotANumber": f"A row has nothing left to read, and its softmax is nan. True marks {marks}."
    }
    weights, hint, masks = judge_part(NAMES, 1), "Hint {} under the task.", _masks(option)
    padded = _padded(option)
    return (
        Property(
            "weights without padding: the right state asks",
            2,
            _one(option),
            weights,
            hint.format(1),
            _rows(option),
            nothing,
        ),
        Property("weights with padding", 2, padded, weights, hint.format(2), masks, nothing),
        Property(
            "the context is the mixture by these weights",
            2,
            padded,
            _judge_context,
            hint.format(3),
            _mixtures(option),
            nothing,
        ),
        Property(
            "what stands in padded positions changes nothing, and the input stays as it was",
            1,
            _dirty(option),
            weights,
            hint.format(4),
            masks,
            {"NotANumber": LOUD.format(marks)},
            intact=True,
        ),
    )


def task(option: str = "") -> Task:
    """Return the task, or its alternative: the other timing, or a mask that marks padding."""
    return Task(
        "ex05.3" + (f"/{option}" if option else ""),
        "Task 3, the contexts of a batch",
        {"attend": (("states", "encoder_states", "mask"), RIGHT[option])},
        _properties(option),
    )


TASK = task()
OTHERS = (task("before"), task("padding"))
