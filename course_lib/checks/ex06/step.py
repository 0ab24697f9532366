"""Task 1: one step of a beam, with one of three rules for ties."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, close, kind, number, short
from course_lib.checks.task import Case, Mistake, Property, Task

Triple = tuple[float, int, int]
Order = Callable[[Triple], tuple]

ORDERS: dict[str, tuple[Order, str]] = {
    "": (lambda triple: (-triple[0], triple[1], triple[2]), "lower parent, then the lower token"),
    "token": (
        lambda triple: (-triple[0], triple[2], triple[1]),
        "lower token, then the lower parent",
    ),
    "late": (
        lambda triple: (-triple[0], -triple[1], -triple[2]),
        "higher parent, then the higher token",
    ),
}


def everything(scores: np.ndarray, log_probs: np.ndarray) -> list[Triple]:
    """Return (score, parent, token) of all K x V continuations that can come, row by row."""
    total = scores[:, None] + log_probs  # (K, V)
    return [
        (float(total[k, v]), k, v) for k, v in np.ndindex(*total.shape) if total[k, v] > -np.inf
    ]


def beam_step(option: str = "") -> Callable[..., list[Triple]]:
    """Return the reference: the `width` best continuations, best first.

    scores (K,), log_probs (K, V), width. Source: chapter 06, "A beam search in twelve lines".
    """
    order, _ = ORDERS[option]

    def right(scores: np.ndarray, log_probs: np.ndarray, width: int) -> list[Triple]:
        return sorted(everything(scores, log_probs), key=order)[:width]

    return right


def _log_probs(rng: np.random.Generator, K: int, V: int) -> np.ndarray:
    return np.round(np.log(rng.dirichlet(np.ones(V), size=K)), 3)


def _scores(rng: np.random.Generator, K: int) -> np.ndarray:
    return np.round(-np.sort(rng.exponential(1.0, size=K)), 3)


def _plain(rng: np.random.Generator) -> list[Case]:
    sizes = ((2, 3, 2), (3, 5, 4), (1, 4, 3), (5, 7, 5))  # K, V, width
    return [Case("beam_step", (*_telling(rng, K, V, width), width)) for K, V, width in sizes]


def _telling(rng: np.random.Generator, K: int, V: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and log_probs where, if K allows, the best come from several parents."""
    while True:
        scores, log_probs = rng.permutation(_scores(rng, K)), _log_probs(rng, K, V)
        best = sorted(everything(scores, log_probs), key=ORDERS[""][0])
        totals = [total for total, _, _ in best[: width + 1]]
        parents = [parent for _, parent, _ in best[:width]]
        mixed = K == 1 or 1 < len(set(parents)) < width or K == width == 2 == len(set(parents))
        if mixed and min(a - b for a, b in itertools.pairwise(totals)) > 0.01:
            return scores, log_probs


def _tied(rng: np.random.Generator) -> list[Case]:
    """Return cases in quarters, so that sums are exact, where ties decide who is kept."""
    cases = []
    for K, V, width in ((2, 2, 3), (3, 4, 5), (4, 3, 6)):
        while True:
            scores, log_probs = -rng.integers(1, 4, K) / 4, -rng.integers(1, 5, (K, V)) / 4
            kept = [beam_step(option)(scores, log_probs, width) for option in ORDERS]
            if len({tuple(sorted(triples)) for triples in kept}) == len(kept):
                break
        cases.append(Case("beam_step", (scores, log_probs, width)))
    return cases


def _impossible(rng: np.random.Generator) -> list[Case]:
    cases = []
    for K, V, width, left in ((2, 3, 5, 3), (3, 2, 6, 4), (2, 4, 9, 5)):
        log_probs = _log_probs(rng, K, V)
        log_probs.flat[rng.permutation(K * V)[left:]] = -np.inf
        cases.append(Case("beam_step", (_scores(rng, K), log_probs, width)))
    return cases


def _read(value: Any) -> list[Triple]:
    """Return the answer as triples; Complaint if it is not a list of them."""
    if type(value) not in (list, tuple):
        raise Complaint(f"The result should be a list, and a {kind(value)} came: {short(value)}.")
    triples = []
    for i, item in enumerate(value):
        if type(item) not in (list, tuple) or len(item) != 3:
            raise Complaint(
                f"Each entry should be (score, parent, token), and entry {i} is {short(item)}."
            )
        score, parent, token = (number(part, f"a number of entry {i}") for part in item)
        if parent != int(parent) or token != int(token):
            raise Complaint(f"parent and token are positions; entry {i} is {short(item)}.")
        triples.append((score, int(parent), int(token)))
    return triples


