"""Exercise 07: answers by task."""

from wrong_answers.ex07 import error, gradient, measure, mixing, positions, schedules

ANSWERS = [
    *schedules.ANSWERS,
    *mixing.ANSWERS,
    *positions.ANSWERS,
    *error.ANSWERS,
    *gradient.ANSWERS,
    *measure.ANSWERS,
]
