"""The learning curve of a training that runs: redrawn in place, ended by the stop button."""

from __future__ import annotations

import contextlib
import html
import math
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from course_lib import plots
from course_lib.results import figure_bundle, publish_figure

WAIT = 0.1  # seconds between two pictures: an eye sees no more, and a browser keeps up
WIDTH, HEIGHT = 672, 384  # of the moving picture, in pixels; the last one is as wide
LEFT, RIGHT, TOP, BOTTOM = 62, 24, 34, 52  # margins around its axes
POINTS = 400  # of the moving line at most
HINT = "The stop button ■ ends it, and the model stays as it is then"


class Step(Protocol):
    """What is read of a record: steps done, and the loss of the last one."""

    step: int
    loss: float


R = TypeVar("R", bound=Any)


@dataclass
class Curve:
    """The points drawn so far: after every so many steps, the mean loss of these steps."""

    every: int
    floor: float | None
    steps: int | None
    unit: str
    points: list[tuple[int, float]] = field(default_factory=list)
    done: int = 0  # steps
    stopped: bool = False
    _recent: list[float] = field(default_factory=list)

    def add(self, record: Step) -> bool:
        """Take in a record; say whether it brought a point."""
        self.done = record.step
        self._recent.append(record.loss)
        if self.points and self.done % self.every:
            return False
        self.points.append((self.done, sum(self._recent) / len(self._recent)))
        self._recent.clear()
        return True

    def finite(self) -> list[tuple[int, float]]:
        """Return the points that can be drawn."""
        return [point for point in self.points if math.isfinite(point[1])]

    def says(self) -> str:
        """Say in a line where training is."""
        if not self.points:
            return "Training begins"
        of = f" of {self.steps:,}" if self.steps and self.steps != self.done else ""
        text = f"step {self.done:,}{of} · loss {self.points[-1][1]:.3g} {self.unit}"
        text += "" if self.floor is None else f" · floor {self.floor:.3g}"
        return text + (" · stopped here" if self.stopped else "")

    def alt(self) -> str:
        """Say what a person who can't see the last picture needs to know."""
        if not self.finite():
            return "A learning curve without a point: no step was done"
        (first, high), (last, low) = self.finite()[0], self.finite()[-1]
        text = f"Learning curve: the loss goes from {high:.3g} at step {first:,} to {low:.3g} "
        text += f"{self.unit} at step {last:,}"
        text += "" if self.floor is None else f"; the floor is {self.floor:.3g}"
        return text + (f". Stopped by hand after {self.done:,} steps" if self.stopped else "")


def watch(
    records: Iterable[R],
    *,
    every: int = 20,
    floor: float | None = None,
    steps: int | None = None,
    title: str = "",
    name: str = "",
    unit: str = "nats a token",
) -> Iterator[R]:
    """Pass on the records of a training, and draw their loss while they come.

    The stop button ends the loop after the step that is running: the model is as that step left it,
    and the next cell runs. A second press interrupts at once. The last picture stays in the
    notebook, with alt text; outside a notebook that text is printed.

    records  with .step and .loss, as `train` yields them
    every    steps a point: the mean of their losses
    floor    the least loss possible, drawn as a line
    steps    how many there will be, if the axis is to show them from the start
    title    of the last picture; without it, how far training got
    name     publishes the last picture, as "ch03.live_curve"
    Raises ValueError for an `every` below 1; what the training raises comes through.
    """
    if every < 1:
        raise ValueError(f"every is {every}; draw a point after 1 step or more")
    curve = Curve(every, floor, steps, unit)
    picture, drawn = Picture(), time.perf_counter()
    picture.draw(curve)
    with stop_button() as pressed:
        try:
            for record in records:
                if curve.add(record) and time.perf_counter() - drawn > WAIT:
                    picture.draw(curve)
                    drawn = time.perf_counter()
                yield record
                if pressed():
                    curve.stopped = True
                    break
        finally:  # after a break or an error in the caller's loop too
            picture.end(curve, title, name)


@contextlib.contextmanager
def stop_button() -> Iterator[Any]:
    """Turn the first interrupt into an answer to pressed(); a second one interrupts as usual."""
    presses = []

    def press(number: int, frame: Any) -> None:
        presses.append(number)
        if len(presses) > 1:
            signal.default_int_handler(number, frame)

    before = None
    if threading.current_thread() is threading.main_thread():  # others get no signals
        before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: bool(presses)
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


class Picture:
    """One output of a notebook's cell, changed in place."""

    def __init__(self) -> None:
        from IPython.core.interactiveshell import InteractiveShell  # here: training needs none
        from IPython.display import DisplayHandle

        self._handle = DisplayHandle() if InteractiveShell.initialized() else None
        self._update = False

    def draw(self, curve: Curve) -> None:
        """Show the curve as it is now."""
        if self._handle:
            self._show({"text/html": svg(curve), "text/plain": curve.says()})

    def end(self, curve: Curve, title: str, name: str) -> None:
        """Show the last picture, which stays."""
        fig = figure(curve, title or curve.says())
        if name:
            bundle = publish_figure(name, fig, alt=curve.alt())._repr_mimebundle_()
        else:
            bundle = figure_bundle(fig, curve.alt())
        if self._handle:
            self._show(bundle)
        else:
            print(bundle["text/plain"])

    def _show(self, bundle: dict[str, Any]) -> None:
        assert self._handle is not None
        show = self._handle.update if self._update else self._handle.display
        show(bundle, raw=True)
        self._update = True


