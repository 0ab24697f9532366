"""The jobs of the library: its own train, greedy_batch and beam_batch, nothing beside them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from benchmarks.shapes import Cell, Size
from course_lib.batch_search import beam_batch, greedy_batch
from course_lib.data import Batch, Vocab
from course_lib.model import ModelConfig, Seq2Seq, build
from course_lib.train import train

Job = Callable[[], Any]
NEVER = -100.0  # an output bias: this word is not said


def make_model(size: Size, wiring: str, attention: str = "", ends: bool = False) -> Seq2Seq:
    """Build a model that never says pad or bos, nor (unless it `ends`) eos.

    So all searches take all their steps, in each toolkit. attention: general, additive for
    Bahdanau.
    """
    attention = attention or ("additive" if wiring == "bahdanau" else "general")
    config = ModelConfig(size.hidden, size.hidden, decoder=wiring, attention=attention)
    model = build(config, size.vocab, size.vocab, seed=0)
    bias = model.decoder.output.bias.data
    bias[[Vocab.pad, Vocab.bos]] = NEVER
    bias[Vocab.eos] = 1.0 if ends else NEVER
    return model


def make_batch(size: Size, ragged: bool = False) -> Batch:
    """Make a batch of random words; ragged lengths go from 1 to the longest in equal steps."""
    generator = torch.Generator().manual_seed(0)

    def side(longest: int) -> tuple[Tensor, Tensor]:
        shape = (size.batch, longest)
        words = torch.randint(Vocab.unk + 1, size.vocab, shape, generator=generator)
        lengths = torch.full((size.batch,), longest)
        if ragged:
            lengths = torch.linspace(1, longest, size.batch).round().long()
            lengths = lengths[torch.randperm(size.batch, generator=generator)]
        mask = torch.arange(longest) < lengths[:, None]  # (B, longest)
        return words.masked_fill(~mask, Vocab.pad), mask

    src, src_mask = side(size.source)
    tgt_out, tgt_mask = side(size.target)
    last = tgt_mask.sum(dim=1) - 1  # (B,)
    tgt_out[torch.arange(size.batch), last] = Vocab.eos
    tgt_in = torch.cat([torch.full((size.batch, 1), Vocab.bos), tgt_out[:, :-1]], dim=1)
    tgt_in = tgt_in.masked_fill(~tgt_mask, Vocab.pad)
    return Batch(src, src_mask, tgt_in, tgt_out, tgt_mask)


def adam(model: torch.nn.Module) -> torch.optim.Optimizer:
    """Make the optimizer that all three use."""
    return torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)


def make_job(size: Size, cell: Cell) -> Job:
    """Return the job of a cell."""
    model, batch = make_model(size, cell.wiring), make_batch(size, cell.ragged)
    limits: dict[str, Any] = {"bos": Vocab.bos, "eos": Vocab.eos, "max_length": size.target}
    if cell.job == "train":
        run = train(model, adam(model), itertools.repeat(batch), steps=10**9, lr=1e-3)
        return lambda: next(run)
    model.eval()
    if cell.job == "greedy":
        return lambda: greedy_batch(model, batch.src, batch.src_mask, **limits)
    return lambda: beam_batch(model, batch.src, batch.src_mask, **limits, width=cell.width)
