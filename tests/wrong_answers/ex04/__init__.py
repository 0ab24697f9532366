"""Exercise 04: answers by task."""

from wrong_answers.ex04 import bits, both_ways, buckets, distances, measure, probe

ANSWERS = [
    *distances.ANSWERS,
    *buckets.ANSWERS,
    *both_ways.ANSWERS,
    *bits.ANSWERS,
    *probe.ANSWERS,
    *measure.ANSWERS,
]
