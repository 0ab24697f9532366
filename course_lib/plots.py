"""Static pictures: one function a kind of plot, which takes arrays and tokens and returns Axes.

Importing this module registers the course's font, so that Chinese is never shown as boxes, and sets
the house style: a white card, readable on a projector and on a dark page.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from course_lib.results import figure_bundle

FONT = Path(__file__).parent / "fonts" / "Seq2SeqSansSC-Regular.otf"

# One hue whose lightness only falls: the order of values survives grey print and colour blindness.
# widgets/shared.js has the same five stops.
STOPS = ("#f7fafc", "#c6dcef", "#7fb2d9", "#2f77b5", "#0b3c6f")
COLOURS = LinearSegmentedColormap.from_list("course", STOPS)
INK, QUIET, LINE = "#1b2733", "#5b6875", "#d5dce3"
GOLD = "#d55e00"  # Okabe and Ito's vermilion: told from the blues by every kind of colour vision
SERIES = ("#2f77b5", "#d55e00", "#00845f", "#8a5a9e", "#5b6875")

DARK = 0.735  # from here on, white text on the colour of a value has more contrast than black
CELL = 0.5  # inches a heatmap cell
LONGEST = 18  # characters of a token; a longer one would push the grid off the picture
DENSE = 16  # with more rows or columns, values are left to the colour


def _set_style() -> None:
    """Register the font and set matplotlib's defaults to the house style."""
    font_manager.fontManager.addfont(FONT)
    family = font_manager.FontProperties(fname=FONT).get_name()
    mpl.rcParams.update(
        {
            "font.family": [family, "DejaVu Sans"],
            "font.size": 12,
            "mathtext.fontset": "dejavusans",
            "axes.titlesize": 13,
            "axes.titlelocation": "left",
            "axes.titlepad": 12,
            "axes.labelcolor": INK,
            "axes.edgecolor": QUIET,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid.axis": "y",
            "axes.prop_cycle": cycler(color=SERIES),
            "axes.unicode_minus": True,
            "text.color": INK,
            "xtick.color": QUIET,
            "ytick.color": QUIET,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "grid.color": LINE,
            "legend.frameon": False,
            "figure.facecolor": "white",
            "figure.figsize": (7, 4),
            "figure.dpi": 96,
            "savefig.facecolor": "white",
            "savefig.pad_inches": 0.2,
        }
    )


_set_style()


def heatmap(
    weights: Any,
    src_tokens: Sequence[str],
    tgt_tokens: Sequence[str],
    gold: Collection[tuple[int, int]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw attention weights: a row per target token, a column per source token.

    weights  (T, S), between 0 and 1; values are printed where there is room
    gold     links (source position, target position), 0-based, drawn as rings
    Raises ValueError when the shape doesn't fit the tokens or a link lies outside.
    """
    grid = np.asarray(weights, dtype=float)
    shape = (len(tgt_tokens), len(src_tokens))
    if grid.shape != shape or 0 in shape:
        raise ValueError(
            f"heatmap: weights have shape {grid.shape}, but there are {shape[0]} target and "
            f"{shape[1]} source tokens; give one row a target token, one column a source token, "
            "and one token each at least"
        )
    ax = ax if ax is not None else _axes_for(shape)
    ax.imshow(grid, cmap=COLOURS, vmin=0, vmax=1, aspect="equal", interpolation="nearest")
    _label_cells(ax, src_tokens, tgt_tokens)
    if max(shape) <= DENSE:
        _print_values(ax, grid)
    _draw_links(ax, gold or (), shape)
    return ax


def show(fig: Figure | SubFigure, *, alt: str) -> None:
    """Display a figure with alt text and close it; outside a notebook, print "Figure: <alt>".

    alt  what a person who cannot see the figure needs to know: the finding, not "a bar chart"
    Raises ValueError for an empty alt text.
    """
    from IPython.core.interactiveshell import InteractiveShell  # here: plotting needs no notebook
    from IPython.display import display

    bundle = figure_bundle(fig, alt)
    if InteractiveShell.initialized():
        display(bundle, raw=True)
    else:
        print(bundle["text/plain"])


def _axes_for(shape: tuple[int, int]) -> Axes:
    rows, columns = shape
    size = CELL if max(shape) <= DENSE else 0.25
    return plt.figure(figsize=(columns * size + 1.5, rows * size + 1)).add_subplot()


def _label_cells(ax: Axes, src_tokens: Sequence[str], tgt_tokens: Sequence[str]) -> None:
    dense = max(len(src_tokens), len(tgt_tokens)) > DENSE
    ax.set_xticks(range(len(src_tokens)), [_plain(token) for token in src_tokens])
    ax.set_yticks(range(len(tgt_tokens)), [_plain(token) for token in tgt_tokens])
    ax.xaxis.tick_top()
    ax.tick_params(length=0, labelsize=9 if dense else 12)
    if dense:
        ax.tick_params(axis="x", labelrotation=90)
    elif max(map(len, src_tokens)) > 3:
        for label in ax.get_xticklabels():
            label.set(rotation=45, ha="left", va="bottom", rotation_mode="anchor")
    ax.set_xticks(np.arange(len(src_tokens) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(tgt_tokens) + 1) - 0.5, minor=True)
    ax.grid(which="minor", axis="both", color="white", linewidth=1.5)
    ax.tick_params(which="minor", length=0)
    ax.spines[:].set_visible(False)


def _plain(token: str) -> str:
    short = token if len(token) <= LONGEST else token[: LONGEST - 3] + "..."
    return short.replace("$", r"\$")  # matplotlib would read it as mathematics


def _print_values(ax: Axes, grid: np.ndarray) -> None:
    for (row, column), value in np.ndenumerate(grid):
        text = f"{value:.2f}".replace("0.", ".", 1)
        colour = "white" if value > DARK else "black"
        ax.text(column, row, text, ha="center", va="center", fontsize=9, color=colour)


def _draw_links(ax: Axes, gold: Collection[tuple[int, int]], shape: tuple[int, int]) -> None:
    for source, target in sorted(gold):
        if not (0 <= source < shape[1] and 0 <= target < shape[0]):
            raise ValueError(
                f"heatmap: the gold link {(source, target)} lies outside {shape[1]} source and "
                f"{shape[0]} target tokens; give (source position, target position), from 0"
            )
        for colour, width in (("white", 4.5), (GOLD, 2)):
            ring = Circle((source, target), 0.42, fill=False, ec=colour, lw=width)
            ax.add_patch(ring)
    if gold:
        ring = Line2D([], [], marker="o", ls="", mfc="none", mec=GOLD, mew=2, ms=11)
        ax.legend([ring], ["gold link"], loc="upper left", bbox_to_anchor=(0, 0), borderaxespad=0.3)
