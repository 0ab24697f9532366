"""The step that takes the place of nbgrader's Execute: a submission in the box, judged outside.

    c.Autograde.autograde_preprocessors = boxed_steps()

All else is nbgrader's: the gradebook, late penalties, formgrader, feedback, the exchange.
"""

from __future__ import annotations

import ast
import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Bool, Dict, Unicode

from course_lib.checks.report import Report
from course_lib.grading.box import Limits
from course_lib.grading.kernel import new_kernel
from course_lib.grading.restore import restore
from course_lib.grading.session import Kernel, Session, told
from course_lib.grading.warm import imported

STAMP = "Graded without a box: this code could read and change what the grader can."
Call = tuple[str, list[str]]  # a task, and the names of the student's functions


class BoxedExecute(NbGraderPreprocessor):
    """Run the student's cells in a box; judge the check cells outside, on a private seed."""

    limits = Dict(help="Fields of course_lib.grading.box.Limits, such as {'memory': 2**30}.").tag(
        config=True
    )
    without_box = Bool(
        False, help="Run students' code without a box, as you would run your own; stamps results."
    ).tag(config=True)
    seed_file = Unicode(
        "private_seed.txt", help="Holds the seed of the hidden inputs; made on first use."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Return the notebook with the outputs of its cells, and points under its checks."""
        limits, boxed = Limits(**self.limits), not self.without_box
        seed, modules = private_seed(Path(self.seed_file)), ()
        handed_out = self._handed_out(resources["nbgrader"])
        if handed_out.is_file():  # else nbgrader's own restoring must do, by metadata alone
            given = nbformat.read(handed_out, as_version=4)
            nb.cells, modules = restore(nb, given).cells, imported(given)
        grade(nb, seed, lambda: new_kernel(limits, modules, boxed), boxed)
        return nb, resources

    def _handed_out(self, names: dict) -> Path:
        """Return where the notebook that students were given should lie."""
        parent: Any = self.parent  # an exporter, whose parent is nbgrader's converter
        while parent is not None and not hasattr(parent, "coursedir"):
            parent = parent.parent
        if parent is None:
            return Path()
        course = parent.coursedir
        folder = course.format_path(course.release_directory, ".", names["assignment"])
        return Path(course.root, folder, f"{names['notebook']}.ipynb")


def boxed_steps() -> list[type]:
    """Return the steps of nbgrader's autograde, with BoxedExecute in place of Execute."""
    steps = Autograde.autograde_preprocessors.default() or []
    return [BoxedExecute if step is Execute else step for step in steps]


def grade(
    nb: NotebookNode, seed: int, start: Callable[[], Kernel], boxed: bool = True
) -> dict[str, Report]:
    """Run a restored submission and put the points under its checks; return the reports by cell.

    nb is changed in place: its graded cells are the course's own, see restore.py. boxed=False
    stamps every report.
    """
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    checks = {id(cell): call for cell in code if (call := check_call(cell)) is not None}
    session, reports = Session(code, start), {}
    try:
        session.run()
        for cell in code:
            if id(cell) in checks:
                task_id, names = checks[id(cell)]
                report = session.judge(task_id, names, seed)
                report = report if boxed else replace(report, footer=STAMP)
                reports[cell.metadata.nbgrader.grade_id] = report
                cell.outputs = outputs(report, cell.metadata.nbgrader.points)
    finally:
        session.close()
    for number, cell in enumerate(code, start=1):
        cell.execution_count = number
    return reports


def check_call(cell: NotebookNode) -> Call | None:
    """Return what a graded cell checks: the last `check("task", function, ...)` in it."""
    meta = cell.metadata.get("nbgrader", {})
    if not meta.get("grade") or meta.get("solution"):
        return None
    calls = [
        (str(node.args[0].value), [arg.id for arg in node.args[1:] if isinstance(arg, ast.Name)])
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "check"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
    if not calls:
        raise ValueError(
            f"the graded cell {meta.get('grade_id')!r} calls no check(...); such a cell can only "
            "be judged inside the student's kernel, where the student decides what it says"
        )
    return calls[-1]


def outputs(report: Report, points: float) -> list[NotebookNode]:
    """Return what stands under a check: the report, and the share of the cell's points earned."""
    earned = points * report.points / report.max_points
    text: dict[str, Any] = {"text/plain": str(report), "text/html": report._repr_html_()}
    return [
        new_output("display_data", data=text),
        new_output("execute_result", data={"text/plain": f"{earned:g}"}, execution_count=1),
    ]


def private_seed(file: Path) -> int:
    """Return the seed in a file that only the teacher can read; make it if there is none.

    Raises ValueError for a file that holds something else.
    """
    if not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as new:
            new.write(f"{secrets.randbits(62)}\n")
    try:
        return int(file.read_text(encoding="utf-8"))
    except ValueError:
        raise ValueError(f"{file} should hold one whole number; delete it for a new one") from None


def not_graded(cell: NotebookNode, why: str) -> None:
    """Say under a check why it earned nothing."""
    zero = new_output("execute_result", data={"text/plain": "0"}, execution_count=1)
    cell.outputs = [told(why), zero]
