"""Pictures: their contract, alt text and bytes; a glyph for every Chinese character."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from matplotlib.patches import Circle
from nbconvert import HTMLExporter
from PIL import Image

from course_lib import plots, results

ROOT = Path(__file__).parents[1]
SRC, TGT = "Tom loves playing football .".split(), "汤姆 喜欢 踢 足球 。 <eos>".split()
WEIGHTS = np.random.default_rng(0).dirichlet([0.3] * 5, 6)
FONTS = [plots.FONT, plots.FONT.with_suffix(".woff2")]


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_a_heatmap_has_a_row_a_target_token_and_a_column_a_source_token():
    ax = plots.heatmap(WEIGHTS, SRC, TGT)
    assert [label.get_text() for label in ax.get_xticklabels()] == SRC
    assert [label.get_text() for label in ax.get_yticklabels()] == TGT
    np.testing.assert_array_equal(ax.images[0].get_array(), WEIGHTS)
    assert ax.images[0].get_clim() == (0, 1)


def test_values_are_printed_where_there_is_room_only():
    assert texts(plots.heatmap([[0.25, 0.75], [0.0, 1.0]], "ab", "cd")) == [
        *(".25", ".75"),
        *(".00", "1.00"),
    ]
    assert texts(plots.heatmap(np.eye(17), ["x"] * 17, ["y"] * 17)) == []


def test_the_printed_values_have_a_contrast_of_4_5_at_least():
    for value in np.linspace(0, 1, 101):
        ground = luminance(np.array(plots.COLOURS(value)[:3]))
        ink = 1.0 if value > plots.DARK else 0.0
        assert (max(ground, ink) + 0.05) / (min(ground, ink) + 0.05) >= 4.5, value


def luminance(rgb: np.ndarray) -> float:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_the_live_visual_has_the_same_colours():
    source = (ROOT / "course_lib" / "widgets" / "shared.js").read_text("utf8")
    line = re.search(r"LIGHT_STOPS = \[(.*)\];", source)
    assert line is not None
    assert tuple(json.loads(f"[{line[1]}]")) == plots.STOPS


def test_gold_links_are_rings_with_a_key():
    ax = plots.heatmap(WEIGHTS, SRC, TGT, gold={(3, 1)})
    rings = [ring for ring in ax.patches if isinstance(ring, Circle)]
    assert {ring.center for ring in rings} == {(3, 1)}  # column 3, row 1
    legend = ax.get_legend()
    assert legend is not None and [t.get_text() for t in legend.get_texts()] == ["gold link"]
    assert plots.heatmap(WEIGHTS, SRC, TGT).get_legend() is None


def test_a_given_axes_is_drawn_on():
    fig, axes = plt.subplots(1, 2)
    assert plots.heatmap(WEIGHTS, SRC, TGT, ax=axes[1]) is axes[1]
    assert not axes[0].images and fig.axes == list(axes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((WEIGHTS.T, SRC, TGT), r"shape \(5, 6\), but there are 6 target and 5 source tokens"),
        ((np.zeros((0, 0)), [], []), "one token each at least"),
        ((WEIGHTS, SRC, TGT, {(5, 0)}), r"gold link \(5, 0\) lies outside 5 source"),
        ((WEIGHTS, SRC, TGT, {(0, -1)}), r"gold link \(0, -1\)"),
    ],
)
def test_a_heatmap_that_does_not_fit_its_tokens_is_an_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        plots.heatmap(*arguments)


def test_tokens_are_never_read_as_mathematics_and_long_ones_are_cut():
    ax = plots.heatmap([[1.0]], ["$x^2$"], ["y" * 100])
    ax.figure.canvas.draw()
    assert ax.get_xticklabels()[0].get_text() == r"\$x^2\$"
    assert ax.get_yticklabels()[0].get_text() == "y" * 15 + "..."


def bundle(alt: str = "6 words") -> dict[str, str]:
    return results.figure_bundle(plots.heatmap(WEIGHTS, SRC, TGT).figure, alt)


def test_a_picture_has_the_same_bytes_again_and_no_date():
    first, second = bundle(), bundle()
    assert first == second
    picture = Image.open(io.BytesIO(base64.b64decode(first["image/png"])))
    assert not {"Software", "Creation Time", "date"} & set(picture.info)


def test_a_picture_is_closed_small_and_on_white():
    made = bundle()
    assert plt.get_fignums() == []
    assert len(made["image/png"]) < 60_000
    picture = Image.open(io.BytesIO(base64.b64decode(made["image/png"])))
    assert picture.convert("RGBA").getpixel((2, 2)) == (255, 255, 255, 255)
    width = re.search(r'width="(\d+)"', made["text/html"])
    assert width is not None and int(width[1]) == picture.width * 96 // 144


def test_alt_text_is_escaped_and_reaches_the_page_that_nbconvert_makes():
    alt = '"Tom" <b> & 汤姆'
    output = nbformat.v4.new_output("display_data", data=bundle(alt))
    cell = nbformat.v4.new_code_cell("draw()", outputs=[output])
    page, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    images = BeautifulSoup(page, "html.parser").find_all("img")
    assert [image["alt"] for image in images] == [alt]  # and it stands there once
    assert output.data["text/plain"] == f"Figure: {alt}"


def test_show_displays_the_bundle_and_returns_nothing(capsys):
    assert plots.show(plots.heatmap(WEIGHTS, SRC, TGT).figure, alt="6 words") is None
    assert capsys.readouterr().out == "Figure: 6 words\n"
    assert plt.get_fignums() == []


@pytest.mark.parametrize("alt", ["", "  "])
def test_a_picture_without_alt_text_is_an_error(alt):
    fig = plt.figure()
    with pytest.raises(ValueError, match="alt is empty; say what a person"):
        plots.show(fig, alt=alt)


def chinese(text: str) -> set[str]:
    return {char for char in text if unicodedata.east_asian_width(char) in "WF"}


def course_texts() -> dict[str, str]:
    """Return what a learner sees, by file: notebooks, exercises, corpora, decks, pages."""
    patterns = ("course_lib/**/*.py", "course_lib/**/*.tsv", "slides/*.md", "*.md")
    patterns += ("notebooks/*.ipynb", "solutions/**/*.ipynb", "exercises/**/*.ipynb")
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    found = {path.relative_to(ROOT).as_posix(): path.read_text("utf8") for path in paths}
    for name in [name for name in found if name.endswith(".ipynb")]:
        found[name] = json.dumps(json.loads(found[name]), ensure_ascii=False)
    return found


@pytest.mark.parametrize("font", FONTS, ids=lambda path: path.suffix)
def test_every_chinese_character_of_the_course_has_a_glyph(font):
    with TTFont(font) as opened:
        known = opened.getBestCmap() or {}
    found = course_texts()
    assert any(chinese(text) for text in found.values())
    missing = {
        name: "".join(sorted(gone))
        for name, text in found.items()
        if (gone := {char for char in chinese(text) if ord(char) not in known})
    }
    assert not missing, f"run `python experiments/make_font.py`: {missing}"


@pytest.mark.parametrize("font", FONTS, ids=lambda path: path.suffix)
def test_the_font_is_small_licensed_and_renamed(font):
    assert font.stat().st_size < 900_000
    with TTFont(font) as opened:
        names = opened["name"]
        assert names.getDebugName(1) == "Seq2Seq Sans SC"
        assert "SIL Open Font License" in str(names.getDebugName(13))
    assert "SIL OPEN FONT LICENSE" in (font.parent / "OFL.txt").read_text("utf8")


def test_chinese_is_drawn_without_a_warning_in_a_fresh_interpreter():
    script = (
        "from course_lib import plots, results\n"
        "ax = plots.heatmap([[1.0]], ['猫，'], ['。'])\n"
        "ax.set_title('汤姆 −1 α → “x”')\n"
        "results.figure_bundle(ax.figure, 'x')\n"
        "fig, ax = plots.plt.subplots()\n"
        "ax.plot([-1, 1], label=r'$\\alpha_{t,i}$ 模型')\n"
        "ax.legend()\n"
        "results.figure_bundle(fig, 'x')\n"
    )
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
