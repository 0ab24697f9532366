"""Exercise 06, beam search: the tasks that are checked, and their options."""

from course_lib.checks.ex06 import length, measure, reshape, search, step

TASKS = (
    step.TASK,
    *step.OTHERS,
    length.TASK,
    *length.OTHERS,
    search.TASK,
    reshape.TASK,
    measure.TASK,
)
