"""Exercise 06: answers by task."""

from wrong_answers.ex06 import length, measure, reshape, search, step

ANSWERS = [
    *step.ANSWERS,
    *length.ANSWERS,
    *search.ANSWERS,
    *reshape.ANSWERS,
    *measure.ANSWERS,
]
