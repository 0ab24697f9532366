"""All words that the English to Chinese grammar can say, worked out from its tables."""

from collections.abc import Iterator

from course_lib.corpora import words
from course_lib.corpora.lexicon import NUMBERS, OBJECT_PRONOUNS, POINTERS
from course_lib.corpora.words import Noun, Options, Verb

# What the rules themselves say, in clauses.py and translate.py.
ENGLISH_RULES = (
    "do does did not am is are was were can cannot want wants to like likes love loves have has "
    "very much too and but because so cup cups of . , ?"
)
CHINESE_RULES = (
    "不 没 没有 在 正在 呢 了 也 想 想要 会 是 有 喜欢 爱 很 非常 太 吗 和 "
    "因为 由于 所以 因此 但是 可是 ， ； 。 ？"
)


def verb_forms(verb: Verb) -> Iterator[str]:
    """Yield the forms of a verb that its kinds of clause use."""
    uses = set(verb.uses)
    if uses & set("hwc"):
        yield from verb.base
    if "h" in uses:
        yield from verb.he
    if uses & set("lp"):
        yield from verb.ing
    if "t" in uses:
        yield from verb.past


def noun_forms(noun: Noun) -> Iterator[str]:
    """Yield one and many."""
    yield from noun.one.split()
    yield from noun.many.split()


def english() -> tuple[str, ...]:
    """Return every English word, sorted."""
    found = {*ENGLISH_RULES.split(), *NUMBERS, *POINTERS, *OBJECT_PRONOUNS.values()}
    phrases = (*words.SUBJECTS, *words.VEHICLES, *words.TIMES, *words.ADVERBS)
    for phrase in (*phrases, *words.WEATHER.values()):
        found.update(phrase.english)
    for place in words.PLACES.values():
        found.update(place.at, place.to)
    for verb in words.VERBS:
        found.update(verb_forms(verb))
    for noun in words.NOUNS:
        found.update(noun_forms(noun))
    found.update(quality.english for quality in words.ADJECTIVES)
    return tuple(sorted(found))


def _spoken(options: Options) -> set[str]:
    return {word for _, ways in options for word in ways}


def chinese() -> tuple[str, ...]:
    """Return every Chinese word, sorted."""
    found = {*CHINESE_RULES.split(), *NUMBERS.values(), *POINTERS.values()}
    phrases = (*words.SUBJECTS, *words.VEHICLES, *words.TIMES, *words.ADVERBS)
    for phrase in (*phrases, *words.WEATHER.values()):
        for piece in phrase.chinese:
            found |= _spoken(piece)
    for place in words.PLACES.values():
        found |= _spoken(place.chinese) | _spoken(place.itself)
    for verb in words.VERBS:
        found |= _spoken(verb.chinese)
    for noun in words.NOUNS:
        found |= _spoken(noun.chinese) | ({noun.measure} if noun.measure else set())
    for quality in words.ADJECTIVES:
        found |= _spoken(quality.before) | _spoken(quality.after)
    return tuple(sorted(found))
