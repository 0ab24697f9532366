"""Sentence pairs from files: what is read, and what is refused with file and line."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_lib.corpora import read_pairs


def write(path: Path, data: str | bytes) -> Path:
    file = path / "pairs.tsv"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return file


def test_the_tatoeba_and_anki_export(tmp_path):
    file = write(
        tmp_path,
        "\ufeffHi.\t嗨。\tCC-BY 2.0 (France) Attribution: tatoeba.org #538123\n"
        "\n"
        "I don't like NLP 2.0, Tom.\t汤姆，我不喜欢NLP 2.0。\r\n"
        "   \n",
    )
    first, second = read_pairs(file)
    assert (first.src, first.tgt) == (("Hi", "."), ("嗨", "。"))
    assert second.src == ("I", "don't", "like", "NLP", "2.0", ",", "Tom", ".")
    assert second.tgt == tuple("汤 姆 ， 我 不 喜 欢 NLP 2.0 。".split())
    assert first.links == frozenset()


def test_a_given_segmentation_is_used(tmp_path):
    file = write(tmp_path, "I like cats\t我 喜欢 猫\n")
    (pair,) = read_pairs(str(file), segment_src=str.split, segment_tgt=str.split)
    assert pair.tgt == ("我", "喜欢", "猫")
    file = write(tmp_path, "ab\tcd\r\n")
    (pair,) = read_pairs(file, segment_src=list, segment_tgt=list)
    assert pair.tgt == ("c", "d")  # the carriage return is no character of the sentence


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("a\tb\n\nno tab here\n", "line 3: 1 column instead of 2 or more; put a tab"),
        ("a\tb\n\tb\n", "line 2: the source is empty"),
        ("a\tb\nc\t \tmore\n", "line 2: the target is empty"),
        ("", "holds no sentence pair"),
        ("\ufeff\n \n", "holds no sentence pair"),
        (b"a\tb\nc\t\xc4\xe3\xba\xc3\n", "line 2: byte 0xc4 is not UTF-8; save it as UTF-8"),
    ],
)
def test_bad_files_are_refused_with_file_and_line(tmp_path, data, message):
    file = write(tmp_path, data)
    with pytest.raises(ValueError, match=f"{re.escape(str(file))}.*{re.escape(message)}"):
        read_pairs(file)


def test_a_missing_file_is_python_s_own_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_pairs(tmp_path / "nowhere.tsv")


sentence = st.text(
    st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), min_size=1
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(sentence, sentence, st.lists(sentence, max_size=2)), max_size=6))
def test_any_rows_are_read_or_refused_by_line(tmp_path, rows):
    file = write(tmp_path, "".join("\t".join((a, b, *more)) + "\n" for a, b, more in rows))
    try:
        pairs = read_pairs(file)
    except ValueError as error:
        assert "is empty" in str(error) or "no sentence pair" in str(error) or not rows
        return
    assert len(pairs) <= len(rows)
    assert all(pair.src and pair.tgt for pair in pairs)
