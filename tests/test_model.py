import copy
import itertools

import numpy as np
import pytest
import torch
from model_properties import (
    H,
    V,
    W,
    attention_depends_on_the_encoder,
    close,
    first_weights_are_scored_with,
    forward_is_repeated_step,
    padding_changes_nothing,
    padding_never_reaches_a_state,
    randn,
    source,
    target,
    the_future_is_not_read,
)
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from course_lib.attention import General
from course_lib.cells import GRUCell, LSTMCell, run
from course_lib.decoder import Luong
from course_lib.encoder import Encoder, reverse
from course_lib.model import CHOICES, ModelConfig, Seq2Seq, build, stepper

E = 11
CELLS = {"lstm": (nn.LSTM, LSTMCell), "gru": (nn.GRU, GRUCell)}
ATTENTION_DECODERS = ("luong", "luong_input_feeding", "bahdanau")


def make(**choices) -> Seq2Seq:
    config = ModelConfig(**{"embedding_size": E, "hidden_size": H, "window": 1.5, **choices})
    return build(config, V, W).double()


def some_configs():
    """Every decoder with every recurrence and direction; every attention with every timing."""
    for rnn, direction, decoder in itertools.product(
        CHOICES["rnn"], CHOICES["direction"], CHOICES["decoder"]
    ):
        yield {"rnn": rnn, "direction": direction, "decoder": decoder}
    for decoder, attention in itertools.product(ATTENTION_DECODERS, CHOICES["attention"]):
        yield {"decoder": decoder, "attention": attention, "handover": "h"}
    yield {"decoder": "fixed_every_step", "handover": "nothing"}


every_model = pytest.mark.parametrize(
    "choices", [*some_configs()], ids=lambda c: "-".join(c.values())
)
every_cell = pytest.mark.parametrize("cell", CELLS)


# Identities that hold for every model


@every_model
def test_forward_is_repeated_step(choices):
    forward_is_repeated_step(make(**choices))


@every_model
def test_padding_and_other_sentences_change_nothing(choices):
    padding_changes_nothing(make(**choices))


@every_model
def test_the_words_to_come_are_not_read(choices):
    the_future_is_not_read(make(**choices))


@every_model
def test_log_probs_are_a_distribution_and_fall_back_on_the_source(choices):
    model, (src, mask) = make(**choices), source()
    log_probs, weights = model(src, mask, target())
    close(log_probs.exp().sum(dim=-1), torch.ones(3, 7, dtype=torch.float64), "sum over words")
    assert (weights is None) == choices["decoder"].startswith("fixed")
    if (choices["decoder"], choices.get("handover")) != ("fixed", "nothing"):
        other = src.clone()
        other[:, 0] = 15
        assert (model(other, mask, target())[0] - log_probs).abs().amax(dim=(1, 2)).min() > 1e-4


@every_model
def test_hypotheses_share_the_memory_of_their_sentence(choices):
    """K rows of tokens and state on a memory of B rows give what B * K sentences give."""
    model, (src, mask), copies = make(**choices), source(), 2
    tokens = torch.tensor([4, 5, 6, 7, 8, 9])
    memory, state = model.encode(src, mask)
    state = tuple(part.repeat_interleave(copies, dim=0) for part in state)
    shared = model.step(tokens, state, memory)
    tiled, tiled_state = model.encode(
        src.repeat_interleave(copies, dim=0), mask.repeat_interleave(copies, dim=0)
    )
    apart = model.step(tokens, tiled_state, tiled)
    close(shared[0], apart[0], "log_probs")
    for one, other in zip(shared[1], apart[1], strict=True):
        close(one, other, "state")
    if shared[2] is not None:
        close(shared[2], apart[2], "weights")


@pytest.mark.parametrize("decoder", ATTENTION_DECODERS)
@pytest.mark.parametrize("attention", CHOICES["attention"])
def test_attention_depends_on_the_encoder(decoder, attention):
    attention_depends_on_the_encoder(make(decoder=decoder, attention=attention).decoder)


@pytest.mark.parametrize(
    ("decoder", "timing"),
    [("bahdanau", "s_{t-1}"), ("luong", "s_t"), ("luong_input_feeding", "s_t")],
)
def test_timing(decoder, timing):
    first_weights_are_scored_with(timing, make(decoder=decoder))


# Against torch


@every_cell
def test_a_cell_is_the_recurrence_of_torch(cell):
    """The word's and the context's columns of W_ih side by side, and the same W_hh and biases."""
    rnn_class, cell_class = CELLS[cell]
    words, contexts, sizes = randn(3, 5, 7), randn(3, 5, 2, seed=1), (7, 2, 13)
    ours = cell_class(*sizes).double()
    theirs = rnn_class(7 + 2, 13, batch_first=True).double()
    with torch.no_grad():
        for name, weight in ours.as_torch().items():
            getattr(theirs, f"{name}_l0").copy_(weight)
    start = tuple(randn(3, 13, seed=2 + i) for i in range(2 if cell == "lstm" else 1))
    expected, last = run(theirs, torch.cat([words, contexts], dim=-1), start)
    state = start
    for t in range(5):
        state = ours(ours.from_word(words[:, t]), contexts[:, t], state)
        close(state[0], expected[:, t], f"h of step {t}")
    for one, other in zip(state, last, strict=True):
        close(one, other, "last state")


