"""What is minimised: its bad arguments, and what can be seen without training (see test_train)."""

import math

import pytest
import torch
from model_properties import W

from course_lib.data import Batch, Vocab
from course_lib.model import ModelConfig, build
from course_lib.objectives import (
    ExpectedReward,
    InputNoise,
    TeacherForcing,
    exponential,
    inverse_sigmoid,
    linear,
    sample,
)

SRC = torch.tensor([[4, 5, 6], [7, 8, 0]])
TGT_OUT = torch.tensor([[4, 5, 2], [9, 2, 0]])
BATCH = Batch(SRC, SRC > 0, torch.tensor([[1, 4, 5], [1, 9, 0]]), TGT_OUT, TGT_OUT > 0)


def make():
    return build(ModelConfig(embedding_size=3, hidden_size=4), W, W).double()


def drawn(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_a_constant_reward_moves_nothing():
    """The baseline takes away what every output gets: the gradient is 0, not only on average."""
    model = make()
    ExpectedReward(lambda *_: 7.0, samples=3, max_length=4)(model, BATCH, 0, drawn()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and not parameter.grad.any(), name


def test_two_samples_push_apart_by_the_difference_of_their_rewards():
    """With K = 2 the leave-one-out baseline is the other's reward: worked out from the samples."""

    def reward(src, gold, output):
        return float(len(output) + len(gold))

    model = make()
    outputs, log_probs = sample(model, BATCH, 2, 4, drawn(3))
    words = [[[i for i in out.tolist() if i > 2] for out in pair] for pair in outputs]
    gold, total = [2, 1], torch.zeros((), dtype=torch.float64)
    for b in range(2):
        one, other = (reward([], [0] * gold[b], words[b][k]) for k in range(2))
        total = total - (one - other) * (log_probs[b, 0] - log_probs[b, 1])
    parameter = model.decoder.output.weight
    (expected,) = torch.autograd.grad(total / 4, parameter)
    assert expected.abs().max() > 1e-3
    loss = ExpectedReward(reward, samples=2, max_length=4)(model, BATCH, 0, drawn(3))
    (found,) = torch.autograd.grad(loss, parameter)
    torch.testing.assert_close(found, expected)


def test_what_is_drawn_is_drawn_from_the_models_distribution():
    """First words of many samples come as often as the model says."""
    model, many = make(), 20_000
    memory, state = model.encode(SRC[:1], SRC[:1] > 0)
    log_probs, _, _ = model.step(torch.tensor([Vocab.bos]), state, memory)
    one = Batch(*(getattr(BATCH, name)[:1] for name in vars(BATCH)))
    outputs, _ = sample(model, one, many, 1, drawn())
    seen = torch.bincount(outputs[0, :, 0], minlength=W) / many
    p = log_probs[0].exp().detach()
    assert (seen - p).abs().max() < 4 * (p * (1 - p) / many).sqrt().max()
    assert p.std() > 0.01, "near a uniform distribution nothing would show"


def test_noise_is_any_real_word_and_never_a_special():
    model, seen = make(), []
    real = model.readouts

    def readouts(src, src_mask, tgt_in):
        seen.append(tgt_in)
        return real(src, src_mask, tgt_in)

    model.readouts = readouts
    gold = torch.full((2, 500), 4)
    gold[:, 0] = Vocab.bos
    batch = Batch(SRC, SRC > 0, gold, gold, gold > 0)
    InputNoise(1.0)(model, batch, 0, drawn())
    assert (seen[0][:, 0] == Vocab.bos).all()
    assert set(seen[0][:, 1:].flatten().tolist()) == set(range(4, W))


# Bad input


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TeacherForcing(label_smoothing=1.5), "label_smoothing is 1.5; .* 0 .* 1"),
        (lambda: InputNoise(-0.1), "rate is -0.1; .* 0 .* 1"),
        (lambda: InputNoise(0.1, math.nan), "label_smoothing is nan"),
        (lambda: linear(1.5, 0.0, 10), "start is 1.5"),
        (lambda: linear(1.0, -0.2, 10), "end is -0.2"),
        (lambda: linear(1.0, 0.0, 0), "steps is 0; .*at least 1"),
        (lambda: exponential(1.0), "k is 1.0; .*between 0 and 1"),
        (lambda: inverse_sigmoid(0.5), "k is 0.5; .*at least 1"),
        (lambda: ExpectedReward(lambda *_: 0.0, samples=1), "samples is 1"),
        (lambda: ExpectedReward(lambda *_: 0.0, max_length=0), "max_length is 0.*at least 1"),
    ],
)
def test_bad_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_reward_that_is_no_number_is_named():
    objective = ExpectedReward(lambda *_: math.nan, samples=2, max_length=2)
    with pytest.raises(ValueError, match="reward returned nan"):
        objective(make(), BATCH, 0, drawn())
