"""Task 5: how far learning curves are from the least loss that is possible."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.plain import Complaint, number, parts, short
from course_lib.checks.task import Case, Mistake, Property, Task

NAMES = ("gap", "spread", "reached")
NEAR = 0.2  # nats above the floor
Result = tuple[float, float, int | None]


def measure(steps: np.ndarray, curves: np.ndarray, floor: float) -> Result:
    """Return the distance to the floor at the end, its spread over seeds, and when it was near.

    steps (P,), curves (seeds, P) and floor in nats. near is a mean within 0.2 nats of the floor.
    """
    gaps = curves - floor
    near = steps[gaps.mean(axis=0) <= NEAR]
    reached = int(near[0]) if near.size else None
    return float(gaps[:, -1].mean()), float(gaps[:, -1].std(ddof=1)), reached


def _case(rng: np.random.Generator, ends: float, points: int = 7, seeds: int = 3) -> Case:
    """Return curves that fall to about `ends` nats above a floor of their own."""
    steps = 50 * np.arange(1, points + 1) + 10 * int(rng.integers(0, 4))
    floor = float(rng.integers(20, 60)) / 100
    fall = 3.0 * np.exp(-np.arange(points) * rng.uniform(0.6, 0.9))
    curves = (floor + ends + fall + 0.03 * rng.normal(size=(seeds, points))).round(4)
    if abs(curves.mean(axis=0) - floor - NEAR).min() < 1e-3:  # rounding must not decide
        return _case(rng, ends, points, seeds)
    curves = curves[np.argsort(-curves[:, -1])]  # so that the first seed is not the best
    return Case("measure", (steps, curves, floor))


def _along(rng: np.random.Generator, gaps: list[float], apart: Sequence[float] = (0,) * 3) -> Case:
    """Return curves that run about so many nats above their floor, the seeds so far apart."""
    steps, _, floor = _case(rng, 0.0, len(gaps)).args
    noise = 0.03 * rng.normal(size=(3, len(gaps))) + np.array(apart)[:, None]
    return Case("measure", (steps, (floor + np.array(gaps) + noise).round(4), floor))


def _ends(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, 0.05, 9), _case(rng, 0.0, 9, seeds=5), _case(rng, -0.1)]


def _reaches(rng: np.random.Generator) -> list[Case]:
    smooth = [_case(rng, 0.0, 9), _case(rng, 0.05, 9, seeds=4), _case(rng, 0.5), _case(rng, -0.1)]
    back, below = [2.0, 0.6, 0.05, 0.4, 0.05, 0.05], [2.0, 0.8, -0.4, -0.3, -0.1, -0.1]
    wide = _along(rng, [1.0, 0.75, 0.45, 0.1, -0.05, -0.15], apart=(0.4, 0.0, -0.4))
    return [*smooth, _along(rng, back), _along(rng, below), wide]


def _judge_number(index: int) -> Callable[[Any, Result, Case], None]:
    def judge(value: Any, expected: Result, case: Case) -> None:
        name = NAMES[index]
        compare(array(parts(value, NAMES)[index], (), name), expected[index], name)

    return judge


def _judge_reached(value: Any, expected: Result, case: Case) -> None:
    got, right = parts(value, NAMES)[2], expected[2]
    if got is None and right is None:
        return
    if got is None or right is None or number(got, "reached") != right:
        raise Complaint(f"reached: you returned {short(got)}, expected {short(right)}.")


def _instead(**others: Callable[..., Any]) -> Callable[..., Result]:
    """Return what someone returns who gets some of the three another way."""

    def wrong(steps: np.ndarray, curves: np.ndarray, floor: float) -> Result:
        found: dict[str, Any] = dict(zip(NAMES, measure(steps, curves, floor), strict=True))
        found |= {name: other(steps, curves, floor) for name, other in others.items()}
        return found["gap"], found["spread"], found["reached"]

    return wrong


def _first(near: Callable[[np.ndarray, float], np.ndarray]) -> Callable[..., int | None]:
    def when(steps: np.ndarray, curves: np.ndarray, floor: float) -> int | None:
        found = steps[near(curves, floor)]
        return int(found[0]) if found.size else None

    return when


def _stays(curves: np.ndarray, floor: float) -> np.ndarray:
    far = curves.mean(axis=0) - floor > NEAR
    return ~np.logical_or.accumulate(far[::-1])[::-1]


GAP = (
    Mistake(
        _instead(gap=lambda steps, curves, floor: curves[:, -1].mean()),
        "This is the loss. The gap is what is left of it above the floor.",
    ),
    Mistake(
        _instead(gap=lambda steps, curves, floor: abs(curves[:, -1] - floor).mean()),
        "The sign was taken away. A gap below 0 is the very thing that a floor is there to show.",
    ),
    Mistake(
        _instead(gap=lambda steps, curves, floor: floor - curves[:, -1].mean()),
        "The sign is turned: the gap is the loss minus the floor, above 0 where something is left "
        "to learn.",
    ),
    Mistake(
        _instead(gap=lambda steps, curves, floor: (curves - floor).mean()),
        "This is the mean over the whole curve, its beginning included. Take the last point.",
    ),
    Mistake(
        _instead(gap=lambda steps, curves, floor: curves[:, -1].min() - floor),
        "This is the best seed. A mean over all of them says what to expect of the next one.",
    ),
    Mistake(
        _instead(gap=lambda steps, curves, floor: curves[0, -1] - floor),
        "This is the first seed alone. Take the mean over all of them.",
    ),
)
SPREAD = (
    Mistake(
        _instead(spread=lambda steps, curves, floor: curves[:, -1].std()),
        "This divides by the number of seeds. A spread estimated from few values divides by one "
        "less: std(ddof=1).",
    ),
    Mistake(
        _instead(spread=lambda steps, curves, floor: curves[:, -1].var(ddof=1)),
        "This is the variance. The standard deviation is its square root.",
    ),
    Mistake(
        _instead(
            spread=lambda steps, curves, floor: curves[:, -1].std(ddof=1) / math.sqrt(len(curves))
        ),
        "This is the standard error of the mean. Here the spread of the seeds is asked for.",
    ),
    Mistake(
        _instead(spread=lambda steps, curves, floor: np.ptp(curves[:, -1])),
        "This is the range, largest minus smallest. The task asks for the standard deviation.",
    ),
    Mistake(
        _instead(spread=lambda steps, curves, floor: curves.std(ddof=1)),
        "This is the spread of all points of all curves. Take the last points only.",
    ),
)
REACHED = (
    Mistake(
        _instead(reached=_first(lambda curves, floor: curves.mean(axis=0) <= NEAR)),
        "The loss itself was compared with 0.2. It is the distance to the floor that counts.",
    ),
    Mistake(
        _instead(
            reached=lambda steps, curves, floor: int(
                steps[np.argmax(curves.mean(axis=0) - floor <= NEAR)]
            )
        ),
        "No point of this curve is within 0.2 nats of the floor, and argmax of all False is 0. "
        "Return None.",
    ),
    Mistake(
        _instead(reached=_first(lambda curves, floor: abs(curves.mean(axis=0) - floor) >= NEAR)),
        "This is the first step that is not near.",
    ),
    Mistake(
        _instead(
            reached=lambda steps, curves, floor: int(np.argmax(curves.mean(axis=0) - floor <= NEAR))
        ),
        "This is a position in the array. Return the step that stands there, or None if there is "
        "none.",
    ),
    Mistake(
        _instead(
            reached=lambda steps, curves, floor: int(
                steps[curves.mean(axis=0) - floor <= NEAR].max(initial=0)
            )
        ),
        "This is the last step that is near. Return the first, and None if there is none.",
    ),
    Mistake(
        _instead(reached=_first(lambda curves, floor: abs(curves.mean(axis=0) - floor) <= NEAR)),
        "This curve jumps below the floor, and the sign was taken away. Below the floor is not "
        "more than 0.2 nats above it.",
    ),
    Mistake(
        _instead(reached=_first(lambda curves, floor: curves.max(axis=0) - floor <= NEAR)),
        "Before this step their mean is near, though not every seed. The task asks for the mean.",
    ),
    Mistake(
        _instead(reached=_first(lambda curves, floor: curves.min(axis=0) - floor <= NEAR)),
        "Here one seed is enough. The task asks for the mean of the seeds.",
    ),
    Mistake(
        _instead(reached=_first(_stays)),
        "From this step on the mean stays near. The first step is asked for, even if the curve "
        "rises once more.",
    ),
)

TASK = Task(
    "ex03.5",
    "Task 5, the distance to the floor",
    {"measure": (("steps", "curves", "floor"), measure)},
    (
        Property("the gap", 1, _ends, _judge_number(0), "Hint 1 under the task.", GAP),
        Property(
            "its spread over seeds", 1, _ends, _judge_number(1), "Hint 2 under the task.", SPREAD
        ),
        Property(
            "the first step within 0.2 nats of the floor",
            2,
            _reaches,
            _judge_reached,
            "Hint 3 under the task.",
            REACHED,
            {"IndexError": "This curve never comes near the floor. Return None then."},
        ),
    ),
)
