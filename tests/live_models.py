"""Live models of random weights, small enough for every test."""

from __future__ import annotations

from course_lib.checkpoint import Checkpoint
from course_lib.corpora import EnglishChinese
from course_lib.data import Vocab
from course_lib.live import LiveModel
from course_lib.model import ModelConfig, build


def random_model(seed: int = 0, **config) -> LiveModel:
    """Return a model of random weights, none of which fits float16."""
    task = EnglishChinese()
    vocabs = Vocab(task.src_tokens), Vocab(task.tgt_tokens)
    made = ModelConfig(embedding_size=7, hidden_size=6, **config)
    model = build(made, *map(len, vocabs), seed=seed).eval()
    for weight in model.parameters():
        weight.data.mul_(3)  # far from uniform
    return LiveModel(Checkpoint(model, made, *vocabs))
