"""The equations of chapter 01: how a distribution over sentences is built from single words.

A model is a function `next_word(prefix)`: it takes the words so far, a tuple, and returns the
distribution of the next word, a mapping from word to probability that sums to 1. The word `EOS`
ends the sentence. A hand-made table becomes such a function by `table_model(table)`, a grammar by
`lambda prefix: task.next_word_distribution(src, prefix)`, a row of logits by
`dict(zip(words, softmax(logits), strict=True))`.

Lengths count EOS. Logs are natural, so scores are in nats.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

EOS = "<eos>"

Words = tuple[str, ...]
NextWord = Callable[[Words], Mapping[str, float]]


def logsumexp(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return log(sum(exp(logits))) without overflow.

    logits (..., V) becomes (...), nats. -inf stands for probability 0; a row of nothing but
    -inf gives -inf.
    Source: chapter 01, "Scores become probabilities".
    """
    logits = np.asarray(logits, dtype=float)
    highest = np.max(logits, axis=axis, keepdims=True)
    highest = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        total = np.log(np.sum(np.exp(logits - highest), axis=axis))
    return total + np.squeeze(highest, axis=axis)


def log_softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return the log probabilities that belong to logits.

    logits (..., V) becomes (..., V), nats. ValueError where a row allows no word (all -inf).
    Source: chapter 01, "Scores become probabilities".
    """
    logits = np.asarray(logits, dtype=float)
    total = np.expand_dims(logsumexp(logits, axis), axis)
    if not np.all(np.isfinite(total)):
        raise ValueError(
            "logits: each row needs at least one finite value and neither +inf nor nan, "
            f"got log sums {np.ravel(total)}; check the mask that made them"
        )
    return logits - total


def softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return the probabilities that belong to logits: positive, sum 1 along axis.

    logits (..., V) becomes (..., V). softmax([0, 1]) is [1, e] / (1 + e).
    ValueError as in log_softmax. Source: chapter 01, "Scores become probabilities".
    """
    return np.exp(log_softmax(logits, axis))


def table_model(table: Mapping[Words, Mapping[str, float]]) -> NextWord:
    """Return next_word(prefix) for a table that holds one distribution for every prefix.

    ValueError, when called, for a prefix the table doesn't hold.
    Source: chapter 01, "One word at a time".
    """

    def next_word(prefix: Words) -> Mapping[str, float]:
        if prefix not in table:
            known = ", ".join(repr(" ".join(key)) for key in table)
            raise ValueError(
                f"prefix: the table has no row for {' '.join(prefix)!r}; it has {known}; "
                "add the row, or give the last word of the prefix probability 0"
            )
        return table[prefix]

    return next_word


def checked(next_word: NextWord, prefix: Words) -> Mapping[str, float]:
    """Return next_word(prefix) after checking that it is a distribution.

    ValueError, naming the prefix, for a negative probability or a sum other than 1.
    Source: chapter 01, equation (3).
    """
    row = next_word(prefix)
    total = math.fsum(row.values())
    if not (abs(total - 1.0) <= 1e-9 and all(p >= 0.0 for p in row.values())):
        raise ValueError(
            f"next_word: after {' '.join(prefix)!r} the probabilities must be 0 or more and sum "
            f"to 1, got {dict(row)} with sum {total:.6g}; divide the row by its sum"
        )
    return row


def token_log_probs(next_word: NextWord, words: Words) -> np.ndarray:
    """Return log p(y_t | y_<t) for every position of a sentence.

    words (T words, EOS last if the sentence is finished) becomes (T,), nats; -inf for a word
    that can't come next. ValueError if a word follows EOS.
    Source: chapter 01, equation (2).
    """
    words = tuple(words)
    if EOS in words[:-1]:
        raise ValueError(f"words: {EOS!r} may only stand last, got {words}; cut after the first")
    probabilities = [checked(next_word, words[:t]).get(words[t], 0.0) for t in range(len(words))]
    with np.errstate(divide="ignore"):
        return np.log(np.array(probabilities, dtype=float))


def sequence_log_prob(next_word: NextWord, words: Words) -> float:
    """Return log p(y), the sum of log p(y_t | y_<t): the chain rule.

    words as in token_log_probs. Nats. Without EOS at the end this is the log probability that
    a sentence begins with words. Source: chapter 01, equation (2).
    """
    return float(np.sum(token_log_probs(next_word, words)))


def nats_per_token(log_probs: Iterable[np.ndarray]) -> float:
    """Return the negative log likelihood of a corpus divided by its number of tokens.

    log_probs: for each sentence its (T,) array from token_log_probs; lengths may differ. Every
    token has the same weight, so long sentences count for more. ValueError without tokens.
    Source: chapter 01, equation (5).
    """
    sentences = [np.asarray(sentence, dtype=float) for sentence in log_probs]
    tokens = sum(sentence.size for sentence in sentences)
    if tokens == 0:
        raise ValueError("log_probs: holds no token, so there is no average; give one sentence")
    return -math.fsum(float(np.sum(sentence)) for sentence in sentences) / tokens


