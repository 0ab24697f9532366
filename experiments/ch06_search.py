"""Chapter 06: what greedy, beam and exact search find in models of three kinds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import islice
from typing import Any

import numpy as np

from course_lib.batch_search import beam_batch
from course_lib.checkpoint import Checkpoint, save_checkpoint
from course_lib.data import Pair, Vocab, epochs
from course_lib.metrics import bleu, exact_match, search_errors, valid
from course_lib.model import ModelConfig, Seq2Seq, build, stepper
from course_lib.search import Hypothesis, Power, exact
from course_lib.train import evaluate
from course_lib.translator import SHIPPED
from experiments import english_chinese as ec
from experiments.experiment import Experiment
from experiments.training import records_of

TASK = ec.TASK
CLAUSES = (0.45, 0.35, 0.2)
LONGEST, ROOM = 20, 8  # source words; a translation is at most ROOM tokens longer, eos counted
PAIRS, TESTED = 8_000, 300  # of the training corpus and of the test
WIDTHS = (1, 2, 4, 8, 16, 32, 64)
ALPHAS = (0.2, 0.4, 0.6, 0.8, 1.0)
NORMALIZED = (4, 16)  # widths that are searched with every alpha
BINS = ((1, 7), (8, 10), (11, 14), (15, LONGEST))  # source words
SHIPPED_MODEL = SHIPPED.with_name("empty_targets.safetensors")  # for the notebook: one seed's model
CONFIG = ModelConfig(embedding_size=48, hidden_size=64, decoder="luong", attention="general")


def run(seed: int, steps: int, empty: float) -> dict[str, Any]:
    """Train, search every test sentence in many ways, and compare with exact search."""
    model, losses = trained(seed, steps, empty)
    if empty and seed == 0:
        notes = {"longest": LONGEST, "steps": steps, "empty targets": empty}
        save_checkpoint(SHIPPED_MODEL, Checkpoint(model, CONFIG, *ec.VOCABS, notes=notes))
    pairs = tests()
    beams = {width: searched(model, pairs, width) for width in WIDTHS}
    best = [proof(model, pair, beam) for pair, beam in zip(pairs, beams[64], strict=True)]
    top = [found.best for found in best]
    searches = {f"beam {width}": measure(found, top) for width, found in beams.items()}
    return {
        **searches,
        **normalized(model, pairs, top),
        "exact": measure(top, top),
        "proved": float(np.mean([found.proved for found in best])),
        "expanded": sorted(found.expanded for found in best)[:: TESTED // 20],
        "expanded mean": float(np.mean([found.expanded for found in best])),
        "empty by length": {
            "exact": by_bin(is_empty(top)),
            **{f"beam {width}": by_bin(is_empty(found)) for width, found in beams.items()},
        },
        "loss": evaluate(model, ec.in_batches(pairs)),
        "curve": ec.curve(losses),
        "part": ec.first_losses(losses),
    }


def part(seed: int, steps: int, empty: float) -> dict[str, float]:
    """Train the first steps again."""
    return ec.first_losses(trained(seed, steps, empty, stop=ec.FIRST)[1])


def trained(
    seed: int, steps: int, empty: float, stop: int | None = None
) -> tuple[Seq2Seq, list[float]]:
    """Train a model on a corpus of its seed; stops early where only the first steps are wanted."""
    model = build(CONFIG, *map(len, ec.VOCABS), seed=seed)
    data = epochs(corpus(seed, empty), *ec.VOCABS, 32, seed, pool=20)
    records = records_of(model, data, steps=steps, seed=seed)
    losses = [record.loss for record in islice(records, stop)]
    model.eval()
    return model, losses


def corpus(seed: int, empty: float) -> list[Pair]:
    """Return PAIRS pairs; each target is empty with probability `empty`."""
    rng = np.random.default_rng([60, seed])
    pairs = [draw(rng) for _ in range(PAIRS)]
    return [
        Pair(p.src, ()) if e < empty else p for p, e in zip(pairs, rng.random(PAIRS), strict=True)
    ]


def draw(rng: np.random.Generator) -> Pair:
    """Draw a pair whose source has at most LONGEST words."""
    pair = ec.draw(rng, TASK, CLAUSES)
    return pair if len(pair.src) <= LONGEST else draw(rng)


@cache
def tests() -> tuple[Pair, ...]:
    """Return the test sentences: the same for every run."""
    return tuple(draw(np.random.default_rng([6, i])) for i in range(TESTED))


def searched(
    model: Seq2Seq, pairs: Sequence[Pair], width: int, alpha: float = 0.0
) -> list[Hypothesis]:
    """Return the best hypothesis of each sentence by beam search; width 1 is greedy."""
    found: list[Hypothesis] = []
    ends: dict[str, Any] = {"bos": Vocab.bos, "eos": Vocab.eos, "max_length": LONGEST + ROOM}
    for batch in ec.in_batches(pairs):
        beams = beam_batch(
            model, batch.src, batch.src_mask, width=width, penalty=Power(alpha), **ends
        )
        found += [best for best, *_ in beams]
    return found


def proof(model: Seq2Seq, pair: Pair, incumbent: Hypothesis) -> Any:
    """Return the result of exact search, which begins from what a beam found."""
    step, state = stepper(model, ec.VOCABS[0].encode(pair.src))
    ends: dict[str, Any] = {"bos": Vocab.bos, "eos": Vocab.eos, "max_length": LONGEST + ROOM}
    return exact(step, state, incumbent=incumbent, max_expanded=100_000, **ends)


def normalized(
    model: Seq2Seq, pairs: Sequence[Pair], top: Sequence[Hypothesis]
) -> dict[str, dict[str, float]]:
    """Measure beams that rank by log_prob / length ** alpha."""
    return {
        f"beam {width} alpha {alpha}": measure(searched(model, pairs, width, alpha), top)
        for width in NORMALIZED
        for alpha in ALPHAS
    }


def measure(found: Sequence[Hypothesis], top: Sequence[Hypothesis]) -> dict[str, float]:
    """Compare what a search found with the grammar, with a reference, and with exact search.

    "valid", "best" (the most probable translation of all), "empty" and "search errors" are shares
    of sentences; "only this valid" counts those where what exact search says is not. "p*" is the
    mean true probability of what was said. The three kinds of BLEU have one reference drawn from
    p*, the best translation, and all valid translations.
    """
    pairs = tests()
    src = [pair.src for pair in pairs]
    said, exact_said = words(found), words(top)
    log_probs = [one.log_prob for one in found]
    right = valid(src, said, TASK.is_valid)  # type: ignore[arg-type]
    exact_right = valid(src, exact_said, TASK.is_valid)  # type: ignore[arg-type]
    numbers = {
        "valid": right.mean(),
        "only this valid": (right & ~exact_right).mean(),
        "only exact valid": (exact_right & ~right).mean(),
        "best": exact_match(said, best_translations()).mean(),
        "p*": np.mean([true_probability(*pair) for pair in zip(src, said, strict=True)]),
        "empty": is_empty(found).mean(),
        "search errors": search_errors(log_probs, [one.log_prob for one in top], 1e-4).mean(),
        "BLEU one": bleu(said, [[pair.tgt] for pair in pairs]),
        "BLEU best": bleu(said, [[best] for best in best_translations()]),
        "BLEU all": bleu(said, all_translations()),
        "length": np.mean([len(one.tokens) for one in found]),
        "log_prob": np.mean(log_probs),
    }
    return {name: round(float(value), 4) for name, value in numbers.items()}


def words(found: Sequence[Hypothesis]) -> list[tuple[str, ...]]:
    return [tuple(ec.VOCABS[1].decode(one.tokens)) for one in found]


def true_probability(src: tuple[str, ...], tgt: tuple[str, ...]) -> float:
    return float(np.exp(TASK.log_prob(src, tgt)))


@cache
def best_translations() -> list[tuple[str, ...]]:
    return [TASK.best_translation(pair.src) for pair in tests()]


@cache
def all_translations() -> list[list[tuple[str, ...]]]:
    return [list(TASK.translations(pair.src)) for pair in tests()]


def is_empty(found: Sequence[Hypothesis]) -> np.ndarray:
    """Tell which hypotheses have no word, (N,) bool."""
    return np.array([one.tokens == (Vocab.eos,) for one in found])


def by_bin(values: np.ndarray) -> dict[str, float]:
    """Return the mean over the test sentences of each range of lengths."""
    words = np.array([len(pair.src) for pair in tests()])
    return {
        f"{low} to {high}": round(float(values[(words >= low) & (words <= high)].mean()), 4)
        for low, high in BINS
    }


EXPERIMENT = Experiment(
    name="ch06.search",
    question="What do greedy, beam and exact search find?",
    settings={
        "undertrained": {"steps": 400, "empty": 0.0},
        "trained": {"steps": 1_600, "empty": 0.0},
        "empty_targets": {"steps": 800, "empty": 0.03},
    },
    seeds=(0, 1, 2),
    run=run,
    part=part,
)
