"""Dates: every form against the calendar of the standard library."""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.corpora import Dates
from course_lib.corpora.dates import FORMS, MONTHS, ordinal

TASK = Dates()


@pytest.mark.parametrize(
    "text",
    [
        "March 5, 2021",
        "march 5th , 2021",
        "5 March 2021",
        "5TH MARCH 2021",
        "the 5th of March 2021",
        "The 5th of March, 2021",
    ],
)
def test_six_forms_of_one_date(text: str):
    assert "".join(TASK.best_translation(TASK.tokenize(text))) == "2021-03-05"


@given(st.dates(datetime.date(1950, 1, 1), datetime.date(2049, 12, 31)), st.sampled_from(FORMS))
def test_every_date_in_every_form_is_iso(date: datetime.date, form: str):
    parts = {"d": str(date.day), "o": ordinal(date.day), "m": MONTHS[date.month - 1]}
    src = tuple({**parts, "y": str(date.year)}.get(part, part) for part in form.split())
    (tgt,) = TASK.translations(src)
    assert "".join(tgt) == date.isoformat()
    sources = {t: src[i] for i, t in TASK.links(src, tgt)}
    assert {sources[t] for t in range(4)} == {str(date.year)}
    assert {sources[t] for t in (5, 6)} == {parts["m"]}
    assert {sources[t] for t in (8, 9)} <= {parts["d"], parts["o"]}
    assert 4 not in sources and 7 not in sources


@pytest.mark.parametrize(
    ("day", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"),
                      (13, "13th"), (21, "21st"), (22, "22nd"), (23, "23rd"), (31, "31st")]
)  # fmt: skip
def test_ordinals(day: int, said: str):
    assert ordinal(day) == said


def test_samples_are_dates_and_use_every_word():
    rng = np.random.default_rng(0)
    pairs = [TASK.sample(rng) for _ in range(6000)]
    for pair in pairs:
        datetime.date.fromisoformat("".join(pair.tgt))
    assert {word for pair in pairs for word in pair.src} == set(TASK.src_tokens)
    assert {word for pair in pairs for word in pair.tgt} == set(TASK.tgt_tokens)
    assert TASK.links(pairs[0].src, pairs[0].tgt) == pairs[0].links


@pytest.mark.parametrize(
    ("src", "message"),
    [
        ("February 30 , 2020", "'30' at position 1 is no day of February 2020, which has 29"),
        ("29 February 2021", "'29' at position 0 is no day of February 2021, which has 28"),
        ("March 2021", "in no form of this task"),
        ("5 March 1492", "'1492' at position 2 is not of the task"),
        ("5 Marsh 2021", "'Marsh' at position 1 is not of the task; near words are March"),
    ],
)
def test_what_is_no_date_is_named(src: str, message: str):
    with pytest.raises(ValueError, match=message):
        TASK.translations(src.split())


def test_empty_text_and_wrong_years_are_refused():
    with pytest.raises(ValueError, match="text is empty"):
        TASK.tokenize("")
    with pytest.raises(ValueError, match="first is 2000, last is 1999"):
        Dates(2000, 1999)
