"""Mark one submission: text in, text and points out, in whatever process that happens."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell

from course_lib.checks.report import Report
from course_lib.checks.run import UNWRITTEN
from course_lib.grading.box import Limits, NoBox
from course_lib.grading.kernel import new_kernel
from course_lib.grading.preprocess import check_call, grade, not_graded
from course_lib.grading.restore import restore
from course_lib.grading.submissions import written
from course_lib.grading.warm import imported


@dataclass(frozen=True)
class Job:
    """What a worker needs, as plain data: it may work on another machine."""

    student: str
    exercise: str
    submitted: str  # the notebook's text, empty if it can't be read
    handed_out: str
    seed: int
    limits: Limits
    problem: str = ""  # why it can't be read, in words for the student
    boxed: bool = True


@dataclass(frozen=True)
class TaskMark:
    """The mark of one check cell, and what was wrong."""

    cell: str
    title: str
    points: float
    max_points: float
    mistakes: tuple[str, ...] = ()  # known by name; else the properties that failed


@dataclass(frozen=True)
class Marked:
    """What came of a job."""

    student: str
    exercise: str
    notebook: str
    tasks: tuple[TaskMark, ...] = ()
    problem: str = ""
    seconds: float = field(default=0.0, compare=False)


def mark(job: Job) -> Marked:
    """Run a submission in a box and judge it. Raises NoBox where there is no box."""
    began, problem = time.perf_counter(), job.problem
    handed_out = nbformat.reads(job.handed_out, as_version=4)
    notebook, reports = restore(handed_out, handed_out), {}
    if not problem:
        try:
            notebook = restore(nbformat.reads(job.submitted, as_version=4), handed_out)
            modules = imported(handed_out)
            start = partial(new_kernel, job.limits, modules, job.boxed)
            reports = grade(notebook, job.seed, start, job.boxed)
        except NoBox:
            raise
        except Exception as error:  # one submission must not end the grading of all
            problem = (
                f"This notebook could not be graded ({type(error).__name__}); ask your teacher."
            )
    if problem:
        refuse(notebook, problem)
    return Marked(
        job.student,
        job.exercise,
        written(notebook),
        tuple(task_mark(name, report) for name, report in reports.items()),
        problem,
        time.perf_counter() - began,
    )


def refuse(notebook: NotebookNode, problem: str) -> None:
    """Say in a notebook why it was not graded, and put 0 points under its checks."""
    notebook.cells.insert(0, new_markdown_cell(f"**Not graded.** {problem}", id="problem"))
    for cell in notebook.cells:
        if cell.cell_type == "code" and check_call(cell):
            not_graded(cell, problem)


def task_mark(cell: str, report: Report) -> TaskMark:
    """Return the mark of a check, with the mistakes by name where they are known."""
    failed = [finding for finding in report.findings if not finding.passed]
    mistakes = dict.fromkeys(
        UNWRITTEN if finding.complaint == UNWRITTEN else finding.mistake or f"fails: {finding.name}"
        for finding in failed
    )
    return TaskMark(cell, report.title, report.points, report.max_points, tuple(mistakes))
