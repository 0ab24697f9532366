"""Exercise 01, task 5: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import heapq
import itertools
import math

import numpy as np
import torch

from wrong_answers import Right, Wrong

EOS = "<eos>"


def greedy_loop(next_word, max_length):
    words = []
    while len(words) < max_length:
        row = next_word(tuple(words))
        words.append(max(row, key=lambda word: row[word]))
        if words[-1] == EOS:
            break
    return words


def greedy_array(next_word, max_length):
    words = ()
    while len(words) < max_length and words[-1:] != (EOS,):
        names, p = zip(*next_word(words).items(), strict=True)
        words = (*words, np.array(names)[np.argmax(p)])
    return words


def best_first(next_word, max_length):
    queue = [(0.0, ())]
    while queue:
        cost, words = heapq.heappop(queue)
        if words[-1:] == (EOS,):
            return words, -cost
        if len(words) < max_length:
            for word, p in next_word(words).items():
                heapq.heappush(queue, (cost - math.log(p), (*words, word)))
    return None


def best_depth_first(next_word, max_length, words=(), log_p=0.0, best=((), -math.inf)):
    for word, p in sorted(next_word(words).items(), key=lambda item: -item[1]):
        score = log_p + math.log(p)
        if score <= best[1]:
            break
        if word == EOS:
            best = ((*words, EOS), score)
        elif len(words) + 1 < max_length:
            best = best_depth_first(next_word, max_length, (*words, word), score, best)
    return best


def best_levels(next_word, max_length):
    alive, best = {(): 1.0}, ((), 0.0)
    for _ in range(max_length):
        longer = {}
        for words, p in alive.items():
            for word, q in next_word(words).items():
                if word == EOS and p * q > best[1]:
                    best = ((*words, EOS), p * q)
                elif word != EOS:
                    longer[(*words, word)] = p * q
        alive = {words: p for words, p in longer.items() if p > best[1]}
    return best[0], torch.tensor(best[1], dtype=torch.float64).log()


def every_sentence(next_word, max_length):
    finished, alive = {}, {(): 1.0}
    for _ in range(max_length):
        longer = {}
        for words, p in alive.items():
            for word, q in next_word(words).items():
                (finished if word == EOS else longer)[(*words, word)] = p * q
        alive = longer
    return finished, alive


def best_brute(next_word, max_length):
    finished, _ = every_sentence(next_word, max_length)
    best = max(finished, key=lambda words: finished[words])
    return best, math.log(finished[best])


def best_is_greedy(next_word, max_length):
    words = tuple(greedy_loop(next_word, max_length))
    p = math.prod(next_word(words[:t])[words[t]] for t in range(len(words)))
    return words, math.log(p)


def best_prefix(next_word, max_length):
    finished, alive = every_sentence(next_word, 1)
    everything = {**finished, **alive}
    best = max(everything, key=lambda words: everything[words])
    return best, math.log(everything[best])


def best_without_eos(next_word, max_length):
    words, log_prob = best_first(next_word, max_length) or ((), 0)
    return words[:-1], log_prob


def best_probability(next_word, max_length):
    words, log_prob = best_first(next_word, max_length) or ((), 0)
    return words, math.exp(log_prob)


def best_average(next_word, max_length):
    finished, _ = every_sentence(next_word, min(max_length, 5))
    best = max(finished, key=lambda words: math.log(finished[words]) / len(words))
    return best, math.log(finished[best])


def best_shortest(next_word, max_length):
    finished, _ = every_sentence(next_word, min(max_length, 5))
    best = max(finished, key=lambda words: (-len(words), finished[words]))
    return best, math.log(finished[best])


def best_worst_first(next_word, max_length):
    finished, _ = every_sentence(next_word, min(max_length, 4))
    best = min(finished, key=lambda words: finished[words])
    return best, math.log(finished[best])


def greedy_stops_early(next_word, max_length):
    return tuple(greedy_loop(next_word, max_length))[:-1]


def greedy_is_best(next_word, max_length):
    return best_brute(next_word, max_length)[0]


def greedy_with_score(next_word, max_length):
    return best_is_greedy(next_word, max_length)


def best_no_cap(next_word, max_length, words=(), log_p=0.0):
    found = [((), -math.inf)]
    for word, p in next_word(words).items():
        score = log_p + math.log(p)
        if word == EOS:
            found.append(((*words, EOS), score))
        else:
            found.append(best_no_cap(next_word, max_length, (*words, word), score))
    return max(found, key=lambda pair: pair[1])


def best_ignores_cap(next_word, max_length):
    return best_first(next_word, 1000)


def best_filters_late(next_word, max_length, words=(), log_p=0.0):
    found = [((), -math.inf)]
    for word, p in next_word(words).items():
        score = log_p + math.log(p)
        if word != EOS:
            found.append(best_filters_late(next_word, max_length, (*words, word), score))
        elif len(words) < max_length:
            found.append(((*words, EOS), score))
    return max(found, key=lambda pair: pair[1])


def best_all_products(next_word, max_length):
    row = next_word(())
    for words in itertools.product(row, repeat=max_length):
        next_word(words)
    return (), 0.0


PAIR = (greedy_loop, best_first)
ANSWERS = [
    Right("best first", "ex01.5", PAIR),
    Right("depth first", "ex01.5", (greedy_array, best_depth_first)),
    Right("level by level, a tensor", "ex01.5", (greedy_loop, best_levels)),
    Wrong("every sentence", "ex01.5", (greedy_loop, best_brute), "far too many sentences", {2}),
    Wrong("greedy twice", "ex01.5", (greedy_loop, best_is_greedy), "the greedy sentence", {1, 2}),
    Wrong("a prefix", "ex01.5", (greedy_loop, best_prefix), "has not ended", {1, 2}),
    Wrong("without eos", "ex01.5", (greedy_loop, best_without_eos), "that ends it", {1, 2}),
    Wrong("probability", "ex01.5", (greedy_loop, best_probability), "not its probability", {1, 2}),
    Wrong("average", "ex01.5", (greedy_loop, best_average), "average per token", {1}),
    Wrong("shortest", "ex01.5", (greedy_loop, best_shortest), "best of the shortest", {1}),
    Wrong("least", "ex01.5", (greedy_loop, best_worst_first), "Is a sign turned", {1, 2}),
    Wrong("greedy cut", "ex01.5", (greedy_stops_early, best_first), "last token is missing", {0}),
    Wrong("greedy is best", "ex01.5", (greedy_is_best, best_first), "never looks back", {0}),
    Wrong("greedy pair", "ex01.5", (greedy_with_score, best_first), "a tuple of strings", {0}),
    Wrong("no cap", "ex01.5", (greedy_loop, best_no_cap), "longer than max_length", {1, 2}),
    Wrong("filters late", "ex01.5", (greedy_loop, best_filters_late), "Does the rec", {1, 2}),
    Wrong("ignores cap", "ex01.5", (greedy_loop, best_ignores_cap), "longer than max_length", {1}),
    Wrong("products", "ex01.5", (greedy_loop, best_all_products), "no sentence of this", {1, 2}),
]
