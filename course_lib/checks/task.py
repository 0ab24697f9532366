"""What one check is made of: cases, properties with points, and the mistakes it knows by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

PUBLIC_SEED = 1
"""Draws the inputs of the instant check; grading takes another seed."""


@dataclass(frozen=True)
class Seed:
    """Stands in a case for a generator: every run gets a new np.random.default_rng(value)."""

    value: int


@dataclass(frozen=True)
class Case:
    """One input for one of a task's functions, as plain data, so that it can be sent elsewhere.

    args holds numbers, strings, tuples, arrays, Table (becomes next_word) and Seed (becomes rng).
    The function is called `calls` times with the same arguments, and all that `rounds` times with
    new ones. questions is how often next_word may be asked in a round.
    """

    function: str
    args: tuple
    calls: int = 1
    rounds: int = 1
    questions: int = 20_000
    seconds: float = 10.0


@dataclass(frozen=True)
class Mistake:
    """A wrong answer known by name: wrong(*args) is its value, says is what to tell the student."""

    wrong: Callable[..., Any]
    says: str


Judge = Callable[[Any, Any, Case], None]
"""judge(value, expected, case) raises Complaint; value is plain data (a list of rounds, each a
list of calls, where the case asks for several)."""


@dataclass(frozen=True)
class Property:
    """One thing a right answer does, its points, the cases that test it, and how they are judged.

    mistakes are tried on the first failing case. errors says what an exception of that type (or
    NotANumber, for nan) means here, endless what asking without end means. With intact, a changed
    input fails.
    """

    name: str
    points: float
    cases: Callable[[np.random.Generator], Sequence[Case]]
    judge: Judge
    hint: str
    mistakes: tuple[Mistake, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    endless: str = "Does every loop come to an end?"
    intact: bool = False


@dataclass(frozen=True)
class Task:
    """One task of an exercise.

    references: the functions a student writes, each with its parameters and the right answer.
    allowed: dotted names, such as "course_lib.corpora"; what begins like that may be called. Any
    other function of the course earns nothing: the task is to write it.
    """

    id: str
    title: str
    references: Mapping[str, tuple[tuple[str, ...], Callable[..., Any]]]
    properties: tuple[Property, ...]
    allowed: tuple[str, ...] = ()

    @property
    def max_points(self) -> float:
        """The points of all properties."""
        return float(sum(p.points for p in self.properties))
