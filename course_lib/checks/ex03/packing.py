"""Task 4: pack a batch, longest sentence first, and put its states back in their places."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.plain import parts
from course_lib.checks.task import Case, Mistake, Property, Task

PACKED = ("data", "batch_sizes", "order")
STATES = ("encoder_states", "last")
Ids = Sequence[int]
Packed = tuple[list[int], list[int], list[int]]


def longest_first(lengths: Ids) -> list[int]:
    """Return the positions of the sentences, longest first, equal ones as they came."""
    return sorted(range(len(lengths)), key=lambda b: -lengths[b])


def pack(ids: np.ndarray, lengths: Ids) -> Packed:
    """Return (data, batch_sizes, order): ids (B, T) step by step, without padding.

    Source: chapter 03, "Pack: the state".
    """
    return _packed(ids, lengths, longest_first(lengths))


def _packed(ids: np.ndarray, lengths: Ids, order: list[int]) -> Packed:
    alive = [[b for b in order if lengths[b] > t] for t in range(max(lengths))]
    data = [int(ids[b, t]) for t, here in enumerate(alive) for b in here]
    return data, [len(here) for here in alive], order


def unpack(states: np.ndarray, batch_sizes: Ids, order: Ids) -> tuple[np.ndarray, np.ndarray]:
    """Return (encoder_states, last) in the sentences' own order: (B, T, H), 0 at padding; (B, H).

    states (N, H) are packed. Source: chapter 03, equation (3).
    """
    found, last = _sorted(states, batch_sizes)
    back = np.argsort(order)  # where each sentence stands among the sorted
    return found[back], last[back]


def _sorted(states: np.ndarray, batch_sizes: Ids) -> tuple[np.ndarray, np.ndarray]:
    """Return (encoder_states, last) with the longest sentence first."""
    found = np.zeros((batch_sizes[0], len(batch_sizes), states.shape[1]))
    last = np.zeros((batch_sizes[0], states.shape[1]))
    start = 0
    for t, n in enumerate(batch_sizes):
        found[:n, t] = last[:n] = states[start : start + n]
        start += n
    return found, last


def _lengths(rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Return lengths whose sorted order is not its own inverse, and some with ties."""
    turned = tuple((2, 5, 3, *rng.integers(1, 3, 2).tolist()))
    ties = tuple(rng.permutation([4, 4, 4, 1, 6, 1]).tolist())
    return [(2, 5, 3), (3, 3, 3), turned, ties, (4,)]


def _pack_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for lengths in _lengths(rng):
        mask = np.arange(max(lengths)) < np.array(lengths)[:, None]
        ids = np.where(mask, rng.integers(10, 99, mask.shape), 0)
        cases.append(Case("pack", (ids, lengths)))
    return cases


def _unpack_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for lengths in _lengths(rng):
        dummy = np.zeros((len(lengths), max(lengths)), dtype=int)
        _, batch_sizes, order = pack(dummy, lengths)
        states = rng.integers(-9, 10, (sum(lengths), 2)) / 10 + 0.05  # no state is 0
        cases.append(Case("unpack", (states, tuple(batch_sizes), tuple(order))))
    return cases


def _judge(names: Sequence[str], *wanted: int) -> Callable[[Any, Any, Case], None]:
    def judge(value: Any, expected: Any, case: Case) -> None:
        given = parts(value, names)
        for i in wanted:
            right = np.asarray(expected[i])
            compare(array(given[i], right.shape, names[i]), right, names[i])

    return judge


def _ordered(key: Callable[[Ids, int], Any]) -> Callable[..., Packed]:
    def wrong(ids: np.ndarray, lengths: Ids) -> Packed:
        return _packed(ids, lengths, sorted(range(len(lengths)), key=lambda b: key(lengths, b)))

    return wrong


def _by_sentence(ids: np.ndarray, lengths: Ids) -> Packed:
    _, sizes, order = pack(ids, lengths)
    return [int(x) for b in order for x in ids[b, : lengths[b]]], sizes, order


def _with_padding(ids: np.ndarray, lengths: Ids) -> Packed:
    order = longest_first(lengths)
    return ids[order].T.ravel().tolist(), [len(order)] * max(lengths), order


def _sizes(change: Callable[[Ids, list[int]], Any]) -> Callable[..., Packed]:
    def wrong(ids: np.ndarray, lengths: Ids) -> Packed:
        data, sizes, order = pack(ids, lengths)
        return data, change(lengths, sizes), order

    return wrong


def _places(ids: np.ndarray, lengths: Ids) -> Packed:
    data, sizes, order = pack(ids, lengths)
    return data, sizes, np.argsort(order).tolist()


