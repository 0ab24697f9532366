"""Exercise 06, task 4: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import math

import numpy as np
import torch

from wrong_answers import Right, Wrong


def normal(p):
    return p / p.sum()


def temperature(log_probs, tau):
    return normal(np.exp(log_probs / tau))


def top_k(log_probs, k):
    p = np.exp(log_probs)
    return normal(np.where(p >= np.sort(p)[-k], p, 0))


def nucleus(log_probs, p):
    order = np.argsort(-log_probs)
    held = np.cumsum(np.exp(log_probs[order]))
    kept = order[: np.searchsorted(held, p) + 1]
    result = np.zeros(len(log_probs))
    result[kept] = np.exp(log_probs[kept])
    return normal(result)


PARTS = {"temperature": temperature, "top_k": top_k, "nucleus": nucleus}


def but(**changed):
    return tuple((PARTS | changed).values())


def loop_temperature(log_probs, tau):
    powers = [math.exp(x) ** (1 / tau) for x in log_probs]
    return [x / sum(powers) for x in powers]


def loop_top_k(log_probs, k):
    best = sorted(range(len(log_probs)), key=lambda i: -log_probs[i])[:k]
    total = sum(math.exp(log_probs[i]) for i in best)
    return [math.exp(x) / total if i in best else 0.0 for i, x in enumerate(log_probs)]


def loop_nucleus(log_probs, p):
    kept, held = [], 0.0
    for i in sorted(range(len(log_probs)), key=lambda i: -log_probs[i]):
        if held >= p:
            break
        kept.append(i)
        held += math.exp(log_probs[i])
    return [math.exp(x) / held if i in kept else 0.0 for i, x in enumerate(log_probs)]


def torch_temperature(log_probs, tau):
    return (torch.from_numpy(log_probs) / tau).softmax(dim=0)


def torch_top_k(log_probs, k):
    best, place = torch.from_numpy(log_probs).topk(k)
    return torch.zeros(len(log_probs), dtype=torch.float64).scatter(0, place, best.softmax(0))


def torch_nucleus(log_probs, p):
    best, place = torch.from_numpy(log_probs).sort(descending=True)
    before = best.exp().cumsum(0) - best.exp()
    shares = best.masked_fill(before >= p, -torch.inf).softmax(0)
    return torch.zeros(len(log_probs), dtype=torch.float64).scatter(0, place, shares)


def wrong(name, says, loses, **changed):
    return Wrong(name, "ex06.4", but(**changed), says, loses)


def kept_top(log_probs, k):
    return np.argsort(-log_probs)[:k]


def only(log_probs, kept):
    result = np.zeros(len(log_probs))
    result[kept] = np.exp(log_probs[kept])
    return result


def size(log_probs, p):
    return int(np.searchsorted(np.cumsum(np.sort(np.exp(log_probs))[::-1]), p)) + 1


def softmax(x):
    return normal(np.exp(x))


def zero_logit(log_probs, k):
    chosen = np.isin(np.arange(len(log_probs)), kept_top(log_probs, k))
    return softmax(np.where(chosen, log_probs, 0))


def nucleus_unsorted(log_probs, p):
    count = int(np.argmax(np.cumsum(np.exp(log_probs)) >= p)) + 1
    return normal(only(log_probs, np.arange(count)))


def nucleus_of(count):
    """Return a nucleus of count(log_probs, p) words."""
    return lambda log_probs, p: normal(only(log_probs, kept_top(log_probs, count(log_probs, p))))


def temperature_log(log_probs, tau):
    with np.errstate(divide="ignore"):
        return np.log(temperature(log_probs, tau))


def even(kept_of):
    def answer(log_probs, setting):
        kept = kept_of(log_probs, setting)
        result = np.zeros(len(log_probs))
        result[kept] = 1 / len(kept)
        return result

    return answer


fewer = nucleus_of(lambda x, p: size(x, p) - 1)
more = nucleus_of(lambda x, p: size(x, p) + 1)
by_share = nucleus_of(lambda x, p: math.ceil(p * len(x)))
even_nucleus = even(lambda x, p: kept_top(x, size(x, p)))
old_nucleus = lambda x, p: only(x, kept_top(x, size(x, p)))  # noqa: E731

ANSWERS = [
    Right("arrays", "ex06.4", but()),
    Right("loops", "ex06.4", (loop_temperature, loop_top_k, loop_nucleus)),
    Right("torch", "ex06.4", (torch_temperature, torch_top_k, torch_nucleus)),
    wrong("times tau", "This multiplies by tau", {0}, temperature=lambda x, t: softmax(x * t)),
    wrong(
        "divides p", "The probabilities were divided", {0}, temperature=lambda x, t: np.exp(x) / t
    ),
    wrong("no sum", "not yet divided", {0}, temperature=lambda x, t: np.exp(x / t)),
    wrong("softmax of p", "The softmax got", {0}, temperature=lambda x, t: softmax(np.exp(x) / t)),
    wrong("logarithms", "These are logarithms", {0}, temperature=temperature_log),
    wrong("no tau", "Where is tau", {0}, temperature=lambda x, t: np.exp(x)),
    wrong("top, old p", "with their old", {1}, top_k=lambda x, k: only(x, kept_top(x, k))),
    wrong("top, zero", "a log probability of 0", {1}, top_k=zero_logit),
    wrong(
        "top, more",
        "one word too many",
        {1},
        top_k=lambda x, k: normal(only(x, kept_top(x, k + 1))),
    ),
    wrong(
        "top, fewer",
        "one word too few",
        {1},
        top_k=lambda x, k: normal(only(x, kept_top(x, k - 1))),
    ),
    wrong(
        "top, least",
        "the least probable words",
        {1},
        top_k=lambda x, k: normal(only(x, np.argsort(x)[:k])),
    ),
    wrong(
        "top, first",
        "the first k of the vocabulary",
        {1},
        top_k=lambda x, k: normal(only(x, np.arange(k))),
    ),
    wrong("top, even", "equally probable here", {1}, top_k=even(kept_top)),
    wrong("nucleus, fewer", "stops before p is reached", {2, 3}, nucleus=fewer),
    wrong("nucleus, more", "one word more than p needs", {2, 3}, nucleus=more),
    wrong("nucleus, old p", "with their old", {2, 3}, nucleus=old_nucleus),
    wrong("nucleus, unsorted", "order of the vocabulary", {2, 3}, nucleus=nucleus_unsorted),
    wrong("nucleus, share", "a share of the vocabulary", {2, 3}, nucleus=by_share),
    wrong("nucleus, even", "equally probable here", {2}, nucleus=even_nucleus),
]
