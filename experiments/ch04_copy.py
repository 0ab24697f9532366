"""Chapter 04: how many bits about digits pass through one vector, and what decides it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import torch

from course_lib.corpora import Copy
from course_lib.data import Batch, Pair, Vocab
from course_lib.model import ModelConfig, Seq2Seq, build
from course_lib.reference.bottleneck import fit_probe, recovered_bits
from experiments.english_chinese import FIRST, curve, first_losses
from experiments.experiment import Experiment
from experiments.training import records_of

VOCAB = Vocab(Copy().src_tokens)
LONGEST, BATCH, STRINGS = 20, 32, 400  # digits; strings of a batch; tested strings of each length
PROBED, FITTED = 8, 2_000  # digits of the strings that a probe reads; strings it learns from
GROWN = 0.7  # of the steps: by then strings that began with one digit have all lengths


def run(seed: int, steps: int, **settings: Any) -> dict[str, Any]:
    """Train to copy, then count bits and whole strings that arrive, length by length."""
    model, losses = fitted(seed, steps, **settings)
    measured = [arrived(model, length) for length in range(1, LONGEST + 1)]
    bits = [round(number, 3) for number, _ in measured]
    return {
        "most bits": max(bits),
        "longest at 90 %": longest_at([share for _, share in measured], 0.9),
        "bits": bits,
        "exact": [share for _, share in measured],
        "read": {
            "probe": probe(model),
            "probe, untrained": probe(fitted(seed, steps, stop=0, **settings)[0]),
            "decoder": of_decoder(model),
        },
        "curve": curve(losses),
        "part": first_losses(losses),
    }


def part(seed: int, steps: int, **settings: Any) -> dict[str, float]:
    """Train the first steps again."""
    return first_losses(fitted(seed, steps, stop=FIRST, **settings)[1])


def fitted(
    seed: int,
    steps: int,
    hidden_size: int,
    order: str = "all lengths",
    stop: int | None = None,
    **config: str,
) -> tuple[Seq2Seq, list[float]]:
    """Return a trained model and its losses, in nats per token."""
    config = {"rnn": "gru", "direction": "forward", "decoder": "fixed", **config}
    whole = ModelConfig(embedding_size=32, hidden_size=hidden_size, **config)  # type: ignore[arg-type]
    model = build(whole, len(VOCAB), len(VOCAB), seed=seed)
    records = records_of(model, strings(seed, steps, order), steps=steps, seed=0)
    losses = [record.loss for record in islice(records, stop)]
    return model.eval(), losses


def strings(seed: int, steps: int, order: str) -> Iterator[Batch]:
    """Yield batches, each of one length: nothing is padded, and a step takes half the time."""
    for step in itertools.count():
        rng = np.random.default_rng([seed, step])
        longest = LONGEST
        if order == "short first":
            longest = min(LONGEST, 1 + int(LONGEST * step / (GROWN * steps)))
        length = int(rng.integers(1, longest + 1))
        yield batch([Copy(length, length).sample(rng) for _ in range(BATCH)])


def batch(pairs: list[Pair]) -> Batch:
    return Batch.from_pairs(pairs, VOCAB, VOCAB)


@torch.no_grad()
def arrived(model: Seq2Seq, length: int) -> tuple[float, float]:
    """Return recovered bits, and the share of strings that greedy decoding copies exactly.

    Greedy decoding writes the right string if and only if the most probable word is the right one
    at every step after the right words, so one forward pass tells.
    """
    tested = batch(drawn(length, STRINGS))
    log_probs, _ = model(tested.src, tested.src_mask, tested.tgt_in)  # (N, L + 1, V)
    digits = tested.tgt_out[:, :length, None]  # without eos: the length is known
    of_digits = log_probs[:, :length].gather(2, digits)[..., 0]  # (N, L)
    exact = (log_probs.argmax(dim=-1) == tested.tgt_out).all(dim=1)
    return recovered_bits(of_digits.double().numpy(), symbols=10), float(exact.double().mean())


def of_decoder(model: Seq2Seq) -> list[float]:
    """Return the share of digits that the decoder writes right, place by place, in PROBED digits.

    It reads the right digits before each, so that a mistake is counted once.
    """
    tested = batch(drawn(PROBED, STRINGS))
    with torch.no_grad():
        log_probs, _ = model(tested.src, tested.src_mask, tested.tgt_in)
    right = log_probs.argmax(dim=-1) == tested.tgt_out  # (N, PROBED + 1)
    return [round(share, 3) for share in right[:, :PROBED].double().mean(dim=0).tolist()]


def probe(model: Seq2Seq) -> list[float]:
    """Return the share of digits that a linear reader of the context gets right, place by place."""
    sides = [batch(drawn(PROBED, FITTED, stream=3)), batch(drawn(PROBED, STRINGS))]
    with torch.no_grad():
        finals = [model.encode(side.src, side.src_mask)[1] for side in sides]
    x, x_test = (torch.cat(final, dim=-1).double().numpy() for final in finals)
    y, y_test = (side.src.numpy() for side in sides)
    shares = []
    for place in range(PROBED):
        read = fit_probe(x, y[:, place], strength=10.0).read(x_test)
        shares.append(round(float((read == y_test[:, place]).mean()), 3))
    return shares


def drawn(length: int, number: int, stream: int = 2) -> list[Pair]:
    task = Copy(length, length)
    return [task.sample(np.random.default_rng([stream, length, i])) for i in range(number)]


def longest_at(shares: list[float], enough: float) -> int:
    """Return the longest length up to which every length has a share of `enough` or more."""
    return next((n for n, share in enumerate(shares) if share < enough), len(shares))


STEPS = 1_000
EXPERIMENT = Experiment(
    name="ch04.copy",
    question="How many bits pass through one vector, and is it the vector that limits them?",
    settings={
        "h32": {"hidden_size": 32, "steps": STEPS},
        "h64": {"hidden_size": 64, "steps": STEPS},
        "h128": {"hidden_size": 128, "steps": STEPS},
        "h256": {"hidden_size": 256, "steps": STEPS},
        "h128_reversed": {"hidden_size": 128, "steps": STEPS, "direction": "backward"},
        "h128_short_first": {"hidden_size": 128, "steps": STEPS, "order": "short first"},
        "h128_longer": {"hidden_size": 128, "steps": 4 * STEPS},
        "h128_lstm": {"hidden_size": 128, "steps": STEPS, "rnn": "lstm"},
    },
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
