"""Task 3: an encoder that reads both ways. A variant passes another summary to the decoder."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.plain import parts
from course_lib.checks.task import Case, Mistake, Property, Task

NAMES = ("encoder_states", "context")
Lengths = np.ndarray
Result = tuple[np.ndarray, np.ndarray]
Summary = Callable[[np.ndarray], np.ndarray]
"""summary(states) makes the context (2 H,) of one sentence's real states (n, 2 H)."""


def _ends(states: np.ndarray) -> np.ndarray:
    half = states.shape[1] // 2
    return np.concatenate([states[-1, :half], states[0, half:]])


SUMMARIES: dict[str, Summary] = {
    "": _ends,
    "mean": lambda states: states.mean(axis=0),
    "max": lambda states: states.max(axis=0),
}
IS = {
    "": "This is the last state of each direction.",
    "mean": "This is the mean of a sentence's states.",
    "max": "This is the largest value of each number over a sentence's states.",
}
HERE = {
    "": "Here what passes is the last state of each direction, after it has read all words.",
    "mean": "Here what passes is the mean over the real words.",
    "max": "Here what passes is the largest value of each number over the real words.",
}


def both_ways(
    summary: Summary, forward: np.ndarray, backward: np.ndarray, lengths: Lengths
) -> Result:
    """Return (encoder_states (B, S, 2 H), 0 at padding, and context (B, 2 H)).

    forward (B, S, H) is in the order of the words, backward (B, S, H) in the order of reading, last
    word first; both have their padding on the right.
    """
    encoder_states = _turned(forward, backward, lengths)
    rows = [summary(states[:n]) for states, n in zip(encoder_states, lengths, strict=True)]
    return encoder_states, np.stack(rows)


def _turned(forward: np.ndarray, backward: np.ndarray, lengths: Lengths) -> np.ndarray:
    states = np.zeros((*forward.shape[:2], 2 * forward.shape[2]))
    for b, n in enumerate(lengths):
        states[b, :n] = np.concatenate([forward[b, :n], backward[b, :n][::-1]], axis=1)
    return states


def _case(rng: np.random.Generator, lengths: tuple[int, ...], size: int = 2) -> Case:
    """Return states that are no 0 anywhere, under the padding neither."""
    shape = (len(lengths), max(lengths), size)
    forward, backward = (rng.integers(-9, 10, shape) / 10 + 0.05 for _ in range(2))
    return Case("both_ways", (forward, backward, np.array(lengths)))


def _full(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, lengths) for lengths in ((3,), (4, 4), (5, 5, 5))]


def _padded(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, lengths, 2 + k) for k, lengths in enumerate(((3, 2), (2, 5, 3), (1, 4, 6, 3)))
    ]


def _judge(index: int) -> Callable[[Any, Result, Case], None]:
    def judge(value: Any, expected: Result, case: Case) -> None:
        given, right = parts(value, NAMES)[index], expected[index]
        compare(array(given, right.shape, NAMES[index]), right, NAMES[index])

    return judge


def _states(option: str, change: Callable[..., np.ndarray]) -> Callable[..., Result]:
    """Return what someone returns whose states are change(forward, backward, lengths)."""

    def wrong(forward: np.ndarray, backward: np.ndarray, lengths: Lengths) -> Result:
        right = both_ways(SUMMARIES[option], forward, backward, lengths)
        return change(forward, backward, lengths), right[1]

    return wrong


def _context(change: Callable[..., np.ndarray]) -> Callable[..., Result]:
    """Return what someone returns whose context is change(states, lengths), states as they are."""

    def wrong(forward: np.ndarray, backward: np.ndarray, lengths: Lengths) -> Result:
        states = _turned(forward, backward, lengths)
        return states, change(states, lengths, forward, backward)

    return wrong


def _beside(forward: np.ndarray, backward: np.ndarray, lengths: Lengths) -> np.ndarray:
    mask = np.arange(forward.shape[1]) < lengths[:, None]
    return np.concatenate([forward, backward], axis=-1) * mask[..., None]


def _whole_row(forward: np.ndarray, backward: np.ndarray, lengths: Lengths) -> np.ndarray:
    return _beside(forward, backward[:, ::-1], lengths)


def _whole_row_unmasked(forward: np.ndarray, backward: np.ndarray, lengths: Lengths) -> np.ndarray:
    return np.concatenate([forward, backward[:, ::-1]], axis=-1)


def _first_half(forward: np.ndarray, backward: np.ndarray, lengths: Lengths) -> np.ndarray:
    states = _turned(forward, backward, lengths)
    return np.roll(states, forward.shape[2], axis=-1)


def _unmasked(forward: np.ndarray, backward: np.ndarray, lengths: Lengths) -> np.ndarray:
    states = np.concatenate([forward, backward], axis=-1)
    for b, n in enumerate(lengths):
        states[b, :n, forward.shape[2] :] = backward[b, :n][::-1]
    return states


def _both_turned(forward: np.ndarray, backward: np.ndarray, lengths: Lengths) -> np.ndarray:
    states = _turned(forward, backward, lengths)
    for b, n in enumerate(lengths):
        states[b, :n] = states[b, :n][::-1]
    return states


