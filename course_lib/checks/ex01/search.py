"""Task 5: greedy, and the most probable sentence without looking at every one."""

import math
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, compare_sentence, short, words
from course_lib.checks.tables import BIRDS, Table, random_table
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference import probability
from course_lib.reference.probability import EOS, NextWord, Words, enumerate_sequences

# The first word of .55 splits its mass in two; the one of .45 keeps it.
GARDEN = Table(
    {
        (): {"he": 0.45, "she": 0.55},
        ("he",): {"sings": 1.0},
        ("he", "sings"): {EOS: 1.0},
        ("she",): {"sings": 0.6, "dances": 0.4},
        ("she", "sings"): {EOS: 1.0},
        ("she", "dances"): {EOS: 1.0},
    }
)


def greedy(next_word: NextWord, max_length: int) -> Words:
    """Return the sentence of the most probable word at each step. Source: chapter 01, (10)."""
    return probability.greedy(next_word, max_length)[0]


def most_probable(next_word: NextWord, max_length: int) -> tuple[Words, float]:
    """Return (words, log_prob) of the most probable finished sentence. Source: chapter 01, (9).

    By depth first, the most probable word first, leaving out what is below the best so far.
    """
    best: tuple[Words, float] = ((), -math.inf)

    def visit(prefix: Words, log_prob: float) -> None:
        nonlocal best
        row = next_word(prefix)
        for word in sorted(row, key=lambda word: -row[word]):
            score = log_prob + math.log(row[word])
            if score > best[1] and word == EOS:
                best = ((*prefix, EOS), score)
            elif score > best[1] and len(prefix) + 1 < max_length:
                visit((*prefix, word), score)

    visit((), 0.0)
    return best


def _ahead(table: Table, max_length: int) -> bool:
    """Return whether one finished sentence is clearly the most probable."""
    top = sorted(enumerate_sequences(table, max_length).finished.values())[-2:]
    return len(top) == 1 or top[1] > 1.02 * top[0]


def _clear_table(rng: np.random.Generator, max_length: int, **size: Any) -> Table:
    while not _ahead(table := random_table(rng, **size), max_length):
        pass
    return table


def _missed(rng: np.random.Generator) -> Table:
    """Return a random table whose most probable sentence greedy misses."""
    while True:
        table = _clear_table(rng, 4)
        if greedy(table, 4) != most_probable(table, 4)[0]:
            return table


def _greedy_cases(rng: np.random.Generator) -> list[Case]:
    tables = [(GARDEN, 3), (BIRDS, 4), (random_table(rng), 4), (_missed(rng), 4), (BIRDS, 2)]
    return [Case("greedy", args) for args in tables]


def _small(rng: np.random.Generator) -> list[Case]:
    late = Table(
        {(): {"go": 0.6, EOS: 0.4}, ("go",): {"on": 0.9, EOS: 0.1}, ("go", "on"): {EOS: 1.0}}
    )
    song = Table({}, otherwise={"la": 0.7, EOS: 0.3})
    hand = [(GARDEN, 3), (BIRDS, 4), (late, 3), (late, 2), (song, 4)]
    drawn = [(_missed(rng), 4), (_clear_table(rng, 3), 3), (_missed(rng), 9)]
    return [Case("most_probable", args) for args in (*hand, *drawn)]


def _large(rng: np.random.Generator) -> list[Case]:
    letters = [chr(ord("a") + i) for i in range(15)]
    rng.shuffle(letters)
    wide = Table(
        {(): {letters[0]: 0.55, letters[1]: 0.45}, (letters[1],): {EOS: 0.9, letters[2]: 0.1}},
        otherwise={**dict.fromkeys(letters, 0.05), EOS: 0.25},
    )
    return [Case("most_probable", (wide, cap), questions=5000) for cap in (6, 20)]


