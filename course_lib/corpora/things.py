"""Noun phrases and places: said in English, with every way to say them in Chinese.

English is said first, word by word, so that every Chinese word knows the positions it translates.
"""

from course_lib.corpora.choices import Choice, Node, Sequence, Word, phrase, sequence
from course_lib.corpora.lexicon import NUMBERS, OBJECT_PRONOUNS, POINTERS
from course_lib.corpora.sentences import Both, Counted, Doing, Person, Pointed, Thing
from course_lib.corpora.words import Options, Phrase, Place, Subject

Positions = tuple[int, ...]


class Draft:
    """The English sentence as far as it has been said."""

    def __init__(self) -> None:
        self.tokens: list[str] = []

    def say(self, *tokens: str) -> Positions:
        """Append words and return their positions."""
        start = len(self.tokens)
        self.tokens.extend(tokens)
        return tuple(range(start, len(self.tokens)))


def one_of(options: Options, sources: Positions) -> Node:
    """Return synonyms that translate the same source words."""
    if len(options) == 1:
        return phrase(options[0][1], sources)
    return Choice(tuple((share, phrase(words, sources)) for share, words in options))


def word_by_word(pieces: tuple[Options, ...], at: Positions) -> Node:
    """Return a phrase translated word by word, or as one when it has a single piece."""
    if len(pieces) == 1:
        return one_of(pieces[0], at)
    return sequence(*(one_of(piece, (i,)) for piece, i in zip(pieces, at, strict=True) if piece))


def adverbial(draft: Draft, words: Phrase | None) -> Node | None:
    """Say a phrase of time, means or frequency."""
    return word_by_word(words.chinese, draft.say(*words.english)) if words else None


def person(draft: Draft, who: Subject, is_object: bool = False) -> Node:
    """Say who: I or me, Tom, my mother."""
    english = who.english
    if is_object and "pronoun" in who.classes:
        english = (OBJECT_PRONOUNS[" ".join(english)],)
    return word_by_word(who.chinese, draft.say(*english))


def counted(draft: Draft, thing: Counted) -> tuple[Node, Node]:
    """Say a counted thing; return number with measure word, and adjective with noun."""
    noun, quality = thing.noun, thing.adjective
    plural = thing.number != "a"
    cup = ("cups" if plural else "cup", "of") if "drink" in noun.classes else ()
    name = noun.one if cup or not plural else noun.many
    next_word = cup[0] if cup else quality.english if quality else name
    article = "an" if next_word[0] in "aeiou" else "a"
    number = draft.say(thing.number if plural else article)
    cups = draft.say(*cup)[:1]
    like = draft.say(quality.english) if quality else ()
    at = draft.say(name)
    amount = sequence(Word(NUMBERS[thing.number], number), Word(noun.measure, cups or at))
    described = one_of(quality.before, like) if quality else None
    return amount, sequence(described, one_of(noun.chinese, at))


def place_at(draft: Draft, place: Place) -> tuple[Positions, Node]:
    """Say where; return the position of the preposition, and the Chinese after 在."""
    at = draft.say(*place.at)
    ways = tuple(
        (share, Sequence(tuple(Word(w, at[:1] if w == "里" else at[-1:]) for w in words)))
        for share, words in place.chinese
    )
    return at[:1], Choice(ways) if ways[1:] else ways[0][1]


def doing(draft: Draft, thing: Doing) -> Node:
    """Say what someone likes doing, and perhaps where."""
    activity = thing.activity
    verb = one_of(activity.verb.chinese, draft.say(*activity.verb.ing))
    noun = None
    if activity.noun:
        noun = one_of(activity.noun.chinese, draft.say(*activity.noun.bare)[-1:])
    if thing.place is None:
        return sequence(verb, noun)
    preposition, where = place_at(draft, thing.place)
    return sequence(Word("在", preposition), where, verb, noun)


def object_of(draft: Draft, thing: Thing) -> Node:
    """Say an object of any kind."""
    if isinstance(thing, Doing):
        return doing(draft, thing)
    if isinstance(thing, Person):
        return person(draft, thing.who, is_object=True)
    if isinstance(thing, Counted):
        return sequence(*counted(draft, thing))
    if isinstance(thing, Pointed):
        pointer, at = draft.say(thing.pointer), draft.say(thing.noun.one)
        measure = Word(thing.noun.measure, at)
        return sequence(
            Word(POINTERS[thing.pointer], pointer), measure, one_of(thing.noun.chinese, at)
        )
    if isinstance(thing, Both):
        first, joint = draft.say(*thing.first.bare), draft.say("and")
        second = draft.say(*thing.second.bare)
        return sequence(
            one_of(thing.first.chinese, first),
            Word("和", joint),
            one_of(thing.second.chinese, second),
        )
    return one_of(thing.noun.chinese, draft.say(*thing.noun.bare)[-1:])
