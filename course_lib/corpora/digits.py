"""Copy and reverse: digits that come out as they went in, or back to front."""

import re

import numpy as np

from course_lib.corpora.choices import Sequence, Word
from course_lib.corpora.task import Task, Tokens, pair
from course_lib.corpora.text import given
from course_lib.data import Pair

DIGITS = tuple("0123456789")


class Copy(Task):
    """Digits to the same digits; ``sample`` draws ``shortest`` to ``longest`` of them."""

    name = "copy"
    src_tokens = tgt_tokens = DIGITS
    _step = 1

    def __init__(self, shortest: int = 1, longest: int = 12) -> None:
        if not 1 <= shortest <= longest:
            raise ValueError(
                f"shortest is {shortest}, longest is {longest}; give 1 <= shortest <= longest"
            )
        self.shortest, self.longest = shortest, longest

    def sample(self, rng: np.random.Generator) -> Pair:
        """Return random digits and what becomes of them, every length equally often."""
        length = rng.integers(self.shortest, self.longest + 1)
        src = tuple(DIGITS[d] for d in rng.integers(10, size=length))
        return pair(src, list(self._words(src)))

    def choices(self, src: Tokens) -> Sequence:
        """Return the one translation; ValueError names the first token that is no digit."""
        self.check_known(src)
        return Sequence(self._words(src))

    def _words(self, src: Tokens) -> tuple[Word, ...]:
        return tuple(Word(token, (i,)) for i, token in enumerate(src))[:: self._step]

    def tokenize(self, text: str) -> Tokens:
        """Return what a learner typed, one character a token, spaces dropped."""
        return tuple(re.findall(r"\S", given(text)))


class Reverse(Copy):
    """Digits to the same digits back to front; the last source digit is the first to be said."""

    name = "reverse"
    _step = -1
