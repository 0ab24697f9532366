"""Task 5: weights against gold links, by largest weight and by alignment error rate."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, close, number, parts
from course_lib.checks.task import Case, Mistake, Property, Task

NAMES = ("accuracy", "error_rate")
Links = tuple[tuple[int, int], ...]
Pair = tuple[float, float]


def alignment(weights: np.ndarray, links: Links) -> Pair:
    """Return (accuracy, error_rate) of the largest weight of each target word, one sentence.

    weights (T, S), links (source, target). Accuracy: of the target words that have a link.
    Source: chapter 05, equation (8); Och and Ney 2003.
    """
    found = {(int(i), t) for t, i in enumerate(weights.argmax(axis=1))}
    hits = len(found & set(links))
    linked = {target for _, target in links}
    return hits / len(linked), 1 - 2 * hits / (len(found) + len(links))


def _weights(rng: np.random.Generator, T: int, S: int) -> np.ndarray:
    return np.round(rng.dirichlet(np.full(S, 0.5), size=T), 3)


def _case(
    rng: np.random.Generator, T: int, S: int, *, twice: int = 0, none: int = 0, right: float = 0.6
) -> Case:
    """Return a sentence where `none` target words have no link and `twice` have two.

    About `right` of the words read a gold position. Ties at the largest weight don't come.
    """
    while True:
        weights = _weights(rng, T, S)
        order, links = rng.permutation(T), set()
        for t in order[none:].tolist():
            read = int(weights[t].argmax())
            other = int(rng.choice([i for i in range(S) if i != read]))
            links.add((read if rng.random() < right else other, t))
        for t in order[none : none + twice].tolist():
            taken = {i for i, target in links if target == t}
            links.add((int(rng.choice([i for i in range(S) if i not in taken])), t))
        if _telling(weights, links):
            return Case("alignment", (weights, tuple(sorted(links))))


def _telling(weights: np.ndarray, links: set[tuple[int, int]]) -> bool:
    """Return whether no row has a tie and every mistake has a value of its own."""
    top_two = np.sort(weights, axis=1)[:, -2:]
    right = alignment(weights, tuple(links))
    if not ((top_two[:, 0] < top_two[:, 1]).all() and 0 < right[0] < 1):
        return False
    linked = _linked_words(links)
    same = (linked == len(weights)) + (linked == len(links))  # divisors that are no mistake here
    counts = {0: len(ACCURACY) - same} | ({} if linked == len(weights) else {1: len(ERROR)})
    for index, count in counts.items():
        found = [mistake.wrong(weights, links)[index] for mistake in (ACCURACY, ERROR)[index]]
        wrong = {round(value, 6) for value in found if not close(value, right[index])}
        if len(wrong) < count:
            return False
    return True


def _linked(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, 4, 5),
        _case(rng, 5, 4),
        _case(rng, 5, 3, twice=2),
        _case(rng, 7, 5, twice=3),
    ]


def _unlinked(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, 4, 5, none=1, twice=3),
        _case(rng, 7, 5, none=3, twice=2),
        _case(rng, 5, 7, none=2, twice=1),
    ]


def _judge(index: int) -> Callable[[Any, Any, Case], None]:
    def judge(value: Any, expected: Pair, case: Case) -> None:
        got = number(parts(value, NAMES)[index], NAMES[index])
        if not close(got, expected[index]):
            raise Complaint(
                f"{NAMES[index]}: you returned {got:.4f}, expected {expected[index]:.4f}."
            )

    return judge


Wrong = Callable[[np.ndarray, set], float]


def _either(index: int, wrong: Wrong, says: str) -> Mistake:
    """Return the mistake of someone who gets one of the two numbers by wrong(weights, links)."""

    def pair(weights: np.ndarray, links: Links) -> Pair:
        value = wrong(weights, set(links))
        return (value, -1.0) if index == 0 else (-1.0, value)

    return Mistake(pair, says)


def _hits(weights: np.ndarray, links: set) -> int:
    return sum((i, t) in links for t, i in enumerate(weights.argmax(axis=1).tolist()))


def _best_of_columns(weights: np.ndarray, links: set) -> set:
    return {(i, t) for i, t in enumerate(weights.argmax(axis=0).tolist())}


def _jaccard(weights: np.ndarray, links: set) -> float:
    hits = _hits(weights, links)
    return 1 - hits / (len(weights) + len(links) - hits)


def _swapped(links: set) -> set:
    return {(t, i) for i, t in links}


def _linked_words(links: set) -> int:
    return len({t for _, t in links})


ACCURACY = (
    _either(
        0,
        lambda w, g: _hits(w, _swapped(g)) / _linked_words(g),
        "The two numbers of a link changed places: it is (source position, target position), and "
        "weights has a row for each target word.",
    ),
    _either(
        0,
        lambda w, g: _hits(w, g) / len(w),
        "The divisor is all target words. A word without a gold link can't be right or wrong: "
        "leave it out.",
    ),
    _either(
        0,
        lambda w, g: _hits(w, g) / len(g),
        "The divisor is the number of links. 每天 has two links and is one word: count target "
        "words.",
    ),
    _either(
        0,
        lambda w, g: len(_best_of_columns(w, g) & g) / _linked_words(g),
        "This takes the largest weight of each source word, a column. Ask each row, axis=1.",
    ),
    _either(
        0,
        lambda w, g: float(sum(w[t, i] for i, t in g)) / _linked_words(g),
        "This is the weight that lies on gold links. The task asks how often the largest lies "
        "there.",
    ),
    _either(
        0,
        lambda w, g: 1 - _hits(w, g) / _linked_words(g),
        "This is the share of words that are wrong.",
    ),
)
ERROR = (
    _either(
        1,
        lambda w, g: 2 * _hits(w, g) / (len(w) + len(g)),
        "This is 1 for a perfect alignment. An error rate is 0 there: subtract it from 1.",
    ),
    _either(
        1,
        lambda w, g: 1 - _hits(w, g) / (len(w) + len(g)),
        "The 2 is missing: a link found stands in both sets.",
    ),
    _either(
        1,
        lambda w, g: 1 - _hits(w, g) / len(w),
        "This looks at the predicted links only. A gold link that was not found is an error too.",
    ),
    _either(
        1,
        lambda w, g: 1 - _hits(w, g) / len(g),
        "This looks at the gold links only. A predicted link that is not gold is an error too.",
    ),
    _either(
        1,
        _jaccard,
        "The divisor is the size of the union. Here it is the sum of the two sizes.",
    ),
    _either(
        1,
        lambda w, g: 1 - 2 * _hits(w, g) / (_linked_words(g) + len(g)),
        "Every target word predicts one link here, also a word that has no gold link.",
    ),
    _either(
        1,
        lambda w, g: 1 - 2 * _hits(w, _swapped(g)) / (len(w) + len(g)),
        "The two numbers of a link changed places: it is (source position, target position).",
    ),
)

TASK = Task(
    "ex05.5",
    "Task 5, weights against gold links",
    {"alignment": (("weights", "links"), alignment)},
    (
        Property(
            "accuracy, every word linked",
            2,
            _linked,
            _judge(0),
            "Hint 1 under the task.",
            ACCURACY,
        ),
        Property(
            "accuracy, some words without a link",
            1,
            _unlinked,
            _judge(0),
            "Hint 2 under the task.",
            ACCURACY,
        ),
        Property(
            "alignment error rate",
            2,
            _unlinked,
            _judge(1),
            "Hint 3 under the task.",
            ERROR,
        ),
    ),
)
