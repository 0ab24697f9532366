"""Instant checks of the exercises: `check("ex01.1", my_function)` says what holds and what fails.

The same tasks, with other random inputs, are what a course is graded by.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from course_lib.checks import progress as _progress
from course_lib.checks.examine import distinct, draw, examine
from course_lib.checks.progress import Progress
from course_lib.checks.report import Report
from course_lib.checks.run import arguments
from course_lib.checks.task import PUBLIC_SEED, Task
from course_lib.checks.variants import published

__all__ = ["Report", "check", "example", "exercises", "find_task", "progress"]


def exercises() -> Iterator[str]:
    """Yield the names of the exercises that have checks, such as "ex01"."""
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith("ex") and module.name[2:].isdigit():
            yield module.name


def find_task(task_id: str) -> Task:
    """Return a task by its id, such as "ex01.2", or "ex01.2/bits" in a class's variant.

    ValueError names the ids there are.
    """
    name = str(task_id).partition(".")[0]
    tasks = _tasks(name) if name in exercises() else {}
    if task_id not in tasks:
        known = ", ".join(tasks) or ", ".join(exercises())
        raise ValueError(f"task_id: there is no task {task_id!r}; there are {known}")
    return tasks[task_id]


def _tasks(exercise: str) -> dict[str, Task]:
    module = importlib.import_module(f"course_lib.checks.{exercise}")
    return {task.id: task for task in module.TASKS}


def check(task_id: str, *functions: Callable[..., Any], seed: int = PUBLIC_SEED) -> Report:
    """Return the report on a task: what holds, what fails on which input, and the points.

    functions: the ones the task asks for, in its order. seed draws the random inputs; grading
    takes another. An option's points count for the task it is an option of. TypeError for the
    wrong number of functions, or for one that can't be called.
    """
    task = find_task(task_id)
    names = list(task.references)
    if len(functions) != len(names) or not all(callable(f) for f in functions):
        raise TypeError(
            f"functions: {task_id} checks {' and '.join(names)}; pass the functions themselves, "
            f"without parentheses: check({task_id!r}, {', '.join(names)})"
        )
    report = examine(task, dict(zip(names, functions, strict=True)), seed)
    path = _progress.progress_file() if seed == PUBLIC_SEED else None
    if path is None:
        return report
    notice = _progress.record(path, published(task_id), report.points, report.max_points)
    line = progress().exercise(task_id.partition(".")[0])
    return replace(report, footer=f"{line}. {notice}".strip())


def progress() -> Progress:
    """Return this learner's best points so far, over all exercises."""
    path = _progress.progress_file()
    tasks = [task for e in exercises() for task in _tasks(e).values()]
    totals = {task.id: task.max_points for task in tasks if task.id == published(task.id)}
    if path is None:
        return Progress({}, "No progress is kept here.")
    return _progress.best_scores(path, totals)


def example(task_id: str, index: int) -> tuple:
    """Return the arguments of one of a check's public inputs, by the number its report gives.

    ValueError if there are not that many.
    """
    cases = distinct(draw(find_task(task_id), PUBLIC_SEED))
    if not 0 <= index < len(cases):
        raise ValueError(f"index: {task_id} has inputs 0 to {len(cases) - 1}, got {index}")
    return arguments(cases[index])
