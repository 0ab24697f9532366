"""The equations of chapter 02: recurrent cells, an encoder loop, a decoder loop, and a whole model.

Vectors are rows: a layer is `x @ w + b`, with w of shape (inputs, outputs). torch stores the same
matrix as (outputs, inputs), so copy its transpose. A cell has G blocks of weights side by side,
one a gate, in torch's order: RNN 1; GRU 3 (r, z, n); LSTM 4 (i, f, g, o).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from course_lib.reference.attention import attend, bilinear_scores
from course_lib.reference.probability import log_softmax


@dataclass(frozen=True)
class CellWeights:
    """The weights of one recurrent cell with G gates.

    w_x (E, G*H) reads the input, w_h (H, G*H) the last state; b_x and b_h (G*H,) are their biases.
    ValueError if the shapes don't fit. Source: chapter 02, "One step of a recurrent network".
    """

    w_x: np.ndarray
    w_h: np.ndarray
    b_x: np.ndarray
    b_h: np.ndarray

    def __post_init__(self):
        width = self.w_h.shape[-1]
        shapes = [a.shape for a in (self.w_x, self.w_h, self.b_x, self.b_h)]
        expected = [(*shapes[0][:1], width), (*shapes[1][:1], width), (width,), (width,)]
        if shapes != expected or not width or width % len(self.w_h):
            raise ValueError(
                f"w_x, w_h, b_x, b_h: got shapes {shapes}, need (E, G*H), (H, G*H), (G*H,), (G*H,);"
                " did you forget to transpose torch's matrices?"
            )

    @property
    def hidden_size(self) -> int:
        """H, the size of the state."""
        return len(self.w_h)

    @property
    def gates(self) -> int:
        """G, the number of blocks: 1, 3 or 4."""
        return self.w_h.shape[1] // len(self.w_h)

    @property
    def size(self) -> int:
        """The number of parameters, counted; parameter_count derives it."""
        return sum(a.size for a in (self.w_x, self.w_h, self.b_x, self.b_h))


class LSTMState(NamedTuple):
    """What an LSTM hands on from step to step: h (H,), within (-1, 1), and cell (H,), unbounded."""

    h: np.ndarray
    cell: np.ndarray


Step = Callable[[CellWeights, np.ndarray, Any], Any]


def random_cell(
    rng: np.random.Generator, gates: int, input_size: int, hidden_size: int
) -> CellWeights:
    """Return untrained weights, uniform within 1/sqrt(H) of 0, which is also torch's start.

    gates G is 1 (RNN), 3 (GRU) or 4 (LSTM). Source: chapter 02, "The encoder, word by word".
    """
    edge, width = hidden_size**-0.5, gates * hidden_size
    shapes = (input_size, width), (hidden_size, width), (width,), (width,)
    return CellWeights(*(rng.uniform(-edge, edge, shape) for shape in shapes))


def parameter_count(gates: int, input_size: int, hidden_size: int) -> int:
    """Return G * H * (E + H + 2): two matrices and two biases a gate.

    Source: chapter 02, equation (8).
    """
    return gates * hidden_size * (input_size + hidden_size + 2)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-x)), between 0 and 1, without overflow. Any shape."""
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def rnn_step(weights: CellWeights, x: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Return h_i = tanh(x W_x + b_x + h_{i-1} W_h + b_h).

    x (E,), h (H,); result (H,), each number within (-1, 1). ValueError if the shapes don't fit.
    Source: Elman 1990; chapter 02, equation (3).
    """
    _check(weights, 1, x, h)
    return np.tanh(x @ weights.w_x + weights.b_x + h @ weights.w_h + weights.b_h)


def lstm_step(weights: CellWeights, x: np.ndarray, state: LSTMState) -> LSTMState:
    """Return (h, C): C = f * C + i * g, h = o * tanh(C).

    x (E,), state h and cell (H,). Gates i, f, o within (0, 1), candidate g within (-1, 1); each
    has weights and biases of its own. ValueError if the shapes don't fit.
    Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000;
    chapter 02, equation (4).
    """
    h, cell = state
    _check(weights, 4, x, h)
    a = x @ weights.w_x + weights.b_x + h @ weights.w_h + weights.b_h  # (4H,)
    i, f, g, o = np.split(a, 4)  # (H,) each
    cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
    return LSTMState(sigmoid(o) * np.tanh(cell), cell)


def gru_step(weights: CellWeights, x: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Return h = (1 - z) * n + z * h_{i-1}, with the candidate n = tanh(a_n + r * b_n).

    x (E,), h (H,); result (H,). Reset gate r and update gate z within (0, 1). As in torch, r
    scales the state after its matrix and bias; Cho et al. scale it before.
    ValueError if the shapes don't fit.
    Source: Cho et al. 2014 (1406.1078), section 2.3; chapter 02, equation (5).
    """
    _check(weights, 3, x, h)
    r_x, z_x, n_x = np.split(x @ weights.w_x + weights.b_x, 3)
    r_h, z_h, n_h = np.split(h @ weights.w_h + weights.b_h, 3)
    r, z = sigmoid(r_x + r_h), sigmoid(z_x + z_h)
    return (1.0 - z) * np.tanh(n_x + r * n_h) + z * h


def hidden(state: LSTMState | np.ndarray) -> np.ndarray:
    """Return the h of a state: of an LSTM's pair the first half, else the state itself."""
    return state.h if isinstance(state, LSTMState) else state


def encode(
    step: Step, weights: CellWeights, inputs: np.ndarray, state: Any
) -> tuple[np.ndarray, Any]:
    """Return (encoder_states, last state): the step, once a source token.

    inputs (S, E), state h or LSTMState before the first token; encoder_states (S, H) holds h_1
    to h_S. ValueError for an empty source. Source: chapter 02, "The encoder, word by word".
    """
    if not len(inputs):
        raise ValueError("inputs: the source has no token; give at least one row of shape (E,)")
    encoder_states = []
    for x in inputs:
        state = step(weights, x, state)
        encoder_states.append(hidden(state))
    return np.stack(encoder_states), state


@dataclass(frozen=True)
class DecoderWeights:
    """A decoder that starts from the context: embedding (V, E), its cell, w_out (H, V), b_out (V,).

    It has weights of its own: none is the encoder's. Source: chapter 02, equation (7).
    """

    embedding: np.ndarray
    cell: CellWeights
    w_out: np.ndarray
    b_out: np.ndarray


def decoder_step(
    step: Step, weights: DecoderWeights, token: int, state: Any
) -> tuple[np.ndarray, Any]:
    """Return (log_probs of the next word, new state) after reading the id of the last word.

    state h or LSTMState; log_probs (V,), nats. ValueError for an id outside the vocabulary.
    Source: chapter 02, equation (7).
    """
    size = len(weights.embedding)
    if not 0 <= token < size:
        raise ValueError(f"token: the ids are 0 to {size - 1}, got {token}")
    state = step(weights.cell, weights.embedding[token], state)
    return log_softmax(hidden(state) @ weights.w_out + weights.b_out), state


def decode(
    step: Step, weights: DecoderWeights, state: Any, *, bos: int, eos: int, max_length: int
) -> list[int]:
    """Return the ids of a translation, at each step the most probable one, from bos to eos.

    state is all that the decoder gets of the source. The result has no bos; it ends in eos
    unless max_length ids (eos counts) came first. Source: chapter 02, equation (7).
    """
    tokens = [bos]
    while len(tokens) <= max_length and tokens[-1] != eos:
        log_probs, state = decoder_step(step, weights, tokens[-1], state)
        tokens.append(int(np.argmax(log_probs)))
    return tokens[1:]


@dataclass(frozen=True)
class MinimalModel:
    """The smallest model with every part: an RNN encoder, bilinear attention, an RNN decoder.

    source_embedding (V_src, E), target_embedding (V_tgt, E), w_xh (E, H), w_hh (H, H),
    w_att (H, H), w_dec (E + H, H), w_s (H, H), w_out (2H, V_tgt). All biases are 0.
    Source: chapter 02, "The minimal forward pass".
    """

    source_embedding: np.ndarray
    target_embedding: np.ndarray
    w_xh: np.ndarray
    w_hh: np.ndarray
    w_att: np.ndarray
    w_dec: np.ndarray
    w_s: np.ndarray
    w_out: np.ndarray

    def encode(self, src: Sequence[int]) -> np.ndarray:
        """Return the encoder states (S, H) of S source ids: h_i = tanh(x_i W_xh + h_{i-1} W_hh)."""
        cell = CellWeights(self.w_xh, self.w_hh, *np.zeros((2, len(self.w_hh))))
        inputs = self.source_embedding[list(src)]  # (S, E)
        return encode(rnn_step, cell, inputs, np.zeros(cell.hidden_size))[0]

    def step(
        self, token: int, state: np.ndarray, encoder_states: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return (logits (V_tgt,), s_t (H,), weights (S,)) from the last word and s_{t-1}.

        The score looks with s_{t-1}, before the step, as Bahdanau et al. do.
        """
        scores = bilinear_scores(encoder_states, state, self.w_att)  # (S,)
        context, weights = attend(scores, encoder_states)  # (H,), (S,)
        y = self.target_embedding[token]  # (E,)
        state = np.tanh(np.concatenate([y, context]) @ self.w_dec + state @ self.w_s)
        return np.concatenate([state, context]) @ self.w_out, state, weights

    def forward(
        self, src: Sequence[int], tgt_in: Sequence[int]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return (encoder_states (S, H), logits (T, V_tgt), weights (T, S)); s_0 is h_S."""
        encoder_states = self.encode(src)
        state = encoder_states[-1]
        logits, weights = [], []
        for token in tgt_in:
            row, state, looks = self.step(token, state, encoder_states)
            logits.append(row)
            weights.append(looks)
        return encoder_states, np.stack(logits), np.stack(weights)


def minimal_model(seed: int = 13) -> MinimalModel:
    """Return the model of 18 source and 20 target words, E = 5, H = 6, with untrained weights.

    Each matrix is standard normal divided by the square root of the number of its inputs (of E
    for an embedding), drawn in the order of the fields.
    Source: chapter 02, "The minimal forward pass".
    """
    rng = np.random.default_rng(seed)

    def draw(rows: int, columns: int, fan_in: int) -> np.ndarray:
        return rng.standard_normal((rows, columns)) / np.sqrt(fan_in)

    return MinimalModel(
        source_embedding=draw(18, 5, 5),
        target_embedding=draw(20, 5, 5),
        w_xh=draw(5, 6, 5),
        w_hh=draw(6, 6, 6),
        w_att=draw(6, 6, 6),
        w_dec=draw(11, 6, 11),
        w_s=draw(6, 6, 6),
        w_out=draw(12, 20, 12),
    )


def _check(weights: CellWeights, gates: int, x: np.ndarray, h: np.ndarray) -> None:
    """Raise ValueError unless the weights have this many gates and x and h fit them."""
    if weights.gates != gates:
        raise ValueError(
            f"weights: this cell needs {gates} gate block(s) of H = {weights.hidden_size} columns, "
            f"got {weights.gates}; RNN 1, GRU 3, LSTM 4"
        )
    if x.shape != weights.w_x.shape[:1] or h.shape != weights.w_h.shape[:1]:
        raise ValueError(
            f"x and h: the weights need shapes {weights.w_x.shape[:1]} and "
            f"{weights.w_h.shape[:1]}, got {x.shape} and {h.shape}; one vector each, no batch"
        )
