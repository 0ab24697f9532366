"""The probability tree's Python side: checks, edits, searches; JavaScript gives the same."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import traitlets

from course_lib.reference import probability as ref
from course_lib.widgets import ProbabilityTree, visual

ROOT = Path(__file__).parents[1]
EOS = "<eos>"
TEA = {
    (): {"每天": 0.45, "天天": 0.55},
    ("每天",): {"喝茶": 1.0},
    ("天天",): {"喝茶": 0.5, "都": 0.5},
    ("天天", "都"): {"喝茶": 1.0},
}
NAN = float("nan")


def tea(prefix):
    return TEA.get(prefix, {EOS: 1.0})


def tree(**more) -> ProbabilityTree:
    return ProbabilityTree(tea, 4, **more)


def random_model(seed: int):
    """Return a model of three words whose every row is drawn once, and its row by hand."""
    rows: dict[tuple[str, ...], dict[str, float]] = {}

    def next_word(prefix):
        if prefix not in rows:
            p = np.random.default_rng([seed, len(rows)]).dirichlet([0.6] * 4)
            rows[prefix] = dict(zip(["b", "a", "𠮷", EOS], (p / p.sum()).tolist(), strict=True))
        return rows[prefix]

    return next_word


@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        ({"a": 0.5}, ValueError, "at the start the probabilities sum to 0.5, not 1; divide"),
        ({}, ValueError, "sum to 0, not 1"),
        ({"a": 1.5, "b": -0.5}, ValueError, r"'a' .*|'b' has probability -0.5; give a number"),
        ({"a": NAN, "b": 1.0}, ValueError, "'a' has probability nan"),
        ({"a": math.inf}, ValueError, "'a' has probability inf"),
        ({3: 1.0}, TypeError, "there is 3; a word is a text"),
        ({"": 1.0}, TypeError, "there is ''"),
    ],
)
def test_a_row_that_is_no_distribution_is_an_error_before_anything_is_drawn(row, error, message):
    with pytest.raises(error, match=message):
        ProbabilityTree(lambda prefix: row, 2)


def test_the_error_names_the_prefix_of_a_bad_row():
    rows = {**TEA, ("天天",): {"喝茶": 0.5}}
    with pytest.raises(ValueError, match=r"after '天天' the probabilities sum to 0.5"):
        ProbabilityTree(lambda prefix: rows.get(prefix, {EOS: 1.0}), 3)


@pytest.mark.parametrize("length", [0, -1, 2.5, "3"])
def test_a_length_is_a_whole_number(length):
    with pytest.raises(ValueError, match=r"max_length: got .*, give a whole number of 1 or more"):
        ProbabilityTree(tea, length)


def test_a_model_is_a_function_and_a_tree_can_be_seen():
    with pytest.raises(TypeError, match=r"next_word is dict, not a function.*table_model\(table\)"):
        ProbabilityTree(TEA, 3)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="20 gives more than 400 blocks"):
        ProbabilityTree(lambda prefix: {"a": 0.5, "b": 0.25, EOS: 0.25}, 20)


def test_the_table_is_the_model_within_its_length():
    shown = tree()
    assert shown.table == {**TEA, ("每天", "喝茶"): {EOS: 1}, ("天天", "喝茶"): {EOS: 1}} | {
        ("天天", "都", "喝茶"): {EOS: 1}
    }
    assert shown.next_word(("天天",)) == {"喝茶": 0.5, "都": 0.5}
    with pytest.raises(ValueError, match="no row after '都'"):
        shown.next_word(("都",))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("cap", [1, 3, 4])
def test_it_searches_as_the_chapter_does(seed, cap):
    model = random_model(seed)
    shown = ProbabilityTree(model, 4)
    shown.cap = cap
    assert shown.greedy() == ref.greedy(model, cap)[0]
    enumerated = ref.enumerate_sequences(model, cap)
    assert shown.sentences() == pytest.approx(enumerated.finished | enumerated.unfinished)
    if enumerated.finished:
        assert shown.best() == ref.most_probable(model, cap)[0]


def test_no_best_sentence_where_none_has_ended():
    shown = tree()
    shown.cap = 2
    assert shown.best() is None and "The best" not in shown.alt


def test_a_change_is_shared_out_heard_and_gives_another_best_sentence():
    shown, heard = tree(), []
    shown.observe(lambda change: heard.append(change.new), "probabilities")
    assert shown.best() == ("每天", "喝茶", EOS)
    shown.change((), "每天", 0.2)
    assert shown.next_word(()) == pytest.approx({"每天": 0.2, "天天": 0.8})
    assert shown.best() == ("天天", "喝茶", EOS) and len(heard) == 1
    shown.change(("天天",), "都", 1)
    assert shown.next_word(("天天",)) == {"喝茶": 0.0, "都": 1.0}
    assert shown.greedy() == ("天天", "都", "喝茶", EOS)
    shown.change(("天天",), "都", 0.25)  # the others were all 0: they share alike
    assert shown.next_word(("天天",)) == {"喝茶": 0.75, "都": 0.25}


@pytest.mark.parametrize(
    ("prefix", "word", "p", "message"),
    [
        ((), "每天", 1.2, "p: got 1.2; a probability is a number from 0 to 1"),
        ((), "每天", NAN, "p: got nan"),
        (("每天",), "喝茶", 0.5, "'喝茶' is the only word of its row"),
        ((), "都", 0.5, "'都' is not in the row after"),
        (("x",), "都", 0.5, "no row after 'x'"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(prefix, word, p, message):
    shown = tree()
    before = shown.probabilities
    with pytest.raises(ValueError, match=message):
        shown.change(prefix, word, p)
    assert shown.probabilities == before


def test_what_the_browser_sends_is_checked():
    shown = tree()
    first = shown.probabilities
    for bad, message in (
        (first[:-1], "got 6 rows, give 7"),
        ([[1.0], *first[1:]], "one number for each of"),
        ([[0.5, 0.6], *first[1:]], "sum to 1.1, not 1"),
    ):
        with pytest.raises(ValueError, match=message):
            shown.set_trait("probabilities", bad)
    with pytest.raises(ValueError, match="is no branch of the tree"):
        shown.path = ["天天", "猫"]
    for cap in (0, 5):
        with pytest.raises(ValueError, match=f"cap: got {cap}, give a length from 1 to 4"):
            shown.cap = cap
    with pytest.raises(traitlets.TraitError):
        shown.path = [1]
    assert shown.probabilities == first and shown.path == ["天天"] and shown.cap == 4


def test_the_picture_says_what_the_tree_says():
    alt = tree(title="Tea").alt
    assert alt.startswith("Tea. Greedy takes 天天 喝茶 <eos> (0.275). The best is 每天 喝茶")
    assert alt.endswith("Finished 1, still open 0.")
    one, two = tree().picture(), tree().picture()
    assert one == two and one["text/plain"] == f"Figure: {tree().alt}"


def test_the_html_is_whole_and_reaches_for_nothing():
    fragment = tree(title="a < b").to_html()
    assert "\n\n" not in fragment and "import " not in fragment
    source = visual.javascript("probability_tree")
    assert source.count("export default") == 1 and "import {" not in source
    assert json.loads(json.dumps(tree().state()))["cap"] == 4


SCRIPT = """
const { blocksOf, bestOf, edited, greedyOf, masses } = await import(process.argv[1]);
const cases = JSON.parse(process.argv[2]);
console.log(JSON.stringify(cases.map(({ state, cap, row, column, p }) => {
  const blocks = blocksOf(state.data, state.probabilities, cap);
  return { greedy: greedyOf(blocks), best: bestOf(blocks), mass: masses(blocks),
    row: edited(row, column, p, "x").row };
})));
"""


@pytest.mark.slow
def test_the_browser_gives_the_same_answers():
    node = shutil.which("node")
    if node is None:
        pytest.fail("no node on PATH; run `python course.py test`, which puts one there")
    trees = [ProbabilityTree(random_model(seed), 4) for seed in range(12)]
    cases = []
    for number, shown in enumerate(trees):
        shown.cap = 1 + number % 4
        row = shown.probabilities[0]
        one = {"state": shown.state(), "cap": shown.cap, "row": row, "column": 1, "p": 0.3}
        cases.append(one)
    module = (ROOT / "course_lib" / "widgets" / "table_model.js").as_uri()
    command = [node, "--input-type=module", "-e", SCRIPT, module, json.dumps(cases)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for shown, case, said in zip(trees, cases, json.loads(done.stdout), strict=True):
        assert tuple(said["greedy"]["path"]) == shown.greedy()
        best = shown.best()
        assert (said["best"] and tuple(said["best"]["path"])) == best
        if best:
            assert said["best"]["p"] == pytest.approx(shown.sentences()[best], abs=1e-12)
        assert said["mass"]["finished"] + said["mass"]["open"] == pytest.approx(1, abs=1e-12)
        words = list(shown.next_word(()))
        shown.change((), words[1], case["p"])
        assert said["row"] == pytest.approx(list(shown.next_word(()).values()), abs=1e-12)
