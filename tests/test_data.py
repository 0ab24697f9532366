from itertools import islice

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.data import SPECIALS, Batch, Pair, Vocab, batches, epochs, pad_rows, sampled

WORDS = ("I", "like", "cats", "<img src=x onerror=alert(1)>", "我", "喜欢", "猫")
VOCAB = Vocab(WORDS)

known = st.sampled_from(WORDS)
anything = st.text(max_size=5)
sentence = st.lists(known, min_size=1, max_size=9).map(tuple)
pair = st.builds(Pair, sentence, st.lists(known, max_size=9).map(tuple))


def test_specials_come_first_and_have_the_ids_0_to_3():
    assert VOCAB.tokens[:4] == SPECIALS == ("<pad>", "<bos>", "<eos>", "<unk>")
    assert (VOCAB.pad, VOCAB.bos, VOCAB.eos, VOCAB.unk) == (0, 1, 2, 3)
    assert len(VOCAB) == 4 + len(WORDS)
    assert "cats" in VOCAB and "dogs" not in VOCAB


@settings(deadline=None)
@given(st.lists(known, max_size=300))
def test_known_words_survive_encoding_and_decoding(tokens):
    ids = VOCAB.encode(tokens)
    assert min(ids, default=4) >= 4
    assert VOCAB.decode([VOCAB.bos, *ids, VOCAB.pad, VOCAB.eos, 5, 99]) == tokens


@settings(deadline=None)
@given(st.lists(anything | known | st.sampled_from(SPECIALS), max_size=20))
def test_unknown_words_become_unk_and_are_named_in_order(tokens):
    unknown = [token for token in tokens if token not in WORDS]
    assert VOCAB.unknown(tokens) == unknown
    assert [t for t, i in zip(tokens, VOCAB.encode(tokens), strict=True) if i == 3] == unknown


def test_vocabularies_are_equal_when_their_tokens_are():
    assert Vocab(WORDS) == VOCAB and hash(Vocab(WORDS)) == hash(VOCAB)
    assert Vocab(WORDS[::-1]) != VOCAB


@pytest.mark.parametrize("tokens", [["a", "a"], ["<eos>"], [""]])
def test_vocab_names_a_word_it_cannot_take(tokens):
    with pytest.raises(ValueError, match=tokens[0] or "''"):
        Vocab(tokens)


@pytest.mark.parametrize("method", [Vocab, VOCAB.encode, VOCAB.unknown])
def test_a_string_is_not_taken_for_a_list_of_words(method):
    with pytest.raises(TypeError, match="split 'I like cats' into words"):
        method("I like cats")


@pytest.mark.parametrize("wrong", [-1, len(VOCAB)])
def test_decode_names_an_id_outside_the_vocabulary(wrong):
    with pytest.raises(ValueError, match=str(wrong)):
        VOCAB.decode([4, wrong])


@settings(deadline=None)
@given(st.lists(pair, min_size=1, max_size=7))
def test_a_batch_holds_each_pair_shifted_and_masked(pairs):
    batch = Batch.from_pairs(pairs, VOCAB, VOCAB)
    assert len(batch) == len(pairs)
    assert batch.src.shape == (len(pairs), max(len(p.src) for p in pairs))
    assert batch.tgt_in.shape == (len(pairs), max(len(p.tgt) for p in pairs) + 1)
    for b, p in enumerate(pairs):
        src, tgt = VOCAB.encode(p.src), VOCAB.encode(p.tgt)
        assert batch.src[b][batch.src_mask[b]].tolist() == src
        assert batch.tgt_in[b][batch.tgt_mask[b]].tolist() == [VOCAB.bos, *tgt]
        assert batch.tgt_out[b][batch.tgt_mask[b]].tolist() == [*tgt, VOCAB.eos]
        assert batch.src_mask[b, : len(src)].all() and batch.tgt_mask[b, : len(tgt) + 1].all()
    for ids, mask in ((batch.src, batch.src_mask), (batch.tgt_out, batch.tgt_mask)):
        assert (ids[~mask] == VOCAB.pad).all()
        assert ids.dtype == torch.int64 and mask.dtype == torch.bool


def test_a_sentence_of_ten_thousand_words_beside_one_of_one_word():
    batch = Batch.from_pairs([Pair(("I",) * 10_000, ("我",)), Pair(("I",), ())], VOCAB, VOCAB)
    assert batch.src.shape == (2, 10_000) and batch.src_mask.sum(dim=1).tolist() == [10_000, 1]
    assert batch.tgt_out[1].tolist() == [VOCAB.eos, VOCAB.pad]


def test_moving_a_batch_keeps_every_field_in_its_place():
    batch = Batch.from_pairs([Pair(("I", "like"), ("我",)), Pair(("I",), ())], VOCAB, VOCAB)
    moved = batch.to("cpu")
    for name in ("src", "src_mask", "tgt_in", "tgt_out", "tgt_mask"):
        assert torch.equal(getattr(moved, name), getattr(batch, name))


@pytest.mark.parametrize(
    "call", [lambda: Batch.from_pairs([], VOCAB, VOCAB), lambda: pad_rows([], 0)]
)
def test_an_empty_batch_is_an_error(call):
    with pytest.raises(ValueError, match="batch is empty"):
        call()


