"""The tasks of the course: one interface, exact probabilities, gold alignments."""

from course_lib.corpora.dates import Dates
from course_lib.corpora.digits import Copy, Reverse
from course_lib.corpora.english_chinese import EnglishChinese
from course_lib.corpora.files import read_pairs
from course_lib.corpora.numbers import NumberWords
from course_lib.corpora.task import Task, Unknown

__all__ = [
    "Copy",
    "Dates",
    "EnglishChinese",
    "NumberWords",
    "Reverse",
    "Task",
    "Unknown",
    "read_pairs",
]