def bits(nats: float) -> float:
    """Return nats as bits: 1 nat is 1 / ln 2 = 1.4427 bits. Source: chapter 01, equation (6)."""
    return nats / math.log(2.0)


def perplexity(nats: float) -> float:
    """Return exp of an average in nats per token. Source: chapter 01, equation (7)."""
    return math.exp(nats)


@dataclass(frozen=True)
class Enumeration:
    """All sequences up to a length cap, with their probabilities.

    finished holds the sentences that end in EOS within the cap, unfinished the prefixes of
    exactly that length that have not ended. Source: chapter 01, equation (4).
    """

    finished: dict[Words, float]
    unfinished: dict[Words, float]

    @property
    def finished_mass(self) -> float:
        """Probability that a sentence ends within the cap."""
        return math.fsum(self.finished.values())

    @property
    def unfinished_mass(self) -> float:
        """Probability that a sentence is longer than the cap."""
        return math.fsum(self.unfinished.values())


def enumerate_sequences(
    next_word: NextWord, max_length: int, *, limit: int = 300_000
) -> Enumeration:
    """Return every sequence of at most max_length words (EOS counts) with its probability.

    Finished and unfinished mass sum to 1 at every cap. Words of probability 0 are left out.
    ValueError for a negative max_length, or when there would be more than limit sequences.
    Source: chapter 01, equation (4).
    """
    if max_length < 0:
        raise ValueError(f"max_length: must be 0 or more, got {max_length}")
    finished: dict[Words, float] = {}
    unfinished: dict[Words, float] = {(): 1.0}
    for _ in range(max_length):
        longer: dict[Words, float] = {}
        for prefix, probability in unfinished.items():
            for word, p in checked(next_word, prefix).items():
                if p > 0.0:
                    (finished if word == EOS else longer)[(*prefix, word)] = probability * p
            if len(finished) + len(longer) > limit:
                raise ValueError(
                    f"max_length: {max_length} gives more than limit={limit} sequences; "
                    "lower max_length or raise limit"
                )
        unfinished = longer
    return Enumeration(finished, unfinished)


def most_probable(next_word: NextWord, max_length: int) -> tuple[Words, float]:
    """Return the sentence of the highest probability, and that probability, by brute force.

    words end in EOS. Looks at all sentences of at most max_length words; a longer one can only
    win where the unfinished mass exceeds the probability returned. On a tie the first in
    alphabetical order. ValueError if nothing finishes within max_length.
    Source: chapter 01, equation (9).
    """
    finished = enumerate_sequences(next_word, max_length).finished
    if not finished:
        raise ValueError(
            f"max_length: no sentence ends within {max_length} words; raise max_length, "
            f"or check that the model ever gives {EOS!r}"
        )
    best = min(finished, key=lambda words: (-finished[words], words))
    return best, finished[best]


def greedy(next_word: NextWord, max_length: int) -> tuple[Words, float]:
    """Return the sentence made of the most probable word at each step, and its probability.

    words end in EOS unless max_length stops them. On a tie the first in alphabetical order.
    Source: chapter 01, equation (10).
    """
    words: Words = ()
    probability = 1.0
    while len(words) < max_length and words[-1:] != (EOS,):
        row = checked(next_word, words)
        best = min(row, key=lambda word: (-row[word], word))
        words, probability = (*words, best), probability * row[best]
    return words, probability


def sample(next_word: NextWord, rng: np.random.Generator, max_length: int) -> Words:
    """Return one sentence drawn word by word, each from its own distribution (ancestral).

    words end in EOS unless max_length stops them. A finished sentence y is drawn with
    probability p(y). Source: chapter 01, equation (8).
    """
    words: Words = ()
    while len(words) < max_length and words[-1:] != (EOS,):
        row = checked(next_word, words)
        candidates = list(row)
        p = np.array([row[word] for word in candidates], dtype=float)
        words = (*words, candidates[int(rng.choice(len(candidates), p=p / p.sum()))])
    return words


def entropy(truth: Mapping[Words, float]) -> float:
    """Return the expected negative log probability of a sentence under its own distribution.

    truth: sentence to probability, sums to 1. Nats per sentence.
    Source: chapter 01, equation (11).
    """
    return cross_entropy(truth, truth)


def cross_entropy(truth: Mapping[Words, float], model: Mapping[Words, float]) -> float:
    """Return the expected negative log probability a model gives to sentences of truth.

    Both: sentence to probability. Nats per sentence; inf where the model gives 0 to a sentence
    that occurs. Never below entropy(truth). Source: chapter 01, equation (12).
    """
    terms = []
    for sentence, p in truth.items():
        q = model.get(sentence, 0.0)
        if p > 0.0:
            terms.append(-p * math.log(q) if q > 0.0 else math.inf)
    return math.fsum(terms)
