"""Drawings of how an encoder and a decoder are wired, and of the five steps of attention.

Every function takes tokens or arrays and returns a Figure; numbers drawn are the numbers given.
Later the mechanism lab shows the same five steps live; these are its static pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from course_lib.plots import GOLD, INK, LINE, QUIET, SERIES

BLUE, _, GREEN, *_ = SERIES
DARK_GOLD = "#b34700"  # GOLD, dark enough for words on white
# From -1 over 0 to 1, light enough at both ends for dark numbers.
SIGNED = LinearSegmentedColormap.from_list("signed", ("#eb8a45", "#ffffff", "#5d9bd1"))
UNIT = 0.62  # inches a unit of the drawings
CELL = 0.56  # units: the height of one number of a vector; its width is 1

Point = tuple[float, float]
QUIETLY: dict[str, Any] = {"fontsize": 13, "color": QUIET}


def wirings() -> Figure:
    """Draw the three shapes of a sequence task side by side: S to 1, S to S, S to T."""
    fig, ax = _canvas(15.6, 4.9)
    for left, title, example, inputs, outputs in (
        (0.2, "many to one", "a review → good or bad", (0, 1, 2), (2,)),
        (4.4, "many to many, in step", "each word → its word class", (0, 1, 2), (0, 1, 2)),
        (9.1, "many to many, unequal", "a sentence → its translation", (0, 1, 2), (3, 4, 5, 6)),
    ):
        last = max(inputs + outputs)
        for i in range(last + 1):
            x = left + 0.5 + 0.9 * i
            split = len(outputs) > len(inputs) and i > 2
            _box(ax, (x, 2.2), 0.55, 0.6, "", fill="#fdebdd" if split else "#e3eef7")
            if i:
                _arrow(ax, (x - 0.6, 2.2), (x - 0.3, 2.2))
            if i in inputs:
                _node(ax, (x, 1.0), f"$x_{i + 1}$", (x, 1.3), (x, 1.85))
            if i in outputs:
                number = "" if len(outputs) == 1 else f"_{outputs.index(i) + 1}"
                _node(ax, (x, 3.4), f"$y{number}$", (x, 2.55), (x, 3.1))
        ax.text(left + 0.2, 4.55, title, fontsize=14, va="center")
        ax.text(left + 0.2, 4.1, example, fontsize=12, color=QUIET, va="center")
    ax.text(10.5, 0.3, "encoder", fontsize=12, color=BLUE, ha="center")
    ax.text(13.65, 0.3, "decoder", fontsize=12, color=DARK_GOLD, ha="center")
    return fig


def encoder_decoder(src: Sequence[str], tgt: Sequence[str], passed: str) -> Figure:
    """Draw both networks unrolled over a sentence pair, with what is passed between them.

    src, tgt tokens without bos and eos; passed is the label of the link: "$h_5, C_5$".
    """
    step, middle = 1.42, 1.3
    right = 0.4 + step * len(src) + middle
    fig, ax = _canvas(right + step * (len(tgt) + 1) + 0.2, 4.2)
    for i, token in enumerate(src):
        x = 0.9 + step * i
        _box(ax, (x, 2.3), 0.9, 0.7, f"$h_{i + 1}$", fill="#e3eef7")
        ax.text(x, 0.75, token, ha="center", va="center", fontsize=13)
        _arrow(ax, (x, 1.1), (x, 1.9))
        if i:
            _arrow(ax, (x - step + 0.48, 2.3), (x - 0.48, 2.3))
    link = 0.9 + step * (len(src) - 1) + 0.48
    _arrow(ax, (link, 2.3), (right + 0.22, 2.3), width=3)
    ax.text((link + right) / 2, 2.65, passed, ha="center", va="bottom", fontsize=14)
    ax.text((link + right) / 2, 1.9, "context", ha="center", va="top", fontsize=12, color=QUIET)
    for t, (reads, says) in enumerate(zip(["<bos>", *tgt], [*tgt, "<eos>"], strict=True)):
        x = right + 0.7 + step * t
        _box(ax, (x, 2.3), 0.9, 0.7, f"$s_{t + 1}$", fill="#fdebdd")
        ax.text(x, 0.75, reads, ha="center", va="center", fontsize=13)
        ax.text(x, 3.85, says, ha="center", va="center", fontsize=13)
        _arrow(ax, (x, 1.1), (x, 1.9))
        _arrow(ax, (x, 2.7), (x, 3.5))
        if t:
            _arrow(ax, (x - step + 0.48, 2.3), (x - 0.48, 2.3))
    return fig


def lstm_cell() -> Figure:
    """Draw one LSTM step: the cell runs along the top, the four gates below read x and h."""
    fig, ax = _canvas(13.4, 5.6)
    _box(ax, (6.4, 2.9), 9.6, 4.7, "", fill="#f7fafc", edge=LINE)
    _arrow(ax, (1.0, 4.5), (12.0, 4.5), width=3)  # what is kept, changed by × and + alone
    for x, name in ((2.8, "f"), (4.7, "i"), (6.3, "g"), (8.2, "o")):
        _box(ax, (x, 1.9), 0.9, 0.7, name, fill="white", edge=GREEN if name == "g" else BLUE)
        _arrow(ax, (x, 1.0), (x, 1.5))
    ax.plot([1.0, 8.2], [1.0, 1.0], color=INK, lw=1.5)
    _box(ax, (9.6, 3.7), 1.0, 0.6, "tanh", fill="white", edge=GREEN)
    ax.plot([9.6, 9.6], [4.5, 4.0], color=INK, lw=1.5)
    ax.plot([8.2, 8.2], [2.25, 2.7], color=INK, lw=1.5)
    for start, end in (
        ((2.8, 2.3), (2.8, 4.18)),
        ((4.7, 2.3), (5.28, 3.0)),
        ((6.3, 2.3), (5.72, 3.0)),
        ((5.5, 3.5), (5.5, 4.18)),
        ((9.6, 3.4), (9.6, 3.03)),
        ((8.2, 2.7), (9.27, 2.7)),
        ((9.9, 2.7), (12.0, 2.7)),
    ):
        _arrow(ax, start, end)
    for x, y, sign in ((2.8, 4.5, "×"), (5.5, 4.5, "+"), (5.5, 3.2, "×"), (9.6, 2.7, "×")):
        ax.add_patch(Circle((x, y), 0.3, fc="white", ec=INK, lw=1.5, zorder=4))
        ax.text(x, y, sign, ha="center", va="center_baseline", fontsize=15, zorder=5)
    for x, y, name in ((0.5, 4.5, "C"), (12.5, 4.5, "C'"), (12.5, 2.7, "h'"), (0.5, 1.0, "x, h")):
        ax.text(x, y, f"${name}$", ha="center", va="center", fontsize=15)
    for x, name in ((2.8, "keep"), (4.7, "write"), (6.3, "what"), (8.2, "show")):
        ax.text(x + 0.6, 1.25, name, ha="left", va="center", fontsize=12, color=QUIET)
    return fig


def encode(src: Sequence[str], encoder_states: np.ndarray) -> Figure:
    """Draw step 1: each word changes the state, and every state is kept.

    src S tokens, encoder_states (S, H).
    """
    fig, ax = _canvas(3.1 * len(src) + 1.6, 6.6)
    ax.text(0.5, 3.9, "$h_0 = 0$", fontsize=14, ha="center", va="center")
    for i, (token, state) in enumerate(zip(src, encoder_states, strict=True)):
        x = 2.7 + 3.1 * i
        _column(ax, x, 5.6, state, f"$h_{i + 1}$")
        _box(ax, (x, 0.7), 1.6, 0.7, token, fill="#e3eef7")
        _arrow(ax, (x, 1.1), (x, 2.15))
        _arrow(ax, (1.1 if i == 0 else x - 2.5, 3.9), (x - 0.6, 3.9))
        ax.text(x - 1.5, 4.1, "$W_{hh}$", ha="center", va="bottom", **QUIETLY)
        ax.text(x + 0.15, 1.6, "$W_{xh}$", va="center", **QUIETLY)
    return fig


def compress(encoder_states: np.ndarray) -> Figure:
    """Draw step 2: of all encoder states (S, H) the last alone becomes c, the decoder's s_0."""
    size = len(encoder_states)
    fig, ax = _canvas(1.9 * size + 5.4, 5.2)
    for i, state in enumerate(encoder_states):
        _column(ax, 0.9 + 1.9 * i, 4.3, state, f"$h_{i + 1}$", faded=i < size - 1)
    end = 0.9 + 1.9 * (size - 1)
    _arrow(ax, (end + 0.6, 2.6), (end + 2.9, 2.6), width=3)
    ax.text(end + 1.75, 2.8, "$q$", fontsize=15, ha="center", va="bottom")
    _column(ax, end + 3.6, 4.3, encoder_states[-1], "$c = s_0$")
    ax.text(0.9 + 0.95 * (size - 1), 0.45, f"{encoder_states.size} numbers", ha="center", **QUIETLY)
    ax.text(end + 3.6, 0.45, f"{encoder_states.shape[1]} numbers", ha="center", **QUIETLY)
    return fig


