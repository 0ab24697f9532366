"""The running example: English to Chinese by a grammar that knows every translation."""

from functools import lru_cache

import numpy as np

from course_lib.corpora import vocabulary
from course_lib.corpora.choices import Node, Word, plain
from course_lib.corpora.dice import Dice
from course_lib.corpora.parse import parse
from course_lib.corpora.speak import LENGTHS, MOST_CLAUSES, Speaker
from course_lib.corpora.task import Task, Tokens, pair
from course_lib.corpora.text import normalise
from course_lib.corpora.translate import translate
from course_lib.data import Pair


class EnglishChinese(Task):
    """English to Chinese, with every valid translation, its exact probability and gold links.

    ``ambiguous=False`` leaves each sentence one translation, the most probable one.

    Every Chinese word is linked. English words without a link are in ``unlinked``: Chinese does not
    say them, or not always.
    """

    name = "english-chinese"
    src_tokens = vocabulary.english()
    tgt_tokens = vocabulary.chinese()
    unlinked = frozenset("a an the to of do does in on at it am is are was were".split())

    def __init__(self, ambiguous: bool = True) -> None:
        self.ambiguous = ambiguous

    def sample(self, rng: np.random.Generator, clauses: int | None = None) -> Pair:
        """Return a sentence and a translation of it, drawn from p*(y|x), with gold links.

        ``clauses``, 1 to 12, sets the length: about seven source words a clause.
        """
        if clauses is not None and not 1 <= clauses <= MOST_CLAUSES:
            raise ValueError(f"clauses is {clauses}; it must be 1 to {MOST_CLAUSES}, or None")
        dice = Dice(rng)
        src, node = translate(Speaker(dice).sentence(clauses or dice.weighted(LENGTHS)))
        said: list[Word] = []
        (node if self.ambiguous else plain(node)).draw(dice.uniform, said)
        return pair(src, said)

    def choices(self, src: Tokens) -> Node:
        """Return every translation of ``src``; ValueError names the words that do not fit."""
        self.check_known(src)
        node = _choices(src)
        return node if self.ambiguous else plain(node)

    def tokenize(self, text: str) -> Tokens:
        """Return what a learner typed as tokens: case, signs and contractions put right.

        >>> EnglishChinese().tokenize("tom doesn't like Cats.")
        ('Tom', 'does', 'not', 'like', 'cats', '.')
        """
        return normalise(text, self.src_tokens)


@lru_cache(maxsize=4096)
def _choices(src: Tokens) -> Node:
    return translate(parse(src))[1]
