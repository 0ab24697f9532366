"""Small models as plain data, and the next_word function a student's code gets for one."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from course_lib.reference.probability import EOS, Words

Row = Mapping[str, float]


@dataclass(frozen=True)
class Table:
    """A model in rows: prefix to distribution, with one row for all other prefixes if given.

    Calling it with a prefix gives the row, as `next_word(prefix)` of chapter 01 does.
    """

    rows: Mapping[Words, Row]
    otherwise: Row | None = None

    def __call__(self, prefix: Words) -> Row:
        """Return the row after prefix; ValueError where there is none."""
        row = self.rows.get(prefix, self.otherwise)
        if row is None or EOS in prefix:
            raise ValueError(f"prefix: no sentence of this model begins with {prefix}")
        return row

    def __str__(self) -> str:
        lines = [f"after {name_of(prefix)}: {show_row(row)}" for prefix, row in self.rows.items()]
        if self.otherwise is not None:
            lines.append(
                f"after anything {'else' if lines else 'at all'}: {show_row(self.otherwise)}"
            )
        return "\n".join(lines[:12] + [f"and {len(lines) - 12} rows more"] * (len(lines) > 12))


def name_of(prefix: Words) -> str:
    """Return a prefix as it reads in a message."""
    return " ".join(prefix) or "nothing"


def show_row(row: Row) -> str:
    """Return a distribution as it reads in a message: word and probability."""
    return ", ".join(f"{word} {p:.4g}" for word, p in row.items())


class AskedTooOften(BaseException):
    """The student's code goes on asking; not an Exception, so that its own `except` lets it out."""


class NextWord:
    """next_word(prefix) for one run: explains a wrong question, and ends an endless loop.

    Each answer is a new dict, so that nothing a student does to it can change the model.
    """

    def __init__(self, table: Table, limit: int):
        self._table = table
        self._limit = limit
        self._asked = 0

    def __call__(self, prefix: Words) -> dict[str, float]:
        """Return the distribution after prefix; errors speak to the student."""
        self._asked += 1
        if self._asked > self._limit:
            raise AskedTooOften(self._limit)
        if type(prefix) is not tuple:
            raise TypeError(
                f"next_word takes a tuple of words, such as ('a', 'b') or (), "
                f"and got a {type(prefix).__name__}"
            )
        if EOS in prefix:
            raise ValueError(
                f"next_word was asked what follows {prefix}, but nothing follows {EOS}: "
                "the sentence is over"
            )
        try:
            return dict(self._table(prefix))
        except ValueError:
            raise ValueError(
                f"next_word was asked what follows {prefix}; no sentence of this model begins "
                "like that (a prefix starts with the first word of the sentence)"
            ) from None


def random_table(rng: np.random.Generator, words: str = "ab", depth: int = 3) -> Table:
    """Return a model over one-letter words whose sentences have 1 to depth words.

    Every row depends on the whole prefix; probabilities have two decimals; each row has one
    most probable word.
    """
    rows: dict[Words, Row] = {}
    prefixes: list[Words] = [()]
    for prefix in prefixes:
        candidates = [*words, EOS] if prefix else list(words)
        if len(prefix) == depth:
            candidates = [EOS]
        rows[prefix] = _random_row(rng, candidates)
        prefixes.extend((*prefix, word) for word in candidates if word != EOS)
    return Table(rows)


def _random_row(rng: np.random.Generator, candidates: list[str]) -> Row:
    while True:
        spread = rng.dirichlet(np.full(len(candidates), 1.5))
        counts = 5 + rng.multinomial(100 - 5 * len(candidates), spread)
        if np.sum(counts == counts.max()) == 1:
            return dict(zip(candidates, (counts / 100).tolist(), strict=True))


BIRDS = Table(
    {
        (): {"birds": 0.6, "we": 0.4},
        ("birds",): {"sing": 0.7, "fly": 0.3},
        ("birds", "sing"): {"here": 0.2, EOS: 0.8},
        ("birds", "sing", "here"): {EOS: 1.0},
        ("birds", "fly"): {"here": 0.5, EOS: 0.5},
        ("birds", "fly", "here"): {EOS: 1.0},
        ("we",): {"sing": 0.9, "fly": 0.1},
        ("we", "sing"): {"here": 0.7, EOS: 0.3},
        ("we", "sing", "here"): {EOS: 1.0},
        ("we", "fly"): {EOS: 1.0},
    }
)
