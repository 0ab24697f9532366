"""Task 6: what reading its own words costs a model that slips, measured."""

import math
from typing import Any

import numpy as np

from course_lib.checks.arrays import array
from course_lib.checks.plain import Complaint, close, number, parts
from course_lib.checks.task import Case, Property, Seed, Task

SENTENCES, LENGTH = 400, 12
SLIP, AFTER = 0.05, 0.75  # probability of a wrong word after a right one, and after a wrong one
NAMES = ("forced", "free", "gap", "standard_error")
CASE = Case("measure", (Seed(707), SENTENCES), calls=2, seconds=25.0)  # judged three times


def expected_free() -> list[float]:
    """Return the probability of a right word at each position for the model that reads its own."""
    right, shares = 1.0, []
    for _ in range(LENGTH):
        right = right * (1 - SLIP) + (1 - right) * (1 - AFTER)
        shares.append(right)
    return shares


def _cases(rng: np.random.Generator) -> list[Case]:
    return [CASE]


def _read(value: Any) -> tuple[np.ndarray, np.ndarray, float, float]:
    forced, free, gap, error = parts(value[0][0], NAMES)
    return (
        _flags(forced, "forced"),
        _flags(free, "free"),
        number(gap, "gap"),
        number(error, "standard_error"),
    )


def _flags(value: Any, name: str) -> np.ndarray:
    flags = array(value, (SENTENCES, LENGTH), name)
    if not np.isin(flags, (0, 1)).all():
        raise Complaint(f"{name} should say of each word whether it is right: True or False.")
    return flags


def _judge_same(value: Any, expected: Any, case: Case) -> None:
    forced, free, _, _ = _read(value)
    whole, own = forced.all(axis=1), free.all(axis=1)
    if whole.all() or not whole.any():
        raise Complaint(f"{int(whole.sum())} of {SENTENCES} sentences are right. Is it random?")
    if not np.array_equal(whole, own):
        at = int((whole != own).argmax())
        raise Complaint(
            f"Sentence {at} is right in one way and wrong in the other. Until the first wrong word "
            "both read the same, so with the same random numbers they have the same sentences "
            "right. Draw the numbers once, and use them for both."
        )


def _judge_shares(value: Any, expected: Any, case: Case) -> None:
    forced, free, _, _ = _read(value)
    for flags, name, shares in (
        (forced, "forced", [1 - SLIP] * LENGTH),
        (free, "free", expected_free()),
    ):
        for t, share in enumerate(shares):
            got, spread = flags[:, t].mean(), 5 * math.sqrt(share * (1 - share) / SENTENCES)
            if abs(got - share) > spread:
                raise Complaint(
                    f"{name}, position {t}: {got:.3f} of the words are right, and about "
                    f"{share:.3f} are expected.{_why(name, t, flags)}"
                )
    if np.array_equal(forced, _read([value[0][1:]])[0]):
        raise Complaint(
            "Called twice with the same generator, it wrote the same sentences again. Draw from "
            "rng, which moves on, not from a generator of your own."
        )


def _why(name: str, t: int, flags: np.ndarray) -> str:
    if name == "forced":
        return " Reading gold, the word before is always right, and so is <bos>."
    if t == 0:
        return " Before the first word stands <bos>, which is right."
    after = flags[:, 1:][flags[:, :-1] == 0]
    if after.size and after.mean() > 0.6:
        return " Does a wrong word change what follows it?"
    if after.size and not after.any():
        return " After a wrong word no word was right any more; a quarter of them should be."
    return ""


def _judge_gap(value: Any, expected: Any, case: Case) -> None:
    _judge_same(value, expected, case)
    forced, free, gap, error = _read(value)
    right = float(forced.mean() - free.mean())
    if not close(gap, right):
        raise Complaint(
            f"gap: you returned {gap:.4g}, expected {right:.4g}, the share of right words forced "
            "minus that of free."
        )
    each = (forced - free).mean(axis=1)  # one number a sentence
    wanted = float(each.std(ddof=1) / math.sqrt(SENTENCES))
    if math.isclose(error, wanted, rel_tol=0.01):  # n or n - 1
        return
    apart = math.sqrt((forced.mean(axis=1).var(ddof=1) + free.mean(axis=1).var(ddof=1)) / SENTENCES)
    why = ""
    if math.isclose(error, apart, rel_tol=0.01):
        why = (
            " That is for two samples of different sentences. These are the same sentences: take "
            "the difference of each first."
        )
    if math.isclose(error, wanted * math.sqrt(SENTENCES), rel_tol=0.01):
        why = " That is the spread of single sentences; their mean has it divided by sqrt(n)."
    if math.isclose(error, (forced - free).std() / math.sqrt(forced.size), rel_tol=0.02):
        why = " Words of one sentence depend on each other. Count sentences, not words."
    raise Complaint(f"standard_error: you returned {error:.4g}, expected {wanted:.4g}.{why}")


TASK = Task(
    "ex07.6",
    "Task 6, what reading its own words costs",
    {"measure": (("rng", "n"), lambda rng, n: None)},
    (
        Property(
            "both ways have the same sentences right",
            1,
            _cases,
            _judge_same,
            "Hint 1 under the task.",
        ),
        Property(
            "the shares by position are the model's",
            2,
            _cases,
            _judge_shares,
            "Hint 2 under the task.",
        ),
        Property("the gap and its standard error", 2, _cases, _judge_gap, "Hint 3 under the task."),
    ),
)
