"""The attention heatmap: who reads what, a row a target token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.widgets.heatmap_data import checked
from course_lib.widgets.visual import Visual, javascript, stylesheet


class AttentionHeatmap(Visual):
    """Attention weights to look at, walk through and react to.

    weights     (T, S); each row sums to 1. Several heads or models: {name: (T, S)}
    src_tokens  S tokens
    tgt_tokens  T tokens, or {name: tokens}
    gold        links (source position, target position), 0-based, drawn as rings, or {name: links}
    coverage    whether to show how much each source word is read in all
    partial     whether a row may sum to less than 1, as a local window's and a copy share's do
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
        tgt_tokens: Any,
        gold: Any = None,
        *,
        title: str = "Where each target word reads",
        coverage: bool = False,
        partial: bool = False,
    ) -> None:
        """Check the weights; nothing is drawn before."""
        look = {"title": title, "coverage": coverage, "partial": partial}
        super().__init__(data=checked(weights, src_tokens, tgt_tokens, gold, look))

    def show_weights(
        self,
        weights: Any,
        src_tokens: Sequence[str] | None = None,
        tgt_tokens: Any = None,
        gold: Any = None,
    ) -> None:
        """Show other weights; tokens stay unless given, gold links go unless given.

        Raises the same errors as the constructor, and then changes nothing.
        """
        src = self.src_tokens if src_tokens is None else src_tokens
        tgt = self.tgt_tokens if tgt_tokens is None else tgt_tokens
        look = {name: self.data[name] for name in ("title", "coverage", "partial")}
        data = checked(weights, src, tgt, gold, look)
        row, column = self.focus
        with self.hold_sync():
            self.data = data
            self.focus = (min(row, _rows(data) - 1), min(column, len(data["src"]) - 1))

    @property
    def src_tokens(self) -> tuple[str, ...]:
        """The source tokens, one a column."""
        return tuple(self.data["src"])

    @property
    def tgt_tokens(self) -> tuple[str, ...]:
        """The target tokens, one a row; of the first panel."""
        return tuple(self.data["tgt"])

    @property
    def weights(self) -> np.ndarray:
        """The weights as shown, (T, S), rounded to six decimals; of the first panel."""
        return np.array(self.data["weights"])

    @property
    def gold(self) -> frozenset[tuple[int, int]]:
        """The gold links, (source position, target position); of the first panel."""
        return frozenset((source, target) for source, target in self.data["gold"])

    @property
    def alt(self) -> str:
        """The title and, for each target token, the source token it reads most."""
        return " ".join([f"{self.data['title']}.", *map(self._most_read, panels_of(self.data))])

    def _most_read(self, panel: dict[str, Any]) -> str:
        rows = zip(panel["tgt"], np.array(panel["weights"]), strict=True)
        most = [
            f"{token} reads {self.src_tokens[row.argmax()]} ({row.max():.2f})"
            for token, row in rows
        ]
        start = f"{panel['name']}, most read" if panel.get("name") else "Most read"
        return f"{start}: {', '.join(most)}."

    def figure(self) -> Figure:
        """Draw the static twin."""
        panels = panels_of(self.data)
        if len(panels) == 1:
            return _titled(self._draw(panels[0], None), self.data["title"])
        rows, columns = _rows(self.data), len(self.src_tokens)
        size = 0.5 if max(rows, columns) <= plots.DENSE else 0.25
        wide, high = len(panels) * (columns * size + 1.5), rows * size + 1.6
        figure, axes = plt.subplots(1, len(panels), figsize=(wide, high), squeeze=False)
        for panel, ax in zip(panels, axes[0], strict=True):
            self._draw(panel, ax).set_title(panel["name"])
        figure.suptitle(self.data["title"], x=0.02, ha="left")
        return figure

    def _draw(self, panel: dict[str, Any], ax: Any) -> Any:
        gold = {(source, target) for source, target in panel["gold"]}
        return plots.heatmap(panel["weights"], self.src_tokens, panel["tgt"], gold, ax=ax)

    def state(self) -> dict[str, Any]:
        """Return what the JavaScript reads from its model, as plain JSON values."""
        return {"data": self.data, "focus": list(self.focus)}

    @traitlets.validate("focus")
    def _focus_inside(self, proposal: Any) -> tuple[int, int]:
        row, column = proposal["value"]
        rows, columns = _rows(self.data), len(self.data["src"])
        if not (0 <= row < rows and 0 <= column < columns):
            raise ValueError(
                f"focus is {(row, column)}, but the heatmap has {rows} rows and {columns} columns; "
                "give (row, column), both from 0"
            )
        return row, column


def panels_of(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the matrices that a heatmap shows, one or several."""
    return data.get("panels", [data])


def _rows(data: dict[str, Any]) -> int:
    return max(len(panel["tgt"]) for panel in panels_of(data))


def _titled(axes: Any, title: str) -> Figure:
    axes.set_title(title)
    figure = axes.get_figure(root=True)
    assert figure is not None
    return figure
