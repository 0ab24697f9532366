"""Beam search over a known tree, as beam_replay.js does it: for Python and the static picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from course_lib.widgets.beam_known import ALL, Formula, Known

Fate = Literal["kept", "finished", "pruned", "outside"]


class Settings(NamedTuple):
    """What the sliders say, and the two numbers that the records fix."""

    width: int
    formula: Formula
    stop: str  # "proof", "first", "filled" or "end"
    longest: int  # tokens, eos counted
    eos: int


@dataclass(frozen=True)
class Seen:
    """One prefix that the search looked at; known is its position in the tree."""

    known: int
    length: int
    log_prob: float
    score: float
    fate: Fate = "kept"
    rank: int = 1  # among the candidates of its round


@dataclass(frozen=True)
class Replay:
    """The prefixes looked at, round by round; what ended, best first; why the search stopped."""

    nodes: tuple[Seen, ...]
    ended: tuple[Seen, ...]
    stopped: Literal["all finished", "longest", "rule", "missing"]


def replay(known: Known, settings: Settings) -> Replay:
    """Search with these settings; stop with "missing" where the records know too little."""
    live = [Seen(0, 0, 0.0, 0.0)]
    nodes: list[Seen] = list(live)
    finished: list[Seen] = []
    stopped = None
    while live and not (stopped := _why(known, settings, live, finished)):
        children = [
            _seen(known, at, node.length + 1, settings)
            for node in live
            for at in known.children(node.known)[: settings.width]
        ]
        judged = _judged(children, known, settings)
        nodes += judged
        finished += [node for node in judged if node.fate == "finished"]
        live = [node for node in judged if node.fate == "kept"]
    ended = sorted([*finished, *live], key=lambda n: (n.fate == "finished", n.score), reverse=True)
    return Replay(tuple(nodes), tuple(ended), stopped or "all finished")


def _why(
    known: Known, settings: Settings, live: list[Seen], finished: list[Seen]
) -> Literal["longest", "rule", "missing"] | None:
    """Say why nothing more is looked at; None to go on."""
    if live[0].length == settings.longest:
        return "longest"
    if _stops_early(settings, [node.score for node in finished], live[0].log_prob):
        return "rule"
    counts = [known.listed[node.known] for node in live]
    return "missing" if any(c != ALL and c < settings.width for c in counts) else None


def _stops_early(settings: Settings, scores: list[float], best_open: float) -> bool:
    if not scores or settings.stop == "end":
        return False
    if settings.stop == "first":
        return True
    if settings.stop == "filled":
        return len(scores) >= settings.width
    return max(scores) >= best_open / settings.formula(settings.longest)


def _seen(known: Known, at: int, length: int, settings: Settings) -> Seen:
    log_prob = known.log_prob[at]
    return Seen(at, length, log_prob, log_prob / settings.formula(length) + known.cover[at])


def _judged(children: list[Seen], known: Known, settings: Settings) -> list[Seen]:
    """Return a round's candidates, most probable first, with what became of each."""
    judged = []
    for place, node in enumerate(sorted(children, key=lambda n: n.log_prob, reverse=True)):
        ends = known.token[node.known] == settings.eos
        fate: Fate = "pruned" if place >= settings.width else "finished" if ends else "kept"
        judged.append(replace(node, fate=fate, rank=place + 1))
    return judged


def greedy_tokens(known: Known, settings: Settings) -> tuple[int, ...] | None:
    """Return what greedy search writes; None when the tree doesn't know it to its end."""
    found = replay(known, settings._replace(width=1, stop="end"))
    return None if found.stopped == "missing" else known.tokens(found.ended[0].known)


def exact_tokens(known: Known, settings: Settings) -> tuple[int, ...] | None:
    """Return the finished sequence of the highest score in a tree that is known whole."""
    ends = [at for at, token in enumerate(known.token) if at and token == settings.eos]
    lengths = {at: len(known.tokens(at)) for at in ends}
    best = max(ends, key=lambda at: _seen(known, at, lengths[at], settings).score, default=None)
    return None if best is None else known.tokens(best)
