"""Variants of the exercises: each option's own solution earns all, every other one hears which."""

import builtins
import csv
import functools
import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import boxes
import nbformat
import pytest
from nbgrader.api import Gradebook
from wrong_answers import all_tasks

from course_lib.checks import check, exercises, find_task, progress
from course_lib.checks.generate import generate_variant, main, variant_source
from course_lib.checks.progress import record
from course_lib.checks.variants import (
    Replacement,
    checked_word,
    draw_options,
    published,
    read_options,
    replaced,
)
from course_lib.grading.preprocess import check_call

ROOT = Path(__file__).parent.parent
EXERCISES = list(exercises())
OPTIONS = [task.id for task in all_tasks() if task.id != published(task.id)]
VARIED = list(dict.fromkeys(published(option) for option in OPTIONS))
FORMS = {task: [task, *(o for o in OPTIONS if published(o) == task)] for task in VARIED}
PAIRS = [(form, other) for task in VARIED for form in FORMS[task] for other in FORMS[task]]


@pytest.fixture(autouse=True)
def no_progress_kept(monkeypatch):
    monkeypatch.setenv("SEQ2SEQ_COURSE_PROGRESS", "")


@functools.cache
def master(exercise):
    return nbformat.read(ROOT / "solutions" / exercise / f"{exercise}.ipynb", as_version=4)


@functools.cache
def options_of(exercise):
    return read_options(ROOT / "solutions" / exercise / "variants.toml")


def notebook_of(form):
    exercise, chosen = form.split(".")[0], [] if form == published(form) else [form]
    return replaced(master(exercise), options_of(exercise), chosen, exercise)


@functools.cache
def solution(form):
    """Return the solution's functions for a form: all cells before its check are run."""
    names: dict = {"display": lambda *args: None, "__name__": "__main__"}
    names |= {"report": types.SimpleNamespace(task_id="", solved=False)}
    for cell in notebook_of(form).cells:
        if cell.cell_type != "code":
            continue
        call = check_call(cell)
        if call is None:
            exec(builtins.compile(cell.source, str(cell.id), "exec"), names)
        elif call[0] == form:
            return [names[name] for name in call[1]]
    raise AssertionError(f"no cell checks {form!r}: is its id replaced in the check cell?")


@pytest.mark.parametrize("exercise", EXERCISES)
def test_two_tasks_of_each_exercise_have_two_options_and_each_a_replacement(exercise):
    mine = [task for task in VARIED if task.startswith(exercise)]
    assert len(mine) >= 2
    assert all(len(FORMS[task]) >= 3 for task in mine)
    assert set(options_of(exercise)) == {o for o in OPTIONS if o.startswith(exercise)}


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_is_the_same_task_with_another_specification(option):
    task, other = find_task(published(option)), find_task(option)
    assert other.max_points == task.max_points
    names = [{name: params for name, (params, _) in t.references.items()} for t in (task, other)]
    assert names[0] == names[1]
    called = [c for cell in notebook_of(option).cells for c in calls(cell.source)]
    assert option in called
    assert published(option) not in called
    asked = {change.cell for change in options_of(option.split(".")[0])[option]}
    cells = {cell.id: cell for cell in notebook_of(option).cells}
    assert any(cells[cell].cell_type == "markdown" for cell in asked), "the text should say it"


def calls(source):
    return [part.split('"')[1] for part in source.split("check(")[1:] if '"' in part]


@pytest.mark.parametrize("seed", [1, 5])
@pytest.mark.parametrize(("form", "other"), PAIRS, ids=lambda form: form)
def test_only_the_solution_of_a_form_gets_all_its_points(form, other, seed):
    report = check(form, *solution(other), seed=seed)
    if form == other:
        assert report.points == report.max_points, report
        return
    known = {m.says for prop in find_task(form).properties for m in prop.mistakes}
    assert report.points < report.max_points
    assert {finding.mistake for finding in report.findings} & known, report


def test_the_word_chooses_and_the_same_word_chooses_the_same():
    ids = ["ex01.2/a", "ex01.2/b", "ex01.4/a", "ex01.4/b", "ex02.1/c"]
    assert draw_options("ada", ids) == draw_options("ada", reversed(ids))
    drawn = {tuple(draw_options(f"word-{i}", ids).items()) for i in range(60)}
    assert len(drawn) == 4
    assert all(draw_options("ada", ids)["ex02.1"] == "ex02.1/c" for _ in range(3))


@pytest.mark.parametrize("word", ["", "a b", "../x", "-x", "ä", "a/b", "x" * 41, "a\n"])
def test_a_word_that_names_no_folder_is_refused(word):
    with pytest.raises(ValueError, match="letters, digits, - and _"):
        checked_word(word)


