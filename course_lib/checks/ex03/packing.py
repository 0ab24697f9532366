"""Task 4: pack a batch, longest sentence first, and put its states back in their places."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.ex03.packed import pack, unpack
from course_lib.checks.ex03.packing_mistakes import BACK, LAST, ORDERS, SIZES
from course_lib.checks.plain import parts
from course_lib.checks.task import Case, Property, Task

PACKED = ("data", "batch_sizes", "order")
STATES = ("encoder_states", "last")


def _lengths(rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Return lengths whose sorted order is not its own inverse, and some with ties."""
    turned = tuple((2, 5, 3, *rng.integers(1, 3, 2).tolist()))
    ties = tuple(rng.permutation([4, 4, 4, 1, 6, 1]).tolist())
    many = tuple((1, 2) * 12)  # np.argsort leaves equal ones as they came, up to 16 of them
    return [(2, 5, 3), (3, 3, 3), turned, ties, (4,), many]


def _pack_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for lengths in _lengths(rng):
        mask = np.arange(max(lengths)) < np.array(lengths)[:, None]
        ids = np.where(mask, rng.integers(10, 99, mask.shape), 0)
        ids[0, 0] = 0  # a real word may have the id of padding
        cases.append(Case("pack", (ids, np.array(lengths))))
    return cases


def _unpack_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for lengths in _lengths(rng):
        dummy = np.zeros((len(lengths), max(lengths)), dtype=int)
        _, batch_sizes, order = pack(dummy, lengths)
        states = rng.integers(-9, 10, (sum(lengths), 2)) / 10 + 0.05  # no state is 0
        cases.append(Case("unpack", (states, np.array(batch_sizes), np.array(order))))
    return cases


def _judge(names: Sequence[str], *wanted: int) -> Callable[[Any, Any, Case], None]:
    def judge(value: Any, expected: Any, case: Case) -> None:
        given = parts(value, names)
        for i in wanted:
            right = np.asarray(expected[i])
            compare(array(given[i], right.shape, names[i]), right, names[i])

    return judge


FLAT = (
    "A step has fewer states than there are sentences. Keep a place in states, and take "
    "batch_sizes[t] rows at each step."
)

TASK = Task(
    "ex03.4",
    "Task 4, pack and unpack",
    {
        "pack": (("ids", "lengths"), pack),
        "unpack": (("states", "batch_sizes", "order"), unpack),
    },
    (
        Property(
            "batch_sizes: how many sentences are alive at each step",
            1,
            _pack_cases,
            _judge(PACKED, 1),
            "Hint 1 under the task.",
            SIZES,
        ),
        Property(
            "order and data: longest first, step by step",
            2,
            _pack_cases,
            _judge(PACKED, 2, 0),
            "Hint 2 under the task.",
            ORDERS,
        ),
        Property(
            "the states stand where their words stood, and 0 at padding",
            2,
            _unpack_cases,
            _judge(STATES, 0),
            "Hint 3 under the task.",
            BACK,
            {"ValueError": FLAT},
        ),
        Property(
            "last is the state after each sentence's last word",
            2,
            _unpack_cases,
            _judge(STATES, 1),
            "Hint 4 under the task.",
            (*LAST, *BACK),
            {"ValueError": FLAT},
        ),
    ),
)
