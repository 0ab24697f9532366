"""A learner's progress: where it is kept, and that nothing breaks it or is lost."""

import json
import os

import pytest

from course_lib.checks import check, exercises, find_task, progress
from course_lib.checks.progress import best_scores, load, progress_file, record


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def right(next_word, sentence):
    from math import inf, log

    total = 0.0
    for t, word in enumerate((*sentence, "<eos>")):
        if word not in next_word(sentence[:t]):
            return -inf
        total += log(next_word(sentence[:t])[word])
    return total


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQ2SEQ_COURSE_PROGRESS", str(tmp_path / "kept" / "progress.json"))
    return tmp_path / "kept" / "progress.json"


def test_it_is_kept_in_my_work_when_the_notebook_is_there(tmp_path, monkeypatch):
    monkeypatch.delenv("SEQ2SEQ_COURSE_PROGRESS", raising=False)
    folder = tmp_path / "my_work" / "exercises" / "ex01"
    assert progress_file(folder) == tmp_path / "my_work" / "progress.json"


def test_it_is_kept_with_the_users_data_elsewhere_and_never_in_the_course(tmp_path, monkeypatch):
    monkeypatch.delenv("SEQ2SEQ_COURSE_PROGRESS", raising=False)
    monkeypatch.delenv("APPDATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    kept = progress_file(tmp_path / "course" / "exercises" / "ex01")
    assert kept == tmp_path / "data" / "seq2seq-course" / "progress.json"


def test_solutions_and_nbgrader_keep_none(tmp_path, monkeypatch):
    monkeypatch.delenv("SEQ2SEQ_COURSE_PROGRESS", raising=False)
    assert progress_file(tmp_path / "my_work" / "solutions" / "ex01") is None
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert progress_file(tmp_path / "autograded" / "ada" / "ex01") is None
    monkeypatch.setenv("SEQ2SEQ_COURSE_PROGRESS", "")
    assert progress_file(tmp_path) is None
    assert "No progress is kept here" in str(progress())


def test_a_check_keeps_the_best_points_and_shows_them(path):
    total = sum(find_task(f"ex01.{n}").max_points for n in range(1, 7))
    line = f"ex01: 1 of 6 tasks solved, 5 of {total:g} points"
    assert check("ex01.1", right).footer == f"{line}."
    assert check("ex01.1", lambda next_word, sentence: 0.0).footer == f"{line}."
    assert line in str(progress()).splitlines()
    assert json.loads(path.read_text())["tasks"] == {"ex01.1": [5.0, 5.0]}


def test_only_the_public_check_is_kept(path):
    assert check("ex01.1", right, seed=7).footer == ""
    assert not path.exists()


def test_a_fresh_start_shows_every_exercise(path):
    assert [line.split(":")[0] for line in str(progress()).splitlines()] == list(exercises())
    assert "0 of 6 tasks solved, 0 of" in str(progress())
    assert "<br>" not in str(progress())


def test_partial_points_grow_and_do_not_shrink(path):
    for points in (2.0, 4.0, 3.0):
        assert record(path, "ex01.1", points, 5.0) == ""
    assert best_scores(path, {"ex01.1": 5.0}).best == {"ex01.1": (4.0, 5.0)}


def test_what_another_version_stored_stays(path):
    path.parent.mkdir()
    path.write_text(json.dumps({"tasks": {"ex99.1": ["?"], "ex01.2": [1, 6]}, "name": "Ada"}))
    record(path, "ex01.1", 5.0, 5.0)
    stored = json.loads(path.read_text())
    assert stored["name"] == "Ada"
    assert stored["tasks"] == {"ex99.1": ["?"], "ex01.2": [1, 6], "ex01.1": [5.0, 5.0]}
    assert best_scores(path, {"ex99.1": 3.0}).best == {"ex99.1": (0.0, 3.0)}


DAMAGED = ["", "{", "[]", "null", '{"tasks": 3}', "\x00\x01", "[" * 5000, "{}"]


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_kept_aside_and_the_copy_before_it_is_used(path, text):
    record(path, "ex01.3", 2.0, 6.0)
    record(path, "ex01.2", 6.0, 6.0)  # the copy before this change holds ex01.3
    path.write_text(text)
    report = check("ex01.1", right)
    assert report.solved
    assert "progress.json was damaged; it is kept as progress.damaged-1.json" in report.footer
    assert path.with_name("progress.damaged-1.json").read_text() == text
    assert json.loads(path.read_text())["tasks"] == {"ex01.1": [5.0, 5.0], "ex01.3": [2.0, 6.0]}
    assert "damaged" not in check("ex01.1", right).footer


def test_a_second_damage_keeps_both_files(path):
    record(path, "ex01.1", 5.0, 5.0)
    for text in ("first", "second"):
        path.write_text(text)
        load(path)
    assert path.with_name("progress.damaged-1.json").read_text() == "first"
    assert path.with_name("progress.damaged-2.json").read_text() == "second"


def test_a_place_that_can_not_be_written_costs_the_record_and_not_the_check(tmp_path, monkeypatch):
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    monkeypatch.setenv("SEQ2SEQ_COURSE_PROGRESS", str(blocked / "progress.json"))
    report = check("ex01.1", right)
    assert report.solved
    assert "Your progress could not be kept" in report.footer
    assert blocked.read_text() == "in the way"


def test_an_interrupted_write_leaves_the_old_file_whole(path, monkeypatch):
    record(path, "ex01.1", 5.0, 5.0)
    before = path.read_text()

    def fails(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fails)
    assert "No space left on device" in record(path, "ex01.2", 6.0, 6.0)
    assert path.read_text() == before
    assert names_in(path.parent) == ["progress.json"]
