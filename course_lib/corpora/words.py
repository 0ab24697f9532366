"""The rows of the lexicon as records, and the activities that its classes allow."""

from dataclasses import dataclass

from course_lib.corpora import lexicon

Options = tuple[tuple[float, tuple[str, ...]], ...]  # (probability, Chinese words), plain one first
TWO = (0.6, 0.4)  # how often the first and the second of two synonyms are used


@dataclass(frozen=True, eq=False)
class Subject:
    """Someone who does something; ``form`` is the verb's: I am, one is, many are."""

    english: tuple[str, ...]
    chinese: tuple[Options, ...]
    form: str
    pronouns: tuple[str, ...]
    classes: frozenset[str]


@dataclass(frozen=True, eq=False)
class Noun:
    """A thing; without ``many`` it can't be counted, without ``one`` it is always plural."""

    one: str
    many: str
    chinese: Options
    measure: str
    classes: frozenset[str]

    @property
    def bare(self) -> tuple[str, ...]:
        """Return the form that needs no number: cats, tea, the piano."""
        return tuple((self.many or self.one).split())


@dataclass(frozen=True, eq=False)
class Adjective:
    """A quality, with its Chinese before a noun and after is."""

    english: str
    before: Options
    after: Options
    goes_before: frozenset[str]
    said_of: frozenset[str]


@dataclass(frozen=True, eq=False)
class Verb:
    """An action; ``uses`` are the letters of the kinds of clause that it occurs in.

    h habit, l after like, p progressive, w want, c can, t past.
    """

    base: tuple[str, ...]
    he: tuple[str, ...]
    ing: tuple[str, ...]
    past: tuple[str, ...]
    takes: str
    chinese: Options
    uses: str
    places: tuple[str, ...]
    classes: frozenset[str]


@dataclass(frozen=True, eq=False)
class Place:
    """Where something happens (``at``) or where someone goes (``to``)."""

    name: str
    at: tuple[str, ...]
    to: tuple[str, ...]
    chinese: Options
    itself: Options
    classes: frozenset[str]


@dataclass(frozen=True, eq=False)
class Phrase:
    """A phrase of time, means or frequency, translated word by word or as one."""

    english: tuple[str, ...]
    chinese: tuple[Options, ...]
    uses: str = ""
    movable: bool = False


def rows(table: str) -> list[list[str]]:
    """Return the cells of a table, "" for "-"."""
    lines = [line for line in table.splitlines() if line.strip() and not line.startswith("#")]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [["" if cell == "-" else cell for cell in row] for row in cells]


@dataclass(frozen=True, eq=False)
class Activity:
    """A verb with what it takes: a kind of thing, a place to go to, or nothing."""

    verb: Verb
    noun: Noun | None = None
    goal: Place | None = None

    @property
    def classes(self) -> frozenset[str]:
        """Return the classes of the verb and of what it takes."""
        taken = self.noun or self.goal
        return self.verb.classes | (taken.classes if taken else frozenset())


def options(cell: str) -> Options:
    """Return a cell "A/B" or "A=.7/B=.3" as probabilities and words; ValueError for a bad sum."""
    ways = [way.strip().partition("=") for way in cell.split("/") if way.strip()]
    usual = TWO if len(ways) == 2 else (1.0,) * len(ways)
    found = tuple(
        (float(share) if share else p, tuple(words.split()))
        for p, (words, _, share) in zip(usual, ways, strict=True)
    )
    if found and abs(sum(p for p, _ in found) - 1) > 1e-9:
        raise ValueError(f"lexicon: the shares in {cell!r} must sum to 1; give each one as in A=.7")
    return found


def pieces(cell: str) -> tuple[Options, ...]:
    """Return a cell "A + B" as one entry an English word."""
    return tuple(options("" if part.strip() == "-" else part) for part in cell.split("+"))


def _set(cell: str) -> frozenset[str]:
    return frozenset(cell.split())


def _words(cell: str) -> tuple[str, ...]:
    return tuple(cell.split())


SUBJECTS = tuple(
    Subject(_words(en), pieces(zh), form, _words(pronouns), _set(classes))
    for en, zh, form, pronouns, classes in rows(lexicon.SUBJECTS)
)
NOUNS = tuple(
    Noun(one, many, options(zh), measure, _set(classes))
    for one, many, zh, measure, classes in rows(lexicon.NOUNS)
)
ADJECTIVES = tuple(
    Adjective(en, options(before), options(after), _set(goes_before), _set(said_of))
    for en, before, after, goes_before, said_of in rows(lexicon.ADJECTIVES)
)
VERBS = tuple(
    Verb(_words(base), _words(he), _words(ing), _words(past), takes, options(zh), uses,
         _words(places), _set(classes))
    for base, he, ing, past, takes, zh, uses, places, classes in rows(lexicon.VERBS)
)  # fmt: skip
PLACES = {
    name: Place(name, _words(at), _words(to), options(zh), options(itself), _set(classes))
    for name, at, to, zh, itself, classes in rows(lexicon.PLACES)
}
VEHICLES = tuple(Phrase(_words(en), pieces(zh)) for en, zh in rows(lexicon.VEHICLES))
TIMES = tuple(
    Phrase(_words(en), pieces(zh), uses, first == "yes")
    for en, zh, uses, first in rows(lexicon.TIMES)
)
ADVERBS = tuple(Phrase(_words(en), pieces(zh)) for en, zh in rows(lexicon.ADVERBS))
WEATHER = {name: Phrase(_words(en), pieces(zh)) for name, en, zh in rows(lexicon.WEATHER)}
EFFECTS = tuple((reason, use, _set(kinds)) for reason, use, kinds in rows(lexicon.EFFECTS))


def _activities(verb: Verb) -> list[Activity]:
    if not verb.takes:
        return [Activity(verb)]
    goals = [Activity(verb, goal=place) for place in PLACES.values() if verb.takes in place.classes]
    return goals or [Activity(verb, noun) for noun in NOUNS if verb.takes in noun.classes]


ACTIVITIES = tuple(activity for verb in VERBS for activity in _activities(verb))


def together(first: Subject, second: Subject) -> Subject:
    """Return two people as one subject: Tom and Mary."""
    return Subject(
        (*first.english, "and", *second.english),
        (*first.chinese, options("和"), *second.chinese),
        "many",
        ("they",),
        first.classes & second.classes - {"pronoun", "name"},
    )


NAMES = tuple(who for who in SUBJECTS if "name" in who.classes)
# Not two women: they would be 她们, and every other "they" of the grammar is 他们.
PAIRS = tuple(
    together(a, b) for a in NAMES for b in NAMES if a != b and {*a.pronouns, *b.pronouns} != {"she"}
)
PRONOUNS = {who.english[0]: who for who in SUBJECTS if "pronoun" in who.classes}
