"""The shipped English to Chinese model, behind one method that takes what a person types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from course_lib.checkpoint import Checkpoint, load_checkpoint
from course_lib.corpora import EnglishChinese
from course_lib.data import SPECIALS, Vocab
from course_lib.model import stepper
from course_lib.search import beam

SHIPPED = Path(__file__).parent / "checkpoints" / "english_chinese.safetensors"


@dataclass(frozen=True)
class Translation:
    """What the model makes of a sentence; row t of weights is where it looked to write tgt[t].

    weights (T, S) has no row for eos; log_prob, in nats, counts eos.
    """

    src: tuple[str, ...]
    tgt: tuple[str, ...]
    weights: np.ndarray
    log_prob: float


@dataclass(frozen=True)
class Translator:
    """A checkpoint with attention, and the longest source it was checked on, in words."""

    checkpoint: Checkpoint
    longest: int

    def translate(self, text: str, width: int = 5) -> Translation:
        """Translate what a person typed, by beam search of that width; 1 is greedy.

        Raises ValueError for an empty or too long sentence, an unknown word (with the known words
        nearest to it) or a width outside 1..V.
        """
        src = EnglishChinese().tokenize(text)
        self._check(src)
        src_vocab, tgt_vocab = self.checkpoint.src_vocab, self.checkpoint.tgt_vocab
        step, state = stepper(self.checkpoint.model, src_vocab.encode(src))
        best = beam(
            step,
            state,
            bos=tgt_vocab.bos,
            eos=tgt_vocab.eos,
            max_length=2 * len(src) + 20,
            width=width,
        ).best
        if best.weights is None:
            raise ValueError("checkpoint: this model has no attention; give one that has")
        tgt = tuple(tgt_vocab.decode(best.tokens))
        return Translation(src, tgt, best.weights[: len(tgt)], best.log_prob)

    def _check(self, src: Sequence[str]) -> None:
        if not src:
            raise ValueError("text is empty; type a sentence such as 'I like cats'")
        unknown = self.checkpoint.src_vocab.unknown(src)
        if unknown:
            raise ValueError("; ".join(advice(word, self.checkpoint.src_vocab) for word in unknown))
        if len(src) > self.longest:
            raise ValueError(
                f"text has {len(src)} words; this model was checked on up to {self.longest}, so "
                "split the sentence"
            )


def advice(word: str, vocab: Vocab) -> str:
    """Say that a word is not in the vocabulary, and which known words are near it."""
    known = {token.lower(): token for token in vocab.tokens[len(SPECIALS) :]}
    near = [known[match] for match in get_close_matches(word.lower(), known, n=3)]
    return f"{word!r} is not in the vocabulary" + (f"; near it: {', '.join(near)}" if near else "")


def load_translator(path: str | Path = SHIPPED) -> Translator:
    """Load the shipped translator, or another checkpoint; errors as `load_checkpoint`.

    Raises ValueError if its notes do not say "longest", the source words it was checked on.
    """
    checkpoint = load_checkpoint(path)
    if "longest" not in checkpoint.notes:
        raise ValueError(
            f"{path}: its notes do not say the 'longest' source that it was checked on; save it "
            "again with notes={'longest': 40}, say"
        )
    return Translator(checkpoint, longest=checkpoint.notes["longest"])
