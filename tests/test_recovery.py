"""Injected errors: what is forced, what is read, and what is counted."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from model_properties import W

from course_lib.batch_search import greedy_batch
from course_lib.data import Batch, Vocab
from course_lib.model import ModelConfig, build
from course_lib.recovery import (
    FREE,
    by_distance,
    follows,
    in_order,
    one_error,
    random_words,
    right_after,
    runners_up,
    write,
)

SRC = torch.tensor([[4, 5, 6], [7, 8, 0], [9, 0, 0]])
TGT_OUT = torch.tensor([[4, 5, 6, 2], [9, 8, 2, 0], [7, 2, 0, 0]])
TGT_IN = torch.tensor([[1, 4, 5, 6], [1, 9, 8, 0], [1, 7, 0, 0]])
BATCH = Batch(SRC, SRC > 0, TGT_IN, TGT_OUT, TGT_OUT > 0)


def make(eos: float = 0.0):
    model = build(ModelConfig(embedding_size=3, hidden_size=4), W, W, seed=1).eval()
    with torch.no_grad():
        model.decoder.output.bias[Vocab.eos] += eos
    return model


@pytest.mark.parametrize("eos", [0.0, 0.2, 0.5, 9.0])
def test_nothing_forced_is_greedy_search(eos):
    model = make(eos)
    found = greedy_batch(model, SRC, SRC > 0, bos=Vocab.bos, eos=Vocab.eos, max_length=9)
    written = write(model, BATCH, TGT_OUT[:, :0], 9)
    for row, best in zip(written.tolist(), found, strict=True):
        assert row == list(best.tokens) + [Vocab.pad] * (9 - len(best.tokens))


def test_what_is_forced_is_written_and_read():
    """After a forced prefix comes what the model finds most probable after that prefix."""
    model, wrong = make(), torch.tensor([8, 4, 8])
    written = write(model, BATCH, torch.stack([torch.full((3,), FREE), wrong], dim=1), 3)
    assert (written[:, 1] == wrong).all()
    read = torch.cat([torch.full((3, 1), Vocab.bos), written[:, :2]], dim=1)
    log_probs, _ = model(SRC, SRC > 0, read)
    assert (written[:, [0, 2]] == log_probs.argmax(-1)[:, [0, 2]]).all()


def test_gold_forced_to_the_end_is_gold_and_pad_after_it():
    assert write(make(), BATCH, TGT_OUT, 6).tolist() == [
        [*row, Vocab.pad, Vocab.pad] for row in TGT_OUT.tolist()
    ]


def test_one_error_is_gold_then_the_word_then_free():
    forced = one_error(BATCH, torch.tensor([1, 0, 0]), torch.tensor([8, 7, 6]))
    assert forced[:, :3].tolist() == [[4, 8, FREE], [7, FREE, FREE], [6, FREE, FREE]]
    assert (forced[:, 3] == FREE).all()


@pytest.mark.parametrize("positions", [[0, 0, 1], [0, 2, 0], [-1, 0, 0]])
def test_an_error_needs_a_word_to_replace(positions):
    with pytest.raises(ValueError, match=r"positions\[\d\] is -?\d; this sentence has words at"):
        one_error(BATCH, torch.tensor(positions), torch.tensor([8, 7, 6]))


def test_what_counts_is_the_rest_of_the_sentence():
    """The error itself, what stands before it, and padding are no part of the rest."""
    positions = torch.tensor([1, 0, 0])
    written = torch.tensor([[8, 8, 6, 2], [7, 8, 9, 5], [6, 2, 5, 5]])
    right = right_after(written, BATCH, positions)
    assert right.all(dim=1).tolist() == [True, False, True]
    assert follows(written, BATCH, positions, 1).tolist() == [True, False, True]
    assert right[1].tolist() == [True, True, False, True]
    np.testing.assert_allclose(by_distance(right, BATCH, positions, 2), [1, 1 / 2])
    with pytest.raises(ValueError, match="no sentence has a token 3 after"):
        by_distance(right, BATCH, positions, 3)


def test_a_word_said_after_all_shifts_the_rest():
    positions = torch.tensor([1, 0, 0])
    written = torch.tensor([[4, 9, 5, 6, 2], [7, 9, 8, 9, 2], [6, 7, 2, 5, 5]])
    assert follows(written, BATCH, positions, 0).tolist() == [True, False, True]
    assert follows(written, BATCH, positions, 1).tolist() == [False, False, False]
    assert follows(written[:, :4], BATCH, positions, 0).tolist() == [False, False, True]


def test_a_shift_leaves_the_words_in_their_order():
    """Of the gold 5 6 eos after position 0, all are there, then two, then one."""
    rest, positions = TGT_OUT[:1].expand(3, 4), torch.zeros(3, dtype=torch.long)
    same = Batch(SRC[:1].expand(3, 3), SRC[:1].expand(3, 3) > 0, rest, rest, rest > 0)
    written = torch.tensor([[9, 4, 5, 8, 6, 2], [9, 6, 5, 2, 0, 0], [9, 5, 5, 8, 8, 8]])
    assert in_order(written, same, positions).tolist() == pytest.approx([1, 2 / 3, 1 / 3])


@given(st.lists(st.integers(4, 9), min_size=1, max_size=9), st.integers(0, 99))
def test_a_random_word_is_another_word(gold, seed):
    words = random_words(torch.tensor(gold), 10, np.random.default_rng(seed))
    assert (words != torch.tensor(gold)).all() and (words > Vocab.unk).all() and (words < 10).all()


def test_every_other_word_is_drawn():
    words = random_words(torch.full((200,), 6), 10, np.random.default_rng(0))
    assert set(words.tolist()) == {4, 5, 7, 8, 9}


def test_the_runner_up_is_the_best_wrong_word():
    model, positions = make(eos=9.0), torch.tensor([2, 1, 0])
    log_probs, _ = model(SRC, SRC > 0, TGT_IN)
    for b, (position, word) in enumerate(
        zip(positions.tolist(), runners_up(model, BATCH, positions).tolist(), strict=True)
    ):
        gold = int(TGT_OUT[b, position])
        rest = [i for i in range(Vocab.unk + 1, W) if i != gold]
        assert word == max(rest, key=lambda i: log_probs[b, position, i].item())


@pytest.mark.parametrize(("rows", "length"), [(2, 4), (3, 0)])
def test_what_does_not_fit_is_refused(rows, length):
    with pytest.raises(ValueError, match="one row a sentence, and write 1 token or more"):
        write(make(), BATCH, TGT_OUT[:rows], length)
