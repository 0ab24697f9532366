"""The jobs of OpenNMT-py 3.5.1, with its own model, loss and search, and our weights in them.

Luong with the general score is equal to ours, with input feeding too. Its "mlp" score goes with
Luong's order (step, then attend) and has no tanh on the readout: not our Bahdanau, but of its size.
"""
# pyright: reportMissingImports=false

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from benchmarks import stand_ins
from benchmarks.ours import Job, adam, make_batch, make_model
from benchmarks.peers_joeynmt import copy_recurrence
from benchmarks.shapes import Cell, Size
from course_lib.data import Batch, Vocab
from course_lib.model import Seq2Seq

stand_ins.put_in_place()

import onmt  # noqa: E402, F401  (in this order: its modules import each other)
from onmt.constants import DefaultTokens  # noqa: E402
from onmt.decoders.decoder import InputFeedRNNDecoder, StdRNNDecoder  # noqa: E402
from onmt.encoders.rnn_encoder import RNNEncoder  # noqa: E402
from onmt.models.model import NMTModel  # noqa: E402
from onmt.modules.embeddings import Embeddings  # noqa: E402
from onmt.translate.beam_search import GNMTGlobalScorer  # noqa: E402
from onmt.translate.translator import Translator  # noqa: E402
from onmt.utils.loss import LossCompute  # noqa: E402


class Words:
    """The part of its vocabulary that the search asks for."""

    def __init__(self, size: int):
        self.size = size
        self.ids = {DefaultTokens.PAD: Vocab.pad, DefaultTokens.BOS: Vocab.bos}
        self.ids |= {DefaultTokens.EOS: Vocab.eos, DefaultTokens.UNK: Vocab.unk}

    def __len__(self) -> int:
        return self.size

    def lookup_token(self, token: str) -> int:
        """Return the id of a special."""
        return self.ids.get(token, Vocab.unk)


def from_ours(size: Size, ours: Seq2Seq, additive: bool, feeding: bool) -> NMTModel:
    """Build OpenNMT-py's model with the weights of one of ours."""
    H = size.hidden
    source, target = (
        Embeddings(word_vec_size=H, word_vocab_size=size.vocab, word_padding_idx=Vocab.pad)
        for _ in range(2)
    )
    encoder = RNNEncoder("LSTM", True, 1, H, embeddings=source)
    kind = InputFeedRNNDecoder if feeding else StdRNNDecoder
    score = "mlp" if additive else "general"
    model = NMTModel(encoder, kind("LSTM", True, 1, H, attn_type=score, embeddings=target))
    model.generator = nn.Linear(H, size.vocab)
    copy_weights(ours, model)
    return model


@torch.no_grad()
def copy_weights(ours: Seq2Seq, model: Any) -> None:
    """Copy our weights into OpenNMT-py's model of the same wiring."""
    mine: Any = ours.decoder
    model.encoder.embeddings.word_lut.weight.copy_(ours.encoder.embedding.weight)
    model.decoder.embeddings.word_lut.weight.copy_(mine.embedding.weight)
    model.encoder.rnn.load_state_dict(ours.encoder.rnn.state_dict())
    feeding = not isinstance(mine.rnn, nn.LSTM)
    rnn = model.decoder.rnn
    copy_recurrence(mine.rnn, rnn.layers[0] if feeding else rnn, "")
    attention = model.decoder.attn
    attention.linear_out.weight.copy_(mine.combine.weight)
    if attention.attn_type == "mlp":
        attention.linear_out.bias.zero_()
        attention.linear_context.weight.copy_(mine.attention.U.weight)
        attention.linear_query.weight.copy_(mine.attention.W.weight)
        attention.linear_query.bias.zero_()
        attention.v.weight.copy_(mine.attention.v.weight)
    else:
        attention.linear_in.weight.copy_(mine.attention.W.weight.T)
    model.generator.load_state_dict(mine.output.state_dict())


def opennmt_batch(batch: Batch) -> dict[str, Any]:
    """Return the same batch as OpenNMT-py has it: every word has one feature, itself."""
    tgt = torch.cat([batch.tgt_in[:, :1], batch.tgt_out], dim=1)  # (B, T + 1)
    src_len = batch.src_mask.sum(dim=1)
    return {"src": batch.src[:, :, None], "srclen": src_len, "tgt": tgt[:, :, None]}


def make_job(size: Size, cell: Cell) -> Job:
    """Return the job of a cell; Bahdanau is the additive score with input feeding."""
    additive, feeding = cell.wiring == "bahdanau", cell.wiring != "luong"
    model = from_ours(size, make_model(size, cell.wiring), additive, feeding)
    batch = opennmt_batch(make_batch(size, cell.ragged))
    if cell.job == "train":
        loss = LossCompute(nn.CrossEntropyLoss(ignore_index=Vocab.pad, reduction="sum"), None)
        loss.generator = model.generator
        optimizer = adam(model)
        return lambda: train_step(model, loss, optimizer, batch)
    model.eval()
    translator = make_translator(model, size, cell.width)
    return lambda: translator.translate_batch(batch, attn_debug=False)


def train_step(
    model: NMTModel, compute: LossCompute, optimizer: torch.optim.Optimizer, batch: dict[str, Any]
) -> None:
    """Do what its Trainer does with one batch, without logs and schedule."""
    optimizer.zero_grad()
    outputs, attention = model(batch["src"], batch["tgt"], batch["srclen"])
    loss, stats = compute(batch, outputs, attention)
    loss /= stats.n_words
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    model.decoder.detach_state()


def make_translator(model: NMTModel, size: Size, width: int, n_best: int = 1) -> Translator:
    """Make its search: beam, or for width 1 its greedy search, which is the faster of the two."""
    words = Words(size.vocab)
    return Translator(
        model,
        {"src": words, "tgt": words, "decoder_start_token": DefaultTokens.BOS},
        n_best=n_best,
        max_length=size.target,
        max_length_ratio=0,
        beam_size=width,
        random_sampling_topk=1 if width == 1 else 0,
        global_scorer=GNMTGlobalScorer(0.0, 0.0, None, "none"),
    )
