"""RESULTS.md: the tables of a measurement, in words that a reader can check."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

from benchmarks.ratios import Ratio, best_peer, exponent, ratio
from benchmarks.shapes import CELLS, SIZES, Cell, Size, flops, target, target_tokens

MEASURED, KEPT = "measured.json", "kept.json"
PEERS = ("JoeyNMT", "OpenNMT-py")
GEMM_FLOPS = 2 * 1024**3
WIRINGS = {
    "luong": "Luong",
    "luong_input_feeding": "Luong, input feeding",
    "bahdanau": "Bahdanau *",
}
TEXT = Path(__file__).with_name("results_text.md")
GRADING = Path(__file__).with_name("grading_results.md")  # from benchmarks/grading.py


def write(measured: Path, folder: Path) -> None:
    """Write RESULTS.md and ratios.svg into a folder from what lies in another as JSON.

    Raises FileNotFoundError when nothing was measured yet.
    """
    if not (measured / MEASURED).exists():
        raise FileNotFoundError(f"{measured / MEASURED} is not there; run `course.py bench` first")
    found = json.loads((measured / MEASURED).read_text("utf-8"))
    kept = measured / KEPT
    also = json.loads(kept.read_text("utf-8")) if kept.exists() else {"cells": []}
    (folder / "RESULTS.md").write_text(page(found, also) + GRADING.read_text("utf-8"), "utf-8")
    from benchmarks import plot

    plot.write(found, folder / "ratios.svg")


def page(found: dict[str, Any], kept: dict[str, Any]) -> str:
    """Return RESULTS.md."""
    tables = {"equal": "\n".join(f"- {line}" for line in found["equal"])}
    tables |= {name: ratio_table(found["cells"], name) for name in SIZES}
    tables |= {f"{name}_cost": cost_table(found["cells"], name) for name in SIZES}
    tables["kept"] = ratio_table(kept["cells"], "real")
    tables["growth"] = growth_table(found["growth"])
    tables["missed"] = missed(found["cells"])
    tables["rounds"] = rounds(found["cells"])
    return TEXT.read_text("utf-8").format(**tables, **found["machine"])


def rounds(results: list[dict[str, Any]]) -> str:
    """Return how many rounds each size had."""
    counts = {result["size"]: len(result["seconds"]["ours"]) for result in results}
    return " and ".join(f"{count} at the {name} size" for name, count in counts.items())


def cell_of(result: dict[str, Any]) -> tuple[Size, Cell]:
    """Return the size and the cell that a result belongs to."""
    (cell,) = (cell for cell in CELLS if cell.name == result["cell"])
    return SIZES[result["size"]], cell


def title(cell: Cell) -> str:
    """Return how a cell is called in a table."""
    job = {"train": "training step", "greedy": "greedy", "beam": f"beam of {cell.width}"}[cell.job]
    return f"{job}, {WIRINGS[cell.wiring]}" + (", unequal lengths" if cell.ragged else "")


def peer_ratios(result: dict[str, Any]) -> dict[str, Ratio]:
    """Return the ratio peer / ours for each peer."""
    times = result["seconds"]
    return {peer: ratio(times[peer], times["ours"]) for peer in PEERS}


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, numbers to the right.

    Raises ValueError for a row that is shorter or longer than the header.
    """
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"row {row} has {len(row)} cells, the header {len(header)}")
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def ratio_table(results: list[dict[str, Any]], size_name: str) -> str:
    """Return the ratios of one size beside their targets."""
    rows = []
    for result in results:
        size, cell = cell_of(result)
        if size.name != size_name:
            continue
        ratios = peer_ratios(result)
        wanted = target(size, cell)
        verdict = ["", ""] if wanted is None else [f"{wanted}", told(ratios, wanted)]
        rows.append([title(cell), *map(str, ratios.values()), *verdict])
    return table(["", *(f"{peer} / ours" for peer in PEERS), "target", ""], rows)


def told(ratios: dict[str, Ratio], wanted: float) -> str:
    """Return whether the best peer is as far behind as wanted."""
    return "reached" if ratios[best_peer(ratios)].median >= wanted else "missed"


def cost_table(results: list[dict[str, Any]], size_name: str) -> str:
    """Return what one size costs: time, share of the peak, tokens a second, memory."""
    rows = []
    for result in results:
        size, cell = cell_of(result)
        if size.name != size_name:
            continue
        ours, gemm = result["seconds"]["ours"], result["seconds"]["gemm"]
        middle = statistics.median(ours)
        peak = ratio(gemm, ours).median * flops(size, cell) / GEMM_FLOPS
        share = "-" if cell.ragged else f"{peak:.0%}"  # padding is not computed
        memory = [megabytes(result["memory"][name]) for name in ("ours", *PEERS)]
        speed = f"{target_tokens(size, cell) / middle:,.0f}"
        rows.append([title(cell), f"{middle * 1000:.0f}", share, speed, *memory])
    header = ["", "ms", "of the peak", "tokens/s", "MB, ours", *(f"MB, {peer}" for peer in PEERS)]
    return table(header, rows)


def megabytes(value: float | None) -> str:
    """Return a memory in MB, or a dash where none was measured."""
    return "-" if value is None else f"{value:.0f}"


def growth_table(rows: list[dict[str, Any]]) -> str:
    """Return time and memory for each letter that was doubled, and the power it grows with."""
    lines = []
    for letter, job, wiring in dict.fromkeys((r["letter"], r["job"], r["wiring"]) for r in rows):
        key = (letter, job, wiring)
        series = [r for r in rows if (r["letter"], r["job"], r["wiring"]) == key]
        sizes, times = [r["n"] for r in series], [r["seconds"] for r in series]
        powers = [f"{exponent(sizes, times):.2f}"]
        memory = [r["memory"] for r in series]
        powers.append(f"{exponent(sizes, memory):.2f}" if all(memory) else "-")
        what = "training step" if job == "train" else "beam search"
        name = WIRINGS[wiring].removesuffix(" *")
        spent = " ".join(f"{t * 1000:.0f}" for t in times), " ".join(map(megabytes, memory))
        counts = " ".join(map(str, sizes))
        line = [f"{letter}: {what}, {name}", counts, spent[0], powers[0], spent[1], powers[1]]
        lines.append(line)
    return table(["", "sizes", "ms", "power", "MB", "power"], lines)


def missed(results: list[dict[str, Any]]) -> str:
    """Return the cells below their target, a line each."""
    lines = []
    for result in results:
        size, cell = cell_of(result)
        ratios = peer_ratios(result)
        peer, wanted = best_peer(ratios), target(size, cell)
        if wanted is not None and told(ratios, wanted) == "missed":
            lines.append(
                f"- {size.name}, {title(cell)}: {ratios[peer]} beside {peer}, wanted {wanted}"
            )
    return "\n".join(lines) or "- none"
