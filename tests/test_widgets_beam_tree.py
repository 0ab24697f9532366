"""The beam tree's Python side: what it accepts, and that it searches as course_lib.search does."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_models import tiny_models

from course_lib.search import (
    GNMT,
    Average,
    BeamRecord,
    Coverage,
    Hypothesis,
    NoPenalty,
    Power,
    beam,
    exact,
    exhaustive,
    greedy,
    table_step,
    word_table,
)
from course_lib.search import record as search_record
from course_lib.widgets import BeamTree, visual
from course_lib.widgets.beam_known import VERSION
from course_lib.widgets.beam_replay import Replay

ROOT = Path(__file__).parents[1]
WORDS = ["<eos>", "I", "The", "like", "cat", "love", "dog", "<b>"]
TABLE = word_table(
    {
        (): {"I": 0.72, "The": 0.2, "<b>": 0.08},
        ("I",): {"like": 0.68, "love": 0.15, "<eos>": 0.17},
        ("The",): {"cat": 0.85, "dog": 0.1, "<eos>": 0.05},
        ("I", "like"): {"cat": 0.3, "dog": 0.31, "<eos>": 0.39},
    },
    WORDS,
)
EOS_ROW = np.eye(len(WORDS))[0]
LENGTH = 4
RULES: dict[str, Any] = {"eos": 0, "bos": -1, "max_length": LENGTH}


def searched(width: int | None, **more) -> BeamRecord:
    return beam(table_step(TABLE, EOS_ROW), None, width=width, **RULES, **more).record


def tree(**more) -> BeamTree:
    return BeamTree(searched(None, n_best=999), WORDS, **more)


def changed(**fields) -> str:
    """Return a record as JSON with the fields of its last node changed."""
    record = json.loads(searched(2).to_json())
    record["nodes"][-1] |= fields
    return json.dumps(record)


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([], "records is empty; give beam"),
        (searched(2).to_json().replace('"version": 1', '"version": 7'), "record of version 7, but"),
        (json.dumps({"nodes": []}), "version None"),
        ("[1, 2]", "version None"),
        (replace(searched(2), nodes=searched(2).nodes[:1]), "without a single word"),
        (changed(parent=99), "has the parent 99; parents come before"),
        (changed(parent=None), "has the parent None"),
        (changed(length=9), "has length 9, its parent"),
        (changed(log_prob=0.5), "log_prob of 0.5, its parent .* never rises"),
        (changed(log_prob=float("nan")), "log_prob of nan"),
        (changed(fate="lost"), "has the fate 'lost'"),
        (changed(token=99), "words has 8 entries, but the records use token 99"),
    ],
)
def test_what_no_search_wrote_is_an_error(records, message):
    with pytest.raises(ValueError, match=message):
        BeamTree(records, WORDS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"width": 9}, "width is 9; these records hold searches from 1 .greedy. to 2"),
        ({"width": 0}, "width is 0"),
        ({"alpha": -0.1}, "alpha is -0.1; the slider goes from 0"),
        ({"alpha": float("nan")}, "alpha is nan"),
        ({"max_length": 2}, "max_length is 2, but a prefix in the records has"),
        ({"eos": 3}, r"finish sequences with the tokens \[0\], and eos is 3"),
        ({"exact": Hypothesis((1, 3), -1.0, -1.0, False)}, r"\(1, 3\) do not end in eos = 0"),
        ({"exact": {0.6: Hypothesis((1,), -1.0, -1.0, True)}}, "for alpha 0.6 the tokens"),
        ({"words": WORDS[:2]}, "words has 2 entries"),
    ],
)
def test_a_setting_outside_is_an_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        BeamTree(searched(2), **{"words": WORDS} | arguments)


def test_what_is_no_record_and_no_text_is_a_type_error():
    with pytest.raises(TypeError, match=r"holds a int; give beam\(...\).record"):
        BeamTree([3], WORDS)
    with pytest.raises(TypeError, match="words is one string"):
        BeamTree(searched(2), "I like")
    with pytest.raises(TypeError, match=r"words\[1\] is 7"):
        BeamTree(searched(2), [WORDS[0], 7, *WORDS[2:]])  # pyright: ignore[reportArgumentType]


def test_a_record_in_which_nothing_finished_needs_eos():
    short = beam(table_step(TABLE), None, width=1, eos=0, bos=-1, max_length=1).record
    with pytest.raises(ValueError, match="no sequence in the records has finished; give eos"):
        BeamTree(short, WORDS)
    assert BeamTree(short, WORDS, eos=0).best == ("I",)


def test_records_of_two_models_do_not_mix():
    other = table_step({(): np.full(8, 1 / 8)}, EOS_ROW)
    strange = beam(other, None, width=2, **RULES).record
    with pytest.raises(ValueError, match=r"gives the prefix .* another record .* of one model"):
        BeamTree([searched(2), strange], WORDS)


def test_coverage_needs_a_penalty_that_can_be_taken_out():
    record = replace(searched(2), coverage="Coverage(beta=0.2)", penalty="Own()")
    with pytest.raises(ValueError, match="is none of NoPenalty, Average, Power and GNMT"):
        BeamTree(record, WORDS)


def test_the_version_is_that_of_the_search():
    assert VERSION == search_record.VERSION


def test_the_sliders_start_where_the_record_was_made():
    for penalty, expected in [
        (NoPenalty(), ("power", 0.0)),
        (Average(), ("power", 1.0)),
        (Power(0.65), ("power", 0.65)),
        (GNMT(1e-05), ("gnmt", 1e-05)),
    ]:
        made = BeamTree(searched(2, penalty=penalty), WORDS)
        assert (made.formula, made.alpha, made.width) == (*expected, 2)
    assert (tree().width, tree().data["widest"], tree().data["whole"]) == (2, 3, True)
    assert BeamTree(searched(2), WORDS).data["whole"] is False


def test_a_record_that_stopped_early_does_not_count_as_whole():
    early = searched(None)
    assert early.stopped == "bound"
    shown = BeamTree(early, WORDS, width=3)
    assert shown.result.stopped == "rule" and shown.data["whole"] is False
    shown.stop = "end"
    assert shown.result.stopped == "missing"


def test_a_setting_is_heard_and_searches_again():
    shown, heard = tree(width=1), []
    shown.observe(lambda change: heard.append(change.new), "width")
    assert shown.best == ("I", "like")
    shown.width = 2
    assert heard == [2] and len(shown.result.nodes) > 6
    with pytest.raises(ValueError, match="width is 99"):
        shown.width = 99


def test_greedy_and_exact_are_those_of_the_search():
    step = table_step(TABLE, EOS_ROW)
    shown = tree()
    assert shown.greedy == greedy(step, None, **RULES).tokens
    assert shown.exact == exhaustive(step, None, **RULES)[0].tokens
    shown.alpha = 1.0
    assert shown.exact == exhaustive(step, None, **RULES, penalty=Average())[0].tokens
    assert BeamTree(searched(2), WORDS).exact is None
    found = exact(step, None, **RULES).best
    assert BeamTree(searched(2), WORDS, exact=found).exact == found.tokens
    assert BeamTree(searched(1), WORDS).greedy == greedy(step, None, **RULES).tokens


def test_a_narrow_search_that_left_the_wide_record_is_missing_and_known_with_its_own():
    # The prefix that k = 1 follows is pruned by k = 2 in its second round.
    table = word_table(
        {
            (): {"I": 0.5, "The": 0.4, "<eos>": 0.1},
            ("I",): {"like": 0.3, "love": 0.25, "cat": 0.25, "dog": 0.2},
            ("The",): {"cat": 0.5, "dog": 0.45, "<eos>": 0.05},
        },
        WORDS,
    )
    records = [
        beam(table_step(table, EOS_ROW), None, width=width, **RULES).record for width in (2, 1)
    ]
    wide = BeamTree(records[0], WORDS, width=1)
    assert wide.result.stopped == "missing" and wide.greedy is None
    assert BeamTree(records, WORDS, width=1).best == ("I", "like")


def test_alt_and_picture_say_what_was_found():
    shown = tree(title="Who wins")
    assert shown.alt.startswith("Who wins, k = 2, alpha = 0: ")
    assert "the best is I like with log p" in shown.alt and "pruned" in shown.alt
    bundle = shown.picture()
    assert bundle == tree(title="Who wins").picture()
    assert bundle["text/plain"] == f"Figure: {shown.alt}"


def test_the_state_rebuilds_it_and_is_plain():
    state = tree(width=1).state()
    assert json.loads(json.dumps(state)) == state
    page = visual.html_of("beam_tree", state, page=True)
    assert "\n\n" not in visual.html_of("beam_tree", state)
    assert "<b>" not in page.split("<script type=", 1)[1]


def test_the_joined_module_names_everything_once():
    source = visual.javascript("beam_tree")
    assert not re.search(r"^\s*import\b", source, re.MULTILINE)
    names = re.findall(r"^(?:const|function) (\w+)", source, re.MULTILINE)
    assert len(names) == len(set(names)), "two files use one name"
    assert source.count("function replay(") == 1 and "</" not in source


def test_a_live_model_is_searched_with_every_k():
    model = tiny_models()["attention"]
    shown = BeamTree.of_model(model, "Tom likes cats .", widest=4, width=9)
    assert (shown.width, shown.data["widest"], shown.data["source"]) == (4, 4, "Tom likes cats .")
    for width in (1, 2, 4):
        shown.width = width
        request = {"text": "Tom likes cats .", "method": "beam", "width": width, "max_length": 12}
        assert shown.best == tuple(model.reply(request)["tgt"])
    assert set(shown.data["font"]["characters"]) >= {"汤", "踢"}
    assert shown.models["model"] == model.to_base64()
    assert json.loads(json.dumps(shown.published())) == shown.published()
    with pytest.raises(ValueError, match="zebra"):
        BeamTree.of_model(model, "zebra likes cats")
    with pytest.raises(TypeError, match="is a str; give"):
        BeamTree.of_model("attention", "I")  # pyright: ignore[reportArgumentType]


def test_the_browsers_new_sentence_is_what_python_searches():
    model = tiny_models()["attention"]
    shown, other = (BeamTree.of_model(model, text) for text in ("Tom likes cats .", "I like cats"))
    shown.set_trait("data", other.data)  # as the browser's message sets it
    assert shown.best == other.best


def random_step(seed: int):
    """Return a step over six words whose probabilities are functions of the prefix."""
    weights = np.random.default_rng(seed).dirichlet([0.5] * 3)

    def step(token, prefix):
        prefix = () if prefix is None else (*prefix, token)
        rng = np.random.default_rng([seed, *(t + 1 for t in prefix)])
        return np.log(rng.dirichlet([0.7] * 6)), prefix, weights

    return step


CASES = list(product(range(3), (1, 2, 4), (NoPenalty(), Average(), GNMT(0.7)), (None, 0.3)))


def replayed(seed: int, width: int, penalty, beta: float | None) -> tuple[BeamTree, BeamRecord]:
    rules: dict[str, Any] = {"eos": 0, "bos": -1, "max_length": 5, "penalty": penalty}
    coverage = None if beta is None else Coverage(beta)
    found = beam(random_step(seed), None, width=width, coverage=coverage, n_best=99, **rules)
    proved = beam(random_step(seed), None, width=width, coverage=coverage, **rules).record
    return BeamTree(found.record, WORDS, eos=0, max_length=5), proved


def plain(shown: BeamTree, found: Replay) -> list[list]:
    return [[node.known, node.length, node.fate, node.score] for node in found.nodes[1:]]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_python_searches_again_what_beam_recorded(case):
    shown, proved = replayed(*case)
    found = shown.result
    tokens = [shown._known.tokens(node.known) for node in found.nodes]
    assert tokens == [proved.tokens(i) for i in range(len(proved.nodes))]
    assert [node.fate for node in found.nodes] == [node.fate for node in proved.nodes]
    scores = [node.score for node in found.nodes[1:]]
    np.testing.assert_allclose(scores, [node.score for node in proved.nodes[1:]], atol=1e-12)
    best = shown._known.tokens(found.ended[0].known)
    assert best == proved.tokens(proved.hypotheses[0])


@pytest.mark.slow
def test_javascript_searches_again_what_python_did(tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.fail("no node on PATH; run `python course.py test`, which puts one there")
    written = []
    for case, stop in product(CASES, ("proof", "first", "filled", "end")):
        shown, _ = replayed(*case)
        shown.stop = stop
        settings = {"width": shown.width, "alpha": shown.alpha, "formula": shown.formula}
        settings |= {"stop": stop, "longest": 5, "eos": 0}
        found = shown.result
        ended = [end.known for end in found.ended]
        tree = shown.data["tree"]
        nodes = plain(shown, found)
        written.append({"tree": tree, "settings": settings, "nodes": nodes, "ended": ended})
    several = [beam(random_step(1), None, width=k, eos=0, bos=-1, max_length=4) for k in (1, 2, 3)]
    records = [json.loads(found.record.to_json()) for found in several]
    together = BeamTree(records, WORDS, eos=0).data["tree"]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": written, "records": records, "tree": together}), "utf8")
    command = [node, str(ROOT / "tests" / "js" / "beam_cases.mjs"), str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(written)} searches are the same" in done.stdout
