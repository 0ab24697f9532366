"""Marks of a class: each written once, after whatever crash. No box is needed here."""

import csv
import datetime as dt
import shutil
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook

from course_lib.checks.run import UNWRITTEN
from course_lib.grading import runner
from course_lib.grading.box import Limits
from course_lib.grading.gradebook import Course
from course_lib.grading.mark import Marked, TaskMark
from course_lib.grading.preprocess import outputs
from course_lib.grading.restore import restore
from course_lib.grading.runner import Journal, Run, Settings
from course_lib.grading.submissions import find
from course_lib.grading.summary import summary, write_csv

ROOT = Path(__file__).parents[1]
EXERCISE = ROOT / "exercises" / "ex01" / "ex01.ipynb"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("gradebook")]


class Now(Executor):
    """An executor that runs a job when it is submitted; `deaths` workers die first."""

    deaths = 0

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        if Now.deaths:
            Now.deaths -= 1
            future.set_exception(BrokenProcessPool("a worker died"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


MARKED = []


def fake_mark(job):
    """Give as many points to task 1 as the submission has cells of its own."""
    MARKED.append(job.student)
    notebook = restore(
        nbformat.reads(job.submitted or job.handed_out, 4), nbformat.reads(job.handed_out, 4)
    )
    points = (
        0.0
        if job.problem
        else float(sum(cell.id.startswith("student-") for cell in notebook.cells) % 6)
    )
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("check_"):
            cell.outputs = [new_output("execute_result", data={"text/plain": "0"})]
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "check_sentence_log_prob":
            cell.outputs[0].data["text/plain"] = f"{points:g}"
    task = TaskMark("check_sentence_log_prob", "Task 1", points, 5.0, ("Logs, not products.",))
    return Marked(job.student, job.exercise, nbformat.writes(notebook), (task,), job.problem, 0.1)


@pytest.fixture(scope="module")
def empty_course(tmp_path_factory):
    """A teacher's folder whose gradebook exists: making one takes seconds."""
    root = tmp_path_factory.mktemp("empty")
    (root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "x"\n'
        'c.CourseDirectory.source_directory = "solutions"\n'
        'c.CourseDirectory.release_directory = "exercises"\n'
    )
    shutil.copytree(EXERCISE.parent, root / "exercises" / "ex01")
    with Gradebook(Course(root).db_url, "x") as book:
        book.update_or_create_assignment("ex01")
    return root


@pytest.fixture
def root(empty_course, tmp_path, monkeypatch):
    MARKED.clear()
    Now.deaths = 0
    monkeypatch.setattr(runner, "mark", fake_mark)
    return Path(shutil.copytree(empty_course, tmp_path / "course"))


def hand_in(root, student, own_cells=1, when=None):
    notebook = nbformat.read(EXERCISE, as_version=4)
    notebook.cells = [c for c in notebook.cells if c.metadata.get("nbgrader")]
    notebook.cells += [new_code_cell(f"{student} = {i}") for i in range(own_cells)]
    path = root / "submitted" / student / "ex01" / "ex01.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    if when:
        (path.parent / "timestamp.txt").write_text(f"{when} UTC")
    return path


def grade(root, **settings):
    run = Run(Course(root), Settings(7, Limits(), 2, **settings), Now)
    return run.grade(list(find(root / "submitted"))), run


def scores(root):
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "x") as book:
        return {s.student.id: s.code_score for s in book.assignment_submissions("ex01")}


def test_marks_reach_the_gradebook_the_notebook_and_the_page(root):
    for number, student in enumerate(("ann", "bob"), start=1):
        hand_in(root, student, number, when="2026-11-20 12:00:00")
    done, _ = grade(root)
    assert done == 2 and scores(root) == {"ann": 1.0, "bob": 2.0}
    graded = root / "autograded" / "bob" / "ex01"
    assert "bob = 1" in (graded / "ex01.ipynb").read_text("utf-8")
    assert (graded / "timestamp.txt").read_text() == "2026-11-20 12:00:00 UTC\n"
    assert "bob" in (root / "feedback" / "bob" / "ex01" / "ex01.html").read_text("utf-8")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "x") as book:
        bob: Any = book.find_submission("ex01", "bob")
        assert bob.timestamp == dt.datetime(2026, 11, 20, 12)


def test_what_was_graded_is_not_graded_again_unless_it_changed(root):
    for student in ("ann", "bob"):
        hand_in(root, student)
    assert grade(root)[0] == 2 and grade(root)[0] == 0
    hand_in(root, "ann", own_cells=4)
    assert grade(root)[0] == 1 and sorted(MARKED) == ["ann", "ann", "bob"]
    assert scores(root) == {"ann": 4.0, "bob": 1.0}
    assert grade(root, force=True)[0] == 2


