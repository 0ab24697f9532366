"""The error lab's Python side, and what every visual that asks a model shares with it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import traitlets
from live_models import random_model

from course_lib.live import pocket
from course_lib.results import publish_visual
from course_lib.widgets import ErrorLab, error_runs, visual
from slides.deck.visuals import as_page

CATS = ("I like cats .".split(), "我 喜欢 猫 。".split())
DOGS = ("he is tired".split(), "他 很 累".split())


def lab(**more) -> ErrorLab:
    models = {"one": random_model(1), "two": random_model(2, decoder="fixed")}
    return ErrorLab(models, [CATS, DOGS], **more)


@pytest.fixture(scope="module")
def shown() -> ErrorLab:
    return lab()


@pytest.mark.parametrize(
    ("live", "sentences", "error", "message"),
    [
        ({}, [CATS], ValueError, "live is empty; give one model at least"),
        ({"one": "model"}, [CATS], TypeError, "'one' is a str; give a course_lib.live.LiveModel"),
        (None, [], ValueError, "sentences is empty; give one pair"),
        (None, ["I like cats"], ValueError, "number 0 is no pair"),
        (None, [("I like cats", ["我"])], TypeError, "the source of number 0 is one string"),
        (None, [(["I"], "我")], TypeError, "the reference of number 0 is one string"),
        (None, [CATS, (["I"], [])], ValueError, "the reference of number 1 is empty"),
        (
            None,
            [(["I", "like", "catz"], ["我"])],
            ValueError,
            "'catz' is not in .*; near it: cat, cats",
        ),
        (None, [(["I"], ["狮子"])], ValueError, "gold: '狮子' is not in the vocabulary"),
    ],
)
def test_bad_input_is_an_error_before_anything_is_drawn(live, sentences, error, message):
    with pytest.raises(error, match=message):
        ErrorLab({"one": random_model()} if live is None else live, sentences)


def test_models_too_large_for_a_notebook_are_refused_unless_a_kernel_answers():
    class Large:
        def reply(self, request):
            return {"top": [], "words": []}

        def to_base64(self):
            return "A" * 700_000

    with pytest.raises(ValueError, match=r"the models take 700000 characters, .* carry=False"):
        ErrorLab({"large": Large()}, [CATS])
    assert ErrorLab({"large": Large()}, [CATS], carry=False).models == {}


WRONG = [
    ({"step": 4, "word": "狗"}, "step is 4; this reference has steps 0 to 3"),
    ({"step": "a", "word": "狗"}, "step is 'a'"),
    ({"step": 2, "word": "猫"}, "猫 is the reference's own word at step 2"),
    ({"step": 2, "word": "狮子"}, "'狮子' is not in the vocabulary"),
    ({"word": "狗"}, "give {} or a dict of step and word"),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG)
def test_a_wrong_word_that_cannot_be_put_in_changes_nothing(shown, wrong, message):
    shown.inject(1, "狗")
    with pytest.raises(ValueError, match=message):
        shown.wrong = wrong
    assert shown.wrong == {"step": 1, "word": "狗"}


def test_python_hears_what_the_browser_sets_and_moves_it():
    shown, seen = lab(), []
    shown.observe(lambda change: seen.append(change.new), "wrong")
    shown.set_trait("wrong", {"step": 1, "word": "狗"})  # as the browser's message sets it
    shown.take_out()
    assert seen == [{"step": 1, "word": "狗"}, {}]
    shown.inject(0, "狗")
    shown.show(1)
    assert (shown.sentence, shown.wrong, shown.src) == (1, {}, tuple(DOGS[0]))
    with pytest.raises(ValueError, match="sentence is 2; give 0 to 1"):
        shown.show(2)
    with pytest.raises(traitlets.TraitError):
        shown.sentence = "first"


def test_the_runs_are_the_models_replies():
    shown = lab()
    shown.inject(1, "狗")
    model, runs = random_model(1), shown.runs["one"]
    assert runs["free"] == model.reply({"src": CATS[0], "forced": {1: "狗"}})
    assert runs["forced"] == model.reply({"src": CATS[0], "gold": CATS[1], "forced": {1: "狗"}})
    assert list(shown.runs) == ["one", "two"]


def test_the_browsers_questions_are_answered_and_errors_go_back_as_text(monkeypatch):
    shown, sent = lab(), []
    monkeypatch.setattr(shown, "send", sent.append)
    request = {"src": CATS[0], "forced": {"1": "狗"}}  # JSON makes texts of numbers
    shown._hear(shown, {"kind": "hello"}, [])
    shown._hear(shown, {"kind": "ask", "id": 7, "name": "one", "request": request}, [])
    shown._hear(shown, {"kind": "ask", "id": 8, "name": "one", "request": {"text": "x"}}, [])
    shown._hear(shown, {"kind": "ask", "id": 9, "name": "three", "request": request}, [])
    here, good, bad, unknown = sent
    assert here == {"kind": "here"}
    assert good == {"kind": "answer", "id": 7, "reply": shown.ask("one", request)}
    assert bad == {"kind": "answer", "id": 8, "error": "'x' is not in the vocabulary"}
    assert unknown["error"] == "name is 'three'; this visual has one, two"


def test_the_verdict_is_the_one_of_the_browser():
    cases = json.loads((Path(__file__).parent / "js" / "verdicts.json").read_text("utf8"))
    for case in cases:
        assert error_runs.verdict(case["gold"], case["words"], case["wrong"]) == case["says"]


def test_the_picture_says_what_became_of_each_model_and_repeats():
    shown = lab(title="Who comes back")
    shown.inject(1, "狗")
    step, free = 1, shown.runs["one"]["free"]
    said = f"one, reading itself: {' '.join(free['tgt'])} "
    said += f"({error_runs.verdict(CATS[1], free['words'], step)})"
    start = "Who comes back: I like cats ., reference 我 喜欢 猫 。, 狗 put in at step 2. "
    assert shown.alt.startswith(start + said)
    assert shown.picture() == shown.picture()


def test_its_state_and_its_module_are_all_a_page_needs(shown):
    state = json.loads(json.dumps(shown.state()))
    assert state.keys() == {"data", "models", "sentence", "wrong"}
    assert state["data"]["names"] == ["one", "two"]
    assert "猫" in state["data"]["font"]["characters"]
    source = visual.javascript("error_lab")
    assert not re.search(r"^\s*import\b", source, re.MULTILINE)
    names = re.findall(r"^(?:async function|function|const|let) (\w+)", source, re.MULTILINE)
    assert [name for name, count in Counter(names).items() if count > 1] == []
    fragment = shown.to_html()
    assert "\n\n" not in fragment
    assert not re.search(r"""(src|href)=(?!["']?data:)|url\((?!data:|\$)""", fragment)


def test_a_shipped_model_is_published_by_name_without_its_bytes():
    named = random_model(1)
    named.source = "pocket:attention"
    shown = ErrorLab({"named": named, "own": random_model(2)}, [CATS])
    value = publish_visual("ch07.lab", shown).value
    assert value["models"] == {"named": "pocket:attention", "own": shown.models["own"]}
    assert value["visual"] == "error_lab" and value["data"] == shown.data


def test_a_deck_puts_the_bytes_of_shipped_models_back():
    named = pocket("input_noise")
    shown = ErrorLab({"named": named, "own": random_model(2)}, [CATS])
    value = publish_visual("ch07.lab", shown).value
    page = as_page(json.loads(json.dumps(value)))
    state = json.loads(re.findall(r'<script type="application/json">(.*?)</script>', page)[0])
    assert state["models"] == {"named": named.to_base64(), "own": shown.models["own"]}
