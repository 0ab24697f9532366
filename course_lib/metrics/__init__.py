"""How good is an output? Every measure says what it counts; nothing here knows a model or a task.

sentences.py   one number a sentence: exact match, validity, token accuracy, repetition, omission
overlap.py     BLEU and chrF of a corpus, by sacrebleu
alignment.py   attention against gold links: argmax accuracy and alignment error rate
likelihood.py  nats, bits and perplexity; search errors
summary.py     means by length, mean and spread over seeds

Measures of a sentence come as an array (N,): its mean is the rate, `by_length` splits it.
"""

from course_lib.metrics.alignment import alignment_accuracy, alignment_error_rate, argmax_links
from course_lib.metrics.likelihood import CrossEntropy, cross_entropy, search_errors
from course_lib.metrics.overlap import bleu, chrf
from course_lib.metrics.sentences import (
    accuracy_by_position,
    exact_match,
    omission,
    repetition,
    token_accuracy,
    valid,
)
from course_lib.metrics.summary import Summary, by_length, mean_and_spread, over_seeds

__all__ = [
    "CrossEntropy",
    "Summary",
    "accuracy_by_position",
    "alignment_accuracy",
    "alignment_error_rate",
    "argmax_links",
    "bleu",
    "by_length",
    "chrf",
    "cross_entropy",
    "exact_match",
    "mean_and_spread",
    "omission",
    "over_seeds",
    "repetition",
    "search_errors",
    "token_accuracy",
    "valid",
]
