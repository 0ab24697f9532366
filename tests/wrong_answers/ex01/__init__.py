"""Exercise 01: answers by task."""

from wrong_answers.ex01 import batch_loss, lengths, log_prob, measure, sampling, search

ANSWERS = [
    *log_prob.ANSWERS,
    *batch_loss.ANSWERS,
    *sampling.ANSWERS,
    *lengths.ANSWERS,
    *search.ANSWERS,
    *measure.ANSWERS,
]
