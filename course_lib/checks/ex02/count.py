"""Task 1: the parameters of an encoder and of a decoder, by formula."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, number, parts
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference.recurrent import parameter_count

NAMES = ("encoder", "decoder")
Count = Callable[[int, int, int, int, int], tuple[int, int]]


def _counted(
    encoder: Callable[..., int] | None = None, decoder: Callable[..., int] | None = None
) -> Count:
    """Return the count of someone who takes these two formulas, by default the right ones."""

    def count(gates: int, E: int, H: int, V_src: int, V_tgt: int) -> tuple[int, int]:
        cell = parameter_count(gates, E, H)
        right = V_src * E + cell, V_tgt * E + cell + H * V_tgt + V_tgt
        sizes = gates, E, H, V_src, V_tgt
        return (
            right[0] if encoder is None else encoder(*sizes),
            right[1] if decoder is None else right[1] + decoder(*sizes),
        )

    return count


def _cases(rng: np.random.Generator) -> list[Case]:
    drawn = [tuple(int(x) for x in rng.integers(2, 90, 4)) for _ in range(3)]
    sizes = [(4, 5, 7, 14, 13), *((g, *s) for g, s in zip((1, 3, 4), drawn, strict=True))]
    return [Case("count_parameters", s) for s in sizes]


def _judge(index: int) -> Callable[[Any, Any, Case], None]:
    def judge(value: Any, expected: Any, case: Case) -> None:
        got = number(parts(value, NAMES)[index], NAMES[index])
        if got != expected[index]:
            raise Complaint(f"{NAMES[index]}: you returned {got:g}, expected {expected[index]}.")

    return judge


def _with_cell(cell: Callable[[int, int, int], int]) -> Count:
    """Return the count of someone who takes this formula for both cells."""

    def count(gates: int, E: int, H: int, V_src: int, V_tgt: int) -> tuple[int, int]:
        one = cell(gates, E, H)
        return V_src * E + one, V_tgt * E + one + H * V_tgt + V_tgt

    return count


CELL = (
    Mistake(
        _with_cell(lambda G, E, H: G * H * (E + H)),
        "The cell has biases too: b_x and b_h, H numbers each for every block.",
    ),
    Mistake(
        _with_cell(lambda G, E, H: G * H * (E + H + 1)),
        "One bias a block was counted. In equations (3) to (5) each block has two, b_x and b_h.",
    ),
    Mistake(
        _with_cell(lambda G, E, H: H * (E + H + 2)),
        "One block was counted. The cell has `gates` of them side by side, each with weights of "
        "its own.",
    ),
    Mistake(
        _with_cell(lambda G, E, H: G * H * (E + H) + 2 * H),
        "2H biases were counted for the whole cell. Each block has 2H of its own.",
    ),
    Mistake(
        _with_cell(lambda G, E, H: G * (E * E + H * H + 2 * H)),
        "W_x has a row for each of the E numbers that go in and a column for each of the H that "
        "come out: E times H.",
    ),
)
ENCODER = (
    *CELL,
    Mistake(
        _counted(lambda G, E, H, V_src, V_tgt: G * H * (E + H + 2)),
        "The embedding table is missing: a row of E numbers for each source word.",
    ),
    Mistake(
        _counted(lambda G, E, H, V_src, V_tgt: V_src * H + G * H * (E + H + 2)),
        "A row of the table is the embedding of a word: E numbers, not H.",
    ),
    Mistake(
        _counted(lambda G, E, H, V_src, V_tgt: V_tgt * E + G * H * (E + H + 2)),
        "The encoder reads source words: its table has V_src rows.",
    ),
)
DECODER = (
    *CELL,
    Mistake(
        _counted(decoder=lambda G, E, H, V_src, V_tgt: -V_tgt),
        "The output layer has a bias for each target word.",
    ),
    Mistake(
        _counted(decoder=lambda G, E, H, V_src, V_tgt: -V_tgt * (H + 1)),
        "The output layer is missing: it makes V_tgt scores of the H numbers of h.",
    ),
    Mistake(
        _counted(decoder=lambda G, E, H, V_src, V_tgt: V_tgt * (E - H)),
        "The output layer reads h, which has H numbers, not an embedding.",
    ),
    Mistake(
        _counted(decoder=lambda G, E, H, V_src, V_tgt: -G * H * (E + H + 2)),
        "The decoder's cell is missing. It shares nothing with the encoder's.",
    ),
    Mistake(
        _counted(decoder=lambda G, E, H, V_src, V_tgt: -V_tgt * E),
        "The decoder has an embedding table of its own: it reads the words it wrote.",
    ),
    Mistake(
        _counted(decoder=lambda G, E, H, V_src, V_tgt: G * H * H),
        "This decoder reads c once, as its first state. The input of its cell has E numbers.",
    ),
)

TASK = Task(
    "ex02.1",
    "Task 1, counting parameters",
    {"count_parameters": (("gates", "E", "H", "V_src", "V_tgt"), _counted())},
    (
        Property("the encoder", 2, _cases, _judge(0), "Hint 1 under the task.", ENCODER),
        Property("the decoder", 2, _cases, _judge(1), "Hint 2 under the task.", DECODER),
    ),
)
