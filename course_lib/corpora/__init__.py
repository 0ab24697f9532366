"""The tasks of the course: one interface, exact probabilities, gold alignments."""

from course_lib.corpora.english_chinese import EnglishChinese

__all__ = ["EnglishChinese"]
