"""A checkpoint as bytes for the browser: a header of JSON, then numbers of 16 or 32 bits.

8 bytes "S2SLIVE" and a zero; 4 bytes, the header's length as an unsigned little-endian integer; the
header, JSON with version, dtype, config, src_tokens, tgt_tokens, notes and tensors, a list of
[name, shape]; then the tensors in that order, row by row, little-endian.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, replace

import numpy as np
import torch

from course_lib.checkpoint import Checkpoint
from course_lib.data import SPECIALS
from course_lib.model import build

MAGIC = b"S2SLIVE\0"
VERSION = 1
DTYPES = {"float16": np.float16, "float32": np.float32}


def to_bytes(checkpoint: Checkpoint, dtype: str) -> bytes:
    """Write a checkpoint; ValueError for another dtype, or a weight too large for it."""
    kind = _kind(dtype)
    arrays = {name: value.numpy() for name, value in checkpoint.model.state_dict().items()}
    header = {
        "version": VERSION,
        "dtype": dtype,
        "config": asdict(checkpoint.config),
        "src_tokens": checkpoint.src_vocab.tokens[len(SPECIALS) :],
        "tgt_tokens": checkpoint.tgt_vocab.tokens[len(SPECIALS) :],
        "notes": checkpoint.notes,
        "tensors": [[name, array.shape] for name, array in arrays.items()],
    }
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    numbers = [_narrow(name, array, kind).tobytes() for name, array in arrays.items()]
    return b"".join([MAGIC, struct.pack("<I", len(text)), text, *numbers])


def rounded(checkpoint: Checkpoint, dtype: str) -> Checkpoint:
    """Return the checkpoint whose weights are what a file of this dtype holds."""
    kind = _kind(dtype)
    sizes = len(checkpoint.src_vocab), len(checkpoint.tgt_vocab)
    model = build(checkpoint.config, *sizes)
    state = checkpoint.model.state_dict().items()
    model.load_state_dict(
        {
            name: torch.from_numpy(_narrow(name, value.numpy(), kind).astype(np.float32))
            for name, value in state
        }
    )
    return replace(checkpoint, model=model.eval())


def _kind(dtype: str) -> np.dtype:
    if dtype not in DTYPES:
        raise ValueError(f"dtype is {dtype!r}; choose one of {', '.join(DTYPES)}")
    return np.dtype(DTYPES[dtype]).newbyteorder("<")


def _narrow(name: str, array: np.ndarray, kind: np.dtype) -> np.ndarray:
    if np.abs(array).max() > np.finfo(kind).max:
        raise ValueError(f"{name} holds {np.abs(array).max():.4g}; write it as float32")
    return array.astype(kind)
