"""What a beam search looked at, kept and dropped: plain data for a picture, a table or a file."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from course_lib.search.penalties import Scoring
from course_lib.search.tree import Branch, Hypothesis, Tree

VERSION = 1


@dataclass(frozen=True)
class Node:
    """One prefix the search looked at; tokens from the root down to it spell it out.

    "kept" entered the next round; "finished" ended in eos among the best `width`; "pruned" did not
    reach them. A kept node without children was cut off by max_length or by the stopping rule.
    """

    parent: int | None  # position in BeamRecord.nodes; None for the root
    token: int  # bos for the root
    length: int  # tokens from the root, this one counted; 0 for the root
    log_prob: float  # of the whole prefix, in nats
    score: float  # what it would be ranked by if the search ended here
    fate: Literal["kept", "finished", "pruned"]


@dataclass(frozen=True)
class BeamRecord:
    """The tree a beam search grew, as JSON can hold it; the first node is the root.

    Of each prefix it lists the `width` best continuations, from which the round was chosen: the
    probability missing between a node and the sum of its children belongs to tokens not listed.
    """

    version: int
    width: int | None
    penalty: str
    coverage: str
    stopped: Literal["all finished", "max_length", "bound"]
    hypotheses: tuple[int, ...]  # positions in nodes of what was returned, best first
    nodes: tuple[Node, ...]

    def tokens(self, node: int) -> tuple[int, ...]:
        """Return the prefix that the node at this position stands for."""
        parent = self.nodes[node].parent
        return () if parent is None else (*self.tokens(parent), self.nodes[node].token)

    def children(self, node: int) -> tuple[int, ...]:
        """Return the positions of the node's listed continuations, most probable first."""
        return tuple(i for i, child in enumerate(self.nodes) if child.parent == node)

    def to_json(self) -> str:
        """Write the record as JSON text."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "BeamRecord":
        """Read what to_json wrote; ValueError when another version wrote it."""
        fields = json.loads(text)
        if fields.get("version") != VERSION:
            raise ValueError(
                f"text holds a beam record of version {fields.get('version')}; this course reads "
                f"version {VERSION}. Run the search again to make a new one."
            )
        fields["nodes"] = tuple(Node(**node) for node in fields["nodes"])
        fields["hypotheses"] = tuple(fields["hypotheses"])
        return cls(**fields)


@dataclass(frozen=True)
class Round:
    """The candidates of one length, most probable first, and how many of them were kept."""

    candidates: list[Branch]
    kept: int

    @property
    def finished(self) -> list[Branch]:
        """The kept candidates that end in eos."""
        return [branch for branch in self.candidates[: self.kept] if branch.finished]

    @property
    def live(self) -> list[Branch]:
        """The kept candidates that the next round continues."""
        return [branch for branch in self.candidates[: self.kept] if not branch.finished]


def make_record(
    tree: Tree,
    width: int | None,
    scoring: Scoring,
    rounds: list[Round],
    hypotheses: tuple[Hypothesis, ...],
) -> BeamRecord:
    """Write the rounds as one list of nodes, parents before children."""
    nodes = [Node(None, tree.bos, 0, 0.0, 0.0, "kept")]
    positions: dict[tuple[int, ...], int] = {(): 0}
    for round_ in rounds:
        for rank, branch in enumerate(round_.candidates):
            parent = positions[branch.tokens[:-1]]
            positions[branch.tokens] = len(nodes)
            nodes.append(_node(parent, branch, kept=rank < round_.kept, scoring=scoring))
    return BeamRecord(
        version=VERSION,
        width=width,
        penalty=repr(scoring.penalty),
        coverage=repr(scoring.coverage),
        stopped=_why_stopped(tree, rounds[-1]),
        hypotheses=tuple(positions[hypothesis.tokens] for hypothesis in hypotheses),
        nodes=tuple(nodes),
    )


def _node(parent: int, branch: Branch, kept: bool, scoring: Scoring) -> Node:
    return Node(
        parent=parent,
        token=branch.tokens[-1],
        length=len(branch.tokens),
        log_prob=branch.log_prob,
        score=scoring.score(branch.log_prob, len(branch.tokens), branch.weights),
        fate="pruned" if not kept else "finished" if branch.finished else "kept",
    )


def _why_stopped(tree: Tree, last: Round) -> Literal["all finished", "max_length", "bound"]:
    if not last.live:
        return "all finished"
    return "bound" if tree.is_open(last.live[0]) else "max_length"
