"""What learners type: any text at all becomes tokens or a clear error."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from course_lib.corpora import Copy, Dates, EnglishChinese, NumberWords, Reverse, Task
from course_lib.corpora.text import split

TASK = EnglishChinese()
TASKS = [TASK, NumberWords(), NumberWords(reading="digits"), Dates(), Copy(), Reverse()]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Tom loves playing football.", "Tom loves playing football ."),
        ("  i like\tcats ", "I like cats"),
        ("I LIKE CATS", "I like cats"),
        ("TOM AND MARY LEARN CHINESE ON SUNDAYS.", "Tom and Mary learn Chinese on Sundays ."),
        ("I don't like tea", "I do not like tea"),
        ("I don’t like tea", "I do not like tea"),
        ("Tom isn't tired", "Tom is not tired"),
        ("we didn't swim, and he can't sing!", "we did not swim , and he cannot sing ."),
        ("she can not cook", "she cannot cook"),
        ("I'm tired, so I'm sleeping", "I am tired , so I am sleeping"),
        ("it's cold", "it is cold"),
        ("do you like me？", "do you like me ?"),
        ("I like zebras", "I like zebras"),
        ("<img src=x onerror=alert(1)>", "< img src = x onerror = alert ( 1 ) >"),
    ],
)
def test_typed_sentences(text: str, tokens: str):
    assert TASK.tokenize(text) == tuple(tokens.split())


@pytest.mark.parametrize("task", TASKS, ids=lambda task: f"{task.name}-{len(task.src_tokens)}")
@given(text=st.text())
@example(text="_")
@example(text="-")
def test_any_text_becomes_tokens_or_a_clear_error(task: Task, text: str):
    try:
        tokens = task.tokenize(text)
    except ValueError as error:
        assert "text is empty" in str(error)
        return
    assert tokens and all(token and not any(c.isspace() for c in token) for token in tokens)
    assert {unknown.position for unknown in task.unknown_words(tokens)} == {
        i for i, token in enumerate(tokens) if token not in task.src_tokens
    }
    if task.unknown_words(tokens):
        with pytest.raises(ValueError, match="is not of the task"):
            task.translations(tokens)


@given(st.lists(st.sampled_from(TASK.src_tokens), min_size=1, max_size=12))
def test_known_words_stay_as_they_are_and_parse_or_are_refused(tokens: list[str]):
    joined = " ".join(tokens).replace("can not", "cannot")
    assert TASK.tokenize(joined) == tuple(joined.split())
    try:
        assert sum(TASK.translations(tokens).values()) == pytest.approx(1)
    except ValueError as error:
        assert str(error).startswith("src")


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u3000"])
def test_empty_text_is_an_error(text: str):
    with pytest.raises(ValueError, match="text is empty; type a sentence, such as 'I like cats'"):
        TASK.tokenize(text)


def test_what_is_no_text_is_an_error():
    with pytest.raises(TypeError, match="text is NoneType; it must be str"):
        TASK.tokenize(None)  # pyright: ignore[reportArgumentType]


def test_unknown_words_come_with_near_ones():
    found = TASK.unknown_words(TASK.tokenize("Tomm likes qqqq and catts"))
    assert [(u.word, u.position) for u in found] == [("Tomm", 0), ("qqqq", 2), ("catts", 4)]
    assert "Tom" in found[0].near and found[1].near == () and "cats" in found[2].near


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("我喜欢猫。", "我 喜 欢 猫 。"),
        ("我爱NLP，2.5分!", "我 爱 NLP ， 2.5 分 !"),
        ("don't stop", "don't stop"),
        ("well-known 1,000", "well-known 1,000"),
        ("カタカナ", "カ タ カ ナ"),
        ("café", "café"),
        ("a_b", "a _ b"),
    ],
)
def test_split(text: str, tokens: str):
    assert split(text) == tuple(tokens.split())
