"""nbgrader's own programs around the box: autograde, a mark by hand, feedback, export, exchange."""

import csv
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import boxes
import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
from nbgrader.apps.exportapp import ExportApp

from course_lib.grading.__main__ import main

if boxes.why_none():
    pytest.skip(f"the box tests did not run: {boxes.why_none()}", allow_module_level=True)

ROOT = Path(__file__).parents[1]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("gradebook"),
    pytest.mark.filterwarnings("ignore"),  # nbgrader's own
]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """A teacher's folder as a clone has it: the course's own nbgrader_config.py, one exercise."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for folder in ("solutions", "exercises"):
        shutil.copytree(ROOT / folder / "ex01", root / folder / "ex01")
    before = Path.cwd(), os.environ["PATH"]
    os.chdir(root)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before[1]])
    app = NbGrader()
    app.initialize([], root=str(root))
    directory: Any = app.coursedir
    directory.root = str(root)
    assert NbGraderAPI(app.coursedir, parent=app).generate_assignment("ex01")["success"]
    yield app
    os.chdir(before[0])
    os.environ["PATH"] = before[1]


def answered(name):
    """Return ex01 as a student hands it in: tasks 1 and 7 done."""
    notebook = nbformat.read(ROOT / "exercises" / "ex01" / "ex01.ipynb", as_version=4)
    solved = {c.id: c for c in nbformat.read(ROOT / "solutions/ex01/ex01.ipynb", 4).cells}
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "sentence_log_prob":
            cell.source = solved[cell.id].source
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "explain":
            cell.source = f"{name} says: without an end, everything is a beginning."
    return notebook


def hand_in(app, student, notebook):
    path = Path(app.coursedir.root, "submitted", student, "ex01", "ex01.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def autograde(app, student):
    done = NbGraderAPI(app.coursedir, parent=app).autograde("ex01", student, force=True)
    assert done["success"], done


def book(app):
    return Gradebook(app.coursedir.db_url, app.coursedir.course_id)


def test_from_autograde_over_a_mark_by_hand_to_feedback_and_export(app, tmp_path):
    hand_in(app, "ann", answered("Ann"))
    autograde(app, "ann")
    with book(app) as gradebook:
        submission: Any = gradebook.find_submission("ex01", "ann")
        assert submission.code_score == 5 and submission.needs_manual_grade
        grade: Any = gradebook.find_grade("explain", "ex01", "ex01", "ann")
        assert grade.auto_score is None
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        comment: Any = gradebook.find_comment("explain", "ex01", "ex01", "ann")
        comment.manual_comment = "What is the sum, then?"
        gradebook.db.commit()
    api = NbGraderAPI(app.coursedir, parent=app)
    assert api.generate_feedback("ex01", "ann", force=True)["success"]
    page = Path(app.coursedir.root, "feedback/ann/ex01/ex01.html").read_text("utf-8")
    assert "What is the sum, then?" in page and "(Score: 7.5 / 40.0)" in page
    ExportApp.clear_instance()
    export = ExportApp(parent=app)
    export.initialize([f"--to={tmp_path / 'grades.csv'}"])
    export.start()
    (row,) = csv.DictReader((tmp_path / "grades.csv").read_text("utf-8").splitlines())
    assert (row["student_id"], float(row["score"]), float(row["max_score"])) == ("ann", 7.5, 40.0)


def test_autograde_finds_stripped_cells_by_their_ids(app):
    notebook = answered("Bob")
    for cell in notebook.cells:
        cell.metadata = nbformat.NotebookNode()
    hand_in(app, "bob", notebook)
    autograde(app, "bob")
    with book(app) as gradebook:
        submission: Any = gradebook.find_submission("ex01", "bob")
        assert submission.code_score == 5


@pytest.mark.parametrize("grader", ["nbgrader", "ours"])
def test_the_exchange_releases_takes_and_gives_back(app, tmp_path, grader):
    student = f"cyd_{grader}"
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    app.config.Exchange.root = str(exchange)
    app.config.ExchangeSubmit.root = str(exchange)
    api = NbGraderAPI(app.coursedir, parent=app)
    done = api.release_assignment("ex01")
    assert done["success"], done["log"]
    assert list(exchange.glob("*/outbound/ex01/ex01.ipynb"))
    inbound = next(exchange.glob("*/inbound")) / f"{student}+ex01+2026-11-20 12:00:00 UTC+x"
    inbound.mkdir()
    nbformat.write(answered("Cyd"), inbound / "ex01.ipynb")
    (inbound / "timestamp.txt").write_text("2026-11-20 12:00:00 UTC")
    (inbound / "submission_secret.txt").write_text("only Cyd knows")
    done = api.collect("ex01")
    assert done["success"], done["log"]
    if grader == "nbgrader":
        autograde(app, student)
        assert api.generate_feedback("ex01", student, force=True)["success"]
    else:
        assert main(["--course", app.coursedir.root, "--workers", "1", "--exercise", "ex01"]) == 0
    done = api.release_feedback("ex01", student)
    assert done["success"], done
    assert len(list(exchange.glob("*/feedback/*.html"))) == 1
