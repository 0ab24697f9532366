"""The probability tree: a small table model, drawn to scale, whose numbers a learner can change."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib.widgets.visual import Visual, font_of, javascript, stylesheet

TOLERANCE = 1e-9  # of a row's sum, as chapter 01's own check has it
MOST_BLOCKS = 400  # beyond that, blocks are thinner than a line
LEAST_HEIGHT = 0.04  # of a block in the picture that can hold text

Words = tuple[str, ...]
NextWord = Callable[[Words], Mapping[str, float]]


class ProbabilityTree(Visual):
    """Every sentence of a small model up to a length, as blocks drawn to scale.

    next_word   the model: words so far, a tuple, to the probability of each next word
    max_length  words a sentence may have, eos counted; what is longer is still open
    eos         the word that ends a sentence
    Raises ValueError for a row that is no distribution or a tree too large to draw, TypeError for a
    model that is no function or a word that is no text.

    `probabilities` holds a list for each row of `table`, changed by the learner or by you;
    `path` is the words up to the block in focus; `cap` the length shown, at most max_length.
    `tree.observe(function, "probabilities")`, or "path", or "cap".
    Source: chapter 01, equations (2), (4), (9) and (10).
    """

    name = "probability_tree"
    _esm = javascript("probability_tree")
    _css = stylesheet("probability_tree")
    probabilities: Any = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    path: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    folded: Any = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    cap: Any = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        next_word: NextWord,
        max_length: int,
        *,
        eos: str = "<eos>",
        title: str = "Each block splits into the words that can follow it",
    ) -> None:
        """Ask the model for every row that can be reached; nothing is drawn before."""
        rows = _checked_rows(next_word, max_length, eos)
        text = "".join(word for _, row in rows for word in row)
        data = {
            "rows": [
                {"prefix": list(prefix), "words": list(row), "p": [float(p) for p in row.values()]}
                for prefix, row in rows
            ],
            "max_length": max_length,
            "eos": eos,
            "title": title,
            "font": font_of(text + title),
        }
        first = [list(row["p"]) for row in data["rows"]]
        start = max(rows[0][1], key=lambda word: rows[0][1][word])
        super().__init__(data=data, probabilities=first, path=[start], folded=[], cap=max_length)

    @property
    def table(self) -> dict[Words, dict[str, float]]:
        """The rows as they are now: prefix to the probability of each next word."""
        return {
            tuple(row["prefix"]): dict(zip(row["words"], p, strict=True))
            for row, p in zip(self.data["rows"], self.probabilities, strict=True)
        }

    def next_word(self, prefix: Sequence[str]) -> dict[str, float]:
        """Return the row after a prefix as it is now: the model that the tree shows.

        Raises ValueError for a prefix that the tree does not hold.
        """
        table = self.table
        if tuple(prefix) not in table:
            raise ValueError(
                f"prefix: the tree has no row after {' '.join(prefix)!r}; it holds what the model "
                f"could reach in {self.data['max_length']} words when it was made"
            )
        return table[tuple(prefix)]

    def change(self, prefix: Sequence[str], word: str, p: float) -> None:
        """Give a word another probability; the others of its row share the rest as before.

        Raises ValueError, and changes nothing, for a prefix or word that is not there, or a p that
        the row cannot have.
        """
        row = self.next_word(prefix)
        if word not in row:
            raise ValueError(f"word: {word!r} is not in the row after {prefix!r}: {list(row)}")
        new = _edited(list(row.values()), list(row).index(word), p, word)
        at = [tuple(known["prefix"]) for known in self.data["rows"]].index(tuple(prefix))
        self.probabilities = [new if i == at else old for i, old in enumerate(self.probabilities)]

    def sentences(self) -> dict[Words, float]:
        """Return every path to the cap with its probability: ended in eos, or still open."""
        table, eos = self.table, self.data["eos"]
        return dict(_paths(table, eos, self.cap, (), 1.0))

    def best(self) -> Words | None:
        """Return the most probable sentence that has ended; None when none has."""
        eos = self.data["eos"]
        ended = {words: p for words, p in self.sentences().items() if words[-1] == eos and p > 0}
        return min(ended, key=lambda words: (-ended[words], words)) if ended else None

    def greedy(self) -> Words:
        """Return the most probable word at each step; on a tie the first by alphabet."""
        table, words = self.table, ()
        while len(words) < self.cap and words[-1:] != (self.data["eos"],):
            row = table[words]
            words = (*words, min(row, key=lambda word: (-row[word], word)))
        return words

    @property
    def alt(self) -> str:
        """The title, what greedy and the best path are, and how much has ended."""
        probabilities, best, greedy = self.sentences(), self.best(), self.greedy()
        eos = self.data["eos"]
        ended = math.fsum(p for words, p in probabilities.items() if words[-1] == eos)
        says = f"{self.data['title']}. Greedy takes {_told(greedy, probabilities[greedy])}."
        says += f" The best is {_told(best, probabilities[best])}." if best else ""
        return f"{says} Finished {ended:.3g}, still open {abs(1 - ended):.3g}."

    def figure(self) -> Figure:
        """Draw the static twin."""
        fig, ax = plt.subplots(figsize=(min(11.0, 2.2 * self.cap + 2), 4.2))
        ax.set_xticks(
            [t + 0.5 for t in range(self.cap)], [f"word {t + 1}" for t in range(self.cap)]
        )
        ax.set(
            xlim=(0, self.cap + 1.1), ylim=(0, 1), ylabel="probability", title=self.data["title"]
        )
        _draw(ax, self, (), 1.0, 1.0)
        return fig

    def state(self) -> dict[str, Any]:
        """Return what the JavaScript reads from its model, as plain JSON values."""
        names = ("data", "probabilities", "path", "folded", "cap")
        return {name: getattr(self, name) for name in names}

    @traitlets.validate("probabilities")
    def _rows_are_distributions(self, proposal: Any) -> list[list[float]]:
        rows = self.data["rows"]
        if len(proposal["value"]) != len(rows):
            raise ValueError(f"probabilities: got {len(proposal['value'])} rows, give {len(rows)}")
        for row, new in zip(rows, proposal["value"], strict=True):
            if len(new) != len(row["words"]):
                raise ValueError(f"probabilities: give one number for each of {row['words']}")
            # The browser's sums differ from Python's in the last digits.
            _check_row(tuple(row["prefix"]), dict(zip(row["words"], new, strict=True)), 1e-6)
        return proposal["value"]

    @traitlets.validate("path")
    def _path_is_there(self, proposal: Any) -> list[str]:
        path = tuple(proposal["value"])
        if not path or path[-1] not in self.table.get(path[:-1], {}):
            raise ValueError(
                f"path: {list(path)} is no branch of the tree; give words from its start"
            )
        return proposal["value"]

    @traitlets.validate("cap")
    def _cap_is_inside(self, proposal: Any) -> int:
        most = self.data["max_length"]
        if not 1 <= proposal["value"] <= most:
            raise ValueError(f"cap: got {proposal['value']}, give a length from 1 to {most}")
        return proposal["value"]


def _checked_rows(
    next_word: NextWord, max_length: int, eos: str
) -> list[tuple[Words, dict[str, float]]]:
    """Return the rows that the model can reach, short prefixes first, words of p 0 left out."""
    if not callable(next_word):
        raise TypeError(
            f"next_word is {type(next_word).__name__}, not a function; give one that takes the "
            "words so far, such as course_lib.reference.probability.table_model(table)"
        )
    if not isinstance(max_length, int) or max_length < 1:
        raise ValueError(f"max_length: got {max_length!r}, give a whole number of 1 or more")
    rows: list[tuple[Words, dict[str, float]]] = []
    blocks, prefixes = 0, [()]
    for prefix in prefixes:  # grows as it goes
        row = dict(next_word(prefix))
        _check_row(prefix, row, TOLERANCE)
        row = {word: p for word, p in row.items() if p > 0}
        blocks += len(row)
        if blocks > MOST_BLOCKS:
            raise ValueError(
                f"max_length: {max_length} gives more than {MOST_BLOCKS} blocks, which nobody can "
                "see; lower max_length, or take a model of fewer words"
            )
        rows.append((prefix, row))
        if len(prefix) + 1 < max_length:
            prefixes += [(*prefix, word) for word in row if word != eos]
    return rows


def _check_row(prefix: Words, row: Mapping[str, float], tolerance: float) -> None:
    after = f"next_word: after {' '.join(prefix)!r}" if prefix else "next_word: at the start"
    for word, p in row.items():
        if not isinstance(word, str) or not word:
            raise TypeError(f"{after} there is {word!r}; a word is a text of one character or more")
        if not (math.isfinite(p) and p >= 0):
            raise ValueError(f"{after} {word!r} has probability {p}; give a number from 0 to 1")
    total = math.fsum(row.values())
    if abs(total - 1) > tolerance:
        raise ValueError(f"{after} the probabilities sum to {total:.6g}, not 1; divide by the sum")


def _edited(row: list[float], column: int, p: float, word: str) -> list[float]:
    """Return the row with one number changed and the rest shared out; as table_model.js does it."""
    if not 0 <= p <= 1:
        raise ValueError(f"p: got {p}; a probability is a number from 0 to 1")
    if len(row) == 1 and p != 1:
        raise ValueError(
            f"p: got {p}, but {word!r} is the only word of its row, so its probability stays 1"
        )
    others = math.fsum(row) - row[column]
    shares = [q / others if others > 0 else 1 / (len(row) - 1) for q in row] if row[1:] else []
    return [p if i == column else (1 - p) * shares[i] for i in range(len(row))]


def _paths(
    table: Mapping[Words, Mapping[str, float]], eos: str, cap: int, prefix: Words, product: float
) -> Iterator[tuple[Words, float]]:
    for word, p in table[prefix].items():
        path = (*prefix, word)
        if word == eos or len(path) == cap:
            yield path, product * p
        else:
            yield from _paths(table, eos, cap, path, product * p)


def _told(words: Words, p: float) -> str:
    return f"{' '.join(words)} ({p:.3g})"


def _draw(ax: Axes, tree: ProbabilityTree, prefix: Words, product: float, top: float) -> None:
    """Draw the blocks that follow a prefix, from the top down."""
    best, greedy = tree.best() or (), tree.greedy()
    for word, p in tree.table[prefix].items():
        path, t, height = (*prefix, word), len(prefix), product * p
        on_best, on_greedy = best[: t + 1] == path, greedy[: t + 1] == path
        last = word == tree.data["eos"] or t + 1 == tree.cap
        colour = "#f6c9a8" if on_best else "#a9cbe8" if on_greedy else "#dfe6ee"
        middle = top - height / 2
        ax.barh(
            middle, 0.97, height - min(0.006, height / 3), left=t, color=colour,
            hatch="//" if on_greedy else None, edgecolor="white", linewidth=0,
        )  # fmt: skip
        if height > LEAST_HEIGHT:
            box = {"facecolor": colour, "edgecolor": "none", "pad": 1.5}
            ax.text(t + 0.06, middle, f"{word}  {p:.3g}", va="center", bbox=box)
        if last and (height > LEAST_HEIGHT or on_best or on_greedy):
            names = [name for name, on in (("best", on_best), ("greedy", on_greedy)) if on]
            kind = "" if word == tree.data["eos"] else "open "
            ax.text(t + 1.03, middle, f"{kind}{height:.3g} {' and '.join(names)}", va="center")
        if not last:
            _draw(ax, tree, path, height, top)
        top -= height
