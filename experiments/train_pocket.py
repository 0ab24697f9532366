"""Train the small models that answer live in a visual, measure them, and write both down.

    .venv/bin/python -m experiments.train_pocket                  # all five, one after the other
    .venv/bin/python -m experiments.train_pocket fixed --steps 500 --folder /tmp/t

Each takes a minute or three. It writes FOLDER/pocket_NAME.safetensors and .json.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from course_lib.checkpoint import Checkpoint, save_checkpoint
from course_lib.corpora import EnglishChinese
from course_lib.data import SPECIALS, Pair
from course_lib.live import NAMES, POCKETS, LiveModel
from course_lib.metrics import exact_match, valid
from course_lib.model import ModelConfig, build
from course_lib.objectives import InputNoise, Objective, ScheduledSampling, TeacherForcing, linear
from course_lib.train import evaluate
from experiments.english_chinese import VOCABS, draw, fit, in_batches, translate
from experiments.experiment import commit
from experiments.train_translator import write_json

CLAUSES = (0.4, 0.35, 0.25)  # how often a training sentence has 1, 2 or 3 of them
LONGEST = 30  # words: three clauses seldom have more


@dataclass(frozen=True)
class Setting:
    """What one of the models differs in."""

    decoder: str = "luong"
    ambiguous: bool = False  # several translations a sentence, or one
    objective: str = "teacher forcing"
    embedding: int = 24
    hidden: int = 40

    @property
    def task(self) -> EnglishChinese:
        """What it learns."""
        return EnglishChinese(ambiguous=self.ambiguous)


SETTINGS = {
    "attention": Setting(ambiguous=True, embedding=32, hidden=48),
    "fixed": Setting(decoder="fixed", ambiguous=True, embedding=32, hidden=48),
    "teacher_forcing": Setting(),
    "scheduled_sampling": Setting(objective="scheduled sampling"),
    "input_noise": Setting(objective="input noise"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    args = parse_arguments(arguments)
    torch.set_num_threads(1)
    for name in args.names or NAMES:
        path = Path(args.folder) / f"pocket_{name}"
        checkpoint = trained(SETTINGS[name], args)
        save_checkpoint(path.with_suffix(".safetensors"), halved(checkpoint))
        result = {
            "command": f"python -m experiments.train_pocket {name} --steps {args.steps}",
            "commit": commit(),
            "torch": torch.__version__,
            "config": asdict(checkpoint.config),
            "parameters": sum(weight.numel() for weight in checkpoint.model.parameters()),
            **checkpoint.notes,
            **measure(checkpoint, SETTINGS[name], args.test),
        }
        write_json(path.with_suffix(".json"), result)
        print(json.dumps(result, ensure_ascii=False), flush=True)


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help=f"of {', '.join(NAMES)}; all without a name")
    parser.add_argument("--folder", default=str(POCKETS))
    parser.add_argument("--steps", type=int, default=3_000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--lr", type=float, default=6e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--test", type=int, default=500, help="test sentences of each length")
    return parser.parse_args(arguments)


def trained(setting: Setting, args: argparse.Namespace) -> Checkpoint:
    """Train one model; its weights come back rounded to float16, as the browser gets them."""
    config = ModelConfig(setting.embedding, setting.hidden, decoder=setting.decoder)
    model = build(config, *map(len, VOCABS), seed=args.seed)
    asked = {name: getattr(args, name) for name in ("seed", "steps", "lr", "batch")}
    began = time.perf_counter()
    fit(model, drawing(setting), **asked, objective=objective(setting, args.steps))
    seconds = round(time.perf_counter() - began, 1)
    notes = {"longest": LONGEST, "setting": asdict(setting), **asked, "seconds": seconds}
    return LiveModel(Checkpoint(model, config, *VOCABS, notes)).rounded("float16").checkpoint


def drawing(setting: Setting):
    return partial(draw, task=setting.task, clauses=CLAUSES)


def objective(setting: Setting, steps: int) -> Objective:
    return {
        "teacher forcing": TeacherForcing(),
        "scheduled sampling": ScheduledSampling(linear(1.0, 0.5, steps)),
        "input noise": InputNoise(0.1),
    }[setting.objective]


def halved(checkpoint: Checkpoint) -> Checkpoint:
    """Return a copy that is stored in 16 bits a number; its numbers fit them."""
    model = build(checkpoint.config, *map(len, VOCABS))
    model.load_state_dict(checkpoint.model.state_dict())
    return Checkpoint(model.half(), checkpoint.config, *VOCABS, checkpoint.notes)


def measure(checkpoint: Checkpoint, setting: Setting, sentences: int) -> dict:
    """Measure on sentences of other seeds; what the model writes is searched greedily."""
    draw_one, task = drawing(setting), setting.task
    pairs = [draw_one(np.random.default_rng([1, i])) for i in range(sentences)]
    shown = LiveModel(checkpoint).reply({"text": "Tom loves playing football."})
    measured = {
        "by_clauses": [measure_clauses(checkpoint, task, n, sentences) for n in (1, 2, 3)],
        "loss": evaluate(checkpoint.model, in_batches(pairs)),
        "floor": task.floor(pairs),
        "shown": " ".join(shown["tgt"]),
    }
    if not setting.ambiguous:
        measured["rest_right_after_an_error"] = recovery(checkpoint, pairs)
    return measured


def measure_clauses(
    checkpoint: Checkpoint, task: EnglishChinese, clauses: int, sentences: int
) -> dict:
    pairs = [task.sample(np.random.default_rng([2, clauses, i]), clauses) for i in range(sentences)]
    src = [pair.src for pair in pairs]
    said = translate(checkpoint.model, src)
    best = [task.best_translation(tokens) for tokens in src]
    return {
        "clauses": clauses,
        "sentences": sentences,
        "words": float(np.mean([len(tokens) for tokens in src])),
        "valid": float(valid(src, said, task.is_valid).mean()),  # type: ignore[arg-type]
        "best": float(exact_match(said, best).mean()),
    }


def recovery(checkpoint: Checkpoint, pairs: Sequence[Pair]) -> float:
    """Return the share of sentences whose rest is right after one wrong word, put in anywhere."""
    model, rng, right = LiveModel(checkpoint), np.random.default_rng(3), 0
    words = checkpoint.tgt_vocab.tokens[len(SPECIALS) :]
    for pair in pairs:
        step = int(rng.integers(len(pair.tgt) - 1))  # a rest of one word at least
        wrong = str(rng.choice([word for word in words if word != pair.tgt[step]]))
        forced = dict(enumerate(pair.tgt[:step])) | {step: wrong}
        said = model.reply({"src": pair.src, "forced": forced})["tgt"]
        right += tuple(said[step + 1 :]) == pair.tgt[step + 1 :]
    return right / len(pairs)


if __name__ == "__main__":
    main()
