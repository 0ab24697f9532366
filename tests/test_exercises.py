"""Exercises as nbgrader makes and grades them: what a student gets, and what each answer earns."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import boxes
import nbformat
import pytest
from nbgrader.api import Gradebook
from wrong_answers import all_tasks

from course_lib.checks import exercises
from course_lib.checks.generate import SameBytes, generate

ROOT = Path(__file__).parent.parent
EXERCISES = list(exercises())
CODE_POINTS, TEXT_POINTS = 34, 6  # of ex01
BOX = ["--BoxedExecute.without_box=True"] if boxes.why_none() else []


def read(folder, name="ex01"):
    return nbformat.read(ROOT / folder / name / f"{name}.ipynb", as_version=4)


def graded_cells(notebook):
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]


def course_folder(path):
    """Make a course folder for nbgrader that shares the course's solutions and settings."""
    shutil.copytree(ROOT / "solutions", path / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", path)
    return path


# What is committed


@pytest.mark.slow
def test_exercises_are_what_nbgrader_generates_from_the_solutions(tmp_path):
    course = course_folder(tmp_path)
    assert generate(course) == 0
    made = {p.relative_to(course): p.read_bytes() for p in course.glob("exercises/*/*")}
    here = [p for p in ROOT.glob("exercises/*/*") if p.name != ".ipynb_checkpoints"]
    assert made == {p.relative_to(ROOT): p.read_bytes() for p in here}, "run: make exercises"


def test_where_and_when_a_solution_was_run_leaves_no_trace():
    mine, theirs = read("solutions"), read("solutions")
    theirs.metadata.update(language_info={"version": "3.99"}, kernelspec={"name": "mine"})
    theirs.metadata["widgets"] = {}
    theirs.cells[1].metadata["execution"] = {"iopub.execute_input": "2000-01-01"}
    made = [SameBytes().preprocess(notebook, {})[0] for notebook in (mine, theirs)]
    assert nbformat.writes(made[0]) == nbformat.writes(made[1])


def test_generating_an_exercise_that_is_not_there_names_those_that_are():
    with pytest.raises(ValueError, match=r"no solutions/ex77; there are ex01"):
        generate(ROOT, ["ex77"])


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_holds_no_solution_no_output_and_no_hidden_test(name):
    exercise, solution = read("exercises", name), read("solutions", name)
    text = "\n".join(cell.source for cell in exercise.cells)
    assert "SOLUTION" not in text
    assert "HIDDEN" not in text
    assert "seed=" not in text
    assert all(
        not c.outputs and c.execution_count is None for c in exercise.cells if "outputs" in c
    )
    written = [c for c in exercise.cells if c.metadata.get("nbgrader", {}).get("solution")]
    for cell in written:
        stub = "raise NotImplementedError" if cell.cell_type == "code" else "*Write your answer"
        assert stub in cell.source
    assert [c.id for c in exercise.cells] == [c.id for c in solution.cells]


@pytest.mark.parametrize("folder", ["exercises", "solutions"])
@pytest.mark.parametrize("name", EXERCISES)
def test_cells_are_short_and_links_lead_somewhere(folder, name):
    notebook = read(folder, name)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 15, cell.source
        for link in re.findall(r"\]\(([^)#]+)\)", cell.source):
            assert (ROOT / folder / name / link).is_file(), link
    last = notebook.cells[-1].source
    assert f"../../solutions/{name}/{name}.ipynb" in last
    assert "ompare" in last


@pytest.mark.parametrize("name", EXERCISES)
def test_the_solution_was_run_and_nothing_went_wrong(name):
    notebook = read("solutions", name)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        assert cell.execution_count, cell.source
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
    shown = [
        output["data"]["text/plain"]
        for c in graded_cells(notebook)
        if "outputs" in c
        for output in c.outputs
        if output.output_type == "execute_result"
    ]
    points = [c.metadata.nbgrader.points for c in graded_cells(notebook) if "outputs" in c]
    assert [float(x) for x in shown] == points


def tasks_of(name):
    return [task for task in all_tasks() if task.id.startswith(name) and "/" not in task.id]


@pytest.mark.parametrize("name", EXERCISES)
def test_points_in_the_notebook_are_the_points_of_the_checks(name):
    checked = {}
    for cell in graded_cells(read("exercises", name)):
        for task_id in re.findall(r'check\("(ex\d\d\.\d)"', cell.source):
            checked[task_id] = cell.metadata.nbgrader.points
    assert checked == {task.id: task.max_points for task in tasks_of(name)}


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_states_its_points(name):
    notebook = read("exercises", name)
    cells = graded_cells(notebook)
    code = sum(c.metadata.nbgrader.points for c in cells if c.cell_type == "code")
    text = sum(c.metadata.nbgrader.points for c in cells if c.cell_type == "markdown")
    said = [
        int(n) for c in notebook.cells for n in re.findall(r"^#+ .*\((\d+) points", c.source, re.M)
    ]
    assert sum(said) == code + text
    assert f"{code + text} points, of which {code}" in notebook.cells[0].source
    assert text > 0  # an explanation, read by a person


@pytest.mark.parametrize("name", EXERCISES)
def test_every_hint_that_a_check_names_is_in_the_exercise(name):
    text = "\n".join(cell.source for cell in read("exercises", name).cells)
    sections = {int(s[0]): s for s in re.split(r"^## (?=\d)", text, flags=re.M)[1:]}
    for task in tasks_of(name):
        named = {re.findall(r"Hint \d", prop.hint)[0] for prop in task.properties}
        number = int(task.id.partition(".")[2])
        assert named == set(re.findall(r"<summary>(Hint \d)", sections[number])), task.id
        assert task.title.startswith(f"Task {number}, ")


@pytest.mark.parametrize("name", EXERCISES)
def test_the_model_answer_quotes_the_numbers_of_the_run(name):
    """The cell `report` prints what was measured; a model answer interprets it."""
    notebook = read("solutions", name)
    outputs = next(cell for cell in notebook.cells if cell.id == "report").outputs
    printed = re.findall(r"\d+\.\d+", "".join(output.get("text", "") for output in outputs))
    written = [c.source for c in graded_cells(notebook) if c.cell_type == "markdown"]
    quoted = re.findall(r"\d+\.\d+", "\n".join(written))
    assert len(printed) >= 3
    assert set(printed) <= set(quoted)


# What nbgrader makes of answers

PRODUCT = """
def sentence_log_prob(next_word, sentence):
    p = 1.0
    for t, word in enumerate((*sentence, EOS)):
        p *= next_word(sentence[:t]).get(word, 0.0)
        if p == 0.0:
            return -math.inf
    return math.log(p)
"""


def nbgrader(course, *command):
    """Run an nbgrader command as a teacher does, and return what it said."""
    # nbgrader starts alembic by name, so the environment's programs must be found.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=course,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return run.stderr


def submit(course, student, notebook):
    folder = course / "submitted" / student / "ex01"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "ex01.ipynb")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Grade three students: one hands in the solution, one nothing, one a wrong first task."""
    course = course_folder(tmp_path_factory.mktemp("course"))
    nbgrader(course, "generate_assignment", "ex01", "--force")
    exercise = course / "exercises" / "ex01" / "ex01.ipynb"
    assert exercise.read_bytes() == (ROOT / "exercises/ex01/ex01.ipynb").read_bytes()
    wrong = read("solutions")
    next(c for c in wrong.cells if c.id == "sentence_log_prob").source = PRODUCT
    submit(course, "solved", read("solutions"))
    submit(course, "untouched", nbformat.read(exercise, as_version=4))
    submit(course, "wrong", wrong)
    nbgrader(course, "autograde", "ex01", *BOX)
    nbgrader(course, "generate_feedback", "ex01")
    return course


@pytest.fixture(scope="module")
def scores(course):
    """Return each student's points: by cell, and in all for code and for text."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        return {
            submission.student.id: {
                "code": submission.code_score,
                "text": submission.written_score,
                "cells": {g.name: g.auto_score for n in submission.notebooks for g in n.grades},
                "most": (submission.max_code_score, submission.max_written_score),
            }
            for submission in book.assignment_submissions("ex01")
        }


