"""Task 4: temperature, top-k and nucleus, the distributions one draws from."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.plain import Complaint
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.probability import softmax

Change = Callable[[np.ndarray, float], np.ndarray]


def temperature(log_probs: np.ndarray, tau: float) -> np.ndarray:
    """Return softmax(log_probs / tau), (V,) to (V,). Source: chapter 06, "Sampling"."""
    return softmax(log_probs / tau)


def _kept(log_probs: np.ndarray, count: float) -> np.ndarray:
    """Return the `count` most probable words' shares, the rest 0."""
    best = np.argsort(-log_probs)[: int(count)]
    return softmax(np.where(np.isin(np.arange(log_probs.size), best), log_probs, -np.inf))


def top_k(log_probs: np.ndarray, k: int) -> np.ndarray:
    """Return the distribution over the k most probable words. Source: Fan et al. 2018."""
    return _kept(log_probs, k)


def size(log_probs: np.ndarray, p: float) -> int:
    """Return how few of the most probable words hold at least p."""
    held = np.cumsum(np.sort(np.exp(log_probs))[::-1])
    return int(np.argmax(held >= p)) + 1


def nucleus(log_probs: np.ndarray, p: float) -> np.ndarray:
    """Return the distribution over the nucleus. Source: Holtzman et al. 2020."""
    return _kept(log_probs, size(log_probs, p))


def _row(rng: np.random.Generator, V: int, lead: float = 1.0) -> np.ndarray:
    """Return log probabilities of V words in no order, no two alike; the first is not the best.

    lead makes the best word that much more probable.
    """
    shares = rng.choice(np.arange(2, 4 * V), size=V, replace=False).astype(float)
    shares[shares.argmax()] *= lead
    if shares.argmax() == 0:
        shares = shares[::-1]
    return np.log(shares / shares.sum())


def _telling(
    rng: np.random.Generator, make: Callable[[np.random.Generator], Case], mistakes: tuple
) -> Case:
    """Return a case on which no two mistakes give the same."""
    while True:
        case = make(rng)
        right = TASK.references[case.function][1](*case.args)
        found = [value for value in (_tried(m, case) for m in mistakes) if value is not None]
        wrong = [value for value in found if not np.allclose(value, right)]
        if len({tuple(np.round(value, 6)) for value in wrong}) == len(wrong):
            return case


def _tried(mistake: Mistake, case: Case) -> np.ndarray | None:
    try:
        return mistake.wrong(*case.args)
    except ValueError:
        return None  # it leaves nothing to draw from


def _temperatures(rng: np.random.Generator) -> list[Case]:
    args = [(_row(rng, V), tau) for V, tau in ((3, 0.5), (4, 2.0), (5, 0.7), (3, 1.0))]
    args.append((np.append(_row(rng, 3), -np.inf), 1.5))
    return [Case("temperature", pair) for pair in args]


def _ks(rng: np.random.Generator) -> list[Case]:
    sizes = ((4, 2), (5, 3), (5, 1))
    cases = [
        _telling(rng, lambda r, V=V, k=k: Case("top_k", (_row(r, V), k)), TOPS) for V, k in sizes
    ]
    return [*cases, Case("top_k", (_row(rng, 3), 3))]


def _between(rng: np.random.Generator, V: int, count: int, lead: float = 1.0) -> Case:
    """Return a case whose nucleus has `count` words, clear of a tie with p."""
    log_probs = _row(rng, V, lead)
    held = np.concatenate([[0.0], np.cumsum(np.sort(np.exp(log_probs))[::-1])])
    p = round(float(held[count - 1] + 0.6 * (held[count] - held[count - 1])), 3)
    return Case("nucleus", (log_probs, p))


def _nuclei(rng: np.random.Generator) -> list[Case]:
    first = _telling(rng, lambda r: _between(r, 7, 3), NUCLEI)
    return [first, _between(rng, 4, 2), _between(rng, 5, 4)]


def _sure(rng: np.random.Generator) -> list[Case]:
    # A third of 7 words are 3: one who takes p for a share of the words takes too many.
    first = _telling(rng, lambda r: _between(r, 7, 1, lead=8.0), NUCLEI)
    return [first, _between(rng, 3, 1), _between(rng, 4, 1)]


def _judge(value: Any, expected: np.ndarray, case: Case) -> None:
    right = np.asarray(expected)
    got = array(value, right.shape, "the result")
    # A mistake's value may have another sum: then it is compared number by number.
    if not np.isnan(got).any() and not np.isclose(got.sum(), 1) and np.isclose(right.sum(), 1):
        shown = np.array2string(got, precision=4, separator=", ")
        raise Complaint(
            f"Your result is {shown}, with sum {got.sum():.4g}. Probabilities sum to 1."
        )
    compare(got, right, "the result")