def _judge_greedy(value: Any, expected: Words, case: Case) -> None:
    if (got := words(value)) != expected:
        raise Complaint(f"You returned {short(got)}, expected {short(expected)}.")


def _judge_best(value: Any, expected: tuple[Words, float], case: Case) -> None:
    compare_sentence(value, expected)


def _best_by(score: Any) -> Any:
    """Return what someone finds who maximises another score(words, probability)."""

    def wrong(next_word: NextWord, max_length: int) -> tuple[Words, float]:
        finished = enumerate_sequences(next_word, max_length).finished
        best = max(finished, key=lambda words: score(words, finished[words]))
        return best, math.log(finished[best])

    return wrong


def _greedy_pair(next_word: NextWord, max_length: int) -> tuple[Words, float]:
    found, p = probability.greedy(next_word, max_length)
    return found, math.log(p)


def _without_eos(next_word: NextWord, max_length: int) -> tuple[Words, float]:
    best, log_prob = most_probable(next_word, max_length)
    return best[:-1], log_prob


def _probability(next_word: NextWord, max_length: int) -> tuple[Words, float]:
    best, log_prob = most_probable(next_word, max_length)
    return best, math.exp(log_prob)


def _prefix(next_word: NextWord, max_length: int) -> tuple[Words, float]:
    first, p = max(next_word(()).items(), key=lambda item: item[1])
    return (first,), math.log(p)


BEST = (
    Mistake(
        _greedy_pair,
        "That is the greedy sentence. A less probable first word can lead to a better whole.",
    ),
    Mistake(
        _prefix,
        f"That prefix has not ended. Compare sentences that end in {EOS}: a prefix looks better "
        "because it has fewer factors.",
    ),
    Mistake(
        _without_eos,
        f"The sentence is the right one. Return it with the {EOS} that ends it.",
    ),
    Mistake(
        _probability, "The sentence is right. Return its log-probability, not its probability."
    ),
    Mistake(
        lambda next_word, cap: most_probable(next_word, cap + 3),
        f"That sentence is longer than max_length tokens, {EOS} included.",
    ),
    Mistake(
        _best_by(lambda words, p: math.log(p) / len(words)),
        "That sentence has the best average per token. The task asks for the best sum.",
    ),
    Mistake(
        _best_by(lambda words, p: (-len(words), p)),
        "That is the best of the shortest sentences. A longer one can be more probable.",
    ),
    Mistake(
        _best_by(lambda words, p: -p), "That is the least probable sentence. Is a sign turned?"
    ),
)
GREEDY = (
    Mistake(
        lambda next_word, cap: most_probable(next_word, cap)[0],
        "That is the most probable sentence. Greedy takes the most probable word at each step and "
        "never looks back.",
    ),
    Mistake(
        lambda next_word, cap: greedy(next_word, cap)[:-1],
        f"The last token is missing. A sentence that ends has {EOS} as its last, and the cap "
        "counts it.",
    ),
)
PRUNE = (
    "There are far too many sentences to visit. A prefix only gets less probable as it grows: once "
    "it is below the best finished sentence so far, leave it out. Look at probable words first."
)

TASK = Task(
    "ex01.5",
    "Task 5, greedy and the most probable sentence",
    {
        "greedy": (("next_word", "max_length"), greedy),
        "most_probable": (("next_word", "max_length"), most_probable),
    },
    (
        Property(
            "greedy takes the most probable word at each step",
            2,
            _greedy_cases,
            _judge_greedy,
            "Hint 1 under the task.",
            GREEDY,
        ),
        Property(
            "the most probable sentence of small models",
            3,
            _small,
            _judge_best,
            "Hint 2 under the task.",
            BEST,
            {"RecursionError": "Does the recursion stop at max_length?"},
        ),
        Property(
            "a large model, in 5000 questions",
            2,
            _large,
            _judge_best,
            "Hint 3 under the task.",
            (BEST[0], *BEST[2:4]),
            endless=PRUNE,
        ),
    ),
)
