"""What a teacher reads after a run: the marks as CSV, the tasks and mistakes to talk about."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from course_lib.grading.gradebook import write_whole
from course_lib.grading.mark import Marked, TaskMark


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
    """Return what a teacher can act on: each task's share of points, and its commonest mistakes."""
    tasks: dict[tuple[str, str], list[TaskMark]] = defaultdict(list)
    problems = []
    for one in marked:
        problems += [f"  {one.student}, {one.exercise}: {one.problem}"] * bool(one.problem)
        for task in one.tasks:
            tasks[one.exercise, task.cell].append(task)
    lines = []
    for (exercise, _), marks in sorted(tasks.items(), key=lambda item: item[0][0]):
        share = sum(m.points for m in marks) / sum(m.max_points for m in marks)
        solved = sum(m.points == m.max_points for m in marks)
        lines.append(f"{exercise}  {marks[0].title}: {share:.0%} of the points, ")
        lines[-1] += f"{solved} of {len(marks)} solved it"
        mistakes = Counter(mistake for m in marks for mistake in m.mistakes)
        lines += [f"  {count:4d} x  {mistake}" for mistake, count in mistakes.most_common(3)]
    return "\n".join([*lines, *(["Not graded:"] if problems else []), *problems])
