"""Exercise 02: answers by task."""

from wrong_answers.ex02 import count, decoding, encoding, gru, measure

ANSWERS = [
    *count.ANSWERS,
    *gru.ANSWERS,
    *encoding.ANSWERS,
    *decoding.ANSWERS,
    *measure.ANSWERS,
]
