"""Task 2: a learning rate that rises and then falls. A variant falls along another curve."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, close, number
from course_lib.checks.task import Case, Mistake, Property, Task

Fall = Callable[[int, int, int], float]
"""fall(step, warmup, total) is the share of the peak that is left from step warmup on."""


def _done(step: int, warmup: int, total: int) -> float:
    return (step - warmup) / (total - warmup)


FALLS: dict[str, Fall] = {
    "": lambda step, warmup, total: 0.5 * (1 + math.cos(math.pi * _done(step, warmup, total))),
    "linear": lambda step, warmup, total: 1 - _done(step, warmup, total),
    "rsqrt": lambda step, warmup, total: math.sqrt((warmup + 1) / (step + 1)),
}
NAMES = {
    "": "half a wave of a cosine",
    "linear": "a straight line",
    "rsqrt": "one over the square root of the step",
}


def rate(fall: Fall, step: int, peak: float, warmup: int, total: int) -> float:
    """Return the learning rate of a step, counted from 0: a rise to peak, the fall, then 0."""
    if step >= total:
        return 0.0
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * fall(step, warmup, total)


def _sizes(rng: np.random.Generator) -> tuple[float, int, int]:
    """Return (peak, warmup, total)."""
    warmup = 4 * int(rng.integers(2, 9))
    return float(rng.integers(1, 9)) / 1000, warmup, warmup + 20 * int(rng.integers(3, 9))


def _at(steps: Callable[[int, int], list[int]]) -> Callable[[np.random.Generator], list[Case]]:
    def cases(rng: np.random.Generator) -> list[Case]:
        drawn = [(0.004, 100, 600), _sizes(rng), _sizes(rng)]
        return [
            Case("learning_rate", (step, peak, warmup, total))
            for peak, warmup, total in drawn
            for step in steps(warmup, total)
        ]

    return cases


def _rising(warmup: int, total: int) -> list[int]:
    return [warmup // 2, 0, warmup - 1, warmup // 4]


def _falling(warmup: int, total: int) -> list[int]:
    quarter = (total - warmup) // 4
    return [warmup + quarter, warmup, warmup + 2 * quarter, total - 1]


def _edges(rng: np.random.Generator) -> list[Case]:
    peak, warmup, total = _sizes(rng)
    late = [(total + 7, peak, warmup, total), (3 * total, peak, warmup, total)]
    early = [(step, peak, 0, total) for step in (0, total // 4)]
    return [Case("learning_rate", args) for args in (*early, *late)]


def _judge(value: Any, expected: float, case: Case) -> None:
    got = number(value, "the rate")
    if not close(got, expected):
        step, _, warmup, total = case.args
        part = (
            "of the rise" if step < warmup else "of the fall" if step < total else "after the end"
        )
        raise Complaint(f"At step {step}, {part}, you returned {got:.6g}, expected {expected:.6g}.")


SHARE = "This is a share of the peak. Multiply it by peak."
RISE = (
    Mistake(lambda step, peak, warmup, total: (step + 1) / warmup, SHARE),
    Mistake(
        lambda step, peak, warmup, total: peak * step / warmup,
        "The rise begins at 0, so the first step of the training moves nothing. Steps count from "
        "0: the first has the rate peak / warmup.",
    ),
    Mistake(
        lambda step, peak, warmup, total: peak,
        "There is no warm-up: the rate is at its peak from the beginning.",
    ),
    Mistake(
        lambda step, peak, warmup, total: peak * (step + 1) / total,
        "The rise takes all the training. It ends after warmup steps.",
    ),
    Mistake(
        lambda step, peak, warmup, total: peak * warmup / (step + 1),
        "The fraction of the rise stands on its head: it would fall from far above the peak.",
    ),
    Mistake(
        lambda step, peak, warmup, total: peak * (step + 1) / (warmup + 1),
        "The rise takes one step too many. It has warmup parts, and the last of them, at step "
        "warmup - 1, reaches the peak.",
    ),
)


def _fallen(fall: Fall) -> Callable[..., float]:
    return lambda step, peak, warmup, total: peak * fall(step, warmup, total)


COSINE = (
    Mistake(
        _fallen(lambda s, w, n: math.cos(math.pi * _done(s, w, n))),
        "The cosine goes from 1 to -1, so the rate would turn negative. Lift it by 1 and take "
        "half.",
    ),
    Mistake(
        _fallen(lambda s, w, n: 0.5 * (1 + math.cos(2 * math.pi * _done(s, w, n)))),
        "That is a whole wave: it falls and comes up again. Half a wave ends at pi.",
    ),
    Mistake(
        _fallen(lambda s, w, n: math.cos(math.pi / 2 * _done(s, w, n))),
        "That is a quarter of a wave, which stays high for longer. The task asks for half a "
        "wave, lifted by 1 and halved.",
    ),
    Mistake(
        _fallen(lambda s, w, n: 1 + math.cos(math.pi * _done(s, w, n))),
        "1 + cos goes from 2 to 0, so the fall begins at twice the peak. Halve it.",
    ),
    Mistake(
        _fallen(lambda s, w, n: 0.5 * (1 + math.cos(_done(s, w, n)))),
        "pi is missing in the cosine. It ends at the cosine of 1, which is 0.54, and not of "
        "pi, which is -1.",
    ),
)
"""What someone may write who falls along another cosine."""


def _falls(option: str) -> tuple[Mistake, ...]:
    mine = FALLS[option]
    constant = Mistake(
        _fallen(lambda s, w, n: 1.0), "After the rise nothing falls: the rate stays at its peak."
    )
    others = tuple(
        Mistake(_fallen(fall), f"It falls along {NAMES[name]}. Here it is {NAMES[option]}.")
        for name, fall in FALLS.items()
        if name != option
    )
    whole = Mistake(
        _fallen(lambda s, w, n: mine(s, 0, n)),
        "The fall is counted from step 0. It begins at step warmup, where the rate is the peak.",
    )
    share = Mistake(lambda step, peak, warmup, total: mine(step, warmup, total), SHARE)
    return (*others, constant, whole, share, *_shifted(mine), *(() if option else COSINE))


def _shifted(fall: Fall) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _fallen(lambda s, w, n: fall(s, w, n + w)),
            "The fall is divided by total. It has total - warmup steps, and at total it is over.",
        ),
        Mistake(
            _fallen(lambda s, w, n: fall(s + 1, w, n)),
            "The fall is one step early. At step warmup nothing of it is done, at total all of it.",
        ),
        Mistake(
            _fallen(lambda s, w, n: fall(s, w, n - 1)),
            "The fall ends one step early. It reaches 0 at step total, not at total - 1.",
        ),
        Mistake(
            lambda step, peak, warmup, total: peak * (step + 1) / warmup,
            "Here it still rises, above the peak. The last step of the rise is warmup - 1.",
        ),
    )


def _beyond(option: str) -> tuple[Mistake, ...]:
    return (
        Mistake(
            lambda step, peak, warmup, total: peak * FALLS[option](step, warmup, total),
            "The training is over at total. From there on the rate is 0, and the curve has no "
            "say any more.",
        ),
    )


NO_WARMUP = (
    "warmup may be 0. Then there is no rise, and nothing to divide by it: step 0 is the peak."
)


def task(option: str = "") -> Task:
    """Return the task, or with the name of an option its alternative."""
    return Task(
        f"ex03.2/{option}" if option else "ex03.2",
        "Task 2, a learning rate that rises and falls",
        {
            "learning_rate": (
                ("step", "peak", "warmup", "total"),
                lambda *args: rate(FALLS[option], *args),
            )
        },
        (
            Property("the rise", 1, _at(_rising), _judge, "Hint 1 under the task.", RISE),
            Property(
                "the fall", 2, _at(_falling), _judge, "Hint 2 under the task.", _falls(option)
            ),
            Property(
                "no warm-up, and after the end",
                1,
                _edges,
                _judge,
                "Hint 3 under the task.",
                (*_falls(option), *_beyond(option)),
                {"ZeroDivisionError": NO_WARMUP},
            ),
        ),
    )


TASK = task()
OTHERS = (task("linear"), task("rsqrt"))
