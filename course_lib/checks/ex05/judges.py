"""How answers of this exercise are judged: an array, or one of several returned together."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.plain import parts
from course_lib.checks.task import Case

Judge = Callable[[Any, Any, Case], None]


def judge_array(name: str) -> Judge:
    """Return a judge of functions that return one array."""

    def judge(value: Any, expected: Any, case: Case) -> None:
        right = np.asarray(expected)
        compare(array(value, right.shape, name), right, name)

    return judge


def judge_part(names: tuple[str, ...], index: int) -> Judge:
    """Return a judge of one of the arrays that a function returns together."""

    def judge(value: Any, expected: Any, case: Case) -> None:
        right = np.asarray(expected[index])
        got = array(parts(value, names)[index], right.shape, names[index])
        compare(got, right, names[index])

    return judge
