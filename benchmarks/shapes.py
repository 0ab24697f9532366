"""What is measured: sizes, cells, targets, and how many floating point operations a cell needs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """One size of model and batch; every sentence has S source and T target tokens."""

    name: str
    batch: int
    vocab: int
    hidden: int  # E = H
    source: int = 25
    target: int = 25


TEACHING = Size("teaching", batch=16, vocab=1000, hidden=64)
REAL = Size("real", batch=64, vocab=8000, hidden=256)
SIZES = {size.name: size for size in (TEACHING, REAL)}
WIRINGS = ("luong", "luong_input_feeding", "bahdanau")


@dataclass(frozen=True)
class Cell:
    """One row of the table: what is done by a model of which wiring."""

    job: str  # "train", "greedy" or "beam"
    wiring: str
    target: float | None  # the least ratio peer / ours to reach at the real size
    width: int = 1
    ragged: bool = False  # lengths spread over 1 .. S and 1 .. T, instead of all the same

    @property
    def name(self) -> str:
        """How the cell is called in files and on the command line."""
        job = f"beam{self.width}" if self.job == "beam" else self.job
        return f"{job}-{self.wiring}" + ("-ragged" if self.ragged else "")


TEACHING_TARGET = 1.3  # in every cell that has a target
CELLS = (
    Cell("train", "luong", 1.15),
    Cell("train", "luong_input_feeding", 1.2),
    Cell("train", "bahdanau", 1.15),
    Cell("train", "luong", None, ragged=True),
    Cell("greedy", "luong", 1.1),
    Cell("greedy", "bahdanau", 1.1),
    Cell("beam", "luong", 1.1, width=5),
    Cell("beam", "bahdanau", 1.3, width=5),
)


def target(size: Size, cell: Cell) -> float | None:
    """Return the least ratio peer / ours to reach, None where there is no target."""
    return TEACHING_TARGET if cell.target and size.name == TEACHING.name else cell.target


def flops(size: Size, cell: Cell) -> float:
    """Return the floating point operations of the matrix products of one job.

    A multiplication and an addition count as two, the backward pass as two forward passes, and
    sigmoid, tanh and softmax as nothing. Lengths are taken as all the same.
    """
    H, S = size.hidden, size.source
    inputs = H if cell.wiring == "luong" else 2 * H  # of the decoder's recurrence: [word; H more]
    encoder = S * 2 * (2 * 4 * (H // 2) * (H + H // 2))  # two directions of H / 2
    keys = S * 2 * H * H
    recurrence = 2 * 4 * H * (inputs + H)
    query = 2 * H * H if cell.wiring == "bahdanau" else 0
    attention = query + 2 * (2 * S * H)  # scores, and the context
    output = 2 * 2 * H * H + 2 * H * size.vocab  # readout, and one score a word
    steps = size.target * cell.width * (recurrence + attention + output)
    passes = 3 if cell.job == "train" else 1
    return float(passes * size.batch * (encoder + keys + steps))


def target_tokens(size: Size, cell: Cell) -> int:
    """Return how many target tokens one job reads or writes (a beam counts as one output)."""
    if cell.ragged:  # the mean of 1 .. T
        return size.batch * (1 + size.target) // 2
    return size.batch * size.target
