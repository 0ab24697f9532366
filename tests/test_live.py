"""Live models: what they reply, what they refuse, and that the browser's decoder says the same."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
import torch
from live_models import random_model

from course_lib.data import Vocab
from course_lib.live import NAMES, POCKETS, LiveModel, pocket
from course_lib.model import stepper
from course_lib.search import BeamRecord, Power, beam, greedy
from experiments.compare_decoders import (
    Comparison,
    answered,
    compare,
    in_batches,
    sentences,
)

SRC = "I like cats because he is tired .".split()
TEXT = "I like cats because he is tired."


KINDS = [
    {"direction": "forward", "attention": "dot"},
    {"direction": "backward", "attention": "scaled_dot", "handover": "h"},
    {"direction": "both", "attention": "general", "handover": "nothing"},
    {"direction": "forward", "decoder": "fixed"},
    {"direction": "both", "decoder": "fixed_every_step", "handover": "h"},
]


def library_search(model: LiveModel, search, **more):
    checkpoint = model.checkpoint
    step, state = stepper(checkpoint.model, checkpoint.src_vocab.encode(SRC))
    ends = {"bos": Vocab.bos, "eos": Vocab.eos, "max_length": 12}
    return search(step, state, **ends, **more)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_it_searches_as_the_library_does(kind):
    model = random_model(**kind)
    words = model.checkpoint.tgt_vocab.tokens
    best = library_search(model, greedy)
    said = model.reply({"src": SRC, "max_length": 12})
    assert said["words"] == [words[i] for i in best.tokens]
    assert said["log_prob"] == pytest.approx(best.log_prob, abs=1e-4)
    assert sum(said["log_probs"]) == pytest.approx(best.log_prob, abs=1e-4)
    if best.weights is None:
        assert said["weights"] is None
    else:
        np.testing.assert_allclose(said["weights"], best.weights, atol=1e-5)
    found = library_search(model, beam, width=3, penalty=Power(0.6))
    said = model.reply({"text": TEXT, "method": "beam", "width": 3, "alpha": 0.6, "max_length": 12})
    assert said["words"] == [words[i] for i in found.best.tokens]
    assert said["score"] == pytest.approx(found.best.score, abs=1e-4)
    record = {name: value for name, value in said["record"].items() if name != "words"}
    again = BeamRecord.from_json(json.dumps(record))
    assert [n.fate for n in again.nodes] == [n.fate for n in found.record.nodes]
    assert again.penalty == found.record.penalty and again.hypotheses == found.record.hypotheses


def test_a_reply_is_json_and_its_shapes_are_those_of_the_request():
    said = random_model().reply({"src": SRC, "max_length": 9, "detail": True})
    assert json.loads(json.dumps(said, allow_nan=False)) == said
    T, S, H, E = len(said["words"]), len(SRC), 6, 7
    assert np.shape(said["weights"]) == (T, S) and np.shape(said["top"]) == (T, 5, 2)
    detail = said["detail"]
    shapes = {name: np.shape(value) for name, value in detail.items()}
    assert shapes == {
        "src_embedded": (S, E),
        "encoder_states": (S, H),
        "context": (H,),
        "start": (2, H),
        "embedded": (T, E),
        "states": (T, H),
        "scores": (T, S),
        "contexts": (T, H),
        "readouts": (T, H),
    }
    mixed = np.array(said["weights"]) @ np.array(detail["encoder_states"])
    np.testing.assert_allclose(detail["contexts"], mixed, atol=1e-6)


def test_a_forced_word_is_written_and_the_rest_is_the_models_own():
    model = random_model()
    free = model.reply({"src": SRC})
    for word in ("猫", "<eos>"):
        said = model.reply({"src": SRC, "forced": {2: word}})
        assert said["words"][:3] == [*free["words"][:2], word]
        read_back = model.reply({"src": SRC, "gold": said["tgt"]})
        assert said["log_probs"][2] == pytest.approx(read_back["gold_log_probs"][2], abs=1e-5)
    assert said["finished"] and len(said["words"]) == 3
    assert model.reply({"src": SRC, "forced": {199: "猫"}})["words"] == free["words"]  # never there


def test_gold_words_are_read_and_their_log_probs_are_the_models():
    model = random_model()
    gold = "我 喜欢 猫".split()
    said = model.reply({"src": SRC, "gold": gold})
    checkpoint = model.checkpoint
    src = torch.tensor([checkpoint.src_vocab.encode(SRC)])
    ids = checkpoint.tgt_vocab.encode(gold)
    log_probs, _ = checkpoint.model(
        src, torch.ones_like(src, dtype=torch.bool), torch.tensor([[Vocab.bos, *ids]])
    )
    wanted = [log_probs[0, step, token].item() for step, token in enumerate([*ids, Vocab.eos])]
    np.testing.assert_allclose(said["gold_log_probs"], wanted, atol=1e-5)
    assert said["log_prob"] == pytest.approx(sum(wanted), abs=1e-4)
    best = log_probs[0].argmax(dim=-1).tolist()
    assert said["words"] == [checkpoint.tgt_vocab.tokens[i] for i in best]
    wrong = model.reply({"src": SRC, "gold": gold, "forced": {1: "狗"}})
    assert wrong["read"] == ["<bos>", "我", "狗", "猫"] and wrong["words"][1] == "狗"
    assert wrong["words"][0] == said["words"][0]


def test_masked_words_weigh_nothing_and_given_weights_are_obeyed():
    model = random_model()
    masked = np.array(model.reply({"src": SRC, "masked": [0, 3], "method": "beam"})["weights"])
    assert (masked[:, [0, 3]] == 0).all()
    np.testing.assert_allclose(masked.sum(axis=1), 1, atol=1e-6)
    row = np.eye(len(SRC))[4].tolist()
    said = model.reply({"src": SRC, "weights": {"1": row}, "detail": True, "max_length": 4})
    np.testing.assert_allclose(
        said["detail"]["contexts"][1], said["detail"]["encoder_states"][4], atol=1e-6
    )


BAD = [
    ({"text": ""}, "text is empty; type a sentence"),
    ({"src": []}, "src has 0 words; give 1 to 100"),
    ({"text": "I " * 101}, "src has 101 words"),
    ({"text": "I like footbal"}, "'footbal' is not in the vocabulary; near it: football"),
    ({"text": "i lik catz"}, "'lik' is not in the vocabulary; near it: like"),
    ({"src": SRC, "weight": {}}, "'weight' is no field; choose from src, text"),
    ({"src": SRC, "method": "exact"}, "method is 'exact'; choose 'greedy' or 'beam'"),
    ({"src": SRC, "width": 0}, "width is 0; it must be a whole number from 1 to "),
    ({"src": SRC, "width": 2.5}, "width is 2.5"),
    ({"src": SRC, "max_length": 201}, "max_length is 201; it must be a whole number from 1 to 200"),
    ({"src": SRC, "alpha": -0.5}, "alpha is -0.5; it must be a number from 0 up"),
    ({"src": SRC, "forced": {"a": "猫"}}, "forced: 'a' is no step; steps are whole numbers"),
    ({"src": SRC, "forced": {"1": "cats"}}, "forced: 'cats' is not in the vocabulary"),
    ({"src": SRC, "gold": ["我", "狮子"]}, "gold: '狮子' is not in the vocabulary"),
    ({"src": SRC, "masked": [8]}, "masked: 8 is no source position; give whole numbers from 0 to"),
    ({"src": SRC, "masked": list(range(8))}, "masked holds all 8 source words; leave one"),
    ({"src": SRC, "weights": {"0": [1.0]}}, "weights at step 0 are 1 numbers; give one for each"),
    ({"src": SRC, "weights": {"0": [2, -1, 0, 0, 0, 0, 0, 0]}}, "weights at step 0 hold -1;"),
    ({"src": SRC, "weights": {"3": [0.5] + [0.0] * 7}}, "weights at step 3 sum to 0.5000, not 1"),
]


@pytest.mark.parametrize(("request_", "message"), BAD, ids=[message for _, message in BAD])
def test_a_bad_request_is_an_error_that_names_the_field(request_, message):
    with pytest.raises(ValueError) as caught:
        random_model().reply(request_)
    assert message in str(caught.value)


def test_a_fixed_context_has_nothing_to_mask():
    model = random_model(decoder="fixed")
    for asked in ({"masked": [0]}, {"weights": {0: [1.0] + [0.0] * 7}}):
        with pytest.raises(ValueError, match="need a model with attention; this one has a fixed"):
            model.reply({"src": SRC, **asked})


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"rnn": "gru"}, "rnn is 'gru'; a live model can have lstm"),
        ({"decoder": "bahdanau"}, "decoder is 'bahdanau'; a live model can have fixed, fixed_ev"),
        ({"attention": "additive"}, "attention is 'additive'; a live model can have dot, scaled"),
    ],
)
def test_a_model_that_the_browser_cannot_compute_is_refused(config, message):
    with pytest.raises(ValueError, match=message):
        random_model(**config)
    random_model(decoder="fixed", attention="additive")  # which it does not use


def test_the_bytes_say_what_they_hold():
    model = random_model()
    written = model.to_bytes("float32")
    (length,) = struct.unpack("<I", written[8:12])
    header = json.loads(written[12 : 12 + length])
    assert written.startswith(b"S2SLIVE\0") and header["version"] == 1
    assert header["src_tokens"] == list(model.checkpoint.src_vocab.tokens[4:])
    count = sum(weight.numel() for weight in model.checkpoint.model.parameters())
    assert len(written) == 12 + length + 4 * count
    assert len(model.to_bytes("float16")) == pytest.approx(12 + length + 2 * count, abs=1)
    with pytest.raises(ValueError, match="dtype is 'int8'; choose one of float16, float32"):
        model.to_bytes("int8")
    next(model.checkpoint.model.parameters()).data[0, 0] = 1e5
    with pytest.raises(ValueError, match=r"holds 1e\+05; write it as float32"):
        model.to_bytes("float16")


def agree(found: Comparison) -> bool:
    assert found.different == [] and found.worst < 1e-4, (found.worst, found.different[:5])
    return True


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_the_browser_says_the_same_on_500_sentences(dtype, tmp_path):
    model = pocket("attention")
    if dtype == "float32":  # give it weights that float16 would change
        rng, model = torch.Generator().manual_seed(0), model.rounded("float32")
        for weight in model.checkpoint.model.parameters():
            weight.data.mul_(1 + 1e-4 * torch.rand(weight.shape, generator=rng))
    sources = sentences(500)
    requests = [{"src": src, "max_length": 80} for src in sources]
    replies = in_batches(model.rounded(dtype), sources)  # torch, in float32
    assert sum(len(reply["words"]) for reply in replies) > 5_000
    assert agree(compare(model, dtype, requests, replies, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_browser_computes_every_kind_of_model_and_refuses_the_same(kind, tmp_path):
    steered = [
        {"src": SRC, "detail": True, "max_length": 12},
        {"text": "i like Cats!", "method": "beam", "width": 3, "alpha": 1.0, "max_length": 9},
        {"src": SRC, "forced": {1: "猫", 3: "<eos>"}, "method": "beam", "max_length": 9},
        {"src": SRC, "gold": "我 喜欢 猫".split(), "forced": {1: "狗"}, "detail": True},
        {"src": SRC, "masked": [0, 5], "detail": True, "max_length": 9},
        {"src": SRC, "weights": {2: [0.25] * 4 + [0.0] * 4}, "max_length": 9},
    ]
    requests = [*steered, *(request for request, _ in BAD)]
    model = random_model(seed=3, **kind)
    replies = [answered(model, request) for request in requests]
    assert agree(compare(model, "float32", requests, replies, tmp_path))


@pytest.mark.parametrize("name", NAMES)
def test_a_pocket_model_loses_nothing_in_float16_and_does_what_its_file_says(name):
    model = pocket(name)
    for weight, narrow in zip(
        model.checkpoint.model.parameters(),
        model.rounded("float16").checkpoint.model.parameters(),
        strict=True,
    ):
        assert weight.dtype == torch.float32 and torch.equal(weight, narrow)
    assert len(model.to_base64()) < 200_000  # characters, in a notebook of 1 MB
    noted = json.loads((POCKETS / f"pocket_{name}.json").read_text("utf8"))
    assert " ".join(model.reply({"text": "Tom loves playing football."})["tgt"]) == noted["shown"]
    assert noted["setting"]["decoder"] == model.checkpoint.config.decoder
    assert {"command", "commit", "seed", "steps", "seconds", "by_clauses"} <= noted.keys()


def test_another_pocket_is_an_error_that_lists_them():
    with pytest.raises(ValueError, match="name is 'coat'; choose one of attention, fixed, teach"):
        pocket("coat")
