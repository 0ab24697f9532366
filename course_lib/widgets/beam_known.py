"""What search records know of a model's tree, merged and checked, as beam_replay.js reads it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

VERSION = 1  # of the records this file reads; a test holds it equal to search.record's
ALL = -1  # listed: every continuation is known
SAME = 1e-4  # nats by which two records of one model may differ in float32
PENALTIES = {
    r"NoPenalty\(\)": ("power", 0.0),
    r"Average\(\)": ("power", 1.0),
    r"Power\(alpha=([\d.e+-]+)\)": ("power", None),
    r"GNMT\(alpha=([\d.e+-]+)\)": ("gnmt", None),
}


class Formula(NamedTuple):
    """A length penalty that the visual can change: length ** alpha, or GNMT's."""

    name: str
    alpha: float

    def __call__(self, length: int) -> float:
        """Return the divisor for a sequence of this many tokens."""
        base = (5 + length) / 6 if self.name == "gnmt" else length
        return float(base**self.alpha)


@dataclass
class Known:
    """The tree of prefixes that one or more searches looked at; the first entry is the root."""

    parent: list[int] = field(default_factory=lambda: [-1])
    token: list[int] = field(default_factory=lambda: [-1])
    log_prob: list[float] = field(default_factory=lambda: [0.0])
    listed: list[int] = field(default_factory=lambda: [0])
    cover: list[float] = field(default_factory=lambda: [0.0])
    ends: set[int] = field(default_factory=set)  # tokens that finished a sequence
    positions: dict[tuple[int, ...], int] = field(default_factory=lambda: {(): 0})

    def tokens(self, at: int) -> tuple[int, ...]:
        """Return the prefix at a position."""
        return () if at == 0 else (*self.tokens(self.parent[at]), self.token[at])

    def children(self, at: int) -> list[int]:
        """Return the known continuations, most probable first."""
        found = [i for i, parent in enumerate(self.parent) if parent == at]
        return sorted(found, key=lambda i: -self.log_prob[i])

    @property
    def longest(self) -> int:
        """The most tokens of any prefix."""
        return max(map(len, self.positions))

    def is_whole(self, eos: int, longest: int) -> bool:
        """Tell whether every sequence of at most `longest` tokens is known."""
        prefixes = self.positions.items()
        return all(
            self.listed[at] == ALL
            for tokens, at in prefixes
            if len(tokens) < longest and tokens[-1:] != (eos,)
        )

    def stored(self) -> dict[str, Any]:
        """Return the tree as the JavaScript reads it."""
        cover = self.cover if any(self.cover) else None
        columns = {"parent": self.parent, "token": self.token, "log_prob": self.log_prob}
        return {**columns, "listed": self.listed, "cover": cover}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Known:
        """Return the tree that `stored` wrote, or the browser after a search of its own."""
        known = cls(parent=[], token=[], log_prob=[], listed=[], cover=[], positions={})
        count = len(stored["parent"])
        for name in ("parent", "token", "log_prob", "listed"):
            getattr(known, name).extend(stored[name])
        known.cover.extend(stored["cover"] or [0.0] * count)
        for at in range(count):
            known.positions[known.tokens(at)] = at
        return known

    def add(self, record: Any) -> None:
        """Add a record's nodes; ValueError names a node that no search can have written."""
        width = record["width"]
        formula = formula_of(record["penalty"])
        covered = record["coverage"] != "None"
        if covered and formula is None:
            raise ValueError(
                f"records: the penalty {record['penalty']} is none of NoPenalty, Average, Power "
                "and GNMT, so what coverage adds can't be told from it; search without coverage"
            )
        here = [0]  # positions in this tree of the record's nodes
        for number, node in enumerate(record["nodes"][1:], start=1):
            _check_node(record["nodes"], number, node)
            tokens = (*self.tokens(here[node["parent"]]), node["token"])
            share = formula(node["length"]) if covered and formula else 1.0
            cover = node["score"] - node["log_prob"] / share if covered else 0.0
            here.append(self._place(tokens, node["log_prob"], cover, number))
            if node["fate"] == "finished":
                self.ends.add(node["token"])
        self._note_listed(here, record["nodes"], width)

    def _place(self, tokens: tuple[int, ...], log_prob: float, cover: float, number: int) -> int:
        at = self.positions.get(tokens)
        if at is None:
            at = self.positions[tokens] = len(self.parent)
            self.parent.append(self.positions[tokens[:-1]])
            self.token.append(tokens[-1])
            self.log_prob.append(log_prob)
            self.listed.append(0)
            self.cover.append(cover)
        elif abs(self.log_prob[at] - log_prob) > SAME:
            raise ValueError(
                f"records: node {number} gives the prefix {tokens} a log_prob of {log_prob:.4f}, "
                f"another record {self.log_prob[at]:.4f}; give records of one model and one source"
            )
        return at

    def _note_listed(self, here: list[int], nodes: Sequence[Any], width: int | None) -> None:
        counts = [0] * len(nodes)
        for node in nodes[1:]:
            counts[node["parent"]] += 1
        for at, count in zip(here, counts, strict=True):
            if count and self.listed[at] != ALL:
                whole = width is None or count < width
                self.listed[at] = ALL if whole else max(self.listed[at], count)


def as_records(records: Any) -> list[dict[str, Any]]:
    """Return BeamRecords, JSON texts or dicts, one or several, as checked dicts.

    Raises ValueError for no record, another version or no nodes; TypeError for something else.
    """
    several = list(records) if isinstance(records, list | tuple) else [records]
    if not several:
        raise ValueError("records is empty; give beam(...).record, or several of one model")
    return [_as_record(record) for record in several]


def _as_record(record: Any) -> dict[str, Any]:
    if isinstance(record, str):
        fields = json.loads(record)
    elif isinstance(record, dict):
        fields = record
    elif hasattr(record, "to_json"):
        fields = json.loads(record.to_json())
    else:
        raise TypeError(
            f"records holds a {type(record).__name__}; give beam(...).record, what its to_json() "
            "wrote, or a list of those"
        )
    version = fields.get("version") if isinstance(fields, dict) else None
    if version != VERSION:
        raise ValueError(
            f"records: a record of version {version}, but this visual reads version {VERSION}; "
            "run the search again to make a new one"
        )
    if len(fields["nodes"]) < 2:
        raise ValueError("records: a record without a single word; a search looks at one at least")
    return fields


def _check_node(nodes: Sequence[Any], number: int, node: Any) -> None:
    parent, log_prob = node["parent"], node["log_prob"]
    if not (isinstance(parent, int) and 0 <= parent < number):
        problem = f"has the parent {parent}; parents come before their children"
    elif node["length"] != nodes[parent]["length"] + 1:
        problem = f"has length {node['length']}, its parent {nodes[parent]['length']}"
    elif not (math.isfinite(log_prob) and log_prob <= nodes[parent]["log_prob"] + SAME):
        problem = (
            f"has a log_prob of {log_prob}, its parent {nodes[parent]['log_prob']:.4f}; a log "
            "probability is a number that never rises along a path"
        )
    elif node["fate"] not in ("kept", "finished", "pruned"):
        problem = f"has the fate {node['fate']!r}; there are kept, finished and pruned"
    else:
        return
    raise ValueError(f"records: node {number} {problem}; run the search again")


def formula_of(penalty: str) -> Formula | None:
    """Return a record's penalty as a formula with alpha, or None for one of another kind."""
    for pattern, (name, alpha) in PENALTIES.items():
        if match := re.fullmatch(pattern, penalty):
            return Formula(name, float(match[1]) if alpha is None else alpha)
    return None
