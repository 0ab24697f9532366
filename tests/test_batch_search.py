"""The batched searches find what the readable ones find."""

from typing import Any

import numpy as np
import pytest
import torch

from course_lib.batch_search import beam_batch, greedy_batch
from course_lib.model import CHOICES, ModelConfig, build, stepper
from course_lib.search import GNMT, NO_PENALTY, Average, Coverage, Power, beam, greedy

V, S, E, H = 7, 5, 3, 11  # primes, so that a transposed axis can't fit
BOS, EOS = 1, 2


class TinyModel(torch.nn.Module):
    """A random recurrent decoder with dot attention, small enough to search completely."""

    def __init__(self, seed: int, attend: bool = True):
        super().__init__()
        torch.manual_seed(seed)
        self.embedding = torch.nn.Embedding(V, H)
        self.cell = torch.nn.GRUCell(2 * H, H)
        self.output = torch.nn.Linear(H, V)
        self.attend = attend
        with torch.no_grad():
            self.output.weight.mul_(4)  # far from uniform, so that searches differ
            self.output.bias[EOS] = 0.5  # likely enough that most sentences end
        self.double().eval()

    def encode(self, src, src_mask):
        states = self.embedding(src)
        mean = (states * src_mask[:, :, None]).sum(1) / src_mask.sum(1, keepdim=True)
        return (states, src_mask), (mean, torch.zeros_like(mean))

    def step(self, tokens, state, memory):
        hidden, fatigue = state
        beams = len(tokens) // len(memory[0])  # prefixes that share the memory of a sentence
        states, mask = (part.repeat_interleave(beams, dim=0) for part in memory)
        scores = (states @ hidden[:, :, None]).squeeze(2).masked_fill(~mask, -torch.inf)
        weights = scores.softmax(1)
        context = (weights[:, None] @ states).squeeze(1)
        hidden = self.cell(torch.cat([self.embedding(tokens), context], 1), hidden)
        log_probs = self.output(hidden - fatigue).log_softmax(1)
        fatigue = 0.5 * (fatigue + hidden)  # against endless repetition
        return log_probs, (hidden, fatigue), weights if self.attend else None


def one_sentence_step(model):
    """The model as course_lib.search sees it: one sentence, NumPy out."""

    def step(token, state):
        state, memory = state
        with torch.inference_mode():
            log_probs, state, weights = model.step(torch.tensor([token]), state, memory)
        return (
            log_probs[0].numpy(),
            (state, memory),
            None if weights is None else weights[0].numpy(),
        )

    return step


def start(model, src):
    with torch.inference_mode():
        memory, state = model.encode(src[None], torch.ones_like(src[None], dtype=torch.bool))
    return state, memory


def real_model(decoder: str):
    """A model of the course with random weights, large ones: its words depend on the source."""
    config = ModelConfig(E, H, direction="forward", decoder=decoder)
    model = build(config, V, V, seed=1).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)
    return model


def batch(seed: int, sentences: int = 6):
    """Padded random sources (B, S) and their mask."""
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, S + 1, (sentences, 1), generator=generator)
    lengths[0] = S
    src = torch.randint(3, V, (sentences, S), generator=generator)
    src_mask = torch.arange(S) < lengths
    return src.masked_fill(~src_mask, 0), src_mask


def assert_same(found, expected):
    assert found.tokens == expected.tokens
    assert found.finished == expected.finished
    assert found.log_prob == pytest.approx(expected.log_prob, abs=1e-9)
    assert found.score == pytest.approx(expected.score, abs=1e-9)
    if expected.weights is None:
        assert found.weights is None
    else:
        assert found.weights is not None
        np.testing.assert_allclose(found.weights, expected.weights, atol=1e-9)


@pytest.mark.parametrize("attend", [True, False])
@pytest.mark.parametrize("min_length", [1, 4])
@pytest.mark.parametrize("seed", range(5))
def test_greedy_batch_is_greedy(seed, min_length, attend):
    model = TinyModel(seed, attend)
    src, src_mask = batch(seed)
    limits = {"bos": BOS, "eos": EOS, "max_length": 8, "min_length": min_length}
    found = greedy_batch(model, src, src_mask, **limits)
    for b, hypothesis in enumerate(found):
        state = start(model, src[b][src_mask[b]])
        assert_same(hypothesis, greedy(one_sentence_step(model), state, **limits))


@pytest.mark.parametrize(
    ("penalty", "coverage", "min_length"),
    [
        (NO_PENALTY, None, 1),
        (Average(), None, 1),
        (Power(0.6), None, 3),
        (GNMT(0.9), Coverage(0.4), 1),
    ],
)
@pytest.mark.parametrize("width", [1, 2, V])
@pytest.mark.parametrize("seed", range(4))
def test_beam_batch_is_beam(seed, width, penalty, coverage, min_length):
    model = TinyModel(seed)
    src, src_mask = batch(seed)
    settings: dict[str, Any] = {"bos": BOS, "eos": EOS, "max_length": 6, "min_length": min_length}
    settings |= {"width": width, "penalty": penalty, "coverage": coverage, "n_best": 1 + seed}
    found = beam_batch(model, src, src_mask, **settings)
    for b, hypotheses in enumerate(found):
        state = start(model, src[b][src_mask[b]])
        expected = beam(one_sentence_step(model), state, **settings).hypotheses
        assert len(hypotheses) == len(expected)
        for hypothesis, readable in zip(hypotheses, expected, strict=True):
            assert_same(hypothesis, readable)


