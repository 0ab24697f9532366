"""Seq2Seq: an encoder and a decoder, and the one step that training and search share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course_lib import attention as scores
from course_lib import decoder as decoders
from course_lib.attention import Attention
from course_lib.cells import GRUCell, LSTMCell, State
from course_lib.decoder import Decoder
from course_lib.encoder import Encoder


class Seq2Seq(nn.Module):
    """p(y | x), one word at a time: log_probs of word t given the source and the words before t."""

    def __init__(self, encoder: Encoder, decoder: Decoder):
        super().__init__()
        if encoder.hidden_size != decoder.hidden_size:
            raise ValueError(
                f"encoder states have size {encoder.hidden_size}, decoder states "
                f"{decoder.hidden_size}; one is handed to the other, so make them equal"
            )
        self.encoder = encoder
        self.decoder = decoder

    def encode(self, src: Tensor, src_mask: Tensor) -> tuple[Any, State]:
        """Read src (B, S) once; return the memory every step reads, and the decoder's s_0.

        Raises ValueError or TypeError for an empty batch or source, a mask that does not fit, or
        ids outside the vocabulary.
        """
        _check_source(src, src_mask, self.encoder.embedding.num_embeddings)
        encoder_states, final = self.encoder(src, src_mask)  # (B, S, H), (B, H) each
        return self.decoder.start(encoder_states, final, src_mask)

    def step(self, tokens: Tensor, state: State, memory: Any) -> tuple[Tensor, State, Any]:
        """Read tokens (B,); return log_probs (B, V), the next state, and weights (B, S) or None.

        K hypotheses for each sentence of the memory: tokens (B * K,), K of a sentence in a row.
        """
        _check_ids("tokens", tokens, self.decoder.embedding.num_embeddings)
        _check_rows("tokens", tokens, "state", state[0])
        readouts, state, weights = self.decoder(tokens[:, None], state, memory)  # (B, 1, H)
        log_probs = self.decoder.output(readouts[:, 0]).log_softmax(dim=-1)  # (B, V)
        return log_probs, state, None if weights is None else weights[:, 0]

    def forward(self, src: Tensor, src_mask: Tensor, tgt_in: Tensor) -> tuple[Tensor, Any]:
        """Teacher forcing: log_probs (B, T, V) and weights (B, T, S) or None, as T steps give."""
        readouts, weights = self.readouts(src, src_mask, tgt_in)  # (B, T, H)
        return self.decoder.output(readouts).log_softmax(dim=-1), weights

    def readouts(self, src: Tensor, src_mask: Tensor, tgt_in: Tensor) -> tuple[Tensor, Any]:
        """Return what the output layer reads, (B, T, H), and weights: forward without its end."""
        _check_ids("tgt_in", tgt_in, self.decoder.embedding.num_embeddings)
        _check_rows("tgt_in", tgt_in, "src", src)
        memory, state = self.encode(src, src_mask)
        readouts, _, weights = self.decoder(tgt_in, state, memory)
        return readouts, weights


def _check_source(src: Tensor, mask: Tensor, vocab_size: int) -> None:
    if src.ndim != 2 or src.numel() == 0:
        raise ValueError(f"src has shape {tuple(src.shape)}; it must be (B, S), neither empty")
    if mask.dtype != torch.bool or mask.shape != src.shape:
        raise TypeError(
            f"src_mask is {mask.dtype} {tuple(mask.shape)}; it must be torch.bool "
            f"{tuple(src.shape)} as src is, True at real words"
        )
    if not mask[:, 0].all() or (mask[:, 1:] & ~mask[:, :-1]).any():
        raise ValueError("src_mask: each row needs real words first, one at least, then padding")
    _check_ids("src", src, vocab_size)


def _check_rows(name: str, one: Tensor, other_name: str, other: Tensor) -> None:
    if len(one) != len(other):
        raise ValueError(
            f"{name} has {len(one)} rows, {other_name} {len(other)}; give one for each"
        )


def _check_ids(name: str, ids: Tensor, vocab_size: int) -> None:
    if ids.numel() == 0:
        raise ValueError(f"{name} has shape {tuple(ids.shape)}; it needs one id at least")
    low, high = ids.aminmax()
    if low < 0 or high >= vocab_size:
        raise ValueError(
            f"{name} has ids from {low} to {high}; this model's vocabulary has 0 to "
            f"{vocab_size - 1}: encode the words with the vocabulary it was trained with"
        )


RNNS = {"lstm": (nn.LSTM, LSTMCell), "gru": (nn.GRU, GRUCell)}
HANDOVERS = {"everything": decoders.everything, "h": decoders.h_only, "nothing": decoders.nothing}
ATTENTIONS: dict[str, Callable[[int, float], Attention]] = {  # from H and the window D
    "dot": lambda H, D: scores.Dot(),
    "scaled_dot": lambda H, D: scores.ScaledDot(),
    "general": lambda H, D: scores.General(H, H),
    "additive": lambda H, D: scores.Additive(H, H, H),
    "local_p": lambda H, D: scores.LocalP(scores.General(H, H), H, D),
}
CHOICES = {
    "rnn": tuple(RNNS),
    "direction": ("forward", "backward", "both"),
    "decoder": ("fixed", "fixed_every_step", "luong", "luong_input_feeding", "bahdanau"),
    "attention": tuple(ATTENTIONS),
    "handover": tuple(HANDOVERS),
}


@dataclass(frozen=True)
class ModelConfig:
    """What `build` needs to make a model beside the sizes of the vocabularies.

    Raises ValueError for a choice that does not exist or a size that can't be.
    """

    embedding_size: int = 64  # E, numbers a word, source and target
    hidden_size: int = 128  # H, numbers an encoder state and a decoder state
    rnn: str = "lstm"  # "lstm" or "gru", in the encoder and in the decoder
    direction: str = "both"  # reads the source "forward", "backward" or in "both", H/2 each
    decoder: str = "luong"  # "fixed" and "fixed_every_step" have no attention; see CHOICES
    attention: str = "general"  # "dot", "scaled_dot", "general", "additive" or "local_p"
    window: float = 5.0  # D of "local_p": it reads D words on each side of the centre
    handover: str = "everything"  # s_0 is "everything" the encoder ends with, its "h", or "nothing"

    def __post_init__(self):
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is {getattr(self, name)!r}; choose one of {allowed}")
        for name in ("embedding_size", "hidden_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.direction == "both" and self.hidden_size % 2:
            raise ValueError(f"hidden_size is {self.hidden_size}; 'both' needs an even number")


def build(config: ModelConfig, src_vocab_size: int, tgt_vocab_size: int, seed: int = 0) -> Seq2Seq:
    """Make a model with random weights: the same seed gives the same, torch's generator is kept."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Seq2Seq(
            _build_encoder(config, src_vocab_size), _build_decoder(config, tgt_vocab_size)
        )


