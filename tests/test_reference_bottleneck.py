"""The equations of chapter 04: bits that fit, bits that arrive, digits by hand, linear readers."""

import numpy as np
import pytest

from course_lib.reference.bottleneck import (
    bound_bits,
    fit_probe,
    pack,
    recovered_bits,
    unpack,
)


def test_an_lstm_that_passes_h_and_c_passes_twice_the_bits():
    assert bound_bits(128, "h") == 4096
    assert bound_bits(128, "h and C") == 8192
    with pytest.raises(ValueError, match="passed is 'all'"):
        bound_bits(128, "all")


def test_a_perfect_decoder_recovers_every_bit_and_one_that_guesses_none():
    perfect, guess = np.zeros((3, 7)), np.full((3, 7), np.log(0.1))
    assert recovered_bits(perfect, symbols=10) == pytest.approx(7 * np.log2(10))
    assert recovered_bits(guess, symbols=10) == pytest.approx(0)


def test_recovered_bits_are_at_most_the_mutual_information():
    # c shows the string through a channel that keeps a bit with 0.9; the best reader says so.
    kept = 0.9
    entropy = -(kept * np.log2(kept) + (1 - kept) * np.log2(1 - kept))
    information = 1 - entropy  # bits a symbol
    right = np.array([True] * 9 + [False])[:, None]
    for belief in (0.6, kept, 0.99):
        log_probs = np.where(right, np.log(belief), np.log(1 - belief))
        found = recovered_bits(log_probs, symbols=2)
        assert found <= information + 1e-12
        assert (found == pytest.approx(information)) == (belief == kept)


@pytest.mark.parametrize("length", [1, 6, 7, 8, 15, 448])
def test_packed_digits_come_out_again(length):
    for digits in (np.random.default_rng(length).integers(10, size=length), np.full(length, 9)):
        numbers = pack(digits)
        assert numbers.dtype == np.float32 and len(numbers) == -(-length // 7)
        assert np.array_equal(unpack(numbers, length), digits)


def test_an_eighth_digit_would_be_lost():
    assert np.float32(16_777_217) == 16_777_216  # 2**24 + 1: float32 has 24 bits for digits
    assert np.float32(9_999_999) == 9_999_999


def test_what_is_no_row_of_digits_is_refused():
    for wrong in ([10], [-1], [0.5], [[1, 2]]):
        with pytest.raises(ValueError, match="digits is"):
            pack(np.array(wrong))
    with pytest.raises(ValueError, match="8 digits"):
        unpack(np.zeros(1, np.float32), 8)


def test_a_probe_reads_what_lies_on_a_line_and_nothing_from_noise():
    rng = np.random.default_rng(0)
    labels = rng.integers(5, size=2000)
    states = np.eye(5)[labels] @ rng.standard_normal((5, 11)) + 0.1 * rng.standard_normal(
        (2000, 11)
    )
    probe = fit_probe(states[:1000], labels[:1000])
    assert (probe.read(states[1000:]) == labels[1000:]).mean() > 0.97
    noise = rng.standard_normal((2000, 11))
    guessed = fit_probe(noise[:1000], labels[:1000]).read(noise[1000:])
    assert (guessed == labels[1000:]).mean() < 0.3


def test_a_probe_of_numbers_finds_the_line():
    rng = np.random.default_rng(1)
    states = rng.standard_normal((200, 3)) * [1, 10, 0.1] + 5
    targets = states @ [[2.0], [-0.5], [7.0]] + 3
    found = fit_probe(states, targets, strength=1e-9).scores(states)
    assert np.allclose(found, targets, atol=1e-5)


def test_a_linear_reader_does_not_see_exclusive_or():
    bits = np.random.default_rng(2).integers(2, size=(400, 2))
    read = fit_probe(bits, bits[:, 0] ^ bits[:, 1]).read(bits)
    assert (read == bits[:, 0] ^ bits[:, 1]).mean() < 0.8


def test_probes_need_pairs():
    with pytest.raises(ValueError, match="3 states and 2 targets"):
        fit_probe(np.zeros((3, 2)), np.zeros(2, int))
