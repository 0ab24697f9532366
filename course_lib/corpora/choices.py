"""Every translation of one sentence, as words, sequences and weighted choices between them.

A sentence of eight clauses has millions of translations. They are never listed: a translation is
a row of independent choices, so that probabilities, the best translation and the next word are
found by walking through the choices once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from math import log
from typing import NamedTuple

Mass = dict[int, float]  # position in the target -> probability of having come this far


class Word(NamedTuple):
    """One target word and the source positions that it translates."""

    token: str
    sources: tuple[int, ...]

    def count(self) -> int:
        """Return 1: a word can be said in one way."""
        return 1

    def spell(self) -> Iterator[tuple[float, tuple[str, ...]]]:
        """Yield the word with probability 1."""
        yield 1.0, (self.token,)

    def best(self) -> tuple[float, tuple[str, ...]]:
        """Return the word with log probability 0."""
        return 0.0, (self.token,)

    def entropy(self) -> tuple[float, float]:
        """Return 0 nats and length 1."""
        return 0.0, 1.0

    def draw(self, uniform: Callable[[], float], said: list["Word"]) -> None:
        """Append the word to ``said``."""
        said.append(self)

    def advance(self, prefix: tuple[str, ...], mass: Mass, following: dict[str, float]) -> Mass:
        """Move mass over this word; where the prefix ends, count the word in ``following``."""
        moved = {}
        for position, probability in mass.items():
            if position == len(prefix):
                following[self.token] += probability
            elif prefix[position] == self.token:
                moved[position + 1] = probability
        return moved

    def trace(self, tgt: tuple[str, ...], start: int) -> Iterator[tuple[int, tuple["Word", ...]]]:
        """Yield the end position and this word when ``tgt`` has it at ``start``."""
        if start < len(tgt) and tgt[start] == self.token:
            yield start + 1, (self,)


class Sequence(NamedTuple):
    """Parts said one after the other; no parts say nothing."""

    parts: tuple["Node", ...]

    def count(self) -> int:
        """Return the number of ways to say all parts."""
        ways = 1
        for part in self.parts:
            ways *= part.count()
        return ways

    def spell(self) -> Iterator[tuple[float, tuple[str, ...]]]:
        """Yield every way to say all parts, with its probability."""
        spelled = [(1.0, ())]
        for part in self.parts:
            endings = list(part.spell())
            spelled = [(p * q, a + b) for p, a in spelled for q, b in endings]
        yield from spelled

    def best(self) -> tuple[float, tuple[str, ...]]:
        """Return log probability (nats) and words of the most probable way."""
        bests = [part.best() for part in self.parts]
        return sum(p for p, _ in bests), tuple(token for _, tokens in bests for token in tokens)

    def entropy(self) -> tuple[float, float]:
        """Return entropy (nats) and expected length."""
        parts = [part.entropy() for part in self.parts]
        return sum(nats for nats, _ in parts), sum(length for _, length in parts)

    def draw(self, uniform: Callable[[], float], said: list[Word]) -> None:
        """Append one way, drawn from its probability, to ``said``."""
        for part in self.parts:
            part.draw(uniform, said)

    def advance(self, prefix: tuple[str, ...], mass: Mass, following: dict[str, float]) -> Mass:
        """Move mass over all parts; where the prefix ends, count words in ``following``."""
        for part in self.parts:
            if not mass:
                break
            mass = part.advance(prefix, mass, following)
        return mass

    def trace(self, tgt: tuple[str, ...], start: int) -> Iterator[tuple[int, tuple[Word, ...]]]:
        """Yield end positions and words of the ways that ``tgt`` has at ``start``."""
        if not self.parts:
            yield start, ()
            return
        rest = Sequence(self.parts[1:])
        for middle, words in self.parts[0].trace(tgt, start):
            for end, more in rest.trace(tgt, middle):
                yield end, words + more


class Choice(NamedTuple):
    """Alternatives with probabilities that sum to 1; the first is the plain one."""

    options: tuple[tuple[float, "Node"], ...]

    def count(self) -> int:
        """Return the number of ways in all alternatives."""
        return sum(option.count() for _, option in self.options)

    def spell(self) -> Iterator[tuple[float, tuple[str, ...]]]:
        """Yield every way of every alternative, with its probability."""
        for probability, option in self.options:
            for q, tokens in option.spell():
                yield probability * q, tokens

    def best(self) -> tuple[float, tuple[str, ...]]:
        """Return log probability (nats) and words of the most probable way."""
        bests = [(log(p), option.best()) for p, option in self.options]
        return max(((p + q, tokens) for p, (q, tokens) in bests), key=lambda best: best[0])

    def entropy(self) -> tuple[float, float]:
        """Return entropy (nats) and expected length, for ways that all differ."""
        nats = length = 0.0
        for probability, option in self.options:
            more, expected = option.entropy()
            nats += probability * (more - log(probability))
            length += probability * expected
        return nats, length

    def draw(self, uniform: Callable[[], float], said: list[Word]) -> None:
        """Append one alternative, drawn from its probability, to ``said``."""
        left = uniform()
        chosen = self.options[-1][1]
        for probability, option in self.options:
            left -= probability
            if left < 0:
                chosen = option
                break
        chosen.draw(uniform, said)

    def advance(self, prefix: tuple[str, ...], mass: Mass, following: dict[str, float]) -> Mass:
        """Split mass over the alternatives and add up what arrives."""
        arrived: Mass = defaultdict(float)
        for share, option in self.options:
            split = {position: share * probability for position, probability in mass.items()}
            for position, probability in option.advance(prefix, split, following).items():
                arrived[position] += probability
        return dict(arrived)

    def trace(self, tgt: tuple[str, ...], start: int) -> Iterator[tuple[int, tuple[Word, ...]]]:
        """Yield end positions and words of the alternatives that ``tgt`` has at ``start``."""
        for _, option in self.options:
            yield from option.trace(tgt, start)


Node = Word | Sequence | Choice
NOTHING = Sequence(())


def sequence(*parts: Node | None) -> Sequence:
    """Return the parts in order, leaving out None."""
    return Sequence(tuple(part for part in parts if part is not None))


def phrase(tokens: Iterable[str], sources: tuple[int, ...]) -> Node:
    """Return words that all translate the same source positions."""
    words = tuple(Word(token, sources) for token in tokens)
    return words[0] if len(words) == 1 else Sequence(words)


def plain(node: Node) -> Node:
    """Return the first alternative of every choice: one single translation."""
    if isinstance(node, Word):
        return node
    if isinstance(node, Choice):
        return plain(node.options[0][1])
    return Sequence(tuple(plain(part) for part in node.parts))
