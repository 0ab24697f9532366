"""What became of a run after one wrong word: widgets/error_runs.js says the same in the browser."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from course_lib import plots

END = "<eos>"
READS = ("reads the reference", "reads itself")
ROW, STEP = 0.6, 0.68  # inches


def right_after(gold: Sequence[str], words: Sequence[str], step: int | None) -> tuple[int, int]:
    """Count the words of the reference that a run has at their steps, and how many there are.

    gold and words end with "<eos>" or will be read so; step is the wrong word's, None for none:
    counted is what comes after it, the end included.
    """
    reference, first = [*gold, END], 0 if step is None else step + 1
    said = [*words, *[""] * len(reference)]
    right = sum(reference[i] == said[i] for i in range(first, len(reference)))
    return right, len(reference) - first


def verdict(gold: Sequence[str], words: Sequence[str], step: int | None) -> str:
    """Say in a few words what became of a run: right at its steps, right but late, or neither."""
    right, of = right_after(gold, words, step)
    if step is None:
        return f"all {of} right" if right == of else f"{right} of {of} right"
    if len(words) <= step:
        return f"ended before step {step + 1}"
    if right == of:
        return f"recovers: all {of} after it right"
    rest, said = [*gold, END][step + 1 :], words[step + 1 :]
    same, shift = _same_end(rest, said), len(said) - len(rest)
    if same <= right:
        return f"{right} of {of} after it right"
    which = f"all {of} after it" if same == of else f"the last {same} of {of}"
    steps = "1 step" if abs(shift) == 1 else f"{abs(shift)} steps"
    return f"{which} right, {steps} {'late' if shift > 0 else 'early'}"


def _same_end(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the words that both end with."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def draw(
    title: str,
    gold: Sequence[str],
    runs: Mapping[str, Mapping[str, Mapping[str, Any]]],
    step: int | None,
) -> Figure:
    """Draw the words of all runs as a table; the wrong word is framed, a word astray marked ≠."""
    lines = [("reference", "", [*gold, END], None)]
    for name, both in runs.items():
        for kind, reads in zip(("forced", "free"), READS, strict=True):
            run = both[kind]
            lines.append((name, reads, run["words"], np.exp(run["log_probs"])))
    steps = max(len(words) for _, _, words, _ in lines)
    left, right = 5.9, steps + 3.6  # in steps: room for the names, and for the verdicts
    figure, axes = plt.subplots(figsize=(STEP * (left + right), ROW * (len(lines) + 0.6)))
    for row, (name, reads, words, probabilities) in enumerate(lines):
        shown = name if reads != READS[1] else ""
        axes.text(-left, row, shown, va="center", fontsize=11)
        axes.text(-0.8, row, reads, va="center", ha="right", fontsize=9, color=plots.QUIET)
        _words(axes, row, words, probabilities, [*gold, END], step if reads else None)
        if reads:
            axes.text(steps - 0.3, row, verdict(gold, words, step), va="center", fontsize=10)
    axes.set(xlim=(-left, right), ylim=(len(lines) - 0.4, -0.6))
    axes.axis("off")
    axes.set_title(title)
    return figure


def _words(axes: Any, row: int, words: Any, probabilities: Any, reference: Any, step: Any) -> None:
    """Write the words of one run, each above its probability."""
    for i, word in enumerate(words):
        put_in = i == step
        astray = not put_in and (i >= len(reference) or word != reference[i])
        shown = "end" if word == END else word
        frame = {"boxstyle": "round,pad=0.25", "fill": False, "lw": 2 if put_in else 1.2}
        frame |= {"edgecolor": plots.INK if put_in else plots.GOLD if astray else "none"}
        label = f"≠ {shown}" if astray else shown
        axes.text(i, row - 0.1, label, ha="center", va="center", fontsize=11, bbox=frame)
        if probabilities is not None:
            number = f"{probabilities[i]:.2f}"
            axes.text(i, row + 0.3, number, ha="center", va="center", fontsize=8, color=plots.QUIET)
