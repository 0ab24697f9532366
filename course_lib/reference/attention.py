"""Attention in three parts, one decoder step at a time: score, softmax, mix.

encoder_states (S, H) holds one row h_i a source token, state (H,) is the decoder state that asks.
Whether that state is s_t (Luong) or s_{t-1} (Bahdanau, and the minimal model of chapter 02) is
the caller's choice.
"""

import numpy as np

from course_lib.reference.probability import softmax


def dot_scores(encoder_states: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Return e_i = h_i . s, how well each encoder state matches the decoder state.

    encoder_states (S, H), state (H,); result (S,). ValueError if the shapes don't fit.
    Source: Luong et al. 2015, section 3.1, "dot"; chapter 02, equation (9).
    """
    _check(encoder_states, state, (state.size, state.size))
    return encoder_states @ state


def bilinear_scores(encoder_states: np.ndarray, state: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return e_i = h_i W s; the encoder and the decoder may differ in size.

    encoder_states (S, H), state (H_dec,), w (H, H_dec); result (S,). W = identity gives
    dot_scores. ValueError if the shapes don't fit.
    Source: Luong et al. 2015, section 3.1, "general"; chapter 02, equation (9).
    """
    _check(encoder_states, state, w.shape)
    return encoder_states @ w @ state


def scaled_dot_scores(encoder_states: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Return e_i = h_i . s / sqrt(H), whose spread does not grow with H.

    encoder_states (S, H), state (H,); result (S,). ValueError if the shapes don't fit.
    Source: Vaswani et al. 2017, equation (1); chapter 05.
    """
    return dot_scores(encoder_states, state) / np.sqrt(state.size)


def additive_scores(
    encoder_states: np.ndarray, state: np.ndarray, w: np.ndarray, u: np.ndarray, v: np.ndarray
) -> np.ndarray:
    """Return e_i = v . tanh(s W + h_i U), a small network as the match.

    encoder_states (S, H), state (H_dec,), w (H_dec, A), u (H, A), v (A,); result (S,).
    ValueError if the shapes don't fit.
    Source: Bahdanau et al. 2014, appendix A.1.2; chapter 05.
    """
    _check(encoder_states, state, (len(u), len(w)))
    return np.tanh(state @ w + encoder_states @ u) @ v


def local_weights(scores: np.ndarray, centre: float, window: float) -> np.ndarray:
    """Return softmax over the positions within `window` of the centre, times a Gaussian around it.

    scores (S,), centre in source positions 0 .. S-1, window D in words; result (S,), sum at most 1.
    The Gaussian has a spread of D/2. ValueError if no position lies within the window.
    Source: Luong et al. 2015, section 3.2, equations (7) and (10); chapter 05.
    """
    distance = np.arange(len(scores)) - centre  # (S,)
    inside = np.abs(distance) <= window
    if not inside.any():
        raise ValueError(
            f"centre {centre} with window {window} holds none of {len(scores)} positions; give a "
            "window of at least 1 and a centre between 0 and the last position"
        )
    weights = softmax(np.where(inside, scores, -np.inf))
    return weights * np.exp(-(distance**2) / (2 * (window / 2) ** 2))


def readout(context: np.ndarray, state: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return tanh([c; s] W), what the output layer reads: the context and the state in one vector.

    context (H,), state (H_dec,), w (H + H_dec, R); result (R,).
    Source: Luong et al. 2015, equation (5); chapter 05.
    """
    return np.tanh(np.concatenate([context, state]) @ w)


def attend(scores: np.ndarray, encoder_states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (context, weights): the average of the states, weighted by softmax(scores).

    scores (S,), encoder_states (S, H); context (H,), weights (S,) positive with sum 1.
    ValueError if there is not one score a state, or none to attend to.
    Source: Bahdanau et al. 2014, equations (5) and (6); chapter 02, equation (10).
    """
    if scores.shape != encoder_states.shape[:1] or not len(scores):
        raise ValueError(
            f"scores: one a source token is needed, got shape {scores.shape} for encoder_states "
            f"of shape {encoder_states.shape}; compute them with the same encoder_states"
        )
    weights = softmax(scores)
    return weights @ encoder_states, weights


def _check(encoder_states: np.ndarray, state: np.ndarray, w_shape: tuple[int, ...]) -> None:
    if encoder_states.ndim != 2 or (encoder_states.shape[1], *state.shape) != w_shape:
        raise ValueError(
            f"encoder_states (S, H) has shape {encoder_states.shape} and state (H,) has shape "
            f"{state.shape}; a score needs {w_shape[0]} numbers a source token and a state of "
            f"{w_shape[1]}: give both the size of the weights, or of each other for dot_scores"
        )
