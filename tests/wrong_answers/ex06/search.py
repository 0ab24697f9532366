"""Exercise 06, task 3: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import heapq
import math

import numpy as np
import torch

from wrong_answers import Right, Wrong

EOS = "<eos>"


def is_finished(pair):
    return pair[0][-1] == EOS


def score(pair, alpha):
    return pair[1] / len(pair[0]) ** alpha


def top(grown, width, finished):
    return sorted(grown, key=lambda pair: -pair[1])[:width]


def never(live, finished, width, alpha):
    return False


def beam(keep=top, score=score, early=never, proof=True, pool=None):
    """Return a beam search; each part can be replaced by a wrong one."""

    def search(next_word, width, max_length, alpha):
        live, finished = [((), 0.0)], []
        for _ in range(max_length):
            grown = [
                ((*words, word), log_prob + math.log(p))
                for words, log_prob in live
                for word, p in next_word(words).items()
            ]
            kept = keep(grown, width, finished)
            finished += [pair for pair in kept if is_finished(pair)]
            live = [pair for pair in kept if not is_finished(pair)]
            if not live or (finished and early(live, finished, width, alpha)):
                break
            best = max((score(pair, alpha) for pair in finished), default=-math.inf)
            if proof and best >= live[0][1] / max_length**alpha:
                break
        candidates = pool(finished, live) if pool else finished or live
        return max(candidates, key=lambda pair: score(pair, alpha))

    return search


right = beam()


def right_arrays(next_word, width, max_length, alpha):
    live, log_probs = [()], np.zeros(1)
    best, best_score = None, -np.inf
    for length in range(1, max_length + 1):
        rows = [next_word(words) for words in live]
        grown = [(*words, word) for words, row in zip(live, rows, strict=True) for word in row]
        added = [log_probs[k] + np.log(list(row.values())) for k, row in enumerate(rows)]
        log_probs = np.concatenate(added)
        order = np.argsort(-log_probs, kind="stable")[:width]
        live, open_log_probs = [], []
        for i in order:
            if grown[i][-1] != EOS:
                live.append(grown[i])
                open_log_probs.append(log_probs[i])
            elif log_probs[i] / length**alpha > best_score:
                best, best_score = (grown[i], log_probs[i]), log_probs[i] / length**alpha
        log_probs = np.array(open_log_probs)
        if not live or best_score >= log_probs[0] / max_length**alpha:
            break
    return best if best is not None else (live[0], log_probs[0])


def right_heap(next_word, width, max_length, alpha):
    live, finished = [(0.0, ())], []
    while live and len(live[0][1]) < max_length:
        grown = [
            (cost - math.log(p), (*words, word))
            for cost, words in live
            for word, p in next_word(words).items()
        ]
        live = []
        for cost, words in heapq.nsmallest(width, grown):
            (finished if words[-1] == EOS else live).append((cost, words))
        worst = max_length**alpha
        if live and any(
            cost / len(words) ** alpha <= live[0][0] / worst for cost, words in finished
        ):
            break
    cost, words = min(finished or live, key=lambda pair: pair[0] / len(pair[1]) ** alpha)
    return words, torch.tensor(-cost, dtype=torch.float64)


def all_widths(next_word, width, max_length, alpha):
    return right(next_word, 10_000, max_length, alpha)


def greedy(next_word, width, max_length, alpha):
    return right(next_word, 1, max_length, alpha)


def one_wider(next_word, width, max_length, alpha):
    return right(next_word, width + 1, max_length, alpha)


def one_each(grown, width, finished):
    parents = {}
    for pair in sorted(grown, key=lambda pair: -pair[1]):
        parents.setdefault(pair[0][:-1], pair)
    return top(grown, width, finished) if len(parents) == 1 else list(parents.values())


def no_place(grown, width, finished):
    kept = []
    for pair in sorted(grown, key=lambda pair: -pair[1]):
        if sum(not is_finished(one) for one in kept) < width:
            kept.append(pair)
    return kept


def for_ever(grown, width, finished):
    return top(grown, max(1, width - len(finished)), finished)


def continues(next_word, width, max_length, alpha):
    live = [((), 0.0)]
    for _ in range(max_length):
        grown = [
            ((*words, word), log_prob + math.log(p))
            for words, log_prob in live
            for word, p in next_word(words).items()
        ]
        live = top(grown, width, [])
    return max(live, key=lambda pair: score(pair, alpha))


def first(live, finished, width, alpha):
    return True


def at_width(live, finished, width, alpha):
    return len(finished) >= width


def present(live, finished, width, alpha):
    return max(score(pair, alpha) for pair in finished) >= score(live[0], alpha)


def then(change):
    """Return the right search whose result is changed."""

    def search(next_word, width, max_length, alpha):
        return change(right(next_word, width, max_length, alpha), alpha)

    return search


def finished_only(next_word, width, max_length, alpha):
    return beam(pool=lambda finished, live: finished)(next_word, width, max_length, alpha)


def nothing_else(next_word, width, max_length, alpha):
    found = right(next_word, width, max_length, alpha)
    return found if is_finished(found) else ((), -math.inf)


def add_eos(pair, alpha):
    return (pair[0] if is_finished(pair) else (*pair[0], EOS)), pair[1]


def cut_eos(pair, alpha):
    return (pair[0][:-1] if is_finished(pair) else pair[0]), pair[1]


def short_score(pair, alpha):
    return pair[1] / max(len(pair[0]) - 1, 1e-9) ** alpha


def by_ln_p(pair, alpha):
    return pair[1]


def open_wins(next_word, width, max_length, alpha):
    found = right(next_word, width, max_length, alpha)
    search = beam(pool=lambda finished, live: finished + live, score=by_ln_p)
    return search(next_word, width, max_length, alpha) if alpha == 0 else found


def wrong(name, function, says, loses):
    return Wrong(name, "ex06.3", (function,), says, loses)


EVERYTHING = {0, 1, 2, 3, 4, 5, 6}
ANSWERS = [
    Right("lists of pairs", "ex06.3", (right,)),
    Right("arrays", "ex06.3", (right_arrays,)),
    Right("heap, a tensor", "ex06.3", (right_heap,)),
    wrong("every prefix", all_widths, "A beam of this width can't know", {0, 1, 2, 5}),
    wrong("greedy", greedy, "That is the greedy sentence", {1, 4, 5, 6}),
    wrong("one wider", one_wider, "what a width of one more finds", {0, 1}),
    wrong("one each", beam(keep=one_each), "Each prefix got one continuation", {1, 4}),
    wrong("no place", beam(keep=no_place), "took no place here", {2}),
    wrong("place for ever", beam(keep=for_ever), "goes on taking a place", {2}),
    wrong("continues", continues, "never continued", EVERYTHING),
    wrong("first", beam(early=first), "when the first sentence has finished", {2, 3, 4}),
    wrong("at width", beam(early=at_width), "when as many have finished", {3, 4}),
    wrong("present", beam(early=present), "the score an open prefix has now", {4}),
    wrong("never stops", beam(proof=False), "goes on although nothing can change", {5}),
    wrong("alpha unused", beam(score=by_ln_p), "That has the highest ln p", {3, 4}),
    wrong(
        "multiplied",
        beam(score=lambda pair, alpha: pair[1] * len(pair[0]) ** alpha),
        "The score was multiplied",
        {3, 4},
    ),
    wrong("T without eos", beam(score=short_score), "T counts <eos>.", {3, 5}),
    wrong("without eos", then(cut_eos), "Return it with its <eos>", EVERYTHING),
    wrong(
        "its score", then(lambda pair, a: (pair[0], score(pair, a))), "not its score", {2, 3, 4, 6}
    ),
    wrong(
        "probability",
        then(lambda pair, a: (pair[0], math.exp(pair[1]))),
        "not its probability",
        EVERYTHING,
    ),
    wrong("open wins", open_wins, "An open prefix won", {6}),
    wrong("finished only", finished_only, "no best finished sentence", {6}),
    wrong("nothing else", nothing_else, "Nothing came back", {6}),
    wrong("adds eos", then(add_eos), "without having come", {6}),
    wrong("words only", then(lambda pair, a: pair[0]), "(words, log_prob)", EVERYTHING),
]
