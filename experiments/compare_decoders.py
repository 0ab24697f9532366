"""Compare the browser's decoder with Python, and print how long each takes for a sentence.

    .venv/bin/python -m experiments.compare_decoders            # needs node

Of the shipped translator and of the small models that visuals carry: 500 sentences, greedy and by a
beam of 5, from files of float32 and of float16. Python's side has the weights that the file has.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from course_lib.live import LiveModel, pocket
from course_lib.translator import load_translator
from experiments.english_chinese import draw

SCRIPT = Path(__file__).with_suffix(".mjs")


@dataclass(frozen=True)
class Comparison:
    """What differs between the two replies to the same requests."""

    worst: float  # largest difference of two numbers
    different: list[str]  # words and shapes that differ, with their place
    milliseconds: float  # a request, in the browser's decoder
    python_milliseconds: float


def compare(
    model: LiveModel, dtype: str, requests: Sequence[Mapping[str, Any]], folder: Path
) -> Comparison:
    """Answer requests on both sides; a folder is given for what goes from one to the other."""
    began = time.perf_counter()
    same = model.rounded(dtype)
    replies = [answered(same, request) for request in requests]
    seconds = time.perf_counter() - began
    (folder / "model.bin").write_bytes(model.to_bytes(dtype))
    for name, value in (("requests", requests), ("replies", replies)):
        (folder / f"{name}.json").write_text(json.dumps(value), "utf8")
    node = shutil.which("node")
    if node is None:
        raise FileNotFoundError("node is not on the PATH; `python course.py test` puts one there")
    done = subprocess.run([node, str(SCRIPT), str(folder)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{SCRIPT.name} said:\n{done.stderr}")
    python_milliseconds = 1000 * seconds / len(requests)
    return Comparison(**json.loads(done.stdout), python_milliseconds=python_milliseconds)


def answered(model: LiveModel, request: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return model.reply(request)
    except ValueError as error:
        return {"error": str(error)}


def sentences(number: int) -> list[list[str]]:
    """Return sources of 1 to 6 clauses, the same on every call."""
    return [list(draw(np.random.default_rng([4, i])).src) for i in range(number)]


def rounding(model: LiveModel, sources: Sequence[list[str]]) -> int:
    """Count the sentences that come out otherwise because the weights are rounded to float16."""
    narrow = model.rounded("float16")
    pairs = [(model.reply({"src": s})["tgt"], narrow.reply({"src": s})["tgt"]) for s in sources]
    return sum(one != other for one, other in pairs)


def main() -> None:
    torch.set_num_threads(1)
    models = {"shipped": LiveModel(load_translator().checkpoint), "pocket": pocket("attention")}
    sources = sentences(500)
    for name, model in models.items():
        for dtype in ("float32", "float16"):
            for method in ("greedy", "beam"):
                requests = [{"src": src, "method": method} for src in sources]
                with tempfile.TemporaryDirectory() as folder:
                    found = compare(model, dtype, requests, Path(folder))
                print(
                    f"{name} {dtype} {method}: {len(model.to_bytes(dtype)) / 1e3:.0f} kB, largest "
                    f"difference {found.worst:.1e}, {len(found.different)} words differ, "
                    f"{found.milliseconds:.1f} ms a sentence in node, "
                    f"{found.python_milliseconds:.1f} ms in Python",
                    flush=True,
                )
        print(f"{name}: float16 changes {rounding(model, sources)} of {len(sources)} translations")


if __name__ == "__main__":
    main()
