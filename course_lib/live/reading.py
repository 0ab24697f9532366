"""One sentence read by a model, step by step, with all that is seen on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_lib.cells import State, run
from course_lib.model import ModelConfig, Seq2Seq

SUPPORTED = {  # what widgets/decoder.js computes as well
    "rnn": ("lstm",),
    "decoder": ("fixed", "fixed_every_step", "luong"),
    "attention": ("dot", "scaled_dot", "general"),
}


def check_supported(config: ModelConfig) -> None:
    """Raise ValueError for a model that the browser's decoder does not know."""
    for name, allowed in SUPPORTED.items():
        value = getattr(config, name)
        unused = name == "attention" and config.decoder.startswith("fixed")
        if value not in allowed and not unused:
            raise ValueError(
                f"checkpoint: {name} is {value!r}; a live model can have {', '.join(allowed)}"
            )


@dataclass(frozen=True)
class Steps:
    """What T steps gave: tensors of T rows; scores, weights and contexts are None if fixed."""

    embedded: Tensor  # (T, E) of the words read
    states: Tensor  # (T, H) s_t
    scores: Tensor | None  # (T, S), -inf where masked
    weights: Tensor | None  # (T, S)
    contexts: Tensor | None  # (T, H)
    readouts: Tensor  # (T, H)
    log_probs: Tensor  # (T, V)
    last: State


class Reader:
    """A model and one source; masked words and rows of weights given for a step are obeyed.

    src_ids  S ids;  mask  S booleans, False where a word must not be read
    given    {step: S weights}, read instead of the model's own
    Raises ValueError for masked words or given weights if the model has no attention.
    """

    @torch.inference_mode()
    def __init__(
        self,
        model: Seq2Seq,
        src_ids: Sequence[int],
        mask: Sequence[bool],
        given: Mapping[int, Sequence[float]],
    ):
        self.decoder: Any = model.decoder
        self.attention: Any = getattr(model.decoder, "attention", None)
        if self.attention is None and (given or not all(mask)):
            raise ValueError(
                "masked and weights need a model with attention; this one has a fixed context"
            )
        src = torch.tensor([list(src_ids)])  # (1, S)
        whole = torch.ones_like(src, dtype=torch.bool)
        self.mask = torch.tensor(list(mask))  # (S,)
        self.given = {step: torch.tensor(row) for step, row in given.items()}
        self.embedded = model.encoder.embedding(src)[0]  # (S, E)
        self.encoder_states, self.final = model.encoder(src, whole)  # (1, S, H), (1, H) each
        self.memory, self.start = self.decoder.start(self.encoder_states, self.final, whole)

    @torch.inference_mode()
    def read(self, tokens: Sequence[int], state: State, first: int = 0) -> Steps:
        """Read tokens from a state on; `first` is the step of the first of them."""
        embedded = self.decoder.embedding(torch.tensor([list(tokens)]))  # (1, T, E)
        states, last = run(self.decoder.rnn, self._inputs(embedded), state)  # (1, T, H)
        scores = weights = contexts = None
        readouts = states
        if self.attention is not None:
            scores = self.attention.scores(states, self.memory.keys)[0]  # (T, S)
            scores = scores.masked_fill(~self.mask, -math.inf)
            weights = self._steered(scores.softmax(dim=-1), first)  # (T, S)
            contexts = weights @ self.encoder_states[0]  # (T, H)
            readouts = self.decoder.readout(states, contexts[None])  # (1, T, H)
        log_probs = self.decoder.output(readouts[0]).log_softmax(dim=-1)  # (T, V)
        return Steps(
            embedded[0], states[0], scores, weights, contexts, readouts[0], log_probs, last
        )

    def _inputs(self, embedded: Tensor) -> Tensor:
        """Add the fixed context to each word, where the decoder reads it at every step."""
        if self.decoder.rnn.input_size == embedded.shape[-1]:
            return embedded
        context = self.final[0][:, None].expand(-1, embedded.shape[1], -1)  # (1, T, H)
        return torch.cat([embedded, context], dim=-1)

    def _steered(self, weights: Tensor, first: int) -> Tensor:
        weights = weights.clone()
        for row in range(len(weights)):
            if first + row in self.given:
                weights[row] = self.given[first + row]
        return weights

    def stepper(self, forced: Mapping[int, int]):
        """Return step and state for course_lib.search; at a forced step one word is possible.

        That word keeps the probability the model gives it.
        """

        def step(token: int, carried: tuple[int, State]):
            number, state = carried
            seen = self.read([token], state, number)
            log_probs = seen.log_probs[0].double().numpy()
            if number in forced:
                log_probs = _only(forced[number], log_probs)
            weights = None if seen.weights is None else seen.weights[0].numpy()
            return log_probs, (number + 1, seen.last), weights

        return step, (0, self.start)


def _only(token: int, log_probs: np.ndarray) -> np.ndarray:
    alone = np.full_like(log_probs, -np.inf)
    alone[token] = log_probs[token]
    return alone
