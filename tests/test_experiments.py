"""Every stored run: is it complete, and does its beginning come out again?"""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from course_lib import runs
from course_lib.runs import Run, stored_runs
from experiments import english_chinese
from experiments.__main__ import find, numbers, report
from experiments.experiment import Experiment, commit

KNOWN = find()


@cache
def stored(name: str) -> tuple[Run, ...]:
    return stored_runs(name)


FIRST = [
    pytest.param(name, setting, id=f"{name}-{setting}")
    for name, experiment in KNOWN.items()
    for setting in experiment.settings
]


@pytest.fixture
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "setting"), FIRST)
def test_a_stored_run_begins_again_as_it_began(name, setting, one_thread):
    experiment = KNOWN[name]
    (run,) = (
        run for run in stored(name) if run.setting == setting and run.seed == experiment.seeds[0]
    )
    assert not experiment.differences(run)


@pytest.mark.parametrize("name", KNOWN)
def test_every_run_is_stored_with_todays_arguments_and_no_other(name):
    experiment = KNOWN[name]
    assert not list(experiment.missing())
    wanted = {(setting, seed) for setting in experiment.settings for seed in experiment.seeds}
    assert {(run.setting, run.seed) for run in stored(name)} == wanted


@pytest.mark.parametrize("name", KNOWN)
def test_a_stored_run_says_where_it_comes_from(name):
    for run in stored(name):
        assert re.fullmatch(r"[0-9a-f]{40}( with local changes)?", run.commit), run.path()
        assert run.seconds > 0 and run.torch and run.part, run.path()


def test_stored_runs_all_belong_to_an_experiment():
    folders = {folder.name for folder in runs.STORED.iterdir() if folder.is_dir()}
    assert folders == set(KNOWN)


# The frame itself


def line(steps: int, *, slope: float, seed: int) -> dict:
    rng = np.random.default_rng(seed)
    losses = (slope * np.arange(steps) + rng.random(steps)).tolist()
    return {"last": losses[-1], "curve": losses, "part": {"first": losses[0]}}


@pytest.fixture
def trial() -> Experiment:
    return Experiment(
        name="ch99.trial",
        question="Does a line go up?",
        settings={"up": {"slope": 2.0}, "down": {"slope": -2.0}},
        seeds=(0, 1),
        run=lambda **arguments: line(9, **arguments),
        part=lambda **arguments: line(1, **arguments)["part"],
    )


def test_what_is_stored_is_not_run_again_and_what_is_lost_is(trial, tmp_path):
    assert list(trial.missing(tmp_path)) == [("up", 0), ("down", 0), ("up", 1), ("down", 1)]
    for setting, seed in list(trial.missing(tmp_path)):
        trial.store(setting, seed, tmp_path)
    assert not list(trial.missing(tmp_path))
    runs.path("ch99.trial", "down", 1, tmp_path).unlink()
    assert list(trial.missing(tmp_path)) == [("down", 1)]


def test_a_run_with_other_arguments_is_missing(trial, tmp_path):
    trial.store("up", 0, tmp_path)
    changed = replace(trial, settings={"up": {"slope": 3.0}}, seeds=(0,))
    assert list(changed.missing(tmp_path)) == [("up", 0)]


def test_a_run_that_fails_leaves_nothing(trial, tmp_path):
    def fail(**arguments):
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError):
        replace(trial, run=fail).store("up", 0, tmp_path)
    assert not list(tmp_path.rglob("*.json"))


def test_the_part_is_found_again_and_a_change_is_named(trial, tmp_path):
    run = trial.store("up", 1, tmp_path)
    assert run.measured.keys() == {"last", "curve"} and run.part.keys() == {"first"}
    assert not trial.differences(run)
    (said,) = trial.differences(replace(run, part={"first": 1.04 * run.part["first"]}))
    assert "up-1.json: first was" in said
    broken = replace(trial, part=lambda **arguments: {"first": float("nan")})
    assert broken.differences(run)
    (said,) = trial.differences(replace(run, part={"other": 1.0}))
    assert "stored ['other'], now ['first']" in said


def test_the_report_gives_mean_and_spread(trial, tmp_path, monkeypatch, capsys):
    for seed in trial.seeds:
        trial.store("up", seed, tmp_path)
    monkeypatch.setattr(
        "experiments.__main__.stored_runs", lambda name: stored_runs(name, tmp_path)
    )
    report(trial)
    printed = capsys.readouterr().out
    assert re.search(r"up  last: 16\.\d+ ± \d\.\d+ \(2 seeds", printed)
    assert numbers({"a": {"b": 1}, "c": [2], "d": "x"}) == {"a.b": 1.0}


def test_the_commit_is_a_hash():
    assert re.match(r"[0-9a-f]{40}", commit())


def test_training_stopped_early_is_the_beginning_of_the_whole(one_thread):
    def losses(stop: int | None) -> list[float]:
        model = english_chinese.new_model(0, embedding_size=4, hidden_size=6, direction="both")
        return english_chinese.fit(model, english_chinese.draw, seed=0, steps=8, batch=4, stop=stop)

    assert losses(3) == losses(None)[:3]


def test_sentences_by_length_are_the_same_each_time_and_of_that_length():
    pairs = english_chinese.pairs_of_length(11, 20, 5)
    assert pairs == english_chinese.pairs_of_length(11, 20, 5)
    assert all(11 <= len(pair.src) <= 20 for pair in pairs)
    assert english_chinese.TASK.is_valid(pairs[0].src, pairs[0].tgt)
