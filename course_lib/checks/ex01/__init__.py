"""Exercise 01, probability factorization: the tasks that are checked, and their options."""

from course_lib.checks.ex01 import batch_loss, lengths, log_prob, measure, sampling, search

TASKS = (
    log_prob.TASK,
    batch_loss.TASK,
    sampling.TASK,
    lengths.TASK,
    search.TASK,
    measure.TASK,
    *batch_loss.OTHERS,
    *lengths.OTHERS,
)