def score(encoder_states: np.ndarray, state: np.ndarray, scores: np.ndarray) -> Figure:
    """Draw step 3: the decoder state (H,) asks, every encoder state (S, H) answers: scores (S,)."""
    fig, ax = _canvas(1.9 * len(scores) + 5.6, 5.6)
    _column(ax, 0.9, 4.7, state, "$s_0$")
    _box(ax, (3.1, 3.0), 1.4, 0.9, "$W_{att}$", fill="white")
    _arrow(ax, (1.5, 3.0), (2.35, 3.0))
    _arrow(ax, (3.85, 3.0), (4.8, 3.0))
    for i, (h, value) in enumerate(zip(encoder_states, scores, strict=True)):
        x = 5.5 + 1.9 * i
        _column(ax, x, 4.7, h, f"$h_{i + 1}$")
        _arrow(ax, (x, 1.25), (x, 0.85))
        ax.text(x, 0.5, _signed(value), fontsize=14, ha="center", va="center")
    ax.text(4.2, 0.5, "scores", ha="center", va="center", **QUIETLY)
    return fig


def mix(encoder_states: np.ndarray, weights: np.ndarray) -> Figure:
    """Draw step 4: the encoder states (S, H), each times its weight (S,), add up to the context."""
    size = len(weights)
    fig, ax = _canvas(2.3 * size + 2.0, 6.2)
    for i, (h, weight) in enumerate(zip(encoder_states, weights, strict=True)):
        x = 0.9 + 2.3 * i
        _column(ax, x, 3.7, h, f"$h_{i + 1}$")
        ax.bar(x, 2 * weight, width=1.0, bottom=4.4, color=BLUE)
        ax.text(x, 4.5 + 2 * weight, f"{weight:.3f} ×", ha="center", va="bottom", fontsize=13)
        sign = "=" if i == size - 1 else "+"
        ax.text(x + 1.15, 2.0, sign, ha="center", va="center", fontsize=18)
    _column(ax, 0.9 + 2.3 * size, 3.7, weights @ encoder_states, "$c_1$")
    return fig


