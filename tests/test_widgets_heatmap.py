"""The heatmap's Python side beyond one matrix: panels, partial rows, and models that answer."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
import traitlets
from tiny_models import MARKUP, tiny_models

from course_lib.results import publish_visual
from course_lib.widgets import AttentionHeatmap, LiveHeatmap, visual

SRC, TGT = ["I", "like", "cats"], ["我", "喜欢"]
DOT = [[0.9, 0.1, 0.0], [0.2, 0.7, 0.1]]
ADDITIVE = [[0.5, 0.5, 0.0], [0.1, 0.1, 0.8]]
TEXT = "Tom likes cats ."


def two(**more) -> AttentionHeatmap:
    return AttentionHeatmap({"dot": DOT, "additive": ADDITIVE}, SRC, TGT, {(0, 0)}, **more)


def live(**more) -> LiveHeatmap:
    return LiveHeatmap(tiny_models()["attention"], TEXT, **more)


def test_rows_may_sum_to_less_only_where_that_is_said():
    short = [[0.4, 0.1, 0.0], [0.0, 0.0, 0.0]]
    with pytest.raises(ValueError, match=r"row 0 .* sums to 0.5000, not 1; .* say partial=True"):
        AttentionHeatmap(short, SRC, TGT)
    shown = AttentionHeatmap(short, SRC, TGT, partial=True)
    np.testing.assert_array_equal(shown.weights, short)
    shown.show_weights([[0.3, 0.0, 0.0], [0.0, 0.0, 0.2]])  # and stays said
    with pytest.raises(ValueError, match=r"row 1 .* sums to 1.5000, not 1; take a softmax"):
        shown.show_weights([[0.3, 0.0, 0.0], [0.5, 0.5, 0.5]])
    with pytest.raises(ValueError, match="weights are 0 or more"):
        AttentionHeatmap([[0.4, -0.1, 0.0], DOT[1]], SRC, TGT, partial=True)


def test_several_matrices_stand_side_by_side():
    shown = two(coverage=True)
    panels = shown.data["panels"]
    assert [panel["name"] for panel in panels] == ["dot", "additive"]
    np.testing.assert_array_equal(panels[1]["weights"], ADDITIVE)
    assert all(panel["gold"] == [[0, 0]] for panel in panels)
    np.testing.assert_array_equal(shown.weights, DOT)  # the first stands for all
    assert shown.data["coverage"] is True
    assert "dot, most read: 我 reads I (0.90)" in shown.alt
    assert "additive, most read: 我 reads I (0.50), 喜欢 reads cats (0.80)" in shown.alt
    assert shown.picture() == two(coverage=True).picture()


def test_each_panel_can_have_its_own_words_and_links():
    words = {"a": ["我"], "b": ["我", "们"]}
    rows = {"a": DOT[:1], "b": DOT}
    shown = AttentionHeatmap(rows, SRC, words, {"a": set(), "b": {(2, 1)}})
    assert [panel["tgt"] for panel in shown.data["panels"]] == [["我"], ["我", "们"]]
    assert [panel["gold"] for panel in shown.data["panels"]] == [[], [[2, 1]]]
    shown.focus = (1, 2)  # the longer one has that row
    with pytest.raises(ValueError, match="heatmap has 2 rows"):
        shown.focus = (2, 0)


@pytest.mark.parametrize(
    ("weights", "tgt", "message"),
    [
        ({}, TGT, "weights is an empty dict"),
        ({"dot": DOT[:1]}, TGT, r"weights\['dot'\] have shape \(1, 3\)"),
        ({"dot": DOT, "b": [[1, 1, 1], [1, 0, 0]]}, TGT, r"weights\['b'\]: row 0 .* sums to 3"),
        ({"dot": DOT}, {"other": TGT}, "tgt_tokens has other, but weights have 'dot' too"),
        ({"dot": np.full((2, 3), np.nan)}, TGT, "not finite"),
    ],
)
def test_a_bad_panel_is_named(weights, tgt, message):
    with pytest.raises(ValueError, match=message):
        AttentionHeatmap(weights, SRC, tgt)


def test_a_model_is_shown_as_it_answers():
    shown = live(gold={(0, 0)})
    reply = tiny_models()["attention"].reply({"text": TEXT})
    assert shown.tgt_tokens == tuple(reply["words"])
    np.testing.assert_allclose(shown.weights, reply["weights"], atol=1e-6)
    panel = shown.data["panels"][0]
    assert panel["before"] == {"tgt": reply["words"], "log_prob": reply["log_prob"]}
    assert panel["links"] == [[0, 0]] and panel["name"] == "" and panel["model"] == "model"
    assert shown.alt.startswith("Where the model looks. Most read: ")
    assert json.loads(json.dumps(shown.state())) == shown.state()
    assert set(shown.data["font"]["characters"]) >= {"猫", "踢"}  # what it may write later, too


def test_a_beam_is_searched_with_where_that_is_said():
    model = tiny_models()["attention"]
    wide = model.reply({"text": TEXT, "method": "beam", "width": 5})
    assert wide["words"] != model.reply({"text": TEXT})["words"]
    assert list(live(width=5).tgt_tokens) == wide["words"] and live(width=5).data["width"] == 5
    with pytest.raises(ValueError, match="width is 0"):
        live(width=0)


def test_a_model_that_has_no_weights_is_refused_and_a_sentence_it_cannot_read():
    with pytest.raises(ValueError, match="'fixed' has a fixed context and no weights"):
        LiveHeatmap(tiny_models(), TEXT)
    with pytest.raises(ValueError, match="zebra"):
        LiveHeatmap(tiny_models()["attention"], "zebra likes cats")
    with pytest.raises(TypeError, match=r"is a str; give a course_lib.live.LiveModel"):
        LiveHeatmap({"m": "attention"}, TEXT)  # pyright: ignore[reportArgumentType]


def test_edits_are_checked_and_heard():
    shown, heard = live(), []
    shown.observe(lambda change: heard.append(change.new), "edits")
    shown.change(masked=[1], forced={0: "我"}, weights={"model": {1: [0.25] * 4}})
    expected = {"masked": [1], "forced": {"0": "我"}, "weights": {"model": {"1": [0.25] * 4}}}
    assert heard == [expected] and shown.edits == expected
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"masked": [4]}, "masked: 4 is no source position; give whole numbers from 0 to 3"),
        ({"weights": {"other": {}}}, "weights: 'other' is no model; there are model"),
        ({"weights": {"model": {0: [1.0]}}}, "weights at step 0 are 1 numbers; give one for each"),
    )
    for wrong, message in cases:
        with pytest.raises(ValueError, match=message):
            shown.change(**wrong)
    with pytest.raises(ValueError, match="'colour' is none of masked, forced, weights"):
        shown.edits = {"colour": 1}
    with pytest.raises(traitlets.TraitError):
        shown.edits = 3
    assert shown.edits == expected
    shown.change()
    assert shown.edits == {"masked": [], "forced": {}, "weights": {}}


def test_python_can_ask_what_the_page_asks():
    shown = live()
    asked = shown.ask("model", {"src": list(shown.src_tokens), "masked": [0]})
    assert all(row[0] == 0 for row in asked["weights"])
    other = shown.ask("model", {"text": TEXT, "forced": {"0": MARKUP}})
    assert other["words"][0] == MARKUP


def test_it_is_published_and_its_page_stands_alone():
    shown = live(title="a < b")
    assert publish_visual("ch05.live", shown).value["visual"] == "heatmap_live"
    fragment = shown.to_html()
    assert "\n\n" not in fragment and MARKUP not in fragment
    assert not re.search(r"""(src|href)=(?!["']?data:)|url\((?!data:|\$)|@import""", fragment)


@pytest.mark.parametrize("name", ["heatmap", "heatmap_live"])
def test_the_joined_modules_name_everything_once(name):
    source = visual.javascript(name)
    assert not re.search(r"^\s*import\b", source, re.MULTILINE)
    assert re.findall(r"^export .*", source, re.MULTILINE) == ["export default { render };"]
    names = re.findall(r"^(?:const|(?:async )?function) (\w+)", source, re.MULTILINE)
    assert len(names) == len(set(names)), "two files use one name"
    assert ("function loadModel(" in source) is (name == "heatmap_live")  # 50 kB a notebook saves
    assert ".s2s-scroll" in visual.stylesheet(name)
