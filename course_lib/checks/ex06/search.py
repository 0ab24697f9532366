"""Task 3: beam search with finished hypotheses, a length in the score, and a rule to stop by."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.ex06 import beams
from course_lib.checks.ex06.beams import Beam, Pair
from course_lib.checks.ex06.models import (
    CUT,
    ENDLESS,
    HUM,
    LATE,
    NO,
    ROOM,
    SONG,
    TURNS,
    random_model,
)
from course_lib.checks.plain import compare_sentence
from course_lib.checks.tables import BIRDS, Table
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.probability import EOS, NextWord

Search = Callable[[NextWord, int, int, float], Pair]
beam_search = Beam()


def _exact(next_word: NextWord, width: int, max_length: int, alpha: float) -> Pair:
    return Beam()(next_word, 10_000, max_length, alpha)


def _changed(change: Callable[[Pair, int, float], Pair]) -> Search:
    """Return what someone returns who finds the right sentence and changes it."""

    def wrong(next_word: NextWord, width: int, max_length: int, alpha: float) -> Pair:
        found = beam_search(next_word, width, max_length, alpha)
        return change(found, max_length, alpha)

    return wrong


EXACT = Mistake(
    _exact,
    "A beam of this width can't know that sentence: one of its prefixes was not among the best of "
    "its length.",
)
GREEDY = Mistake(
    lambda next_word, width, cap, alpha: beam_search(next_word, 1, cap, alpha),
    "That is the greedy sentence. A beam keeps as many prefixes of each length as its width says.",
)
ONE_EACH = Mistake(
    Beam(keep=beams.one_each),
    "Each prefix got one continuation. All continuations of all prefixes compete in one ranking.",
)
NO_PLACE = Mistake(
    Beam(keep=beams.no_place),
    "A finished sentence took no place here. It is one of those that are kept, so fewer live on.",
)
FOR_EVER = Mistake(
    Beam(keep=beams.place_for_ever),
    "A sentence that has finished goes on taking a place. Every step keeps as many as the width "
    "says, of what has just grown.",
)
WIDER = Mistake(
    lambda next_word, width, cap, alpha: beam_search(next_word, width + 1, cap, alpha),
    "That is what a width of one more finds.",
)
FIRST = Mistake(
    Beam(early=beams.at_first),
    "It stops when the first sentence has finished. A longer one can still be better.",
)
AT_WIDTH = Mistake(
    Beam(early=beams.at_width),
    "It stops when as many have finished as the beam is wide. Something open can still be better.",
)
PRESENT = Mistake(
    Beam(early=beams.at_present),
    "It compares with the score an open prefix has now. It can still grow, and its divisor with "
    "it, up to max_length.",
)
WITHOUT_EOS = Mistake(
    _changed(lambda pair, cap, alpha: (pair[0][:-1] if beams.ended(pair) else pair[0], pair[1])),
    f"The sentence is right. Return it with its {EOS}.",
)
A_SCORE = Mistake(
    _changed(lambda pair, cap, alpha: (pair[0], beams.power(pair[1], len(pair[0]), alpha))),
    "The sentence is right. Return its log-probability, not its score.",
)
A_PROBABILITY = Mistake(
    _changed(lambda pair, cap, alpha: (pair[0], math.exp(pair[1]))),
    "The sentence is right. Return its log-probability, not its probability.",
)
ALPHA_UNUSED = Mistake(
    Beam(score=lambda p, T, alpha: p),
    "That has the highest ln p. Here ln p is divided by T to the alpha.",
)
MULTIPLIED = Mistake(
    Beam(score=lambda p, T, alpha: p * T**alpha),
    "The score was multiplied by T to the alpha. ln p is negative: dividing is what helps a long "
    "sentence.",
)
SHORT_T = Mistake(
    Beam(score=lambda p, T, alpha: p / max(T - 1, 1e-9) ** alpha),
    f"T counts {EOS}.",
)
OPEN_WINS = Mistake(
    Beam(open_too=True, score=lambda p, T, alpha: p),
    "An open prefix won. While anything has finished, only finished sentences count.",
)
ADDED_EOS = Mistake(
    _changed(lambda pair, cap, alpha: (pair[0] if beams.ended(pair) else (*pair[0], EOS), pair[1])),
    f"{EOS} was put at the end without having come.",
)
NOTHING = Mistake(
    lambda next_word, width, cap, alpha: ((), -math.inf),
    "Nothing came back. If no sentence has ended, return the most probable open prefix.",
)
RETURNED = (WITHOUT_EOS, A_SCORE, A_PROBABILITY)
WIDTHS = (GREEDY, ONE_EACH, WIDER, EXACT)
PLACES = (NO_PLACE, FOR_EVER)
STOPS = (FIRST, AT_WIDTH, PRESENT)
LENGTHS = (ALPHA_UNUSED, MULTIPLIED, SHORT_T)


def _case(table: Table, width: int, cap: int, alpha: float, questions: int = 20_000) -> Case:
    return Case("beam_search", (table, width, cap, alpha), questions=questions)


def _drawn(
    rng: np.random.Generator,
    width: int,
    alpha: float,
    must: Mistake,
    unlike: tuple[Mistake, ...] = (),
    harmless: tuple[Mistake, ...] = (),
) -> Case:
    """Return a random model where `must` goes wrong, not as `unlike` do, and `harmless` do not.

    Of the mistakes in WIDTHS, no two that are in `unlike` go wrong in one way.
    """
    while True:
        args = (random_model(rng), width, 4, alpha)
        right, wrong = beam_search(*args)[0], must.wrong(*args)[0]
        if wrong == right:
            continue
        others = {other: other.wrong(*args)[0] for other in unlike}
        ways = [said for m, said in others.items() if m in WIDTHS and said != right]
        if wrong in others.values() or len(set(ways)) < len(ways):
            continue
        if all(mistake.wrong(*args)[0] == right for mistake in harmless):
            return _case(*args)


def _greedy_cases(rng: np.random.Generator) -> list[Case]:
    drawn = [_drawn(rng, 1, 0.0, EXACT, (WIDER,)), _drawn(rng, 1, 0.0, WIDER, (EXACT,))]
    return [_case(BIRDS, 1, 4, 0.0), *drawn]


def _beam_cases(rng: np.random.Generator) -> list[Case]:
    drawn = [
        _drawn(rng, width, 0.0, must, tuple(m for m in WIDTHS if m is not must), (FIRST,))
        for width, must in ((2, GREEDY), (2, ONE_EACH), (2, WIDER), (3, EXACT))
    ]
    return [_case(BIRDS, 2, 4, 0.0), *drawn]


def _place_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _drawn(rng, 2, 1.0, NO_PLACE, (EXACT,), (FOR_EVER, WIDER, ONE_EACH)),
        _case(ROOM, 3, 6, 0.0),
    ]


def _length_cases(rng: np.random.Generator) -> list[Case]:
    drawn = _drawn(rng, 3, 0.6, SHORT_T, LENGTHS[:2], (AT_WIDTH, PRESENT, *WIDTHS))
    return [_case(TURNS, 4, 6, 1.0), drawn]


def _early_cases(rng: np.random.Generator) -> list[Case]:
    wider = (NO_PLACE, WIDER, EXACT)
    drawn = [
        _drawn(rng, 3, 1.0, PRESENT, (FIRST, ALPHA_UNUSED), (AT_WIDTH, *wider)),
        _drawn(rng, 3, 1.0, AT_WIDTH, (FIRST, ALPHA_UNUSED), wider),
    ]
    return [_case(LATE, 3, 6, 0.0), *drawn, _case(NO, 2, 6, 1.0)]


def _endless_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _case(SONG, 2, 2000, 0.0, questions=300),
        _case(HUM, 3, 2000, 0.0, questions=300),
        _case(HUM, 3, 60, 0.5, questions=100),
    ]


def _cut_cases(rng: np.random.Generator) -> list[Case]:
    return [_case(ENDLESS, 2, 4, 0.0), _case(CUT, 2, 4, 0.0), _case(ENDLESS, 1, 3, 1.0)]


def _judge(value: Any, expected: Pair, case: Case) -> None:
    compare_sentence(value, expected)


CONTINUED = (
    f"What ends in {EOS} leaves the beam and is never continued. Put it aside, with its score."
)
NONE_ENDED = (
    "At max_length it may be that nothing has ended, and then there is no best finished sentence. "
    "Return the most probable open prefix in that case."
)
TOO_LONG = (
    "It goes on although nothing can change. What grows from an open prefix scores at most "
    "ln p / max_length^alpha: stop when the best finished score is that high for the most probable "
    "open one."
)
_ASKED = {"ValueError": CONTINUED}

TASK = Task(
    "ex06.3",
    "Task 3, beam search",
    {"beam_search": (("next_word", "width", "max_length", "alpha"), beam_search)},
    (
        Property(
            "a width of 1 is greedy search",
            1,
            _greedy_cases,
            _judge,
            "Hint 1 under the task.",
            (EXACT, WIDER, *RETURNED),
            _ASKED,
        ),
        Property(
            "what a beam of this width finds",
            2,
            _beam_cases,
            _judge,
            "Hint 2 under the task.",
            (*WIDTHS, *STOPS, *RETURNED),
            _ASKED,
        ),
        Property(
            "a finished sentence takes a place once",
            1,
            _place_cases,
            _judge,
            "Hint 2 under the task.",
            (*PLACES, *WIDTHS, *STOPS, *LENGTHS, *RETURNED),
            _ASKED,
        ),
        Property(
            "with alpha, a longer sentence may win",
            2,
            _length_cases,
            _judge,
            "Hint 3 under the task.",
            (*LENGTHS, *STOPS, *RETURNED, *PLACES, *WIDTHS),
            _ASKED,
        ),
        Property(
            "it does not stop too early",
            2,
            _early_cases,
            _judge,
            "Hint 4 under the task.",
            (*STOPS, *LENGTHS, *RETURNED, *PLACES, *WIDTHS),
            _ASKED,
        ),
        Property(
            "it stops when nothing open can win",
            2,
            _endless_cases,
            _judge,
            "Hint 4 under the task.",
            (*STOPS, *LENGTHS, *RETURNED, *PLACES, *WIDTHS),
            _ASKED,
            endless=TOO_LONG,
        ),
        Property(
            "at the cap, finished before open",
            1,
            _cut_cases,
            _judge,
            "Hint 5 under the task.",
            (OPEN_WINS, ADDED_EOS, NOTHING, *RETURNED, *LENGTHS, *STOPS),
            {"ValueError": NONE_ENDED, "IndexError": NONE_ENDED},
        ),
    ),
)
