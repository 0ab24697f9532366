"""A beam tree as a matplotlib figure: the static twin of the live one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.widgets.beam_known import Known
from course_lib.widgets.beam_replay import Replay

LARGE = 40  # with more prefixes, pruned ones are left out
BORDERS: dict[str, dict[str, Any]] = {
    "kept": {"edgecolor": plots.INK, "linewidth": 1.2},
    "finished": {"edgecolor": plots.INK, "linewidth": 2.4, "boxstyle": "round,pad=0.35"},
    "pruned": {"edgecolor": plots.QUIET, "linewidth": 1.0, "linestyle": "dashed"},
    "outside": {"edgecolor": plots.QUIET, "linewidth": 1.0, "linestyle": "dotted"},
}
PATHS: dict[str, dict[str, Any]] = {
    "best": {"color": plots.SERIES[0], "linewidth": 4.0},
    "greedy": {"color": plots.INK, "linewidth": 2.0, "linestyle": ":"},
    "exact": {"color": plots.GOLD, "linewidth": 2.0, "linestyle": "--"},
}
SHIFTS = {"best": 0.0, "greedy": 0.1, "exact": -0.1}  # rows: paths that share an edge are all seen


@dataclass
class Box:
    """One prefix of the picture."""

    tokens: tuple[int, ...]
    fate: str
    log_prob: float | None
    row: int = 0
    ends: list[str] = field(default_factory=list)


def draw(
    known: Known,
    found: Replay,
    words: Mapping[str, str],
    paths: Mapping[str, Sequence[int] | None],
    title: str,
) -> Figure:
    """Draw the prefixes that a search looked at, and the best, the greedy and the exact path."""
    best = known.tokens(found.ended[0].known)
    marked = {name: tuple(path) for name, path in paths.items() if path is not None}
    marked = {"best": best, **marked}
    boxes = _boxes(known, found, marked)
    _place(boxes, boxes[()], 0, {})
    rows = max(box.row for box in boxes.values()) + 1
    columns = max(map(len, boxes)) + 1
    figure, axes = plt.subplots(figsize=(max(7.0, 1.15 * columns + 1.2), max(2.2, 0.42 * rows + 1)))
    for name, path in marked.items():
        _draw_path(axes, boxes, path, name)
    for box in boxes.values():
        _draw_box(axes, boxes, box, words)
    axes.set(xlim=(-0.4, columns + 0.3), ylim=(rows - 0.4, -0.8), title=title)
    axes.set_axis_off()
    handles = [axes.plot([], [], label=f"{name} path", **PATHS[name])[0] for name in marked]
    figure.legend(handles=handles, loc="lower center", ncols=3)
    return figure


def _boxes(
    known: Known, found: Replay, marked: Mapping[str, tuple[int, ...]]
) -> dict[tuple[int, ...], Box]:
    on_path = {path[:i] for path in marked.values() for i in range(len(path) + 1)}
    boxes = {}
    for node in found.nodes:
        tokens = known.tokens(node.known)
        if len(found.nodes) <= LARGE or node.fate != "pruned" or tokens in on_path:
            boxes[tokens] = Box(tokens, node.fate, node.log_prob)
    for name, path in marked.items():
        for end in range(1, len(path) + 1):
            at = known.positions.get(path[:end])
            log_prob = None if at is None else known.log_prob[at]
            boxes.setdefault(path[:end], Box(path[:end], "outside", log_prob))
        boxes[path].ends.append(name)
    return boxes


def _place(boxes: dict[tuple[int, ...], Box], start: Box, first: int, free: dict[int, int]) -> None:
    """Give a prefix and its chain of best continuations one row, then what else follows them."""
    chain = [start]
    while below := _below(boxes, chain[-1]):
        chain.append(below[0])
    row = max([first, *(free.get(len(box.tokens), 0) for box in chain)])
    for box in chain:
        box.row = row
        free[len(box.tokens)] = row + 1
    for box in reversed(chain):  # from the end, so that no two lines cross
        for other in _below(boxes, box)[1:]:
            _place(boxes, other, row, free)


def _below(boxes: Mapping[Any, Box], box: Box) -> list[Box]:
    below = [b for b in boxes.values() if b.tokens and b.tokens[:-1] == box.tokens]
    return sorted(below, key=lambda b: float("inf") if b.log_prob is None else -b.log_prob)


def _draw_box(axes: Axes, boxes: Mapping[Any, Box], box: Box, words: Mapping[str, str]) -> None:
    column = len(box.tokens)
    if not box.tokens:
        axes.plot(0, box.row, "o", color=plots.INK, markersize=7)
        return
    above = boxes[box.tokens[:-1]]
    axes.plot([column - 1, column], [above.row, box.row], color=plots.LINE, linewidth=1, zorder=0)
    word = words[str(box.tokens[-1])].replace("$", r"\$")
    value = "" if box.log_prob is None else f" {box.log_prob:.2f}".replace("-", "\u2212")
    style = {"boxstyle": "square,pad=0.3", "facecolor": "white", **BORDERS[box.fate]}
    colour = plots.INK if box.fate in ("kept", "finished") else plots.QUIET
    at = {"ha": "center", "va": "center", "fontsize": 9, "color": colour, "bbox": style}
    axes.text(column, box.row, word + value, **at)
    if box.ends:
        axes.text(column + 0.55, box.row, ", ".join(box.ends), va="center", fontsize=10)


def _draw_path(axes: Axes, boxes: Mapping[Any, Box], path: tuple[int, ...], name: str) -> None:
    rows = [boxes[path[:i]].row + SHIFTS[name] for i in range(len(path) + 1)]
    axes.plot(range(len(path) + 1), rows, zorder=1, solid_capstyle="round", **PATHS[name])
