"""Checks that several measures share."""

from collections.abc import Sized


def check_pairs(**lists: Sized) -> None:
    """Raise ValueError unless the named lists have one length, above 0."""
    (first, one), *others = lists.items()
    for name, other in others:
        if len(other) != len(one):
            raise ValueError(
                f"{first} has {len(one)} items and {name} has {len(other)}; they go together in "
                "pairs, one a sentence. Check that none was dropped or added."
            )
    if len(one) == 0:
        raise ValueError(f"{first} is empty; a measure needs at least one sentence.")
