"""The equations of chapter 07: scheduled sampling on sentences of two words, and policy gradients.

joint (V, V) holds p(y_1 = a, y_2 = b) at row a, column b. first (V,) is a model's q(y_1), second
(V, V) its q(y_2 | word read): a row for each word that it can read.
"""

from __future__ import annotations

import numpy as np


def scheduled_loss(
    first: np.ndarray, second: np.ndarray, joint: np.ndarray, gold_share: float
) -> float:
    """Return what scheduled sampling minimises, in nats a sentence.

    The second step reads the gold first word with probability gold_share, else a word drawn from
    `first`; it has to say the gold second word either way. At gold_share 1 it is the cross entropy.
    Source: Huszar 2015, section 3; chapter 07, equation (4).
    """
    _check(joint, gold_share)
    one, two = joint.sum(axis=1), joint.sum(axis=0)  # (V,)  p(y_1) and p(y_2)
    reads_gold = (joint * np.log(second)).sum()
    reads_own = (np.outer(first, two) * np.log(second)).sum()  # y_2 never depends on the draw
    return float(
        -(one * np.log(first)).sum() - gold_share * reads_gold - (1 - gold_share) * reads_own
    )


def scheduled_optimum(joint: np.ndarray, gold_share: float) -> tuple[np.ndarray, np.ndarray]:
    """Return first and second at which the gradient of scheduled sampling is zero.

    No gradient flows back through the draw, as in course_lib.objectives.ScheduledSampling.
    Source: chapter 07, equation (5).
    """
    _check(joint, gold_share)
    one, two = joint.sum(axis=1), joint.sum(axis=0)
    if not one.all():
        raise ValueError(
            f"joint: word {int(one.argmin())} is never first, so nothing says what follows it; "
            "give each row some probability"
        )
    return one, gold_share * joint / one[:, None] + (1 - gold_share) * two


def impossible(first: np.ndarray, second: np.ndarray, joint: np.ndarray) -> float:
    """Return the share of the model's own sentences that have probability 0 under joint."""
    return float((first[:, None] * second)[joint == 0].sum())


def expected_reward(p: np.ndarray, rewards: np.ndarray) -> float:
    """Return the mean reward of outputs drawn from p (N,); rewards (N,)."""
    return float(p @ rewards)


def reward_gradient(p: np.ndarray, rewards: np.ndarray) -> np.ndarray:
    """Return the gradient of the expected reward for the logits of p, (N,).

    Source: Ranzato et al. 2016, section 3.2.1; chapter 07, equation (7).
    """
    return p * (rewards - expected_reward(p, rewards))


def sampled_gradients(
    p: np.ndarray, rewards: np.ndarray, drawn: np.ndarray, baseline: float | np.ndarray = 0.0
) -> np.ndarray:
    """Return an estimate of reward_gradient from each drawn output, (n, N).

    (r - baseline) times the gradient of log p. drawn (n,) holds numbers of outputs; a baseline that
    does not depend on the output drawn leaves the mean as it is.
    Source: Williams 1992; chapter 07, equation (8).
    """
    score = np.eye(len(p))[drawn] - p  # (n, N)  d log p(drawn) / d logits
    return (rewards[drawn] - baseline)[:, None] * score


def _check(joint: np.ndarray, gold_share: float) -> None:
    if joint.ndim != 2 or joint.shape[0] != joint.shape[1] or (joint < 0).any():
        raise ValueError(f"joint has shape {joint.shape}; it must be (V, V), none below 0")
    if not np.isclose(joint.sum(), 1):
        raise ValueError(f"joint sums to {joint.sum()}; probabilities of sentences sum to 1")
    if not 0 <= gold_share <= 1:
        raise ValueError(f"gold_share is {gold_share}; it is a share, from 0 to 1")
