"""Chapter 05: input feeding and a local window, against the "general" runs of ch05.scores."""

from experiments.ch05_scores import part, run
from experiments.experiment import Experiment

EXPERIMENT = Experiment(
    name="ch05.decoders",
    question="What do input feeding and a local window change?",
    settings={
        "input_feeding": {"decoder": "luong_input_feeding", "attention": "general"},
        "local_p": {"decoder": "luong", "attention": "local_p"},
    },
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