WHOLE_ROW = (
    "The whole row was turned round, padding first. Turn the real part of each row only: a short "
    "sentence's padding stays on the right."
)


def _task_states(option: str) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _states(option, _beside),
            "The backward states stand in the order in which they were made. Beside the state of "
            "word i belongs the backward state of word i: turn them round.",
        ),
        Mistake(
            _states(option, _whole_row),
            WHOLE_ROW,
        ),
        Mistake(_states(option, _whole_row_unmasked), WHOLE_ROW),
        Mistake(
            _states(option, _first_half),
            "The halves have changed places. The forward state comes first.",
        ),
        Mistake(
            _states(option, _unmasked),
            "At padding stand states of no word. Set them to 0.",
        ),
        Mistake(
            _states(option, _both_turned),
            "The forward states were turned round and the backward ones were not. The words' own "
            "order is that of the forward states.",
        ),
    )


def _last_column(states: np.ndarray, lengths: Lengths, forward: Any, backward: Any) -> np.ndarray:
    return states[:, -1]


def _last_word(states: np.ndarray, lengths: Lengths, forward: Any, backward: Any) -> np.ndarray:
    return states[np.arange(len(lengths)), lengths - 1]


def _first_word(states: np.ndarray, lengths: Lengths, forward: Any, backward: Any) -> np.ndarray:
    return states[:, 0]


def _last_columns(states: np.ndarray, lengths: Lengths, forward: Any, backward: Any) -> np.ndarray:
    return np.concatenate([forward[:, -1], backward[:, -1]], axis=-1)


def _raw_last_column(states: np.ndarray, lengths: Lengths, forward: Any, backward: Any) -> Any:
    return np.concatenate([forward[:, -1], backward[:, 0]], axis=-1)


def _over_padding(states: np.ndarray, lengths: Lengths, forward: Any, backward: Any) -> np.ndarray:
    return states.mean(axis=1)


def _max_padding(states: np.ndarray, lengths: Lengths, forward: Any, backward: Any) -> np.ndarray:
    return states.max(axis=1)


WRONG_CONTEXTS = (
    Mistake(
        _context(_last_word),
        "The backward half is its first state: at the last word it has read one word only. "
        "Each direction is finished at its own end.",
    ),
    Mistake(
        _context(_first_word),
        "The forward half is its first state: it has read one word only. Each direction is "
        "finished at its own end.",
    ),
    Mistake(
        _context(_last_columns),
        "These are the last columns. A short sentence ended before, and what stands there "
        "belongs to no word.",
    ),
    Mistake(
        _context(_raw_last_column),
        "This is the last column of the rows. A short sentence ended before it, and what "
        "stands there belongs to no word.",
    ),
    Mistake(
        _context(_last_column),
        "This is the last column of the states: 0 for a short sentence, and for a long one the "
        "backward half has read one word only.",
    ),
)


def _halves(option: str) -> Mistake:
    def wrong(forward: np.ndarray, backward: np.ndarray, lengths: Lengths) -> Result:
        states, context = both_ways(SUMMARIES[option], forward, backward, lengths)
        return states, np.roll(context, forward.shape[2], axis=-1)

    return Mistake(wrong, "The halves of the context have changed places. Forward comes first.")


def _task_contexts(option: str) -> tuple[Mistake, ...]:
    others = tuple(
        Mistake(
            lambda *args, summary=summary: both_ways(summary, *args), f"{IS[name]} {HERE[option]}"
        )
        for name, summary in SUMMARIES.items()
        if name != option
    )
    padding = {
        "mean": Mistake(
            _context(_over_padding),
            "The mean counts padding. Divide by the length of the sentence.",
        ),
        "max": Mistake(
            _context(_max_padding),
            "Padding takes part: its 0 is larger than a negative number. Look at real words only.",
        ),
    }
    return (*others, *WRONG_CONTEXTS, _halves(option), *((padding[option],) if option else ()))


def task(option: str = "") -> Task:
    """Return the task, or with the name of an option its alternative."""
    states, contexts = _task_states(option), _task_contexts(option)
    hint = "Hint {} under the task.".format
    return Task(
        f"ex04.3/{option}" if option else "ex04.3",
        "Task 3, an encoder that reads both ways",
        {
            "both_ways": (
                ("forward", "backward", "lengths"),
                lambda *args: both_ways(SUMMARIES[option], *args),
            )
        },
        (
            Property("states, no padding", 1, _full, _judge(0), hint(1), states),
            Property(
                "states, with padding, and the input stays as it was",
                2,
                _padded,
                _judge(0),
                hint(2),
                states,
                intact=True,
            ),
            Property(
                "what passes to the decoder, no padding", 1, _full, _judge(1), hint(3), contexts
            ),
            Property(
                "what passes to the decoder, with padding",
                2,
                _padded,
                _judge(1),
                hint(3),
                contexts,
            ),
        ),
    )


TASK = task()
OTHERS = (task("mean"), task("max"))
