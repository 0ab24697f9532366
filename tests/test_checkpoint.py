import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from course_lib.checkpoint import (
    Checkpoint,
    _digest,
    load_checkpoint,
    load_training,
    save_checkpoint,
    save_training,
)
from course_lib.data import Pair, Vocab, sampled
from course_lib.model import ModelConfig, build
from course_lib.objectives import ScheduledSampling, linear
from course_lib.train import train

SRC, TGT = Vocab(["I", "like", "cats"]), Vocab(["我", "喜欢", "猫", "<img src=x>"])
CONFIG = ModelConfig(embedding_size=5, hidden_size=6, rnn="gru", attention="additive")


def make(seed: int = 0) -> Checkpoint:
    model = build(CONFIG, len(SRC), len(TGT), seed=seed)
    return Checkpoint(model, CONFIG, SRC, TGT, notes={"longest": 40, "loss": [1.5, 0.25]})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "new folder" / "model.safetensors"
    save_checkpoint(path, make())
    return path


def weights_of(checkpoint: Checkpoint) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in checkpoint.model.parameters()])


def test_a_checkpoint_comes_back_as_it_was(path):
    saved, loaded = make(), load_checkpoint(path, SRC, TGT)
    assert torch.equal(weights_of(saved), weights_of(loaded))
    assert (loaded.config, loaded.notes) == (saved.config, saved.notes)
    assert (loaded.src_vocab, loaded.tgt_vocab) == (SRC, TGT)
    assert not loaded.model.training
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_model_in_float64_stays_one(path):
    checkpoint = make()
    checkpoint.model.double()
    save_checkpoint(path, checkpoint)
    loaded = weights_of(load_checkpoint(path))
    assert loaded.dtype == torch.float64 and torch.equal(loaded, weights_of(checkpoint))


# Files that can't be used


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"none\.safetensors does not exist; check the path"
    ):
        load_checkpoint(tmp_path / "none.safetensors")


@pytest.mark.parametrize("keep", [0, 7, 100, 0.5, -1])
def test_a_file_cut_short_is_damaged(path, keep):
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content)) if isinstance(keep, float) else keep])
    with pytest.raises(ValueError, match=r"model\.safetensors is damaged"):
        load_checkpoint(path)


def test_one_wrong_bit_anywhere_is_noticed(path):
    content = path.read_bytes()
    for position in np.random.default_rng(0).integers(len(content), size=50):
        damaged = bytearray(content)
        damaged[position] ^= 1 << int(position) % 8
        path.write_bytes(bytes(damaged))
        with pytest.raises(ValueError, match=r"model\.safetensors"):
            load_checkpoint(path)


def rewrite(path: Path, change) -> None:
    """Write the file anew with changed metadata, as another program would."""
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    save_file(load_file(path), path, change(metadata))


@pytest.mark.parametrize("metadata", [None, {}, {"course": "no JSON", "sha256": ""}])
def test_safetensors_of_another_kind_are_refused(path, metadata):
    rewrite(path, lambda _: metadata)
    with pytest.raises(ValueError, match="damaged or no checkpoint of this course"):
        load_checkpoint(path)


def test_a_file_of_another_kind_is_refused(path):
    path.write_text("Tom likes cats\n" * 100)
    with pytest.raises(ValueError, match="damaged or no checkpoint of this course"):
        load_checkpoint(path)


def test_another_version_is_named(path):
    def newer(metadata):
        text = json.dumps(json.loads(metadata["course"]) | {"version": 99})
        return {"course": text, "sha256": _digest(text, load_file(path))}

    rewrite(path, newer)
    with pytest.raises(
        ValueError, match=r"version 99, this course reads version 1; .*save it again"
    ):
        load_checkpoint(path)


def test_changed_vocabulary_in_the_file_is_noticed(path):
    rewrite(path, lambda m: m | {"course": m["course"].replace("cats", "dogs")})
    with pytest.raises(ValueError, match="content changed after it was saved"):
        load_checkpoint(path)


def test_a_vocabulary_that_does_not_fit_is_told_apart(path):
    with pytest.raises(ValueError, match=r"src_vocab has 6 tokens, .* 7; 1 missing, .*'cats'"):
        load_checkpoint(path, Vocab(["I", "like"]), TGT)
    with pytest.raises(ValueError, match=r"tgt_vocab has 8 .* 0 missing.*the order counts"):
        load_checkpoint(path, SRC, Vocab(TGT.tokens[:3:-1]))


