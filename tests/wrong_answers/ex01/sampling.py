"""Exercise 01, task 3: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math
import random

import numpy as np
import torch

from wrong_answers import Right, Wrong

EOS = "<eos>"


def sample_choice(next_word, rng, max_length):
    words, log_prob = (), 0.0
    while len(words) < max_length and EOS not in words:
        row = next_word(words)
        word = str(rng.choice(list(row), p=list(row.values())))
        log_prob += math.log(row[word])
        words += (word,)
    return words, log_prob


def sample_inverse(next_word, rng, max_length):
    words, p = [], 1.0
    for _ in range(max_length):
        row = next_word(tuple(words))
        sums = np.cumsum(list(row.values()))
        words.append(list(row)[int(np.searchsorted(sums, rng.random() * sums[-1], side="right"))])
        p *= row[words[-1]]
        if words[-1] == EOS:
            break
    return words, np.log(p)


def sample_gumbel(next_word, rng, max_length):
    words, log_prob = (), torch.zeros(())
    while len(words) < max_length and words[-1:] != (EOS,):
        row = next_word(words)
        logs = np.log(list(row.values()))
        i = int(np.argmax(logs + rng.gumbel(size=len(logs))))
        words, log_prob = (*words, list(row)[i]), log_prob + float(logs[i])
    return words, log_prob


def sampled(pick, next_word, rng, max_length):
    words, log_prob = (), 0.0
    while len(words) < max_length and words[-1:] != (EOS,):
        row = next_word(words)
        word = pick(row, rng)
        words, log_prob = (*words, word), log_prob + math.log(row[word])
    return words, log_prob


def choice(row, rng):
    return list(row)[int(rng.choice(len(row), p=list(row.values())))]


def sample_greedy(next_word, rng, max_length):
    return sampled(lambda row, rng: max(row, key=row.get), next_word, rng, max_length)


def sample_uniform(next_word, rng, max_length):
    return sampled(lambda row, rng: list(row)[rng.integers(len(row))], next_word, rng, max_length)


def sample_new_rng(next_word, rng, max_length):
    rng = np.random.default_rng(0)
    return sample_choice(next_word, rng, max_length)


def sample_stdlib(next_word, rng, max_length):
    def pick(row, rng):
        return random.choices(list(row), list(row.values()))[0]

    return sampled(pick, next_word, rng, max_length)


def own_choice(row, rng):
    return choice(row, np.random.default_rng())


def sample_global(next_word, rng, max_length):
    return sampled(
        lambda row, rng: choice(row, np.random.default_rng()), next_word, rng, max_length
    )


def sample_drops_eos(next_word, rng, max_length):
    words, log_prob = sample_choice(next_word, rng, max_length)
    return tuple(word for word in words if word != EOS), log_prob


def sample_no_cap(next_word, rng, max_length):
    return sample_choice(next_word, rng, 10**9)


def sample_words_cap(next_word, rng, max_length):
    return sample_choice(next_word, rng, max_length + 1)


def sample_short(next_word, rng, max_length):
    return sample_choice(next_word, rng, max_length - 1)


def sample_forces_eos(next_word, rng, max_length):
    words, log_prob = sample_choice(next_word, rng, max_length)
    return (words if words[-1] == EOS else (*words, EOS)), log_prob


def sample_probability(next_word, rng, max_length):
    words, log_prob = sample_choice(next_word, rng, max_length)
    return words, math.exp(log_prob)


def sample_last_log_prob(next_word, rng, max_length):
    words, _ = sample_choice(next_word, rng, max_length)
    return words, math.log(next_word(words[:-1])[words[-1]])


def sample_sign(next_word, rng, max_length):
    words, log_prob = sample_choice(next_word, rng, max_length)
    return words, -log_prob


def sample_bits(next_word, rng, max_length):
    words, log_prob = sample_choice(next_word, rng, max_length)
    return words, log_prob / math.log(2)


def sample_log_prob_of_words(next_word, rng, max_length):
    words, log_prob = sample_choice(next_word, rng, max_length)
    return words, log_prob - math.log(next_word(words[:-1])[words[-1]])


def sample_words_only(next_word, rng, max_length):
    return sample_choice(next_word, rng, max_length)[0]


ANSWERS = [
    Right("rng.choice", "ex01.3", (sample_choice,)),
    Right("inverse of the sums, a list", "ex01.3", (sample_inverse,)),
    Right("gumbel noise, a tensor", "ex01.3", (sample_gumbel,)),
    Wrong("greedy", "ex01.3", (sample_greedy,), "most probable word is taken", {0, 1, 3}),
    Wrong("uniform", "ex01.3", (sample_uniform,), "drawn equally often", {0}),
    Wrong("new generator", "ex01.3", (sample_new_rng,), "made inside the function", {0, 1, 3}),
    Wrong("stdlib random", "ex01.3", (sample_stdlib,), "another source of chance", {3}),
    Wrong("own generator", "ex01.3", (sample_global,), "another source of chance", {3}),
    Wrong("drops eos", "ex01.3", (sample_drops_eos,), "return it with the words", {0, 1, 2}),
    Wrong("no cap", "ex01.3", (sample_no_cap,), "Stop at max_length words", {2}),
    Wrong("cap without eos", "ex01.3", (sample_words_cap,), "one token too many", {2}),
    Wrong("stops early", "ex01.3", (sample_short,), "one token too early", {2}),
    Wrong("forces eos", "ex01.3", (sample_forces_eos,), "without being drawn", {2}),
    Wrong("probability", "ex01.3", (sample_probability,), "Return its natural logarithm", {1}),
    Wrong("sign", "ex01.3", (sample_sign,), "The sign is turned", {1}),
    Wrong("bits", "ex01.3", (sample_bits,), "This is in bits", {1}),
    Wrong("no eos", "ex01.3", (sample_log_prob_of_words,), "drawn like the other words", {1}),
    Wrong("last factor", "ex01.3", (sample_last_log_prob,), "the last factor", {1}),
    Wrong("words only", "ex01.3", (sample_words_only,), "(words, log_prob)", {0, 1, 2, 3}),
]
