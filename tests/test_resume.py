"""A run that is killed in the middle of a save, stopped by a button, or draws from torch itself."""

import io
import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch
from model_properties import W
from test_checkpoint import SRC, TGT, draw, go_on, make, weights_of
from torch import nn
from torch.nn import functional as F

from course_lib import checkpoint
from course_lib.checkpoint import load_training, save_checkpoint
from course_lib.data import sampled
from course_lib.train import train, warmup_cosine

RATE = warmup_cosine(3e-2, 2, 4)
MOMENTS = ("half written", "written", "on disk", "renamed")


def die_while_saving(moment: str, path: Path) -> None:
    """Train and save after every step; in the third save, at this moment, kill -9 this process."""
    real_open, real_fsync, real_replace, saves = open, os.fsync, os.replace, count(1)

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    class Half(io.FileIO):
        def write(self, content):
            super().write(content[: len(content) // 2])
            die()

    def open_(part, mode):
        third = next(saves) == 3
        return Half(part, "w") if third and moment == "half written" else real_open(part, mode)

    def fsync(file):
        if next(saves) == 3 and moment == "written":
            die()
        real_fsync(file)

    def replace(part, whole):
        third = next(saves) == 3
        if third and moment == "on disk":
            die()
        real_replace(part, whole)
        if third and moment == "renamed":
            die()

    changed = {"half written": ("open", open_), "written": ("fsync", fsync)}
    name, stand_in = changed.get(moment, ("replace", replace))
    setattr(checkpoint if name == "open" else os, name, stand_in)
    go_on(path, 9)


def die_at_every_moment(folder: str) -> None:
    """Let a child of its own die at each moment."""
    torch.optim.SGD([torch.zeros(1)])  # loads, once for all, what takes seconds
    for moment in MOMENTS:
        child = os.fork()
        if not child:
            die_while_saving(moment, Path(folder) / moment / "run")
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL, moment


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> torch.Tensor:
    """The weights of a run that nobody killed."""
    return go_on(tmp_path_factory.mktemp("whole") / "run", 5)


@pytest.fixture(scope="module")
def killed(tmp_path_factory) -> Path:
    """A folder with what each killed run left, in a folder named for the moment."""
    folder = tmp_path_factory.mktemp("killed")
    script = "import sys, test_resume; test_resume.die_at_every_moment(sys.argv[1])"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", script, str(folder)]
    subprocess.run(command, cwd=Path(__file__).parent, env=environment, check=True)
    return folder


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_in_the_middle_of_a_save_a_run_goes_on_from_a_whole_file(moment, killed, whole):
    path = killed / moment / "run"
    assert load_training(path).step == (3 if moment == "renamed" else 2)
    torch.testing.assert_close(go_on(path, 5), whole, rtol=0, atol=1e-6)
    assert list(path.parent.iterdir()) == [path], "what the killed process left was replaced"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_stop_button_while_saving_leaves_nothing_half_written(tmp_path, call, monkeypatch):
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, make())
    before = path.read_bytes()

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, call, stop)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(path, make(seed=1))
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def trained(breaks: tuple[int, ...]) -> torch.Tensor:
    """Train a model with dropout for 4 steps, broken off after some of them."""
    model = make().model

    def drop(module: nn.Module, args: Any, output: Any) -> torch.Tensor:
        return F.dropout(output, 0.5, module.training)

    model.encoder.embedding.register_forward_hook(drop)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    start = 0
    for stop in (*breaks, 4):
        data = sampled(draw, SRC, TGT, 3, seed=0, start=start)
        list(train(model, optimizer, data, steps=stop, lr=RATE, start=start))
        torch.rand(W)  # somebody draws, and evaluates, in between
        model.eval()
        start = stop
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def test_dropout_and_the_learning_rate_go_on_after_a_break():
    torch.testing.assert_close(trained((1, 2)), trained(()), rtol=0, atol=1e-6)
    without = go_on_without_dropout()
    assert (trained(()) - without).abs().max() > 1e-3, "there was no dropout at all"


def go_on_without_dropout() -> torch.Tensor:
    fresh = make()
    optimizer = torch.optim.Adam(fresh.model.parameters(), fused=True)
    list(train(fresh.model, optimizer, sampled(draw, SRC, TGT, 3, seed=0), steps=4, lr=RATE))
    return weights_of(fresh)


def test_training_leaves_torchs_generator_alone_and_gives_an_objective_other_numbers():
    drawn, before = [], torch.get_rng_state()

    def objective(model, batch, step, generator):
        drawn.append((torch.rand(5), torch.rand(5, generator=generator)))
        return model.decoder.output.bias.square().sum()

    model = make().model
    optimizer = torch.optim.SGD(model.parameters())
    data = sampled(draw, SRC, TGT, 3, seed=0)
    list(train(model, optimizer, data, steps=2, lr=0.1, objective=objective))
    assert torch.equal(torch.get_rng_state(), before)
    numbers = torch.stack([numbers for pair in drawn for numbers in pair])
    assert len(numbers.unique(dim=0)) == 4
