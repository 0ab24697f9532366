"""Answers that students might give, right in several styles and wrong in many ways, by exercise."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from course_lib.checks import exercises
from course_lib.checks.task import Task


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


def all_answers() -> list[Wrong | Right]:
    """Return the answers to all exercises; a test says where an exercise has none."""
    kept = {path.parent.name for path in Path(__file__).parent.glob("ex*/__init__.py")}
    modules = [importlib.import_module(f"wrong_answers.{name}") for name in sorted(kept)]
    return [answer for module in modules for answer in module.ANSWERS]


def all_tasks() -> list[Task]:
    """Return the tasks of all exercises, with their options."""
    modules = [importlib.import_module(f"course_lib.checks.{name}") for name in exercises()]
    return [task for module in modules for task in module.TASKS]
