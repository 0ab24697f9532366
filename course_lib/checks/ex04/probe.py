"""Task 5: a linear probe by least squares. A variant weighs or scales otherwise."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.plain import Complaint
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.probability import softmax

Solve = Callable[[np.ndarray, np.ndarray, float], np.ndarray]
"""solve(X, Y, strength) is the weights (F, K) for centred states (N, F) and targets (N, K)."""


def _ridge(X: np.ndarray, Y: np.ndarray, strength: float) -> np.ndarray:
    return np.linalg.solve(X.T @ X + strength * np.eye(X.shape[1]), X.T @ Y)


def _scaled(X: np.ndarray, Y: np.ndarray, strength: float) -> np.ndarray:
    scale = X.std(axis=0)
    return _ridge(X / scale, Y, strength) / scale[:, None]


SOLVERS: dict[str, Solve] = {
    "": _ridge,
    "mean": lambda X, Y, strength: _ridge(X, Y, strength * len(X)),
    "scaled": _scaled,
}
IS = {
    "": "This is the penalty on the sum of squares, on states as they are.",
    "mean": "This is the penalty on the mean of squares: N times as strong.",
    "scaled": "The states were divided by their standard deviations before the penalty.",
}
HERE = {
    "": "Here strength stands beside the sum of squares, and the states are only centred.",
    "mean": "Here strength stands beside the mean of squares, so beside the sum it counts N times.",
    "scaled": "Here the states are divided by their standard deviations first.",
}


def probe_scores(
    solve: Solve, states: np.ndarray, labels: np.ndarray, strength: float, new: np.ndarray
) -> np.ndarray:
    """Return the scores (M, K) of new states (M, F), by least squares on states (N, F).

    labels (N,) hold 0 to K - 1. Source: chapter 04, equation (5).
    """
    Y = np.eye(labels.max() + 1)[labels]  # (N, K)
    centre, mean = states.mean(axis=0), Y.mean(axis=0)
    return (new - centre) @ solve(states - centre, Y - mean, strength) + mean


def _case(
    rng: np.random.Generator, size: tuple[int, int, int], strength: float, new: int = 0
) -> Case:
    """Return a case with size (N, F, K); new states are others, or with new = 0 the same."""
    N, F, K = size
    labels = rng.permutation(np.arange(N) % K)
    scale = np.array([0.5, 1.0, 2.0, 3.0, 0.7, 1.5])[:F]  # no two numbers have the same spread
    states = (rng.normal(size=(N, F)) * scale + 0.8 * labels[:, None] + 1).round(2)
    others = (rng.normal(size=(new, F)) * scale + 2).round(2) if new else states
    return Case("probe_scores", (states, labels, strength, others))


def _fitted(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, (6, 2, 2), 0.0), _case(rng, (11, 3, 4), 0.0)]


def _fresh(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, (7, 2, 3), 0.0, new=3), _case(rng, (13, 4, 3), 0.0, new=5)]


def _penalty(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, (7, 2, 3), 4.0), _case(rng, (10, 3, 2), 2.5)]


def _wide(rng: np.random.Generator) -> list[Case]:
    case = _case(rng, (4, 6, 2), 0.7, new=2)
    case.args[0][:, 5] = case.args[0][:, 0]  # so that X'X is singular to the last digit
    return [case]


def _judge(value: Any, expected: np.ndarray, case: Case) -> None:
    try:
        got = array(value, expected.shape, "scores")
    except Complaint as complaint:
        M, K = expected.shape
        raise Complaint(
            f"{complaint} One row a new state ({M}), one column a label ({K})."
        ) from None
    compare(got, expected, "scores")


def _no_mean(solve: Solve) -> Callable[..., np.ndarray]:
    def wrong(states: np.ndarray, labels: np.ndarray, strength: float, new: np.ndarray):
        Y = np.eye(labels.max() + 1)[labels]
        return new @ solve(states, Y, strength)

    return wrong


def _not_added(solve: Solve) -> Callable[..., np.ndarray]:
    def wrong(states: np.ndarray, labels: np.ndarray, strength: float, new: np.ndarray):
        mean = np.eye(labels.max() + 1)[labels].mean(axis=0)
        return probe_scores(solve, states, labels, strength, new) - mean

    return wrong


def _own_mean(solve: Solve) -> Callable[..., np.ndarray]:
    def wrong(states: np.ndarray, labels: np.ndarray, strength: float, new: np.ndarray):
        moved = new - new.mean(axis=0) + states.mean(axis=0)
        return probe_scores(solve, states, labels, strength, moved)

    return wrong


def _not_centred_new(solve: Solve) -> Callable[..., np.ndarray]:
    def wrong(states: np.ndarray, labels: np.ndarray, strength: float, new: np.ndarray):
        return probe_scores(solve, states, labels, strength, new + states.mean(axis=0))

    return wrong


def _strength(solve: Solve, change: Callable[[float], float]) -> Callable[..., np.ndarray]:
    return lambda states, labels, strength, new: probe_scores(
        solve, states, labels, change(strength), new
    )


def _penalised_mean(solve: Solve) -> Callable[..., np.ndarray]:
    """Return what someone gets who adds a column of ones and puts the penalty on it too."""

    def wrong(states: np.ndarray, labels: np.ndarray, strength: float, new: np.ndarray):
        Y = np.eye(labels.max() + 1)[labels]
        ones, others = np.ones((len(states), 1)), np.ones((len(new), 1))
        return np.hstack([new, others]) @ _ridge(np.hstack([states, ones]), Y, strength)

    return wrong


def _everywhere(X: np.ndarray, Y: np.ndarray, strength: float) -> np.ndarray:
    return np.linalg.solve(X.T @ X + strength, X.T @ Y)


def _not_centred(solve: Solve) -> Callable[..., np.ndarray]:
    def wrong(states: np.ndarray, labels: np.ndarray, strength: float, new: np.ndarray):
        Y = np.eye(labels.max() + 1)[labels]
        return new @ solve(states, Y - Y.mean(axis=0), strength) + Y.mean(axis=0)

    return wrong


def _as_probabilities(solve: Solve) -> Callable[..., np.ndarray]:
    return lambda *args: softmax(probe_scores(solve, *args))


def _least_norm(X: np.ndarray, Y: np.ndarray, strength: float) -> np.ndarray:
    return np.linalg.lstsq(X, Y, rcond=None)[0]


def _others(option: str) -> tuple[Mistake, ...]:
    return tuple(
        Mistake(lambda *args, other=other: probe_scores(other, *args), f"{IS[name]} {HERE[option]}")
        for name, other in SOLVERS.items()
        if name != option
    )


def _means(solve: Solve) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _no_mean(_ridge),
            "The means are not taken off, so every line has to go through 0. Centre the states, "
            "and add the mean of the targets at the end.",
        ),
        Mistake(
            _not_added(solve),
            "The mean of the targets is missing in the scores. It was taken off, so it comes back.",
        ),
        Mistake(
            _not_centred_new(solve),
            "The new states are not centred. What was taken off the states of the fit is taken off "
            "the new ones.",
        ),
        Mistake(
            _own_mean(solve),
            "The new states were centred by their own mean. Take the mean of the states of the "
            "fit: a single new state would become 0 otherwise.",
        ),
        Mistake(
            _not_centred(solve),
            "The states are not centred, neither those of the fit nor the new ones. The mean of "
            "the fit comes off both.",
        ),
        Mistake(
            _as_probabilities(solve),
            "These went through a softmax. The scores of a linear probe are left as they are.",
        ),
    )


def _penalties(solve: Solve) -> tuple[Mistake, ...]:
    return (
        Mistake(_strength(_least_norm, lambda s: s), "There is no penalty: strength is not used."),
        Mistake(
            _strength(_everywhere, lambda s: s),
            "strength was added to every number of X'X. It belongs on the diagonal: strength times "
            "the identity, np.eye(F).",
        ),
        Mistake(
            _strength(solve, lambda s: s**2),
            "strength counts squared. It multiplies squared weights, and is not squared itself.",
        ),
        Mistake(
            _strength(solve, lambda s: s / 2),
            "The penalty has half of its strength. Both terms are squares, and their twos cancel.",
        ),
        Mistake(
            _penalised_mean(solve),
            "The penalty also lies on the column of ones, so the mean is pulled towards 0. Only "
            "weights of states are penalised.",
        ),
    )


SINGULAR = (
    "There are more numbers in a state than states, so X'X alone has no inverse. Adding strength "
    "times the identity gives it one."
)


def task(option: str = "") -> Task:
    """Return the task, or with the name of an option its alternative."""
    solve, means = SOLVERS[option], _means(SOLVERS[option])
    penalty = (*_others(option), *_penalties(solve), *means)
    names = ("states", "labels", "strength", "new_states")
    hint, wide = "Hint {} under the task.".format, "more numbers than states"
    return Task(
        f"ex04.5/{option}" if option else "ex04.5",
        "Task 5, a linear probe",
        {"probe_scores": (names, lambda *args: probe_scores(solve, *args))},
        (
            Property("the states of the fit, no penalty", 2, _fitted, _judge, hint(1), means),
            Property("new states", 2, _fresh, _judge, hint(2), means),
            Property("the penalty", 1, _penalty, _judge, hint(3), penalty),
            Property(wide, 1, _wide, _judge, hint(3), penalty, {"LinAlgError": SINGULAR}),
        ),
    )


TASK = task()
OTHERS = (task("mean"), task("scaled"))
