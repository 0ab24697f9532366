"""Read what a student's function returned as an array, and name the first place that is wrong."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, NotANumber, close, kind, short


def array(value: Any, shape: Sequence[int], name: str) -> np.ndarray:
    """Return value (nested lists of numbers or booleans) as floats of this shape.

    Complaint, in the student's terms, where it has another shape or holds no numbers.
    """
    if shape == () and type(value) is list and len(value) == 1:
        value = value[0]
    found = _shape(value, name)
    if found != tuple(shape):
        raise Complaint(f"{name} has shape {found}, expected {tuple(shape)}. It is {short(value)}.")
    return np.array(_flat(value, name), dtype=float).reshape(shape)


def compare(got: np.ndarray, expected: Any, name: str) -> None:
    """Raise Complaint at the first place where got is not expected, an array of its shape."""
    expected = np.asarray(expected, dtype=float)
    finite = np.abs(expected[np.isfinite(expected)])
    room = 1e-6 * finite.max(initial=0.0)  # floats of 32 bits, where large numbers cancel
    for place in np.ndindex(got.shape):
        if math.isnan(got[place]):
            raise NotANumber(f"{_at(name, place)} is nan. That comes from inf - inf or 0 / 0.")
        mine, right = float(got[place]), float(expected[place])
        if not close(mine, right, room):
            whole = "" if got.size > 12 or got.ndim > 2 or not place else _whole(got, expected)
            digits = next(d for d in (5, 9, 17) if f"{mine:.{d}g}" != f"{right:.{d}g}")
            raise Complaint(
                f"{_at(name, place)}: you returned {mine:.{digits}g}, "
                f"expected {right + 0.0:.{digits}g}.{whole}"
            )


def _at(name: str, place: tuple[int, ...]) -> str:
    return f"{name}[{', '.join(map(str, place))}]" if place else name


def _whole(got: np.ndarray, expected: np.ndarray) -> str:
    return f"\nAll of it: you returned {_written(got)}, expected {_written(expected)}."


def _written(values: np.ndarray) -> str:
    if values.ndim == 0:
        return f"{values + 0.0:.4g}"  # never -0
    return f"[{', '.join(map(_written, values))}]"


def _shape(value: Any, name: str) -> tuple[int, ...]:
    if type(value) not in (list, tuple):
        if type(value) not in (bool, int, float):
            raise Complaint(
                f"{name} should hold numbers, and a {kind(value)} came: {short(value)}."
            )
        return ()
    inner = {_shape(item, name) for item in value}
    if len(inner) > 1:
        lengths = ", ".join(str(len(x)) if type(x) in (list, tuple) else "none" for x in value)
        raise Complaint(f"The rows of {name} differ in length: {lengths}. It is {short(value)}.")
    return (len(value), *(inner.pop() if inner else ()))


def _flat(value: Any, name: str) -> list[float]:
    if type(value) not in (list, tuple):
        return [float(value)]
    return [x for item in value for x in _flat(item, name)]
