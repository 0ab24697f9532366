"""The lexicon: tables that hold together, and no word that no sentence says."""

import numpy as np
import pytest

from course_lib.corpora import EnglishChinese, words
from course_lib.corpora.words import options, pieces, rows


def test_every_word_is_said_and_every_said_word_is_listed():
    task, rng = EnglishChinese(), np.random.default_rng(0)
    english: set[str] = set()
    chinese: set[str] = set()
    for _ in range(8000):
        pair = task.sample(rng)
        english.update(pair.src)
        chinese.update(pair.tgt)
        if len(english) == len(task.src_tokens) and len(chinese) == len(task.tgt_tokens):
            break
    assert english == set(task.src_tokens)
    assert chinese == set(task.tgt_tokens)
    assert task.src_tokens == tuple(sorted(english))  # sorted: ids never depend on a hash


def test_vocabulary_has_the_size_the_course_names():
    task = EnglishChinese()
    assert len(task.src_tokens) == 198 and len(task.tgt_tokens) == 176
    assert EnglishChinese(ambiguous=False).tgt_tokens == task.tgt_tokens


def test_the_plain_synonym_comes_first_and_alone_is_the_most_frequent():
    tables = [phrase.chinese for phrase in (*words.SUBJECTS, *words.TIMES, *words.ADVERBS)]
    cells = [piece for table in tables for piece in table]
    cells += [noun.chinese for noun in words.NOUNS] + [verb.chinese for verb in words.VERBS]
    for cell in filter(None, cells):
        assert all(cell[0][0] > share for share, _ in cell[1:])
        assert len({ways for _, ways in cell}) == len(cell)


def test_every_activity_has_a_use_and_every_class_a_verb():
    assert {activity.verb for activity in words.ACTIVITIES} == set(words.VERBS)
    for verb in words.VERBS:
        assert verb.uses and set(verb.uses) <= set("hlpwct")
        assert bool(verb.past) == ("t" in verb.uses)
        assert set(verb.places) <= words.PLACES.keys()


def test_cells_are_read_as_the_lexicon_says():
    assert options("A/B C") == ((0.6, ("A",)), (0.4, ("B", "C")))
    assert options("A=.45/B=.55") == ((0.45, ("A",)), (0.55, ("B",)))
    assert options("") == ()
    assert pieces("- + A/B") == ((), ((0.6, ("A",)), (0.4, ("B",))))
    assert rows("\n# a | b\nx | -\n") == [["x", ""]]
    with pytest.raises(ValueError, match=r"shares in 'A=\.45/B=\.45' must sum to 1"):
        options("A=.45/B=.45")
    with pytest.raises(ValueError, match="must sum to 1"):
        options("A/B/C")