@pytest.mark.parametrize("decoder", CHOICES["decoder"])
def test_every_decoder_of_the_course(decoder):
    """Beams that share a memory; states of one, two and three parts; with and without weights."""
    model = real_model(decoder)
    src, src_mask = batch(3)
    limits: dict[str, Any] = {"bos": BOS, "eos": EOS, "max_length": 6}
    wide = {"width": 3, "n_best": 3, "penalty": Average()}
    greedy_found = greedy_batch(model, src, src_mask, **limits)
    beam_found = beam_batch(model, src, src_mask, **limits, **wide)
    assert len({h.tokens for h in greedy_found}) > 1
    for b in range(len(src)):
        step, state = stepper(model, src[b][src_mask[b]].tolist())
        assert_same(greedy_found[b], greedy(step, state, **limits))
        expected = beam(step, state, **limits, **wide).hypotheses
        for found, readable in zip(beam_found[b], expected, strict=True):
            assert_same(found, readable)


# Bad input

LIMITS: dict[str, Any] = {"bos": BOS, "eos": EOS, "max_length": 4}
BOTH = {
    "greedy": greedy_batch,
    "beam": lambda *args, **limits: beam_batch(*args, **limits, width=2),
}


@pytest.fixture(params=BOTH)
def search(request):
    return BOTH[request.param]


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"max_length": 0}, "max_length is 0.*at least 1"),
        ({"min_length": 9}, "min_length is 9.*max_length = 4"),
        ({"eos": V}, f"eos is {V}.*0 to {V - 1}"),
    ],
)
def test_bad_limits(search, limits, message):
    with pytest.raises(ValueError, match=message):
        search(TinyModel(0), *batch(0), **(LIMITS | limits))


@pytest.mark.parametrize("width", [0, V + 1])
def test_bad_width(width):
    with pytest.raises(ValueError, match=f"width is {width}.*between 1 .* and {V}"):
        beam_batch(TinyModel(0), *batch(0), **LIMITS, width=width)


def test_bad_n_best_and_coverage_without_attention():
    with pytest.raises(ValueError, match="n_best is 0"):
        beam_batch(TinyModel(0), *batch(0), **LIMITS, width=2, n_best=0)
    with pytest.raises(ValueError, match="coverage needs attention"):
        model = TinyModel(0, attend=False)
        beam_batch(model, *batch(0), **LIMITS, width=2, coverage=Coverage(0.1))


def test_a_model_in_training_mode(search):
    with pytest.raises(ValueError, match=r"training mode.*model.eval\(\)"):
        search(TinyModel(0).train(), *batch(0), **LIMITS)


@pytest.mark.parametrize(
    ("log_probs", "message"),
    [
        (torch.full((V,), torch.nan), "nan among the log probabilities .*sentence 2"),
        (torch.full((V,), 2.0), "log probability of 2.*log_softmax"),
        (torch.where(torch.arange(V) == EOS, 0.0, -torch.inf), "min_length is 3, .*sentence 2"),
        (torch.full((V,), -torch.inf), "sentence 2 .* every continuation has -inf.*mask"),
    ],
)
def test_bad_scores(search, log_probs, message):
    model = TinyModel(0)
    right = model.step

    def step(tokens, state, memory):
        found, state, weights = right(tokens, state, memory)
        found = found.clone()
        beams = len(tokens) // 6
        found[2 * beams : 3 * beams] = log_probs  # one sentence of six goes wrong
        return found, state, weights

    model.step = step
    with pytest.raises(ValueError, match=message):
        search(model, *batch(0), **LIMITS, min_length=3)


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("late", [False, True])
def test_nan_for_eos_alone_is_not_hidden_by_the_end_of_the_sentence(width, late):
    """Nor by sequences that ended before it."""
    model = TinyModel(0)
    right, calls = model.step, []

    def step(tokens, state, memory):
        log_probs, state, weights = right(tokens, state, memory)
        calls.append(1)
        if len(calls) > 2 or not late:
            log_probs = log_probs.masked_fill(torch.arange(V) == EOS, torch.nan)
        return log_probs, state, weights

    model.step = step
    with pytest.raises(ValueError, match="nan among"):
        beam_batch(model, *batch(0), **LIMITS, width=width, penalty=Average())


def test_nan_among_the_weights_matters_to_coverage():
    model = TinyModel(0)
    right = model.step

    def step(tokens, state, memory):
        log_probs, state, _ = right(tokens, state, memory)
        return log_probs, state, torch.full((len(tokens), S), torch.nan, dtype=torch.float64)

    model.step = step
    beam_batch(model, *batch(0), **LIMITS, width=2)
    with pytest.raises(ValueError, match="or weights of sentence 0"):
        beam_batch(model, *batch(0), **LIMITS, width=2, coverage=Coverage(0.2))


def test_the_tiny_model_tests_every_case():
    """Some sentences end early, some late, some are cut off; otherwise the tests above are idle."""
    found = [
        hypothesis
        for seed in range(5)
        for hypothesis in greedy_batch(
            TinyModel(seed), *batch(seed), bos=BOS, eos=EOS, max_length=8
        )
    ]
    assert {h.finished for h in found} == {True, False}
    assert len({len(h.tokens) for h in found}) >= 4