def test_a_run_that_breaks_off_goes_on_and_no_mark_is_lost_or_doubled(root, monkeypatch):
    for student in ("ann", "bob", "cy"):
        hand_in(root, student, own_cells=3)
    add = Journal.add

    def fail_at_bob(self, marked, *rest):
        if marked.student == "bob":
            raise KeyboardInterrupt  # after the gradebook, before the journal
        add(self, marked, *rest)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Journal, "add", fail_at_bob)
        grade(root)
    with (root / "grading.jsonl").open("a") as file:
        file.write('{"student": "bo')  # and the last line was cut
    before = Journal(root / "grading.jsonl").entries
    done, run = grade(root)
    assert ("bob", "ex01") not in before and done == 3 - len(before)
    assert scores(root) == dict.fromkeys(("ann", "bob", "cy"), 3.0)
    assert sorted(marked.student for marked in run.journal.marked()) == ["ann", "bob", "cy"]
    assert grade(root)[0] == 0


def test_a_worker_that_dies_costs_no_one_else_anything(root):
    for student in ("ann", "bob"):
        hand_in(root, student)
    Now.deaths = 2
    assert grade(root)[0] == 2 and len(scores(root)) == 2
    hand_in(root, "cy")
    Now.deaths = 99
    with pytest.raises(RuntimeError, match="workers died 3 times; not graded: cy/ex01"):
        grade(root)


def test_what_can_not_be_read_is_in_the_gradebook_with_its_reason(root):
    hand_in(root, "ann").write_text("no notebook")
    hand_in(root, "bob")
    assert grade(root)[0] == 2
    assert scores(root)["ann"] == 0.0


def test_a_grade_given_by_hand_is_kept(root):
    hand_in(root, "ann")
    grade(root)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "x") as book:
        grade_by_hand: Any = book.find_grade("explain", "ex01", "ex01", "ann")
        grade_by_hand.manual_score = 2.5
        book.db.commit()
    grade(root, force=True)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "x") as book:
        kept: Any = book.find_grade("explain", "ex01", "ex01", "ann")
        assert kept.manual_score == 2.5


def test_a_file_for_an_exercise_that_does_not_exist_stops_nothing(root):
    hand_in(root, "ann")
    stray = root / "submitted" / "bob" / "ex99" / "ex99.ipynb"
    stray.parent.mkdir(parents=True)
    shutil.copy(EXERCISE, stray)
    done, run = grade(root)
    assert done == 1 and [s.student for s in run.skipped] == ["bob"]


def test_a_letter_that_is_none_stops_nothing(root):
    path = hand_in(root, "ann")
    path.write_text(path.read_text("utf-8").replace("ann = 0", "ann = '\\ud800'"), "utf-8")
    assert grade(root)[0] == 1 and scores(root) == {"ann": 1.0}


def test_an_exercise_that_was_not_handed_out_says_how_to_make_it(root):
    hand_in(root, "ann")
    shutil.rmtree(root / "exercises")
    with pytest.raises(FileNotFoundError, match="`make exercises`"):
        grade(root)


# What a teacher reads


def marked(student, points, *mistakes, problem=""):
    tasks = () if problem else (TaskMark("check_1", "Task 1", points, 4.0, mistakes),)
    return Marked(student, "ex01", "", tasks, problem)


def test_marks_as_csv_hold_no_formula(tmp_path):
    write_csv(
        tmp_path / "m.csv",
        [marked("zoe", 4.0), marked("=1+1", 1.5), marked("ann", 0, problem="Cut.")],
    )
    rows = list(csv.DictReader((tmp_path / "m.csv").read_text("utf-8").splitlines()))
    assert [row["student"] for row in rows] == ["'=1+1", "ann", "zoe"]
    assert rows[0]["check_1"] == "1.5" and rows[2]["points"] == "4"
    assert rows[1]["problem"] == "Cut." and rows[1]["check_1"] == ""


def test_the_summary_names_the_commonest_mistakes_and_who_made_them():
    class_ = [marked("a", 4.0), *[marked(s, 2.0, "Logs.", "Sign.") for s in "bc"]]
    class_ += [marked("d", 0, "Sign."), marked("e", 0, UNWRITTEN), *[marked(s, 4.0) for s in "fg"]]
    said = summary([*class_, marked("z", 0, problem="No file.")])
    assert said.splitlines() == [
        "ex01: 7 graded, 2.3 of 4 points on average, half of them have 2 or more",
        "   57% of the points, 3 solved it, 3 not, 1 wrote nothing: Task 1",
        "     3 x Sign.  [b, c, d]",
        "     2 x Logs.  [b, c]",
        "Not graded:",
        "  z: No file.",
    ]
    many = summary([marked(str(n), 0, "Sign.") for n in range(9)])
    assert "9 x Sign.  [0, 1, 2, 3 and 5 more]" in many


def test_each_exercise_has_its_own_summary_and_none_may_be_graded():
    other = replace(marked("a", 4.0), exercise="ex02")
    said = summary([other, marked("b", 0, problem="Cut.")])
    assert said == (
        "ex01: 0 graded\nNot graded:\n  b: Cut.\n\n"
        "ex02: 1 graded, 4.0 of 4 points on average, half of them have 4 or more\n"
        "  100% of the points, 1 solved it, 0 not, 0 wrote nothing: Task 1"
    )


def test_points_are_written_as_nbgrader_reads_them():
    from course_lib.checks.report import Finding, Report

    report = Report("t", "T", (Finding("a", 1.0, 3.0, "x"),), 1)
    assert outputs(report, 6.0)[1].data["text/plain"] == "2"