def decode(state: np.ndarray, probs: np.ndarray) -> Figure:
    """Draw step 5: last word, context and s_0 give s_1 (H,); it and c_1 give probs (V,)."""
    fig, ax = _canvas(15, 5.6)
    for y, name, weight in ((4.4, "s_0", "W_s"), (3.0, "y_0", "W_{dec}"), (1.6, "c_1", "W_{dec}")):
        _box(ax, (0.9, y), 1.1, 0.7, f"${name}$", fill="#fdebdd")
        _arrow(ax, (1.5, y), (4.05, 3.0 + 0.5 * (y - 3.0)))
        below = y < 3.0
        label, edge = (
            3.0 + 0.785 * (y - 3.0) + (-0.1 if below else 0.1),
            "top" if below else "bottom",
        )
        ax.text(2.6, label, f"${weight}$", ha="center", va=edge, **QUIETLY)
    _column(ax, 4.7, 4.7, state, "$s_1$")
    _box(ax, (7.0, 3.0), 1.4, 0.9, "$W_{out}$", fill="white")
    _arrow(ax, (5.3, 3.0), (6.25, 3.0))
    ax.plot([0.9, 0.9, 7.0], [1.25, 0.7, 0.7], color=INK, lw=1.5)
    _arrow(ax, (7.0, 0.7), (7.0, 2.5))
    _arrow(ax, (7.75, 3.0), (8.5, 3.0))
    _bars(ax, 8.8, probs)
    return fig


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    fig = plt.figure(figsize=(width * UNIT, height * UNIT))
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    ax.set_axis_off()
    return fig, ax


def _box(
    ax: Axes, centre: Point, width: float, height: float, text: str, *, fill: str, edge: str = INK
) -> None:
    corner = centre[0] - width / 2, centre[1] - height / 2
    style = "round,pad=0,rounding_size=0.12"
    ax.add_patch(FancyBboxPatch(corner, width, height, boxstyle=style, fc=fill, ec=edge, lw=1.5))
    ax.text(*centre, text, ha="center", va="center", fontsize=14)


def _arrow(ax: Axes, start: Point, end: Point, width: float = 1.5) -> None:
    how = {"arrowstyle": "-|>", "lw": width, "color": INK, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=end, xytext=start, arrowprops={**how, "mutation_scale": 12 + 2 * width})


def _node(ax: Axes, centre: Point, text: str, start: Point, end: Point) -> None:
    ax.text(*centre, text, ha="center", va="center", fontsize=14)
    _arrow(ax, start, end)


def _column(
    ax: Axes, x: float, top: float, values: np.ndarray, name: str, *, faded: bool = False
) -> None:
    """Draw a vector as cells from the top down, with its name above; each number is printed."""
    strength = 0.25 if faded else 1.0
    for k, value in enumerate(values):
        y = top - CELL * (k + 1)
        colour = SIGNED((value + 1) / 2)
        ax.add_patch(Rectangle((x - 0.5, y), 1, CELL, fc=colour, ec="white", alpha=strength))
        text = _signed(value)
        ax.text(x, y + CELL / 2, text, fontsize=11, ha="center", va="center", alpha=strength)
    ax.text(x, top + 0.15, name, fontsize=15, ha="center", va="bottom", alpha=strength)


def _bars(ax: Axes, left: float, probs: np.ndarray) -> None:
    """Draw a distribution over ids from `left` on; the highest bar is marked and has its value."""
    width, scale = 6.0 / len(probs), 3.2 / probs.max()
    best = int(probs.argmax())
    for k, p in enumerate(probs):
        x = left + width * (k + 0.5)
        ax.bar(x, p * scale, width=0.8 * width, bottom=1.2, color=GOLD if k == best else BLUE)
        ax.text(x, 1.1, str(k), fontsize=9, ha="center", va="top")
    x = left + width * (best + 0.5)
    ax.text(x, 1.3 + probs[best] * scale, f"{probs[best]:.3f}", fontsize=13, ha="center")
    ax.text(left + 3.0, 0.35, "id of the next word", ha="center", va="center", **QUIETLY)


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")