@every_cell
@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_encoder_is_torchs_packed_run(cell, bidirectional):
    rnn = CELLS[cell][0](E, H, batch_first=True, bidirectional=bidirectional).double()
    encoder = Encoder(nn.Embedding(V, E).double(), rnn)
    src, mask = source()
    packed = pack_padded_sequence(encoder.embedding(src), torch.tensor([5, 2, 1]), True)
    outputs, last = rnn(packed)
    expected, _ = pad_packed_sequence(outputs, batch_first=True)
    encoder_states, final = encoder(src, mask)
    close(encoder_states, expected, "states")
    last = last if cell == "lstm" else (last,)
    for part, theirs in zip(final, last, strict=True):
        close(part, torch.cat(tuple(theirs), dim=-1), "last state")
    assert encoder.hidden_size == encoder_states.shape[-1]


def test_a_batch_without_padding_is_read_as_one_with_it():
    encoder = make().encoder
    src, mask = source()
    fused, final = encoder(src[:1], mask[:1])
    packed, packed_final = encoder(src, mask)
    close(fused[0], packed[0], "states")
    close(final[1][0], packed_final[1][0], "C")


# Encoder


@every_cell
@pytest.mark.parametrize("direction", CHOICES["direction"])
def test_padding_never_reaches_a_state(cell, direction):
    padding_never_reaches_a_state(make(rnn=cell, direction=direction).encoder)


def test_reverse_leaves_padding_where_it_is():
    ids = torch.tensor([[4, 5, 6, 0, 0], [7, 0, 0, 0, 0], [4, 5, 6, 7, 8]])
    assert reverse(ids, ids > 0).tolist() == [[6, 5, 4, 0, 0], [7, 0, 0, 0, 0], [8, 7, 6, 5, 4]]
    states = randn(3, 5, 7)
    assert torch.equal(reverse(reverse(states, ids > 0), ids > 0), states)
    assert torch.equal(reverse(states, ids > 0)[0, 0], states[0, 2])
    assert torch.equal(reverse(states, ids > 0)[0, 3:], states[0, 3:])


def test_a_backward_encoder_reads_the_last_word_first():
    """Its states are those of a forward one on the reversed source, each at its own word."""
    backward, src, mask = make(direction="backward").encoder, *source()
    forward = copy.copy(backward)
    forward.backward = False
    states, final = backward(src, mask)
    turned, turned_final = forward(reverse(src, mask), mask)
    close(states, reverse(turned, mask), "states")
    close(final[0], turned_final[0], "last state")
    close(states[:, 0], final[0], "the state of word 1 is read last")


# What is handed over


@pytest.mark.parametrize(
    ("handover", "kept"),
    [("everything", (True, True)), ("h", (True, False)), ("nothing", (False,) * 2)],
)
def test_handover(handover, kept):
    model, (src, mask) = make(decoder="fixed", handover=handover), source()
    _, final = model.encoder(src, mask)
    _, state = model.encode(src, mask)
    for part, given, whole in zip(state, final, kept, strict=True):
        assert torch.equal(part, given if whole else torch.zeros_like(given))


def test_without_handover_a_fixed_context_is_no_translation_at_all():
    model, (src, mask) = make(decoder="fixed", handover="nothing"), source()
    assert torch.equal(model(src, mask, target())[0], model(src.clamp(max=4), mask, target())[0])


# Gradients


@pytest.mark.parametrize("decoder", CHOICES["decoder"])
def test_gradients_are_finite_differences(decoder):
    config = ModelConfig(embedding_size=2, hidden_size=2, decoder=decoder, attention="additive")
    model = build(config, 7, 5).double()
    src = torch.tensor([[4, 5, 6], [6, 0, 0]])
    tgt_in = torch.tensor([[1, 4, 3], [1, 3, 4]])
    names = [name for name, _ in model.named_parameters()]

    def outputs(*values):
        state = dict(zip(names, values, strict=True))
        return torch.func.functional_call(model, state, (src, src > 0, tgt_in))[0]

    assert torch.autograd.gradcheck(outputs, tuple(model.parameters()))


@pytest.mark.parametrize("decoder", CHOICES["decoder"])
def test_every_parameter_learns(decoder):
    model, (src, mask) = make(decoder=decoder), source()
    model(src, mask, target())[0].square().sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


# build and its configuration


