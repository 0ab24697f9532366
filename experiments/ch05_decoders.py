"""Chapter 05: input feeding, Bahdanau's timing and a local window, against global attention."""

from experiments.ch05_scores import part, run
from experiments.experiment import Experiment

EXPERIMENT = Experiment(
    name="ch05.decoders",
    question="What do input feeding, the other timing and a local window change?",
    settings={
        "input_feeding": {"decoder": "luong_input_feeding", "attention": "general"},
        "bahdanau": {"decoder": "bahdanau", "attention": "additive"},
        "local_p": {"decoder": "luong", "attention": "local_p"},
    },
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
