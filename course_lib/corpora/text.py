"""From typed text to tokens: spaces, case, quotes, contractions, and Chinese without spaces."""

import re
import unicodedata
from collections.abc import Iterable

CJK = "\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
# One Chinese character; a number with points inside; a word with apostrophes inside; or one sign.
LATIN = rf"[^\W_{CJK}]+"
TOKEN = re.compile(rf"[{CJK}]|\d+(?:[.,:]\d+)+|{LATIN}(?:['’-]{LATIN})*|[^\w\s]|_")
QUOTES = str.maketrans("’‘ʼ`´", "'''''")
SIGNS = str.maketrans("。，？！!", ".,?..")
NOT = re.compile(r"\b(do|does|did|is|are|was|were)n't\b", re.IGNORECASE)
BE = re.compile(r"(?<=\w)'(m|re|s)\b", re.IGNORECASE)
SHORT = {"m": " am", "re": " are", "s": " is"}
CANNOT = re.compile(r"\bcan(?:'t| not)\b", re.IGNORECASE)


def given(text: str) -> str:
    """Return ``text`` with its characters in one form; ValueError when it is empty."""
    if not isinstance(text, str):
        raise TypeError(f"text is {type(text).__name__}; it must be str, such as 'I like cats'")
    text = unicodedata.normalize("NFC", text).translate(QUOTES)
    if not TOKEN.search(text):
        raise ValueError("text is empty; type a sentence, such as 'I like cats'")
    return text


def split(text: str) -> tuple[str, ...]:
    """Return tokens: Chinese by character, Latin words and numbers whole, each sign alone.

    >>> split("我爱NLP, don't I?")
    ('我', '爱', 'NLP', ',', "don't", 'I', '?')
    """
    return tuple(TOKEN.findall(text))


def normalise(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the tokens of an English sentence, spelled as in ``known`` whatever their case.

    Contractions are written out (don't, isn't, can't, he's), Chinese and exclamation marks become
    plain stops. Words that are not known stay as typed.

    >>> normalise("i don't like Cats!", ["I", "cats"])
    ('I', 'do', 'not', 'like', 'cats', '.')
    """
    text = given(text).translate(SIGNS)
    text = CANNOT.sub("cannot", text)
    text = NOT.sub(r"\1 not", text)
    text = BE.sub(lambda match: SHORT[match[1].lower()], text)
    spelled = {token.lower(): token for token in known}
    return tuple(spelled.get(token.lower(), token) for token in split(text))
