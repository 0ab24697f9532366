"""Task 2: four ways to score, and other ways to scale the dot product."""

from collections.abc import Callable

import numpy as np

from course_lib.checks.ex05.judges import judge_array
from course_lib.checks.task import Case, Mistake, Property, Task
from course_lib.reference import attention
from course_lib.reference.probability import softmax

Score = Callable[..., np.ndarray]


def over_root(h: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Return h . s / sqrt(H), (S, H) and (H,) to (S,). Source: Vaswani et al. 2017, (1)."""
    return attention.scaled_dot_scores(h, s)


def over_width(h: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Return h . s / H, the mean of the products. Source: none; an option of this exercise."""
    return attention.dot_scores(h, s) / s.size


def cosine(h: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Return h . s / (|h| |s|), from -1 to 1. Source: Graves et al. 2014, section 3.3.1."""
    lengths = np.linalg.norm(h, axis=1) * np.linalg.norm(s)
    return attention.dot_scores(h, s) / lengths


SCALED: dict[str, tuple[Score, str, str]] = {
    "": (over_root, "divides by the square root of H", "the square root of H"),
    "width": (over_width, "divides by H", "H itself"),
    "cosine": (
        cosine,
        "divides by the lengths of both vectors",
        "the length of h_i times the length of s",
    ),
}


def _drawn(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return np.round(rng.normal(size=shape), 2)


def _pairs(name: str) -> Callable[[np.random.Generator], list[Case]]:
    def cases(rng: np.random.Generator) -> list[Case]:
        sizes = ((3, 2), (2, 5), (7, 3), (1, 4))
        return [Case(name, (_drawn(rng, S, H), _drawn(rng, H))) for S, H in sizes]

    return cases


def _general(rng: np.random.Generator) -> list[Case]:
    sizes = ((3, 2, 2), (5, 3, 3), (4, 3, 2), (2, 5, 7))  # S, H, H of the decoder
    return [
        Case("general", (_drawn(rng, S, H), _drawn(rng, D), _drawn(rng, H, D))) for S, H, D in sizes
    ]


def _additive(rng: np.random.Generator) -> list[Case]:
    sizes = ((3, 2, 2, 3), (4, 3, 3, 2), (5, 3, 2, 4), (2, 5, 7, 3))  # S, H, H_dec, A
    found = []
    for S, H, D, A in sizes:
        weights = (_drawn(rng, D, A), _drawn(rng, H, A), _drawn(rng, A))
        found.append(Case("additive", (_drawn(rng, S, H), _drawn(rng, D), *weights)))
    return found


SOFT = "These sum to 1: they are weights already. A score is the number before the softmax."
DOT = (
    Mistake(lambda h, s: softmax(h @ s), SOFT),
    Mistake(
        lambda h, s: np.full(len(h), (h @ s).sum()),
        "Each position has the sum over all positions. One number a position: sum over H only.",
    ),
    Mistake(
        over_root,
        "This is divided by the square root of H. The plain dot product is not scaled.",
    ),
    Mistake(cosine, "This is the cosine. The plain dot product keeps the lengths of the vectors."),
    Mistake(lambda h, s: -(h @ s), "The sign is turned: a good match is a large score."),
)
GENERAL = (
    Mistake(
        lambda h, s, W: h @ W.T @ s,
        "W is on its other side: this is s W h. In h_i W s its rows belong to h_i.",
    ),
    Mistake(lambda h, s, W: h @ s, "This is the dot product alone. Where is W?"),
    Mistake(lambda h, s, W: softmax(h @ W @ s), SOFT),
    Mistake(lambda h, s, W: np.tanh(h @ W @ s), "There is no tanh in the general score."),
    Mistake(
        lambda h, s, W: h @ W @ s / np.sqrt(s.size), "Only the scaled dot is divided by a root."
    ),
)
ADDITIVE = (
    Mistake(
        lambda h, s, W, U, v: (s @ W + h @ U) @ v,
        "The tanh is missing. Without it this is a sum of two numbers, and the one of s is the "
        "same for all positions.",
    ),
    Mistake(
        lambda h, s, W, U, v: np.tanh((s @ W + h @ U) @ v),
        "The tanh is around everything. It belongs inside, before v adds up.",
    ),
    Mistake(
        lambda h, s, W, U, v: np.tanh(s @ U + h @ W) @ v,
        "W and U have changed places: W is for the decoder's s, U for the encoder's h.",
    ),
    Mistake(
        lambda h, s, W, U, v: np.tanh(s @ W) @ v + np.tanh(h @ U) @ v,
        "Each half has a tanh of its own. Add s W and h U first, then one tanh of the sum.",
    ),
    Mistake(
        lambda h, s, W, U, v: np.tanh(h @ U) @ v,
        "s is not in it: the decoder asks the same question at every step.",
    ),
    Mistake(
        lambda h, s, W, U, v: np.tanh(s @ W + h @ U).sum(axis=1),
        "v is missing: the A numbers are added up as they are.",
    ),
    Mistake(lambda h, s, W, U, v: softmax(np.tanh(s @ W + h @ U) @ v), SOFT),
)
SHAPES = (
    "The shapes don't fit. Write the shape of each factor beside it: h (S, H), s and the matrices "
    "as the table says. Two neighbours in a product share their inner size."
)


def _scaled(option: str) -> tuple[Mistake, ...]:
    """Return the mistakes of the scaled dot: the other divisors first."""
    _, _, right = SCALED[option]
    others = [
        Mistake(score, f"This {does}. Here the dot product is divided by {right}.")
        for name, (score, does, _) in SCALED.items()
        if name != option
    ]
    return (
        *others,
        Mistake(lambda h, s: h @ s, "This is the plain dot product, not divided by anything."),
        Mistake(
            lambda h, s: h @ s * np.sqrt(s.size),
            "This is multiplied by the root. Scaling makes large scores smaller: divide.",
        ),
        Mistake(
            lambda h, s: h @ s / np.sqrt(len(h)),
            "This is the root of S, the number of positions. H is the size of a state.",
        ),
        Mistake(
            lambda h, s: softmax(h @ s / np.sqrt(s.size)),
            SOFT,
        ),
    )


def task(option: str = "") -> Task:
    """Return the task, or its alternative with another divisor of the scaled dot product."""
    judge = judge_array("scores")
    hint = "Hint {} under the task."
    errors = {"ValueError": SHAPES}
    return Task(
        "ex05.2" + (f"/{option}" if option else ""),
        "Task 2, four scores",
        {
            "dot": (("h", "s"), attention.dot_scores),
            "scaled_dot": (("h", "s"), SCALED[option][0]),
            "general": (("h", "s", "W"), attention.bilinear_scores),
            "additive": (("h", "s", "W", "U", "v"), attention.additive_scores),
        },
        (
            Property("dot", 1, _pairs("dot"), judge, hint.format(1), DOT, errors),
            Property(
                "scaled dot",
                2,
                _pairs("scaled_dot"),
                judge,
                hint.format(2),
                _scaled(option),
                errors,
            ),
            Property("general", 2, _general, judge, hint.format(3), GENERAL, errors),
            Property("additive", 2, _additive, judge, hint.format(4), ADDITIVE, errors),
        ),
    )


TASK = task()
OTHERS = (task("width"), task("cosine"))
