"""Results survive the way through a notebook file."""

import json

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pytest

from course_lib.results import publish, publish_figure, publish_table, publish_visual, read_results
from course_lib.widgets import AttentionHeatmap


def notebook_with(tmp_path, *results):
    outputs = [{"output_type": "execute_result", "data": r._repr_mimebundle_()} for r in results]
    path = tmp_path / "01_x.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "outputs": outputs}]}), "utf8")
    return path


def test_a_number_comes_back_with_unit_and_spread(tmp_path):
    rate = publish("ch01.miss_rate", 0.4481, unit="%", digits=1, spread=0.0123, note="5 seeds")
    back = read_results(notebook_with(tmp_path, rate))["ch01.miss_rate"]
    assert back == rate
    assert (back.text, back.spread) == ("44.8 %", "± 1.2 %")
    assert rate._repr_mimebundle_()["text/plain"] == "ch01.miss_rate = 44.8 % ± 1.2 %   (5 seeds)"


def test_a_table_and_a_figure_come_back(tmp_path):
    table = publish_table("ch02.sizes", ["part", "count"], [["a|b", 3]])
    figure, axes = plt.subplots()
    axes.plot([0, 1])
    shown = publish_figure("ch02.line", figure, alt="A line that rises.")
    back = read_results(notebook_with(tmp_path, table, shown))
    assert back["ch02.sizes"].value == {"header": ["part", "count"], "rows": [["a|b", "3"]]}
    assert r"a\|b" in back["ch02.sizes"].text
    assert back["ch02.line"] == shown
    assert not plt.get_fignums()


def test_a_visual_comes_back_with_what_it_shows(tmp_path):
    heatmap = AttentionHeatmap([[0.25, 0.75]], ["I", "like"], ["喜欢"])
    shown = publish_visual("ch00.attention", heatmap)
    back = read_results(notebook_with(tmp_path, shown))["ch00.attention"]
    assert back.value == {"visual": "heatmap", **heatmap.state()}
    assert "喜欢 reads like (0.75)" in shown._repr_mimebundle_()["text/plain"]


def test_the_same_figure_gives_the_same_bytes():
    def line():
        figure, axes = plt.subplots()
        axes.plot([0, 1])
        return publish_figure("ch02.line", figure, alt="A line.").value

    assert line() == line()


def test_a_name_published_twice_is_an_error(tmp_path):
    one = publish("ch01.x", 1)
    with pytest.raises(ValueError, match=r"ch01\.x is published twice"):
        read_results(notebook_with(tmp_path, one, one))


@pytest.mark.parametrize("name", ["x", "ch1.x", "ch01", "ch01.X", "ch01.a b"])
def test_a_bad_name_is_named(name):
    with pytest.raises(ValueError, match="must look like"):
        publish(name, 1)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_must_be_finite(value):
    with pytest.raises(ValueError, match="value is"):
        publish("ch01.x", value)


def test_a_ragged_table_names_the_row():
    with pytest.raises(ValueError, match="row 1 has 1 cells, the header has 2"):
        publish_table("ch01.t", ["a", "b"], [["1", "2"], ["3"]])


def test_a_missing_notebook_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        read_results(tmp_path / "none.ipynb")
