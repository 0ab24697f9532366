"""Exercise 03: answers by task."""

from wrong_answers.ex03 import batch, loss, measure, packing, schedule

ANSWERS = [
    *batch.ANSWERS,
    *schedule.ANSWERS,
    *loss.ANSWERS,
    *packing.ANSWERS,
    *measure.ANSWERS,
]
