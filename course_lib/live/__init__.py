"""A small trained model that answers as one types: here, and in the browser without a kernel.

A request and its reply are plain JSON values, described at `LiveModel.reply`. The same request gets
the same reply from widgets/decoder.js, which reads what `LiveModel.to_bytes` wrote.

    request.py   what may be asked, checked
    reading.py   one sentence read by a model, with all that is seen on the way
    binary.py    the bytes for the browser
    reply.py     search, and what a visual shows of it
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from course_lib.checkpoint import Checkpoint, load_checkpoint
from course_lib.live import binary
from course_lib.live.reading import Reader, check_supported
from course_lib.live.reply import answer
from course_lib.live.request import read_request

POCKETS = Path(__file__).parents[1] / "checkpoints"
NAMES = ("attention", "fixed", "teacher_forcing", "scheduled_sampling", "input_noise")

__all__ = ["NAMES", "LiveModel", "pocket"]


class LiveModel:
    """A checkpoint that answers requests.

    source  "pocket:NAME" if the course ships it: what is published may name it, not contain it
    Raises ValueError for a model that the browser cannot compute: see reading.SUPPORTED.
    """

    def __init__(self, checkpoint: Checkpoint, source: str = ""):
        check_supported(checkpoint.config)
        self.checkpoint = checkpoint
        self.source = source

    def reply(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a request; both are JSON values. Steps count from 0, T counts eos.

        src         source words, or instead
        text        what a person typed
        method      "greedy" (default) or "beam", with
        width       of the beam (5), and
        alpha       of the length penalty Power(alpha) (0)
        max_length  of the target, eos counted (2 S + 20, 200 at most)
        forced      {step: word}: this word is written there, then the model goes on
        gold        words read instead of its own: teacher forcing; T is one more than they are
        masked      source positions of weight 0
        weights     {step: S numbers} that sum to 1, instead of the model's own
        detail      also the tensors on the way

        The reply: src, tgt (without eos), finished, log_prob (nats, of the whole), score, log_probs
        (T), words (T, eos as "<eos>"), read (T, from "<bos>" on), weights (T, S) or None, top (T, 5
        pairs of word and probability), record (of a beam, with `words` for its ids), detail. With
        gold, words are what the model would write, log_probs those of what it would write, and
        gold_log_probs those of the gold words; log_prob is their sum, finished means nothing.
        Raises ValueError that names the field.
        """
        asked = read_request(request, self.checkpoint.src_vocab, self.checkpoint.tgt_vocab)
        # In float64, as the browser adds: in float32 two words of nearly one probability can swap.
        model = copy.deepcopy(self.checkpoint.model).double()
        reader = Reader(model, asked.src_ids, asked.mask, asked.weights)
        return answer(reader, asked, self.checkpoint.tgt_vocab)

    def to_bytes(self, dtype: str = "float16") -> bytes:
        """Write the model for the browser; see binary.py. ValueError for another dtype."""
        return binary.to_bytes(self.checkpoint, dtype)

    def to_base64(self, dtype: str = "float16") -> str:
        """Write the same bytes as text, as a visual's state holds them."""
        return base64.b64encode(self.to_bytes(dtype)).decode("ascii")

    def rounded(self, dtype: str = "float16") -> LiveModel:
        """Return the model whose weights are what its bytes of this dtype hold."""
        return LiveModel(binary.rounded(self.checkpoint, dtype))


@lru_cache
def pocket(name: str) -> LiveModel:
    """Load a shipped small model; its weights fit float16, so that its bytes lose nothing.

    name  "attention" and "fixed" differ in the decoder; "teacher_forcing", "scheduled_sampling" and
          "input_noise" in how they were trained. checkpoints/pocket_NAME.json says how each was
          made and what it can do.
    Raises ValueError for another name.
    """
    if name not in NAMES:
        raise ValueError(f"name is {name!r}; choose one of {', '.join(NAMES)}")
    checkpoint = load_checkpoint(POCKETS / f"pocket_{name}.safetensors")
    checkpoint.model.float()  # stored as float16
    return LiveModel(checkpoint, source=f"pocket:{name}")
