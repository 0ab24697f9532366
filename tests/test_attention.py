import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from model_properties import B, S, T, randn, weights_are_a_distribution_over_real_words
from torch.nn import functional as F

from course_lib.attention import (
    Additive,
    Attention,
    Dot,
    General,
    LocalP,
    ScaledDot,
    masked_softmax,
)

Q, K, A = 7, 11, 13  # sizes of a query, of an encoder state, of the additive attention's layer
MASK = torch.tensor([[True] * 5, [True, True, False, False, False]])


def make(attention: Attention) -> Any:
    generator = torch.Generator().manual_seed(0)
    for parameter in attention.parameters():
        torch.nn.init.normal_(parameter, generator=generator)
    return attention.double()


def attentions() -> list[Attention]:
    return [
        Dot(),
        ScaledDot(),
        make(General(Q, K)),
        make(Additive(Q, K, A)),
        make(LocalP(General(Q, K), Q, window=1.5)),
    ]


def inputs(attention: Attention):
    key_size = Q if type(attention) in (Dot, ScaledDot) else K
    return randn(B, T, Q), randn(B, S, key_size, seed=1)


def attend(attention, queries, values, mask):
    return attention(queries, attention.keys(values), values, mask)


every_attention = pytest.mark.parametrize("attention", attentions(), ids=lambda a: type(a).__name__)


def test_basis_keys_give_one_over_one_plus_e():
    values = torch.eye(2)[None]
    mask = torch.ones(1, 2, dtype=torch.bool)
    context, weights = Dot()(torch.tensor([[[1.0, 0.0]]]), values, values, mask)
    expected = torch.tensor([[[math.e, 1.0]]]) / (1 + math.e)
    torch.testing.assert_close(weights, expected)
    torch.testing.assert_close(context, expected)


def test_masked_softmax_is_a_distribution_over_the_real_words():
    weights_are_a_distribution_over_real_words(masked_softmax)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-1e30, 1e30), st.booleans()), min_size=1, max_size=9))
def test_masked_softmax_on_any_scores(row):
    scores, mask = (torch.tensor(part) for part in zip(*row, strict=True))
    weights = masked_softmax(scores.double(), mask)
    if mask.any():
        assert weights[~mask].eq(0).all() and abs(weights.sum() - 1) < 1e-12
        torch.testing.assert_close(weights[mask], scores.double()[mask].softmax(dim=-1))
    else:
        assert weights.isnan().all()


@pytest.mark.parametrize("attention", [Dot(), ScaledDot()], ids=["Dot", "ScaledDot"])
def test_dot_equals_torch(attention):
    queries, values = inputs(attention)
    scale = 1.0 if type(attention) is Dot else None
    expected = F.scaled_dot_product_attention(
        queries, values, values, attn_mask=MASK[:, None], scale=scale
    )
    context, _ = attend(attention, queries, values, MASK)
    torch.testing.assert_close(context, expected)


def test_general_and_additive_are_their_equations():
    general, additive = make(General(Q, K)), make(Additive(Q, K, A))
    queries, values = inputs(general)
    for b, t, i in ((0, 0, 0), (1, 2, 4), (0, 1, 3)):
        s, h = queries[b, t], values[b, i]
        score = general.scores(queries, general.keys(values))[b, t, i]
        torch.testing.assert_close(score, s @ general.W.weight @ h)
        score = additive.scores(queries, additive.keys(values))[b, t, i]
        hidden = torch.tanh(additive.W.weight @ s + additive.U.weight @ h)
        torch.testing.assert_close(score, additive.v.weight[0] @ hidden)


