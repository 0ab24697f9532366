"""The live curve: what it passes on, what it draws, and how the stop button ends it."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient

from course_lib.live_curve import Curve, Scale, figure, stop_button, svg, watch


@pytest.fixture(autouse=True)
def closed():
    before = signal.getsignal(signal.SIGINT)
    yield
    assert signal.getsignal(signal.SIGINT) is before, "Ctrl+C and stop must work as before"
    plt.close("all")


def records(losses, finished: list[int] | None = None, press_in: int = 0) -> Iterator[Any]:
    """Yield a record a loss; the stop button is pressed in the middle of step `press_in`."""
    for step, loss in enumerate(losses, start=1):
        if step == press_in:
            signal.raise_signal(signal.SIGINT)
        if finished is not None:
            finished.append(step)
        yield SimpleNamespace(step=step, loss=loss)


def curve_of(losses, every: int = 2, floor: float | None = None, **more) -> Curve:
    curve = Curve(every, floor, more.get("steps"), "nats a token")
    for record in records(losses):
        curve.add(record)
    return curve


def test_every_record_passes_through_as_it_came():
    given = list(records([3.0, 2.0, 1.0]))
    assert [id(record) for record in watch(given, every=2)] == [id(record) for record in given]


def test_a_point_is_the_mean_of_the_losses_since_the_last_point():
    assert curve_of([4.0, 3.0, 2.0, 6.0, 7.0]).points == [(1, 4.0), (2, 3.0), (4, 4.0)]


def test_a_run_that_goes_on_after_a_break_gets_its_points_at_the_same_steps():
    curve = Curve(10, None, None, "nats")
    for record in list(records([1.0] * 120))[94:]:
        curve.add(record)
    assert [step for step, _ in curve.points] == [95, 100, 110, 120]


def test_the_stop_button_waits_for_the_step_and_then_ends_the_loop(capsys):
    finished: list[int] = []
    seen = [record.step for record in watch(records([1.0] * 9, finished, press_in=4), every=2)]
    assert seen == finished == [1, 2, 3, 4]
    said = capsys.readouterr()
    assert "Stopped by hand after 4 steps" in said.out
    assert said.err == ""


def test_the_stop_button_in_the_body_of_the_loop_ends_it_too():
    seen = []
    for record in watch(records([1.0] * 9), every=2):
        seen.append(record.step)
        if record.step == 3:
            signal.raise_signal(signal.SIGINT)
        seen.append("and its body ran to its end")
    assert seen[-2:] == [3, "and its body ran to its end"]


def test_a_second_press_interrupts_at_once():
    with pytest.raises(KeyboardInterrupt), stop_button() as pressed:
        assert not pressed()
        signal.raise_signal(signal.SIGINT)
        assert pressed()
        signal.raise_signal(signal.SIGINT)


def test_after_a_break_or_an_error_the_picture_is_there(capsys):
    for record in watch(records([2.0, 1.0, 0.5]), every=1):
        if record.step == 2:
            break
    assert "from 2 at step 1 to 1 nats a token at step 2" in capsys.readouterr().out
    with pytest.raises(FloatingPointError, match="step 3"):
        for record in watch(records([2.0, 1.0, 0.5]), every=1):
            if record.step == 3:
                raise FloatingPointError("step 3")
    assert "to 0.5 nats a token at step 3" in capsys.readouterr().out


def test_a_thread_gets_no_signals_and_may_watch():
    seen = []
    thread = threading.Thread(target=lambda: seen.extend(watch(records([1.0, 2.0]))))
    thread.start()
    thread.join()
    assert len(seen) == 2


def test_the_last_picture_has_the_points_the_floor_and_a_title():
    fig = figure(curve_of([4.0, 3.0, 2.0, 1.0], floor=0.2, steps=8), "What we see")
    (ax,) = fig.axes
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[1, 4], [2, 3], [4, 1.5]])
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [0.2, 0.2])
    assert (ax.get_yscale(), ax.get_xlim(), ax.get_title("left")) == ("log", (0, 8), "What we see")
    assert ax.get_ylim() == (0.1, 5)


@pytest.mark.parametrize(
    ("losses", "floor", "scale", "drawn"),
    [
        ([2.0, 1.0], 0.0, "log", 1),  # a floor of 0 lies below every log scale
        ([-0.5, -1.0], 0.0, "linear", 2),  # a reward
        ([2.0, math.nan, math.nan, 1.0], None, "log", 1),
        ([], None, "log", 1),
        ([1.0, 1.0], None, "log", 1),
    ],
)
def test_any_losses_can_be_drawn(losses, floor, scale, drawn):
    curve = curve_of(losses, every=1, floor=floor)
    (ax,) = figure(curve, "").axes
    assert (ax.get_yscale(), len(ax.lines)) == (scale, drawn)
    assert all(map(math.isfinite, ax.get_ylim()))
    assert "nan" not in svg(curve)
    assert curve.alt()


def test_the_moving_picture_shows_the_same_as_the_last_one():
    curve = curve_of([4.0, 3.0, 2.0, 1.0], floor=0.2, steps=8)
    (ax,) = figure(curve, "").axes
    drawn = BeautifulSoup(svg(curve), "html.parser")
    line = drawn.select_one("polyline")
    assert line is not None
    dots = [tuple(map(float, dot.split(","))) for dot in str(line["points"]).split()]
    span = ax.transAxes.inverted()
    for (step, loss), (x, y) in zip(curve.points, dots, strict=False):
        across, up = span.transform(ax.transData.transform((step, loss)))
        assert (x - 62) / (672 - 62 - 24) == pytest.approx(across, abs=0.001)
        assert 1 - (y - 34) / (384 - 34 - 52) == pytest.approx(up, abs=0.001)
    texts = [text.get_text() for text in drawn.select("text")]
    assert texts[0] == "step 4 of 8 · loss 1.5 nats a token · floor 0.2"
    assert {label.get_text() for label in ax.get_yticklabels()} <= set(texts)


def test_a_long_training_is_drawn_with_few_points_and_ticks():
    curve = curve_of([math.exp(-step / 700) for step in range(9000)], every=1)
    assert svg(curve).count(",") < 450
    assert len(Scale(curve).ticks) <= 9


@pytest.mark.parametrize("low", [1e-9, 0.00298, 0.1, 1.0, 5.18])
@pytest.mark.parametrize("factor", [1.0, 1.7, 30.0, 1000.0, 1e9])
def test_a_log_scale_reaches_beyond_every_point(low, factor):
    scale = Scale(curve_of([low * factor, low], every=1))
    assert scale.low < low and low * factor < scale.high
    assert 2 <= len(scale.ticks) <= 9


def test_a_notebook_keeps_one_picture_with_alt_text_and_nothing_else():
    notebook = nbformat.v4.new_notebook()
    source = (
        "from types import SimpleNamespace\n"
        "from course_lib.live_curve import watch\n"
        "losses = (SimpleNamespace(step=n, loss=3 / n) for n in range(1, 41))\n"
        "for record in watch(losses, every=10, floor=0.05, name='ch03.curve'):\n"
        "    pass"
    )
    notebook.cells = [nbformat.v4.new_code_cell(source)]
    NotebookClient(notebook).execute()
    (output,) = notebook.cells[0].outputs
    image = BeautifulSoup(output.data["text/html"], "html.parser").select_one("img")
    assert image is not None
    start, end = "Learning curve: the loss goes from 3 at step 1 to", "the floor is 0.05"
    assert str(image["alt"]).startswith(start) and str(image["alt"]).endswith(end)
    assert "image/png" in output.data
    assert output.data["application/vnd.seq2seq-course.result+json"]["name"] == "ch03.curve"


def test_a_point_takes_a_step_at_least():
    with pytest.raises(ValueError, match="every is 0; draw a point after 1 step or more"):
        next(watch([], every=0))
