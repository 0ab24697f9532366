"""Number words: checked against rules stated anew, and against each other both ways."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.corpora import NumberWords
from course_lib.corpora.numbers import (
    LARGEST,
    chinese_number,
    english_number,
    value_of_chinese,
    value_of_english,
)


@pytest.mark.parametrize(
    ("n", "english", "chinese"),
    [
        (0, "zero", "零"),
        (2, "two", "二"),
        (10, "ten", "十"),
        (12, "twelve", "十二"),
        (20, "twenty", "二十"),
        (105, "one hundred and five", "一百零五"),
        (110, "one hundred and ten", "一百一十"),
        (222, "two hundred and twenty two", "二百二十二"),
        (1001, "one thousand and one", "一千零一"),
        (1010, "one thousand and ten", "一千零一十"),
        (1100, "one thousand one hundred", "一千一百"),
        (2005, "two thousand and five", "两千零五"),
        (2200, "two thousand two hundred", "两千二百"),
        (10_000, "ten thousand", "一万"),
        (10_010, "ten thousand and ten", "一万零一十"),
        (12_000, "twelve thousand", "一万两千"),
        (20_500, "twenty thousand five hundred", "两万零五百"),
        (105_000, "one hundred and five thousand", "十万五千"),
        (120_000, "one hundred and twenty thousand", "十二万"),
        (200_002, "two hundred thousand and two", "二十万零二"),
    ],
)
def test_known_numbers(n: int, english: str, chinese: str):
    assert " ".join(english_number(n)) == english
    assert "".join(chinese_number(n)) == chinese


@given(st.integers(0, LARGEST))
def test_both_ways_give_the_number_back(n: int):
    assert value_of_english(english_number(n)) == n
    assert value_of_chinese(chinese_number(n)) == n


@given(st.integers(0, LARGEST))
def test_chinese_numbers_keep_the_rules(n: int):
    text = "".join(chinese_number(n))
    assert not re.search("零零|零$|零万|零十|零百|零千|两十|两百|十两|百两|二千", text) or n == 0
    assert not re.match("一十|二万", text)
    assert not re.search("两(?![千万])", text)


@given(st.integers(0, LARGEST))
def test_links_cover_both_digits_and_gaps(n: int):
    src, tgt = english_number(n), chinese_number(n)
    links = NumberWords(LARGEST).links(src, tgt)
    assert {t for _, t in links} == set(range(len(tgt)))
    by_target = {t: {src[i] for i, j in links if j == t} for t in range(len(tgt))}
    for t, word in enumerate(tgt):
        if word in ("百", "万"):
            assert by_target[t] == {"hundred" if word == "百" else "thousand"}
        if word == "零" and n:
            assert by_target[t] <= {"and", "thousand"}


def test_links_of_a_number_by_hand():
    src, tgt = "one thousand and fifty two".split(), "一 千 零 五 十 二".split()
    assert NumberWords().links(src, tgt) == {(0, 0), (1, 1), (2, 2), (3, 3), (3, 4), (4, 5)}


@pytest.mark.parametrize(("limit", "words"), [(99, 28), (999, 30), (9999, 31), (LARGEST, 31)])
def test_vocabulary_is_what_the_limit_needs(limit: int, words: int):
    task, rng = NumberWords(limit), np.random.default_rng(0)
    pairs = [task.sample(rng) for _ in range(3000)]
    assert {w for p in pairs for w in p.src} == set(task.src_tokens)
    assert {w for p in pairs for w in p.tgt} == set(task.tgt_tokens)
    assert len(task.src_tokens) == words
    assert all(task.translations(p.src) == {p.tgt: 1.0} for p in pairs[:50])
    assert all(task.links(p.src, p.tgt) == p.links for p in pairs[:50])


def test_digit_by_digit():
    task = NumberWords(reading="digits")
    assert task.best_translation(("one", "two")) == ("一", "二")
    assert task.links(("one", "two"), ("一", "二")) == {(0, 0), (1, 1)}
    assert task.tokenize("105") == ("one", "zero", "five")
    assert {len(task.sample(np.random.default_rng(i)).src) for i in range(60)} == set(range(1, 9))


def test_typed_numbers():
    task = NumberWords()
    assert task.tokenize("Twenty-One") == ("twenty", "one")
    assert task.tokenize(" 105 ") == ("one", "hundred", "and", "five")
    with pytest.raises(ValueError, match="text is empty"):
        task.tokenize(" \n")


@pytest.mark.parametrize(
    ("src", "message"),
    [
        ("one two", "'two' at position 1"),
        ("hundred", "'hundred' at position 0"),
        ("one hundred five", "'five' at position 2"),
        ("one hundred and", "'and' at position 2"),
        ("twenty ten", "'ten' at position 1"),
        ("ten thousand", "is 10,000; the largest is 9,999"),
        ("fourty", "'fourty' at position 0 is not of the task; near words are forty"),
        ("", "src is empty"),
    ],
)
def test_what_is_no_number_is_named(src: str, message: str):
    with pytest.raises(ValueError, match=message):
        NumberWords().translations(src.split())


def test_wrong_settings_are_refused():
    with pytest.raises(ValueError, match="n is 1000000; it must be 0 to 999,999"):
        NumberWords(limit=1_000_000)
    with pytest.raises(TypeError, match="n is float"):
        english_number(1.5)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="reading is 'words'"):
        NumberWords(reading="words")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="longest is 0"):
        NumberWords(longest=0)
    with pytest.raises(ValueError, match="is no number"):
        value_of_chinese("一 百 五".split())
