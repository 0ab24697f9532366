"""The attention heatmap: who reads what, a row a target token."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.widgets.visual import Visual, font_of, javascript, stylesheet

TOLERANCE = 1e-3  # of a row's sum: float32 over a long sentence stays far below it


class AttentionHeatmap(Visual):
    """Attention weights to look at, walk through and react to.

    weights     (T, S); each row sums to 1
    src_tokens  S tokens
    tgt_tokens  T tokens
    gold        links (source position, target position), 0-based, drawn as rings
    Raises ValueError for a shape that doesn't fit the tokens, numbers that are no weights, no
    token, or a link outside; TypeError for a token that is no text.

    `focus` is the (row, column) last clicked or reached by key; set it, or
    `heatmap.observe(function, "focus")`. `show_weights` shows other weights in the same place.
    """

    name = "heatmap"
    _esm = javascript("heatmap")
    _css = stylesheet("heatmap")
    # Takes the name of ipywidgets' method that moves the browser's focus, which a grid of cells
    # has no use for.
    focus: Any = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(0, 0)).tag(
        sync=True
    )  # pyright: ignore[reportIncompatibleMethodOverride]

    def __init__(
        self,
        weights: Any,
        src_tokens: Sequence[str],
        tgt_tokens: Sequence[str],
        gold: Collection[tuple[int, int]] | None = None,
        *,
        title: str = "Where each target word reads",
    ) -> None:
        """Check the weights; nothing is drawn before."""
        super().__init__(data=_checked(weights, src_tokens, tgt_tokens, gold, title))

    def show_weights(
        self,
        weights: Any,
        src_tokens: Sequence[str] | None = None,
        tgt_tokens: Sequence[str] | None = None,
        gold: Collection[tuple[int, int]] | None = None,
    ) -> None:
        """Show other weights; tokens stay unless given, gold links go unless given.

        Raises the same errors as the constructor, and then changes nothing.
        """
        src = self.src_tokens if src_tokens is None else src_tokens
        tgt = self.tgt_tokens if tgt_tokens is None else tgt_tokens
        data = _checked(weights, src, tgt, gold, self.data["title"])
        row, column = self.focus
        with self.hold_sync():
            self.data = data
            self.focus = (min(row, len(tgt) - 1), min(column, len(src) - 1))

    @property
    def src_tokens(self) -> tuple[str, ...]:
        """The source tokens, one a column."""
        return tuple(self.data["src"])

    @property
    def tgt_tokens(self) -> tuple[str, ...]:
        """The target tokens, one a row."""
        return tuple(self.data["tgt"])

    @property
    def weights(self) -> np.ndarray:
        """The weights as shown, (T, S), rounded to six decimals."""
        return np.array(self.data["weights"])

    @property
    def gold(self) -> frozenset[tuple[int, int]]:
        """The gold links, (source position, target position)."""
        return frozenset((source, target) for source, target in self.data["gold"])

    @property
    def alt(self) -> str:
        """The title and, for each target token, the source token it reads most."""
        best = self.weights.argmax(axis=1)
        rows = zip(self.tgt_tokens, best, self.weights.max(axis=1), strict=True)
        most = [f"{token} reads {self.src_tokens[i]} ({weight:.2f})" for token, i, weight in rows]
        return f"{self.data['title']}. Most read: {', '.join(most)}."

    def figure(self) -> Figure:
        """Draw the static twin."""
        axes = plots.heatmap(self.weights, self.src_tokens, self.tgt_tokens, self.gold)
        axes.set_title(self.data["title"])
        figure = axes.get_figure(root=True)
        assert figure is not None
        return figure

    def state(self) -> dict[str, Any]:
        """Return what the JavaScript reads from its model, as plain JSON values."""
        return {"data": self.data, "focus": list(self.focus)}

    @traitlets.validate("focus")
    def _focus_inside(self, proposal: Any) -> tuple[int, int]:
        row, column = proposal["value"]
        rows, columns = len(self.data["tgt"]), len(self.data["src"])
        if not (0 <= row < rows and 0 <= column < columns):
            raise ValueError(
                f"focus is {(row, column)}, but the heatmap has {rows} rows and {columns} columns; "
                "give (row, column), both from 0"
            )
        return row, column


def _checked(
    weights: Any,
    src_tokens: Sequence[str],
    tgt_tokens: Sequence[str],
    gold: Collection[tuple[int, int]] | None,
    title: str,
) -> dict[str, Any]:
    """Return what the JavaScript draws, or raise an error that names the offending part."""
    src, tgt = _tokens("src_tokens", src_tokens), _tokens("tgt_tokens", tgt_tokens)
    grid = np.asarray(weights, dtype=float)
    if grid.shape != (len(tgt), len(src)):
        raise ValueError(
            f"weights have shape {grid.shape}, but there are {len(tgt)} target and {len(src)} "
            "source tokens; give one row a target token and one column a source token"
        )
    _check_rows(grid, tgt)
    links = sorted((int(source), int(target)) for source, target in gold or ())
    for source, target in links:
        if not (0 <= source < len(src) and 0 <= target < len(tgt)):
            raise ValueError(
                f"the gold link {(source, target)} lies outside {len(src)} source and {len(tgt)} "
                "target tokens; give (source position, target position), from 0"
            )
    return {
        "weights": grid.clip(0, 1).round(6).tolist(),
        "src": src,
        "tgt": tgt,
        "gold": [list(link) for link in links],
        "title": title,
        "font": font_of("".join([*src, *tgt, title])),
    }


def _tokens(name: str, tokens: Sequence[str]) -> list[str]:
    if isinstance(tokens, str):
        raise TypeError(f"{name} is one string, {tokens!r}; give a list of tokens: .split()")
    for token in tokens:
        if not isinstance(token, str):
            raise TypeError(f"{name} holds {token!r}, a {type(token).__name__}; give texts only")
    if not tokens:
        raise ValueError(f"{name} is empty; give one token at least")
    return list(tokens)


def _check_rows(grid: np.ndarray, tgt: list[str]) -> None:
    for row, (weights, token) in enumerate(zip(grid, tgt, strict=True)):
        if not np.isfinite(weights).all():
            problem = "holds a number that is not finite; was every source position masked?"
        elif (weights < 0).any():
            problem = f"holds {weights.min():.4g}; weights are 0 or more: were these scores?"
        elif abs(weights.sum() - 1) > TOLERANCE:
            problem = f"sums to {weights.sum():.4f}, not 1; take a softmax over the source"
        else:
            continue
        raise ValueError(f"weights: row {row} ({token!r}) {problem}")