def test_local_p_is_its_equations():
    attention = make(LocalP(General(Q, K), Q, window=1.5))
    queries, values = inputs(attention)
    _, weights = attend(attention, queries, values, MASK)
    scores = attention.score.scores(queries, attention.keys(values))
    for b, length in enumerate((5, 2)):
        for t in range(T):
            p = length * torch.sigmoid(
                attention.v.weight[0] @ torch.tanh(attention.W.weight @ queries[b, t])
            )
            inside = [i for i in range(length) if abs(i - p) <= 1.5]
            alpha = scores[b, t, inside].softmax(dim=-1)
            expected = torch.zeros(S, dtype=torch.float64)
            for a, i in zip(alpha, inside, strict=True):
                expected[i] = a * torch.exp(-((i - p) ** 2) / (2 * (1.5 / 2) ** 2))
            torch.testing.assert_close(weights[b, t], expected)
            assert weights[b, t].sum() < 1


@settings(deadline=None)
@given(st.integers(1, 60), st.floats(-20, 20))
def test_a_local_window_is_never_empty(length, lean):
    attention = LocalP(Dot(), 1, window=1).double()
    torch.nn.init.constant_(attention.W.weight, 9)
    torch.nn.init.constant_(attention.v.weight, lean)
    ones = torch.ones(1, length, 1, dtype=torch.float64)
    _, weights = attend(attention, ones[:, :1], ones, ones[..., 0] > 0)
    assert weights.isfinite().all() and weights.sum() > 0.1


@every_attention
def test_weights_belong_to_real_words_and_mix_the_values(attention):
    queries, values = inputs(attention)
    context, weights = attend(attention, queries, values, MASK)
    assert weights.shape == (B, T, S) and (weights[1, :, 2:] == 0).all()
    if not isinstance(attention, LocalP):
        torch.testing.assert_close(weights.sum(dim=-1), torch.ones(B, T, dtype=torch.float64))
    torch.testing.assert_close(context, torch.einsum("bts,bsk->btk", weights, values))


@every_attention
def test_padding_and_other_sentences_change_nothing(attention):
    queries, values = inputs(attention)
    context, weights = attend(attention, queries, values, MASK)
    garbage = values.masked_fill(~MASK[..., None], 99.0)
    wide = F.pad(garbage, (0, 0, 0, 3), value=-99.0)
    other, _ = attend(attention, queries, wide, F.pad(MASK, (0, 3)))
    torch.testing.assert_close(other, context)
    alone, alone_weights = attend(attention, queries[1:], values[1:, :2], MASK[1:, :2])
    torch.testing.assert_close(alone, context[1:])
    torch.testing.assert_close(alone_weights, weights[1:, :, :2])


@every_attention
def test_queries_are_answered_one_by_one_as_all_together(attention):
    queries, values = inputs(attention)
    together, _ = attend(attention, queries, values, MASK)
    for t in range(T):
        one, _ = attend(attention, queries[:, t : t + 1], values, MASK)
        torch.testing.assert_close(one[:, 0], together[:, t])


@every_attention
def test_gradients_are_finite_differences(attention):
    queries, values = (tensor.requires_grad_() for tensor in inputs(attention))
    parameters = tuple(attention.parameters())

    def outputs(queries, values, *_):
        return attend(attention, queries, values, MASK)

    assert torch.autograd.gradcheck(outputs, (queries, values, *parameters))


@every_attention
def test_nothing_is_left_on_the_module(attention):
    before = {name: dict(vars(module)) for name, module in attention.named_modules()}
    attend(attention, *inputs(attention), MASK)
    assert {name: dict(vars(module)) for name, module in attention.named_modules()} == before


def test_dot_says_which_sizes_differ():
    with pytest.raises(ValueError, match=r"size 7 and keys 11.*General or Additive"):
        Dot()(randn(B, T, 7), randn(B, S, 11), randn(B, S, 11), MASK)


@pytest.mark.parametrize("window", [0.5, math.nan])
def test_local_p_refuses_a_window_that_could_be_empty(window):
    with pytest.raises(ValueError, match=f"window is {window}"):
        LocalP(Dot(), Q, window=window)


def test_an_attention_without_scores_says_so():
    with pytest.raises(NotImplementedError, match="scores"):
        Attention()(randn(B, T, Q), randn(B, S, Q), randn(B, S, Q), MASK)
