"""Step functions made by hand, so that a search can be tried without a network."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.search.tree import Step

Prefix = tuple[int, ...]
Row = Sequence[float] | np.ndarray  # (V,) probabilities


def table_step(table: Mapping[Prefix, Row], otherwise: Row | None = None) -> Step:
    """Make a step that looks up p(next token | prefix); begin the search with state None.

    table maps a prefix of token ids, () for the first, to a row of V probabilities; `otherwise` is
    the row of every prefix not listed. Raises ValueError for a row that is no distribution, or
    of another V than the first one, and, when called, for a prefix without a row.
    """
    rows: dict[Prefix | None, np.ndarray] = {
        prefix: np.asarray(row, dtype=np.float64) for prefix, row in table.items()
    }
    if otherwise is not None:
        rows[None] = np.asarray(otherwise, dtype=np.float64)
    if () not in rows:
        raise ValueError("table has no row for the empty prefix (), where every sequence begins.")
    for prefix, row in rows.items():
        check_row(row, "otherwise" if prefix is None else f"after {prefix}", len(rows[()]))

    def step(token: int, prefix: Prefix | None) -> tuple[np.ndarray, Any, None]:
        prefix = () if prefix is None else (*prefix, token)  # the first token is bos
        row = rows.get(prefix, rows.get(None))
        if row is None:
            raise ValueError(
                f"table has no row for the prefix {prefix}; add one, pass a row `otherwise`, or "
                f"lower max_length to {len(prefix)}."
            )
        with np.errstate(divide="ignore"):  # log 0 = -inf: impossible, and meant so
            return np.log(row), prefix, None

    return step


def check_row(row: np.ndarray, where: str, vocabulary_size: int) -> None:
    """Raise ValueError when a row of the table is not a distribution over the vocabulary."""
    if row.shape != (vocabulary_size,):
        raise ValueError(
            f"table has {row.size} probabilities {where}, but {vocabulary_size} after (); "
            "every row needs one for each token of the vocabulary."
        )
    if not (np.all(row >= 0) and np.isclose(row.sum(), 1.0, rtol=0, atol=1e-6)):
        raise ValueError(
            f"table's probabilities {where} are {row.tolist()}, sum {row.sum():.6g}; "
            "they must be 0 or more and sum to 1. Give the rest to a token for all others."
        )


def word_table(
    rows: Mapping[tuple[str, ...], Mapping[str, float]], words: Sequence[str]
) -> dict[Prefix, np.ndarray]:
    """Turn a table of words into one for table_step; a word's id is its position in `words`.

    Words missing from a row get probability 0.
    >>> word_table({(): {"yes": 0.9, "no": 0.1}}, ["no", "yes"])
    {(): array([0.1, 0.9])}
    """
    ids = {word: i for i, word in enumerate(words)}
    unknown = {word for prefix, row in rows.items() for word in (*prefix, *row)} - set(ids)
    if unknown:
        raise ValueError(
            f"rows use {sorted(unknown)}, missing from words = {list(words)}; add them there."
        )
    return {
        tuple(ids[word] for word in prefix): np.array([row.get(word, 0.0) for word in words])
        for prefix, row in rows.items()
    }
