"""Task 4: a decoder that writes word by word from the context."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, kind, number, short
from course_lib.checks.task import Case, Mistake, Property, Task

ARGUMENTS = (
    *("context", "embedding", "W_x", "W_h", "b", "W_out", "b_out"),
    *("bos", "eos", "max_length"),
)
Decode = Callable[..., list[int]]


def _decode(
    start: Callable[[np.ndarray], np.ndarray] = lambda c: c,
    reads: Callable[[int, int], int] = lambda word, bos: word,
    after: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda s, c: s,
    bias: float = 1.0,
    more: int = 0,
    stops: bool = True,
) -> Decode:
    """Return a decoder: by default the right one, else with one thing changed.

    start(c) is s_0; reads(word, bos) is what a step reads; after(s, c) is the state handed on;
    bias scales b_out; more is added to the cap; stops says whether eos ends it.
    Source: chapter 02, equation (7).
    """

    def decode(
        context: np.ndarray,
        embedding: np.ndarray,
        W_x: np.ndarray,
        W_h: np.ndarray,
        b: np.ndarray,
        W_out: np.ndarray,
        b_out: np.ndarray,
        bos: int,
        eos: int,
        max_length: int,
    ) -> list[int]:
        s, tokens = start(context), [bos]
        while len(tokens) <= max_length + more and not (stops and tokens[-1] == eos):
            s = np.tanh(embedding[reads(tokens[-1], bos)] @ W_x + s @ W_h + b)
            tokens.append(int(np.argmax(s @ W_out + bias * b_out)))
            s = after(s, context)
        return tokens[1:]

    return decode


decode = _decode()
FROM_ZEROS = _decode(start=np.zeros_like)
FROM_CONTEXT = _decode(after=lambda s, c: c)
WITH_CONTEXT = _decode(after=lambda s, c: s + c)
READS_BOS = _decode(reads=lambda word, bos: bos)
NO_BIAS = _decode(bias=0.0)


def _scores_first(*args: Any) -> list[int]:
    """Return what is written if each word is scored by the state before it reads the last one."""
    s, embedding, W_x, W_h, b, W_out, b_out, _, eos, max_length = args
    tokens: list[int] = []
    while len(tokens) < max_length and tokens[-1:] != [eos]:
        tokens.append(int(np.argmax(s @ W_out + b_out)))
        s = np.tanh(embedding[tokens[-1]] @ W_x + s @ W_h + b)
    return tokens


def _eos_first(*args: Any) -> list[int]:
    start = len(args[1])  # an id of its own, with the embedding of eos
    return decode(args[0], np.vstack([args[1], args[1][args[8]]]), *args[2:7], start, *args[8:])


STATE_MISTAKES = (
    _scores_first,
    _eos_first,
    FROM_ZEROS,
    FROM_CONTEXT,
    WITH_CONTEXT,
    READS_BOS,
    NO_BIAS,
)


def _clear(args: tuple) -> bool:
    """Return whether every choice on the way is by a margin that rounding can't turn."""
    context, embedding, W_x, W_h, b, W_out, b_out, bos, _, _ = args
    s = context
    for token in [bos, *decode(*args)[:-1]]:
        s = np.tanh(embedding[token] @ W_x + s @ W_h + b)
        second, first = np.sort(s @ W_out + b_out)[-2:]
        if first - second < 1e-3:
            return False
    return True


def _telling(args: tuple) -> bool:
    """Return whether each mistake about the state or the bias shows in the words, and which."""
    results = {tuple(function(*args)) for function in (decode, *STATE_MISTAKES)}
    return _clear(args) and len(results) == 1 + len(STATE_MISTAKES)


def _weights(rng: np.random.Generator, V: int, E: int, H: int) -> tuple:
    shapes = ((H,), (V, E), (E, H), (H, H), (H,), (H, V), (V,))
    arrays = [np.round(1.5 * rng.normal(size=shape), 1) for shape in shapes]
    return np.round(np.tanh(arrays[0]), 1), *arrays[1:]


def _ending(rng: np.random.Generator) -> list[Case]:
    """Return sentences that end by themselves, of 3 to 9 words."""
    sizes = ((7, 2, 3), (7, 3, 2), (11, 5, 7))
    return [Case("decode", _ends(int(rng.integers(10**9)), *size)) for size in sizes]


def _endless(rng: np.random.Generator) -> list[Case]:
    return [Case("decode", _goes_on(int(rng.integers(10**9)), cap)) for cap in (5, 1, 12)]


@lru_cache(maxsize=100)  # the search takes a tenth of a second, and a student checks often
def _ends(seed: int, V: int, E: int, H: int) -> tuple:
    rng = np.random.default_rng(seed)
    while True:
        args = (*_weights(rng, V, E, H), 1, 2, 20)
        if 3 <= len(decode(*args)) <= 9 and _telling(args):
            return args


@lru_cache(maxsize=100)
def _goes_on(seed: int, cap: int) -> tuple:
    rng = np.random.default_rng(seed)
    while True:
        *weights, b_out = _weights(rng, 7, 3, 5)
        b_out[2] = -50.0
        args = (*weights, b_out, 1, 2, cap)
        if _telling(args) or (cap == 1 and _clear(args)):
            return args


def _judge(value: Any, expected: list[int], case: Case) -> None:
    if type(value) not in (list, tuple):
        raise Complaint(f"A list of ids is expected, and a {kind(value)} came: {short(value)}.")
    got = [number(token, f"id {i + 1}") for i, token in enumerate(value)]
    if got != expected:
        raise Complaint(f"You returned {short([int(x) for x in got])}, expected {short(expected)}.")


MISTAKES = (
    Mistake(
        lambda *args: [args[7], *decode(*args)],
        "<bos> is in the result. It is read, never written.",
    ),
    Mistake(
        lambda *args: [token for token in decode(*args) if token != args[8]],
        "<eos> is missing at the end. It is a word that the decoder wrote.",
    ),
    Mistake(
        FROM_ZEROS,
        "The decoder starts from zeros. Its first state s_0 is the context: nothing else comes "
        "over from the source.",
    ),
    Mistake(
        FROM_CONTEXT,
        "Every step starts from the context again. After the first, a step starts from the state "
        "of the step before.",
    ),
    Mistake(
        WITH_CONTEXT,
        "The context is added at every step. This decoder gets it once, as s_0.",
    ),
    Mistake(
        READS_BOS,
        "Every step reads <bos>. From the second on, it reads the word written last.",
    ),
    Mistake(NO_BIAS, "b_out is missing from the scores."),
    Mistake(
        _scores_first,
        "The first word is scored by the context itself. A step reads a word first, here <bos>, "
        "and the state it makes is scored.",
    ),
    Mistake(_eos_first, "The first step reads <eos>. Before the first word it reads <bos>."),
    Mistake(_decode(stops=False), "It goes on after <eos>. That is the end of the sentence."),
    Mistake(_decode(more=1), "That is one word too many: max_length words, <eos> counted."),
    Mistake(_decode(more=-1), "That is one word too few: max_length words are allowed."),
    Mistake(
        lambda *args: [*decode(*args), args[8]],
        "<eos> was added at the end. What is cut at the cap has not ended.",
    ),
)

TASK = Task(
    "ex02.4",
    "Task 4, the decoder",
    {"decode": (ARGUMENTS, decode)},
    (
        Property("sentences that end", 4, _ending, _judge, "Hint 1 under the task.", MISTAKES),
        Property(
            "a decoder that never stops is cut",
            3,
            _endless,
            _judge,
            "Hint 2 under the task.",
            MISTAKES,
        ),
    ),
)
