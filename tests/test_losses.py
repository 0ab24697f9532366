"""Both losses: bad input, and blocks of any size (more in test_train and test_mutants)."""

import pytest
import torch
from model_properties import W, close, randn
from torch import nn

from course_lib.losses import _BlockLoss, output_loss, token_loss

READOUTS, OUTPUT = randn(2, 3, 5), nn.Linear(5, W).double()
TGT_OUT = torch.tensor([[4, 5, 2], [9, 2, 0]])
LOSSES = {
    "log_probs": lambda *target: token_loss(OUTPUT(READOUTS).log_softmax(dim=-1), *target),
    "readouts": lambda *target: output_loss(READOUTS, OUTPUT, *target),
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(
    ("tgt_out", "tgt_mask", "message"),
    [
        (
            TGT_OUT[:, :1],
            TGT_OUT[:, :1] > 0,
            r"NAME is for positions \(2, 3\), tgt_out has \(2, 1\)",
        ),
        (TGT_OUT, TGT_OUT[:1] > 0, r"tgt_mask \(1, 3\); all must be the same"),
        (TGT_OUT, TGT_OUT > 99, "tgt_mask has no real token"),
        (TGT_OUT + 15, TGT_OUT > 0, "tgt_out has ids from 15 to 24; this vocabulary has 0 to 18"),
        (TGT_OUT.masked_fill(TGT_OUT == 0, -100), TGT_OUT > 0, "from -100 to 9; .* padding needs"),
    ],
)
def test_bad_targets_are_named(name, tgt_out, tgt_mask, message):
    with pytest.raises(ValueError, match=message.replace("NAME", name)):
        LOSSES[name](tgt_out, tgt_mask)


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 256])
def test_the_size_of_a_block_changes_nothing(rows, monkeypatch):
    """Value and gradients in blocks are those of all log_probs at once; there are 5 real tokens."""
    monkeypatch.setattr(_BlockLoss, "ROWS", rows)
    values = [READOUTS.clone().requires_grad_(), *OUTPUT.parameters()]
    mask = TGT_OUT > 0
    in_blocks = output_loss(values[0], OUTPUT, TGT_OUT, mask, label_smoothing=0.1)
    log_probs = OUTPUT(values[0]).log_softmax(dim=-1)
    at_once = token_loss(log_probs, TGT_OUT, mask, label_smoothing=0.1)
    close(in_blocks, at_once, "loss")
    both = zip(*(torch.autograd.grad(loss, values) for loss in (in_blocks, at_once)), strict=True)
    for found, expected in both:
        close(found, expected, "gradient")
