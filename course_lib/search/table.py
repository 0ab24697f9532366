"""Step functions made by hand, so that a search can be tried without a network."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.search.tree import Step

Prefix = tuple[int, ...]


def table_step(table: Mapping[Prefix, Sequence[float] | np.ndarray]) -> Step:
    """Make a step that looks up p(next token | prefix); begin the search with state None.

    table maps a prefix of token ids, () for the first, to a row of V probabilities.
    Raises ValueError for a row that is no distribution, or of another V than the first one.
    """
    rows = {prefix: np.asarray(row, dtype=np.float64) for prefix, row in table.items()}
    if () not in rows:
        raise ValueError("table has no row for the empty prefix (), where every sequence begins.")
    for prefix, row in rows.items():
        if row.shape != rows[()].shape:
            raise ValueError(
                f"table has {len(row)} probabilities after {prefix}, but {len(rows[()])} after (); "
                "every row needs one for each token of the vocabulary."
            )
        if not (np.all(row >= 0) and np.isclose(row.sum(), 1.0, rtol=0, atol=1e-6)):
            raise ValueError(
                f"table's probabilities after {prefix} are {row.tolist()}, sum {row.sum():.6g}; "
                "they must be 0 or more and sum to 1. Give the rest to a token for all others."
            )

    def step(token: int, prefix: Prefix | None) -> tuple[np.ndarray, Any, None]:
        prefix = () if prefix is None else (*prefix, token)  # the first token is bos
        if prefix not in rows:
            raise ValueError(
                f"table has no row for the prefix {prefix}; add one, or lower max_length to "
                f"{len(prefix)}."
            )
        with np.errstate(divide="ignore"):  # log 0 = -inf: impossible, and meant so
            return np.log(rows[prefix]), prefix, None

    return step


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