def test_the_same_seed_gives_the_same_model_and_leaves_torchs_generator_alone():
    before = torch.get_rng_state()
    one, same, other = (build(ModelConfig(), V, W, seed=seed) for seed in (5, 5, 6))
    assert torch.equal(torch.get_rng_state(), before)
    for name, value in one.state_dict().items():
        assert torch.equal(value, same.state_dict()[name])
    assert not torch.equal(one.decoder.output.weight, other.decoder.output.weight)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((name, "none") for name in CHOICES),
        ("embedding_size", 0),
        ("hidden_size", -2),
        ("hidden_size", 13),
    ],
)
def test_a_configuration_names_what_is_wrong(field, value):
    with pytest.raises(ValueError, match=rf"{field} is '?{value}"):
        ModelConfig(**{field: value})


def test_encoder_and_decoder_must_fit():
    decoder = Luong(
        nn.Embedding(W, E), nn.LSTM(E, 7, batch_first=True), General(7, 7), nn.Linear(7, W)
    )
    with pytest.raises(ValueError, match="size 14, decoder states 7"):
        Seq2Seq(make().encoder, decoder)


@pytest.mark.parametrize("options", [{"num_layers": 2, "batch_first": True}, {}])
def test_a_recurrence_of_another_form_is_named(options):
    encoder = Encoder(nn.Embedding(V, E), nn.LSTM(E, H, **options))
    with pytest.raises(ValueError, match="one layer and batch_first=True"):
        encoder(*source())


# Bad input


def test_bad_sources_are_named():
    model, (src, mask) = make(), source()
    with pytest.raises(ValueError, match=r"src has shape \(0, 5\)"):
        model.encode(src[:0], mask[:0])
    with pytest.raises(ValueError, match=r"src has shape \(3, 0\)"):
        model.encode(src[:, :0], mask[:, :0])
    with pytest.raises(ValueError, match=r"src has shape \(5,\)"):
        model.encode(src[0], mask[0])
    with pytest.raises(TypeError, match=r"torch\.int64.*torch\.bool"):
        model.encode(src, src)
    with pytest.raises(TypeError, match=r"\(3, 4\); it must be torch.bool \(3, 5\)"):
        model.encode(src, mask[:, :4])


def test_a_row_with_nothing_to_attend_to_is_an_error():
    model, (src, mask) = make(), source()
    mask[1] = False
    with pytest.raises(ValueError, match="src_mask: each row needs real words"):
        model.encode(src, mask)


@pytest.mark.parametrize("row", [[False, True, True, True, True], [True, False, True, True, True]])
def test_padding_before_or_between_words_is_an_error(row):
    src, _ = source()
    with pytest.raises(ValueError, match="real words first"):
        make().encode(src[:1], torch.tensor([row]))


@pytest.mark.parametrize("wrong", [-1, 99])
def test_ids_outside_the_vocabulary_are_named(wrong):
    model, (src, mask), tgt_in = make(), source(), target()
    memory, state = model.encode(src, mask)
    src[0, 0] = tgt_in[2, 5] = wrong
    with pytest.raises(ValueError, match=rf"src has ids .*{wrong}.*0 to 16"):
        model.encode(src, mask)
    with pytest.raises(ValueError, match=rf"tgt_in has ids .*{wrong}.*0 to 18"):
        model(*source(), tgt_in)
    with pytest.raises(ValueError, match=rf"tokens has ids .*{wrong}"):
        model.step(torch.tensor([4, 5, wrong]), state, memory)


def test_unequal_and_empty_rows_are_named():
    model, (src, mask), tgt_in = make(), source(), target()
    memory, state = model.encode(src, mask)
    with pytest.raises(ValueError, match="tgt_in has 2 rows, src 3"):
        model(src, mask, tgt_in[:2])
    with pytest.raises(ValueError, match="tokens has 6 rows, state 3"):
        model.step(tgt_in[:, :2].flatten(), state, memory)
    with pytest.raises(ValueError, match=r"tgt_in has shape \(3, 0\)"):
        model(src, mask, tgt_in[:, :0])


# The adapter for search


@pytest.mark.parametrize("decoder", CHOICES["decoder"])
def test_stepper_gives_forward_in_numpy(decoder):
    model, tgt_in = make(decoder=decoder), target()
    ids = [4, 5, 6]
    src = torch.tensor([ids])
    log_probs, weights = model(src, src > 0, tgt_in[:1])
    step, state = stepper(model, ids)
    for t, token in enumerate(tgt_in[0].tolist()):
        step_log_probs, state, step_weights = step(token, state)
        assert isinstance(step_log_probs, np.ndarray) and step_log_probs.dtype == np.float64
        close(torch.from_numpy(step_log_probs), log_probs[0, t], f"log_probs of step {t}")
        if weights is None:
            assert step_weights is None
        else:
            assert step_weights is not None
            close(torch.from_numpy(step_weights), weights[0, t], f"weights of step {t}")
        assert not any(part.requires_grad for part in state)


def test_stepper_refuses_an_empty_source():
    with pytest.raises(ValueError, match=r"src has shape \(1, 0\)"):
        stepper(make(), [])
