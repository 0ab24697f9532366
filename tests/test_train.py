import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from model_properties import (
    Parrot,
    loss_is_the_mean_over_real_tokens,
    randn,
    the_coin_is_tossed_for_each_token,
)
from torch import nn
from torch.nn import functional as F

from course_lib.data import Batch, Pair, Vocab, sampled
from course_lib.losses import _BlockLoss, output_loss, token_loss
from course_lib.model import ModelConfig, build
from course_lib.objectives import (
    ExpectedReward,
    InputNoise,
    ScheduledSampling,
    TeacherForcing,
    exponential,
    inverse_sigmoid,
    linear,
    sample,
)
from course_lib.train import evaluate, should_stop, step_generator, train, warmup_cosine

WORDS = [*"abcdefg"]
VOCAB = Vocab(WORDS)
CONFIG = ModelConfig(embedding_size=7, hidden_size=14)


def reversal(rng: np.random.Generator) -> Pair:
    src = tuple(rng.choice(WORDS, size=rng.integers(1, 6)))
    return Pair(src, src[::-1])


def make(**choices):
    config = ModelConfig(**{"embedding_size": 7, "hidden_size": 14, **choices})
    return build(config, len(VOCAB), len(VOCAB))


def data(batch_size: int = 5, seed: int = 0, start: int = 0):
    return sampled(reversal, VOCAB, VOCAB, batch_size, seed, start)


