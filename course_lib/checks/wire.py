"""Cases and outcomes as JSON, so that a function can be called in another process.

What JSON lacks stands in a list whose first item is its name: ["tuple", 1, 2], ["float", "nan"].
Nothing read back is ever executed, and an answer that is not of this form is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, get_args

import numpy as np

from course_lib.checks.run import Kind, Outcome
from course_lib.checks.tables import Table
from course_lib.checks.task import Case, Seed
from course_lib.checks.watch import AT_MOST

LONGEST_ANSWER = 8_000_000  # characters
FIELDS = ("function", "calls", "rounds", "questions", "seconds")


class NotReadable(ValueError):
    """A text that is not what this module writes."""


def case_to_json(case: Case) -> str:
    """Return a case as text."""
    fields = {name: getattr(case, name) for name in FIELDS}
    return json.dumps(fields | {"args": _pack(case.args)})


def case_from_json(text: str) -> Case:
    """Return the case that case_to_json wrote."""
    fields = _load(text)
    return Case(args=_unpack(fields.pop("args"), 0), **fields)


def outcome_to_json(outcome: Outcome) -> str:
    """Return an outcome as text."""
    return json.dumps(
        {
            "kind": outcome.kind,
            "value": _pack(outcome.value),
            "message": outcome.message,
            "error_type": outcome.error_type,
            "warning": outcome.warning,
            "changed": list(outcome.changed),
            "called": list(outcome.called),
        }
    )


def outcome_from_json(text: str) -> Outcome:
    """Return an outcome from a text of unknown origin; NotReadable if it is not one."""
    fields = _load(text)
    value, changed = _unpack(fields.get("value"), 0), fields.get("changed", [])
    told = [fields.get(name, "") for name in ("message", "error_type", "warning")]
    if fields.get("kind") not in get_args(Kind) or any(type(text) is not str for text in told):
        raise NotReadable("the answer is not an outcome")
    if type(changed) is not list or any(type(i) is not int or not 0 <= i < 100 for i in changed):
        raise NotReadable("the answer's list of changed arguments is no list of positions")
    called = fields.get("called", [])
    if type(called) is not list or any(type(name) is not str for name in called):
        raise NotReadable("the answer's list of called functions is no list of names")
    message, error_type, warning = (text[:2_000] for text in told)
    names = tuple(name[:200] for name in called[:AT_MOST])
    return Outcome(fields["kind"], value, message, error_type, warning, tuple(changed), names)


def _load(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_ANSWER:
        raise NotReadable(f"the answer has more than {LONGEST_ANSWER} characters")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotReadable("the answer is not JSON") from error
    if type(fields) is not dict:
        raise NotReadable("the answer is not a JSON object")
    return fields


def _pack(value: Any) -> Any:
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return value if np.isfinite(value) else ["float", repr(value)]
    if type(value) in (list, tuple):
        return [type(value).__name__, *map(_pack, value)]
    if type(value) is dict:
        return ["dict", *([_pack(key), _pack(item)] for key, item in value.items())]
    if type(value) is np.ndarray:
        return ["array", value.dtype.str, list(value.shape), _pack(value.ravel().tolist())]
    if type(value) is Table:
        return ["table", _pack(dict(value.rows)), _pack(value.otherwise)]
    if type(value) is Seed:
        return ["seed", value.value]
    raise TypeError(f"a {type(value).__name__} can't be sent; give plain data, Table or Seed")


def _unpack(value: Any, depth: int) -> Any:
    if value is None or type(value) in (bool, int, str, float):
        return value
    if type(value) is not list or not value or depth > 40:
        raise NotReadable("the answer holds what was never written")
    name, *rest = value
    read = _READERS.get(name) if type(name) is str else None
    if read is None:
        raise NotReadable("the answer holds an unknown type")
    try:
        return read(rest, depth + 1)
    except NotReadable:
        raise
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise NotReadable("the answer holds a value of a wrong form") from error


def _items(rest: list, depth: int) -> list:
    return [_unpack(item, depth) for item in rest]


def _float(rest: list, depth: int) -> float:
    return {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}[rest[0]]


def _dict(rest: list, depth: int) -> dict:
    return {_unpack(key, depth): _unpack(item, depth) for key, item in rest}


def _array(rest: list, depth: int) -> np.ndarray:
    kind, shape, values = rest
    if type(kind) is not str or kind[1:2] not in tuple("biufU"):
        raise NotReadable("the answer holds an array of an unknown type")
    return np.array(_unpack(values, depth), dtype=kind).reshape(shape)


def _table(rest: list, depth: int) -> Table:
    rows, otherwise = _items(rest, depth)
    return Table(rows, otherwise)


_READERS: dict[str, Callable[[list, int], Any]] = {
    "tuple": lambda rest, depth: tuple(_items(rest, depth)),
    "list": _items,
    "dict": _dict,
    "float": _float,
    "array": _array,
    "table": _table,
    "seed": lambda rest, depth: Seed(int(rest[0])),
}
