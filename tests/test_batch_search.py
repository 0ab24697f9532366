"""The batched searches find what the readable ones find."""

import numpy as np
import pytest
import torch

from course_lib.batch_search import beam_batch, greedy_batch
from course_lib.search import GNMT, NO_PENALTY, Average, Coverage, Power, beam, greedy

V, S, H = 7, 5, 11  # primes, so that a transposed axis can't fit
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
    settings = {"bos": BOS, "eos": EOS, "max_length": 6, "min_length": min_length}
    settings |= {"width": width, "penalty": penalty, "coverage": coverage, "n_best": 1 + seed}
    found = beam_batch(model, src, src_mask, **settings)
    for b, hypotheses in enumerate(found):
        state = start(model, src[b][src_mask[b]])
        expected = beam(one_sentence_step(model), state, **settings).hypotheses
        assert len(hypotheses) == len(expected)
        for hypothesis, readable in zip(hypotheses, expected, strict=True):
            assert_same(hypothesis, readable)


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
