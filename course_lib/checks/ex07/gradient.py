"""Task 5: a policy gradient from drawn sentences, with the other draws as baseline."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.task import Case, Mistake, Property, Task

Gradient = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def _estimate(
    baseline: Callable[[np.ndarray], Any],
    score: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda one_hot, p: one_hot - p,
    scale: Callable[[int], float] = lambda n: 1 / n,
) -> Gradient:
    """Return the mean of (r - baseline) * score, or what someone returns who changes a part."""

    def policy_gradient(p: np.ndarray, drawn: np.ndarray, rewards: np.ndarray) -> np.ndarray:
        scores = score(np.eye(len(p))[drawn], p)  # (n, N)
        return ((rewards - baseline(rewards)) @ scores) * scale(len(drawn))

    return policy_gradient


def _others(rewards: np.ndarray) -> np.ndarray:
    """Return for each draw the mean reward of the others (n,)."""
    return (rewards.sum() - rewards) / (len(rewards) - 1)


policy_gradient = _estimate(_others)
"""Source: chapter 07, equation (8), with the baseline of Kool et al. 2019."""


def _case(rng: np.random.Generator, N: int, n: int, offset: float = 0.0) -> Case:
    p = np.round(rng.dirichlet(np.ones(N)), 2)
    p[0] += 1 - p.sum()
    drawn = rng.integers(0, N, n)
    drawn[:2] = (0, 1)  # two different sentences at least
    rewards = np.round(rng.random(n), 2) + offset
    rewards[0] += 1.0
    return Case("policy_gradient", (p, drawn, rewards))


def _few(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, N, n) for N, n in ((3, 3), (4, 4), (2, 2), (7, 12))]


def _offset(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, 3, 4, offset=10.0), _case(rng, 4, 5, offset=-1000.0)]


def _judge(value: Any, expected: np.ndarray, case: Case) -> None:
    compare(array(value, expected.shape, "gradient"), expected, "gradient")


MISTAKES = (
    Mistake(
        _estimate(lambda rewards: 0.0),
        "The baseline is missing. Take off each reward the mean of the others' rewards.",
    ),
    Mistake(
        _estimate(lambda rewards: rewards.mean()),
        "The baseline is the mean of all rewards, this one included. It must not depend on the "
        "sentence it is taken off: use the mean of the others.",
    ),
    Mistake(
        _estimate(_others, scale=lambda n: 1.0),
        "This is the sum over the draws. Their mean estimates the gradient.",
    ),
    Mistake(
        _estimate(_others, scale=lambda n: 1 / (n - 1)),
        "The sum was divided by n - 1. That belongs to the baseline; the estimate is the mean over "
        "n draws.",
    ),
    Mistake(
        _estimate(_others, scale=lambda n: -1 / n),
        "The sign is turned. This is the gradient of the reward, which is to grow; a loss would be "
        "its negative.",
    ),
    Mistake(
        _estimate(_others, score=lambda one_hot, p: one_hot * (1 - p)),
        "Only the drawn sentence's logit has a slope here. The others have one too: - p.",
    ),
    Mistake(
        _estimate(_others, score=lambda one_hot, p: (one_hot @ p)[:, None] * (one_hot - p)),
        "Each draw was weighted by its probability. It was drawn as often as that already.",
    ),
)

TASK = Task(
    "ex07.5",
    "Task 5, a gradient from drawn sentences",
    {"policy_gradient": (("p", "drawn", "rewards"), policy_gradient)},
    (
        Property("the estimate", 4, _few, _judge, "Hint 1 under the task.", MISTAKES, intact=True),
        Property(
            "a constant added to all rewards changes nothing",
            2,
            _offset,
            _judge,
            "Hint 2 under the task.",
            MISTAKES,
        ),
    ),
)
