"""Task 4: weights within a window, Luong's local-p."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.arrays import array
from course_lib.checks.ex05.judges import judge_array
from course_lib.checks.plain import Complaint
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.attention import local_weights
from course_lib.reference.probability import softmax

Change = Callable[[np.ndarray, np.ndarray, np.ndarray, float], np.ndarray]


def _case(rng: np.random.Generator, size: int, centre: float, window: float) -> Case:
    return Case("local_weights", (np.round(1.5 * rng.normal(size=size), 2), centre, window))


def _inside(rng: np.random.Generator) -> list[Case]:
    places = ((9, 4.4, 1.5), (7, 3.0, 2.0), (11, 5.0, 3.0))
    return [_case(rng, *place) for place in places]


def _ends(rng: np.random.Generator) -> list[Case]:
    places = ((6, 0.0, 2.0), (8, 6.7, 3.0), (4, 1.5, 20.0), (1, 0.0, 1.0))
    return [_case(rng, *place) for place in places]


def _judge_zeros(value: Any, expected: np.ndarray, case: Case) -> None:
    got = array(value, expected.shape, "weights")
    _, centre, window = case.args
    for i, (mine, right) in enumerate(zip(got, expected, strict=True)):
        where = f"Position {i} is {abs(i - centre):.3g} away from the centre {centre}"
        if right == 0 and mine != 0:
            raise Complaint(f"{where}, outside the window of {window}. Its weight is {mine:.4g}.")
        if right > 0 and mine <= 0:
            raise Complaint(f"{where}, inside the window of {window}. Its weight is {mine:.4g}.")


def _mistake(change: Change, says: str) -> Mistake:
    """Return a mistake from change(scores, distance, inside, window)."""

    def wrong(scores: np.ndarray, centre: float, window: float) -> np.ndarray:
        distance = np.arange(len(scores)) - centre
        with np.errstate(all="ignore"):
            return change(scores, distance, np.abs(distance) <= window, window)

    return Mistake(wrong, says)


def _soft(scores: np.ndarray, inside: np.ndarray) -> np.ndarray:
    return softmax(np.where(inside, scores, -np.inf))


def _bell(distance: np.ndarray, spread: float) -> np.ndarray:
    return np.exp(-(distance**2) / (2 * spread**2))


def _normal(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum()


def _around(scores: np.ndarray, distance: np.ndarray, window: float) -> np.ndarray:
    return _soft(scores, np.abs(distance) <= window) * _bell(distance, window / 2)


WINDOW = (
    _mistake(
        lambda e, d, inside, D: softmax(e) * _bell(d, D / 2),
        "The bell is there and the window is not. A bell is small far away, and never 0.",
    ),
    _mistake(
        lambda e, d, inside, D: _soft(e, np.abs(d) < D) * _bell(d, D / 2),
        "A position at exactly D from the centre belongs to the window.",
    ),
    _mistake(
        lambda e, d, inside, D: _soft(e, np.abs(d) <= D / 2) * _bell(d, D / 2),
        "The window reaches D to each side of the centre, not D in all.",
    ),
    _mistake(
        lambda e, d, inside, D: _soft(e, (d <= 0) & inside) * _bell(d, D / 2),
        "The window reaches to both sides of the centre.",
    ),
)
CENTRE = (
    _mistake(
        lambda e, d, inside, D: _around(e, np.arange(len(e)) - np.round(-d[0]), D),
        "The centre was rounded. It need not be a whole number, and the distances to it neither.",
    ),
    _mistake(
        lambda e, d, inside, D: _around(e, np.arange(len(e)) - np.floor(-d[0]), D),
        "The centre was cut to a whole number. It need not be one, and the distances neither.",
    ),
    _mistake(
        lambda e, d, inside, D: _around(e, d + 1, D),
        "The positions are counted from 1. Here they are 0 to S - 1.",
    ),
    _mistake(
        lambda e, d, inside, D: _soft(e * _bell(d, D / 2), inside),
        "The bell multiplies the scores, before the softmax. It multiplies the weights, after it.",
    ),
)
BELL = (
    *CENTRE,
    _mistake(
        lambda e, d, inside, D: softmax(e) * inside * _bell(d, D / 2),
        "The softmax went over all positions, and the window came after. The positions outside "
        "must have no share: give them a score of -inf.",
    ),
    _mistake(
        lambda e, d, inside, D: _soft(e, inside),
        "The bell is missing. Without it the place has no gradient, and can't be learned.",
    ),
    _mistake(
        lambda e, d, inside, D: _normal(_soft(e, inside) * _bell(d, D / 2)),
        "The weights were made to sum to 1 again after the bell. In local-p they are left as they "
        "are, with a sum below 1.",
    ),
    _mistake(
        lambda e, d, inside, D: _soft(e, inside) * _bell(d, D),
        "The spread of the bell is D / 2, and this is D.",
    ),
    _mistake(
        lambda e, d, inside, D: _soft(e, inside) * _bell(d, D / 2) ** 2,
        "The 2 below the fraction is missing: the exponent is -(i - p)^2 / (2 (D / 2)^2).",
    ),
    _mistake(
        lambda e, d, inside, D: _soft(e, inside) * _bell(d, np.sqrt(D / 2)),
        "The spread D / 2 has to be squared below the fraction.",
    ),
    _mistake(
        lambda e, d, inside, D: _normal(inside * _bell(d, D / 2)),
        "Only the place counts here. Where did the scores go?",
    ),
    _mistake(
        lambda e, d, inside, D: inside * np.exp(e) * _bell(d, D / 2),
        "The scores are exponentials, not yet divided by their sum.",
    ),
)
EMPTY = (
    "A slice that begins below 0 counts from the end of the array, and may be empty. Ask every "
    "position for its distance to the centre instead."
)


def _wrapped(scores: np.ndarray, centre: float, window: float) -> np.ndarray:
    """Return what someone gets whose positions below 0 count from the end."""
    places = np.arange(np.ceil(centre - window), np.floor(centre + window) + 1).astype(int)
    weights = np.zeros(len(scores))
    weights[places] = softmax(scores[places]) * _bell(places - centre, window / 2)
    return weights


ENDS = (
    *BELL,
    *WINDOW,
    Mistake(_wrapped, EMPTY),
    _mistake(lambda e, d, inside, D: 0 * e, EMPTY),
)
_JUDGE = judge_array("weights")

TASK = Task(
    "ex05.4",
    "Task 4, a window",
    {"local_weights": (("scores", "centre", "window"), local_weights)},
    (
        Property(
            "inside the window above 0, outside exactly 0",
            2,
            _inside,
            _judge_zeros,
            "Hint 1 under the task.",
            WINDOW,
        ),
        Property(
            "softmax within the window, then the bell",
            2,
            _inside,
            _JUDGE,
            "Hint 2 under the task.",
            (*BELL, *WINDOW),
        ),
        Property(
            "windows that reach beyond the sentence",
            1,
            _ends,
            _JUDGE,
            "Hint 3 under the task.",
            ENDS,
            {"ValueError": EMPTY, "IndexError": EMPTY, "NotANumber": EMPTY},
        ),
    ),
)
