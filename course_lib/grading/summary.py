"""What a teacher reads after a run: the marks as CSV, the tasks and mistakes to talk about."""

from __future__ import annotations

import csv
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from course_lib.checks.run import UNWRITTEN
from course_lib.grading.gradebook import write_whole
from course_lib.grading.mark import Marked, TaskMark

SHOWN = 3  # mistakes of a task
NAMED = 4  # students who made one


def write_csv(path: Path, marked: Sequence[Marked]) -> None:
    """Write one line a submission: student, exercise, points of each check, their sum, problem."""
    cells = list(dict.fromkeys(task.cell for one in marked for task in one.tasks))
    lines: list[list[str]] = [["student", "exercise", *cells, "points", "of", "problem"]]
    for one in sorted(marked, key=lambda one: (one.exercise, one.student)):
        points = {task.cell: task.points for task in one.tasks}
        total = sum(points.values()), sum(task.max_points for task in one.tasks)
        earned = [f"{points[cell]:g}" if cell in points else "" for cell in cells]
        lines.append(
            [safe(one.student), one.exercise, *earned, *(f"{n:g}" for n in total), one.problem]
        )
    rows: list[str] = []
    csv.writer(_Rows(rows)).writerows(lines)
    write_whole(path, "".join(rows))


class _Rows:
    def __init__(self, rows: list[str]):
        self.write = rows.append


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t" else text


def summary(marked: Iterable[Marked]) -> str:
    """Return what a teacher can act on: how hard each task was, and its commonest mistakes."""
    by_exercise: dict[str, list[Marked]] = defaultdict(list)
    for one in sorted(marked, key=lambda one: (one.exercise, one.student)):
        by_exercise[one.exercise].append(one)
    return "\n\n".join("\n".join(exercise_lines(name, ones)) for name, ones in by_exercise.items())


def exercise_lines(exercise: str, marked: Sequence[Marked]) -> list[str]:
    """Return the lines about one exercise."""
    graded = [one for one in marked if one.tasks]
    lines = [f"{exercise}: {len(graded)} graded"]
    if graded:
        points = [sum(task.points for task in one.tasks) for one in graded]
        most = max(sum(task.max_points for task in one.tasks) for one in graded)
        lines[0] += (
            f", {statistics.mean(points):.1f} of {most:g} points on average, "
            f"half of them have {statistics.median(points):g} or more"
        )
    cells = dict.fromkeys(task.cell for one in graded for task in one.tasks)
    for cell in cells:
        marks = [(one.student, t) for one in graded for t in one.tasks if t.cell == cell]
        lines += task_lines(marks)
    problems = [f"  {one.student}: {one.problem}" for one in marked if one.problem]
    return [*lines, *(["Not graded:"] * bool(problems)), *problems]


def task_lines(marks: Sequence[tuple[str, TaskMark]]) -> list[str]:
    """Return the lines about one task: how many solved it, then what went wrong most often."""
    tasks = [task for _, task in marks]
    share = sum(t.points for t in tasks) / sum(t.max_points for t in tasks)
    unwritten = sum(UNWRITTEN in t.mistakes for t in tasks)
    solved = sum(t.points == t.max_points for t in tasks)
    lines = [
        f"  {share:4.0%} of the points, {solved} solved it, {len(tasks) - solved - unwritten} not, "
        f"{unwritten} wrote nothing: {tasks[0].title}"
    ]
    who: dict[str, list[str]] = defaultdict(list)
    for student, task in marks:
        for mistake in task.mistakes:
            if mistake != UNWRITTEN:
                who[mistake].append(student)
    commonest = sorted(who.items(), key=lambda item: (-len(item[1]), item[0]))[:SHOWN]
    return lines + [f"  {len(names):4d} x {says}  [{some(names)}]" for says, names in commonest]


def some(names: Sequence[str]) -> str:
    """Return the first few of the names."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
