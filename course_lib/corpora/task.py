"""What every task of the course can do: sample, judge, align, and give exact probabilities."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from math import inf, log
from typing import NamedTuple

import numpy as np

from course_lib.corpora.choices import Node, Word
from course_lib.data import Pair

EOS = "<eos>"
Tokens = tuple[str, ...]


class Unknown(NamedTuple):
    """A word that the task has no entry for, its position, and the nearest words that it has."""

    word: str
    position: int
    near: tuple[str, ...]


def pair(src: Tokens, said: list[Word]) -> Pair:
    """Return the pair of a sentence and the target words that were drawn for it."""
    links = frozenset((i, t) for t, word in enumerate(said) for i in word.sources)
    return Pair(src, tuple(word.token for word in said), links)


class Task(ABC):
    """A translation task whose p*(y|x) is known exactly.

    ``src_tokens`` and ``tgt_tokens`` are all words that it can produce, without specials.
    ``most`` is the largest number of translations that ``translations`` will list.
    """

    name: str
    src_tokens: Tokens
    tgt_tokens: Tokens
    most: int = 100_000

    @abstractmethod
    def sample(self, rng: np.random.Generator) -> Pair:
        """Return a sentence and one translation, drawn from p*(y|x), with gold links."""

    @abstractmethod
    def choices(self, src: Tokens) -> Node:
        """Return every translation of ``src`` as choices; ValueError when it is not of the task."""

    @abstractmethod
    def tokenize(self, text: str) -> Tokens:
        """Return what a learner typed as the tokens of the task; ValueError when it is empty."""

    def count(self, src: Iterable[str]) -> int:
        """Return how many valid translations ``src`` has."""
        return self.choices(tuple(src)).count()

    def translations(self, src: Iterable[str]) -> dict[Tokens, float]:
        """Return every valid translation of ``src`` and its probability; they sum to 1."""
        node = self.choices(tuple(src))
        ways = node.count()
        if ways > self.most:
            raise ValueError(
                f"src has {ways:,} translations, more than the {self.most:,} that are listed; use "
                "best_translation, is_valid, log_prob or next_word_distribution, which are exact "
                "at every length"
            )
        found: dict[Tokens, float] = defaultdict(float)
        for probability, tokens in node.spell():
            found[tokens] += probability
        return dict(found)

    def best_translation(self, src: Iterable[str]) -> Tokens:
        """Return the most probable translation, argmax of p*(y|x)."""
        return self.choices(tuple(src)).best()[1]

    def log_prob(self, src: Iterable[str], tgt: Iterable[str]) -> float:
        """Return ln p*(tgt|src) in nats, eos included; -inf when ``tgt`` is not valid."""
        tgt = tuple(tgt)
        following: dict[str, float] = defaultdict(float)
        arrived = self.choices(tuple(src)).advance(tgt, {0: 1.0}, following)
        probability = arrived.get(len(tgt), 0.0)
        return log(probability) if probability > 0 else -inf

    def is_valid(self, src: Iterable[str], tgt: Iterable[str]) -> bool:
        """Return whether ``tgt`` is one of the translations of ``src``."""
        return self.log_prob(src, tgt) > -inf

    def next_word_distribution(self, src: Iterable[str], prefix: Iterable[str]) -> dict[str, float]:
        """Return the exact p*(next word | src, prefix), with "<eos>" for the end.

        ValueError when no translation of ``src`` begins with ``prefix``.
        """
        src, prefix = tuple(src), tuple(prefix)
        following: dict[str, float] = defaultdict(float)
        arrived = self.choices(src).advance(prefix, {0: 1.0}, following)
        if len(prefix) in arrived:
            following[EOS] += arrived[len(prefix)]
        total = sum(following.values())
        if not total:
            raise ValueError(
                f"prefix: no translation of {' '.join(src)!r} begins with {' '.join(prefix)!r}; "
                "give the first words of a valid translation, or ()"
            )
        return {token: mass / total for token, mass in following.items()}

    def links(self, src: Iterable[str], tgt: Iterable[str]) -> frozenset[tuple[int, int]]:
        """Return gold links (source position, target position); ValueError for a wrong ``tgt``."""
        src, tgt = tuple(src), tuple(tgt)
        for end, words in self.choices(src).trace(tgt, 0):
            if end == len(tgt):
                return frozenset((i, t) for t, word in enumerate(words) for i in word.sources)
        raise ValueError(
            f"tgt: {' '.join(tgt)!r} is not a translation of {' '.join(src)!r}; "
            f"one is {' '.join(self.best_translation(src))!r}"
        )

    def floor(self, sentences: Iterable[Pair]) -> float:
        """Return the least loss that any model can reach on ``sentences``, in nats per token.

        It is the sum of the entropies H(y|x) over the sources, divided by the sum of the expected
        target lengths, eos counted.
        """
        nats = tokens = 0.0
        for pair in sentences:
            more, length = self.choices(pair.src).entropy()
            nats, tokens = nats + more, tokens + length + 1
        if not tokens:
            raise ValueError("sentences is empty; give at least one Pair")
        return nats / tokens

    def unknown_words(self, tokens: Iterable[str]) -> list[Unknown]:
        """Return the tokens that the task has no entry for, each with words that look like it."""
        have = set(self.src_tokens)
        known = {token.lower(): token for token in self.src_tokens}
        return [
            Unknown(
                token, position, tuple(known[w] for w in get_close_matches(token.lower(), known))
            )
            for position, token in enumerate(tokens)
            if token not in have
        ]

    def check_known(self, src: Tokens) -> None:
        """Raise ValueError that names the first unknown word of ``src``, or that it is empty."""
        if not src:
            raise ValueError(f"src is empty; give tokens of the task {self.name}")
        for word, position, near in self.unknown_words(src):
            hint = f"; near words are {', '.join(near)}" if near else "; see task.src_tokens"
            raise ValueError(f"src: {word!r} at position {position} is not of the task{hint}")
