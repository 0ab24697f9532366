import importlib.util
import json
import sys
from pathlib import Path

import pytest

from course_lib.checkpoint import load_checkpoint

SCRIPT = Path(__file__).parents[1] / "experiments" / "train_translator.py"
SMALL = "--steps 4 --save 2 --batch 3 --embedding 3 --hidden 4 --test 2 --threads 1".split()


@pytest.fixture
def script(monkeypatch):
    spec = importlib.util.spec_from_file_location("train_translator", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def run(out: Path, *options: str) -> None:
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), "--out", str(out), *SMALL, *options])
        module.main()

    module.__dict__["run"] = run
    return module


def weights(path: Path) -> list:
    model = load_checkpoint(path.with_suffix(".safetensors")).model
    return [parameter.tolist() for parameter in model.parameters()]


@pytest.mark.slow
def test_a_run_broken_off_goes_on_and_ends_as_the_whole_run(script, tmp_path, monkeypatch, capsys):
    script.run(tmp_path / "whole")
    result = json.loads((tmp_path / "whole.json").read_text(encoding="utf-8"))
    assert [row["sentences"] for row in result["by_length"]] == [2] * 4
    assert result["loss"] > result["floor"] > 0
    assert result["arguments"]["steps"] == 4 and result["longest"] == 40

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(script, "report", stop)
        script.run(tmp_path / "broken")
    with pytest.raises(SystemExit, match=r"broken\.training was begun with .*'seed': 0"):
        script.run(tmp_path / "broken", "--seed", "1")
    script.run(tmp_path / "broken")
    assert weights(tmp_path / "broken") == weights(tmp_path / "whole")
    assert sorted(path.suffix for path in tmp_path.glob("broken*")) == [".json", ".safetensors"]
