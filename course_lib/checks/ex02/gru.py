"""Task 2: one step of a GRU, by its equations.

Options: the reset gate before the matrix, as Cho et al. have it; and the update gate turned round.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.recurrent import CellWeights, gru_step, sigmoid

ARGUMENTS = ("x", "h", "W_x", "W_h", "b_x", "b_h")
Step = Callable[..., np.ndarray]


def _pieces(x: Any, h: Any, W_x: Any, W_h: Any, b_x: Any, b_h: Any) -> tuple:
    """Return r, z, what the word gives to n, and what the state gives to it."""
    r_x, z_x, n_x = np.split(x @ W_x + b_x, 3)
    r_h, z_h, n_h = np.split(h @ W_h + b_h, 3)
    return sigmoid(r_x + r_h), sigmoid(z_x + z_h), n_x, n_h


def _step(*args: np.ndarray) -> np.ndarray:
    x, h, *weights = args
    return gru_step(CellWeights(*weights), x, h)


def _reset_before(x: Any, h: Any, W_x: Any, W_h: Any, b_x: Any, b_h: Any) -> np.ndarray:
    r, z, n_x, _ = _pieces(x, h, W_x, W_h, b_x, b_h)
    size = len(h)
    n = np.tanh(n_x + (r * h) @ W_h[:, 2 * size :] + b_h[2 * size :])
    return (1 - z) * n + z * h


def _update_turned(*args: np.ndarray) -> np.ndarray:
    r, z, n_x, n_h = _pieces(*args)
    return (1 - z) * args[1] + z * np.tanh(n_x + r * n_h)


def _no_reset(*args: np.ndarray) -> np.ndarray:
    _, z, n_x, n_h = _pieces(*args)
    return (1 - z) * np.tanh(n_x + n_h) + z * args[1]


def _reset_all(*args: np.ndarray) -> np.ndarray:
    r, z, n_x, n_h = _pieces(*args)
    return (1 - z) * np.tanh(r * (n_x + n_h)) + z * args[1]


def _order(*args: np.ndarray) -> np.ndarray:
    z, r, n_x, n_h = _pieces(*args)
    return (1 - z) * np.tanh(n_x + r * n_h) + z * args[1]


def _sigmoid_candidate(*args: np.ndarray) -> np.ndarray:
    r, z, n_x, n_h = _pieces(*args)
    return (1 - z) * sigmoid(n_x + r * n_h) + z * args[1]


def _tanh_gates(x: Any, h: Any, W_x: Any, W_h: Any, b_x: Any, b_h: Any) -> np.ndarray:
    r_x, z_x, n_x = np.split(x @ W_x + b_x, 3)
    r_h, z_h, n_h = np.split(h @ W_h + b_h, 3)
    z = np.tanh(z_x + z_h)
    return (1 - z) * np.tanh(n_x + np.tanh(r_x + r_h) * n_h) + z * h


def _one_bias(x: Any, h: Any, W_x: Any, W_h: Any, b_x: Any, b_h: Any) -> np.ndarray:
    return _step(x, h, W_x, W_h, b_x, np.zeros_like(b_h))


def _candidate_alone(*args: np.ndarray) -> np.ndarray:
    r, _, n_x, n_h = _pieces(*args)
    return np.tanh(n_x + r * n_h)


@dataclass(frozen=True)
class Form:
    """One of the ways in which the literature writes a GRU."""

    suffix: str
    step: Step
    itself: str  # what it is, to who was asked for another


GIVEN = Form("", _step, "r scales the state after its matrix, and z keeps the old state")
BEFORE = Form("/before", _reset_before, "r scales h before its matrix")
TURNED = Form("/turned", _update_turned, "z lets the candidate in, and 1 - z keeps the old state")
FORMS = (GIVEN, BEFORE, TURNED)
ASKED = {
    "": "The task has n = tanh(... + r * (h W_hn + b_hn)) and h' = (1 - z) * n + z * h.",
    "/before": "The task has n = tanh(... + (r * h) W_hn + b_hn).",
    "/turned": "The task has h' = (1 - z) * h + z * n.",
}
KNOWN = (
    Mistake(_order, "The blocks are in another order: r first, then z, then n."),
    Mistake(_sigmoid_candidate, "The candidate n is a tanh, not a gate: it may be negative."),
    Mistake(_tanh_gates, "r and z are gates, so they go through the sigmoid, not through tanh."),
    Mistake(_one_bias, "b_h is missing: the state has biases of its own, beside b_x."),
    Mistake(_candidate_alone, "This is the candidate n. The new state mixes it with the old one."),
    Mistake(_no_reset, "r is missing: it says how much of the past the candidate sees."),
    Mistake(_reset_all, "r scales the word too. It scales what comes from the state, and no more."),
)
ERRORS = {
    "ValueError": "Shapes that don't meet. W_x is (E, 3H) and W_h is (H, 3H): a layer is x @ W, "
    "and np.split(a, 3) cuts 3H numbers into three blocks of H."
}


def _case(rng: np.random.Generator, E: int, H: int, past: float = 1.0) -> Case:
    W_h, b_h = rng.normal(size=(H, 3 * H)), rng.normal(size=3 * H)
    W_h[:, 2 * H :] *= past
    b_h[2 * H :] *= past
    x, h = rng.normal(size=E), np.tanh(2 * rng.normal(size=H))
    W_x, b_x = rng.normal(size=(E, 3 * H)), rng.normal(size=3 * H)
    return Case("gru_step", tuple(np.round(a, 2) for a in (x, h, W_x, W_h, b_x, b_h)))


def _clear(rng: np.random.Generator, E: int, H: int, past: float = 1.0) -> Case:
    """Return a case whose first number shows each mistake that it shows at all."""
    while True:
        case = _case(rng, E, H, past)
        right = _step(*case.args)[0]
        wrong = [
            f(*case.args)[0] for f in (_reset_before, _update_turned, *(m.wrong for m in KNOWN))
        ]
        if not any(1e-9 < abs(number - right) < 0.02 for number in wrong):
            return case


def _without_past(rng: np.random.Generator) -> list[Case]:
    return [_clear(rng, 2, 2, past=0.0), _case(rng, 3, 2, past=0.0)]


def _full(rng: np.random.Generator) -> list[Case]:
    return [_clear(rng, 2, 2), _case(rng, 2, 3), _case(rng, 5, 7)]


def _single(rng: np.random.Generator) -> list[Case]:
    return [_clear(rng, 1, 1), _case(rng, 11, 1), _case(rng, 1, 11)]


def _judge(value: Any, expected: np.ndarray, case: Case) -> None:
    compare(array(value, expected.shape, "h"), expected, "h")


def _task(form: Form) -> Task:
    others = tuple(
        Mistake(other.step, f"This is the GRU in which {other.itself}. {ASKED[form.suffix]}")
        for other in FORMS
        if other is not form
    )
    known = (*others, *(KNOWN if form is GIVEN else ()))
    hints = [f"Hint {n} under the task." for n in range(4)]
    return Task(
        f"ex02.2{form.suffix}",
        "Task 2, one step of a GRU",
        {"gru_step": (ARGUMENTS, form.step)},
        (
            Property(
                "z mixes the candidate with the old state (here n sees no past)",
                2,
                _without_past,
                _judge,
                hints[1],
                known,
                ERRORS,
            ),
            Property("r, z and n together", 3, _full, _judge, hints[2], known, ERRORS, intact=True),
            Property("sizes of 1", 1, _single, _judge, hints[3], known, ERRORS),
        ),
        allowed=("course_lib.reference.recurrent.sigmoid",),
    )


TASK = _task(GIVEN)
OTHERS = (_task(BEFORE), _task(TURNED))
