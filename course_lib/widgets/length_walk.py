"""A slider over source lengths: how often a model is right, and one sentence with its errors.

It is built of ipywidgets' own parts. The slider turns the pages of a stack by a link that lives in
the browser, so it works from a notebook's stored state, without a kernel, and never waits for one.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import ipywidgets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.results import figure_bundle
from course_lib.widgets.visual import HERE, font_of

WIDTH, HEIGHT, LEFT, FOOT = 620, 170, 52, 36  # of the drawn curve, in CSS pixels
SAME, EXTRA, MISSING = "same", "extra", "missing"
LEGEND = "struck out: should not be there; dotted box: is missing"


@dataclass(frozen=True)
class Stop:
    """One place of the slider.

    words  source words; share of the sentences of about this length that come out right, 0 to 1
    src    a sentence of this length; said: the model's translation; right: the correct one
    """

    words: int
    share: float
    src: tuple[str, ...]
    said: tuple[str, ...]
    right: tuple[str, ...]


def differences(said: Sequence[str], right: Sequence[str]) -> list[tuple[str, str]]:
    """Return (kind, word) for the words of both: "same", "extra" in said, "missing" from it.

    >>> differences(["我", "爱", "狗"], ["我", "爱", "猫", "。"])
    [('same', '我'), ('same', '爱'), ('extra', '狗'), ('missing', '猫'), ('missing', '。')]
    """
    found: list[tuple[str, str]] = []
    matcher = SequenceMatcher(None, list(said), list(right), autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found += [(SAME, word) for word in said[a:b]]
        else:
            found += [(EXTRA, word) for word in said[a:b]]
            found += [(MISSING, word) for word in right[c:d]]
    return found


class LengthWalk(ipywidgets.VBox):
    """A slider that halts at lengths: the curve, a sentence, its translation, its errors.

    start  number of the stop that is shown first, and in the static picture
    Raises ValueError for no stop, lengths that do not rise, a share outside 0 to 1, or a start
    that is no stop.
    """

    def __init__(self, stops: Sequence[Stop], start: int = 0, *, title: str = "") -> None:
        self.stops, self.start, self.title = _checked(stops), start, title
        if not 0 <= start < len(self.stops):
            raise ValueError(f"start is {start}, but there are {len(stops)} stops, counted from 0")
        self.slider = ipywidgets.SelectionSlider(
            options=[(f"{stop.words} words", stop.words) for stop in self.stops],
            index=start,
            description="source",
            continuous_update=True,
            layout=ipywidgets.Layout(width="660px", max_width="100%"),
        )
        pages = [ipywidgets.HTML(self.page(number)) for number in range(len(self.stops))]
        self.stack = ipywidgets.Stack(pages, selected_index=start)
        self.link = ipywidgets.jslink((self.slider, "index"), (self.stack, "selected_index"))
        super().__init__([ipywidgets.HTML(self._style()), self.slider, self.stack])
        self.add_class("s2s-walk")

    def page(self, number: int) -> str:
        """Return what is shown at one stop, as HTML."""
        stop = self.stops[number]
        rows = [
            ("source", html.escape(" ".join(stop.src))),
            ("the model writes", " ".join(_mark(*pair) for pair in _differences(stop))),
        ]
        listed = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows)
        note = f'<div class="quiet">{_count(stop)}</div>'
        return (
            f'<div class="s2s s2s-length">{self._svg(number)}'
            f"<div><b>{_share(stop)}</b></div><dl>{listed}</dl>{note}</div>"
        )

    @property
    def alt(self) -> str:
        """The curve in numbers, and the sentence of the first stop with its errors."""
        stop = self.stops[self.start]
        curve = ", ".join(f"{one.words} words {100 * one.share:.0f} %" for one in self.stops)
        return (
            f"{self.title}. Right by source length: {curve}. The sentence of {stop.words} words: "
            f"{' '.join(stop.src)} The model writes: {' '.join(stop.said)} ({_count(stop)})"
        )

    def figure(self) -> Figure:
        """Draw the static twin: the curve, and the sentence of the first stop."""
        stop = self.stops[self.start]
        figure = plots.plt.figure(figsize=(7, 5.2))
        above, below = figure.subplots(2, 1, height_ratios=[1.3, 1])
        above.plot([s.words for s in self.stops], [100 * s.share for s in self.stops], "o-")
        ring = {"ms": 13, "mfc": "none", "mec": plots.GOLD, "mew": 2.5}
        above.plot(stop.words, 100 * stop.share, "o", **ring)
        above.set(ylim=(-5, 105), xlabel="source words", ylabel="right, %", title=self.title)
        above.set_xticks([s.words for s in self.stops])
        below.set_axis_off()
        figure.tight_layout()  # before the words are measured against the width
        at = _write(below, [("source:", "quiet"), *((word, SAME) for word in stop.src)], 0.9)
        marked = [(word, kind) for kind, word in _differences(stop)]
        at = _write(below, [("the model writes:", "quiet"), *marked], at - 0.06)
        _write(below, [(word, "quiet") for word in f"({_count(stop)})".split()], at - 0.06)
        return figure

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        live = super()._repr_mimebundle_(**kwargs)
        picture = figure_bundle(self.figure(), self.alt)
        return {**live, **picture} if isinstance(live, dict) else live

    def _svg(self, number: int) -> str:
        def x(words: int) -> float:
            low, high = self.stops[0].words, self.stops[-1].words
            return LEFT + (WIDTH - LEFT - 20) * (words - low) / max(1, high - low)

        def y(share: float) -> float:
            return 12 + (HEIGHT - FOOT - 12) * (1 - share)

        stop = self.stops[number]
        line = " ".join(f"{x(s.words):.1f},{y(s.share):.1f}" for s in self.stops)
        dots = "".join(
            f'<circle class="dot" r="4" cx="{x(s.words):.1f}" cy="{y(s.share):.1f}"/>'
            for s in self.stops
        )
        grid = "".join(
            f'<line class="axis" x1="{LEFT}" x2="{WIDTH - 10}" y1="{y(v):.1f}" y2="{y(v):.1f}"/>'
            f'<text x="{LEFT - 14}" y="{y(v) + 4:.1f}" text-anchor="end">{100 * v:.0f} %</text>'
            for v in (0, 0.5, 1)
        )
        ticks = "".join(
            f'<text x="{x(s.words):.1f}" y="{HEIGHT - 14}" text-anchor="middle">{s.words}</text>'
            for s in self.stops
        )
        here = f'<circle class="here" r="8" cx="{x(stop.words):.1f}" cy="{y(stop.share):.1f}"/>'
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{_share(stop)}">'
            f'{grid}{ticks}<polyline class="curve" points="{line}"/>{dots}{here}</svg>'
        )

    def _style(self) -> str:
        css = [(HERE / f"{name}.css").read_text("utf8") for name in ("shared", "length_walk")]
        font = font_of("".join(word for s in self.stops for word in (*s.said, *s.right)))
        face = (
            "@font-face{font-family:'Seq2Seq Sans SC';"
            f"src:url(data:font/woff;base64,{font['woff']}) format('woff')}}"
        )
        return f"<style>{face}\n{''.join(css)}</style>"


def _checked(stops: Sequence[Stop]) -> tuple[Stop, ...]:
    words = [stop.words for stop in stops]
    if not words or sorted(set(words)) != words:
        raise ValueError(f"stops have lengths {words}; give one at least, each longer than before")
    for stop in stops:
        if not 0 <= stop.share <= 1:
            raise ValueError(f"the share at {stop.words} words is {stop.share}; give 0 to 1")
    return tuple(stops)


def _differences(stop: Stop) -> list[tuple[str, str]]:
    return differences(stop.said, stop.right)


def _share(stop: Stop) -> str:
    return f"{stop.words} source words: {100 * stop.share:.0f} % right"


def _count(stop: Stop) -> str:
    kinds = [kind for kind, _ in _differences(stop)]
    if not set(kinds) - {SAME}:
        return "every word is right"
    extra, missing = kinds.count(EXTRA), kinds.count(MISSING)
    return f"{extra} word{'' if extra == 1 else 's'} wrong, {missing} missing; {LEGEND}"


def _mark(kind: str, word: str) -> str:
    tag = {SAME: "span", EXTRA: "del", MISSING: "ins"}[kind]
    return f"<{tag}>{html.escape(word)}</{tag}>"


def _write(axes: Axes, words: Sequence[tuple[str, str]], top: float) -> float:
    """Write (word, kind) from the left, in lines that fit; return the height of the last line."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    axes.set(xlim=(0, 1), ylim=(0, 1))
    figure.canvas.draw()
    box = axes.get_window_extent()
    at, gap, step = 0.0, 6 / box.width, 23 / box.height
    for word, kind in words:
        colour = plots.QUIET if kind == "quiet" else plots.INK
        text = axes.text(0, top, word.replace("$", r"\$"), va="baseline", color=colour)
        width = text.get_window_extent().width / box.width
        if at and at + width > 1:
            at, top = 0.0, top - step
        text.set_position((at, top))
        edge = {"color": plots.GOLD, "lw": 1.8, "clip_on": False}
        if kind == EXTRA:
            axes.plot([at, at + width], [top + step / 5] * 2, **edge)
        elif kind == MISSING:
            text.set_bbox(
                {"boxstyle": "square,pad=0.12", "fc": "none", "ec": plots.GOLD, "ls": ":"}
            )
        at += width + gap
    return top - step
