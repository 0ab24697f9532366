"""Task 4's wrong answers known by name, and what to tell the student."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.ex03.packed import (
    Ids,
    Packed,
    longest_first,
    pack,
    packed,
    sorted_states,
    unpack,
)
from course_lib.checks.task import Mistake


def _ordered(key: Callable[[Ids, int], Any]) -> Callable[..., Packed]:
    def wrong(ids: np.ndarray, lengths: Ids) -> Packed:
        return packed(ids, lengths, sorted(range(len(lengths)), key=lambda b: key(lengths, b)))

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


def _as_they_came(ids: np.ndarray, lengths: Ids) -> Packed:
    _, sizes, order = pack(ids, lengths)
    return packed(ids, lengths, list(range(len(lengths))))[0], sizes, order


def _ordered_by(sort: Callable[[Ids], np.ndarray]) -> Callable[..., Packed]:
    return lambda ids, lengths: packed(ids, lengths, sort(lengths).tolist())


def _told_by_id(ids: np.ndarray, lengths: Ids) -> Packed:
    columns = ids[longest_first(lengths)].T
    sizes = [int(n) for n in (columns != 0).sum(axis=1)]
    return columns[columns != 0].tolist(), sizes, longest_first(lengths)


BY_ID = (
    "Padding was recognised by its id, and a word may have that id too. The lengths say what is "
    "real."
)
UNSTABLE = (
    "np.argsort does not keep the order of equal lengths: with few of them it may look so, with "
    'more than 16 it does not. It takes kind="stable", on the lengths with a minus.'
)
SIZES = (
    Mistake(
        _told_by_id,
        BY_ID,
    ),
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
        _sizes(lambda lengths, sizes: [sizes[0], *sizes[:-1]]),
        "Each sentence lives one step too long. At step t, counted from 0, those are alive whose "
        "length is more than t.",
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
    Mistake(
        _as_they_came,
        "order is right, and data does not follow it: at each step the longest sentence gives its "
        "word first.",
    ),
    Mistake(_ordered_by(lambda lengths: np.argsort(-np.asarray(lengths))), UNSTABLE),
    Mistake(_ordered_by(lambda lengths: np.argsort(lengths)[::-1]), UNSTABLE),
    Mistake(
        _told_by_id,
        BY_ID,
    ),
    Mistake(_with_padding, "Padding is in data. A sentence that has ended gives no more words."),
)


def _put_back(change: Callable[[np.ndarray, Ids], np.ndarray]) -> Callable[..., tuple]:
    def wrong(states: np.ndarray, batch_sizes: Ids, order: Ids) -> tuple:
        return tuple(change(x, order) for x in sorted_states(states, batch_sizes))

    return wrong


def _lasts(change: Callable[..., np.ndarray]) -> Callable[..., tuple]:
    def wrong(states: np.ndarray, batch_sizes: Ids, order: Ids) -> tuple:
        found, _ = unpack(states, batch_sizes, order)
        return found, change(states, found, batch_sizes, order)

    return wrong


def _waiting(states: np.ndarray, batch_sizes: Ids, order: Ids) -> tuple:
    found, last = unpack(states, batch_sizes, order)
    return np.where(found.any(axis=2, keepdims=True), found, last[:, None]), last


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
    Mistake(
        _waiting,
        "At padding the last state stands once more, as in equation (3), where it waits. The task "
        "asks for 0 there.",
    ),
)
LAST = (
    Mistake(
        _lasts(lambda states, found, sizes, order: found[:, -1]),
        LAST_COLUMN,
    ),
    Mistake(
        _lasts(
            lambda states, found, sizes, order: sorted_states(states, sizes)[0][list(order), -1]
        ),
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
        _lasts(lambda states, found, sizes, order: sorted_states(states, sizes)[1]),
        "last is still sorted by length. Put each back where it came from, as the others.",
    ),
    Mistake(
        _lasts(lambda states, found, sizes, order: found.sum(axis=1)),
        "This is the sum of all states of a sentence. last is the state after its last word.",
    ),
)
