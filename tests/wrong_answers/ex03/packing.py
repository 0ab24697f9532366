"""Exercise 03, task 4: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from wrong_answers import Right, Wrong


def pack_lists(ids, lengths):
    order = sorted(range(len(lengths)), key=lambda b: -lengths[b])
    data, batch_sizes = [], []
    for t in range(max(lengths)):
        alive = [b for b in order if lengths[b] > t]
        data += [ids[b, t] for b in alive]
        batch_sizes.append(len(alive))
    return data, batch_sizes, order


def unpack_loops(states, batch_sizes, order):
    encoder_states = np.zeros((len(order), len(batch_sizes), states.shape[1]))
    last = np.zeros((len(order), states.shape[1]))
    rows = iter(states)
    for t, n in enumerate(batch_sizes):
        for b in order[:n]:
            encoder_states[b, t] = last[b] = next(rows)
    return encoder_states, last


def pack_numpy(ids, lengths):
    lengths = np.array(lengths)
    order = np.argsort(-lengths, kind="stable")
    mask = np.arange(ids.shape[1])[:, None] < lengths[order]  # (T, B)
    return ids[order].T[mask], mask.sum(axis=1), order


def unpack_numpy(states, batch_sizes, order):
    mask = np.arange(batch_sizes[0]) < np.array(batch_sizes)[:, None]  # (T, B)
    found = np.zeros((*mask.shape, states.shape[1]))
    found[mask] = states
    encoder_states = np.empty((mask.shape[1], mask.shape[0], states.shape[1]))
    encoder_states[list(order)] = found.transpose(1, 0, 2)
    lengths = np.empty(len(order), dtype=int)
    lengths[list(order)] = mask.sum(axis=0)
    return encoder_states, encoder_states[np.arange(len(order)), lengths - 1]


def pack_torch(ids, lengths):
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.tensor(ids), torch.tensor(lengths), batch_first=True, enforce_sorted=False
    )
    order = sorted(range(len(lengths)), key=lambda b: -lengths[b])  # torch's is not stable
    return pack_lists(ids, lengths)[0], packed.batch_sizes, order


def unpack_fancy(states, batch_sizes, order):
    mask = np.arange(len(order)) < batch_sizes[:, None]  # (T, B)
    found = np.zeros((*mask.shape, states.shape[1]))
    found[mask] = states
    encoder_states = np.zeros((mask.shape[1], mask.shape[0], states.shape[1]))
    encoder_states[order] = found.swapaxes(0, 1)
    last = np.zeros((len(order), states.shape[1]))
    last[order] = found[mask.sum(axis=0) - 1, np.arange(len(order))]
    return encoder_states, last


def unpack_einsum(states, batch_sizes, order):
    back = np.eye(len(order))[list(order)]  # (sorted, own)
    mask = np.arange(batch_sizes[0]) < np.array(batch_sizes)[:, None]
    found = np.zeros((*mask.shape, states.shape[1]))
    found[mask] = states
    ends = mask & ~np.vstack([mask[1:], np.zeros_like(mask[:1])])  # (T, B)  each one's last step
    return (
        np.einsum("tkh,kb->bth", found, back),
        np.einsum("tkh,tk,kb->bh", found, ends.astype(float), back),
    )


def ordered(key):
    def pack(ids, lengths):
        order = sorted(range(len(lengths)), key=lambda b: key(lengths[b], b))
        alive = [[b for b in order if lengths[b] > t] for t in range(max(lengths))]
        return [ids[b, t] for t, here in enumerate(alive) for b in here], [*map(len, alive)], order

    return pack


def sizes_are_lengths(ids, lengths):
    data, _, order = pack_lists(ids, lengths)
    return data, sorted(lengths, reverse=True), order


def running_sums(ids, lengths):
    data, batch_sizes, order = pack_lists(ids, lengths)
    return data, np.cumsum(batch_sizes), order


def padding_too(ids, lengths):
    order = sorted(range(len(lengths)), key=lambda b: -lengths[b])
    return ids[order].T.flatten(), [len(order)] * ids.shape[1], order


def padding_in_data(ids, lengths):
    _, batch_sizes, order = pack_lists(ids, lengths)
    return padding_too(ids, lengths)[0], batch_sizes, order


def sentence_by_sentence(ids, lengths):
    _, batch_sizes, order = pack_lists(ids, lengths)
    return [x for b in order for x in ids[b, : lengths[b]]], batch_sizes, order


def where_they_went(ids, lengths):
    data, batch_sizes, order = pack_lists(ids, lengths)
    return data, batch_sizes, np.argsort(order)


def sorted_by(sort):
    """Return a pack whose order is sort(lengths)."""

    def pack(ids, lengths):
        order = sort(lengths).tolist()
        alive = [[b for b in order if lengths[b] > t] for t in range(max(lengths))]
        return [ids[b, t] for t, here in enumerate(alive) for b in here], [*map(len, alive)], order

    return pack


def as_they_came(ids, lengths):
    _, batch_sizes, order = pack_lists(ids, lengths)
    return ids.T[np.arange(ids.shape[1])[:, None] < lengths], batch_sizes, order


def real_by_id(ids, lengths):
    order = np.argsort(-lengths, kind="stable")
    columns = ids[order].T
    return columns[columns != 0], (columns != 0).sum(axis=1), order


def lives_too_long(ids, lengths):
    data, _, order = pack_lists(ids, lengths)
    return data, [np.sum(lengths >= t) for t in range(max(lengths))], order


def waiting(states, batch_sizes, order):
    found, last = unpack_loops(states, batch_sizes, order)
    return np.where(found.any(axis=2, keepdims=True), found, last[:, None]), last


def still_sorted(states, batch_sizes, order):
    return unpack_loops(states, batch_sizes, range(len(order)))


def wrong_way(states, batch_sizes, order):
    found, last = still_sorted(states, batch_sizes, order)
    return found[list(order)], last[list(order)]


def lasts(last):
    def unpack(states, batch_sizes, order):
        found, _ = unpack_loops(states, batch_sizes, order)
        return found, last(states, found, batch_sizes, order)

    return unpack


def sorted_last(states, found, batch_sizes, order):
    return still_sorted(states, batch_sizes, order)[1]


def wrong_way_last_column(states, batch_sizes, order):
    found, _ = wrong_way(states, batch_sizes, order)
    return found, found[:, -1]


def rectangle(states, batch_sizes, order):
    found = states.reshape(len(batch_sizes), len(order), -1).transpose(1, 0, 2)
    return found, found[:, -1]


def no_last(states, batch_sizes, order):
    return unpack_loops(states, batch_sizes, order)[0]


PACKS = {
    "lengths": (sizes_are_lengths, "These are the lengths", {0}),
    "running sums": (running_sums, "These are running sums", {0}),
    "padding too": (padding_too, "Every sentence is counted", {0, 1}),
    "padding in data": (padding_in_data, "data has shape", {1}),
    "shortest first": (ordered(lambda n, b: n), "The shortest stands first", {1}),
    "unsorted": (ordered(lambda n, b: b), "are not sorted", {1}),
    "ties turned": (ordered(lambda n, b: (-n, -b)), "have changed places", {1}),
    "where they went": (where_they_went, "order says where each", {1}),
    "not stable": (sorted_by(lambda n: np.argsort(-n)), "np.argsort does not keep", {1}),
    "turned round": (sorted_by(lambda n: np.argsort(n)[::-1]), "have changed places", {1}),
    "as they came": (as_they_came, "data does not follow it", {1}),
    "real by id": (real_by_id, "Padding was recognised by its id", {0, 1}),
    "too long": (lives_too_long, "one step too long", {0}),
    "by sentence": (sentence_by_sentence, "data goes sentence by sentence", {1}),
}
UNPACKS = {
    "still sorted": (still_sorted, "still sorted by length", {2, 3}),
    "the wrong way": (wrong_way, "the wrong way round", {2, 3}),
    "waiting": (waiting, "At padding the last state stands", {2}),
    "last column": (lasts(lambda s, found, n, o: found[:, -1]), "the last column", {3}),
    "last rows": (lasts(lambda s, found, n, o: s[-n[0] :]), "the last rows", {3}),
    "first": (lasts(lambda s, found, n, o: found[:, 0]), "the first states", {3}),
    "sum": (lasts(lambda s, found, n, o: found.sum(axis=1)), "the sum of all states", {3}),
    "sorted last": (lasts(sorted_last), "last is still sorted", {3}),
    "the wrong way, last column": (wrong_way_last_column, "This is the last column", {2, 3}),
    "a rectangle": (rectangle, "fewer states than there are sentences", {2, 3}),
    "no last": (no_last, "(encoder_states, last)", {2, 3}),
}

ANSWERS = [
    Right("lists, loops", "ex03.4", (pack_lists, unpack_loops)),
    Right("numpy", "ex03.4", (pack_numpy, unpack_numpy)),
    Right("torch, einsum", "ex03.4", (pack_torch, unpack_einsum)),
    Right("numpy, order as an index", "ex03.4", (pack_numpy, unpack_fancy)),
    *(Wrong(n, "ex03.4", (f, unpack_loops), says, loses) for n, (f, says, loses) in PACKS.items()),
    *(Wrong(n, "ex03.4", (pack_lists, f), says, loses) for n, (f, says, loses) in UNPACKS.items()),
]
