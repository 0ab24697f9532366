"""Measure in the peers' environment: python -m benchmarks.measure OUT.json.

Every round runs our job, JoeyNMT's, OpenNMT-py's and a matrix product one after the other (A B C D
A B C D ...), in one thread of one process. Time is process time: waiting for the machine's other
users does not count. Memory is measured in a process for each, since one that has grown stays so.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import multiprocessing
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from benchmarks.shapes import CELLS, REAL, SIZES, Cell, Size

SYSTEMS = {
    "ours": "benchmarks.ours",
    "JoeyNMT": "benchmarks.peers_joeynmt",
    "OpenNMT-py": "benchmarks.peers_opennmt",
}
GEMM = 1024  # rows and columns of the matrix product that measures the peak
LEAST = 0.1  # seconds that a round of a job lasts at least; short ones are repeated
STATUS = Path("/proc/self/status")


def gemm() -> Callable[[], object]:
    """Return a product of two square matrices, the best this machine does in one thread."""
    a, b, out = (torch.rand(GEMM, GEMM) for _ in range(3))
    return lambda: torch.mm(a, b, out=out)


def seconds(job: Callable[[], object], repeats: int) -> float:
    """Return the process time of a job, averaged over repeats."""
    gc.collect()
    gc.disable()
    try:
        began = time.process_time()
        for _ in range(repeats):
            job()
        return (time.process_time() - began) / repeats
    finally:
        gc.enable()


def alternate(
    jobs: Mapping[str, Callable[[], object]], rounds: int, least: float = LEAST
) -> dict[str, list[float]]:
    """Run all jobs in turn, round after round; return the seconds of each, round by round."""
    repeats = {}
    for name, job in jobs.items():
        job()  # the first run allocates
        repeats[name] = max(1, round(least / max(seconds(job, 1), 1e-6)))
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            times[name].append(seconds(job, repeats[name]))
    return times


def measure_cell(size: Size, cell: Cell, rounds: int) -> dict[str, Any]:
    """Return seconds by system and round, and the peak memory of each."""
    jobs = {name: import_module(path).make_job(size, cell) for name, path in SYSTEMS.items()}
    times = alternate({**jobs, "gemm": gemm()}, rounds)
    memory = {name: memory_apart(name, size, cell) for name in SYSTEMS}
    return {"size": size.name, "cell": cell.name, "seconds": times, "memory": memory}


def peak_memory(system: str, size: Size, cell: Cell) -> float | None:
    """Return by how many MB this process grows at most, model and optimizer included.

    None where the system does not tell (it is Linux that does).
    """
    module = import_module(SYSTEMS[system])
    if not STATUS.exists():
        return None
    for _ in range(3):  # load what the first call of anything loads
        module.make_job(replace(size, batch=2, vocab=50, hidden=8), cell)()
    gc.collect()
    getattr(ctypes.CDLL(None), "malloc_trim", int)(0)  # what is free already would hide our growth
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far becomes what is held now
    before = resident("VmHWM")
    job = module.make_job(size, cell)
    for _ in range(3):
        job()
    return resident("VmHWM") - before


def resident(line: str) -> float:
    """Return a line of /proc/self/status in MB."""
    (value,) = (x.split()[1] for x in STATUS.read_text().splitlines() if x.startswith(line))
    return int(value) / 1024


def memory_apart(system: str, size: Size, cell: Cell) -> float | None:
    """Return peak_memory, measured in a process of its own; None where there is no forkserver."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return None
    context = multiprocessing.get_context("forkserver")  # imports once, and forks before any work
    context.set_forkserver_preload([*SYSTEMS.values(), "torch._dynamo"])
    with context.Pool(1, torch.set_num_threads, (1,)) as pool:
        return pool.apply(peak_memory, (system, size, cell))


def growth_sizes() -> list[tuple[str, int, Size, Cell]]:
    """List what grows: S and T of a training step, K of a beam, each doubled four times."""
    base = replace(REAL, batch=16)
    rows = []
    for cell in (Cell("train", "luong", 0), Cell("train", "bahdanau", 0)):
        rows += [("S", n, replace(base, source=n), cell) for n in (10, 20, 40, 80, 160)]
        rows += [("T", n, replace(base, target=n), cell) for n in (10, 20, 40, 80, 160)]
    for wiring in ("luong", "bahdanau"):
        rows += [("K", n, base, Cell("beam", wiring, 0, width=n)) for n in (1, 2, 4, 8, 16)]
    return rows


def measure_growth(rounds: int) -> list[dict[str, Any]]:
    """Return seconds and memory of ours for every size in growth_sizes."""
    found = []
    ours = import_module(SYSTEMS["ours"])
    for letter, n, size, cell in growth_sizes():
        times = alternate({"ours": ours.make_job(size, cell)}, rounds)["ours"]
        memory = memory_apart("ours", size, cell)
        row = {"letter": letter, "n": n, "job": cell.job, "wiring": cell.wiring}
        found.append({**row, "seconds": min(times), "memory": memory})
        print(letter, n, cell.job, cell.wiring, f"{min(times) * 1000:.0f} ms", flush=True)
    return found


def machine() -> dict[str, str]:
    """Say what was measured on."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [x for x in info.read_text().splitlines() if x.startswith("model name")]
        cpu = names[0].split(":")[1].strip() if names else cpu
    python = platform.python_version()
    return {"cpu": cpu, "system": platform.system(), "python": python, "torch": torch.__version__}


def main() -> None:
    """Measure what the arguments name and write it as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--sizes", nargs="*", default=list(SIZES))
    parser.add_argument("--cells", nargs="*", default=[cell.name for cell in CELLS])
    parser.add_argument("--no-growth", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    from benchmarks import equal

    found: dict[str, Any] = {"machine": machine(), "equal": equal.show(), "cells": [], "growth": []}
    for size in (SIZES[name] for name in options.sizes):
        for cell in (cell for cell in CELLS if cell.name in options.cells):
            found["cells"].append(measure_cell(size, cell, options.rounds))
            print(size.name, cell.name, told(found["cells"][-1]), flush=True)
            save(options.out, found)
    if not options.no_growth:
        found["growth"] = measure_growth(min(options.rounds, 3))
    found["finished"] = True
    save(options.out, found)


def save(path: Path, found: dict[str, Any]) -> None:
    """Write what was found so far, times to the microsecond."""
    rounded = json.loads(json.dumps(found), parse_float=lambda text: round(float(text), 6))
    path.write_text(json.dumps(rounded) + "\n", "utf-8")


def told(result: dict[str, Any]) -> str:
    """Return one line on a measured cell, for whoever waits."""
    from benchmarks.ratios import ratio

    times = result["seconds"]
    peers = [name for name in times if name not in {"ours", "gemm"}]
    return ", ".join(f"{name} / ours {ratio(times[name], times['ours'])}" for name in peers)


if __name__ == "__main__":
    main()
