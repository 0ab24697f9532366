"""Search: from a model that knows the next token to a whole sequence.

tree.py       what is searched: prefixes, their continuations, and the step that gives them
greedy.py     one prefix, always its best continuation
sampling.py   one prefix, its next token drawn; temperature, top-k and nucleus reshape the draw
beam.py       the K best prefixes of each length; record.py keeps what it saw
exact.py      the best sequence of all, by listing or by branch and bound
penalties.py  how sequences of different lengths compare, and when one may stop
table.py      a hand-made model to try them on
"""

from course_lib.search.beam import BeamResult, beam
from course_lib.search.exact import ExactResult, exact, exhaustive
from course_lib.search.greedy import greedy
from course_lib.search.penalties import (
    GNMT,
    NO_PENALTY,
    Average,
    Coverage,
    LengthPenalty,
    NoPenalty,
    Power,
)
from course_lib.search.record import BeamRecord, Node
from course_lib.search.sampling import Nucleus, Temperature, TopK, sample
from course_lib.search.table import table_step, word_table
from course_lib.search.tree import Hypothesis, Step

__all__ = [
    "GNMT",
    "NO_PENALTY",
    "Average",
    "BeamRecord",
    "BeamResult",
    "Coverage",
    "ExactResult",
    "Hypothesis",
    "LengthPenalty",
    "NoPenalty",
    "Node",
    "Nucleus",
    "Power",
    "Step",
    "Temperature",
    "TopK",
    "beam",
    "exact",
    "exhaustive",
    "greedy",
    "sample",
    "table_step",
    "word_table",
]
