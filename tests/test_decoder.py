"""Every decoder against its equations: one sentence, one word at a time, torch's own cells.

What must hold of all decoders alike (step and forward, padding, shared memory) is in test_model.
"""

from typing import Any

import pytest
import torch
from model_properties import S, V, W, close
from torch import Tensor, nn

from course_lib.attention import Additive, Dot, General, LocalP, ScaledDot
from course_lib.model import CHOICES, ModelConfig, build

E, H = 11, 14
SRC = torch.tensor([[4, 9, 16, 5, 7]])
TGT = (1, 4, 18, 7, 7, 11)
ZERO = torch.zeros(H, dtype=torch.float64)
CELLS = {"lstm": nn.LSTMCell, "gru": nn.GRUCell}


def make(rnn: str, decoder: str) -> Any:
    config = ModelConfig(E, H, rnn=rnn, decoder=decoder, attention="general")
    return build(config, V, W).double()


def recurrence(model: Any):
    """Return torch's cell with the decoder's weights, as step(inputs, state) -> (h,) or (h, C)."""
    rnn, gru = model.decoder.rnn, model.encoder.rnn.mode == "GRU"
    if isinstance(rnn, (nn.LSTM, nn.GRU)):
        weights = {name.removesuffix("_l0"): weight for name, weight in rnn.named_parameters()}
    else:
        weights = rnn.as_torch()
    cell = CELLS["gru" if gru else "lstm"](weights["weight_ih"].shape[1], H).double()
    for name, weight in weights.items():
        getattr(cell, name).data = weight.data

    def step(inputs: list[Tensor], state):
        after = cell(torch.cat(inputs)[None], state[0] if gru else state)
        return (after,) if gru else after

    return step


def attend(model: Any, query: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
    """c = sum_i alpha_i h_i with alpha = softmax(s . W h_i) (Luong et al. 2015, eq. 7 and 8)."""
    scores = [query @ model.decoder.attention.W.weight @ h[i] for i in range(S)]
    alpha = torch.stack(scores).softmax(dim=0)
    return sum((alpha[i] * h[i] for i in range(S)), ZERO), alpha


def readout(model: Any, s: Tensor, c: Tensor) -> Tensor:
    """tanh(W [c; s]) (Luong et al. 2015, eq. 5): the first columns of W are for c."""
    of_c, of_s = model.decoder.combine.weight.split(H, dim=1)
    return torch.tanh(of_c @ c + of_s @ s)


def fixed(model, words, h, state):
    step = recurrence(model)
    for word in words:
        state = step([word], state)
        yield state[0][0], None


def fixed_every_step(model, words, h, state):
    step, c = recurrence(model), state[0][0]
    for word in words:
        state = step([word, c], state)
        yield state[0][0], None


def luong(model, words, h, state):
    step = recurrence(model)
    for word in words:
        state = step([word], state)
        c, alpha = attend(model, state[0][0], h)
        yield readout(model, state[0][0], c), alpha


def luong_input_feeding(model, words, h, state):
    step, fed = recurrence(model), ZERO
    for word in words:
        state = step([word, fed], state)
        c, alpha = attend(model, state[0][0], h)
        fed = readout(model, state[0][0], c)
        yield fed, alpha


def bahdanau(model, words, h, state):
    step = recurrence(model)
    for word in words:
        c, alpha = attend(model, state[0][0], h)  # s_{t-1}
        state = step([word, c], state)
        yield readout(model, state[0][0], c), alpha


@pytest.mark.parametrize("rnn", CELLS)
@pytest.mark.parametrize("by_hand", [fixed, fixed_every_step, luong, luong_input_feeding, bahdanau])
def test_a_decoder_is_its_equations(by_hand, rnn):
    model = make(rnn, by_hand.__name__)
    words = model.decoder.embedding.weight[list(TGT)]
    (h,), state = model.encoder(SRC, SRC > 0)
    log_probs, weights = model(SRC, SRC > 0, torch.tensor([TGT]))
    for t, (said, alpha) in enumerate(by_hand(model, words, h, state)):
        expected = (model.decoder.output.weight @ said + model.decoder.output.bias).log_softmax(0)
        close(log_probs[0, t], expected, f"log_probs of step {t}")
        assert (weights is None) == (alpha is None)
        if alpha is not None:
            close(weights[0, t], alpha, f"weights of step {t}")


@pytest.mark.parametrize(
    ("name", "kind"),
    [*zip(CHOICES["attention"], (Dot, ScaledDot, General, Additive, LocalP), strict=True)],
)
def test_build_takes_the_attention_that_was_asked_for(name, kind):
    for decoder in ("luong", "luong_input_feeding", "bahdanau"):
        model: Any = build(ModelConfig(E, H, decoder=decoder, attention=name, window=3.5), V, W)
        assert type(model.decoder.attention) is kind
        if kind is LocalP:
            assert model.decoder.attention.window == 3.5
