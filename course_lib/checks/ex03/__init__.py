"""Exercise 03, teacher forcing: the tasks that are checked."""

from course_lib.checks.ex03 import batch, loss, measure, packing, schedule

TASKS = (
    batch.TASK,
    schedule.TASK,
    loss.TASK,
    packing.TASK,
    measure.TASK,
    *batch.OTHERS,
    *schedule.OTHERS,
    *loss.OTHERS,
)
