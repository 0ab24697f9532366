"""The mechanism lab's Python side: what it takes, what it refuses, what it says and stores."""

from __future__ import annotations

import re

import numpy as np
import pytest
import traitlets
from tiny_models import SRC, tiny_models

from course_lib.live import LiveModel
from course_lib.widgets import MechanismLab, visual

SENTENCE = "Tom likes cats ."


@pytest.fixture(scope="module")
def models() -> dict[str, LiveModel]:
    return tiny_models()


@pytest.fixture
def lab(models) -> MechanismLab:
    return MechanismLab(**models, sentence=SENTENCE, title="Five steps")


def test_it_answers_for_the_model_that_is_shown(lab, models):
    assert lab.reply() == models["attention"].reply({"text": SENTENCE, "detail": True})
    lab.context = "fixed"
    assert lab.reply()["weights"] is None
    assert lab.reply()["src"] == SENTENCE.split()


def test_the_models_go_to_the_page_unless_a_kernel_is_enough(lab, models):
    assert lab.models == {name: model.to_base64() for name, model in models.items()}
    light = MechanismLab(**models, sentence=SENTENCE, carry=False)
    assert light.models == {} and light.data["replies"]["text"] == SENTENCE
    states = light.data["replies"]["fixed"]["detail"]["encoder_states"]
    np.testing.assert_allclose(
        states, light.ask("fixed", {"text": SENTENCE, "detail": True})["detail"]["encoder_states"],
        atol=5e-5,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("Tom likes dragons", "'dragons' is not in the vocabulary"),
        ("", "text is empty; type a sentence"),
        (" ".join(["Tom"] * 21), "sentence has 21 words; the lab shows 20"),
    ],
)
def test_a_sentence_it_cannot_read_is_an_error_before_anything_is_drawn(models, sentence, message):
    with pytest.raises(ValueError, match=message):
        MechanismLab(**models, sentence=sentence)


def test_models_the_wrong_way_round_are_told_apart(models):
    with pytest.raises(ValueError, match="attention: this model has no attention"):
        MechanismLab(models["fixed"], models["attention"], SENTENCE)
    with pytest.raises(ValueError, match="fixed: this model has attention"):
        MechanismLab(models["attention"], models["attention"], SENTENCE)
    with pytest.raises(TypeError, match="'fixed' is a str; give"):
        MechanismLab(models["attention"], "fixed", SENTENCE)  # pyright: ignore[reportArgumentType]


def test_an_encoder_must_read_as_the_stage_shows(models):
    backward = tiny_models(direction="backward")
    with pytest.raises(ValueError, match="attention: its encoder reads the source backward"):
        MechanismLab(backward["attention"], backward["fixed"], SENTENCE)
    forward = tiny_models(direction="forward")
    shown = MechanismLab(forward["attention"], forward["fixed"], SENTENCE)
    assert shown.data["direction"] == "forward"
    with pytest.raises(ValueError, match="give two models with one kind of encoder"):
        MechanismLab(forward["attention"], models["fixed"], SENTENCE)


def test_what_the_learner_sees_is_observed_and_set(lab):
    heard = []
    lab.observe(lambda change: heard.append((change.name, change.new)))
    lab.set_trait("moment", 3)
    lab.sentence = "I like cats"
    assert heard == [("moment", 3), ("sentence", "I like cats")]
    for name, bad in (("context", "both"), ("speed", "faster"), ("moment", -1), ("sentence", 1)):
        with pytest.raises(traitlets.TraitError):
            lab.set_trait(name, bad)


def test_a_message_is_answered_and_a_bad_sentence_comes_back_as_text(lab):
    sent = []
    lab.send = lambda content, buffers=None: sent.append(content)
    ask = {"kind": "ask", "id": 1, "name": "attention", "request": {"text": SENTENCE}}
    lab._hear(lab, ask, [])
    lab._hear(lab, {**ask, "id": 2, "request": {"text": "dragons"}}, [])
    assert sent[0]["reply"]["src"] == SENTENCE.split()
    assert "'dragons' is not in the vocabulary" in sent[1]["error"]


def test_the_picture_shows_the_five_steps_and_says_what_is_read(lab):
    alt = lab.alt
    assert alt.startswith("Five steps. Tom likes cats . becomes ")
    assert "Each word and what it reads most" in alt
    assert [ax.get_title("left")[:8] for ax in lab.figure().axes] == [
        "1 Encode", "2 Compre", "3 Score:", "4 Mix: w", "5 Decode",
    ]  # fmt: skip
    lab.context = "fixed"
    assert lab.alt.endswith("The decoder has one fixed context.")
    assert len(lab.figure().axes) == 5


def test_the_font_holds_every_character_the_models_may_write(lab):
    words = lab._live["attention"].checkpoint.tgt_vocab.tokens
    chinese = {char for char in "".join(words) if char > "\u2e7f"}
    assert chinese <= set(lab.data["font"]["characters"]) and len(chinese) >= 4


def test_the_joined_module_has_each_name_once_and_the_page_reaches_for_nothing(lab):
    source = visual.javascript("mechanism_lab")
    assert not re.search(r"^\s*import\b", source, re.MULTILINE)
    assert re.findall(r"^export .*", source, re.MULTILINE) == ["export default { render };"]
    names = re.findall(r"^(?:async )?(?:const|let|function) (\w+)", source, re.MULTILINE)
    assert len(names) == len(set(names)), "two files use one name"
    assert "\n\n" not in lab.to_html() and "</" not in source
    state = lab.state()
    assert state["sentence"] == SENTENCE and state["models"].keys() == {"attention", "fixed"}
    assert "likes" in SRC
