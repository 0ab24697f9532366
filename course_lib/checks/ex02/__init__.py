"""Exercise 02, encoder-decoder: the tasks that are checked, and their options."""

from course_lib.checks.ex02 import count, decoding, encoding, gru, measure

TASKS = (
    count.TASK,
    gru.TASK,
    encoding.TASK,
    decoding.TASK,
    measure.TASK,
    *gru.OTHERS,
    *encoding.OTHERS,
)