def test_an_empty_source_is_an_error_that_names_the_pair():
    with pytest.raises(ValueError, match="pair 1 has an empty source"):
        Batch.from_pairs([Pair(("I",), ("我",)), Pair((), ("我",))], VOCAB, VOCAB)
    with pytest.raises(ValueError, match="sentence 1 has no token"):
        pad_rows([[4], []], 0)


def test_a_batch_made_by_hand_is_checked():
    two, three = torch.full((2, 3), 4), torch.full((3, 3), 4)
    with pytest.raises(ValueError, match="src_mask"):
        Batch(two, two[:, :2] > 0, two, two, two > 0)
    with pytest.raises(ValueError, match="tgt_out"):
        Batch(two, two > 0, two, two[:, :2], two > 0)
    with pytest.raises(ValueError, match="src has 2 sentences, tgt_in has 3"):
        Batch(two, two > 0, three, three, three > 0)
    with pytest.raises(ValueError, match="tgt_mask: a row has no real token"):
        Batch(two, two > 0, two, two, torch.tensor([[True] * 3, [False] * 3]))


PAIRS = [Pair(("I",) * (1 + i % 7), ("我",) * (i % 5)) for i in range(29)]


def lengths(epoch):
    return sorted(
        (int(s), int(t))
        for b in epoch
        for s, t in zip(b.src_mask.sum(1), b.tgt_mask.sum(1), strict=True)
    )


@pytest.mark.parametrize("pool", [1, 3, 100])
@settings(deadline=None)
@given(batch_size=st.integers(1, 40), seed=st.integers(0, 9))
def test_an_epoch_is_every_pair_once_and_the_rng_decides_the_order(pool, batch_size, seed):
    def epoch():
        return list(
            batches(PAIRS, VOCAB, VOCAB, batch_size, np.random.default_rng(seed), pool=pool)
        )

    assert lengths(epoch()) == sorted((len(p.src), len(p.tgt) + 1) for p in PAIRS)
    assert max(len(batch) for batch in epoch()) == min(batch_size, len(PAIRS))
    for one, same in zip(epoch(), epoch(), strict=True):
        assert torch.equal(one.src, same.src) and torch.equal(one.tgt_out, same.tgt_out)


def test_two_epochs_from_one_generator_differ():
    rng = np.random.default_rng(0)
    first, second = (list(batches(PAIRS, VOCAB, VOCAB, 5, rng)) for _ in range(2))
    assert any(not torch.equal(a.src, b.src) for a, b in zip(first, second, strict=True))


def test_buckets_save_padding_and_come_in_no_order_of_length():
    def epoch(pool):
        return list(batches(PAIRS * 9, VOCAB, VOCAB, 4, np.random.default_rng(1), pool=pool))

    padding = {pool: sum(int((~b.src_mask).sum()) for b in epoch(pool)) for pool in (1, 10)}
    assert padding[10] < padding[1] / 3
    longest = [batch.src.shape[1] for batch in epoch(1000)]
    assert longest != sorted(longest)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [({"batch_size": 0}, "batch_size is 0"), ({"pool": -1}, "pool is -1"), ({"pairs": []}, "is 0")],
)
def test_batches_names_what_is_below_one_when_called(kwargs, message):
    arguments = {"pairs": PAIRS, "batch_size": 2, "rng": np.random.default_rng(0)} | kwargs
    with pytest.raises(ValueError, match=message):
        batches(src_vocab=VOCAB, tgt_vocab=VOCAB, **arguments)
    del arguments["rng"]
    with pytest.raises(ValueError, match=message):
        next(epochs(src_vocab=VOCAB, tgt_vocab=VOCAB, seed=0, **arguments))
    if arguments.pop("pairs"):
        with pytest.raises(ValueError, match=message):
            next(sampled(draw, VOCAB, VOCAB, seed=0, **arguments))


def same(one, other):
    return all(torch.equal(a.src, b.src) for a, b in zip(one, other, strict=True))


def draw(rng):
    return Pair(tuple(rng.choice(WORDS, size=rng.integers(1, 9))), ("我",))


@settings(deadline=None)
@given(start=st.integers(0, 9), batch_size=st.integers(1, 31), seed=st.integers(0, 5))
def test_endless_batches_go_on_from_any_batch(start, batch_size, seed):
    def endless(start):
        yield sampled(draw, VOCAB, VOCAB, batch_size, seed, start, pool=4)
        yield epochs(PAIRS, VOCAB, VOCAB, batch_size, seed, start, pool=3)

    for whole, rest in zip(endless(0), endless(start), strict=True):
        assert same(islice(whole, start, start + 5), islice(rest, 5))


def test_endless_batches_do_not_repeat_themselves():
    drawn = list(islice(sampled(draw, VOCAB, VOCAB, 3, seed=0), 9))
    assert len({tuple(batch.src.flatten().tolist()) for batch in drawn}) == 9
    assert not same(drawn[:1], islice(sampled(draw, VOCAB, VOCAB, 3, seed=1), 1))
    two = list(islice(epochs(PAIRS[:9], VOCAB, VOCAB, 3, seed=0), 6))
    assert lengths(two[:3]) == lengths(two[3:]) and not same(two[:3], two[3:])