def test_a_vocabulary_that_does_not_fit_the_model_is_not_saved(path):
    before = path.read_bytes()
    for field, vocab in (("src_vocab", TGT), ("tgt_vocab", SRC)):
        with pytest.raises(ValueError, match=f"{field} has . tokens, the model knows ."):
            save_checkpoint(path, replace(make(), **{field: vocab}))
    assert path.read_bytes() == before


def test_a_checkpoint_without_training_state_says_so(path):
    with pytest.raises(ValueError, match="without training state; use load_checkpoint"):
        load_training(path)


# Writing that fails


def unchanged(path: Path, before: bytes) -> bool:
    return path.read_bytes() == before and len(list(path.parent.iterdir())) == 1


def test_a_disk_that_fills_while_saving_changes_nothing(path):
    """The kernel itself stops the write, halfway through the file."""
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(OSError, match=r"could not save .* bytes .*free some space") as caught:
            save_checkpoint(path, make(seed=1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.filename == str(path)
    assert unchanged(path, before)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failure_at_the_last_moment_changes_nothing(path, call, monkeypatch):
    before = path.read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space left on device"):
        save_checkpoint(path, make(seed=1))
    assert unchanged(path, before)


def test_a_folder_that_is_a_file_is_an_error(path):
    with pytest.raises(OSError, match="could not save"):
        save_checkpoint(path / "model.safetensors", make())


# Going on


def draw(rng: np.random.Generator) -> Pair:
    src = tuple(rng.choice(SRC.tokens[4:], size=rng.integers(1, 5)))
    return Pair(src, tuple(TGT.tokens[3 + SRC.encode([word])[0] - 3] for word in src[::-1]))


def go_on(path: Path, until: int) -> torch.Tensor:
    """Train to a step, from the file at path if there is one, and save after every step."""
    checkpoint, start = make(), 0
    optimizer = torch.optim.Adam(checkpoint.model.parameters(), fused=True)
    if path.exists():
        training = load_training(path)
        checkpoint, start = training.checkpoint, training.step
        optimizer = torch.optim.Adam(checkpoint.model.parameters(), fused=True)
        optimizer.load_state_dict(training.optimizer_state)
    for record in train(
        checkpoint.model,
        optimizer,
        sampled(draw, SRC, TGT, 3, seed=0, start=start),
        steps=until,
        lr=1e-2,
        objective=ScheduledSampling(linear(1.0, 0.0, 20)),
        start=start,
    ):
        save_training(path, checkpoint, optimizer, record.step)
    return weights_of(checkpoint)


def test_a_run_broken_off_and_resumed_ends_where_the_whole_run_ends(tmp_path):
    whole = go_on(tmp_path / "whole", 12)
    for stop in (1, 7):
        go_on(tmp_path / f"{stop}", stop)
        resumed = go_on(tmp_path / f"{stop}", 12)
        torch.testing.assert_close(resumed, whole, rtol=0, atol=1e-6)
    assert (whole - weights_of(make())).abs().max() > 1e-2


def test_a_run_killed_at_any_moment_ends_where_the_whole_run_ends(tmp_path):
    """A process that saves after every step is killed, whatever it is doing."""
    path = tmp_path / "killed"
    script = f"import test_checkpoint as t, pathlib; t.go_on(pathlib.Path({str(path)!r}), 1000)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=Path(__file__).parent, env=environment
    )
    while process.poll() is None and not path.exists():
        time.sleep(0.01)
    time.sleep(0.05)
    process.kill()
    assert process.wait() == -signal.SIGKILL, "it ended before it could be killed"
    steps = load_training(path).step + 2
    whole = go_on(tmp_path / "whole", steps)
    torch.testing.assert_close(go_on(path, steps), whole, rtol=0, atol=1e-6)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_other_optimizers_are_resumed_too(path, momentum):
    checkpoint = make()
    parameters = list(checkpoint.model.parameters())
    sgd = torch.optim.SGD(parameters, lr=0.1, momentum=momentum)
    data = list(islice(sampled(draw, SRC, TGT, 3, seed=0), 4))
    list(train(checkpoint.model, sgd, data[:2], steps=2, lr=0.1))
    save_training(path, checkpoint, sgd, 2)
    training = load_training(path)
    resumed = torch.optim.SGD(training.checkpoint.model.parameters(), momentum=momentum)
    resumed.load_state_dict(training.optimizer_state)
    list(train(training.checkpoint.model, resumed, data[2:], steps=4, lr=0.1, start=2))
    list(train(checkpoint.model, sgd, data[2:], steps=4, lr=0.1, start=2))
    assert torch.equal(weights_of(checkpoint), weights_of(training.checkpoint))
