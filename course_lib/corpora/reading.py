"""Reading an English clause back, to the meaning of the grammar that says exactly these words.

A clause is read from both ends. Times, means and places come off its end, subject and verb off its
start, and what is left is the object. Every reading is said again in English, and counts when the
words are the same: so agreement, articles and word order are checked by the rules that speak.
"""

from collections.abc import Iterator
from typing import TypeVar

from course_lib.corpora.lexicon import OBJECT_PRONOUNS
from course_lib.corpora.sentences import (
    Action,
    Bare,
    Being,
    Both,
    Clause,
    Counted,
    Doing,
    Having,
    Liking,
    Person,
    Pointed,
    Thing,
    Weather,
)
from course_lib.corpora.words import (
    ACTIVITIES,
    ADJECTIVES,
    ADVERBS,
    NOUNS,
    PAIRS,
    PLACES,
    PRONOUNS,
    SUBJECTS,
    TIMES,
    VEHICLES,
    WEATHER,
    Activity,
    Place,
    Subject,
)

Tokens = tuple[str, ...]
T = TypeVar("T")

PEOPLE = {who.english: who for who in (*SUBJECTS, *PAIRS)}
OTHERS = {who.english: who for who in SUBJECTS if "pronoun" not in who.classes} | {
    (OBJECT_PRONOUNS[name],): who for name, who in PRONOUNS.items()
}
BARE = {noun.bare: noun for noun in NOUNS}
ONE = {noun.one: noun for noun in NOUNS if noun.one}
TIME = {time.english: time for time in TIMES}
VEHICLE = {vehicle.english: vehicle for vehicle in VEHICLES}
PLACE = {place.at: place for place in PLACES.values()}
ADVERB = {adverb.english: adverb for adverb in ADVERBS}
BE = {"am", "is", "are", "was", "were"}
AUXILIARIES = BE | {"do", "does", "did", "can", "cannot"}


def beginnings(table: dict[Tokens, T], tokens: Tokens) -> Iterator[tuple[T, Tokens]]:
    """Yield the entries that ``tokens`` begins with, the longest first, and what follows."""
    for n in range(min(5, len(tokens)), 0, -1):
        if tokens[:n] in table:
            yield table[tokens[:n]], tokens[n:]


def ending(table: dict[Tokens, T], tokens: Tokens) -> tuple[T | None, Tokens]:
    """Return the entry that ``tokens`` ends with, or None, and what comes before it."""
    for n in range(min(4, len(tokens)), 0, -1):
        if tokens[-n:] in table:
            return table[tokens[-n:]], tokens[:-n]
    return None, tokens


def cut(tokens: Tokens, words: Tokens) -> tuple[bool, Tokens]:
    """Return whether ``tokens`` ends with ``words``, and what comes before them."""
    found = tokens[-len(words) :] == words
    return found, tokens[: -len(words)] if found else tokens


def counted(tokens: Tokens) -> Counted | None:
    """Read: a black cat, two cups of tea."""
    if len(tokens) < 2 or tokens[0] not in ("a", "an", "two", "three"):
        return None
    number = "a" if tokens[0] == "an" else tokens[0]
    if tokens[2:3] == ("of",):
        noun = ONE.get(tokens[-1])
        return Counted(number, None, noun) if noun and "drink" in noun.classes else None
    noun = next((n for n in NOUNS if tokens[-1] in (n.one, n.many) and n.measure), None)
    if noun is None or "drink" in noun.classes or len(tokens) > 3:
        return None
    if len(tokens) == 2:
        return Counted(number, None, noun)
    for quality in ADJECTIVES:
        if quality.english == tokens[1] and quality.goes_before & noun.classes:
            return Counted(number, quality, noun)
    return None


def liked(tokens: Tokens, place: Place | None) -> Iterator[Thing]:
    """Read: cats, cats and dogs, this book, Tom, playing football."""
    for activity in ACTIVITIES:
        ing = activity.verb.ing
        if ing and "l" in activity.verb.uses and tokens == (*ing, *_bare(activity)):
            yield Doing(activity, place)
    if place:
        return
    if tokens in OTHERS:
        yield Person(OTHERS[tokens])
    if tokens in BARE:
        yield Bare(BARE[tokens])
    if tokens[1:2] == ("and",) and {tokens[:1], tokens[2:]} <= BARE.keys():
        yield Both(BARE[tokens[:1]], BARE[tokens[2:]])
    yield from pointed(tokens)


def pointed(tokens: Tokens) -> Iterator[Pointed]:
    """Read: this book."""
    noun = ONE.get(tokens[1]) if len(tokens) == 2 else None
    if noun and noun.many and tokens[0] in ("this", "that"):
        yield Pointed(tokens[0], noun)


def _bare(activity: Activity) -> Tokens:
    return activity.noun.bare if activity.noun else ()


