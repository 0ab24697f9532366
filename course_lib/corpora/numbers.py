"""Number words: "one hundred and five" to 一 百 零 五, or digit by digit: "one two" to 一 二."""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np

from course_lib.corpora.choices import Sequence, Word
from course_lib.corpora.task import Task, Tokens, pair
from course_lib.corpora.text import given
from course_lib.data import Pair

ONES = tuple(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen".split()
)
TENS = ("", "", *"twenty thirty forty fifty sixty seventy eighty ninety".split())
DIGITS = tuple("零一二三四五六七八九")
UNITS = ("", "十", "百", "千")
LARGEST = 999_999


class Said(NamedTuple):
    """An English number word, the decimal places it gives a digit, and those it gives a unit."""

    token: str
    digits: tuple[int, ...]
    units: tuple[int, ...]


def _below_thousand(n: int, base: int) -> list[Said]:
    """Say 1 to 999, where ``base`` is the decimal place of its ones."""
    said = []
    if n >= 100:
        said += [Said(ONES[n // 100], (base + 2,), ()), Said("hundred", (), (base + 2,))]
        if n % 100:
            said.append(Said("and", (), ()))
    rest, tens = n % 100, (1,) if base == 0 else ()  # 万 is said by "thousand" alone
    if rest >= 20:
        said.append(Said(TENS[rest // 10], (base + 1,), tens))
        rest %= 10
        if rest:
            said.append(Said(ONES[rest], (base,), ()))
    elif rest >= 10:
        said.append(Said(ONES[rest], (base + 1, base), tens))
    elif rest:
        said.append(Said(ONES[rest], (base,), ()))
    return said


def _say(n: int) -> list[Said]:
    if n == 0:
        return [Said("zero", (0,), ())]
    thousands, rest = divmod(n, 1000)
    said = []
    if thousands:
        said = [*_below_thousand(thousands, 3), Said("thousand", (), (3, 4))]
        if 0 < rest < 100:
            said.append(Said("and", (), ()))
    return said + _below_thousand(rest, 0)


def english_number(n: int) -> Tokens:
    """Return 0 to 999,999 in English words, with the British "and".

    >>> " ".join(english_number(1050))
    'one thousand and fifty'
    """
    _check(n)
    return tuple(said.token for said in _say(n))


def _section(n: int, base: int, first: bool) -> list[tuple[str, str, int]]:
    """Return 1 to 9,999 as (word, what it is, decimal place); 十 opens a number without 一."""
    words = []
    gap = False
    for place in (3, 2, 1, 0):
        digit = n // 10**place % 10
        if not digit:
            gap = bool(words)
            continue
        if gap:
            words.append(("零", "zero", base + place))
        gap = False
        if not (first and place == 1 and digit == 1 and not words):
            two = digit == 2 and (place == 3 or (n == 2 and base == 4))
            words.append(("两" if two else DIGITS[digit], "digit", base + place))
        if place:
            words.append((UNITS[place], "unit", base + place))
    return words


def _chinese(n: int) -> list[tuple[str, str, int]]:
    if n == 0:
        return [("零", "digit", 0)]
    high, low = divmod(n, 10_000)
    words = [*_section(high, 4, True), ("万", "unit", 4)] if high else []
    if high and 0 < low < 1000:
        words.append(("零", "zero", len(str(low)) - 1))
    return words + _section(low, 0, not high)


def chinese_number(n: int) -> Tokens:
    """Return 0 to 999,999 in Chinese: 二 before 十 and 百, 两 before 千 and alone before 万.

    >>> " ".join(chinese_number(22_205))
    '两 万 两 千 二 百 零 五'
    """
    _check(n)
    return tuple(word for word, _, _ in _chinese(n))


def _check(n: int) -> None:
    if isinstance(n, bool) or not isinstance(n, int | np.integer):
        raise TypeError(f"n is {type(n).__name__}; it must be int")
    if not 0 <= n <= LARGEST:
        raise ValueError(f"n is {n}; it must be 0 to {LARGEST:,}")


def value_of_english(tokens: Iterable[str]) -> int:
    """Return the number that English words say; ValueError names the word that does not fit."""
    tokens = tuple(tokens)
    n = _value(tokens)
    if n is not None:
        return n
    at = max((end for end in range(len(tokens)) if _value(tokens[:end]) is not None), default=0)
    word = repr(tokens[at]) if tokens else "nothing"
    raise ValueError(
        f"src: {word} at position {at} does not fit in {' '.join(tokens)!r}; numbers are written "
        "as in 'one hundred and five' or 'two thousand and fifty'"
    )


def _value(tokens: Tokens) -> int | None:
    """Return the number that the words say, or None when they say none."""
    total = group = 0
    for token in tokens:
        if token in ONES:
            group += ONES.index(token)
        elif token and token in TENS:
            group += 10 * TENS.index(token)
        elif token == "hundred":
            group *= 100
        elif token == "thousand":
            total, group = total + 1000 * group, 0
    n = total + group
    return n if n <= LARGEST and english_number(n) == tokens else None


def value_of_chinese(tokens: Iterable[str]) -> int:
    """Return the number that Chinese words say; ValueError when they say none."""
    tokens = tuple(tokens)
    total = section = digit = 0
    for token in tokens:
        if token in DIGITS or token == "两":
            digit = 2 if token == "两" else DIGITS.index(token)
        elif token in UNITS[1:]:
            opens = token == "十" and not section and not total and not digit
            section, digit = section + (1 if opens else digit) * 10 ** UNITS.index(token), 0
        elif token == "万":
            total, section, digit = (section + digit) * 10_000, 0, 0
    n = total + section + digit
    if n > LARGEST or chinese_number(n) != tokens:
        raise ValueError(f"tokens: {' '.join(tokens)!r} is no number from 零 to {LARGEST:,}")
    return n


class NumberWords(Task):
    """English number words to Chinese; each has one translation.

    ``reading="number"`` covers 0 to ``limit``, every number of digits equally often;
    ``reading="digits"`` reads 1 to ``longest`` digits one by one. 二 is written before 百, where
    两 is said too. 零 is linked to "and", or to the word before the gap.
    """

    name = "number-words"

    def __init__(
        self, limit: int = 9999, reading: Literal["number", "digits"] = "number", longest: int = 8
    ) -> None:
        _check(limit)
        if reading not in ("number", "digits"):
            raise ValueError(f"reading is {reading!r}; it must be 'number' or 'digits'")
        if longest < 1:
            raise ValueError(f"longest is {longest}; it must be at least 1")
        self.limit, self.reading, self.longest = limit, reading, longest
        if reading == "digits":
            self.src_tokens, self.tgt_tokens = ONES[:10], DIGITS
            return
        shown = [n for n in (*range(1000), 1000, 2000, 10_000) if n <= limit]  # every word occurs
        self.src_tokens = tuple(dict.fromkeys(t for n in shown for t in english_number(n)))
        self.tgt_tokens = tuple(dict.fromkeys(t for n in shown for t in chinese_number(n)))

    def sample(self, rng: np.random.Generator) -> Pair:
        """Return a number in both languages."""
        if self.reading == "digits":
            src = tuple(ONES[d] for d in rng.integers(10, size=rng.integers(1, self.longest + 1)))
        else:
            digits = int(rng.integers(1, len(str(self.limit)) + 1))
            lowest = 10 ** (digits - 1) if digits > 1 else 0
            n = int(rng.integers(lowest, min(10**digits - 1, self.limit) + 1))
            src = english_number(n)
        return pair(src, list(self._words(src)))

    def choices(self, src: Tokens) -> Sequence:
        """Return the one translation of ``src``; ValueError names a word that does not fit."""
        self.check_known(src)
        return Sequence(self._words(src))

    def _words(self, src: Tokens) -> tuple[Word, ...]:
        if self.reading == "digits":
            return tuple(Word(DIGITS[ONES.index(token)], (i,)) for i, token in enumerate(src))
        n = value_of_english(src)
        if n > self.limit:
            raise ValueError(f"src: {' '.join(src)!r} is {n:,}; the largest is {self.limit:,}")
        said = _say(n)
        return tuple(Word(word, _sources(said, kind, place)) for word, kind, place in _chinese(n))

    def tokenize(self, text: str) -> Tokens:
        """Return what a learner typed as words: "twenty-one" as two of them, 105 spelled out."""
        apart = re.sub(r"(?<=\w)-(?=\w)", " ", given(text).lower())
        words = re.findall(r"[^\W_]+|[^\w\s]|_", apart)
        tokens: list[str] = []
        for word in words:
            number = word.isascii() and word.isdecimal()
            if number and self.reading == "digits":
                tokens += [ONES[int(digit)] for digit in word]
            elif number and len(word) <= 6:
                tokens += english_number(int(word))
            else:
                tokens.append(word)
        return tuple(tokens)


def _sources(said: list[Said], kind: str, place: int) -> tuple[int, ...]:
    """Return the positions of the English words that a Chinese word translates."""
    if kind == "unit":
        return tuple(i for i, word in enumerate(said) if place in word.units)
    after = next(i for i, word in enumerate(said) if place in word.digits)
    return (after,) if kind == "digit" else (after - 1,)  # 零 stands for "and", or for a gap
