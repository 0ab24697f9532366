"""Two small untrained models that answer at once: for tests of what a visual shows."""

from __future__ import annotations

import torch

from course_lib.checkpoint import Checkpoint
from course_lib.data import Vocab
from course_lib.live import LiveModel
from course_lib.model import ModelConfig, build

MARKUP = "<b>猫</b>"  # what the one with attention happens to write
SRC = ("Tom", "I", "like", "likes", "cats", "football", ".")
TGT = ("汤姆", "我", "喜欢", MARKUP, "足球", "。", "踢")


def tiny_models(direction: str = "both") -> dict[str, LiveModel]:
    """Return {"attention": ..., "fixed": ...}; sizes differ, so that none is taken for another."""
    found = {}
    for name, decoder, hidden in (("attention", "luong", 14), ("fixed", "fixed", 10)):
        config = ModelConfig(5, hidden, direction=direction, decoder=decoder)
        src, tgt = Vocab(SRC), Vocab(TGT)
        model = build(config, len(src), len(tgt), seed=21)
        with torch.no_grad():
            for weight in model.parameters():
                weight.mul_(3)  # as they are drawn, a model repeats one word for ever
        found[name] = LiveModel(Checkpoint(model, config, src, tgt, {})).rounded()
    return found
