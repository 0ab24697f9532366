"""What a student's function returned, as plain data; no method of a foreign object is called."""

import math
import sys
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

ITEMS_AT_MOST = 200_000
DEPTH_AT_MOST = 12


class NotPlain(TypeError):
    """The value is of a type that is not read; the message says which types are."""


class Complaint(Exception):
    """What is wrong with a value, in the student's terms."""


class NotANumber(Complaint):
    """The value is nan."""


def plain(value: object) -> Any:
    """Return value as None, bool, int, float, str, tuple, list or dict of such values.

    Reads Python numbers, strings, tuples, lists, dicts, NumPy scalars and arrays, and torch
    tensors; arrays and tensors become (nested) lists. The type must be exactly one of these: an
    object of a class of the student's own is refused, so that its methods can't answer for it.
    NotPlain for anything else, for nesting without end, and for more than ITEMS_AT_MOST values.
    """
    return _Reader().read(value, 0)


class _Reader:
    def __init__(self) -> None:
        self._items = 0

    def read(self, value: Any, depth: int) -> Any:
        self._items += 1
        if depth > DEPTH_AT_MOST or self._items > ITEMS_AT_MOST:
            raise NotPlain(
                f"the value is nested more than {DEPTH_AT_MOST} deep or too large to read"
            )
        kind = type(value)
        if value is None or kind in (bool, int, float, str):
            return value
        if kind in (tuple, list):
            return kind(self.read(item, depth + 1) for item in kind.__iter__(value))
        if kind in (dict, defaultdict, OrderedDict, Counter):
            return self._read_dict(value, depth)
        if kind is np.ndarray or _is_numpy_scalar(kind):
            return self._read_array(np.asarray(value), depth)
        tensor: Any = getattr(sys.modules.get("torch"), "Tensor", None)
        if kind is tensor:
            return self._read_array(np.asarray(tensor.tolist(tensor.detach(value))), depth)
        raise NotPlain(_unreadable(kind))

    def _read_dict(self, value: Any, depth: int) -> dict:
        pairs = [(self.read(k, depth + 1), self.read(v, depth + 1)) for k, v in dict.items(value)]
        try:
            return dict(pairs)
        except TypeError:
            raise NotPlain("a key of the dict holds an array or a list; use a tuple") from None

    def _read_array(self, array: np.ndarray, depth: int) -> Any:
        if array.dtype.kind not in "biufU":
            raise NotPlain(f"an array of {array.dtype} is not read; use numbers")
        self._items += array.size
        return (
            self.read(array.tolist(), depth) if array.size <= ITEMS_AT_MOST else self._too_large()
        )

    def _too_large(self) -> Any:
        raise NotPlain(f"more than {ITEMS_AT_MOST} values")


def _is_numpy_scalar(kind: type) -> bool:
    return kind in np.sctypeDict.values()


def _unreadable(kind: type) -> str:
    name = str(type.__dict__["__name__"].__get__(kind))
    if name in ("generator", "map", "filter", "zip"):
        return f"a {name} is used up by reading it; wrap it in tuple(...)"
    if name in ("function", "method", "builtin_function_or_method"):
        return f"a {name} came back; was it meant to be called, with parentheses?"
    return f"a value of type {name} is not read; return numbers, strings, tuples, lists or dicts"


def close(got: float, expected: float, room: float = 0.0) -> bool:
    """Return whether two numbers agree to about five digits, or differ by room at most.

    Infinities must be equal.
    """
    if math.isinf(expected):
        return got == expected
    return math.isclose(got, expected, rel_tol=1e-5, abs_tol=max(1e-8, room))


def number(value: Any, what: str = "the result") -> float:
    """Return value as a float; Complaint if it is not one real number."""
    if type(value) is list and len(value) == 1:
        value = value[0]  # an array or a tensor with one element
    if not isinstance(value, int | float) or type(value) is bool:
        raise Complaint(f"{what} should be a number, and a {kind(value)} came: {short(value)}.")
    if math.isnan(value):
        raise NotANumber(f"{what} is nan. That comes from inf - inf, 0 * inf or 0 / 0.")
    return float(value)


def parts(value: Any, names: Sequence[str]) -> tuple:
    """Return value as a tuple with one element for each name; Complaint if it is not."""
    if type(value) not in (tuple, list) or len(value) != len(names):
        raise Complaint(
            f"The function should return ({', '.join(names)}), {len(names)} values, "
            f"and a {kind(value)} came: {short(value)}."
        )
    return tuple(value)


def words(value: Any) -> tuple[str, ...]:
    """Return value as a tuple of words; Complaint if it is not."""
    if type(value) not in (tuple, list) or any(type(word) is not str for word in value):
        raise Complaint(
            f"words should be a tuple of strings, and a {kind(value)} came: {short(value)}."
        )
    return tuple(value)


def kind(value: Any) -> str:
    """Return the name of a plain value's type as a student knows it, to follow "a"."""
    if value is None:
        return "None (is the return missing?)"
    return "whole number" if type(value) is int else type(value).__name__


def short(value: Any) -> str:
    """Return a plain value as text of at most 160 characters, floats with four digits."""
    text = _text(value)
    return text if len(text) <= 160 else text[:157] + "..."


def _text(value: Any) -> str:
    if type(value) is float:
        return f"{value:.4g}"
    if type(value) is dict:
        return "{" + ", ".join(f"{_text(k)}: {_text(v)}" for k, v in value.items()) + "}"
    if type(value) in (tuple, list):
        inner = ", ".join(_text(item) for item in value)
        inner += "," * (type(value) is tuple and len(value) == 1)
        return f"({inner})" if type(value) is tuple else f"[{inner}]"
    return repr(value)


def compare_sentence(value: Any, expected: tuple[Any, float]) -> None:
    """Raise Complaint if value is not the expected (words, log_prob)."""
    pair = parts(value, ("words", "log_prob"))
    got, log_prob = words(pair[0]), number(pair[1], "log_prob")
    right = f"expected {short(expected[0])} with log_prob {expected[1]:.4f}"
    if got != expected[0]:
        raise Complaint(f"You returned {short(got)} with log_prob {log_prob:.4f}, {right}.")
    if not close(log_prob, expected[1]):
        raise Complaint(f"The words are right. You returned log_prob {log_prob:.4f}, {right}.")


def compare_number(got: Any, right: Any, name: str) -> None:
    """Raise Complaint if got is not the number that is right, or None where there is none."""
    same = got is None and right is None
    if got is not None:
        found = number(got, name)
        same = right is not None and close(found, right)
    if not same:
        raise Complaint(f"{name}: you returned {short(got)}, expected {short(right)}.")
