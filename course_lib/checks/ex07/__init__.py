"""Exercise 07, exposure bias: the tasks that are checked, and their options."""

from course_lib.checks.ex07 import error, gradient, measure, mixing, positions, schedules

TASKS = (
    schedules.TASK,
    mixing.TASK,
    positions.TASK,
    error.TASK,
    gradient.TASK,
    measure.TASK,
    *mixing.OTHERS,
    *positions.OTHERS,
)