@pytest.mark.slow
def test_nbgrader_gives_the_solution_all_points_and_the_untouched_exercise_none(scores):
    assert set(scores) == {"solved", "untouched", "wrong"}
    assert scores["solved"]["most"] == (CODE_POINTS, TEXT_POINTS)
    assert scores["solved"]["code"] == CODE_POINTS
    assert scores["solved"]["text"] == 0  # a person's to give
    assert scores["untouched"]["code"] == 0
    assert scores["untouched"]["text"] == 0


@pytest.mark.slow
def test_nbgrader_gives_a_wrong_answer_the_points_of_the_properties_that_hold(scores):
    assert scores["wrong"]["cells"]["check_sentence_log_prob"] == 4.0
    assert scores["wrong"]["code"] == CODE_POINTS - 1


@pytest.mark.slow
def test_feedback_says_what_was_wrong(course):
    pages = {
        s: (course / "feedback" / s / "ex01" / "ex01.html").read_text("utf-8")
        for s in ("solved", "untouched", "wrong")
    }
    assert "Add logarithms instead of multiplying first." in pages["wrong"]
    assert "Add logarithms instead" not in pages["solved"]
    assert "This function is not written yet" in pages["untouched"]


@pytest.mark.slow
def test_grading_keeps_no_progress_and_leaves_no_error(course):
    assert not list(course.rglob("progress*.json"))
    graded = nbformat.read(course / "autograded/solved/ex01/ex01.ipynb", as_version=4)
    kinds = {output.output_type for cell in graded.cells for output in cell.get("outputs", [])}
    assert "error" not in kinds