def _judge(value: Any, expected: list[Triple], case: Case) -> None:
    got = _read(value)
    right = f"expected {short(list(expected))}"
    if len(got) != len(expected):
        raise Complaint(f"You returned {len(got)} entries, {short(got)}; {right}.")
    for i, (mine, theirs) in enumerate(zip(got, expected, strict=True)):
        if mine[1:] != theirs[1:] or not close(mine[0], theirs[0]):
            raise Complaint(f"Entry {i} differs. You returned {short(got)}; {right}.")


def _by(change: Callable[[np.ndarray, np.ndarray, int], Iterable[Triple]], says: str) -> Mistake:
    return Mistake(lambda scores, log_probs, width: list(change(scores, log_probs, width)), says)


def _first(triples: Iterable[Triple]) -> list[Triple]:
    return sorted(triples, key=ORDERS[""][0])


def _of_each(scores: np.ndarray, log_probs: np.ndarray, width: int) -> list[Triple]:
    everyone = _first(everything(scores, log_probs))
    return [t for i, t in enumerate(everyone) if t[1] not in {k for _, k, _ in everyone[:i]}]


def _with_total(scores: np.ndarray, total: np.ndarray, width: int) -> list[Triple]:
    """Return the best by another total (K, V)."""
    return _first((float(total[k, v]), k, v) for k, v in np.ndindex(*total.shape))[:width]


def _wrong_rank(scores: np.ndarray, log_probs: np.ndarray, width: int) -> list[Triple]:
    ranked = _first((float(log_probs[k, v]), k, v) for k, v in np.ndindex(*log_probs.shape))
    return [(float(scores[k] + log_probs[k, v]), k, v) for _, k, v in ranked[:width]]


def _swapped(scores: np.ndarray, log_probs: np.ndarray, width: int) -> list[Triple]:
    return [(s, v, k) for s, k, v in _first(everything(scores, log_probs))[:width]]


def _unflattened(scores: np.ndarray, log_probs: np.ndarray, width: int) -> list[Triple]:
    K, V = log_probs.shape
    best = _first(everything(scores, log_probs))[:width]
    flat = [(s, k * V + v) for s, k, v in best]
    return [(s, place // K, place % K) for s, place in flat]


BEST = (
    _by(
        lambda s, p, w: _with_total(s, p, w),
        "These are ranked by the last word alone. A prefix counts with all its words: add its "
        "score.",
    ),
    _by(
        _wrong_rank,
        "The scores are right, the ranking is not: it looks at the last word alone.",
    ),
    _by(
        lambda s, p, w: _with_total(s, s[:, None] * p, w),
        "Log probabilities are added. Their product is nothing.",
    ),
    _by(
        _of_each,
        "Each prefix got one continuation. All K times V compete in one ranking, and a prefix may "
        "have several or none.",
    ),
    _by(
        lambda s, p, w: _first(t for t in everything(s, p) if t[1] == int(s.argmax()))[:w],
        "All of these continue the best prefix. The others compete too.",
    ),
    _by(
        lambda s, p, w: _first(everything(s, p))[:w][::-1],
        "The right ones, worst first. Return the best first.",
    ),
    _by(
        lambda s, p, w: _first(everything(s, p))[::-1][:w],
        "These are the worst. Sorting goes upwards unless told otherwise.",
    ),
    _by(_swapped, "Parent and token changed places: (score, parent, token)."),
    _by(
        _unflattened,
        "The flat position was taken apart with the wrong number: a row has V entries, so the "
        "parent is position // V and the token position % V.",
    ),
    _by(
        lambda s, p, w: [(float(np.exp(x)), k, v) for x, k, v in _first(everything(s, p))[:w]],
        "These are probabilities. Return log probabilities.",
    ),
)
IMPOSSIBLE = _by(
    lambda s, p, w: _with_total(s, s[:, None] + p, w),
    "A continuation of probability 0, a score of -inf, was kept. It can't come: return fewer.",
)


def _ties(option: str) -> tuple[Mistake, ...]:
    _, right = ORDERS[option]
    return tuple(
        Mistake(
            beam_step(other),
            f"Of two with the same score, this takes the {rule}. The task takes the {right}.",
        )
        for other, (_, rule) in ORDERS.items()
        if other != option
    )


def task(option: str = "") -> Task:
    """Return the task, or its alternative with another rule for ties."""
    ties = _ties(option)
    return Task(
        "ex06.1" + (f"/{option}" if option else ""),
        "Task 1, one step of a beam",
        {"beam_step": (("scores", "log_probs", "width"), beam_step(option))},
        (
            Property(
                "the best of all K times V, best first",
                2,
                _plain,
                _judge,
                "Hint 1 under the task.",
                BEST,
            ),
            Property("ties", 2, _tied, _judge, "Hint 2 under the task.", (*ties, *BEST)),
            Property(
                "what can't come is not kept",
                1,
                _impossible,
                _judge,
                "Hint 3 under the task.",
                (IMPOSSIBLE, *BEST),
            ),
        ),
    )


TASK = task()
OTHERS = (task("token"), task("late"))
