"""Task 4: write one wrong word into a sentence, and judge what follows it."""

from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, close, number, parts, short, words
from course_lib.checks.tables import random_table
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.probability import EOS, NextWord, Words

NAMES = ("right", "after_all", "in_order")
Rest = tuple[bool, bool, float]


def with_error(
    next_word: NextWord, gold: Words, position: int, word: str, max_length: int
) -> Words:
    """Return gold up to position, then word, then what the model finds most probable.

    Source: chapter 07, "One wrong word, on purpose".
    """
    return _continue(next_word, (*gold[:position], word), max_length)


def _continue(next_word: NextWord, written: Words, max_length: int) -> Words:
    while len(written) < max_length and written[-1:] != (EOS,):
        row = next_word(written)
        written = (*written, max(row, key=lambda word: row[word]))
    return written


def rest(written: Words, gold: Words, position: int) -> Rest:
    """Return (the rest is right, the lost word comes after all, share of the rest said in order).

    Source: chapter 07, "How much is lost".
    """
    after, wanted = written[position + 1 :], gold[position + 1 :]
    return after == wanted, after == gold[position:], _common(after, wanted) / len(wanted)


def _common(one: Words, other: Words) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        before, row = row, [0]
        for j, theirs in enumerate(other):
            row.append(before[j] + 1 if word == theirs else max(before[j + 1], row[j]))
    return row[-1]


def _errors(rng: np.random.Generator) -> list[Case]:
    return [_error(rng, position, cap) for position, cap in ((1, 9), (0, 9), (1, 3))]


def _error(rng: np.random.Generator, position: int, cap: int) -> Case:
    """Return a case on which the mistakes give different sentences; gold is any of the model's."""
    while True:
        table = random_table(rng, "abc", depth=4)
        gold = (*rng.choice([*"abc"], int(rng.integers(3, 5))).tolist(), EOS)
        word = "abc"[("abc".index(gold[position]) + 1) % 3]
        case = (table, gold, position, word, cap)
        if position and _own_before(*case) == with_error(*case):
            continue
        said = {f(*case) for f in (with_error, *WRITTEN_WRONG)}
        if len(said) > len(WRITTEN_WRONG) or (cap < 4 and with_error(*case)[-1] != EOS):
            return Case("with_error", case)


def _without_error(
    next_word: NextWord, gold: Words, position: int, word: str, max_length: int
) -> Words:
    return _continue(next_word, gold[:position], max_length)


def _gold_goes_on(
    next_word: NextWord, gold: Words, position: int, word: str, max_length: int
) -> Words:
    return (*gold[:position], word, *gold[position + 1 :])[:max_length]


def _put_in(next_word: NextWord, gold: Words, position: int, word: str, max_length: int) -> Words:
    return _continue(next_word, (*gold[: position + 1], word), max_length)


def _reads_gold(
    next_word: NextWord, gold: Words, position: int, word: str, max_length: int
) -> Words:
    """Return what a decoder writes that reads gold where the wrong word stands."""
    free = _continue(next_word, gold[: position + 1], max_length)
    return (*free[:position], word, *free[position + 1 :])


def _own_before(
    next_word: NextWord, gold: Words, position: int, word: str, max_length: int
) -> Words:
    own = _continue(next_word, (), position)
    return _continue(next_word, (*own, word), max_length)


WRITTEN_WRONG = (_without_error, _gold_goes_on, _put_in, _reads_gold)
WRITTEN = (
    Mistake(_without_error, "The wrong word is not there. It stands at `position`."),
    Mistake(
        _gold_goes_on,
        "After the wrong word the gold goes on. The model writes there, and reads its own words.",
    ),
    Mistake(
        _put_in,
        "The wrong word was put in after the gold one. It takes its place: position counts from 0.",
    ),
    Mistake(
        _reads_gold,
        "The wrong word was written, and then the model read the gold one. It reads what stands "
        "there.",
    ),
    Mistake(
        _own_before,
        "Before the wrong word stand the model's own words. There the gold ones are given.",
    ),
    Mistake(
        lambda next_word, gold, at, word, cap: with_error(next_word, gold, at, word, cap)[at + 1 :],
        "This is the rest. Return the whole sentence, from its first word.",
    ),
    Mistake(
        lambda next_word, gold, at, word, cap: with_error(next_word, gold, at, word, cap + 1),
        f"That is one token too many: max_length counts all of them, {EOS} too.",
    ),
)


def _rests(rng: np.random.Generator) -> list[Case]:
    gold = ("Tom", "every-day", "in", "park", "plays", "ball", EOS)
    right = ("Tom", "I", "in", "park", "plays", "ball", EOS)
    after = ("Tom", "I", "every-day", "in", "park", "plays", "ball", EOS)
    between = ("Tom", "I", "every-day", "in", "in", "park", "plays", "ball", EOS)
    some = ("Tom", "I", "plays", "ball", EOS)
    turned = ("Tom", "I", "ball", "plays", "in", "park", EOS)
    lost = ("Tom", "I", "like", "cats")
    told = [(said, gold, 1) for said in (right, after, some, turned, lost, between)]
    return [Case("rest", args) for args in (*told, *(_random_rest(rng) for _ in range(4)))]


