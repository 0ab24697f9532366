"""The live visuals' Python side: checks, pictures, plain HTML; and the tests that node runs."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import traitlets

from course_lib.widgets import AttentionHeatmap, visual

ROOT = Path(__file__).parents[1]
SRC, TGT = ["I", "like", "cats"], ["我", "喜欢"]
WEIGHTS = [[0.9, 0.1, 0.0], [0.2, 0.7, 0.1]]
NAN, INF = float("nan"), float("inf")


def heatmap(**more) -> AttentionHeatmap:
    return AttentionHeatmap(WEIGHTS, SRC, TGT, {(0, 0), (1, 1)}, **more)


def with_row(row: list[float]) -> list[list[float]]:
    return [row, WEIGHTS[1]]


@pytest.mark.parametrize(
    ("weights", "src", "tgt", "gold", "message"),
    [
        (np.transpose(WEIGHTS), SRC, TGT, None, r"shape \(3, 2\), but there are 2 target and 3"),
        (WEIGHTS[0], SRC, TGT, None, r"shape \(3,\)"),
        (WEIGHTS, SRC, TGT[:1], None, "1 target and 3 source tokens"),
        (with_row([NAN, 0.5, 0.5]), SRC, TGT, None, r"row 0 \('我'\) .* not finite; was every"),
        (with_row([INF, 0.5, 0.5]), SRC, TGT, None, "not finite"),
        (with_row([1.2, -0.2, 0.0]), SRC, TGT, None, "holds -0.2; weights are 0 or more"),
        (with_row([0.9, 0.0, 0.0]), SRC, TGT, None, "sums to 0.9000, not 1; take a softmax"),
        (with_row([0.0, 0.0, 0.0]), SRC, TGT, None, "sums to 0.0000"),
        ([[], []], [], TGT, None, "src_tokens is empty; give one token at least"),
        (np.zeros((0, 3)), SRC, [], None, "tgt_tokens is empty"),
        (WEIGHTS, SRC, TGT, {(3, 0)}, r"gold link \(3, 0\) lies outside 3 source and 2 target"),
        (WEIGHTS, SRC, TGT, {(0, -1)}, r"gold link \(0, -1\)"),
    ],
)
def test_bad_input_is_an_error_before_anything_is_drawn(weights, src, tgt, gold, message):
    with pytest.raises(ValueError, match=message):
        AttentionHeatmap(weights, src, tgt, gold)
    shown = heatmap()
    before = shown.data
    with pytest.raises(ValueError, match=message):
        shown.show_weights(weights, src, tgt, gold)
    assert shown.data is before  # nothing is lost


@pytest.mark.parametrize(
    ("src", "message"),
    [("I like", "one string, 'I like'; give a list"), (["I", 2, "x"], "holds 2, a int")],
)
def test_tokens_are_texts(src, message):
    with pytest.raises(TypeError, match=message):
        AttentionHeatmap(WEIGHTS, src, TGT)


def test_weights_of_float32_and_of_torch_are_accepted():
    torch = pytest.importorskip("torch")
    rows = torch.softmax(torch.arange(150.0).reshape(3, 50), dim=1)
    shown = AttentionHeatmap(rows, ["x"] * 50, ["y"] * 3)
    np.testing.assert_allclose(shown.weights, rows.numpy(), atol=1e-6)


def test_what_was_given_is_what_is_shown():
    shown = heatmap(title="Who reads what")
    np.testing.assert_array_equal(shown.weights, WEIGHTS)
    assert (shown.src_tokens, shown.tgt_tokens) == (tuple(SRC), tuple(TGT))
    assert shown.gold == {(0, 0), (1, 1)}
    assert json.loads(json.dumps(shown.state()))["data"]["gold"] == [[0, 0], [1, 1]]


def test_focus_is_observed_and_stays_inside():
    shown, seen = heatmap(), []
    shown.observe(lambda change: seen.append(change.new), "focus")
    shown.set_trait("focus", [1, 2])  # as the browser's message sets it
    assert seen == [(1, 2)]
    for outside in ((2, 0), (0, 3), (-1, 0)):
        with pytest.raises(ValueError, match=r"2 rows and 3 columns; give \(row, column\)"):
            shown.focus = outside
    with pytest.raises(traitlets.TraitError):
        shown.focus = ("a", "b")
    assert shown.focus == (1, 2)


def test_other_weights_take_the_place_and_bring_the_focus_inside():
    shown = heatmap()
    shown.focus = (1, 2)
    shown.show_weights([[0.5, 0.5]], ["a", "b"], ["c"])
    assert shown.focus == (0, 1) and shown.gold == frozenset()
    shown.show_weights([[0.25, 0.75]])
    assert shown.src_tokens == ("a", "b") and shown.weights.tolist() == [[0.25, 0.75]]


def test_the_bundle_has_the_widget_and_a_picture_that_repeats():
    shown = heatmap(title="Who reads what")
    shape = shown._repr_mimebundle_()
    assert shape is not None
    bundle, again = shape[0], heatmap(title="Who reads what").picture()
    view = "application/vnd.jupyter.widget-view+json"
    assert bundle[view]["model_id"] == shown.model_id
    assert {kind: bundle[kind] for kind in again} == again
    alt = "Who reads what. Most read: 我 reads I (0.90), 喜欢 reads like (0.70)."
    assert bundle["text/plain"] == f"Figure: {alt}"


def test_the_joined_module_imports_nothing_and_exports_one_default():
    source = visual.javascript("heatmap")
    assert not re.search(r"^\s*import\b", source, re.MULTILINE)
    assert re.findall(r"^export .*", source, re.MULTILINE) == ["export default { render };"]
    assert "\n\n" not in source and "</" not in source  # safe inside <script> in Markdown
    names = re.findall(r"^(?:const|function) (\w+)", source, re.MULTILINE)
    assert len(names) == len(set(names)), "two files use one name"
    assert source == AttentionHeatmap._esm


def test_a_fragment_has_no_empty_line_and_reaches_for_nothing():
    fragment = heatmap(title="a < b").to_html()
    assert "\n\n" not in fragment and "<html" not in fragment
    assert not re.search(r"""(src|href)=(?!["']?data:)|url\((?!data:|\$)""", fragment)
    page = heatmap(title="a < b").to_html(page=True)
    assert page.startswith("<!doctype html>") and "<title>a &lt; b</title>" in page
    assert page == heatmap(title="a < b").to_html(page=True)


def test_the_font_of_a_visual_holds_its_characters_and_no_more():
    small = visual.font_of("I like 猫 汤 — α")
    assert small["characters"] == "汤猫"
    assert base64.b64decode(small["woff"]).startswith(b"wOFF") and len(small["woff"]) < 4000
    assert visual.font_of("cats") == {"characters": "", "woff": ""}
    assert visual.font_of("\U0002a6d6") == {"characters": "", "woff": ""}  # not in our font either


@pytest.mark.slow
def test_the_pure_functions_pass_under_node():
    node = shutil.which("node")
    if node is None:
        pytest.fail("no node on PATH; run `python course.py test`, which puts one there")
    files = sorted(map(str, (ROOT / "tests" / "js").glob("*.test.mjs")))
    assert files
    done = subprocess.run([node, "--test", *files], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"# (skipped|todo) [1-9]", done.stdout) is None
