"""Compare the browser's decoder with Python, and print how long each takes for a sentence.

    .venv/bin/python -m experiments.compare_decoders            # needs node

Of the shipped translator and of a small model that visuals carry: 500 sentences, from files of
float32 and of float16. Python's side has the weights that the file has.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from course_lib.batch_search import greedy_batch
from course_lib.data import Vocab, pad_rows
from course_lib.live import LiveModel, pocket
from course_lib.translator import load_translator
from experiments.english_chinese import draw

CLAUSES = (0.4, 0.35, 0.25)  # how often a sentence has 1, 2 or 3 of them
SCRIPT = Path(__file__).with_suffix(".mjs")


@dataclass(frozen=True)
class Comparison:
    """What differs between the two replies to the same requests."""

    worst: float  # largest difference of two numbers
    different: list[str]  # words and shapes that differ, with their place
    milliseconds: float  # a request, in the browser's decoder


def compare(
    model: LiveModel,
    dtype: str,
    requests: Sequence[Mapping[str, Any]],
    replies: Sequence[Mapping[str, Any]],
    folder: Path,
) -> Comparison:
    """Let node answer the requests from the model's bytes, and compare with Python's replies.

    What a reply leaves out is not compared. In the folder goes what node reads.
    """
    (folder / "model.bin").write_bytes(model.to_bytes(dtype))
    for name, value in (("requests", requests), ("replies", replies)):
        (folder / f"{name}.json").write_text(json.dumps(value), "utf8")
    node = shutil.which("node")
    if node is None:
        raise FileNotFoundError("node is not on the PATH; `python course.py test` puts one there")
    done = subprocess.run([node, str(SCRIPT), str(folder)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{SCRIPT.name} said:\n{done.stderr}")
    return Comparison(**json.loads(done.stdout))


def answered(model: LiveModel, request: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return model.reply(request)
    except ValueError as error:
        return {"error": str(error)}


def sentences(number: int) -> list[list[str]]:
    """Return sources of 1 to 3 clauses, the same on every call."""
    return [list(draw(np.random.default_rng([4, i]), clauses=CLAUSES).src) for i in range(number)]


@torch.no_grad()
def in_batches(model: LiveModel, sources: Sequence[list[str]]) -> list[dict[str, Any]]:
    """Translate greedily with torch, in float32, a batch at a time; return words and log_probs."""
    checkpoint, replies = model.checkpoint, []
    words = checkpoint.tgt_vocab.tokens
    ends = {"bos": Vocab.bos, "eos": Vocab.eos, "max_length": 80}
    for start in range(0, len(sources), 50):
        ids = [checkpoint.src_vocab.encode(src) for src in sources[start : start + 50]]
        src, mask = pad_rows(ids, Vocab.pad)
        found = greedy_batch(checkpoint.model, src, mask, **ends)
        read, _ = pad_rows([(Vocab.bos, *one.tokens[:-1]) for one in found], Vocab.pad)
        log_probs, weights = checkpoint.model(src, mask, read)  # (B, T, V), (B, T, S)
        for row, one in enumerate(found):
            T, S = len(one.tokens), len(ids[row])
            reply = {"words": [words[i] for i in one.tokens], "log_prob": one.log_prob}
            reply["log_probs"] = log_probs[row, range(T), one.tokens].tolist()
            replies.append(reply | {"weights": weights[row, :T, :S].tolist()})
    return replies


def rounding(model: LiveModel, sources: Sequence[list[str]]) -> int:
    """Count the sentences that come out otherwise because the weights are rounded to float16."""
    both = in_batches(model, sources), in_batches(model.rounded("float16"), sources)
    return sum(one["words"] != other["words"] for one, other in zip(*both, strict=True))


def main() -> None:
    torch.set_num_threads(1)
    models = {"shipped": LiveModel(load_translator().checkpoint), "pocket": pocket("attention")}
    sources = sentences(500)
    for name, model in models.items():
        for dtype in ("float32", "float16"):
            requests = [{"src": src, "max_length": 80} for src in sources]
            replies = in_batches(model.rounded(dtype), sources)
            with tempfile.TemporaryDirectory() as folder:
                found = compare(model, dtype, requests, replies, Path(folder))
            print(
                f"{name}, {dtype}: {len(model.to_bytes(dtype)) / 1e3:.0f} kB, largest difference "
                f"{found.worst:.1e}, different: {found.different[:3] or 'nothing'}, "
                f"{found.milliseconds:.1f} ms a sentence in node",
                flush=True,
            )
        print(f"{name}: float16 changes {rounding(model, sources)} of {len(sources)} translations")


if __name__ == "__main__":
    main()
