"""The jobs of JoeyNMT 2.3.0, with its own model, loss and search, and our weights in them.

Its recurrent decoder is Luong's, with or without input feeding. It differs from ours so:
- its output layer has no bias; it gets one here, so that the weights can be copied
- an LSTM decoder starts with the encoder's h as h and as C
- "bahdanau" is the additive score in Luong's order (step, then attend): not our Bahdanau, but equal
  to our LuongInputFeeding with the additive score
"""
# pyright: reportMissingImports=false

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

from benchmarks import stand_ins
from benchmarks.ours import Job, adam, make_batch, make_model
from benchmarks.shapes import Cell, Size
from course_lib.data import Batch, Vocab
from course_lib.model import Seq2Seq

stand_ins.put_in_place()

from joeynmt.batch import Batch as JoeyBatch  # noqa: E402
from joeynmt.decoders import RecurrentDecoder  # noqa: E402
from joeynmt.embeddings import Embeddings  # noqa: E402
from joeynmt.encoders import RecurrentEncoder  # noqa: E402
from joeynmt.model import Model  # noqa: E402
from joeynmt.search import search  # noqa: E402

WORDS = SimpleNamespace(
    pad_index=Vocab.pad,
    bos_index=Vocab.bos,
    eos_index=Vocab.eos,
    unk_index=Vocab.unk,
    sep_index=None,
    specials=[],
    lang_tags=[],
)


def from_ours(size: Size, ours: Seq2Seq, additive: bool, feeding: bool) -> Model:
    """Build JoeyNMT's model with the weights of one of ours."""
    H = size.hidden
    embeddings = [
        Embeddings(embedding_dim=H, vocab_size=size.vocab, padding_idx=Vocab.pad) for _ in range(2)
    ]
    encoder = RecurrentEncoder(rnn_type="lstm", hidden_size=H // 2, emb_size=H, bidirectional=True)
    decoder = RecurrentDecoder(
        rnn_type="lstm",
        emb_size=H,
        hidden_size=H,
        encoder=encoder,
        attention="bahdanau" if additive else "luong",
        vocab_size=size.vocab,
        init_hidden="last",
        input_feeding=feeding,
    )
    decoder.output_layer = nn.Linear(H, size.vocab)
    model = Model(encoder, decoder, *embeddings, WORDS, WORDS)
    model.loss_function = ("crossentropy", 0.0)
    copy_weights(ours, model)
    return model


@torch.no_grad()
def copy_weights(ours: Seq2Seq, model: Model) -> None:
    """Copy our weights into JoeyNMT's model of the same wiring."""
    mine: Any = ours.decoder
    model.src_embed.lut.load_state_dict(ours.encoder.embedding.state_dict())
    model.trg_embed.lut.load_state_dict(mine.embedding.state_dict())
    model.encoder.rnn.load_state_dict(ours.encoder.rnn.state_dict())
    copy_recurrence(mine.rnn, model.decoder.rnn, "_l0")
    from_context, from_state = mine.combine.weight.chunk(2, dim=1)  # (H, H) each
    model.decoder.att_vector_layer.weight.copy_(torch.cat([from_state, from_context], dim=1))
    model.decoder.att_vector_layer.bias.zero_()
    attention = model.decoder.attention
    if hasattr(attention, "energy_layer"):
        attention.key_layer.load_state_dict(mine.attention.U.state_dict())
        attention.query_layer.load_state_dict(mine.attention.W.state_dict())
        attention.energy_layer.load_state_dict(mine.attention.v.state_dict())
    else:
        attention.key_layer.load_state_dict(mine.attention.W.state_dict())
    model.decoder.output_layer.load_state_dict(mine.output.state_dict())


@torch.no_grad()
def copy_recurrence(cell: Any, rnn: Any, suffix: str) -> None:
    """Copy an nn.LSTM, or an LSTMCell of ours, whose input is [word; context] in the peers."""
    if isinstance(cell, nn.LSTM):
        for name, weight in cell.named_parameters():
            getattr(rnn, name).copy_(weight)
        return
    for name, weight in cell.as_torch().items():
        getattr(rnn, name + suffix).copy_(weight)


def joey_batch(batch: Batch) -> JoeyBatch:
    """Return the same batch as JoeyNMT has it."""
    return JoeyBatch(
        src=batch.src,
        src_length=batch.src_mask.sum(dim=1),
        src_prompt_mask=None,
        trg=torch.cat([batch.tgt_in[:, :1], batch.tgt_out], dim=1),
        trg_prompt_mask=None,
        indices=torch.arange(len(batch)),
        device=torch.device("cpu"),
        pad_index=Vocab.pad,
        eos_index=Vocab.eos,
    )


def make_job(size: Size, cell: Cell) -> Job:
    """Return the job of a cell; Bahdanau is the additive score with input feeding."""
    additive, feeding = cell.wiring == "bahdanau", cell.wiring != "luong"
    model = from_ours(size, make_model(size, cell.wiring), additive, feeding)
    batch = joey_batch(make_batch(size, cell.ragged))
    batch.sort_by_src_length()
    if cell.job == "train":
        optimizer = adam(model)
        return lambda: train_step(model, optimizer, batch)
    model.eval()
    return lambda: decode(model, batch, size.target, cell.width)


def train_step(model: Model, optimizer: torch.optim.Optimizer, batch: JoeyBatch) -> float:
    """Do what its TrainManager does with one batch, without logs and schedule."""
    model.train()
    batch.sort_by_src_length()
    loss, _, _, _ = model(return_type="loss", **vars(batch))
    loss = batch.normalize(loss, normalization="tokens")
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    model.zero_grad()
    return loss.item()


def decode(model: Model, batch: JoeyBatch, length: int, width: int, **options: Any) -> Any:
    """Search a batch: width 1 is greedy."""
    settings = {"max_output_length": length, "beam_size": width, "beam_alpha": -1}
    return search(model, batch, **settings, **options)
