"""Sentence pairs, vocabularies and padded batches."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")


@dataclass(frozen=True)
class Pair:
    """A sentence and its translation, as tokens without specials, with gold links if known.

    A link (i, t) joins source position i and target position t, both counted from 0.
    """

    src: tuple[str, ...]
    tgt: tuple[str, ...]
    links: frozenset[tuple[int, int]] = frozenset()


class Vocab:
    """The words of one language and their ids; ids 0 to 3 are pad, bos, eos and unk.

    >>> vocab = Vocab(["cats", "like"])
    >>> vocab.encode(["like", "dogs"])
    [5, 3]

    Raises ValueError for a word that comes twice, is empty, or is the name of a special.
    """

    pad, bos, eos, unk = range(4)

    def __init__(self, tokens: Iterable[str]):
        self.tokens = SPECIALS + tuple(_words(tokens))
        self._ids: dict[str, int] = {}  # of words only: no typed word becomes a special
        for i, token in enumerate(self.tokens[len(SPECIALS) :], start=len(SPECIALS)):
            if self._ids.setdefault(token, i) != i or not token or token in SPECIALS:
                raise ValueError(
                    f"tokens: {token!r} is empty, repeated or one of the specials {SPECIALS}; "
                    "give each word once, for example as sorted(set(words))"
                )

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token in self._ids or token in SPECIALS

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocab) and self.tokens == other.tokens

    def __hash__(self) -> int:
        return hash(self.tokens)

    def __repr__(self) -> str:
        return f"Vocab({len(self)} tokens)"

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Return the id of each word; an unknown one, or the name of a special, gets unk."""
        return [self._ids.get(token, self.unk) for token in _words(tokens)]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the words up to the first eos, without pad and bos.

        Raises ValueError for an id that is not in the vocabulary.
        """
        words = []
        for i in map(int, ids):
            if not 0 <= i < len(self):
                raise ValueError(f"ids: {i} is outside this vocabulary of 0 to {len(self) - 1}")
            if i == self.eos:
                break
            if i not in (self.pad, self.bos):
                words.append(self.tokens[i])
        return words

    def unknown(self, tokens: Iterable[str]) -> list[str]:
        """Return the words that encode to unk, in their order."""
        return [token for token in _words(tokens) if token not in self._ids]


def _words(tokens: Iterable[str]) -> Iterable[str]:
    if isinstance(tokens, str):
        raise TypeError(f"tokens must be words, not one string; split {tokens!r} into words first")
    return tokens


def pad_rows(rows: Sequence[Sequence[int]], pad: int) -> tuple[Tensor, Tensor]:
    """Return ids (B, longest) filled with pad on the right, and their mask, True for a real token.

    >>> pad_rows([[5, 6], [7]], pad=0)[0].tolist()
    [[5, 6], [7, 0]]

    Raises ValueError if there is no row, or a row has no id.
    """
    if not rows:
        raise ValueError("rows: the batch is empty; give at least one sentence")
    lengths = torch.tensor([len(row) for row in rows])
    if not lengths.all():
        empty = lengths.tolist().index(0)
        raise ValueError(f"rows: sentence {empty} has no token; leave empty sentences out")
    mask = torch.arange(int(lengths.max())) < lengths[:, None]  # (B, longest)
    ids = torch.full(mask.shape, pad)  # (B, longest)
    ids[mask] = torch.tensor([i for row in rows for i in row])
    return ids, mask


@dataclass(frozen=True)
class Batch:
    """Padded ids of B sentence pairs, with masks that are True at real tokens.

    src, src_mask (B, S); tgt_in (B, T) is bos y_1 .. y_{T-1}; tgt_out (B, T) is y_1 .. y_T = eos;
    tgt_mask (B, T) belongs to both.
    Raises ValueError if shapes disagree or a row has no real token: nothing to attend to.
    """

    src: Tensor
    src_mask: Tensor
    tgt_in: Tensor
    tgt_out: Tensor
    tgt_mask: Tensor

    def __post_init__(self):
        if self.src.shape != self.src_mask.shape:
            raise ValueError(
                f"src {tuple(self.src.shape)} and src_mask {tuple(self.src_mask.shape)} "
                "must have the same shape (B, S)"
            )
        if not (self.tgt_in.shape == self.tgt_out.shape == self.tgt_mask.shape):
            raise ValueError(
                f"tgt_in {tuple(self.tgt_in.shape)}, tgt_out {tuple(self.tgt_out.shape)} and "
                f"tgt_mask {tuple(self.tgt_mask.shape)} must have the same shape (B, T)"
            )
        if len(self.src) != len(self.tgt_in):
            raise ValueError(f"src has {len(self.src)} sentences, tgt_in has {len(self.tgt_in)}")
        for name in ("src_mask", "tgt_mask"):
            if not getattr(self, name).any(dim=1).all():
                raise ValueError(f"{name}: a row has no real token; leave empty sentences out")

    def __len__(self) -> int:
        return len(self.src)

    @classmethod
    def from_pairs(cls, pairs: Sequence[Pair], src_vocab: Vocab, tgt_vocab: Vocab) -> Batch:
        """Pad, shift and mask the pairs; an empty target is allowed, it is eos alone.

        Raises ValueError for no pairs or an empty source.
        """
        for i, pair in enumerate(pairs):
            if not pair.src:
                raise ValueError(f"pairs: pair {i} has an empty source; leave it out")
        tgt = [tgt_vocab.encode(pair.tgt) for pair in pairs]
        src_ids, src_mask = pad_rows([src_vocab.encode(pair.src) for pair in pairs], src_vocab.pad)
        tgt_in, tgt_mask = pad_rows([[tgt_vocab.bos, *row] for row in tgt], tgt_vocab.pad)
        tgt_out, _ = pad_rows([[*row, tgt_vocab.eos] for row in tgt], tgt_vocab.pad)
        return cls(src_ids, src_mask, tgt_in, tgt_out, tgt_mask)

    def to(self, device: torch.device | str) -> Batch:
        """Return the batch on another device."""
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))


def batches(
    pairs: Sequence[Pair],
    src_vocab: Vocab,
    tgt_vocab: Vocab,
    batch_size: int,
    rng: np.random.Generator,
    pool: int = 1,
) -> Iterator[Batch]:
    """Yield one shuffled epoch; the last batch may be smaller.

    Length buckets: the sentences of `pool` batches are sorted by length before they are cut into
    batches, so that less padding is computed; 1 leaves the batches as shuffled.
    Raises ValueError for no pairs, or a batch_size or pool below 1.
    """
    _check_sizes(batch_size, pool, len(pairs))

    def length(i: int) -> tuple[int, int]:
        return len(pairs[i].src), len(pairs[i].tgt)

    drawn = _chunks(rng.permutation(len(pairs)).tolist(), pool * batch_size)
    rows = [row for chunk in drawn for row in _chunks(sorted(chunk, key=length), batch_size)]
    order = rng.permutation(len(rows))
    return (Batch.from_pairs([pairs[i] for i in rows[k]], src_vocab, tgt_vocab) for k in order)


def epochs(
    pairs: Sequence[Pair],
    src_vocab: Vocab,
    tgt_vocab: Vocab,
    batch_size: int,
    seed: int,
    start: int = 0,
    pool: int = 1,
) -> Iterator[Batch]:
    """Yield one shuffled epoch after the other without end; `pool` as in `batches`.

    The order is a function of seed and epoch: from batch number `start` on, a run goes on as if it
    had never stopped.
    """
    _check_sizes(batch_size, pool, len(pairs))
    first, done = divmod(start, -(-len(pairs) // batch_size))
    for epoch in itertools.count(first):
        rng = np.random.default_rng([seed, epoch])
        whole = batches(pairs, src_vocab, tgt_vocab, batch_size, rng, pool)
        yield from itertools.islice(whole, done if epoch == first else 0, None)


def sampled(
    draw: Callable[[np.random.Generator], Pair],
    src_vocab: Vocab,
    tgt_vocab: Vocab,
    batch_size: int,
    seed: int,
    start: int = 0,
    pool: int = 1,
) -> Iterator[Batch]:
    """Yield batches of new pairs without end, drawn as by `task.sample(rng)`, `pool` at a time.

    A draw is a function of seed and its number: from batch number `start` on, a run goes on as if
    it had never stopped.
    """
    _check_sizes(batch_size, pool)
    first, done = divmod(start, pool)
    for number in itertools.count(first):
        rng = np.random.default_rng([seed, number])
        pairs = [draw(rng) for _ in range(pool * batch_size)]
        whole = batches(pairs, src_vocab, tgt_vocab, batch_size, rng, pool)
        yield from itertools.islice(whole, done if number == first else 0, None)


def _check_sizes(batch_size: int, pool: int, pairs: int = 1) -> None:
    for name, value in (("batch_size", batch_size), ("pool", pool), ("len(pairs)", pairs)):
        if value < 1:
            raise ValueError(f"{name} is {value}; it must be at least 1")


def _chunks(items: list[int], size: int) -> Iterator[list[int]]:
    return (items[i : i + size] for i in range(0, len(items), size))
