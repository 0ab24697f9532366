"""Greedy search: the best token now, and no way back."""

from typing import Any

from course_lib.search.tree import Hypothesis, Step, Tree, dead_end


def greedy(
    step: Step, state: Any, *, bos: int, eos: int, max_length: int, min_length: int = 1
) -> Hypothesis:
    """Take the most probable token at every step, until eos or max_length.

    The score is log_prob, in nats. Raises ValueError for bad lengths or log probabilities.
    """
    tree = Tree(step, state, bos, eos, max_length, min_length)
    branch = tree.root
    while tree.is_open(branch):
        children = tree.children(branch, width=1)
        if not children:
            raise dead_end(branch.tokens, min_length)
        branch = children[0]
    return Hypothesis(
        branch.tokens, branch.log_prob, branch.log_prob, branch.finished, branch.weights
    )
