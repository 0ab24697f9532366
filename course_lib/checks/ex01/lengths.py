"""Task 4: how probable each length is, up to a cap, and what is left.

Options: the cumulative probabilities instead, or what is left after each length.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, close, kind, number, short
from course_lib.checks.tables import BIRDS, Table, random_table
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.probability import EOS, NextWord, enumerate_sequences

Lengths = list[float]


def length_distribution(next_word: NextWord, max_length: int) -> Lengths:
    """Return p(T=1), ..., p(T=max_length), p(T>max_length): max_length + 1 numbers of sum 1.

    A length counts EOS. Source: chapter 01, "Why all lengths sum to 1".
    """
    found = enumerate_sequences(next_word, max_length)
    result = [0.0] * max_length + [found.unfinished_mass]
    for sentence, p in found.finished.items():
        result[len(sentence) - 1] += p
    return result


def _case(table: Table, max_length: int) -> Case:
    return Case("length_distribution", (table, max_length))


def _ending(rng: np.random.Generator) -> list[Case]:
    tables = [random_table(rng, depth=depth) for depth in (1, 2, 3)]
    return [_case(BIRDS, 4)] + [_case(t, cap) for t, cap in zip(tables, (2, 3, 5), strict=True)]


def _cut(rng: np.random.Generator) -> list[Case]:
    return [_case(BIRDS, 3), _case(BIRDS, 2), _case(random_table(rng), 3), _case(BIRDS, 1)]


def _forever(rng: np.random.Generator) -> list[Case]:
    stop = float(rng.integers(1, 4)) / 20
    coin = Table({}, otherwise={"tick": 1 - 2 * stop, "tock": stop, EOS: stop})
    return [_case(coin, cap) for cap in (1, 2, 5, 11)]


@dataclass(frozen=True)
class Form:
    """What the numbers are: a transform of p(T=1), ..., p(T=cap), p(T>cap)."""

    suffix: str
    transform: Callable[[Lengths], Lengths]
    symbol: str  # of the number for a length
    asked: str

    def of(self, lengths: Callable[[NextWord, int], Lengths]) -> Callable[[NextWord, int], Lengths]:
        """Return the function whose result is the transform of that of lengths."""
        return lambda next_word, max_length: self.transform(lengths(next_word, max_length))


def _cumulative(lengths: Lengths) -> Lengths:
    return [*accumulate(lengths[:-1]), lengths[-1]]


def _left(lengths: Lengths) -> Lengths:
    return list(accumulate(lengths[::-1]))[::-1]


EACH = Form("", lambda lengths: lengths, "=", "Give p(T = t) for each length t.")
UP_TO = Form("/cumulative", _cumulative, "<=", "Give p(T <= t): add up the lengths up to t.")
AT_LEAST = Form("/remaining", _left, ">=", "Give p(T >= t): what has not ended before t.")
FORMS = (EACH, UP_TO, AT_LEAST)
_IS = {
    "": "the probability of each length, p(T = t)",
    "/cumulative": "cumulative, p(T <= t)",
    "/remaining": "what is left, p(T >= t)",
}


def _judge(form: Form) -> Callable[[Any, Lengths, Case], None]:
    def judge(value: Any, expected: Lengths, case: Case) -> None:
        cap = case.args[1]
        if type(value) not in (list, tuple):
            raise Complaint(
                f"A list of numbers is expected, and a {kind(value)} came: {short(value)}."
            )
        if len(value) != cap + 1:
            raise Complaint(
                f"max_length is {cap}, so there are {cap + 1} numbers: one for each length from 1 "
                f"to {cap}, and the mass that is left. {len(value)} came: {short(value)}."
            )
        got = [number(x, f"number {i + 1}") for i, x in enumerate(value)]
        pairs = enumerate(zip(got, expected, strict=True))
        at = next((i for i, pair in pairs if not close(*pair)), None)
        if at is not None:
            name = f"p(T {form.symbol} {at + 1})" if at < cap else f"p(T > {cap})"
            raise Complaint(
                f"You returned {short(got)}, expected {short(expected)}: {name} should be "
                f"{expected[at]:.4g}.{_lost(got) if form is EACH else ''}"
            )

    return judge


def _lost(got: Lengths) -> str:
    total = math.fsum(got)
    return f" Your numbers sum to {total:.4f}, not 1." if abs(total - 1) > 1e-9 else ""


def _counting_words(next_word: NextWord, max_length: int) -> Lengths:
    found = enumerate_sequences(next_word, max_length + 1).finished.items()
    by_words = [math.fsum(p for s, p in found if len(s) - 1 == n + 1) for n in range(max_length)]
    return [*by_words, 1 - math.fsum(by_words)]


def _words_from_zero(next_word: NextWord, max_length: int) -> Lengths:
    longer = length_distribution(next_word, max_length)
    return [0.0, *longer[: max_length - 1], longer[max_length] + longer[max_length - 1]]


def _last(wrong: Callable[[Lengths], float]) -> Callable[[NextWord, int], Lengths]:
    def everything(next_word: NextWord, max_length: int) -> Lengths:
        right = length_distribution(next_word, max_length)
        return [*right[:-1], wrong(right[:-1])]

    return everything


def _counts(next_word: NextWord, max_length: int) -> Lengths:
    found = enumerate_sequences(next_word, max_length)
    lengths = [len(sentence) for sentence in found.finished]
    counts = [lengths.count(n + 1) for n in range(max_length)] + [len(found.unfinished)]
    return [count / sum(counts) for count in counts]


def _every_prefix(next_word: NextWord, max_length: int) -> Lengths:
    right = length_distribution(next_word, max_length)
    open_mass = [1 - math.fsum(right[: n + 1]) for n in range(max_length)]
    return [*right[:-1], math.fsum(open_mass)]


def _no_chain(next_word: NextWord, max_length: int) -> Lengths:
    found = enumerate_sequences(next_word, max_length)
    result = [0.0] * max_length + [0.0]
    for sentence in (*found.finished, *found.unfinished):
        last = next_word(sentence[:-1])[sentence[-1]]
        result[len(sentence) - 1 if sentence[-1] == EOS else max_length] += last
    return result


def _normalized(next_word: NextWord, max_length: int) -> Lengths:
    finished = length_distribution(next_word, max_length)[:-1]
    return [p / math.fsum(finished) for p in finished] + [0.0]


MISTAKES = (
    Mistake(
        _last(lambda finished: 0.0),
        "The unfinished mass is missing. A sentence that has not ended at the cap is longer than "
        "the cap, and its probability belongs in the last number.",
    ),
    Mistake(
        _normalized,
        "The finished sentences were rescaled to sum to 1. Leave them as they are: what is missing "
        "is the mass of the sentences that are longer.",
    ),
    Mistake(
        _counting_words,
        f"These lengths don't count {EOS}. Here a sentence of two words has T = 3.",
    ),
    Mistake(
        _words_from_zero,
        f"These lengths don't count {EOS}: each stands one place too late.",
    ),
    Mistake(
        _every_prefix,
        "Prefixes of every length are counted in the last number. A prefix shorter than the cap "
        "has gone on or ended, so its mass is already in others; count those of max_length words.",
    ),
    Mistake(
        _counts,
        "This counts sentences. Add up their probabilities.",
    ),
    Mistake(
        _no_chain,
        "Only the last word's probability was added. The probability of a sentence is the product "
        "of all its steps.",
    ),
)


def _task(form: Form) -> Task:
    others = tuple(
        Mistake(other.of(length_distribution), f"This is {_IS[other.suffix]}. {form.asked}")
        for other in FORMS
        if other is not form
    )
    known = tuple(Mistake(form.of(mistake.wrong), mistake.says) for mistake in MISTAKES)

    def prop(name: str, points: float, cases: Callable, hint: int) -> Property:
        endless = "Does the search stop at sentences that have ended, and at max_length?"
        where = f"Hint {hint} under the task."
        return Property(
            name, points, cases, _judge(form), where, (*known, *others), endless=endless
        )

    return Task(
        f"ex01.4{form.suffix}",
        "Task 4, all the mass",
        {"length_distribution": (("next_word", "max_length"), form.of(length_distribution))},
        (
            prop("a model that always ends", 2, _ending, 1),
            prop("a cap that cuts", 3, _cut, 2),
            prop("a model that may go on forever", 1, _forever, 2),
        ),
    )


TASK = _task(EACH)
OTHERS = (_task(UP_TO), _task(AT_LEAST))
