"""Task 1: shift, pad and mask a batch of targets. A variant has another layout of the batch."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.plain import parts
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.training import pad as pad_right
from course_lib.reference.training import shift

NAMES = ("tgt_in", "tgt_out", "mask")
Targets = tuple[tuple[int, ...], ...]
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]
Layout = Callable[[list[list[int]], int], tuple[np.ndarray, np.ndarray]]


def batch(rows: Layout, targets: Targets, pad: int, bos: int, eos: int) -> Arrays:
    """Return (tgt_in, tgt_out, mask) of targets, laid out by rows(sentences, pad)."""
    shifted = [shift(target, bos=bos, eos=eos) for target in targets]
    tgt_in, mask = rows([reads for reads, _ in shifted], pad)
    return tgt_in, rows([says for _, says in shifted], pad)[0], mask


def _left(rows: list[list[int]], pad: int) -> tuple[np.ndarray, np.ndarray]:
    ids, mask = pad_right([row[::-1] for row in rows], pad)
    return ids[:, ::-1], mask[:, ::-1]


def _time(rows: list[list[int]], pad: int) -> tuple[np.ndarray, np.ndarray]:
    ids, mask = pad_right(rows, pad)
    return ids.T, mask.T


LAYOUTS: dict[str, Layout] = {"": pad_right, "left": _left, "time": _time}
WHERE = {
    "": "Here padding stands on the right, and a row is a sentence: (B, T).",
    "left": "Here padding stands on the left, and a row is a sentence: (B, T).",
    "time": "Here time comes first, (T, B): a column is a sentence, and padding stands below it.",
}
IS = {
    "": "Padding stands on the right of each row.",
    "left": "Padding stands on the left of each row.",
    "time": "This is time first, (T, B).",
}


def _targets(rng: np.random.Generator, lengths: Sequence[int]) -> Targets:
    return tuple(tuple(rng.integers(10, 30, n).tolist()) for n in lengths)


def _cases(rng: np.random.Generator, sizes: Sequence[Sequence[int]], same: str = "") -> list[Case]:
    cases = []
    for lengths in sizes:
        pad, bos, eos = rng.choice(10, 3, replace=False).tolist()
        pad = {"": pad, "eos": eos, "bos": bos}[same]
        cases.append(Case("make_batch", (_targets(rng, lengths), pad, bos, eos)))
    return cases


def _equal(rng: np.random.Generator) -> list[Case]:
    return _cases(rng, ((3, 3), (1,), (5, 5, 5)))


def _mixed(rng: np.random.Generator) -> list[Case]:
    return _cases(rng, ((3, 1), (2, 5, 3), (4, 0, 1, 4)))


def _one_id(rng: np.random.Generator) -> list[Case]:
    sizes = ((3, 1), (1, 2, 5))
    return _cases(rng, sizes, same="eos") + _cases(rng, sizes, same="bos")


def _judge(*names: str) -> Callable[[Any, Arrays, Case], None]:
    def judge(value: Any, expected: Arrays, case: Case) -> None:
        given = dict(zip(NAMES, parts(value, NAMES), strict=True))
        for name, right in zip(NAMES, expected, strict=True):
            if name in names:
                compare(array(given[name], right.shape, name), right, name)

    return judge


def _wrong(rows: Layout, reads: Callable, says: Callable) -> Callable[..., Arrays]:
    """Return what someone returns whose rows are reads(y, bos, eos) and says(y, bos, eos)."""

    def everything(targets: Targets, pad: int, bos: int, eos: int) -> Arrays:
        tgt_in, mask = rows([reads([*y], bos, eos) for y in targets], pad)
        return tgt_in, rows([says([*y], bos, eos) for y in targets], pad)[0], mask

    return everything


def _shifts(rows: Layout) -> tuple[Mistake, ...]:
    right_in, right_out = (lambda y, bos, eos: [bos, *y]), (lambda y, bos, eos: [*y, eos])
    return (
        Mistake(
            _wrong(rows, right_out, right_in),
            "tgt_in and tgt_out are exchanged. The decoder reads what begins with bos and has to "
            "say what ends with eos.",
        ),
        Mistake(
            _wrong(rows, right_out, right_out),
            "Nothing is shifted: at each step the decoder would read the very word it has to say. "
            "Its loss would fall to 0, and it would learn to repeat.",
        ),
        Mistake(
            _wrong(rows, lambda y, b, e: [b, *y, e], right_out),
            "tgt_in holds eos too. Nothing is said after eos, so nobody reads it, and tgt_in is as "
            "long as tgt_out.",
        ),
        Mistake(
            _wrong(rows, lambda y, b, e: [b, *y, e], lambda y, b, e: [b, *y, e]),
            "Both hold bos and eos. bos is only read, eos is only said.",
        ),
        Mistake(
            _wrong(rows, lambda y, b, e: [b, *y][:-1], lambda y, b, e: y),
            "eos is missing, and a model that never has to say it never learns to stop.",
        ),
    )


def _end_after_padding(targets: Targets, pad: int, bos: int, eos: int) -> Arrays:
    """Pad the words first, and put eos behind the padding (or bos before it, on the left)."""
    longest = max(map(len, targets))
    rows = [[*y, *[pad] * (longest - len(y)), eos] for y in targets]
    tgt_in, _, mask = batch(pad_right, targets, pad, bos, eos)
    return tgt_in, np.array(rows), mask


def _cut(targets: Targets, pad: int, bos: int, eos: int) -> Arrays:
    """Pad bos y eos, and leave off the last column for tgt_in, the first for tgt_out."""
    _, tgt_out, mask = batch(pad_right, targets, pad, bos, eos)
    return pad_right([[bos, *y, eos] for y in targets], pad)[0][:, :-1], tgt_out, mask


def _zeros(rows: Layout) -> Callable[..., Arrays]:
    return lambda targets, pad, bos, eos: batch(rows, targets, 0, bos, eos)


def _masked(change: Callable[..., np.ndarray], rows: Layout) -> Callable[..., Arrays]:
    """Return what someone returns whose mask is change(tgt_in, tgt_out, mask, pad)."""

    def everything(targets: Targets, pad: int, bos: int, eos: int) -> Arrays:
        tgt_in, tgt_out, mask = batch(rows, targets, pad, bos, eos)
        return tgt_in, tgt_out, change(tgt_in, tgt_out, mask, pad)

    return everything


def _masks(rows: Layout) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _masked(lambda reads, says, mask, pad: ~mask, rows),
            "The mask is turned round. True means a real token, False means padding.",
        ),
        Mistake(
            lambda y, pad, bos, eos: (*batch(rows, y, pad, bos, eos)[:2], _words_only(rows, y)),
            "The mask leaves eos out. eos is a token the model has to say, so it counts.",
        ),
        Mistake(
            _masked(lambda reads, says, mask, pad: np.ones_like(mask), rows),
            "The mask is True everywhere, so padding counts as words.",
        ),
    )


def _words_only(rows: Layout, targets: Targets) -> np.ndarray:
    longer = [[1] * len(y) + [0] for y in targets]
    ids, mask = rows(longer, 0)
    return (ids == 1) & mask


SAME_ID = (
    "The mask was read off the ids, by comparing with pad. Here pad is the same id as {}, as in "
    "some published models, and {} is lost. Make the mask from the lengths."
)


def _others(option: str) -> tuple[Mistake, ...]:
    return tuple(
        Mistake(lambda *args, layout=layout: batch(layout, *args), f"{IS[name]} {WHERE[option]}")
        for name, layout in LAYOUTS.items()
        if name != option
    )


def _fillings(rows: Layout) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _end_after_padding,
            "eos stands behind the padding. It belongs directly behind the last word, and the "
            "padding fills up what is left.",
        ),
        Mistake(
            _cut,
            "tgt_in still holds eos in the shorter sentences. To leave off the last column of "
            "bos y eos takes eos from the longest sentence only.",
        ),
        Mistake(
            _zeros(rows), "The rows are filled up with 0. Fill them with pad, whatever its id is."
        ),
    )


def _by_id(rows: Layout) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _masked(lambda reads, says, mask, pad: says != pad, rows), SAME_ID.format("eos", "eos")
        ),
        Mistake(
            _masked(lambda reads, says, mask, pad: reads != pad, rows), SAME_ID.format("bos", "bos")
        ),
    )


def _properties(option: str) -> tuple[Property, ...]:
    rows, others = LAYOUTS[option], _others(option)
    shifts, masks = (*_shifts(rows), *others), (*_masks(rows), *others)
    ids, mask, hint = _judge("tgt_in", "tgt_out"), _judge("mask"), "Hint {} under the task.".format
    return (
        Property(
            "targets of one length: what is read, what has to be said",
            2,
            _equal,
            ids,
            hint(1),
            shifts,
        ),
        Property(
            "targets of several lengths", 1, _mixed, ids, hint(2), (*shifts, *_fillings(rows))
        ),
        Property(
            "the mask is True at real tokens, eos among them", 1, _mixed, mask, hint(3), masks
        ),
        Property(
            "the mask, where pad is the same id as eos or bos",
            1,
            _one_id,
            mask,
            hint(3),
            (*_by_id(rows), *masks),
        ),
    )


def task(option: str = "") -> Task:
    """Return the task, or with the name of an option its alternative."""
    names = ("targets", "pad", "bos", "eos")
    return Task(
        f"ex03.1/{option}" if option else "ex03.1",
        "Task 1, shift, pad and mask",
        {"make_batch": (names, lambda *args: batch(LAYOUTS[option], *args))},
        _properties(option),
    )


TASK = task()
OTHERS = (task("left"), task("time"))
