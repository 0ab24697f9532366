"""Bad input of both losses; that they are right is tested in test_train and test_mutants."""

import pytest
import torch
from model_properties import W, randn
from torch import nn

from course_lib.losses import output_loss, token_loss

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
