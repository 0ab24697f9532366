"""The one writer: nbgrader's gradebook, the graded notebooks, and what students get to read."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import GenerateFeedback
from nbgrader.preprocessors import (
    AssignLatePenalties,
    GetGrades,
    SaveAutoGrades,
    SaveCells,
    getgrades,
    latesubmissions,
    saveautogrades,
)
from sqlalchemy.exc import SAWarning

from course_lib.grading.mark import Marked

SECRET = "submission_secret.txt"  # of nbgrader's exchange: who has it may fetch the feedback


class Course:
    """A teacher's folder: its nbgrader_config.py, its gradebook, and where everything lies."""

    def __init__(self, root: Path):
        programs = str(Path(sys.executable).parent)  # nbgrader calls alembic by its bare name
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])
        self.app = NbGrader()
        self.app.initialize([], root=str(root))
        self.app.log_level = logging.ERROR  # what is late stands in the gradebook
        self.directory: Any = self.app.coursedir
        self.root, self.db_url = root, str(self.directory.db_url)

    def folder(self, kind: str, student: str, exercise: str) -> Path:
        """Return the folder of a submission; kind is autograded, feedback, release, ..."""
        named = getattr(self.directory, f"{kind}_directory")
        return self.root / self.directory.format_path(named, student, exercise)

    def handed_out(self, exercise: str) -> Path:
        """Return the notebook that students were given."""
        return self.folder("release", ".", exercise) / f"{exercise}.ipynb"

    def waiting(self) -> str:
        """Return in words how many submissions of each exercise wait for a mark by hand."""
        with Gradebook(self.db_url, self.directory.course_id) as gradebook:
            counts = {
                assignment.name: sum(one.needs_manual_grade for one in assignment.submissions)
                for assignment in gradebook.assignments
            }
        return ", ".join(f"{n} of {name}" for name, n in counts.items() if n)


class OpenBook(Gradebook):
    """A gradebook whose connection stays: opening one takes longer than what a mark needs."""

    def close(self) -> None:
        """End the session, keep the connection."""
        self.db.remove()


@contextlib.contextmanager
def used_by_steps(book: OpenBook) -> Iterator[None]:
    """Let nbgrader's steps use this gradebook where they would open one each."""
    steps: tuple[Any, ...] = (saveautogrades, latesubmissions, getgrades)
    for step in steps:
        step.Gradebook = lambda *_: book
    try:
        yield
    finally:
        for step in steps:
            step.Gradebook = Gradebook


class Writer:
    """Writes marks, one submission after the other; the same mark twice changes nothing."""

    def __init__(self, course: Course, feedback: bool = True):
        self.course = course
        self._feedback = feedback_exporter(course) if feedback else None
        self._known: set[str] = set()
        self._book = OpenBook(course.db_url, course.directory.course_id)

    def open_exercise(self, exercise: str, handed_out: str) -> None:
        """Make sure that the gradebook knows the cells of an exercise and their points."""
        if exercise in self._known:
            return
        with Gradebook(self.course.db_url, self.course.directory.course_id) as gradebook:
            gradebook.update_or_create_assignment(exercise)
            try:
                known = gradebook.find_notebook(exercise, exercise).grade_cells
            except MissingEntry:
                known = []
        if not known:
            save = SaveCells(parent=self.course.app)
            save.preprocess(nbformat.reads(handed_out, as_version=4), self._resources(exercise))
        self._known.add(exercise)

    def write(
        self, marked: Marked, timestamp: dt.datetime | None, submitted: Path | None = None
    ) -> Path:
        """Write the graded notebook, then the marks, then the feedback; return the notebook.

        submitted is the folder that it came in: what the exchange needs to give feedback back is
        taken from there.
        """
        student, exercise = marked.student, marked.exercise
        notebook = nbformat.reads(marked.notebook, as_version=4)
        target = self.course.folder("autograded", student, exercise) / f"{exercise}.ipynb"
        write_whole(target, marked.notebook)
        notes = exchange_notes(submitted, timestamp)
        for name, text in notes.items():
            write_whole(target.with_name(name), text)
        with self._book as gradebook:
            gradebook.update_or_create_student(student)
            known: Any = {} if timestamp is None else {"timestamp": timestamp.isoformat(sep=" ")}
            with warnings.catch_warnings():  # nbgrader 0.9 adds rows in an order SQLAlchemy notes
                warnings.simplefilter("ignore", SAWarning)
                gradebook.update_or_create_submission(exercise, student, **known)
        resources = self._resources(exercise, student)
        with used_by_steps(self._book):
            for step in (SaveAutoGrades, AssignLatePenalties):
                step(parent=self.course.app).preprocess(notebook, resources)
            if self._feedback is not None:
                page = self.write_feedback(self._feedback, notebook, student, exercise)
                for name, text in notes.items():
                    write_whole(page.with_name(name), text)
        return target

    def close(self) -> None:
        """Close the connection to the gradebook."""
        self._book.close()
        self._book.engine.dispose()

    def write_feedback(
        self, exporter: HTMLExporter, notebook: NotebookNode, student: str, exercise: str
    ) -> Path:
        """Write the page a student reads."""
        html, _ = exporter.from_notebook_node(notebook, self._resources(exercise, student))
        target = self.course.folder("feedback", student, exercise) / f"{exercise}.html"
        write_whole(target, html)
        return target

    def _resources(self, exercise: str, student: str = ".") -> Any:
        names = {"student": student, "assignment": exercise, "notebook": exercise}
        return {"nbgrader": names | {"db_url": self.course.db_url}, "unique_key": exercise}


def exchange_notes(submitted: Path | None, timestamp: dt.datetime | None) -> dict[str, str]:
    """Return the small files beside a submission that nbgrader's exchange asks for, by name."""
    notes = {} if timestamp is None else {"timestamp.txt": f"{timestamp.isoformat(sep=' ')} UTC\n"}
    secret = submitted / SECRET if submitted else None
    if secret and secret.is_file() and not secret.is_symlink() and secret.stat().st_size < 1_000:
        notes[SECRET] = secret.read_text("utf-8", "replace")
    return notes


def feedback_exporter(course: Course) -> HTMLExporter:
    """Return nbgrader's exporter for feedback pages."""
    settings = GenerateFeedback(coursedir=course.directory, parent=course.app).config
    exporter = HTMLExporter(config=settings)
    exporter.register_preprocessor(GetGrades(parent=course.app), enabled=True)
    return exporter


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all, in a folder that may not exist yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
