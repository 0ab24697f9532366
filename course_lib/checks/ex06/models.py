"""Small models for a beam search: random ones, and some made for a mistake to go wrong."""

import numpy as np

from course_lib.checks.tables import Table
from course_lib.reference.probability import EOS, Words

LETTERS = "abc"
PREFIXES: list[Words] = [()]  # of up to 3 letters, the short ones first
for _prefix in PREFIXES:
    if len(_prefix) < 3:
        PREFIXES.extend((*_prefix, letter) for letter in LETTERS)


def random_model(rng: np.random.Generator) -> Table:
    """Return a model of sentences of 1 to 3 letters, with another row after each prefix.

    The probabilities are not rounded, so that no two sentences have the same.
    """
    drawn = 0.9 * rng.dirichlet(np.full(4, 1.2), size=len(PREFIXES)) + 0.025
    rows = {
        prefix: dict(zip([*LETTERS, EOS], row, strict=True))
        for prefix, row in zip(PREFIXES, drawn.tolist(), strict=True)
    }
    rows[()] = {letter: rows[()][letter] / (1 - rows[()][EOS]) for letter in LETTERS}
    return Table(rows | {prefix: {EOS: 1.0} for prefix in PREFIXES if len(prefix) == 3})


SONG = Table({}, otherwise={"la": 0.55, EOS: 0.45})
HUM = Table({}, otherwise={"la": 0.5, "na": 0.3, EOS: 0.2})
ENDLESS = Table({(): {"so": 0.7, "and": 0.3}}, otherwise={"so": 0.6, "on": 0.4})
CUT = Table(
    {(): {"no": 0.3, "I": 0.7}, ("no",): {EOS: 1.0}},
    otherwise={"think": 0.8, "say": 0.2},
)
NO = Table(
    {
        (): {"no": 0.5, "I": 0.4, "we": 0.1},
        ("no",): {EOS: 1.0},
        ("I",): {"do": 0.9, "did": 0.1},
        ("I", "do"): {"not": 0.95, EOS: 0.05},
        ("I", "do", "not"): {EOS: 0.95, "know": 0.05},
    },
    otherwise={EOS: 1.0},
)
# The first to end is empty, "no" has the largest T ln p, "we can" the largest ln p, and "I do not"
# the largest ln p / T, which is ahead at every step: no early stop hurts but at the first.
TURNS = Table(
    {
        (): {"I": 0.55, "we": 0.22, "no": 0.2, EOS: 0.03},
        ("I",): {"do": 0.98, "did": 0.02},
        ("I", "do"): {"not": 0.98, "be": 0.02},
        ("I", "do", "not"): {EOS: 0.4, "know": 0.2, "think": 0.2, "mind": 0.2},
        ("we",): {"can": 1.0},
    },
    otherwise={EOS: 1.0},
)
# "b" ends first, and one fewer place than three drops "d e g": no other mistake loses it but
# stopping at the first end, which says "b".
ROOM = Table(
    {
        (): {"d": 0.4, "b": 0.31, "a": 0.29},
        ("d",): {"e": 1.0},
        ("a",): {"c": 1.0},
        ("b",): {EOS: 0.36, "q": 0.33, "r": 0.31},
        ("a", "c"): {"d": 0.52, "f": 0.48},
        ("d", "e"): {"g": 0.34, "h": 0.335, "i": 0.325},
        ("a", "c", "d"): {EOS: 0.8, "e": 0.2},
        ("a", "c", "f"): {EOS: 0.7, "e": 0.3},
        ("d", "e", "g"): {EOS: 0.97, "e": 0.03},
        ("d", "e", "h"): {"x": 0.52, "y": 0.48},
        ("d", "e", "i"): {"x": 0.52, "y": 0.48},
    },
    otherwise={EOS: 1.0},
)
LATE = Table(
    {
        (): {"go": 0.5, "stay": 0.4, EOS: 0.1},
        ("go",): {"on": 0.95, EOS: 0.05},
        ("go", "on"): {"now": 0.95, EOS: 0.05},
        ("go", "on", "now"): {EOS: 0.95, "then": 0.05},
        ("stay",): {EOS: 0.9, "here": 0.1},
    },
    otherwise={EOS: 1.0},
)