def figure(curve: Curve, title: str) -> Figure:
    """Draw the curve once, in the house style; a log scale where the losses allow one."""
    points = curve.finite() or [(0, 1.0)]
    scale = Scale(curve)
    fig, ax = plt.subplots()
    ax.set_yscale("log" if scale.log else "linear")
    ax.plot(*zip(*points, strict=True), marker="." if len(points) < 30 else "")
    ax.set(xlim=(0, scale.right), ylim=(scale.low, scale.high), xlabel="steps")
    ax.set_ylabel(f"loss ({curve.unit})")
    ax.yaxis.set_major_locator(FixedLocator(scale.ticks))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_yticklabels([f"{tick:g}" for tick in scale.ticks])
    if curve.floor is not None and scale.low <= curve.floor:
        ax.axhline(curve.floor, color=plots.GOLD, linestyle="--")
        label = f"floor {curve.floor:.3g}"
        ax.annotate(label, (0, curve.floor), (6, 4), color=plots.GOLD, textcoords="offset points")
    ax.grid(True, axis="y")
    ax.set_title(title)
    return fig


class Scale:
    """The axes of a curve: their ends and ticks, and where a point lies between them."""

    def __init__(self, curve: Curve):
        losses = [loss for _, loss in curve.finite()] or [1.0]
        self.log = min(losses) > 0
        if curve.floor is not None and (curve.floor > 0 or not self.log):
            losses.append(curve.floor)
        low, high = min(losses), max(losses)
        if self.log:
            ticks = decades(low, high)
        else:
            ticks = [float(tick) for tick in MaxNLocator(5).tick_values(low - 1e-9, high + 1e-9)]
        self.low = max((tick for tick in ticks if tick < low), default=low)
        self.high = min((tick for tick in ticks if tick > high), default=high)
        self.ticks = [tick for tick in ticks if self.low <= tick <= self.high]
        self.right = float(max(curve.steps or 0, curve.done, curve.every))

    def x(self, step: float) -> float:
        """Return 0 at step 0, 1 at the right end."""
        return step / self.right

    def y(self, loss: float) -> float:
        """Return 0 at the bottom, 1 at the top."""
        change = math.log if self.log else float
        return (change(loss) - change(self.low)) / (change(self.high) - change(self.low))


def decades(low: float, high: float) -> list[float]:
    """Return ticks of a log scale, from below low to above high: 1, 2, 5, or powers of 10."""
    first, last = math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1
    apart = 1 + (last - first - 2) // 8
    steps = (1, 2, 5) if high < 200 * low else (1,)
    powers = range(first, last + apart, apart)
    return [step * 10.0**power for power in powers for step in steps]


def svg(curve: Curve) -> str:
    """Draw the curve as inline SVG, in half a millisecond: a matplotlib figure takes 100 times it.

    It looks like `figure`, so that the last picture takes its place without a jolt.
    """
    scale, across, down = Scale(curve), WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def place(step: float, loss: float) -> tuple[float, float]:
        return LEFT + across * scale.x(step), TOP + down * (1 - scale.y(loss))

    parts = [_text(LEFT, 20, curve.says(), size=15)]
    for tick in scale.ticks:
        _, y = place(0, tick)
        parts.append(_line(LEFT, y, WIDTH - RIGHT, y, plots.LINE))
        parts.append(_text(LEFT - 8, y + 4, f"{tick:g}", anchor="end"))
    for tick in MaxNLocator(6, integer=True).tick_values(0, scale.right):
        if tick <= scale.right:
            parts.append(_text(place(tick, 1)[0], HEIGHT - BOTTOM + 20, f"{tick:g}", "middle"))
    parts.append(_line(LEFT, TOP + down, WIDTH - RIGHT, TOP + down, plots.QUIET))
    parts.append(_text(LEFT + across / 2, HEIGHT - 10, "steps", "middle"))
    parts.append(_text(WIDTH - RIGHT, TOP + 14, HINT, "end", 13, plots.QUIET))
    if curve.floor is not None and scale.low <= curve.floor:
        _, y = place(0, curve.floor)
        parts.append(_line(LEFT, y, WIDTH - RIGHT, y, plots.GOLD, "stroke-dasharray='6 4'"))
        parts.append(_text(LEFT + 6, y - 5, "floor", colour=plots.GOLD))
    points = curve.finite()
    thinned = points[:: 1 + len(points) // POINTS] + points[-1:]
    dots = " ".join("{:.1f},{:.1f}".format(*place(*point)) for point in thinned)
    parts.append(f"<polyline points='{dots}' fill='none' stroke='{plots.SERIES[0]}'")
    parts.append("stroke-width='2'/>")
    card = f"<rect width='{WIDTH}' height='{HEIGHT}' fill='white'/>"
    size = f"width='{WIDTH}' viewBox='0 0 {WIDTH} {HEIGHT}' style='max-width:100%'"
    label = html.escape(curve.says(), quote=True)
    return f"<svg role='img' aria-label='{label}' {size}>{card}{' '.join(parts)}</svg>"


def _line(x: float, y: float, to_x: float, to_y: float, colour: str, more: str = "") -> str:
    ends = f"x1='{x:.1f}' y1='{y:.1f}' x2='{to_x:.1f}' y2='{to_y:.1f}'"
    return f"<line {ends} stroke='{colour}' {more}/>"


def _text(
    x: float, y: float, words: str, anchor: str = "start", size: int = 14, colour: str = plots.INK
) -> str:
    style = f"font-family='sans-serif' font-size='{size}' fill='{colour}'"
    place = f"x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}'"
    return f"<text {place} {style}>{html.escape(words)}</text>"
