"""Task 2: comparing hypotheses of different lengths, with one of three formulas."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, close, number, short, words
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.probability import EOS, Words

Score = Callable[[float, int, float], float]
Hypotheses = tuple[tuple[Words, float], ...]
Ranking = tuple[Words, ...]


def gnmt(log_prob: float, length: int, alpha: float) -> float:
    """Return ln p / ((5 + T) / 6)^alpha. Source: Wu et al. 2016, equation 14; chapter 06, (4)."""
    return log_prob / ((5 + length) / 6) ** alpha


def power(log_prob: float, length: int, alpha: float) -> float:
    """Return ln p / T^alpha. Source: chapter 06, (3)."""
    return log_prob / length**alpha


def reward(log_prob: float, length: int, alpha: float) -> float:
    """Return ln p + alpha T, a reward for each token. Source: He et al. 2016, word reward."""
    return log_prob + alpha * length


SCORES: dict[str, tuple[Score, str, str]] = {
    "": (
        gnmt,
        "divides by ((5 + T) / 6) to the alpha",
        "ln p is divided by ((5 + T) / 6) to the alpha",
    ),
    "power": (power, "divides by T to the alpha", "ln p is divided by T to the alpha"),
    "reward": (reward, "adds alpha times T", "alpha times T is added to ln p"),
}


def ranked(score: Score) -> Callable[[Hypotheses, float], Ranking]:
    """Return the reference of rank: finished before cut off, then by score, best first."""

    def rank(hypotheses: Hypotheses, alpha: float) -> Ranking:
        def key(hypothesis: tuple[Words, float]) -> tuple[bool, float]:
            said, log_prob = hypothesis
            return said[-1] == EOS, score(log_prob, len(said), alpha)

        return tuple(said for said, _ in sorted(hypotheses, key=key, reverse=True))

    return rank


def _numbers(rng: np.random.Generator) -> list[Case]:
    drawn = [(-round(float(rng.uniform(1, 9)), 2), int(rng.integers(2, 15))) for _ in range(3)]
    return [
        Case("score", (-2.0, 3, 1.0)),
        Case("score", (drawn[0][0], drawn[0][1], 0.6)),
        Case("score", (drawn[1][0], drawn[1][1], 0.2)),
        Case("score", (drawn[2][0], 40, 1.4)),
    ]


def _neutral(rng: np.random.Generator) -> list[Case]:
    return [Case("score", (-round(float(rng.uniform(1, 9)), 2), T, 0.0)) for T in (1, 7)]


def _sentence(rng: np.random.Generator, length: int, end: str = EOS) -> Words:
    letters = [chr(ord("a") + int(i)) for i in rng.integers(0, 6, length - 1)]
    return (*letters, end)


def _drawn(rng: np.random.Generator, alpha: float, cut: int, score: Score) -> Case:
    """Return 4 hypotheses, `cut` of them cut off, whose ranking tells the mistakes apart."""
    while True:
        lengths = rng.choice(np.arange(2, 12), size=4, replace=False).tolist()
        found = [
            (_sentence(rng, T), -round(float(rng.uniform(0.5, 2.0) * T**0.7), 2)) for T in lengths
        ]
        for i in range(cut):
            said, log_prob = found[i]
            found[i] = ((*said[:-1], "a"), log_prob / 4)
        order = rng.permutation(4)
        hypotheses = tuple(found[i] for i in order)
        mistakes = _ranking_mistakes(score) if not cut else _open_mistakes(score)
        wrong = {mistake.wrong(hypotheses, alpha) for mistake in mistakes}
        if ranked(score)(hypotheses, alpha) not in wrong and len(wrong) == len(mistakes):
            return Case("rank", (hypotheses, alpha))


def _finished(score: Score) -> Callable[[np.random.Generator], list[Case]]:
    return lambda rng: [_drawn(rng, alpha, 0, score) for alpha in (0.6, 1.0, 0.3)]


def _open(score: Score) -> Callable[[np.random.Generator], list[Case]]:
    return lambda rng: [_drawn(rng, alpha, cut, score) for alpha, cut in ((0.6, 1), (0.0, 2))]


def _judge_score(value: Any, expected: float, case: Case) -> None:
    got = number(value, "the score")
    if not close(got, expected):
        raise Complaint(f"You returned {got:.4f}, expected {expected:.4f}.")


def _judge_rank(value: Any, expected: Ranking, case: Case) -> None:
    if type(value) not in (list, tuple):
        raise Complaint(f"rank should return the sentences, best first. This came: {short(value)}.")
    got = tuple(words(said) for said in value)
    if got != expected:
        raise Complaint(f"You returned {_lines(got)}\nexpected {_lines(expected)}")


def _lines(ranking: Ranking) -> str:
    return " | ".join(" ".join(said) for said in ranking)


def _formulas(option: str) -> tuple[Mistake, ...]:
    right, _, asked = SCORES[option]
    others = [
        Mistake(score, f"This {does}. Here {asked}.")
        for name, (score, does, _) in SCORES.items()
        if name != option
    ]
    return (
        *others,
        Mistake(
            lambda p, T, a: right(p, T + 1, a), "T counts <eos> already. Nothing to add to it."
        ),
        Mistake(
            lambda p, T, a: right(p, T - 1, a), "T counts <eos>. Nothing is taken away from it."
        ),
        Mistake(
            lambda p, T, a: -right(p, T, a),
            "The sign is turned: the better sentence has the higher score.",
        ),
        Mistake(lambda p, T, a: p, "This is ln p alone. Where are the length and alpha?"),
        Mistake(
            lambda p, T, a: math.exp(right(p, T, a)), "This is e to the score. Return the score."
        ),
    )


def _divisions(option: str) -> tuple[Mistake, ...]:
    """Return the mistakes of the GNMT formula alone."""
    if option:
        return ()
    return (
        Mistake(
            lambda p, T, a: p * ((5 + T) / 6) ** a,
            "This multiplies. ln p is negative, so it sinks as T grows: long outputs are punished "
            "twice.",
        ),
        Mistake(
            lambda p, T, a: p / ((6 + T) / 5) ** a, "5 and 6 changed places: a T of 1 gives 1."
        ),
        Mistake(
            lambda p, T, a: p / ((5 + T) ** a / 6), "The whole fraction is raised to the alpha."
        ),
        Mistake(
            lambda p, T, a: p / ((5 + T) / 6 * a) if a else -math.inf,
            "alpha is an exponent, not a factor.",
        ),
    )


def _ranking_mistakes(score: Score) -> tuple[Mistake, ...]:
    """Return the mistakes of ranking finished hypotheses."""
    right = ranked(score)

    return (
        Mistake(
            lambda h, a: right(h, a)[::-1],
            "This is the ranking, worst first. The best has the highest score.",
        ),
        Mistake(
            lambda h, a: ranked(lambda p, T, a: p)(h, a),
            "These are ranked by ln p alone, without the length.",
        ),
        Mistake(
            lambda h, a: ranked(lambda p, T, a: -T)(h, a),
            "These are ranked by length, short first.",
        ),
        Mistake(
            lambda h, a: ranked(lambda p, T, a: T)(h, a), "These are ranked by length, long first."
        ),
    )


def _open_mistakes(score: Score) -> tuple[Mistake, ...]:
    """Return the mistakes of ranking finished hypotheses and cut ones together."""
    right = ranked(score)

    def together(hypotheses: Hypotheses, alpha: float) -> Ranking:
        in_order = sorted(hypotheses, key=lambda h: score(h[1], len(h[0]), alpha), reverse=True)
        return tuple(said for said, _ in in_order)

    return (
        Mistake(
            together,
            "A prefix that was cut off competes with finished sentences. It has not paid for its "
            "end yet: put all finished ones first.",
        ),
        Mistake(
            lambda h, a: tuple(said for said in right(h, a) if said[-1] == EOS),
            "The ones that were cut off are missing. They come last, in their own order.",
        ),
        Mistake(
            lambda h, a: right(h, a)[::-1],
            "This is the ranking, worst first. The best has the highest score.",
        ),
    )


def task(option: str = "") -> Task:
    """Return the task, or its alternative with another formula."""
    score = SCORES[option][0]
    formulas = (*_formulas(option), *_divisions(option))
    return Task(
        "ex06.2" + (f"/{option}" if option else ""),
        "Task 2, longer or shorter",
        {
            "score": (("log_prob", "length", "alpha"), score),
            "rank": (("hypotheses", "alpha"), ranked(score)),
        },
        (
            Property("the score", 2, _numbers, _judge_score, "Hint 1 under the task.", formulas),
            Property(
                "an alpha of 0 changes nothing",
                1,
                _neutral,
                _judge_score,
                "Hint 1 under the task.",
                formulas,
            ),
            Property(
                "finished sentences, best first",
                2,
                _finished(score),
                _judge_rank,
                "Hint 2 under the task.",
                _ranking_mistakes(score),
            ),
            Property(
                "finished ones before those that were cut off",
                1,
                _open(score),
                _judge_rank,
                "Hint 3 under the task.",
                _open_mistakes(score),
            ),
        ),
    )


TASK = task()
OTHERS = (task("power"), task("reward"))
