"""Task 2: what the decoder reads in scheduled sampling, gold and own words mixed by coins.

Options: one coin a sentence, and one coin a position for the whole batch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.checks.arrays import array, compare
from course_lib.checks.task import Case, Mistake, Property, Task

ARGUMENTS = ("gold", "own", "coins", "share", "bos")
Mix = Callable[..., np.ndarray]


def _mixed(
    coins_of: Callable[[np.ndarray], np.ndarray] = lambda coins: coins,
    shift: bool = True,
) -> Mix:
    """Return a mixture: by default the published one, else with one thing changed."""

    def mixed_inputs(
        gold: np.ndarray, own: np.ndarray, coins: np.ndarray, share: float, bos: int
    ) -> np.ndarray:
        reads = np.where(coins_of(coins) < share, *_before(gold, own, shift))
        return np.concatenate([np.full((len(gold), 1), bos), reads[:, 1:]], axis=1)

    return mixed_inputs


def _before(gold: np.ndarray, own: np.ndarray, shift: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the words that stand before each position; column 0 means nothing."""
    return (np.roll(gold, 1, axis=1), np.roll(own, 1, axis=1)) if shift else (gold, own)


def _sentence(coins: np.ndarray) -> np.ndarray:
    return np.broadcast_to(coins[:, :1], coins.shape)


def _position(coins: np.ndarray) -> np.ndarray:
    return np.broadcast_to(coins[:1], coins.shape)


@dataclass(frozen=True)
class Form:
    """Which coin decides about a word."""

    suffix: str
    mix: Mix
    itself: str
    asked: str


TOKEN = Form("", _mixed(), "a coin for each word", "Each word has a coin of its own: coins[b, t].")
SENTENCE = Form(
    "/sentence",
    _mixed(_sentence),
    "one coin for a whole sentence",
    "Its first coin, coins[b, 0], decides for the whole sentence b.",
)
POSITION = Form(
    "/position",
    _mixed(_position),
    "one coin for a position of all sentences",
    "The coins of the first sentence, coins[0, t], decide for all.",
)
FORMS = (TOKEN, SENTENCE, POSITION)


def _bos_mixed(gold: np.ndarray, own: np.ndarray, coins: np.ndarray, share: float, bos: int) -> Any:
    before = [np.concatenate([np.full((len(x), 1), bos), x[:, :-1]], axis=1) for x in (gold, own)]
    return np.where(coins < share, *before[::-1])


def _unshifted_coins(
    gold: np.ndarray, own: np.ndarray, coins: np.ndarray, share: float, bos: int
) -> np.ndarray:
    return TOKEN.mix(gold, own, np.roll(coins, 1, axis=1), share, bos)


def _unshifted(
    gold: np.ndarray, own: np.ndarray, coins: np.ndarray, share: float, bos: int
) -> np.ndarray:
    return np.where(coins < share, gold, own)


KNOWN = (
    Mistake(
        _unshifted,
        "The words are not shifted: at position t the decoder would read the word that it has to "
        "say there. It reads the one before.",
    ),
    Mistake(
        _mixed(shift=False),
        "<bos> is at the front, and the words behind it are not shifted. At position t the decoder "
        "reads the word of position t - 1.",
    ),
    Mistake(
        _bos_mixed,
        "The coin is read the other way round. Below share, which happens with probability share, "
        "it is the gold word.",
    ),
    Mistake(
        _unshifted_coins,
        "The coin of the position before was used. coins[b, t] says what is read at position t.",
    ),
    Mistake(
        _mixed(lambda coins: np.full_like(coins, coins[0, 0])),
        "One coin was tossed for the whole batch.",
    ),
)


def _case(rng: np.random.Generator, B: int, T: int, share: float) -> Case:
    gold, own = rng.integers(4, 40, (B, T)), rng.integers(40, 90, (B, T))  # which is which shows
    coins = np.round(rng.uniform(0.01, 0.99, (B, T)), 2)  # at 0 and 1 it matters if < is <=
    return Case("mixed_inputs", (gold, own, coins, share, 1))


def _forced(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, B, T, 1.0) for B, T in ((2, 3), (3, 5), (1, 1))]


def _free(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, B, T, 0.0) for B, T in ((2, 3), (3, 5))]


def _between(rng: np.random.Generator) -> list[Case]:
    cases: list[Case] = []
    for B, T, share in ((3, 4, 0.5), (5, 7, 0.7), (5, 7, 0.3)):
        while True:
            case = _case(rng, B, T, share)
            functions = [form.mix for form in FORMS] + [mistake.wrong for mistake in KNOWN]
            results = {function(*case.args).tobytes() for function in functions}
            if len(results) == len(functions) and not (case.args[2] == share).any():
                break
        cases.append(case)
    return cases


def _judge(value: Any, expected: np.ndarray, case: Case) -> None:
    compare(array(value, expected.shape, "inputs"), expected, "inputs")


def _task(form: Form) -> Task:
    others = tuple(
        Mistake(other.mix, f"This is {other.itself}. {form.asked}")
        for other in FORMS
        if other is not form
    )
    hints = [f"Hint {n} under the task." for n in range(4)]
    mixed = (*others, *(KNOWN if form is TOKEN else ()))
    return Task(
        f"ex07.2{form.suffix}",
        "Task 2, gold and own words mixed",
        {"mixed_inputs": (ARGUMENTS, form.mix)},
        (
            Property("share 1 is teacher forcing", 1, _forced, _judge, hints[1], KNOWN[:3]),
            Property("share 0 reads its own words", 1, _free, _judge, hints[1], KNOWN[:3]),
            Property(
                "in between, the coins decide; the inputs stay as they were",
                3,
                _between,
                _judge,
                hints[2],
                mixed,
                intact=True,
            ),
        ),
    )


TASK = _task(TOKEN)
OTHERS = (_task(SENTENCE), _task(POSITION))
