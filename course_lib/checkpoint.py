"""Checkpoints: one safetensors file whose metadata is JSON, written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

from course_lib.data import SPECIALS, Vocab
from course_lib.model import ModelConfig, Seq2Seq, build

VERSION = 1
OPTIMIZER = "optimizer."  # tensors whose name begins so belong to the optimizer


@dataclass(frozen=True)
class Checkpoint:
    """A model with all that is needed to use it, and notes: anything JSON can hold."""

    model: Seq2Seq
    config: ModelConfig
    src_vocab: Vocab
    tgt_vocab: Vocab
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Training:
    """A checkpoint, the steps done and the optimizer's state_dict: from here a run goes on."""

    checkpoint: Checkpoint
    step: int
    optimizer_state: dict[str, Any]


def save_checkpoint(path: str | Path, checkpoint: Checkpoint) -> None:
    """Write the checkpoint; on any error an earlier file at path is left as it was.

    Raises ValueError if a vocabulary does not fit the model, OSError if the disk fails or is full.
    """
    _write(Path(path), *_describe(checkpoint))


def save_training(
    path: str | Path, checkpoint: Checkpoint, optimizer: torch.optim.Optimizer, step: int
) -> None:
    """Write a checkpoint from which training goes on after `step` steps; as `save_checkpoint`."""
    tensors, text = _describe(checkpoint)
    state = optimizer.state_dict()
    for index, parts in state["state"].items():
        for name, value in parts.items():
            if value is not None:  # SGD without momentum
                tensors[f"{OPTIMIZER}{index}.{name}"] = value
    _write(Path(path), tensors, text | {"step": step, "param_groups": state["param_groups"]})


def load_checkpoint(
    path: str | Path, src_vocab: Vocab | None = None, tgt_vocab: Vocab | None = None
) -> Checkpoint:
    """Read a checkpoint; where a vocabulary is given, the checkpoint's must be the same.

    Raises FileNotFoundError if there is no file, ValueError if it is damaged, of another version,
    or of another vocabulary.
    """
    tensors, text = _read(Path(path))
    return _rebuild(Path(path), tensors, text, src_vocab, tgt_vocab)


def load_training(path: str | Path) -> Training:
    """Read what `save_training` wrote; errors as `load_checkpoint`.

    The optimizer's state fits torch.optim's load_state_dict; data and objectives go on from `step`.
    """
    tensors, text = _read(Path(path))
    if "step" not in text:
        raise ValueError(f"{path} is a checkpoint without training state; use load_checkpoint")
    checkpoint = _rebuild(Path(path), tensors, text)
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith(OPTIMIZER):
            index, name = key.removeprefix(OPTIMIZER).split(".", 1)
            state.setdefault(int(index), {})[name] = value
    return Training(
        checkpoint, text["step"], {"state": state, "param_groups": text["param_groups"]}
    )


def _describe(checkpoint: Checkpoint) -> tuple[dict[str, Tensor], dict[str, Any]]:
    model, src_vocab, tgt_vocab = checkpoint.model, checkpoint.src_vocab, checkpoint.tgt_vocab
    _check_size("src", src_vocab, model.encoder.embedding.num_embeddings)
    _check_size("tgt", tgt_vocab, model.decoder.output.out_features)
    text = {
        "config": asdict(checkpoint.config),
        "src_tokens": src_vocab.tokens[len(SPECIALS) :],
        "tgt_tokens": tgt_vocab.tokens[len(SPECIALS) :],
        "notes": checkpoint.notes,
    }
    return {name: value.detach() for name, value in model.state_dict().items()}, text


def _check_size(side: str, vocab: Vocab, size: int) -> None:
    if len(vocab) != size:
        raise ValueError(
            f"{side}_vocab has {len(vocab)} tokens, the model knows {size}; save the vocabulary "
            "that the model was built with"
        )


def _write(path: Path, tensors: dict[str, Tensor], text: dict[str, Any]) -> None:
    """Write beside path, force it to disk, then rename: a reader sees the old file or the new."""
    words = json.dumps({"version": VERSION} | text, ensure_ascii=False)
    content = to_bytes(tensors, {"course": words, "sha256": _digest(words, tensors)})
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise OSError(
            error.errno,
            f"could not save {len(content):,} bytes ({error.strerror}), and nothing has changed; "
            "free some space or choose another folder",
            str(path),
        ) from error
    finally:  # after a stop button too; a killed process leaves it for the next save to replace
        with contextlib.suppress(OSError):
            part.unlink()


def _digest(words: str, tensors: dict[str, Tensor]) -> str:
    digest = hashlib.sha256(words.encode())
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(tensors[name].cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist; check the path, or train and save a model")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata()
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}
        text = json.loads(metadata["course"])
        version = text["version"]
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is damaged or no checkpoint of this course: {error}") from error
    if version != VERSION:  # first: another version may be whole in another way
        raise ValueError(
            f"{path} has version {version}, this course reads version {VERSION}; take the course "
            "it was saved with, or train and save it again"
        )
    if metadata.get("sha256") != _digest(metadata["course"], tensors):
        raise ValueError(f"{path} is damaged: its content changed after it was saved; restore it")
    return tensors, text


def _rebuild(
    path: Path,
    tensors: dict[str, Tensor],
    text: dict[str, Any],
    src_vocab: Vocab | None = None,
    tgt_vocab: Vocab | None = None,
) -> Checkpoint:
    saved = Vocab(text["src_tokens"]), Vocab(text["tgt_tokens"])
    _check_same(path, "src", saved[0], src_vocab)
    _check_same(path, "tgt", saved[1], tgt_vocab)
    config = ModelConfig(**text["config"])
    weights = {name: value for name, value in tensors.items() if not name.startswith(OPTIMIZER)}
    model = build(config, len(saved[0]), len(saved[1])).to(next(iter(weights.values())).dtype)
    model.load_state_dict(weights)
    return Checkpoint(model.eval(), config, *saved, notes=text["notes"])


def _check_same(path: Path, side: str, saved: Vocab, given: Vocab | None) -> None:
    if given is None or given == saved:
        return
    missing = [token for token in saved.tokens if token not in given]
    extra = [token for token in given.tokens if token not in saved]
    raise ValueError(
        f"{path}: {side}_vocab has {len(given)} tokens, the checkpoint {len(saved)}; "
        f"{len(missing)} missing, such as {missing[:3]}, {len(extra)} too many, such as "
        f"{extra[:3]}, and the order counts: take the checkpoint's own vocabulary"
    )
