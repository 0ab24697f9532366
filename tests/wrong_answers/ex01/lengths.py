"""Exercise 01, task 4: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math

import numpy as np
import torch

from wrong_answers import Right, Wrong

EOS = "<eos>"


def lengths_levels(next_word, max_length):
    result, alive = [], {(): 1.0}
    for _ in range(max_length):
        ended, longer = 0.0, {}
        for prefix, p in alive.items():
            for word, q in next_word(prefix).items():
                if word == EOS:
                    ended += p * q
                else:
                    longer[(*prefix, word)] = p * q
        result.append(ended)
        alive = longer
    return [*result, sum(alive.values())]


def lengths_recursive(next_word, max_length):
    result = np.zeros(max_length + 1)

    def visit(prefix, p):
        if len(prefix) == max_length:
            result[max_length] += p
            return
        for word, q in next_word(prefix).items():
            if word == EOS:
                result[len(prefix)] += p * q
            else:
                visit((*prefix, word), p * q)

    visit((), 1.0)
    return result


def lengths_logs(next_word, max_length):
    stack, found = [((), 0.0)], torch.zeros(max_length + 1, dtype=torch.float64)
    while stack:
        words, log_p = stack.pop()
        if words[-1:] == (EOS,):
            found[len(words) - 1] += math.exp(log_p)
        elif len(words) == max_length:
            found[-1] += math.exp(log_p)
        else:
            row = next_word(words)
            stack += [((*words, word), log_p + math.log(q)) for word, q in row.items()]
    return found


def lengths_no_rest(next_word, max_length):
    return [*lengths_levels(next_word, max_length)[:-1], 0.0]


def lengths_normalized(next_word, max_length):
    ended = lengths_levels(next_word, max_length)[:-1]
    return [p / (sum(ended) or 1.0) for p in ended] + [0.0]


def lengths_of_words(next_word, max_length):
    longer = lengths_levels(next_word, max_length + 1)
    return [*longer[1 : max_length + 1], 1 - sum(longer[1 : max_length + 1])]


def lengths_shifted(next_word, max_length):
    right = lengths_levels(next_word, max_length)
    return [0.0, *right[: max_length - 1], right[-1] + right[-2]]


def lengths_every_prefix(next_word, max_length):
    right = lengths_levels(next_word, max_length)
    return [*right[:-1], sum(1 - sum(right[: n + 1]) for n in range(max_length))]


def lengths_counts(next_word, max_length):
    counts, alive = [], [()]
    for _ in range(max_length):
        longer = [(*prefix, w) for prefix in alive for w in next_word(prefix)]
        counts.append(sum(words[-1] == EOS for words in longer))
        alive = [words for words in longer if words[-1] != EOS]
    counts.append(len(alive))
    return [count / sum(counts) for count in counts]


def lengths_last_factor(next_word, max_length):
    result, alive = [0.0] * (max_length + 1), [()]
    for n in range(max_length):
        longer = []
        for prefix in alive:
            for word, q in next_word(prefix).items():
                if word == EOS:
                    result[n] += q
                elif n + 1 == max_length:
                    result[-1] += q
                else:
                    longer.append((*prefix, word))
        alive = longer
    return result


def lengths_finished_only(next_word, max_length):
    return lengths_levels(next_word, max_length)[:-1]


def lengths_dict(next_word, max_length):
    return {n + 1: p for n, p in enumerate(lengths_levels(next_word, max_length))}


def lengths_past_eos(next_word, max_length):
    alive = {(): 1.0}
    for _ in range(max_length):
        alive = {
            (*prefix, w): p * q for prefix, p in alive.items() for w, q in next_word(prefix).items()
        }
    return [0.0] * max_length + [sum(alive.values())]


def lengths_endless(next_word, max_length):
    queue, result = [((), 1.0)], [0.0] * (max_length + 1)
    for prefix, p in queue:
        for word, q in next_word(prefix).items():
            if word == EOS:
                result[min(len(prefix), max_length)] += p * q
            else:
                queue.append(((*prefix, word), p * q))
    return result


def lengths_cumulative(next_word, max_length):
    *ended, rest = lengths_levels(next_word, max_length)
    return [*np.cumsum(ended), rest]


def lengths_remaining(next_word, max_length):
    return np.cumsum(lengths_levels(next_word, max_length)[::-1])[::-1]


ANSWERS = [
    Right("level by level", "ex01.4", (lengths_levels,)),
    Right("recursive, an array", "ex01.4", (lengths_recursive,)),
    Right("stack of logs, a tensor", "ex01.4", (lengths_logs,)),
    Wrong("no rest", "ex01.4", (lengths_no_rest,), "unfinished mass is missing", {1, 2}),
    Wrong("normalized", "ex01.4", (lengths_normalized,), "rescaled to sum to 1", {1, 2}),
    Wrong("words", "ex01.4", (lengths_of_words,), "don't count <eos>", {0, 1, 2}),
    Wrong("shifted", "ex01.4", (lengths_shifted,), "one place too late", {0, 1, 2}),
    Wrong("every prefix", "ex01.4", (lengths_every_prefix,), "Prefixes of every length", {0, 1, 2}),
    Wrong("counts", "ex01.4", (lengths_counts,), "This counts sentences", {0, 1, 2}),
    Wrong("last factor", "ex01.4", (lengths_last_factor,), "Only the last word", {0, 1, 2}),
    Wrong("cumulative", "ex01.4", (lengths_cumulative,), "This is cumulative", {0, 1, 2}),
    Wrong("remaining", "ex01.4", (lengths_remaining,), "This is what is left", {0, 1, 2}),
    Wrong("finished only", "ex01.4", (lengths_finished_only,), "mass that is left", {0, 1, 2}),
    Wrong("a dict", "ex01.4", (lengths_dict,), "A list of numbers is expected", {0, 1, 2}),
    Wrong("goes past eos", "ex01.4", (lengths_past_eos,), "nothing follows <eos>", {0, 1, 2}),
    Wrong("no cap", "ex01.4", (lengths_endless,), "stop at sentences that have ended", {2}),
]
