"""From a checked request to its reply: search or teacher forcing, and what is shown of it."""

from __future__ import annotations

import json
from typing import Any

from torch import Tensor

from course_lib.data import Vocab
from course_lib.live.reading import Reader, Steps
from course_lib.live.request import Request
from course_lib.search import BeamRecord, Power, beam, greedy

SHOWN = 5  # words of each step


def answer(reader: Reader, asked: Request, vocab: Vocab) -> dict[str, Any]:
    """Return the reply to a request; its fields are described at LiveModel.reply."""
    if asked.gold is not None:
        return _read_gold(reader, asked, asked.gold, vocab)
    search: dict[str, Any] = {"bos": vocab.bos, "eos": vocab.eos, "max_length": asked.max_length}
    step, state = reader.stepper(asked.forced)
    record = None
    if asked.method == "greedy":
        best = greedy(step, state, **search)
    else:
        found = beam(step, state, **search, width=asked.width, penalty=Power(asked.alpha))
        best, record = found.best, _record(found.record, vocab)
    steps = reader.read([vocab.bos, *best.tokens[:-1]], reader.start)
    return {
        "src": list(asked.src),
        "tgt": [vocab.tokens[i] for i in best.tokens if i != vocab.eos],
        "finished": best.finished,
        "log_prob": best.log_prob,
        "score": best.score,
        "log_probs": _of(steps, best.tokens),
        **_seen(steps, best.tokens, (vocab.bos, *best.tokens[:-1]), vocab),
        "record": record,
        "detail": _detail(reader, steps) if asked.detail else None,
    }


def _read_gold(
    reader: Reader, asked: Request, gold: tuple[int, ...], vocab: Vocab
) -> dict[str, Any]:
    """Teacher forcing: the gold words are read, and a forced word where there is one."""
    wanted = [asked.forced.get(step, token) for step, token in enumerate((*gold, vocab.eos))]
    read = (vocab.bos, *wanted[:-1])
    steps = reader.read(read, reader.start)
    best: list[int] = steps.log_probs.argmax(dim=-1).tolist()
    written = [asked.forced.get(step, token) for step, token in enumerate(best)]
    gold_log_probs = _of(steps, wanted)
    return {
        "src": list(asked.src),
        "tgt": [vocab.tokens[i] for i in written if i != vocab.eos],
        "finished": written[-1] == vocab.eos,
        "log_prob": sum(gold_log_probs),
        "score": sum(gold_log_probs),
        "log_probs": _of(steps, written),
        "gold_log_probs": gold_log_probs,
        **_seen(steps, written, read, vocab),
        "record": None,
        "detail": _detail(reader, steps) if asked.detail else None,
    }


def _of(steps: Steps, tokens: Any) -> list[float]:
    """Return the log probability of one token a step."""
    return [steps.log_probs[step, token].item() for step, token in enumerate(tokens)]


def _seen(steps: Steps, written: Any, read: Any, vocab: Vocab) -> dict[str, Any]:
    best, ids = steps.log_probs.exp().topk(min(SHOWN, len(vocab)), dim=-1)  # (T, 5) each
    pairs = zip(ids.tolist(), best.tolist(), strict=True)
    return {
        "words": [vocab.tokens[i] for i in written],
        "read": [vocab.tokens[i] for i in read],
        "weights": _numbers(steps.weights),
        "top": [[[vocab.tokens[i], p] for i, p in zip(*row, strict=True)] for row in pairs],
    }


def _record(record: BeamRecord, vocab: Vocab) -> dict[str, Any]:
    """Return the search record as JSON values, with the words of its ids."""
    ids = sorted({node.token for node in record.nodes})
    return json.loads(record.to_json()) | {"words": {str(i): vocab.tokens[i] for i in ids}}


def _detail(reader: Reader, steps: Steps) -> dict[str, Any]:
    """Return the tensors: of the encoder, of s_0, and of each step of the decoder."""
    scores = _numbers(steps.scores)
    return {
        "src_embedded": _numbers(reader.embedded),  # (S, E)
        "encoder_states": _numbers(reader.encoder_states[0]),  # (S, H)
        "context": _numbers(reader.final[0][0]),  # (H,)  c, all that a fixed context keeps
        "start": [_numbers(part[0]) for part in reader.start],  # h and C of s_0, (H,) each
        "embedded": _numbers(steps.embedded),  # (T, E)
        "states": _numbers(steps.states),  # (T, H)
        "scores": scores and [[s if s > -1e30 else None for s in row] for row in scores],
        "contexts": _numbers(steps.contexts),  # (T, H) or None
        "readouts": _numbers(steps.readouts),  # (T, H)
    }


def _numbers(tensor: Tensor | None) -> Any:
    return None if tensor is None else tensor.tolist()