def _random_rest(rng: np.random.Generator) -> tuple[Words, Words, int]:
    letters = [*"abcdeabcde"]
    rng.shuffle(letters)
    gold, position = tuple(letters[:7]), int(rng.integers(0, 4))
    said = [word for word in gold[position + 1 :] if rng.random() < 0.7]
    said.insert(int(rng.integers(len(said) + 1)), "e")
    return (*gold[:position], "x", *said, EOS), (*gold, EOS), position


def _ordered(rng: np.random.Generator) -> list[Case]:
    """Return rests in which counting words, or reading on from the last match, goes wrong."""
    gold = ("a", "b", "c", "d", "e", EOS)
    said = (
        ("x", "c", "d", "e", "b", EOS),
        ("x", "e", "b", "c", EOS),
        ("x", "c", "b", "e", "d"),
        ("x", "d", "b", "c", "d", "e"),
        ("x", "b", "d", "c", "e", "b", "c", EOS),  # the longest unbroken run bars d and e
    )
    hand = [(words, gold, 0) for words in said]
    return [Case("rest", args) for args in (*hand, *(_random_rest(rng) for _ in range(4)))]


def _judge_words(value: Any, expected: Words, case: Case) -> None:
    if (got := words(value)) != expected:
        raise Complaint(f"You returned {short(got)}, expected {short(expected)}.")


def _judge_rest(*indices: int) -> Callable[[Any, Rest, Case], None]:
    def judge(value: Any, expected: Rest, case: Case) -> None:
        given = parts(value, NAMES)
        for i in indices:
            got = number(float(given[i]) if type(given[i]) is bool else given[i], NAMES[i])
            if not close(got, float(expected[i])):
                mine = short(given[i])
                raise Complaint(f"{NAMES[i]}: you returned {mine}, expected {short(expected[i])}.")

    return judge


def _in_order(share: Callable[[Words, Words], float]) -> Callable[[Words, Words, int], Rest]:
    def wrong(written: Words, gold: Words, position: int) -> Rest:
        after, wanted = written[position + 1 :], gold[position + 1 :]
        return *rest(written, gold, position)[:2], share(after, wanted)

    return wrong


def _runs_common(after: Words, wanted: Words) -> float:
    """Return the share found by taking the longest unbroken run first, as difflib does."""
    blocks = SequenceMatcher(None, wanted, after, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(wanted)


def _greedy_common(after: Words, wanted: Words) -> float:
    """Return the share found by looking for each wanted word behind the last one found."""
    at = found = 0
    for word in wanted:
        if word in after[at:]:
            at, found = after.index(word, at) + 1, found + 1
    return found / len(wanted)


EARLY = Mistake(
    lambda written, gold, position: rest(written, gold, position - 1),
    "The rest begins one word too early: with the wrong word. It begins after it.",
)
RESTS = (
    Mistake(
        lambda written, gold, position: (
            *rest(written, gold, position)[1::-1],
            rest(written, gold, position)[2],
        ),
        "right and after_all are swapped. right: the words after the wrong one are the gold words "
        "after `position`. after_all: they are the gold words from `position` on.",
    ),
    Mistake(
        lambda written, gold, position: (False, False, rest(written, gold, position)[2]),
        "The wrong word was compared too, or the whole sentences. With it nothing is right: "
        "compare what follows it.",
    ),
    Mistake(
        lambda written, gold, position: (
            rest(written, gold, position)[0],
            _common(written[position + 1 :], gold[position:]) == len(gold[position:]),
            rest(written, gold, position)[2],
        ),
        "Another word stands between. after_all asks for the gold words from `position` on, and "
        "for nothing else.",
    ),
)
ORDER = (
    Mistake(
        _in_order(lambda after, wanted: sum(word in after for word in wanted) / len(wanted)),
        "The words that occur were counted. They have to come in the order of the gold.",
    ),
    Mistake(
        _in_order(
            lambda after, wanted: (
                sum(a == w for a, w in zip(after, wanted, strict=False)) / len(wanted)
            )
        ),
        "The words at their position were counted. One word left out shifts all others, and they "
        "are still said in order.",
    ),
    Mistake(
        _in_order(lambda after, wanted: _common(after, wanted) / max(1, len(after))),
        f"Divide by the length of the gold rest, {EOS} counted, not by that of what was written.",
    ),
    Mistake(
        _in_order(_greedy_common),
        "Each gold word was looked for behind the last one found. A word that is found late bars "
        "those between, so the longest row of words can be longer: hint 3.",
    ),
    Mistake(
        _in_order(_runs_common),
        "The longest unbroken run was taken first, as difflib does. It can bar more words than it "
        "has: hint 3.",
    ),
)

TASK = Task(
    "ex07.4",
    "Task 4, one wrong word and what follows",
    {
        "with_error": (("next_word", "gold", "position", "word", "max_length"), with_error),
        "rest": (("written", "gold", "position"), rest),
    },
    (
        Property(
            "the wrong word stands there, and the model goes on by itself",
            3,
            _errors,
            _judge_words,
            "Hint 1 under the task.",
            WRITTEN,
        ),
        Property(
            "the rest is right, or the lost word comes after all",
            2,
            _rests,
            _judge_rest(0, 1),
            "Hint 2 under the task.",
            RESTS,
        ),
        Property(
            "the share of the rest that is said, in order",
            3,
            _ordered,
            _judge_rest(2),
            "Hint 3 under the task.",
            (*ORDER, EARLY),
        ),
    ),
)
