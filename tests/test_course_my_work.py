"""The learner's copies: what is copied and updated, and that nothing of theirs is ever lost."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setup_course import my_work
from setup_course.failures import SetupError

NOTEBOOK = "notebooks/01_probability.ipynb"
EXERCISE = "exercises/ex01/ex01.ipynb"
SOLUTION = "solutions/ex01/ex01.ipynb"


def notebook(source: str, output: str = "", widgets: str = "") -> str:
    cell = {"cell_type": "code", "source": [source], "outputs": [output], "metadata": {}}
    return json.dumps({"cells": [cell], "metadata": {"widgets": widgets}})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "course"
    for path in (NOTEBOOK, EXERCISE, SOLUTION):
        write(root / path, notebook("print(1)", "1"))
    write(root / "notebooks" / ".ipynb_checkpoints" / "01-checkpoint.ipynb", "editor's own")
    write(root / "solutions" / "ex01" / "variants.toml", "for teachers")
    return root


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "my_work"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_the_first_run_copies_all_that_links_lead_to_and_the_second_nothing(root, work):
    plan = my_work.bring_up_to_date(root, work)
    assert plan.copy == [EXERCISE, NOTEBOOK, SOLUTION]
    for path in plan.copy:
        assert (work / path).read_bytes() == (root / path).read_bytes()
    assert sorted(p.name for p in work.iterdir()) == sorted([my_work.MANIFEST, *my_work.FOLDERS])
    assert my_work.bring_up_to_date(root, work) == my_work.Plan()


def test_an_update_reaches_what_the_learner_did_not_change(root, work):
    my_work.bring_up_to_date(root, work)
    write(root / NOTEBOOK, notebook("print(2)", "2"))
    plan = my_work.bring_up_to_date(root, work)
    assert plan == my_work.Plan(update=[NOTEBOOK])
    assert (work / NOTEBOOK).read_bytes() == (root / NOTEBOOK).read_bytes()


@pytest.mark.parametrize(
    "mine", [notebook("print(3)", "1"), notebook("print(1)", "one"), "{broken", ""]
)
def test_an_update_leaves_what_the_learner_changed_and_says_so(root, work, mine):
    my_work.bring_up_to_date(root, work)
    write(work / NOTEBOOK, mine)
    assert my_work.bring_up_to_date(root, work) == my_work.Plan(), "no newer version, no words"
    write(root / NOTEBOOK, notebook("print(2)", "2"))
    for _ in range(2):
        plan = my_work.bring_up_to_date(root, work)
        assert plan == my_work.Plan(keep=[NOTEBOOK])
        assert (work / NOTEBOOK).read_text("utf-8") == mine
    [line] = my_work.report(plan, "python course.py fresh")
    assert f"my_work/{NOTEBOOK}" in line
    assert f"python course.py fresh {NOTEBOOK}" in line


def test_a_notebook_that_was_only_opened_and_saved_still_follows_the_course(root, work):
    my_work.bring_up_to_date(root, work)
    opened = json.dumps(json.loads(notebook("print(1)", "1", widgets="state")), indent=1)
    write(work / NOTEBOOK, opened)
    write(root / NOTEBOOK, notebook("print(2)", "2"))
    assert my_work.bring_up_to_date(root, work).update == [NOTEBOOK]


def test_a_deleted_file_comes_back_as_a_fresh_start(root, work):
    my_work.bring_up_to_date(root, work)
    write(work / NOTEBOOK, "mine")
    (work / NOTEBOOK).unlink()
    assert my_work.bring_up_to_date(root, work).copy == [NOTEBOOK]


def test_a_file_that_left_the_course_stays_with_the_learner_and_is_told_once(root, work):
    my_work.bring_up_to_date(root, work)
    (root / NOTEBOOK).unlink()
    assert my_work.bring_up_to_date(root, work).gone == [NOTEBOOK]
    assert (work / NOTEBOOK).exists()
    assert my_work.bring_up_to_date(root, work) == my_work.Plan()


def test_files_of_the_learners_own_are_left_alone(root, work):
    write(work / "notebooks" / "my_own.ipynb", "mine")
    my_work.bring_up_to_date(root, work)
    assert (work / "notebooks" / "my_own.ipynb").read_text("utf-8") == "mine"


@pytest.mark.parametrize("manifest", [None, "{half", "[]"])
def test_without_a_readable_manifest_equal_files_are_adopted_and_others_kept(root, work, manifest):
    my_work.bring_up_to_date(root, work)
    write(work / EXERCISE, "mine")
    (work / my_work.MANIFEST).unlink()
    if manifest is not None:
        write(work / my_work.MANIFEST, manifest)
    assert my_work.bring_up_to_date(root, work) == my_work.Plan(keep=[EXERCISE])
    write(root / NOTEBOOK, notebook("print(2)"))
    assert my_work.bring_up_to_date(root, work).update == [NOTEBOOK]


@pytest.mark.parametrize("moment", range(6))
def test_an_interrupted_copy_leaves_no_half_file_and_is_finished_by_the_next_run(
    root, work, moment, monkeypatch
):
    steps = iter(range(99))

    def interrupted(function):
        def step(*arguments):
            if next(steps) == moment:
                raise KeyboardInterrupt
            return function(*arguments)

        return step

    with monkeypatch.context() as patch:
        patch.setattr(my_work.os, "replace", interrupted(os.replace))
        patch.setattr(Path, "write_bytes", interrupted(Path.write_bytes))
        with pytest.raises(KeyboardInterrupt):
            my_work.bring_up_to_date(root, work)
    for path in my_work.hashes(work):
        assert (work / path).read_bytes() == (root / path).read_bytes()
    write(root / NOTEBOOK, notebook("print(2)", "2"))
    my_work.bring_up_to_date(root, work)
    assert my_work.hashes(work) == my_work.hashes(root)


def test_a_folder_in_the_place_of_a_file_is_an_error_that_loses_nothing(root, work):
    (work / NOTEBOOK / "inside").mkdir(parents=True)
    with pytest.raises(SetupError, match="Rename the folder"):
        my_work.bring_up_to_date(root, work)
    assert (work / NOTEBOOK / "inside").exists()


def test_a_fresh_copy_lies_beside_the_learners_and_never_replaces_anything(root, work):
    my_work.bring_up_to_date(root, work)
    write(work / NOTEBOOK, "mine")
    write(root / NOTEBOOK, notebook("print(2)"))
    names = [my_work.put_fresh_copy(root, work, NOTEBOOK).name for _ in range(3)]
    assert names == [f"01_probability-fresh{end}.ipynb" for end in ("", "-2", "-3")]
    assert (work / NOTEBOOK).read_text("utf-8") == "mine"
    fresh = work / "notebooks" / names[0]
    assert fresh.read_bytes() == (root / NOTEBOOK).read_bytes()
    assert my_work.bring_up_to_date(root, work) == my_work.Plan(), "has it now, so no more words"
    assert (work / NOTEBOOK).read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("01", NOTEBOOK),
        ("ex01", EXERCISE),
        ("01_probability.ipynb", NOTEBOOK),
        (f"my_work/{NOTEBOOK}", NOTEBOOK),
        (SOLUTION, SOLUTION),
    ],
)
def test_a_file_is_found_by_its_path_or_by_how_its_name_begins(root, name, path):
    assert my_work.find(my_work.hashes(root), name) == path


@pytest.mark.parametrize("name", ["07", "", "0"])
def test_a_name_that_fits_no_file_is_told_which_there_are(root, name):
    with pytest.raises(SetupError, match="no file") as raised:
        my_work.find(my_work.hashes(root), name)
    assert NOTEBOOK in raised.value.advice


VERSIONS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1", "2", "3"]))


@given(course=VERSIONS, mine=VERSIONS, given=VERSIONS)
def test_whatever_the_state_only_files_as_they_were_given_are_written_over(course, mine, given):
    plan = my_work.make_plan(course, mine, given)
    assert set(plan.copy) == set(course) - set(mine)
    for path in plan.update:
        assert mine[path] == given[path] != course[path]
    told = {*plan.update, *plan.keep}
    silent = set(course) & set(mine) - told
    assert all(course[path] in (mine[path], given.get(path)) for path in silent)
