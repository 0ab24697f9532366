"""What goes together: who can do what, when, and beside whom."""

from functools import cache

from course_lib.corpora.words import (
    ACTIVITIES,
    ADJECTIVES,
    NOUNS,
    TIMES,
    Activity,
    Noun,
    Phrase,
    Place,
    Subject,
)

LIKED = frozenset({"animal", "food", "aromatic", "game", "audible", "interesting", "dear"})
SHOWN = frozenset({"animal", "interesting", "dear"})  # one likes this book, but not this egg
ALIKE = ("animal", "food", "aromatic", "game")  # cats and dogs, but not cats and tea
STATES = tuple(a for a in ADJECTIVES if "person" in a.said_of)
JOBS = tuple(noun for noun in NOUNS if "job" in noun.classes)
LIKED_NOUNS = tuple(noun for noun in NOUNS if LIKED & noun.classes)
COUNTABLE = tuple(noun for noun in NOUNS if noun.one and noun.many and "job" not in noun.classes)
SHOWN_NOUNS = tuple(noun for noun in COUNTABLE if SHOWN & noun.classes)
THIRD = frozenset({"he", "she", "they"})
MEAL = frozenset({"food", "drink"})
OWNED = tuple(noun for noun in NOUNS if "owned" in noun.classes)
DUTY = {("every", "day"), ("every", "morning"), ("in", "the", "morning")}  # no school at night


@cache
def activities(use: str, classes: frozenset[str] | None = None) -> tuple[Activity, ...]:
    """Return what can be said in clauses of ``use``, of any of ``classes``; "T" is did not."""
    kind = "h" if use == "T" else use.lower()
    found = [a for a in ACTIVITIES if kind in a.verb.uses]
    if use == "t":  # 吃 了 面条 sounds unfinished: what was done is counted
        found = [a for a in found if a.noun is None or a.noun.measure]
    return tuple(a for a in found if classes is None or classes & a.classes)


@cache
def times(use: str, activity: Activity | None = None, place: Place | None = None) -> list[Phrase]:
    """Return the times that fit: no school on Sundays, no home-coming in the morning."""
    found = [time for time in TIMES if use in time.uses]
    classes = (activity.classes if activity else frozenset()) | (place.classes if place else set())
    if use == "h" and "duty" in classes:
        found = [time for time in found if time.english in DUTY]
    if use == "h" and "treat" in classes:
        found = [time for time in found if not {"every", "morning"} & set(time.english)]
    if "homeward" in classes:
        found = [time for time in found if "morning" not in time.english]
    if activity and activity.verb.takes in ("food", "drink"):
        found = [time for time in found if "week" not in time.english]
    return found


@cache
def compatible(one: Subject, other: Subject) -> bool:
    """Return whether two people can be in one sentence without being the same or overlapping."""
    names = {word.removesuffix("s") for word in one.english if word not in ("my", "the", "and")}
    others = {word.removesuffix("s") for word in other.english if word not in ("my", "the", "and")}
    several = "and" in one.english or "and" in other.english
    if several and not THIRD.isdisjoint((one.english[0], other.english[0])):
        return False  # she might be one of them
    if names & others or {*names, *others} == {"I", "we"}:
        return False
    return not (
        ("pronoun" in one.classes and one.english[0] in other.pronouns)
        or ("pronoun" in other.classes and other.english[0] in one.pronouns)
    )


def fits(who: Subject, thing: Activity | Noun | None) -> bool:
    """Return whether ``who`` is old enough."""
    return thing is None or "adult" not in thing.classes or "adult" in who.classes


def shares(who: Subject) -> bool:
    """Return whether ``who`` is more than one person; "you" is taken as one."""
    return who.form == "many" and who.english != ("you",)