def adam(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adam(model.parameters(), fused=True)


def run(model, objective=None, steps=7, **options):
    options = {"lr": 1e-2, "steps": steps, **options}
    return list(train(model, adam(model), data(), objective=objective, **options))


# Losses


def test_token_loss_is_the_mean_over_real_tokens():
    loss_is_the_mean_over_real_tokens(token_loss)


smoothing = st.sampled_from([0.0, 0.1, 0.5])


@given(smoothing, st.integers(1, 9), st.integers(1, 5), st.integers(2, 11), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_both_losses_equal_torchs_cross_entropy(smoothing, B, T, V, seed):
    readouts, output = randn(B, T, 3, seed=seed), nn.Linear(3, V).double()
    generator = torch.Generator().manual_seed(seed)
    tgt = torch.randint(0, V, (B, T), generator=generator)
    mask = torch.rand(B, T, generator=generator) < 0.7
    mask[:, 0] = True
    logits = output(readouts)
    expected = F.cross_entropy(logits[mask], tgt[mask], label_smoothing=smoothing)
    plain = token_loss(logits.log_softmax(dim=-1), tgt, mask, smoothing)
    torch.testing.assert_close(plain, expected)
    torch.testing.assert_close(output_loss(readouts, output, tgt, mask, smoothing), expected)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("rows", [1, 4, 256])
def test_the_loss_in_blocks_has_the_gradients_of_finite_differences(smoothing, rows, monkeypatch):
    monkeypatch.setattr(_BlockLoss, "ROWS", rows)
    readouts, weight, bias = randn(3, 5, 2), randn(7, 2, seed=1), randn(7, seed=2)
    tgt = torch.arange(15).view(3, 5) % 7
    mask = torch.arange(5) < torch.tensor([5, 1, 2])[:, None]

    def loss(readouts, weight, bias):
        output = nn.Linear(2, 7)
        del output.weight, output.bias
        output.weight, output.bias = weight, bias
        return 3 * output_loss(readouts, output, tgt, mask, smoothing)

    values = tuple(value.requires_grad_() for value in (readouts, weight, bias))
    assert torch.autograd.gradcheck(loss, values)


def test_the_loss_of_a_word_whose_probability_is_0_in_float32():
    output = nn.Linear(1, 3, bias=True)
    nn.init.zeros_(output.weight)
    output.bias.data = torch.tensor([0.0, 1000.0, 0.0])
    readouts, tgt = torch.ones(1, 1, 1), torch.tensor([[2]])
    loss = output_loss(readouts, output, tgt, torch.ones_like(tgt, dtype=torch.bool))
    assert loss.item() == 1000


# Objectives


def test_a_model_overfits_one_batch():
    (batch,) = itertools.islice(data(), 1)
    for choices in ({"decoder": "luong"}, {"decoder": "bahdanau", "rnn": "gru"}):
        model = make(**choices)
        list(train(model, adam(model), itertools.repeat(batch), steps=100, lr=3e-2))
        assert evaluate(model, [batch]) < 0.02


def test_teacher_forcing_is_the_token_loss_of_forward():
    model, (batch,) = make(), itertools.islice(data(), 1)
    log_probs, _ = model(batch.src, batch.src_mask, batch.tgt_in)
    for smoothing in (0.0, 0.1):
        expected = token_loss(log_probs, batch.tgt_out, batch.tgt_mask, smoothing)
        loss = TeacherForcing(smoothing)(model, batch, 0, torch.Generator())
        torch.testing.assert_close(loss, expected)


def test_input_noise_changes_what_is_read_at_the_rate_and_never_bos_or_the_target():
    class Spy(nn.Module):
        def __init__(self):
            super().__init__()
            self.decoder = nn.Module()
            self.decoder.output = nn.Linear(3, 1000)

        def readouts(self, src, src_mask, tgt_in):
            self.read = tgt_in
            return torch.zeros(*tgt_in.shape, 3), None

    spy = Spy()
    gold = torch.full((101, 13), 5)
    gold[:, 0] = Vocab.bos
    batch = Batch(gold, gold > 0, gold, gold, gold > 0)
    InputNoise(0.25)(spy, batch, 0, torch.Generator().manual_seed(0))
    changed = spy.read != gold
    assert not changed[:, 0].any() and spy.read[changed].min() > Vocab.unk
    assert 0.2 < changed[:, 1:].double().mean() < 0.3
    assert spy.read.max() > 900 and (gold[:, 1:] == 5).all()
    InputNoise(0.0)(spy, batch, 0, torch.Generator())
    assert torch.equal(spy.read, gold)


def test_scheduled_sampling_tosses_for_each_token():
    the_coin_is_tossed_for_each_token(ScheduledSampling)


def test_scheduled_sampling_at_one_is_teacher_forcing_and_at_zero_reads_itself():
    model, (batch,) = make(), itertools.islice(data(), 1)
    loss = ScheduledSampling(lambda step: 1.0)(model, batch, 0, torch.Generator())
    torch.testing.assert_close(loss, TeacherForcing()(model, batch, 0, torch.Generator()))
    parrot = Parrot()
    ScheduledSampling(lambda step: 0.0)(parrot, batch, 0, torch.Generator())
    assert all((read == 4).all() for read in parrot.read[1:])


def test_scheduled_sampling_asks_the_decay_for_this_step():
    asked = []
    ScheduledSampling(lambda step: asked.append(step) or 1.0)(
        Parrot(), next(data()), 41, torch.Generator()
    )
    assert asked == [41]


@pytest.mark.parametrize(
    ("decay", "start", "middle", "end"),
    [
        (linear(1.0, 0.2, 100), 1.0, 0.6, 0.2),
        (exponential(0.99), 1.0, 0.99**50, 0.99**1000),
        (inverse_sigmoid(10.0), 10 / 11, 10 / (10 + math.exp(5)), 0.0),
    ],
)
def test_decays(decay, start, middle, end):
    assert decay(0) == pytest.approx(start)
    assert decay(50) == pytest.approx(middle)
    assert decay(1000) == pytest.approx(end, abs=1e-9)
    assert 0.0 <= decay(10**9) <= decay(200) <= decay(100) <= decay(0)


# Sequence-level training


def test_samples_end_with_eos_and_carry_their_log_prob():
    model, (batch,) = make().double(), itertools.islice(data(), 1)
    generator = torch.Generator().manual_seed(0)
    outputs, log_probs = sample(model, batch, 7, 6, generator)
    assert outputs.shape[:2] == log_probs.shape == (5, 7)
    ended = 0
    for b, k in itertools.product(range(5), range(7)):
        ids = outputs[b, k].tolist()
        said = ids[: ids.index(Vocab.eos) + 1] if Vocab.eos in ids else ids
        ended += Vocab.eos in ids
        assert set(ids[len(said) :]) <= {Vocab.pad}
        tgt_in = torch.tensor([[Vocab.bos, *said[:-1]]])
        model_says, _ = model(batch.src[b : b + 1], batch.src_mask[b : b + 1], tgt_in)
        expected = sum(model_says[0, t, token] for t, token in enumerate(said))
        torch.testing.assert_close(log_probs[b, k], expected)
    assert ended > 0


def test_the_policy_gradient_is_the_gradient_of_the_expected_reward():
    """On a model small enough to list every output, averaged over many samples."""
    model = build(ModelConfig(embedding_size=2, hidden_size=2), 5, 5).double()
    src = torch.tensor([[4, 4]])
    many = src.repeat(10_000, 1)  # with two samples each: there a biased baseline shows
    one, mask = torch.ones_like(many[:, :1]), many > 0
    batch = Batch(many, mask, Vocab.bos * one, Vocab.eos * one, mask[:, :1])

    def reward(src, gold, output):
        return 10.0 + len(output) + 3.0 * (output[:1] == [4])

    expected = torch.zeros((), dtype=torch.float64)
    for first, second in itertools.product(range(5), range(5)):
        tgt_in = torch.tensor([[1, first]])
        log_probs = model(src, src > 0, tgt_in)[0][0]
        if first == Vocab.eos:
            expected = expected + log_probs[0, first].exp() * reward([], [], []) / 5
        else:
            probability = (log_probs[0, first] + log_probs[1, second]).exp()
            words = [i for i in (first, second) if i >= Vocab.unk]
            expected = expected + probability * reward([], [], words)
    parameter = model.decoder.output.bias
    (exact,) = torch.autograd.grad(-expected, parameter)
    objective = ExpectedReward(reward, samples=2, max_length=2)
    loss = objective(model, batch, 0, torch.Generator().manual_seed(0))
    (estimate,) = torch.autograd.grad(loss, parameter)
    torch.testing.assert_close(estimate, exact, rtol=0, atol=0.05)
    assert exact.abs().max() > 0.2
    assert float(loss.detach()) == pytest.approx(-float(expected.detach()), abs=0.05)


def test_the_reward_sees_source_gold_and_output_without_specials():
    seen = []

    def reward(src, gold, output):
        seen.append((src, gold, output))
        return 0.0

    batch = Batch.from_pairs([Pair(("a", "b"), ("c",)), Pair(("d",), ())], VOCAB, VOCAB)
    ExpectedReward(reward, samples=3, max_length=4)(make(), batch, 0, torch.Generator())
    assert [s[:2] for s in seen] == [([4, 5], [6])] * 3 + [([7], [])] * 3
    assert all(set(out) <= set(range(3, len(VOCAB))) for _, _, out in seen)


def test_expected_reward_learns_what_is_rewarded_and_needs_two_samples():
    objective = ExpectedReward(lambda src, gold, out: float(len(out) == 2), 8, 5)
    records = run(make(), objective, steps=60, lr=3e-2)
    assert records[-1].loss < -0.9 < records[0].loss
    with pytest.raises(ValueError, match="samples is 1"):
        ExpectedReward(lambda *_: 0.0, samples=1)


# The loop


def test_records_tell_what_each_step_did():
    schedule = warmup_cosine(1e-2, 3, 7)
    records = run(make(), lr=schedule)
    assert [r.step for r in records] == [1, 2, 3, 4, 5, 6, 7]
    assert [r.lr for r in records] == [schedule(i) for i in range(7)]
    assert [r.tokens for r in records] == [
        int(b.tgt_mask.sum()) for b in itertools.islice(data(), 7)
    ]
    assert all(r.grad_norm > 0 for r in records)
    assert sorted(r.seconds for r in records) == [r.seconds for r in records]
    assert records[0].loss == pytest.approx(evaluate(make(), [next(data())]), rel=1e-5)


def test_the_gradient_is_clipped_to_the_norm():
    model = make()
    before = [parameter.detach().clone() for parameter in model.parameters()]
    sgd = torch.optim.SGD(model.parameters())
    (record,) = train(model, sgd, data(), steps=1, lr=1.0, clip=0.01)
    moved = math.sqrt(
        sum(
            float((new.detach() - old).square().sum())
            for new, old in zip(model.parameters(), before, strict=True)
        )
    )
    assert record.grad_norm > 0.01 and moved == pytest.approx(0.01, rel=1e-3)


def test_training_takes_no_batch_it_does_not_use():
    batches = data()
    model = make()
    list(train(model, adam(model), batches, steps=2, lr=1e-3))
    assert torch.equal(next(batches).src, next(data(start=2)).src)
    assert len(list(train(model, adam(model), itertools.islice(data(), 3), steps=9, lr=1e-3))) == 3


@pytest.mark.parametrize(
    "objective", [TeacherForcing(0.1), InputNoise(0.3), ScheduledSampling(linear(1, 0, 7))]
)
def test_the_same_seed_gives_the_same_run(objective):
    one, same = run(make(), objective), run(make(), objective)
    assert [r.loss for r in one] == [r.loss for r in same]
    other = [r.loss for r in run(make(), objective, seed=1)]
    assert (other == [r.loss for r in one]) == isinstance(objective, TeacherForcing)


def test_a_gradient_that_is_not_finite_stops_before_the_update():
    model = make()
    with torch.no_grad():
        model.decoder.output.bias[0] = math.nan
    weights = model.encoder.embedding.weight.detach().clone()
    with pytest.raises(FloatingPointError, match=r"step 1: .*nan.*smaller lr"):
        run(model)
    assert torch.equal(model.encoder.embedding.weight, weights)


def test_step_generators_depend_on_seed_and_step():
    draws = {
        float(torch.rand((), generator=step_generator(seed, step)))
        for seed, step in itertools.product(range(3), range(5))
    }
    assert len(draws) == 15
    assert torch.equal(step_generator(2, 3).get_state(), step_generator(2, 3).get_state())


def test_warmup_rises_in_a_line_and_the_cosine_falls_to_zero():
    rate = warmup_cosine(0.8, 4, 104)
    assert [rate(i) for i in range(4)] == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert rate(4) == pytest.approx(0.8) and rate(54) == pytest.approx(0.4)
    assert rate(104) == pytest.approx(0.0) and rate(200) == pytest.approx(0.0)


def test_evaluate_weighs_batches_by_their_tokens():
    model = make()
    pairs = [reversal(np.random.default_rng(i)) for i in range(11)]
    together = evaluate(model, [Batch.from_pairs(pairs, VOCAB, VOCAB)])
    parts = [Batch.from_pairs(p, VOCAB, VOCAB) for p in (pairs[:1], pairs[1:4], pairs[4:])]
    assert evaluate(model, parts) == pytest.approx(together, rel=1e-5)
    assert all(parameter.grad is None for parameter in model.parameters())
    with pytest.raises(ValueError, match="data is empty"):
        evaluate(model, [])


@pytest.mark.parametrize(
    ("losses", "stop"),
    [([], False), ([3, 2, 1], False), ([1, 2], False), ([1, 2, 3], True), ([2, 1, 1, 1], True)],
)
def test_should_stop_after_patience_evaluations_without_a_better_one(losses, stop):
    assert should_stop(losses, patience=2) == stop
