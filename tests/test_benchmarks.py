"""What a benchmark computes from its times; no time is measured here."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import ours, report, shapes
from benchmarks.ratios import Ratio, best_peer, exponent, growth, ratio
from benchmarks.shapes import CELLS, REAL, SIZES, TEACHING, Cell, Size
from course_lib.data import Vocab

SMALL = Size("small", batch=3, vocab=11, hidden=4, source=5, target=7)


# Ratios


def test_a_ratio_is_taken_round_by_round():
    found = ratio([2.0, 30.0, 9.0], [1.0, 10.0, 3.0])
    assert found == Ratio(median=3.0, low=2.0, high=3.0)
    assert str(found) == "3.00 (2.00 to 3.00)"


@pytest.mark.parametrize(
    ("theirs", "mine", "message"),
    [
        ([], [], "0 rounds"),
        ([1.0], [1.0, 2.0], "1 rounds, ours 2"),
        ([1.0, 0.0], [1.0, 1.0], "no time"),
    ],
)
def test_rounds_that_can_not_be_compared(theirs, mine, message):
    with pytest.raises(ValueError, match=message):
        ratio(theirs, mine)


def test_the_best_peer_is_the_one_nearest_to_us():
    assert best_peer({"slow": Ratio(2, 1, 9), "fast": Ratio(1.2, 1.1, 10)}) == "fast"


def test_growth_under_doubling():
    assert growth([1.0, 2.0, 8.0]) == [2.0, 4.0]
    assert exponent([1, 2, 4], [5.0, 7.0, 28.0]) == pytest.approx(2)
    assert exponent([1, 2, 4], [5.0, 7.0, 14.0]) == pytest.approx(1)


# What is measured


def test_cells_have_names_of_their_own_and_sizes_are_those_of_the_issue():
    assert len({cell.name for cell in CELLS}) == len(CELLS)
    assert {"train-luong", "train-luong-ragged", "beam5-bahdanau"} <= {c.name for c in CELLS}
    assert (TEACHING.batch, TEACHING.vocab, TEACHING.hidden) == (16, 1000, 64)
    assert (REAL.batch, REAL.vocab, REAL.hidden) == (64, 8000, 256)
    assert all((size.source, size.target) == (25, 25) for size in SIZES.values())


def test_the_teaching_size_has_one_target_and_the_real_size_one_for_each_cell():
    cell = Cell("beam", "bahdanau", 1.7, width=5)
    assert shapes.target(TEACHING, cell) == 1.3
    assert shapes.target(REAL, cell) == 1.7
    without = Cell("train", "luong", None)
    assert shapes.target(TEACHING, without) is shapes.target(REAL, without) is None


@pytest.mark.parametrize("wiring", shapes.WIRINGS)
def test_flops_are_those_that_torch_counts(wiring):
    model, batch = ours.make_model(SMALL, wiring).double(), ours.make_batch(SMALL)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(batch.src, batch.src_mask, batch.tgt_in)
    assert shapes.flops(SMALL, Cell("greedy", wiring, 1)) == counter.get_total_flops()
    assert shapes.flops(SMALL, Cell("train", wiring, 1)) == 3 * counter.get_total_flops()


def test_a_beam_reads_the_source_once():
    one, two, three = (Cell("beam", "luong", 1, width=k) for k in (1, 2, 3))
    source = shapes.flops(replace(SMALL, target=0), one)
    assert source == shapes.flops(replace(SMALL, target=0), three) > 0
    steps = shapes.flops(SMALL, one) - source
    assert shapes.flops(SMALL, two) == source + 2 * steps


@pytest.mark.parametrize("size", [SMALL, *SIZES.values()])
@pytest.mark.parametrize("cell", CELLS[2:4], ids=lambda cell: cell.name)
def test_target_tokens_are_the_real_ones_of_the_batch(size, cell):
    assert shapes.target_tokens(size, cell) == ours.make_batch(size, cell.ragged).tgt_mask.sum()


@pytest.mark.parametrize("ragged", [False, True])
def test_the_batch(ragged):
    size = replace(SMALL, batch=7)
    batch = ours.make_batch(size, ragged)
    lengths = batch.tgt_mask.sum(dim=1)
    assert sorted(lengths.tolist()) == ([1, 2, 3, 4, 5, 6, 7] if ragged else [7] * 7)
    for row, mask in zip(batch.tgt_out, batch.tgt_mask, strict=True):
        words = row[mask].tolist()
        assert words[-1] == Vocab.eos and min(words[:-1], default=9) > Vocab.unk
        assert not row[~mask].any()
    assert (batch.tgt_in[:, 0] == Vocab.bos).all()
    assert (batch.tgt_in[~batch.tgt_mask] == Vocab.pad).all()
    inner = batch.tgt_mask[:, 1:]
    assert torch.equal(batch.tgt_in[:, 1:][inner], batch.tgt_out[:, :-1][inner])
    assert torch.equal(batch.src, ours.make_batch(size, ragged).src)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_every_job_of_ours_runs_and_no_search_ends_early(cell):
    found = ours.make_job(SMALL, cell)()
    if cell.job == "train":
        assert found.tokens == (12 if cell.ragged else 21)
        return
    hypotheses = found if cell.job == "greedy" else [best for best, *_ in found]
    assert all(len(h.tokens) == 7 and not h.finished for h in hypotheses)


# RESULTS.md


def measured(times: dict[str, list[float]]) -> dict:
    memory = {"ours": 10.0, "JoeyNMT": 20.4, "OpenNMT-py": None}
    machine = {"cpu": "a cpu", "system": "an os", "python": "3.11", "torch": "2.13"}
    names = [cell.name for cell in CELLS]
    cells = [
        {"size": size, "cell": name, "seconds": times, "memory": memory}
        for size in SIZES
        for name in names
    ]
    growth_rows = [
        {"letter": "S", "n": n, "job": "train", "wiring": "luong", "seconds": n / 10, "memory": n}
        for n in (10, 20, 40)
    ]
    return {"machine": machine, "equal": ["logits"], "cells": cells, "growth": growth_rows}


TIMES = {
    "ours": [0.1, 0.2],
    "JoeyNMT": [0.2, 0.4],
    "OpenNMT-py": [0.125, 0.25],
    "gemm": [0.02, 0.04],
}


def test_the_ratio_table():
    rows = report.ratio_table(measured(TIMES)["cells"], "teaching").splitlines()
    assert rows[0] == "|  | JoeyNMT / ours | OpenNMT-py / ours | target |  |"
    assert rows[2] == (
        "| training step, Luong | 2.00 (2.00 to 2.00) | 1.25 (1.25 to 1.25) | 1.3 | missed |"
    )
    real = report.ratio_table(measured(TIMES)["cells"], "real").splitlines()
    assert real[2].endswith("| 1.15 | reached |")
    assert len(rows) == len(real) == 2 + len(CELLS)
    assert real[5].endswith("unequal lengths | 2.00 (2.00 to 2.00) | 1.25 (1.25 to 1.25) |  |  |")


def test_the_cost_table():
    rows = report.cost_table(measured(TIMES)["cells"], "teaching").splitlines()
    (cell,) = (c for c in CELLS if c.name == "train-luong")
    share = shapes.flops(TEACHING, cell) / report.GEMM_FLOPS * 0.2
    assert rows[2] == f"| training step, Luong | 150 | {share:.0%} | 2,667 | 10 | 20 | - |"
    assert "unequal lengths | 150 | - | 1,387 |" in rows[5]


def test_the_growth_table():
    row = report.growth_table(measured(TIMES)["growth"]).splitlines()[2]
    assert row == (
        "| S: training step, Luong | 10 20 40 | 1000 2000 4000 | 1.00 | 10 20 40 | 1.00 |"
    )


def test_what_missed_is_named():
    lines = report.missed(measured(TIMES)["cells"]).splitlines()
    assert (
        "- teaching, training step, Luong: 1.25 (1.25 to 1.25) beside OpenNMT-py, wanted 1.3"
        in (lines)
    )
    assert not any("real, training step" in line for line in lines)
    assert report.missed([]) == "- none"


def test_a_row_as_long_as_its_header():
    with pytest.raises(ValueError, match="1 cells, the header 2"):
        report.table(["a", "b"], [["x"]])


def test_results_and_plot_are_written(tmp_path):
    with pytest.raises(FileNotFoundError, match="bench"):
        report.write(tmp_path, tmp_path)
    (tmp_path / report.MEASURED).write_text(json.dumps(measured(TIMES)), "utf-8")
    report.write(tmp_path, tmp_path)
    text = (tmp_path / "RESULTS.md").read_text("utf-8")
    assert not re.search(r"[{}]", text) and "a cpu" in text
    assert "2 at the teaching size and 2 at the real size" in text
    first = (tmp_path / "ratios.svg").read_bytes()
    report.write(tmp_path, tmp_path)
    assert (tmp_path / "ratios.svg").read_bytes() == first


def test_the_peers_are_pinned_with_the_torch_of_the_course():
    course = (report.TEXT.parents[1] / "requirements.lock").read_text("utf-8").splitlines()
    lines = report.TEXT.with_name("requirements-peers.txt").read_text("utf-8").splitlines()
    pins = {line for line in lines if not line.startswith("#")}
    assert {"joeynmt==2.3.0", "OpenNMT-py==3.5.1"} < pins
    assert {line for line in course if line.startswith(("torch==", "numpy=="))} < pins
