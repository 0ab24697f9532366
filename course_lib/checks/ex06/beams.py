"""A beam search over next_word, as the task asks for it and with the habits that make it wrong."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from course_lib.reference.probability import EOS, NextWord, Words

Pair = tuple[Words, float]
Score = Callable[[float, int, float], float]


def power(log_prob: float, length: int, alpha: float) -> float:
    """Return ln p / T^alpha. Source: chapter 06, (3)."""
    return log_prob / length**alpha


def ended(pair: Pair) -> bool:
    """Return whether a prefix ends in EOS."""
    return pair[0][-1] == EOS


def most_probable(pairs: list[Pair]) -> list[Pair]:
    """Return the pairs, most probable first."""
    return sorted(pairs, key=lambda pair: pair[1], reverse=True)


def best_of_all(grown: list[Pair], width: int, finished: list[Pair]) -> list[Pair]:
    """Return the `width` most probable, finished ones among them."""
    return most_probable(grown)[:width]


@dataclass(frozen=True)
class Beam:
    """How one beam search goes about it; the defaults are right.

    keep says which continuations stay, score ranks in the end, early stops before the proof does.
    open_too ranks open prefixes with finished ones.
    """

    keep: Callable[[list[Pair], int, list[Pair]], list[Pair]] = best_of_all
    score: Score = power
    early: Callable[[list[Pair], list[Pair], int, float], bool] | None = None
    open_too: bool = False

    def __call__(self, next_word: NextWord, width: int, max_length: int, alpha: float) -> Pair:
        """Return (words, log_prob) of the best by score; the best open one if none ended."""
        live: list[Pair] = [((), 0.0)]
        finished: list[Pair] = []
        for _ in range(max_length):
            grown = [
                ((*words, word), log_prob + math.log(p))
                for words, log_prob in live
                for word, p in next_word(words).items()
            ]
            kept = self.keep(grown, width, finished)
            finished += [pair for pair in kept if ended(pair)]
            live = [pair for pair in kept if not ended(pair)]
            if not live or self._may_stop(live, finished, width, max_length, alpha):
                break
        candidates = finished + live if self.open_too or not finished else finished
        return max(candidates, key=lambda pair: self.score(pair[1], len(pair[0]), alpha))

    def _may_stop(
        self, live: list[Pair], finished: list[Pair], width: int, max_length: int, alpha: float
    ) -> bool:
        if not finished:
            return False
        if self.early is not None and self.early(live, finished, width, alpha):
            return True
        best = max(self.score(log_prob, len(words), alpha) for words, log_prob in finished)
        return best >= live[0][1] / max_length**alpha


def one_each(grown: list[Pair], width: int, finished: list[Pair]) -> list[Pair]:
    """Return the best continuation of each prefix; of the first one, the `width` best."""
    parents: dict[Words, Pair] = {}
    for pair in most_probable(grown):
        parents.setdefault(pair[0][:-1], pair)
    return best_of_all(grown, width, []) if len(parents) == 1 else list(parents.values())


def no_place(grown: list[Pair], width: int, finished: list[Pair]) -> list[Pair]:
    """Return as many as make `width` open ones, with the finished ones in between."""
    kept: list[Pair] = []
    for pair in most_probable(grown):
        if sum(not ended(one) for one in kept) == width:
            break
        kept.append(pair)
    return kept


def place_for_ever(grown: list[Pair], width: int, finished: list[Pair]) -> list[Pair]:
    """Return fewer with every sentence that has finished before."""
    return best_of_all(grown, max(1, width - len(finished)), [])


def at_first(live: list[Pair], finished: list[Pair], width: int, alpha: float) -> bool:
    """Stop as soon as something is finished."""
    return True


def at_width(live: list[Pair], finished: list[Pair], width: int, alpha: float) -> bool:
    """Stop as soon as `width` are finished."""
    return len(finished) >= width


def at_present(live: list[Pair], finished: list[Pair], width: int, alpha: float) -> bool:
    """Stop when the best finished score passes the present score of the best open one."""
    best = max(power(log_prob, len(words), alpha) for words, log_prob in finished)
    return best >= power(live[0][1], len(live[0][0]), alpha)
