"""Exercise 04, the fixed-context bottleneck: the tasks that are checked, and their options."""

from course_lib.checks.ex04 import bits, both_ways, buckets, distances, measure, probe

TASKS = (
    distances.TASK,
    buckets.TASK,
    both_ways.TASK,
    bits.TASK,
    probe.TASK,
    measure.TASK,
    *buckets.OTHERS,
    *both_ways.OTHERS,
    *bits.OTHERS,
    *probe.OTHERS,
)
