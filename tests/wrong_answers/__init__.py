"""Answers that students might give, right in several styles and wrong in many ways, by exercise."""

from collections.abc import Callable
from typing import NamedTuple


class Wrong(NamedTuple):
    """A plausible wrong answer, what the check must say, and which properties it fails."""

    name: str
    task: str
    functions: tuple[Callable, ...]
    says: str
    loses: set[int]


class Right(NamedTuple):
    """A right answer in some style: it must get all points."""

    name: str
    task: str
    functions: tuple[Callable, ...]
