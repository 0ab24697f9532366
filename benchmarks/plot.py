"""The plot of RESULTS.md: each cell's ratios with their range, and its target."""

import math
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from benchmarks.report import PEERS, cell_of, peer_ratios, title
from benchmarks.shapes import SIZES, target

COLOURS = {"JoeyNMT": "#0072b2", "OpenNMT-py": "#d55e00"}
SHIFT = {"JoeyNMT": -0.14, "OpenNMT-py": 0.14}


def write(found: dict[str, Any], path: Path) -> None:
    """Draw one panel a size and write the plot as SVG."""
    with plt.rc_context({"svg.fonttype": "none", "svg.hashsalt": "bench", "font.size": 9}):
        fig, panels = plt.subplots(1, len(SIZES), figsize=(10, 3.6), sharey=True, sharex=True)
        for axes, name in zip(panels, SIZES, strict=True):
            panel(axes, [r for r in found["cells"] if r["size"] == name], name)
        panels[0].invert_yaxis()
        panels[0].legend(loc="lower right", frameon=False)
        fig.tight_layout()
        fig.savefig(path, metadata={"Date": None})
        plt.close(fig)


def panel(axes: Any, results: list[dict[str, Any]], name: str) -> None:
    """Draw the cells of one size: points with their range, a tick for the target."""
    for peer in PEERS:
        for y, result in enumerate(results):
            found = peer_ratios(result)[peer]
            label = peer if y == 0 else None
            reach = [[found.median - found.low], [found.high - found.median]]
            style = {"fmt": "o", "color": COLOURS[peer], "markersize": 4, "label": label}
            axes.errorbar(found.median, y + SHIFT[peer], xerr=reach, **style)
    wanted = [target(*cell_of(result)) or math.nan for result in results]
    axes.plot(wanted, range(len(wanted)), "|", color="black", markersize=14, label="target")
    axes.axvline(1, color="grey", linewidth=0.8)
    axes.set_yticks(range(len(results)), [title(cell_of(r)[1]) for r in results])
    axes.set_xlabel("time of the peer / ours")
    axes.set_title(f"{name} size")
