"""Exercise 05, attention: the tasks that are checked."""

from course_lib.checks.ex05 import alignment, context, masked, measure, scores, window

TASKS = (
    masked.TASK,
    scores.TASK,
    *scores.OTHERS,
    context.TASK,
    *context.OTHERS,
    window.TASK,
    alignment.TASK,
    measure.TASK,
)