def test_an_old_text_that_is_not_there_once_is_named():
    def fails(cell, old, problem):
        options = {"ex01.2/x": (Replacement(cell, old, "new"),)}
        with pytest.raises(ValueError, match=problem) as caught:
            replaced(master("ex01"), options, ["ex01.2/x"], "solutions/ex01/variants.toml")
        assert "variants.toml, option 'ex01.2/x', cell" in str(caught.value)

    fails("batch_loss", "nowhere", "has it 0 times")
    fails("check_batch_loss", "report", "has it 4 times")
    fails("no-cell", "report", "is not in the notebook")


@pytest.mark.parametrize("text", ["[", '["ex01.2/a"]\ncell = "x"', '[["ex01.2/a"]]\ncel = "x"'])
def test_a_file_that_can_not_be_read_is_named(tmp_path, text):
    (tmp_path / "variants.toml").write_text(text)
    with pytest.raises(ValueError, match=r"variants.toml: .*It holds tables"):
        read_options(tmp_path / "variants.toml")


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_same_word_gives_the_same_bytes_and_some_other_word_others(exercise):
    made = variant_source(ROOT, "ada", exercise)
    assert made == variant_source(ROOT, "ada", exercise)
    assert made != variant_source(ROOT, "bob", exercise)
    notebook = nbformat.reads(made[f"{exercise}.ipynb"].decode(), as_version=4)
    assert "Your class: ada." in notebook.cells[0].source
    assert not any(cell.get("outputs") for cell in notebook.cells)
    assert "variants.toml" not in made


def test_points_of_an_option_count_for_its_published_task(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    monkeypatch.setenv("SEQ2SEQ_COURSE_PROGRESS", str(path))
    report = check("ex01.2/means", *solution("ex01.2/means"))
    assert report.footer == "ex01: 1 of 6 tasks solved, 6 of 34 points."
    assert set(progress().best) == {task.id for task in all_tasks() if "/" not in task.id}
    assert record(path, "ex01.2", 0.0, 6.0) == ""


# What a teacher gets


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    for name in ("solutions", "nbgrader_config.py"):
        (root / name).symlink_to(ROOT / name)
    assert generate_variant(root, "ada") == 0
    return root / "classes"


@pytest.mark.slow
@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_class_gets_its_variant_and_no_solution(classes, exercise):
    released = nbformat.read(classes / "ada" / "release" / exercise / f"{exercise}.ipynb", 4)
    text = "\n".join(cell.source for cell in released.cells)
    assert "SOLUTION" not in text and "HIDDEN" not in text and "seed=" not in text
    chosen = draw_options("ada", options_of(exercise)).values()
    called = calls(text)
    assert set(chosen) <= set(called)
    assert not {published(option) for option in chosen} & set(called)
    for cell in (c for c in released.cells if c.metadata.get("nbgrader", {}).get("solution")):
        stub = "raise NotImplementedError" if cell.cell_type == "code" else "*Write your answer"
        assert stub in cell.source


@pytest.mark.slow
def test_a_class_keeps_what_it_was_given(classes, capsys):
    root, source = classes.parent, classes / "ada" / "source" / "ex01" / "ex01.ipynb"
    release = classes / "ada" / "release" / "ex01" / "ex01.ipynb"
    before = {path: path.read_bytes() for path in (source, release)}
    source.write_text("of last year")
    with pytest.raises(ValueError, match=r"classes/ada/source/ex01/ex01.ipynb: there is another"):
        generate_variant(root, "ada", ["ex01"])
    assert source.read_text() == "of last year"
    source.write_bytes(before[source])
    release.write_text("mended by hand")
    assert generate_variant(root, "ada", ["ex01"]) == 0
    assert release.read_text() == "mended by hand"
    source.write_text("of last year")
    assert generate_variant(root, "ada", ["ex01"], force=True) == 0
    assert "replaced: classes/ada/source/ex01/ex01.ipynb" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in (source, release)} == before
    assert not (root / "exercises").exists()


@pytest.mark.slow
def test_nbgrader_knows_the_exercises_of_a_class_and_their_points(classes):
    with Gradebook(f"sqlite:///{classes / 'ada' / 'gradebook.db'}", "seq2seq-ada") as book:
        assert {a.name for a in book.assignments} == set(EXERCISES)
        assert book.find_assignment("ex01").max_score == 40


def test_the_command_line_says_what_is_wrong_with_a_word(capsys):
    assert main(["--variant", "a b"]) == 2
    assert "'a b' should be up to 40 letters" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.xdist_group("gradebook")
def test_a_class_is_graded_by_its_own_variant(classes, tmp_path):
    course = classes / "ada"
    folder = tmp_path / "submitted" / "kim" / "ex01"
    folder.mkdir(parents=True)
    shutil.copy(course / "source" / "ex01" / "ex01.ipynb", folder)
    flags = ["--no-box"] if boxes.why_none() else []
    run = subprocess.run(
        [sys.executable, "-m", "course_lib.grading", "--course", course, *flags, folder.parents[1]],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    with (course / "marks.csv").open(encoding="utf-8") as file:
        marks = {row["student"]: row for row in csv.DictReader(file)}
    assert float(marks["kim"]["points"]) == float(marks["kim"]["of"]) == 34
