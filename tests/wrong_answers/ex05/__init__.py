"""Exercise 05: answers by task."""

from wrong_answers.ex05 import alignment, context, masked, measure, scores, window

ANSWERS = [
    *masked.ANSWERS,
    *scores.ANSWERS,
    *context.ANSWERS,
    *window.ANSWERS,
    *alignment.ANSWERS,
    *measure.ANSWERS,
]