def action(who: Subject, rest: Tokens, negated: bool, asked: bool, also: bool) -> Iterator[Action]:
    """Read what follows the subject of an action."""
    time, rest = ending(TIME, rest)
    vehicle, rest = ending(VEHICLE, rest)
    place, rest = ending(PLACE, rest)
    often, rest = next(beginnings(ADVERB, rest), (None, rest))
    want = rest[:1] in (("want",), ("wants",)) and rest[1:2] == ("to",)
    rest = rest[2:] if want else rest
    for activity in ACTIVITIES:
        verb = activity.verb
        for words in {verb.base, verb.he, verb.ing, verb.past} - {()}:
            if rest[: len(words)] != words:
                continue
            for receiver, thing in taken(activity, rest[len(words) :]):
                for use in ("w",) if want else "hpct":
                    yield Action(
                        who, use, activity, negated, thing, receiver, place, vehicle, time,
                        often, also, asked,
                    )  # fmt: skip


def taken(
    activity: Activity, rest: Tokens
) -> Iterator[tuple[Person | None, Bare | Counted | None]]:
    """Read receiver and object of an activity."""
    receiver = None
    if activity.verb.base == ("give",):
        if rest[:1] not in OTHERS:
            return
        receiver, rest = Person(OTHERS[rest[:1]]), rest[1:]
    if activity.goal:
        if rest == activity.goal.to:
            yield receiver, None
    elif activity.noun is None:
        if not rest:
            yield receiver, None
    elif rest == activity.noun.bare:
        yield receiver, Bare(activity.noun)
    else:
        amount = counted(rest)
        if amount and amount.noun is activity.noun:
            yield receiver, amount


def allowed(clause: Action) -> bool:
    """Return whether verb, object, time and polarity go together."""
    uses, use = clause.activity.verb.uses, clause.use
    past_form = use == "t" and not clause.negated
    if use == "t" and clause.negated:
        fits = "h" in uses
    else:
        fits = use in uses
    letter = use.upper() if clause.negated else use
    timely = clause.time is None or letter in clause.time.uses
    bare = isinstance(clause.thing, Bare)
    number = clause.thing.number if isinstance(clause.thing, Counted) else None
    shaped = {
        "h": number is None,
        "c": number is None and not clause.place and not clause.time,
        "p": number in (None, "a"),
        "w": number in (None, "a"),
        "t": not bare if past_form else number is None,
    }[use]
    plain = not clause.often or (use == "h" and not clause.negated and not clause.time)
    return bool(fits and timely and shaped and plain)


def being(
    who: Subject | Bare | Pointed, rest: Tokens, past: bool, negated: bool, also: bool, asked: bool
) -> Iterator[Being]:
    """Read what follows is."""
    time, rest = ending(TIME, rest)
    very, rest = rest[:1] == ("very",), rest[1:] if rest[:1] == ("very",) else rest
    classes = frozenset({"person"}) if isinstance(who, Subject) else who.noun.classes
    letter = "x" if past else "s"
    if time is None or (letter.upper() if negated else letter) in time.uses:
        for quality in ADJECTIVES:
            if rest == (quality.english,) and quality.said_of & classes:
                yield Being(who, quality, negated, very, past, time, also, asked)
    job = next((noun for noun in NOUNS if rest[-1:] in ((noun.one,), (noun.many,))), None)
    if job and "job" in job.classes and isinstance(who, Subject) and not (very or time or past):
        yield Being(who, job, negated, also=also, asked=asked)


def readings(tokens: Tokens, asked: bool) -> Iterator[Clause]:
    """Yield every clause that may be meant, agreement unchecked."""
    for words in WEATHER.values():
        for past in (False, True):
            yield Weather(words, past)
    front = tokens[0] if asked and tokens[0] in AUXILIARIES else ""
    rest = tokens[1:] if front else tokens
    also, rest = cut(rest, ("too",))
    subjects: list[tuple[Subject | Bare | Pointed, Tokens]] = list(beginnings(PEOPLE, rest))
    subjects += [(thing, rest[n:]) for n in (1, 2) for thing in liked(rest[:n], None)
                 if isinstance(thing, Bare | Pointed)]  # fmt: skip
    for who, after in subjects:
        yield from _after_subject(who, after, front, also, asked)


def _after_subject(
    who: Subject | Bare | Pointed, rest: Tokens, front: str, also: bool, asked: bool
) -> Iterator[Clause]:
    aux = front or (rest[0] if rest and rest[0] in AUXILIARIES else "")
    rest = rest if front or not aux else rest[1:]
    negated = aux == "cannot" or rest[:1] == ("not",)
    rest = rest[1:] if rest[:1] == ("not",) else rest
    if aux in BE:
        past = aux in ("was", "were")
        yield from being(who, rest, past, negated, also, asked)
    if not isinstance(who, Subject):
        return
    yield from filter(allowed, action(who, rest, negated, asked, also))
    if rest[:1] in (("has",), ("have",)):
        amount = counted(rest[1:])
        if amount and not (negated and amount.number != "a"):
            yield Having(who, amount, negated, also, asked)
    if rest and rest[0] in ("like", "likes", "love", "loves"):
        much, after = cut(rest[1:], ("very", "much"))
        place, before = ending(PLACE, after)
        for thing in [*liked(after, None), *(liked(before, place) if place else ())]:
            yield Liking(who, thing, rest[0].startswith("love"), negated, much, also, asked)