def _mistake(change: Change, says: str) -> Mistake:
    def wrong(log_probs: np.ndarray, setting: float) -> np.ndarray:
        with np.errstate(all="ignore"):
            return change(log_probs, setting)

    return Mistake(wrong, says)


def _unsorted(log_probs: np.ndarray, p: float) -> np.ndarray:
    """Return what adding up in the order of the vocabulary keeps."""
    held = np.cumsum(np.exp(log_probs))
    count = int(np.argmax(held >= p)) + 1
    return softmax(np.where(np.arange(log_probs.size) < count, log_probs, -np.inf))


def _flat(kept: np.ndarray) -> np.ndarray:
    return (kept > 0) / np.sum(kept > 0)


TEMPERATURES = (
    _mistake(
        lambda x, tau: softmax(x * tau),
        "This multiplies by tau. A tau below 1 should make the favourite stronger: divide.",
    ),
    _mistake(
        lambda x, tau: np.exp(x) / tau,
        "The probabilities were divided. Divide their logarithms, then make them sum to 1.",
    ),
    _mistake(
        lambda x, tau: np.exp(x / tau),
        "These are not yet divided by their sum.",
    ),
    _mistake(
        lambda x, tau: softmax(np.exp(x) / tau),
        "The softmax got probabilities. It wants their logarithms, divided by tau.",
    ),
    _mistake(
        lambda x, tau: np.log(softmax(x / tau)), "These are logarithms. Return probabilities."
    ),
    _mistake(lambda x, tau: np.exp(x), "These are the probabilities as they were. Where is tau?"),
)
TOPS = (
    _mistake(
        lambda x, k: np.where(_kept(x, k) > 0, np.exp(x), 0.0),
        "The right words are kept, with their old probabilities. Divide by their sum.",
    ),
    _mistake(
        lambda x, k: softmax(np.where(_kept(x, k) > 0, x, 0.0)),
        "The others got a log probability of 0, which is a probability of 1. Give them -inf.",
    ),
    _mistake(lambda x, k: _kept(x, k + 1), "This keeps one word too many."),
    _mistake(lambda x, k: _kept(x, k - 1), "This keeps one word too few."),
    _mistake(
        lambda x, k: softmax(np.where(_kept(-x, k) > 0, x, -np.inf)),
        "These are the least probable words. Sorting goes upwards unless told otherwise.",
    ),
    _mistake(
        lambda x, k: softmax(np.where(np.arange(x.size) < k, x, -np.inf)),
        "These are the first k of the vocabulary. Take the most probable.",
    ),
    _mistake(
        lambda x, k: _flat(_kept(x, k)),
        "The kept words are equally probable here. They keep their proportions.",
    ),
)
NUCLEI = (
    _mistake(
        lambda x, p: _kept(x, size(x, p) - 1),
        "This stops before p is reached. The word that reaches p belongs to the nucleus.",
    ),
    _mistake(lambda x, p: _kept(x, size(x, p) + 1), "This keeps one word more than p needs."),
    _mistake(
        lambda x, p: np.where(_kept(x, size(x, p)) > 0, np.exp(x), 0.0),
        "The right words are kept, with their old probabilities. Divide by their sum.",
    ),
    _mistake(
        _unsorted,
        "The probabilities were added up in the order of the vocabulary. The most probable first.",
    ),
    _mistake(
        lambda x, p: _kept(x, max(1, int(np.ceil(p * x.size)))),
        "p is taken as a share of the vocabulary. It is a share of the probability.",
    ),
    _mistake(
        lambda x, p: _flat(_kept(x, size(x, p))),
        "The kept words are equally probable here. They keep their proportions.",
    ),
)
NOTHING = (
    "Nothing is left here, and nothing divided by 0 is nan. The best word alone holds p: it is the "
    "nucleus."
)

TASK = Task(
    "ex06.4",
    "Task 4, what to draw from",
    {
        "temperature": (("log_probs", "tau"), temperature),
        "top_k": (("log_probs", "k"), top_k),
        "nucleus": (("log_probs", "p"), nucleus),
    },
    (
        Property("temperature", 2, _temperatures, _judge, "Hint 1 under the task.", TEMPERATURES),
        Property("top-k", 2, _ks, _judge, "Hint 2 under the task.", TOPS),
        Property("nucleus", 2, _nuclei, _judge, "Hint 3 under the task.", NUCLEI),
        Property(
            "a nucleus of one word",
            1,
            _sure,
            _judge,
            "Hint 3 under the task.",
            NUCLEI,
            {"NotANumber": NOTHING, "IndexError": NOTHING, "ValueError": NOTHING},
        ),
    ),
)
