"""What may be asked of a live model: each field checked, with its default where it is left out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course_lib.corpora.text import normalise
from course_lib.data import SPECIALS, Vocab
from course_lib.translator import advice

MOST_WORDS = 100  # of a source; what a person types and a screen shows
LONGEST = 200  # words of a target, eos counted
TOLERANCE = 1e-3  # of a row of weights' sum
FIELDS = (
    *("src", "text", "method", "width", "alpha", "max_length"),
    *("forced", "gold", "masked", "weights", "detail", "model"),
)


@dataclass(frozen=True)
class Request:
    """A checked request, words as ids; steps count from 0."""

    src: tuple[str, ...]
    src_ids: tuple[int, ...]
    method: str
    width: int
    alpha: float
    max_length: int
    forced: dict[int, int]
    gold: tuple[int, ...] | None
    masked: tuple[int, ...]
    weights: dict[int, tuple[float, ...]]
    detail: bool

    @property
    def mask(self) -> list[bool]:
        """Which source words may be read, True for each that is not masked."""
        return [position not in self.masked for position in range(len(self.src))]


def read_request(asked: Mapping[str, Any], src_vocab: Vocab, tgt_vocab: Vocab) -> Request:
    """Check a request as JSON holds it; ValueError names the field, what came and what may come."""
    extra = [name for name in asked if name not in FIELDS]
    if extra:
        raise ValueError(f"request: {extra[0]!r} is no field; choose from {', '.join(FIELDS)}")
    src = _source(asked, src_vocab)
    size, gold = len(src), asked.get("gold")
    method = asked.get("method") or "greedy"
    if method not in ("greedy", "beam"):
        raise ValueError(f"method is {method!r}; choose 'greedy' or 'beam'")
    return Request(
        src=src,
        src_ids=tuple(src_vocab.encode(src)),
        method=method,
        width=_whole("width", asked.get("width"), 5, 1, len(tgt_vocab)),
        alpha=_alpha(asked.get("alpha")),
        max_length=_whole("max_length", asked.get("max_length"), 2 * size + 20, 1, LONGEST),
        forced=_forced(asked.get("forced"), tgt_vocab),
        gold=None if gold is None else _known("gold", gold, tgt_vocab),
        masked=_masked(asked.get("masked"), size),
        weights=_weights(asked.get("weights"), size),
        detail=bool(asked.get("detail")),
    )


def _source(asked: Mapping[str, Any], vocab: Vocab) -> tuple[str, ...]:
    if asked.get("src") is None:
        src = normalise(asked.get("text") or "", vocab.tokens[len(SPECIALS) :])
    else:
        src = tuple(asked["src"])
    if not 1 <= len(src) <= MOST_WORDS:
        raise ValueError(f"src has {len(src)} words; give 1 to {MOST_WORDS}")
    unknown = vocab.unknown(src)
    if unknown:
        raise ValueError("; ".join(advice(word, vocab) for word in unknown))
    return src


def _whole(name: str, value: Any, default: int, low: int, high: int) -> int:
    if value is None:
        return min(default, high)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} is {value!r}; it must be a whole number from {low} to {high}")
    return value


def _alpha(value: Any) -> float:
    if value is None:
        return 0.0
    if not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ValueError(f"alpha is {value!r}; it must be a number from 0 up; 0 switches it off")
    return float(value)


def _known(name: str, words: Sequence[str], vocab: Vocab) -> tuple[int, ...]:
    """Return the ids of target words; a special such as "<eos>" may be one of them."""
    unknown = vocab.unknown(word for word in words if word not in SPECIALS)
    if unknown:
        raise ValueError(f"{name}: " + "; ".join(advice(word, vocab) for word in unknown))
    return tuple(map(vocab.tokens.index, words))


def _step(name: str, step: Any) -> int:
    """Return a step that JSON may have turned into text."""
    if not str(step).isdecimal() or int(step) >= LONGEST:
        raise ValueError(
            f"{name}: {step!r} is no step; steps are whole numbers from 0 to {LONGEST - 1}"
        )
    return int(step)


def _forced(forced: Mapping[Any, str] | None, vocab: Vocab) -> dict[int, int]:
    return {
        _step("forced", step): _known("forced", [word], vocab)[0]
        for step, word in (forced or {}).items()
    }


def _masked(masked: Sequence[int] | None, size: int) -> tuple[int, ...]:
    positions = tuple(sorted(set(masked or ())))
    for position in positions:
        if position not in range(size):
            raise ValueError(
                f"masked: {position!r} is no source position; give whole numbers from 0 to "
                f"{size - 1}"
            )
    if len(positions) == size:
        raise ValueError(f"masked holds all {size} source words; leave one to read at least")
    return positions


def _weights(rows: Mapping[Any, Sequence[float]] | None, size: int) -> dict[int, tuple[float, ...]]:
    return {
        _step("weights", step): _row(int(step), [float(weight) for weight in row], size)
        for step, row in (rows or {}).items()
    }


def _row(step: int, row: list[float], size: int) -> tuple[float, ...]:
    where = f"weights at step {step}"
    if len(row) != size:
        raise ValueError(f"{where} are {len(row)} numbers; give one for each of {size} words")
    if not all(0 <= weight < math.inf for weight in row):
        raise ValueError(f"{where} hold {min(row):.4g}; weights are finite numbers from 0 up")
    if abs(sum(row) - 1) > TOLERANCE:
        raise ValueError(f"{where} sum to {sum(row):.4f}, not 1; divide them by their sum")
    return tuple(row)
