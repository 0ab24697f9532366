"""Task 1: the log-probability of a sentence by the chain rule, EOS included."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, close, number
from course_lib.checks.tables import BIRDS, Table, random_table
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.probability import EOS, NextWord, Words, enumerate_sequences

MEMORYLESS = Table({}, otherwise={"la": 0.5, "li": 0.3, EOS: 0.2})


def sentence_log_prob(next_word: NextWord, sentence: Words) -> float:
    """Return log p(sentence, EOS) in nats; -inf if a word can't come where it stands.

    Source: chapter 01, equation (2).
    """
    total = 0.0
    for t, word in enumerate((*sentence, EOS)):
        p = next_word(sentence[:t]).get(word, 0.0)
        if p == 0.0:
            return -math.inf
        total += math.log(p)
    return total


def _case(table: Table, sentence: Words) -> Case:
    return Case("sentence_log_prob", (table, sentence))


def _short(rng: np.random.Generator) -> list[Case]:
    cases = [_case(BIRDS, ("birds", "sing")), _case(BIRDS, ("we", "sing", "here"))]
    for depth in (1, 2, 3, 3):
        table = random_table(rng, depth=depth)
        sentences = [words[:-1] for words in enumerate_sequences(table, depth + 1).finished]
        cases.append(_case(table, sentences[int(rng.integers(len(sentences)))]))
    return [*cases, _case(MEMORYLESS, ())]


def _impossible(rng: np.random.Generator) -> list[Case]:
    table = random_table(rng, depth=2)
    return [
        _case(BIRDS, ("birds", "fly")),  # possible: a constant -inf must not pass
        _case(BIRDS, ("birds", "swim")),
        _case(BIRDS, ("fish", "sing", "here")),
        _case(BIRDS, ("we",)),  # begins sentences, is none: EOS can't follow
        _case(table, ("b", "z", "a")),
    ]


def _long(rng: np.random.Generator) -> list[Case]:
    lengths = (40, 1200 + int(rng.integers(300)))
    return [_case(MEMORYLESS, tuple(rng.choice(["la", "li"], n).tolist())) for n in lengths]


def _judge(value: Any, expected: float, case: Case) -> None:
    got = number(value)
    if not close(got, expected):
        raise Complaint(f"You returned {got:.4f}, expected {expected:.4f}.")


def _scaled(factor: Callable[[Words], float]) -> Callable[[NextWord, Words], float]:
    return lambda next_word, words: sentence_log_prob(next_word, words) * factor(words)


def _words_only(next_word: NextWord, words: Words) -> float:
    return sum(math.log(next_word(words[:t])[word]) for t, word in enumerate(words))


def _without_first(next_word: NextWord, words: Words) -> float:
    return sentence_log_prob(next_word, words) - math.log(next_word(())[words[0]])


MISTAKES = (
    Mistake(
        _words_only,
        "This is the log-probability that a sentence begins with these words. It must also stop "
        f"after them: one more factor, the probability of {EOS} after the last word.",
    ),
    Mistake(
        lambda next_word, words: math.exp(sentence_log_prob(next_word, words)),
        "This is the probability itself. The task asks for its natural logarithm.",
    ),
    Mistake(
        _scaled(lambda words: -1.0),
        "The sign is turned. The logarithm of a probability is 0 or less.",
    ),
    Mistake(
        _scaled(lambda words: 1 / math.log(2)),
        "This is in bits, a logarithm of base 2. Nats take the natural logarithm.",
    ),
    Mistake(
        _scaled(lambda words: 1 / math.log(10)),
        "This is a logarithm of base 10. Nats take the natural logarithm.",
    ),
    Mistake(
        _scaled(lambda words: 1 / (len(words) + 1)),
        "This is an average per token. The probability of the whole sentence is a product, so its "
        "logarithm is the sum.",
    ),
    Mistake(
        _without_first,
        "The first word is missing: its factor is the one after the empty prefix ().",
    ),
    Mistake(
        lambda next_word, words: -math.inf,
        "A word of this sentence got probability 0, though each is possible where it stands. Which "
        "prefix did you ask about? It holds all words before this one, and not the word itself.",
    ),
)

UNDERFLOW = (
    "A product of this many probabilities is smaller than the smallest float and becomes 0. "
    "Add logarithms instead of multiplying first."
)
NO_WORD = "A word that is not in the row has probability 0. What is the logarithm of 0, as a limit?"

TASK = Task(
    "ex01.1",
    "Task 1, the log-probability of a sentence",
    {"sentence_log_prob": (("next_word", "sentence"), sentence_log_prob)},
    (
        Property(
            "short sentences: every factor is there, once",
            3,
            _short,
            _judge,
            "Hint 1 under the task.",
            MISTAKES,
            {"KeyError": "You looked for a word in the row of another prefix."},
        ),
        Property(
            "an impossible sentence has log-probability -inf",
            1,
            _impossible,
            _judge,
            "Hint 2 under the task.",
            MISTAKES[:-1],
            {
                "KeyError": NO_WORD,
                "ValueError": "Return -inf at the first word of probability 0: math.log(0) is an "
                "error, and there is no row after a word that can't come.",
            },
        ),
        Property(
            "a long sentence stays finite",
            1,
            _long,
            _judge,
            "Hint 3 under the task.",
            (*MISTAKES[:-1], Mistake(lambda next_word, words: -math.inf, UNDERFLOW)),
            {"ValueError": UNDERFLOW},
        ),
    ),
)
