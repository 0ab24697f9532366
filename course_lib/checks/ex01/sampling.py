"""Task 3: draw sentences word by word, with the generator given, until EOS or the cap."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, close, number, parts, short, words
from course_lib.checks.tables import BIRDS, Table, random_table
from course_lib.checks.task import Case, Mistake, Property, Seed, Task
from course_lib.reference.probability import (
    EOS,
    Words,
    enumerate_sequences,
    greedy,
    sequence_log_prob,
)

SONG = Table({}, otherwise={"la": 1.0})  # never ends
CHAIN = Table({(): {"a": 1.0}, ("a",): {"b": 1.0}, ("a", "b"): {EOS: 1.0}})

Distribution = Mapping[Words, float]


def distribution(next_word: Table, rng: Seed, max_length: int) -> Distribution:
    """Return how probable each result of sampling is, finished or cut at max_length."""
    found = enumerate_sequences(next_word, max_length)
    return {**found.finished, **found.unfinished}


def _seed(rng: np.random.Generator) -> Seed:
    return Seed(int(rng.integers(1000)))


def _cases(rng: np.random.Generator, tables: list[tuple[Table, int]], **how: int) -> list[Case]:
    return [Case("sample", (table, _seed(rng), cap), **how) for table, cap in tables]


def _frequencies(rng: np.random.Generator) -> list[Case]:
    tables = [(BIRDS, 9), (random_table(rng, depth=2), 9), (random_table(rng, depth=3), 9)]
    return _cases(rng, tables, calls=600)


def _few(rng: np.random.Generator) -> list[Case]:
    return _cases(rng, [(BIRDS, 9), (random_table(rng, depth=2), 9)], calls=40)


def _caps(rng: np.random.Generator) -> list[Case]:
    return _cases(rng, [(SONG, 7), (CHAIN, 3), (CHAIN, 2), (SONG, 1), (CHAIN, 9)], questions=2000)


def _repeats(rng: np.random.Generator) -> list[Case]:
    return _cases(rng, [(BIRDS, 9), (random_table(rng), 9)], calls=20, rounds=2)


def _draws(value: Any, case: Case) -> list[tuple[Words, Any]]:
    """Return (words, log_prob) of every call in all rounds."""
    rounds = value if case.calls > 1 else [[value]]
    pairs = [parts(call, ("words", "log_prob")) for calls in rounds for call in calls]
    return [(words(drawn), log_prob) for drawn, log_prob in pairs]


def _judge_frequencies(value: Any, expected: Distribution, case: Case) -> None:
    counts = Counter(drawn for drawn, _ in _draws(value, case))
    for drawn in counts:
        if drawn not in expected:
            raise Complaint(f"{short(drawn)} came. {_why_not(drawn, expected)}")
    for sentence, p in expected.items():
        mean, spread = p * case.calls, 5 * math.sqrt(case.calls * p * (1 - p)) + 1
        if abs(counts[sentence] - mean) > spread:
            raise Complaint(
                f"In {case.calls} draws, {short(sentence)} came {counts[sentence]} times. Its "
                f"probability is {p:.4g}, so about {mean:.0f} are expected, and "
                f"{max(0, mean - spread):.0f} to {mean + spread:.0f} would pass."
            )


def _why_not(drawn: Words, expected: Distribution) -> str:
    if (*drawn, EOS) in expected:
        return f"A finished sentence ends in {EOS}: return it with the words."
    if EOS in drawn[:-1]:
        return f"Nothing follows {EOS}."
    longest = max(len(sentence) for sentence in expected)
    if len(drawn) > longest:
        return f"That is {len(drawn)} words, and no result has more than {longest}."
    return "The model never gives that."


def _judge_log_prob(value: Any, expected: Distribution, case: Case) -> None:
    draws = _draws(value, case)
    if len({drawn for drawn, _ in draws}) == 1:
        raise Complaint(f"All {len(draws)} draws are {short(draws[0][0])}. That is not drawing.")
    for drawn, log_prob in draws:
        if drawn not in expected:
            raise Complaint(f"{short(drawn)} came. {_why_not(drawn, expected)}")
        got, right = number(log_prob, "log_prob"), math.log(expected[drawn])
        if not close(got, right):
            raise Complaint(
                f"For {short(drawn)} you returned log_prob {got:.4f}, expected {right:.4f}."
            )


def _judge_cap(value: Any, expected: Distribution, case: Case) -> None:
    ((drawn, _),) = _draws(value, case)
    right = next(iter(expected))
    if drawn != right:
        raise Complaint(f"You returned {short(drawn)}, expected {short(right)}.")


def _judge_repeats(value: Any, expected: Distribution, case: Case) -> None:
    first, second = ([drawn for drawn, _ in _draws([calls], case)] for calls in value)
    if len(set(first)) == 1:
        raise Complaint(
            f"{case.calls} draws with one generator gave {short(first[0])} every time. Is a new "
            "generator made inside the function, or is nothing drawn?"
        )
    if first != second:
        at = next(i for i, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1])
        raise Complaint(
            f"Two generators with the same seed should give the same draws. Draw {at + 1} was "
            f"{short(first[at])} and then {short(second[at])}. Is there another source of chance "
            "than rng, such as np.random or random?"
        )


def _always(change: Callable[[Mapping[str, float]], Mapping[str, float]]) -> Callable:
    """Return the distribution of someone who draws from change(row) instead of the row."""

    def wrong(next_word: Table, rng: Seed, max_length: int) -> Distribution:
        changed = Table({prefix: change(row) for prefix, row in next_word.rows.items()})
        return distribution(changed, rng, max_length)

    return wrong


def _greedy(next_word: Table, rng: Seed, max_length: int) -> Distribution:
    others = dict.fromkeys(distribution(next_word, rng, max_length), 0.0)
    return {**others, greedy(next_word, max_length)[0]: 1.0}


FREQUENCY = (
    Mistake(_greedy, "The most probable word is taken each time. Draw it, by its probability."),
    Mistake(
        _always(lambda row: dict.fromkeys(row, 1 / len(row))),
        "Every word of the row is drawn equally often. Give the generator the probabilities: p=...",
    ),
)


def _only(change: Callable[[Table, int], Words]) -> Callable[..., Distribution]:
    """Return the distribution of someone who always gives change(table, cap)."""
    return lambda next_word, rng, max_length: {change(next_word, max_length): 1.0}


def _log_prob_as(change: Callable[[float], float]) -> Callable[..., Distribution]:
    """Return probabilities whose logarithm is change(log_prob), what someone returns instead."""

    def wrong(next_word: Table, rng: Seed, max_length: int) -> Distribution:
        right = distribution(next_word, rng, max_length)
        return {drawn: math.exp(change(math.log(p))) for drawn, p in right.items()}

    return wrong


def _last_factor(next_word: Table, rng: Seed, max_length: int) -> Distribution:
    right = distribution(next_word, rng, max_length)
    return {drawn: next_word(drawn[:-1])[drawn[-1]] for drawn in right}


def _words_only(next_word: Table, rng: Seed, max_length: int) -> Distribution:
    right = distribution(next_word, rng, max_length)
    return {drawn: math.exp(sequence_log_prob(next_word, drawn[:-1])) for drawn in right}


LOG_PROB = (
    Mistake(_log_prob_as(math.exp), "This is the probability. Return its natural logarithm."),
    Mistake(_log_prob_as(lambda x: -x), "The sign is turned. A log-probability is 0 or less."),
    Mistake(
        _log_prob_as(lambda x: x / math.log(2)), "This is in bits. Take the natural logarithm."
    ),
    Mistake(_last_factor, "This is the logarithm of the last factor. Add up those of all words."),
    Mistake(_words_only, f"The factor of {EOS} is missing: it was drawn like the other words."),
)
CAP = (
    Mistake(
        _only(lambda table, cap: greedy(table, cap + 1)[0]),
        f"That is one token too many. The length counts {EOS}, so max_length is the number of all "
        "tokens returned.",
    ),
    Mistake(
        _only(lambda table, cap: greedy(table, cap - 1)[0]),
        "It stops one token too early. max_length tokens are allowed.",
    ),
    Mistake(
        _only(lambda table, cap: (*greedy(table, cap)[0], EOS)),
        f"{EOS} was put at the end without being drawn. A sentence cut at the cap is not finished.",
    ),
    Mistake(
        _only(lambda table, cap: greedy(table, cap)[0][:-1]),
        "The last token is missing.",
    ),
)

TASK = Task(
    "ex01.3",
    "Task 3, sampling",
    {"sample": (("next_word", "rng", "max_length"), distribution)},
    (
        Property(
            "each sentence comes as often as its probability says",
            3,
            _frequencies,
            _judge_frequencies,
            "Hint 1 under the task.",
            FREQUENCY,
            endless=f"Does the loop stop at {EOS}?",
        ),
        Property(
            "log_prob is that of the words drawn",
            1,
            _few,
            _judge_log_prob,
            "Hint 2 under the task.",
            LOG_PROB,
        ),
        Property(
            "it stops at the cap, and the length counts EOS",
            1,
            _caps,
            _judge_cap,
            "Hint 3 under the task.",
            CAP,
            endless="This model never ends a sentence. Stop at max_length words.",
        ),
        Property(
            "all chance comes from rng",
            1,
            _repeats,
            _judge_repeats,
            "Hint 4 under the task.",
        ),
    ),
)
