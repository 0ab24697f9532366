"""Chapters 04 and 05: valid translations by source length, one context vector against attention."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch

from course_lib.data import Pair
from course_lib.model import Seq2Seq
from course_lib.reference.bottleneck import fit_probe
from experiments.english_chinese import (
    BINS,
    FIRST,
    VOCABS,
    curve,
    first_losses,
    fit,
    in_batches,
    new_model,
    pairs_of_length,
    translate,
    unambiguous,
)
from experiments.experiment import Experiment

# One translation a sentence: what is wrong is then a word, and not another way to say it.
TASK = unambiguous.keywords["task"]
SENTENCES = 200  # of the test, in each of TESTED
LONG = (61, 120)  # words of sentences with 12 clauses; training has 6 at most
TESTED = (*BINS, LONG)
STOPS = tuple(range(4, 41, 4))  # words: the lengths that the slider of chapter 04 halts at
SHOWN = 2  # sentences at each of them
FITTED = 3_000  # sentences that a probe learns from
ENDS = (".", "?", ",")


def run(seed: int, steps: int, **config: Any) -> dict[str, Any]:
    """Train, translate test sentences of every length, and read the context with a probe."""
    model = new_model(seed, **config)
    probes = {}
    if config["decoder"].startswith("fixed"):
        probes["probe of an untrained encoder"] = probe(model.eval())
    losses = fit(model, unambiguous, seed=seed, steps=steps)
    if probes:
        probes["probe"] = probe(model)
    pairs = tests()
    said = [s for at in range(0, len(pairs), 50) for s in said_of(model, pairs[at : at + 50])]
    right = [TASK.is_valid(p.src, s) for p, s in zip(pairs, said, strict=True)]
    return {
        "valid": by_bin(np.array(right), pairs),
        "valid near": by_stop(np.array(right), pairs),
        "examples": examples(pairs, said),
        **probes,
        "curve": curve(losses, 50),
        "part": first_losses(losses),
    }


def part(seed: int, steps: int, **config: Any) -> dict[str, float]:
    """Train the first steps again."""
    model = new_model(seed, **config)
    return first_losses(fit(model, unambiguous, seed=seed, steps=steps, stop=FIRST))


def tests() -> list[Pair]:
    """Return the test sentences, bin after bin: the same for every run."""
    usual = [pair for ends in BINS for pair in pairs_of_length(*ends, SENTENCES, unambiguous)]
    twelve = partial(unambiguous, clauses=[0] * 11 + [1])
    return usual + pairs_of_length(*LONG, SENTENCES, twelve)


def said_of(model: Seq2Seq, pairs: Sequence[Pair]) -> list[tuple[str, ...]]:
    return translate(model, [pair.src for pair in pairs])


def by_bin(values: np.ndarray, pairs: Sequence[Pair]) -> dict[str, float]:
    """Return the mean of one value a pair in each of TESTED."""
    words = np.array([len(pair.src) for pair in pairs])
    return {
        f"{low} to {high}": round(float(values[(words >= low) & (words <= high)].mean()), 3)
        for low, high in TESTED
    }


def by_stop(values: np.ndarray, pairs: Sequence[Pair]) -> dict[str, float]:
    """Return the mean over the pairs of up to 3 words less than each stop."""
    words = np.array([len(pair.src) for pair in pairs])
    return {
        str(stop): round(float(values[(words > stop - 4) & (words <= stop)].mean()), 3)
        for stop in STOPS
    }


def examples(pairs: Sequence[Pair], said: Sequence[tuple[str, ...]]) -> list[dict[str, Any]]:
    """Return the first SHOWN test sentences of each length in STOPS, with what the model said."""
    found = []
    for stop in STOPS:
        here = [i for i, pair in enumerate(pairs) if len(pair.src) == stop][:SHOWN]
        for i in here:
            texts = {"src": pairs[i].src, "right": pairs[i].tgt, "said": said[i]}
            found.append({"words": stop, **{k: " ".join(v) for k, v in texts.items()}})
    return found


def probe(model: Seq2Seq) -> dict[str, dict[str, float]]:
    """Return what a linear reader of h_S and C_S gets right, in each of TESTED.

    The words are shares of test sentences; the length is the mean error, in words.
    """
    fitted = [unambiguous(np.random.default_rng([3, i])) for i in range(FITTED)]
    pairs = tests()
    x, x_test = states(model, fitted), states(model, pairs)
    found = {}
    for name, place in {"first word": first, "middle word": middle, "last word": last}.items():
        labels, truth = (VOCABS[0].encode([place(p.src) for p in ps]) for ps in (fitted, pairs))
        read = fit_probe(x, np.array(labels), strength=10.0).read(x_test)
        found[name] = by_bin(read == np.array(truth), pairs)
    lengths, truth = (np.array([[len(p.src)] for p in ps], float) for ps in (fitted, pairs))
    off = np.abs(fit_probe(x, lengths, strength=10.0).scores(x_test) - truth)[:, 0]
    return {**found, "words off in length": by_bin(off, pairs)}


@torch.no_grad()
def states(model: Seq2Seq, pairs: Sequence[Pair]) -> np.ndarray:
    """Return h_S and C_S side by side, (N, 2H)."""
    finals = [model.encode(b.src, b.src_mask)[1] for b in in_batches(pairs)]
    return torch.cat([torch.cat(final, dim=-1) for final in finals]).double().numpy()


def first(src: tuple[str, ...]) -> str:
    return src[0]


def middle(src: tuple[str, ...]) -> str:
    return src[len(src) // 2]


def last(src: tuple[str, ...]) -> str:
    """Return the last word that is no full stop or question mark."""
    return [word for word in src if word not in ENDS][-1]


FORWARD = {"steps": 2_000, "direction": "forward", "decoder": "fixed"}
ATTENTION = {"direction": "both", "decoder": "luong", "attention": "general"}
EXPERIMENT = Experiment(
    name="ch04.length",
    question="How long may a sentence be when all of it passes through one vector?",
    settings={
        "fixed": FORWARD,
        "fixed_reversed": {**FORWARD, "direction": "backward"},
        "fixed_both": {**FORWARD, "direction": "both"},
        "fixed_every_step": {**FORWARD, "decoder": "fixed_every_step"},
        "attention": {**FORWARD, **ATTENTION},
    },
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
