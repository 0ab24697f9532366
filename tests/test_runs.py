import json

import pytest

from course_lib import runs
from course_lib.runs import Run, by_setting, read, stored_runs, write


def make(setting: str = "small", seed: int = 0, **measured) -> Run:
    return Run("ch99.trial", setting, seed, {"H": 3}, measured, {"loss": 1.0}, "abc", "2", 0.5)


def test_a_run_is_read_back_as_it_was_written(tmp_path):
    run = make(accuracy=0.5, curve=[[20, 3.5]], said=["我 喜欢 猫"])
    write(run, tmp_path)
    assert stored_runs("ch99.trial", tmp_path) == (run,)
    assert not list(tmp_path.rglob("*.part"))


def test_runs_come_by_setting_and_then_by_seed_as_a_number(tmp_path):
    for setting, seed in (("small", 10), ("large", 1), ("small", 9), ("large", 0)):
        write(make(setting, seed, x=seed), tmp_path)
    stored = stored_runs("ch99.trial", tmp_path)
    assert [(run.setting, run.seed) for run in stored] == [
        ("large", 0),
        ("large", 1),
        ("small", 9),
        ("small", 10),
    ]
    assert by_setting(stored, lambda m: m["x"]) == {"large": [0, 1], "small": [9, 10]}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_what_json_does_not_know_is_refused_and_nothing_written(tmp_path, value):
    with pytest.raises(ValueError, match=r"small-0\.json can't be stored"):
        write(make(x=value), tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_unknown_experiment_is_named_with_those_that_exist(tmp_path):
    write(make(x=1), tmp_path)
    with pytest.raises(FileNotFoundError, match=r"'ch98.other'.*ch99\.trial.*make experiments"):
        stored_runs("ch98.other", tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"seed": 0})])
def test_a_file_that_holds_no_run_is_named(tmp_path, text):
    file = tmp_path / "small-0.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"small-0\.json holds no run"):
        read(file)


def test_the_path_names_setting_and_seed():
    assert make(seed=3).path() == runs.STORED / "ch99.trial" / "small-3.json"
