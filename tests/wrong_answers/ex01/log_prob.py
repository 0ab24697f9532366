"""Exercise 01, task 1: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math

import numpy as np
import torch

from wrong_answers import Right, Wrong

EOS = "<eos>"


def log_prob_loop(next_word, sentence):
    total = 0.0
    for t in range(len(sentence) + 1):
        word = sentence[t] if t < len(sentence) else EOS
        row = next_word(sentence[:t])
        if word not in row:
            return float("-inf")
        total += math.log(row[word])
    return total


def log_prob_numpy(next_word, sentence):
    words = [*sentence, EOS]
    p = []
    for t, word in enumerate(words):
        p.append(next_word(tuple(words[:t])).get(word, 0.0))
        if p[-1] == 0:
            break
    return np.log(np.array(p)).sum()  # warns for log(0), and is right


def log_prob_torch(next_word, sentence):
    words, logs = (*sentence, EOS), []
    for t, word in enumerate(words):
        logs.append(math.log(next_word(words[:t]).get(word) or 1e-320 * 0 or 5e-324))
        if word not in next_word(words[:t]):
            return torch.tensor(-math.inf)
    return torch.tensor(logs, dtype=torch.float64).sum()


def log_prob_recursive(next_word, sentence):
    stack, total = [((), (*sentence, EOS))], 0
    while stack:
        prefix, rest = stack.pop()
        p = dict(next_word(prefix)).get(rest[0], 0)
        total = total + math.log(p) if p else -math.inf
        if p and rest[1:]:
            stack.append(((*prefix, rest[0]), rest[1:]))
    return [total]


def no_eos(next_word, sentence):
    total = 0.0
    for t, word in enumerate(sentence):
        p = next_word(sentence[:t]).get(word, 0.0)
        if p == 0.0:
            return -math.inf
        total += math.log(p)
    return total


def multiplied(next_word, sentence):
    p = 1.0
    for t, word in enumerate((*sentence, EOS)):
        p *= next_word(sentence[:t]).get(word, 0.0)
        if p == 0.0:
            return -math.inf
    return math.log(p)


def multiplied_numpy(next_word, sentence):
    p = 1.0
    for t, word in enumerate((*sentence, EOS)):
        step = next_word(sentence[:t]).get(word, 0.0)
        if step == 0.0:
            return -np.inf
        p *= step
    return np.log(p)


def probability(next_word, sentence):
    return math.exp(log_prob_loop(next_word, sentence))


def surprisal(next_word, sentence):
    return -log_prob_loop(next_word, sentence)


def base_two(next_word, sentence):
    return log_prob_loop(next_word, sentence) / math.log(2)


def base_ten(next_word, sentence):
    return log_prob_loop(next_word, sentence) / math.log(10)


def per_token(next_word, sentence):
    return log_prob_loop(next_word, sentence) / (len(sentence) + 1)


def last_word_only(next_word, sentence):
    words = (*sentence, EOS)
    return sum(math.log(next_word(words[max(0, t - 1) : t])[words[t]]) for t in range(len(words)))


def no_prefix(next_word, sentence):
    p = [next_word(()).get(word, 0.0) for word in (*sentence, EOS)]
    return float(np.sum(np.log(p)))


def own_word_in_prefix(next_word, sentence):
    return sum(math.log(next_word(sentence[: t + 1])[w]) for t, w in enumerate((*sentence, EOS)))


def skips_first(next_word, sentence):
    words = (*sentence, EOS)
    return sum(math.log(next_word(words[:t])[words[t]]) for t in range(1, len(words)))


def key_error(next_word, sentence):
    words = (*sentence, EOS)
    return sum(math.log(next_word(words[:t])[words[t]]) for t in range(len(words)))


def log_of_zero(next_word, sentence):
    words = (*sentence, EOS)
    return sum(math.log(next_word(words[:t]).get(words[t], 0)) for t in range(len(words)))


def asks_after_impossible(next_word, sentence):
    words, total = (*sentence, EOS), 0.0
    for t, word in enumerate(words):
        total += np.log(next_word(words[:t]).get(word, 0.0))
    return total


def list_prefix(next_word, sentence):
    words = [*sentence, EOS]
    return sum(math.log(next_word(words[:t])[words[t]]) for t in range(len(words)))


def asks_after_eos(next_word, sentence):
    next_word((*sentence, EOS))
    return log_prob_loop(next_word, sentence)


def no_return(next_word, sentence):
    log_prob_loop(next_word, sentence)


def course_function(next_word, sentence):
    from course_lib.reference.probability import sequence_log_prob

    return sequence_log_prob(next_word, (*sentence, EOS))


ANSWERS = [
    Right("loop", "ex01.1", (log_prob_loop,)),
    Right("numpy", "ex01.1", (log_prob_numpy,)),
    Right("torch", "ex01.1", (log_prob_torch,)),
    Right("stack, list of one", "ex01.1", (log_prob_recursive,)),
    Wrong("no eos", "ex01.1", (no_eos,), "It must also stop", {0, 1, 2}),
    Wrong("multiplied", "ex01.1", (multiplied,), "Add logarithms instead", {2}),
    Wrong("multiplied, numpy", "ex01.1", (multiplied_numpy,), "Add logarithms instead", {2}),
    Wrong("probability", "ex01.1", (probability,), "This is the probability itself", {0, 1, 2}),
    Wrong("surprisal", "ex01.1", (surprisal,), "The sign is turned", {0, 1, 2}),
    Wrong("base two", "ex01.1", (base_two,), "in bits", {0, 1, 2}),
    Wrong("base ten", "ex01.1", (base_ten,), "base 10", {0, 1, 2}),
    Wrong("per token", "ex01.1", (per_token,), "average per token", {0, 1, 2}),
    Wrong(
        "last word only", "ex01.1", (last_word_only,), "no sentence of this model begins", {0, 1}
    ),
    Wrong("no prefix", "ex01.1", (no_prefix,), "Which prefix did you ask about", {0, 1}),
    Wrong("own word", "ex01.1", (own_word_in_prefix,), "the row of another prefix", {0, 1}),
    Wrong("skips first", "ex01.1", (skips_first,), "The first word is missing", {0, 1, 2}),
    Wrong("key error", "ex01.1", (key_error,), "A word that is not in the row", {1}),
    Wrong("log of zero", "ex01.1", (log_of_zero,), "math.log(0) is an error", {1}),
    Wrong("asks on", "ex01.1", (asks_after_impossible,), "no row after a word", {1}),
    Wrong("list prefix", "ex01.1", (list_prefix,), "takes a tuple of words", {0, 1, 2}),
    Wrong("after eos", "ex01.1", (asks_after_eos,), "nothing follows <eos>", {0, 1, 2}),
    Wrong("no return", "ex01.1", (no_return,), "is the return missing", {0, 1, 2}),
    Wrong("course's own", "ex01.1", (course_function,), "write it yourself", {0, 1, 2}),
]
