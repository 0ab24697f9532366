"""What a beam tree draws, checked: the records merged, and the words of their tokens."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from course_lib.widgets.beam_known import ALL, Known
from course_lib.widgets.live_visual import Answering
from course_lib.widgets.visual import font_of

MOST = 20  # the widest beam a whole tree is shown with


def font_of_all(live: Answering, data: dict[str, Any]) -> dict[str, str]:
    """Return the glyphs of all that the model can write, so that no new sentence shows boxes."""
    vocab = getattr(getattr(live, "checkpoint", None), "tgt_vocab", None)
    tokens = vocab.tokens if vocab else data["words"].values()
    return font_of("".join([*tokens, data["title"]]))


def _merged(records: list[dict[str, Any]]) -> Known:
    known = Known()
    for record in records:
        known.add(record)
    return known


def drawn(
    records: list[dict[str, Any]],
    words: Sequence[str] | Mapping[int, str],
    eos: int | None,
    exact: Any,
    max_length: int | None,
    title: str,
) -> dict[str, Any]:
    """Return what the JavaScript draws, or raise an error that names the offending part."""
    known = _merged(records)
    end = _eos(known, eos)
    cut = max_length is None and any(record["stopped"] == "bound" for record in records)
    # A search that stopped by its bound could have gone on: what follows is not known.
    longest = known.longest + cut if max_length is None else max_length
    if longest < known.longest:
        raise ValueError(
            f"max_length is {longest}, but a prefix in the records has {known.longest} tokens; "
            "give the max_length of the search"
        )
    found = _exact(exact, end)
    tokens = {*known.token[1:], end, *(t for entry in found for t in entry["tokens"])}
    shown = _words(words, tokens)
    widths = [record["width"] for record in records]
    branches = max(known.parent.count(at) for at, n in enumerate(known.listed) if n == ALL or n)
    widest = min(MOST, branches) if None in widths else max(widths)
    return {
        "tree": known.stored(),
        "words": shown,
        "eos": end,
        "longest": longest,
        "widest": max(1, widest),
        "exact": found,
        "whole": known.is_whole(end, longest),
        "source": None,
        "title": title,
        "font": font_of("".join([*shown.values(), title])),
    }


def _eos(known: Known, eos: int | None) -> int:
    ends = known.ends if eos is None else {*known.ends, eos}
    if len(ends) == 1:
        return next(iter(ends))
    if not ends:
        raise ValueError("eos is not given, and no sequence in the records has finished; give eos")
    raise ValueError(
        f"eos: the records finish sequences with the tokens {sorted(known.ends)}, and eos is {eos};"
        " give records of one vocabulary and its eos"
    )


def _words(words: Sequence[str] | Mapping[int, str], tokens: set[int]) -> dict[str, str]:
    if isinstance(words, str):
        raise TypeError(f"words is one string, {words!r}; give the vocabulary: vocab.tokens")
    there = words if isinstance(words, Mapping) else range(len(words))
    missing = sorted(token for token in tokens if token not in there)
    if missing:
        raise ValueError(
            f"words has {len(words)} entries, but the records use token {missing[0]}; give the "
            "vocabulary the search used, so that words[token] is a token's text"
        )
    for token in sorted(tokens):
        if not isinstance(words[token], str):
            raise TypeError(f"words[{token}] is {words[token]!r}; give texts only")
    return {str(token): words[token] for token in sorted(tokens)}


def _exact(exact: Any, eos: int) -> list[dict[str, Any]]:
    several = exact if isinstance(exact, Mapping) else {} if exact is None else {0.0: exact}
    for alpha, found in several.items():
        if not found.finished or found.tokens[-1:] != (eos,) or not math.isfinite(found.log_prob):
            raise ValueError(
                f"exact: for alpha {alpha} the tokens {found.tokens} do not end in eos = {eos}; "
                "give exact(...).best of a search that finished, on the same vocabulary"
            )
    return [
        {"alpha": float(alpha), "tokens": list(found.tokens), "log_prob": found.log_prob}
        for alpha, found in several.items()
    ]
