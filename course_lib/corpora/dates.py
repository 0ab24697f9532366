"""Dates: "the 5th of March 2021" to 2021-03-05, written character by character."""

import re
from calendar import monthrange

import numpy as np

from course_lib.corpora.choices import Sequence, Word
from course_lib.corpora.task import Task, Tokens, pair
from course_lib.corpora.text import given
from course_lib.data import Pair

MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
# d the day, o the day as 5th, m the month, y the year.
FORMS = ("m d , y", "m o , y", "d m y", "o m y", "the o of m y", "the o of m , y")


def ordinal(day: int) -> str:
    """Return a day as 1st, 2nd, 3rd, 4th."""
    return f"{day}{ORDINALS.get(day, 'th')}"


class Dates(Task):
    """English dates to ISO 8601; each has one translation.

    Years run from ``first`` to ``last``. The target's hyphens are linked to nothing.
    """

    name = "dates"

    def __init__(self, first: int = 1950, last: int = 2049) -> None:
        if not 1000 <= first <= last <= 9999:
            raise ValueError(
                f"first is {first}, last is {last}; give 1000 <= first <= last <= 9999"
            )
        self.first, self.last = first, last
        days = range(1, 32)
        self.src_tokens = (
            *MONTHS, "the", "of", ",", *map(str, days), *map(ordinal, days),
            *map(str, range(first, last + 1)),
        )  # fmt: skip
        self.tgt_tokens = (*"0123456789", "-")
        self._days = {str(d): d for d in days} | {ordinal(d): d for d in days}

    def sample(self, rng: np.random.Generator) -> Pair:
        """Return a date that exists, in one of six English forms."""
        year, month = int(rng.integers(self.first, self.last + 1)), int(rng.integers(1, 13))
        day = int(rng.integers(1, monthrange(year, month)[1] + 1))
        words = {"d": str(day), "o": ordinal(day), "m": MONTHS[month - 1], "y": str(year)}
        src = tuple(words.get(part, part) for part in FORMS[rng.integers(len(FORMS))].split())
        return pair(src, list(self._words(src)))

    def choices(self, src: Tokens) -> Sequence:
        """Return the one translation; ValueError when the words are no date, or no such day is."""
        self.check_known(src)
        return Sequence(self._words(src))

    def _words(self, src: Tokens) -> tuple[Word, ...]:
        kinds = {self._kind(token): i for i, token in enumerate(src)}
        form = " ".join(self._kind(token) for token in src)
        if form not in FORMS:
            raise ValueError(
                f"src: {' '.join(src)!r} is in no form of this task; write 'March 5 , 2021', "
                "'5 March 2021' or 'the 5th of March 2021'"
            )
        places = kinds["y"], kinds["m"], kinds["d" if "d" in kinds else "o"]
        year, month = int(src[places[0]]), MONTHS.index(src[places[1]]) + 1
        day = self._days[src[places[2]]]
        last = monthrange(year, month)[1]
        if day > last:
            raise ValueError(
                f"src: {src[places[2]]!r} at position {places[2]} is no day of "
                f"{MONTHS[month - 1]} {year}, which has {last}"
            )
        parts = f"{year:04}", f"{month:02}", f"{day:02}"
        words = [[Word(c, (at,)) for c in part] for part, at in zip(parts, places, strict=True)]
        hyphen = [Word("-", ())]
        return tuple(words[0] + hyphen + words[1] + hyphen + words[2])

    def _kind(self, token: str) -> str:
        """Return the letter of a token in FORMS, or the token itself."""
        if token in MONTHS:
            return "m"
        if token in self._days:
            return "d" if token.isdecimal() else "o"
        return "y" if token.isdecimal() else token

    def tokenize(self, text: str) -> Tokens:
        """Return what a learner typed as tokens, months capitalised: "5TH of march, 2021"."""
        found: list[str] = re.findall(r"\d+[^\W\d_]*|[^\W\d_]+|[^\w\s]|_", given(text).lower())
        months = {month.lower(): month for month in MONTHS}
        return tuple(months.get(token, token) for token in found)