def _build_encoder(config: ModelConfig, vocab_size: int) -> Encoder:
    E, both = config.embedding_size, config.direction == "both"
    H = config.hidden_size // 2 if both else config.hidden_size
    rnn, _ = RNNS[config.rnn]
    return Encoder(
        nn.Embedding(vocab_size, E),
        rnn(E, H, batch_first=True, bidirectional=both),
        backward=config.direction == "backward",
    )


def _build_decoder(config: ModelConfig, vocab_size: int) -> Decoder:
    E, H = config.embedding_size, config.hidden_size
    rnn, cell = RNNS[config.rnn]
    embedding, output = nn.Embedding(vocab_size, E), nn.Linear(H, vocab_size)
    handover = HANDOVERS[config.handover]
    if config.decoder == "fixed":
        recurrence = rnn(E, H, batch_first=True)
        return decoders.FixedContext(embedding, recurrence, output, handover)
    if config.decoder == "fixed_every_step":
        recurrence = rnn(E + H, H, batch_first=True)
        return decoders.FixedContextEveryStep(embedding, recurrence, output, handover)
    attention = ATTENTIONS[config.attention](H, config.window)
    if config.decoder == "luong":
        recurrence = rnn(E, H, batch_first=True)
        return decoders.Luong(embedding, recurrence, attention, output, handover)
    feeding = config.decoder == "luong_input_feeding"
    timing = decoders.LuongInputFeeding if feeding else decoders.Bahdanau
    return timing(embedding, cell(E, H, H), attention, output, handover)


Step = Callable[[int, State], tuple[np.ndarray, State, np.ndarray | None]]


def stepper(model: Seq2Seq, src_ids: Sequence[int]) -> tuple[Step, State]:
    """Return step and state for one sentence, as search.py wants them.

    step(token, state) -> (log_probs (V,) float64, state, weights (S,) or None), in NumPy, without
    gradients. Raises ValueError as `Seq2Seq.encode` does.
    """
    device = next(model.parameters()).device

    @torch.inference_mode()
    def step(token: int, state: State) -> tuple[np.ndarray, State, np.ndarray | None]:
        tokens = torch.tensor([token], device=device)  # (1,)
        log_probs, state, weights = model.step(tokens, state, memory)
        return (
            log_probs[0].double().cpu().numpy(),  # (V,)
            state,
            None if weights is None else weights[0].cpu().numpy(),  # (S,)
        )

    with torch.inference_mode():
        src = torch.tensor([src_ids], dtype=torch.int64, device=device)  # (1, S)
        memory, state = model.encode(src, torch.ones_like(src, dtype=torch.bool))
    return step, state
