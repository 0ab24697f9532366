"""Exercise 01, tasks 1 to 4: right answers in several styles, and wrong ones."""

import heapq
import itertools
import math
import random

import numpy as np
import torch

from tests.wrong_answers import Right, Wrong

EOS = "<eos>"


# Task 1, the log-probability of a sentence


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


TASK1 = [
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


# Task 2, the loss of a padded batch


def triple(nats):
    return nats, nats / math.log(2), math.exp(nats)


def loss_loop(log_probs, targets, mask):
    total, count = 0.0, 0
    for b in range(mask.shape[0]):
        for t in range(mask.shape[1]):
            if mask[b, t]:
                total -= log_probs[b, t, targets[b, t]]
                count += 1
    return triple(total / count)


def loss_fancy(log_probs, targets, mask):
    nats = -log_probs[mask][np.arange(mask.sum()), targets[mask]].mean()
    return np.array([nats, nats / np.log(2), np.exp(nats)])


def loss_torch(log_probs, targets, mask):
    real = torch.from_numpy(mask)
    nats = torch.nn.functional.nll_loss(
        torch.from_numpy(log_probs)[real].float(), torch.from_numpy(targets)[real]
    )
    return nats, nats / math.log(2), torch.exp(nats)


def loss_where(log_probs, targets, mask):
    rows, columns = np.indices(targets.shape)
    picked = np.where(mask, log_probs[rows, columns, targets], 0)
    nats = -picked.sum() / mask.sum()
    return [nats, np.log2(np.e) * nats, 2 ** (np.log2(np.e) * nats)]


def nll(log_probs, targets):
    return -np.take_along_axis(log_probs, targets[..., None], -1)[..., 0]


def mean_of_all(log_probs, targets, mask):
    return triple(nll(log_probs, targets).mean())


def divides_by_cells(log_probs, targets, mask):
    return triple(nll(log_probs, targets)[mask].sum() / mask.size)


def sums_padding(log_probs, targets, mask):
    return triple(nll(log_probs, targets).sum() / mask.sum())


def mean_of_means(log_probs, targets, mask):
    lost = nll(log_probs, targets)
    return triple(np.mean([row[real].mean() for row, real in zip(lost, mask, strict=True)]))


def per_sentence(log_probs, targets, mask):
    return triple(nll(log_probs, targets)[mask].sum() / len(mask))


def multiplies_mask(log_probs, targets, mask):
    return triple((nll(log_probs, targets) * mask).sum() / mask.sum())


def clears_input(log_probs, targets, mask):
    log_probs[~mask] = 0.0
    return triple(nll(log_probs, targets).sum() / mask.sum())


def negative(log_probs, targets, mask):
    return triple(-nll(log_probs, targets)[mask].mean())


def mean_probability(log_probs, targets, mask):
    return triple(np.exp(-nll(log_probs, targets)[mask]).mean())


def bits_times(log_probs, targets, mask):
    nats = nll(log_probs, targets)[mask].mean()
    return nats, nats * math.log(2), math.exp(nats)


def bits_are_nats(log_probs, targets, mask):
    nats = nll(log_probs, targets)[mask].mean()
    return nats, nats, math.exp(nats)


def two_to_nats(log_probs, targets, mask):
    nats = nll(log_probs, targets)[mask].mean()
    return nats, nats / math.log(2), 2**nats


def e_to_bits(log_probs, targets, mask):
    nats = nll(log_probs, targets)[mask].mean()
    return nats, nats / math.log(2), math.exp(nats / math.log(2))


def inverse_perplexity(log_probs, targets, mask):
    nats = nll(log_probs, targets)[mask].mean()
    return nats, nats / math.log(2), math.exp(-nats)


def only_nats(log_probs, targets, mask):
    return nll(log_probs, targets)[mask].mean()


TASK2 = [
    Right("loop", "ex01.2", (loss_loop,)),
    Right("fancy indexing, one array", "ex01.2", (loss_fancy,)),
    Right("torch in single precision", "ex01.2", (loss_torch,)),
    Right("where, a list", "ex01.2", (loss_where,)),
    Wrong("mean of all", "ex01.2", (mean_of_all,), "as if it were words", {1, 4}),
    Wrong("divides by cells", "ex01.2", (divides_by_cells,), "number of cells", {1, 4}),
    Wrong("sums padding", "ex01.2", (sums_padding,), "the sum still holds", {1, 4}),
    Wrong("mean of means", "ex01.2", (mean_of_means,), "mean of the sentences' means", {1, 4}),
    Wrong("per sentence", "ex01.2", (per_sentence,), "nats per sentence", {0, 1, 2, 3, 4}),
    Wrong("multiplies mask", "ex01.2", (multiplies_mask,), "don't multiply by it", {4}),
    Wrong("clears input", "ex01.2", (clears_input,), "changes its input", {4}),
    Wrong("negative", "ex01.2", (negative,), "The sign is turned", {0, 1, 2, 3, 4}),
    Wrong("mean p", "ex01.2", (mean_probability,), "This is the mean probability", {0, 1, 2, 3, 4}),
    Wrong("bits times", "ex01.2", (bits_times,), "where one divides", {2}),
    Wrong("bits are nats", "ex01.2", (bits_are_nats,), "This is the number in nats", {2}),
    Wrong("two to nats", "ex01.2", (two_to_nats,), "2 to the number of bits", {3}),
    Wrong("e to bits", "ex01.2", (e_to_bits,), "e to the number of nats", {3}),
    Wrong("inverse", "ex01.2", (inverse_perplexity,), "Perplexity is 1 or more", {3}),
    Wrong("one number", "ex01.2", (only_nats,), "(nats, bits, perplexity)", {0, 1, 2, 3, 4}),
]


# Task 3, sampling


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
        u = rng.random()
        for word, q in next_word(tuple(words)).items():
            u -= q
            if u < 0:
                break
        words.append(word)
        p *= q
        if word == EOS:
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


def sample_words_only(next_word, rng, max_length):
    return sample_choice(next_word, rng, max_length)[0]


TASK3 = [
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
    Wrong("probability", "ex01.3", (sample_probability,), "you returned log_prob", {1}),
    Wrong("last factor", "ex01.3", (sample_last_log_prob,), "you returned log_prob", {1}),
    Wrong("words only", "ex01.3", (sample_words_only,), "(words, log_prob)", {0, 1, 2, 3}),
]


# Task 4, all the mass


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


TASK4 = [
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
    Wrong("finished only", "ex01.4", (lengths_finished_only,), "mass that is left", {0, 1, 2}),
    Wrong("a dict", "ex01.4", (lengths_dict,), "A list of numbers is expected", {0, 1, 2}),
    Wrong("goes past eos", "ex01.4", (lengths_past_eos,), "nothing follows <eos>", {0, 1, 2}),
    Wrong("no cap", "ex01.4", (lengths_endless,), "stop at sentences that have ended", {2}),
]


# Task 5, greedy and the most probable sentence


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


def best_all_products(next_word, max_length):
    row = next_word(())
    for words in itertools.product(row, repeat=max_length):
        next_word(words)
    return (), 0.0


PAIR = (greedy_loop, best_first)
TASK5 = [
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
    Wrong("products", "ex01.5", (greedy_loop, best_all_products), "no sentence of this", {1, 2}),
]
