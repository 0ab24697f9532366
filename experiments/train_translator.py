"""Train the English to Chinese translator that the course ships, measure it, and write both down.

    .venv/bin/python -m experiments.train_translator            # about as long as OUT.json says
    .venv/bin/python -m experiments.train_translator --out /tmp/t/small --steps 500 --hidden 64

Broken off, it goes on where it last saved. It writes OUT.safetensors and OUT.json.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from course_lib.checkpoint import Checkpoint, load_training, save_checkpoint, save_training
from course_lib.data import sampled
from course_lib.metrics import alignment_accuracy, exact_match, valid
from course_lib.model import ModelConfig, build
from course_lib.train import Record, evaluate, train, warmup_cosine
from course_lib.translator import SHIPPED
from experiments.english_chinese import (
    BINS,
    LONGEST,
    TASK,
    VOCABS,
    draw,
    forced_weights,
    in_batches,
    pairs_of_length,
    translate,
)
from experiments.experiment import commit

SHOWN = ("I like cats", "I love you", "Tom loves playing football .")


def main() -> None:
    args = parse_arguments()
    torch.set_num_threads(args.threads)
    out = Path(args.out)
    checkpoint = fit(args, out)
    save_checkpoint(out.with_suffix(".safetensors"), checkpoint)
    result = {"config": asdict(checkpoint.config), "commit": commit(), "torch": torch.__version__}
    result |= checkpoint.notes | measure(checkpoint, args.test)
    write_json(out.with_suffix(".json"), result)
    out.with_suffix(".training").unlink(missing_ok=True)
    print(json.dumps(result["by_length"], indent=1), result["loss"], result["floor"])


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", default=str(SHIPPED.with_suffix("")), help="path without suffix")
    parser.add_argument("--steps", type=int, default=4_000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--lr", type=float, default=4e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--embedding", type=int, default=64)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--rnn", default="lstm")
    parser.add_argument("--decoder", default="luong")
    parser.add_argument("--attention", default="general")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--test", type=int, default=500, help="test sentences for each length")
    parser.add_argument("--save", type=int, default=200, help="steps between two saves")
    return parser.parse_args()


def fit(args: argparse.Namespace, out: Path) -> Checkpoint:
    """Train to args.steps, from OUT.training if an earlier run left it."""
    saved = out.with_suffix(".training")
    checkpoint, optimizer, start = go_on(args, saved) if saved.exists() else begin(args)
    before, losses = checkpoint.notes["seconds"], []
    for record in train(
        checkpoint.model,
        optimizer,
        sampled(draw, *VOCABS, args.batch, args.seed, start, pool=20),
        steps=args.steps,
        lr=warmup_cosine(args.lr, 200, args.steps),
        start=start,
    ):
        losses.append(record.loss)
        checkpoint.notes["seconds"] = round(before + record.seconds, 1)
        if record.step % args.save == 0:
            save_training(saved, checkpoint, optimizer, record.step)
            report(record, losses[-args.save :])
    return checkpoint


def begin(args: argparse.Namespace) -> tuple[Checkpoint, torch.optim.Optimizer, int]:
    config = ModelConfig(
        embedding_size=args.embedding,
        hidden_size=args.hidden,
        rnn=args.rnn,
        decoder=args.decoder,
        attention=args.attention,
    )
    model = build(config, len(VOCABS[0]), len(VOCABS[1]), seed=args.seed)
    notes = {"longest": LONGEST, "arguments": described(args), "seconds": 0.0}
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    return Checkpoint(model, config, *VOCABS, notes=notes), optimizer, 0


def go_on(args: argparse.Namespace, saved: Path) -> tuple[Checkpoint, torch.optim.Optimizer, int]:
    training = load_training(saved)
    earlier = training.checkpoint.notes["arguments"]
    if earlier != described(args):
        raise SystemExit(f"{saved} was begun with {earlier}; repeat these arguments or delete it")
    optimizer = torch.optim.Adam(training.checkpoint.model.parameters(), fused=True)
    optimizer.load_state_dict(training.optimizer_state)
    return training.checkpoint, optimizer, training.step


def described(args: argparse.Namespace) -> dict:
    """Return the arguments that decide the result."""
    return {k: v for k, v in vars(args).items() if k not in ("out", "threads", "test", "save")}


def report(record: Record, losses: Sequence[float]) -> None:
    print(
        f"{record.step:6d}  loss {np.mean(losses):.4f}  norm {record.grad_norm:.2f}  "
        f"{record.seconds:.0f} s",
        flush=True,
    )


def measure(checkpoint: Checkpoint, sentences: int) -> dict:
    """Return all that is reported of the checkpoint, on sentences of other seeds."""
    checkpoint.model.eval()
    began = time.perf_counter()
    rows = [measure_length(checkpoint, *ends, sentences) for ends in BINS]
    pairs = [draw(np.random.default_rng([1, i])) for i in range(2 * sentences)]
    shown = [TASK.tokenize(text) for text in SHOWN]
    return {
        "by_length": rows,
        "loss": evaluate(checkpoint.model, in_batches(pairs)),
        "floor": TASK.floor(pairs),
        "shown": [" ".join(tgt) for tgt in translate(checkpoint.model, shown, width=5)],
        "measured_in_seconds": round(time.perf_counter() - began, 1),
    }


def measure_length(checkpoint: Checkpoint, low: int, high: int, sentences: int) -> dict:
    pairs = pairs_of_length(low, high, sentences)
    src = [pair.src for pair in pairs]
    said = translate(checkpoint.model, src, width=5)
    weights = forced_weights(checkpoint.model, pairs)
    return {
        "words": f"{low} to {high}",
        "sentences": sentences,
        "valid": float(valid(src, said, TASK.is_valid).mean()),  # type: ignore[arg-type]
        "best": float(exact_match(said, [TASK.best_translation(tokens) for tokens in src]).mean()),
        "alignment_accuracy": alignment_accuracy(weights, [pair.links for pair in pairs]),
    }


def write_json(path: Path, result: dict) -> None:
    part = path.with_suffix(".json.part")
    part.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(part, path)


if __name__ == "__main__":
    main()