SIZES = (
    Mistake(
        _sizes(lambda lengths, sizes: sorted(lengths, reverse=True)),
        "These are the lengths: how many words each sentence has. batch_sizes counts the other "
        "way: how many sentences have a word at each step.",
    ),
    Mistake(
        _sizes(lambda lengths, sizes: np.cumsum(sizes).tolist()),
        "These are running sums, the places in data where the steps end. batch_sizes holds the "
        "number of sentences alive at each step.",
    ),
    Mistake(
        _with_padding,
        "Every sentence is counted at every step, so padding is packed too. The purpose is to "
        "leave it out: a sentence that has ended is gone.",
    ),
)
ORDERS = (
    Mistake(
        _ordered(lambda lengths, b: lengths[b]),
        "The shortest stands first. With the longest first, the sentences still alive are always "
        "the first rows.",
    ),
    Mistake(
        _ordered(lambda lengths, b: b),
        "The sentences are not sorted. order begins with the position of the longest.",
    ),
    Mistake(
        _ordered(lambda lengths, b: (-lengths[b], -b)),
        "Sentences of equal length have changed places. They stay in the order in which they came; "
        "sorting upwards and turning the list round turns them too.",
    ),
    Mistake(
        _places,
        "order says where each sentence went. It has to say which sentence stands at each place: "
        "order[0] is the position of the longest.",
    ),
    Mistake(
        _by_sentence,
        "data goes sentence by sentence. Go step by step: all first words, then all second words.",
    ),
    Mistake(_with_padding, "Padding is in data. A sentence that has ended gives no more words."),
)


def _put_back(change: Callable[[np.ndarray, Ids], np.ndarray]) -> Callable[..., tuple]:
    def wrong(states: np.ndarray, batch_sizes: Ids, order: Ids) -> tuple:
        return tuple(change(x, order) for x in _sorted(states, batch_sizes))

    return wrong


def _lasts(change: Callable[..., np.ndarray]) -> Callable[..., tuple]:
    def wrong(states: np.ndarray, batch_sizes: Ids, order: Ids) -> tuple:
        found, _ = unpack(states, batch_sizes, order)
        return found, change(states, found, batch_sizes, order)

    return wrong


LAST_COLUMN = (
    "This is the last column. A shorter sentence has ended before it, and padding stands there. "
    "Take each sentence's own last word."
)
BACK = (
    Mistake(
        _put_back(lambda x, order: x),
        "The sentences are still sorted by length. Put each back where it came from.",
    ),
    Mistake(
        _put_back(lambda x, order: x[list(order)]),
        "They were put back the wrong way round. Row k of the sorted belongs at order[k]: "
        "out[order] = sorted_rows, and not out = sorted_rows[order].",
    ),
)
LAST = (
    Mistake(
        _lasts(lambda states, found, sizes, order: found[:, -1]),
        LAST_COLUMN,
    ),
    Mistake(
        _lasts(lambda states, found, sizes, order: _sorted(states, sizes)[0][list(order), -1]),
        LAST_COLUMN,
    ),
    Mistake(
        _lasts(lambda states, found, sizes, order: states[-sizes[0] :]),
        "These are the last rows of the packed states: several of one long sentence, and none of a "
        "short one that ended early.",
    ),
    Mistake(
        _lasts(lambda states, found, sizes, order: found[:, 0]),
        "These are the first states. last holds the state after each sentence's last word.",
    ),
    Mistake(
        _lasts(lambda states, found, sizes, order: _sorted(states, sizes)[1]),
        "last is still sorted by length. Put each back where it came from, as the others.",
    ),
    Mistake(
        _lasts(lambda states, found, sizes, order: found.sum(axis=1)),
        "This is the sum of all states of a sentence. last is the state after its last word.",
    ),
)
FLAT = (
    "A step has fewer states than there are sentences. Keep a place in states, and take "
    "batch_sizes[t] rows at each step."
)

TASK = Task(
    "ex03.4",
    "Task 4, pack and unpack",
    {
        "pack": (("ids", "lengths"), pack),
        "unpack": (("states", "batch_sizes", "order"), unpack),
    },
    (
        Property(
            "batch_sizes: how many sentences are alive at each step",
            1,
            _pack_cases,
            _judge(PACKED, 1),
            "Hint 1 under the task.",
            SIZES,
        ),
        Property(
            "order and data: longest first, step by step",
            2,
            _pack_cases,
            _judge(PACKED, 2, 0),
            "Hint 2 under the task.",
            ORDERS,
        ),
        Property(
            "the states stand where their words stood, and 0 at padding",
            2,
            _unpack_cases,
            _judge(STATES, 0),
            "Hint 3 under the task.",
            BACK,
            {"ValueError": FLAT},
        ),
        Property(
            "last is the state after each sentence's last word",
            2,
            _unpack_cases,
            _judge(STATES, 1),
            "Hint 4 under the task.",
            (*LAST, *BACK),
            {"ValueError": FLAT},
        ),
    ),
)
