"""Greedy and beam search for a batch at once, on the model's own device.

The same searches as course_lib.search, hypothesis for hypothesis; those are written to be read.
Here every sentence of the batch takes its step together, and finished ones wait for the last.

model.py   what is searched, and the checks on it
greedy.py  one prefix a sentence
beam.py    K prefixes a sentence, with pointers back instead of copies
"""

from course_lib.batch_search.beam import beam_batch
from course_lib.batch_search.greedy import greedy_batch

__all__ = ["beam_batch", "greedy_batch"]
