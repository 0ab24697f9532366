"""Task 4: from how often a digit is read right to bits. A variant counts in another unit."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, close, number, parts
from course_lib.checks.task import Case, Mistake, Property, Task

NAMES = ("total", "used")
FLOAT_BITS = 32
Pair = tuple[float, float]

BASES = {"": 2.0, "nats": math.e, "digits": 10.0}
UNITS = {"": "bits, base 2", "nats": "nats, base e", "digits": "decimal digits, base 10"}


def read(accuracies: np.ndarray, symbols: int, numbers: int, base: float = 2.0) -> Pair:
    """Return (information read from the context, its share of what the numbers could hold).

    accuracies (L,): how often each symbol of a random string is read right. By Fano's inequality
    (Cover and Thomas 2006, section 2.10) a symbol read right with probability a gives at least
    log(symbols) - h(a) - (1 - a) log(symbols - 1). numbers of 32 bits pass.
    """
    total = sum(_symbol(float(a), symbols) for a in accuracies) / math.log(base)
    return total, total * math.log2(base) / (FLOAT_BITS * numbers)


def _symbol(a: float, symbols: int) -> float:
    """Return the least information in a symbol that is read right with probability a, in nats."""
    return math.log(symbols) - _coin(a) - (1 - a) * math.log(symbols - 1)


def _coin(a: float) -> float:
    return -sum(p * math.log(p) for p in (a, 1 - a) if p > 0)


def _half_coin(a: float) -> float:
    return -a * math.log(a) if a > 0 else 0.0


def _case(rng: np.random.Generator, accuracies: list[float], symbols: int) -> Case:
    return Case("bits_read", (np.array(accuracies), symbols, 2 ** int(rng.integers(4, 8))))


def _one(rng: np.random.Generator) -> list[Case]:
    sizes = ((0.5, 10), (0.9, 10), (float(rng.integers(30, 90)) / 100, int(rng.integers(5, 30))))
    return [_case(rng, [a], symbols) for a, symbols in sizes]


def _several(rng: np.random.Generator) -> list[Case]:
    drawn = (rng.integers(12, 99, (3, 8)) / 100).tolist()
    return [_case(rng, row, symbols) for row, symbols in zip(drawn, (10, 10, 26), strict=True)]


def _ends(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, [1.0], 10),
        _case(rng, [1.0, 0.4, 0.0], 4),
        _case(rng, [1.0, 0.1, 1.0], 10),
    ]


def _judge(index: int) -> Callable[[Any, Pair, Case], None]:
    def judge(value: Any, expected: Pair, case: Case) -> None:
        got = number(parts(value, NAMES)[index], NAMES[index])
        if not close(got, expected[index]):
            raise Complaint(
                f"{NAMES[index]}: you returned {got:.7g}, expected {expected[index]:.7g}."
            )

    return judge


def _by(base: float, symbol: Callable[[float, int], float]) -> Callable[..., Pair]:
    """Return what someone returns who gets symbol(a, symbols) nats out of each symbol."""

    def wrong(accuracies: np.ndarray, symbols: int, numbers: int) -> Pair:
        total = sum(symbol(float(a), symbols) for a in accuracies) / math.log(base)
        return total, total * math.log2(base) / (FLOAT_BITS * numbers)

    return wrong


def _used(base: float, change: Callable[[Pair, int, int], float]) -> Callable[..., Pair]:
    def wrong(accuracies: np.ndarray, symbols: int, numbers: int) -> Pair:
        right = read(accuracies, symbols, numbers, base)
        return right[0], change(right, numbers, len(accuracies))

    return wrong


def _of_mean(base: float) -> Callable[..., Pair]:
    def wrong(accuracies: np.ndarray, symbols: int, numbers: int) -> Pair:
        mean = np.full(len(accuracies), accuracies.mean())
        return read(mean, symbols, numbers, base)

    return wrong


def _mean_of(base: float) -> Callable[..., Pair]:
    def wrong(accuracies: np.ndarray, symbols: int, numbers: int) -> Pair:
        total, used = read(accuracies, symbols, numbers, base)
        return total / len(accuracies), used / len(accuracies)

    return wrong


def _terms(base: float) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _by(base, lambda a, symbols: a * math.log(symbols)),
            "A symbol read right in a share a of the cases does not give that share of its "
            "information: nobody says which of the answers are right.",
        ),
        Mistake(
            _by(base, lambda a, symbols: math.log(symbols) - _coin(a)),
            "The term of the wrong answers is missing: when the answer is wrong, the symbol can be "
            "any of the other symbols - 1.",
        ),
        Mistake(
            _by(base, lambda a, symbols: math.log(symbols) - (1 - a) * math.log(symbols - 1)),
            "The term h(a) is missing: it is open whether the answer is right.",
        ),
        Mistake(
            _by(
                base, lambda a, symbols: math.log(symbols) - _coin(a) - (1 - a) * math.log(symbols)
            ),
            "When the answer is wrong, one symbol is ruled out: the logarithm of symbols - 1.",
        ),
    )


def _signs(base: float) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _by(base, lambda a, symbols: math.log(symbols) - _coin(a) - a * math.log(symbols - 1)),
            "The wrong answers come with the probability 1 - a, not a.",
        ),
        Mistake(
            _by(
                base,
                lambda a, symbols: math.log(symbols) + _coin(a) - (1 - a) * math.log(symbols - 1),
            ),
            "h(a) has the wrong sign: an entropy is above 0, and what is open is taken off.",
        ),
        Mistake(
            _by(
                base,
                lambda a, symbols: (
                    math.log(symbols) - _half_coin(a) - (1 - a) * math.log(symbols - 1)
                ),
            ),
            "h(a) has two terms: that of being right, a, and that of being wrong, 1 - a.",
        ),
        Mistake(
            _by(base, lambda a, symbols: _symbol(a, symbols) if 0 < a < 1 else 0.0),
            "A place with an accuracy of 0 or 1 was left out. Its h is 0, the other terms count.",
        ),
    )


def _mistakes(option: str) -> tuple[Mistake, ...]:
    base = BASES[option]
    here = f"Here the unit is {UNITS[option]}."
    return (
        *(
            Mistake(
                lambda *args, other=other: read(*args, base=other),
                f"These are {UNITS[name]}. {here}",
            )
            for name, other in BASES.items()
            if name != option
        ),
        *_terms(base),
        *_signs(base),
        Mistake(
            _of_mean(base),
            "This takes the mean of the accuracies first. A symbol that is always right and one "
            "that is guessed give more than two that are right half of the time: add up symbol by "
            "symbol.",
        ),
        Mistake(_mean_of(base), "This is per symbol. Add up all symbols of the string."),
    )


ENDS = (
    "The logarithm of 0. An accuracy of 1 or 0 leaves nothing open: p log p goes to 0 with p, so "
    "h(1) = h(0) = 0."
)


def _of_string(base: float) -> Callable[..., Pair]:
    def wrong(accuracies: np.ndarray, symbols: int, numbers: int) -> Pair:
        total = read(accuracies, symbols, numbers, base)[0]
        return total, total * math.log(base) / (len(accuracies) * math.log(symbols))

    return wrong


def _shares(base: float) -> tuple[Mistake, ...]:
    return (
        Mistake(
            _used(base, lambda right, numbers, length: right[0] / (FLOAT_BITS * numbers)),
            "What was read and what would fit are in two units. A number holds 32 bits.",
        ),
        Mistake(
            _used(base, lambda right, numbers, length: right[0] / numbers),
            "This is the information in each number that passes. The share divides by what 32 bits "
            "a number could hold, in the same unit.",
        ),
        Mistake(
            _used(base, lambda right, numbers, length: 100 * right[1]),
            "This is in per cent. A share lies between 0 and 1.",
        ),
        Mistake(
            _used(base, lambda right, numbers, length: right[1] * numbers),
            "This is the share of what one number could hold. The context has numbers of them.",
        ),
        Mistake(
            _of_string(base),
            "This is the share of what the string holds. The task asks what part of the context's "
            "32 bits a number it fills.",
        ),
        Mistake(
            _used(base, lambda right, numbers, length: right[1] / length),
            "Each symbol has the whole context. Divide by the bound once, not once a symbol.",
        ),
        Mistake(
            _used(base, lambda right, numbers, length: 1 / right[1] if right[1] else 0.0),
            "The share stands on its head: what was read, divided by what would fit.",
        ),
    )


def task(option: str = "") -> Task:
    """Return the task, or with the name of an option its alternative."""
    base, mistakes = BASES[option], _mistakes(option)
    used = (*_shares(base)[0 if option else 1 :], *mistakes)  # in bits there is one unit
    names, hint = ("accuracies", "symbols", "numbers"), "Hint {} under the task.".format
    errors = {"NotANumber": ENDS, "ValueError": ENDS}
    return Task(
        f"ex04.4/{option}" if option else "ex04.4",
        "Task 4, from accuracy to information",
        {"bits_read": (names, lambda *args: read(*args, base=base))},
        (
            Property("one symbol", 2, _one, _judge(0), hint(1), mistakes),
            Property("a string of several", 1, _several, _judge(0), hint(2), mistakes),
            Property("accuracies of 0 and 1", 1, _ends, _judge(0), hint(3), mistakes, errors),
            Property("the share of the bound", 1, _several, _judge(1), hint(4), used),
        ),
    )


TASK = task()
OTHERS = (task("nats"), task("digits"))
