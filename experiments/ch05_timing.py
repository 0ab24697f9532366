"""Chapter 05: Bahdanau's decoder, which asks before it steps, where the others ask after."""

from experiments.ch05_scores import part, run
from experiments.experiment import Experiment

EXPERIMENT = Experiment(
    name="ch05.timing",
    question="Which row of the weights belongs to a word, when s_{t-1} asks?",
    settings={"bahdanau": {"decoder": "bahdanau", "attention": "additive"}},
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
