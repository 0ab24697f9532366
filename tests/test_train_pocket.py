"""The script that makes the pocket models: what it writes is what course_lib.live reads."""

from __future__ import annotations

import json

import pytest
import torch

from course_lib import live
from course_lib.checkpoint import load_checkpoint
from course_lib.objectives import InputNoise, ScheduledSampling, TeacherForcing
from experiments.train_pocket import SETTINGS, main, objective


def test_it_writes_what_a_notebook_loads(tmp_path, monkeypatch, capsys):
    main(["input_noise", "--steps", "2", "--test", "2", "--folder", str(tmp_path)])
    stored = load_checkpoint(tmp_path / "pocket_input_noise.safetensors")
    assert next(stored.model.parameters()).dtype == torch.float16
    noted = json.loads((tmp_path / "pocket_input_noise.json").read_text("utf8"))
    assert json.loads(capsys.readouterr().out) == noted
    assert noted["command"] == "python -m experiments.train_pocket input_noise --steps 2"
    assert [row["clauses"] for row in noted["by_clauses"]] == [1, 2, 3]
    assert 0 <= noted["rest_right_after_an_error"] <= 1 and noted["floor"] == 0
    monkeypatch.setattr(live, "POCKETS", tmp_path)
    live.pocket.cache_clear()
    model = live.pocket("input_noise")
    assert " ".join(model.reply({"text": "Tom loves playing football."})["tgt"]) == noted["shown"]
    live.pocket.cache_clear()  # the next test gets the shipped one


def test_every_pocket_has_a_setting_and_they_differ_in_one_thing():
    assert tuple(SETTINGS) == live.NAMES
    attention, fixed, *trained = SETTINGS.values()
    assert (attention.decoder, fixed.decoder) == ("luong", "fixed")
    assert len({(s.decoder, s.ambiguous, s.embedding, s.hidden) for s in trained}) == 1
    kinds = [type(objective(setting, 10)) for setting in trained]
    assert kinds == [TeacherForcing, ScheduledSampling, InputNoise]


@pytest.mark.parametrize("name", live.NAMES)
def test_what_the_course_says_of_a_pocket_holds(name):
    noted = json.loads((live.POCKETS / f"pocket_{name}.json").read_text("utf8"))
    valid = [row["valid"] for row in noted["by_clauses"]]
    if name == "fixed":
        assert valid[0] > 0.6 and valid[2] < 0.1  # one vector forgets long sentences
    else:
        assert valid[0] > 0.95 and valid[1] > 0.9
    if "rest_right_after_an_error" in noted:
        recovers = noted["rest_right_after_an_error"]
        assert (recovers > 0.7) == (name == "input_noise")
