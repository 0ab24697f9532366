"""What the English to Chinese grammar can say, before it is said in either language."""

from dataclasses import dataclass

from course_lib.corpora.words import Activity, Adjective, Noun, Phrase, Place, Subject


@dataclass(frozen=True)
class Bare:
    """Cats; tea."""

    noun: Noun


@dataclass(frozen=True)
class Both:
    """Cats and dogs."""

    first: Noun
    second: Noun


@dataclass(frozen=True)
class Counted:
    """A black cat; two cups of tea. ``number`` is "a", "two" or "three"."""

    number: str
    adjective: Adjective | None
    noun: Noun


@dataclass(frozen=True)
class Pointed:
    """Which one: this book, that film."""

    pointer: str
    noun: Noun


@dataclass(frozen=True)
class Person:
    """Someone as an object: me, Tom, my mother."""

    who: Subject


@dataclass(frozen=True)
class Doing:
    """What one likes to do: playing football in the park."""

    activity: Activity
    place: Place | None = None


Thing = Bare | Both | Counted | Pointed | Person | Doing


@dataclass(frozen=True)
class Action:
    """Someone does something. ``use``: habit h, progressive p, want w, can c, past t."""

    subject: Subject
    use: str
    activity: Activity
    negated: bool = False
    thing: Bare | Counted | None = None
    receiver: Person | None = None
    place: Place | None = None
    vehicle: Phrase | None = None
    time: Phrase | None = None
    often: Phrase | None = None
    also: bool = False
    asked: bool = False


@dataclass(frozen=True)
class Liking:
    """Someone likes or loves something; ``much`` adds "very much"."""

    subject: Subject
    thing: Thing
    love: bool = False
    negated: bool = False
    much: bool = False
    also: bool = False
    asked: bool = False


@dataclass(frozen=True)
class Having:
    """Someone has something."""

    subject: Subject
    thing: Counted
    negated: bool = False
    also: bool = False
    asked: bool = False


@dataclass(frozen=True)
class Being:
    """Someone or something has a quality, or someone has a profession."""

    subject: Subject | Bare | Pointed
    quality: Adjective | Noun
    negated: bool = False
    very: bool = False
    past: bool = False
    time: Phrase | None = None
    also: bool = False
    asked: bool = False


@dataclass(frozen=True)
class Weather:
    """It is cold; the weather was good."""

    words: Phrase
    past: bool = False


Clause = Action | Liking | Having | Being | Weather


@dataclass(frozen=True)
class Unit:
    """One clause, or two that "because" or "so" joins."""

    first: Clause
    link: str = ""
    second: Clause | None = None

    @property
    def clauses(self) -> int:
        """Return 1 or 2."""
        return 2 if self.second else 1


@dataclass(frozen=True)
class Sentence:
    """Units joined by "and" or "but"; ``end`` is ".", "?" or nothing."""

    units: tuple[Unit, ...]
    joints: tuple[str, ...]
    end: str


def form(subject: Subject | Bare | Pointed) -> str:
    """Return which verb form agrees: "I", "one" or "many"."""
    if isinstance(subject, Subject):
        return subject.form
    return "many" if isinstance(subject, Bare) and subject.noun.many else "one"


def bare_or_a(activity: Activity, subject: Subject) -> Bare | Counted | None:
    """Return what someone is doing it to now: he is reading a book, they are reading books."""
    if activity.noun is None:
        return None
    countable = activity.noun.one and activity.noun.many
    if countable and subject.form != "many":
        return Counted("a", None, activity.noun)
    return Bare(activity.noun)
