"""Clauses that make sense, drawn one at a time: who does, likes, has or is what."""

from course_lib.corpora.dice import Dice
from course_lib.corpora.sense import (
    ALIKE,
    COUNTABLE,
    JOBS,
    LIKED_NOUNS,
    MEAL,
    OWNED,
    SHOWN_NOUNS,
    STATES,
    activities,
    compatible,
    fits,
    shares,
    times,
)
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
    bare_or_a,
)
from course_lib.corpora.words import (
    ADJECTIVES,
    ADVERBS,
    NAMES,
    NOUNS,
    PLACES,
    PRONOUNS,
    SUBJECTS,
    VEHICLES,
    Activity,
    Adjective,
    Noun,
    Phrase,
    Place,
    Subject,
)


class Ideas:
    """Draws clauses; ``first`` is True until the sentence has said its time."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.first = True
        self.past = False
        self.times_said: set[Phrase] = set()

    def activity(self, who: Subject, use: str, classes: frozenset[str] | None = None) -> Activity:
        """Return something that ``who`` can do."""
        while True:
            found = self.dice.pick(activities(use, classes))
            if fits(who, found):
                return found

    def place(self, activity: Activity, probability: float) -> Place | None:
        """Return a place for it, or None."""
        if activity.verb.places and self.dice.chance(probability):
            return PLACES[self.dice.pick(activity.verb.places)]
        return None

    def time(self, use: str, probability: float, activity: Activity | None = None,
             place: Place | None = None) -> Phrase | None:  # fmt: skip
        """Return a time, or None; yesterday and the like are said once in a sentence."""
        found = [time for time in times(use, activity, place) if time not in self.times_said]
        if not found or (use not in "hH" and not self.first) or not self.dice.chance(probability):
            return None
        time = self.dice.weighted([(5 if "day" in t.english else 1, t) for t in found])
        self.times_said.add(time)
        return time

    def quality(self, noun: Noun, probability: float) -> Adjective | None:
        """Return an adjective that goes before the noun, or None."""
        found = [a for a in ADJECTIVES if a.goes_before & noun.classes]
        return self.dice.pick(found) if found and self.dice.chance(probability) else None

    def counted(self, noun: Noun, who: Subject, probability: float = 0.3) -> Counted:
        """Return one, two or three of something: one of what is dear, more to share a meal."""
        some: tuple[tuple[int, str], ...] = ((5, "a"), (3, "two"), (2, "three"))
        if "dear" in noun.classes:
            some = some[:1]
        elif shares(who) and MEAL & noun.classes:
            some = some[1:]
        number = self.dice.weighted(some)
        return Counted(number, self.quality(noun, probability), noun)

    def habit(self, who: Subject, negated: bool) -> Action:
        """Return what someone does, or does not do, again and again."""
        activity = self.activity(who, "h")
        place = self.place(activity, 0.45)
        time = self.time("H" if negated else "h", 0.85 if activity.goal else 0.6, activity, place)
        vehicle = self.vehicle(activity, 0.35)
        bald = activity.goal and not vehicle  # "he goes to the shop" begs for a time
        often = None
        if not negated and not time and (bald or self.dice.chance(0.6)):
            often = self.dice.pick(ADVERBS)
        thing = Bare(activity.noun) if activity.noun else None
        return Action(who, "h", activity, negated, thing, None, place, vehicle, time, often)

    def vehicle(self, activity: Activity, probability: float) -> Phrase | None:
        """Return how someone goes there, or None."""
        goal = activity.goal
        if not goal or "near" not in goal.classes or not self.dice.chance(probability):
            return None
        far = "daily" in goal.classes  # no one takes the train to the restaurant
        return self.dice.pick([v for v in VEHICLES if far or v.english[-1] != "train"])

    def progressive(
        self, who: Subject, negated: bool, classes: frozenset[str] | None = None
    ) -> Action:
        """Return what someone is doing now."""
        activity = self.activity(who, "p", classes)
        place, time = self.place(activity, 0.35), self.time("p", 0.15)
        return Action(
            who, "p", activity, negated, bare_or_a(activity, who), None, place, None, time
        )

    def want(self, who: Subject, negated: bool, classes: frozenset[str] | None = None) -> Action:
        """Return what someone wants to do."""
        activity = self.activity(who, "w", classes)
        noun, thing = activity.noun, None
        if noun:
            some = "dear" in noun.classes
            one = bool(noun.measure) and not negated and not (shares(who) and MEAL & noun.classes)
            cups = one and self.dice.chance(0.5)
            thing = Counted("a", self.quality(noun, 0.3), noun) if some or cups else Bare(noun)
        place = self.place(activity, 0.2)
        time = None if "dear" in activity.classes else self.time("w", 0.2)
        vehicle = self.vehicle(activity, 0.2)
        return Action(who, "w", activity, negated, thing, None, place, vehicle, time)

    def opposite(self, clause: Action, who: Subject) -> Action | None:
        """Return the same of someone else, negated if it was not; None when it can't be said."""
        no, activity, noun = not clause.negated, clause.activity, clause.activity.noun
        if clause.use == "t" and activity not in activities("T" if no else "t"):
            return None
        thing = Bare(noun) if noun else None
        if noun and clause.use == "p":
            thing = bare_or_a(activity, who)
        elif noun and clause.use == "t" and not no:
            thing = self.counted(noun, who)
        elif noun and "dear" in noun.classes:
            thing = Counted("a", None, noun)
        time = self.time("h", 0.5, activity) if clause.use == "h" and not no else None
        return Action(who, clause.use, activity, no, thing, time=time)

    def can(self, who: Subject, negated: bool) -> Action:
        """Return what someone is able to do."""
        activity = self.activity(who, "c")
        return Action(who, "c", activity, negated, Bare(activity.noun) if activity.noun else None)

    def did(self, who: Subject, negated: bool, classes: frozenset[str] | None = None) -> Action:
        """Return what someone did, or did not do."""
        activity = self.activity(who, "T" if negated else "t", classes)
        if activity.verb.base == ("give",) and not self.first:
            return self.did(who, negated, classes)  # her might be anyone named before
        time, noun = self.time("t", 0.5, activity), activity.noun
        vehicle = self.vehicle(activity, 0.25)
        if negated:
            thing, place = Bare(noun) if noun else None, self.place(activity, 0.2)
            return Action(who, "t", activity, True, thing, None, place, vehicle, time)
        thing = self.counted(noun, who) if noun else None
        receiver = None
        if activity.verb.base == ("give",):
            receiver = Person(self.other(who, tuple(PRONOUNS.values())))
        place = self.place(activity, 0.3)
        return Action(who, "t", activity, False, thing, receiver, place, vehicle, time)

    def other(self, who: Subject, among: tuple[Subject, ...]) -> Subject:
        """Return someone else."""
        while True:
            found = self.dice.pick(among)
            if compatible(who, found):
                return found

    def like(self, who: Subject, negated: bool) -> Liking:
        """Return what someone likes or loves."""
        love = not negated and self.dice.chance(0.3)
        thing = self.liked(who)
        much = not love and not isinstance(thing, Both) and self.dice.chance(0.15)
        if negated and isinstance(thing, Both):
            thing = Bare(thing.first)
        return Liking(who, thing, love, negated, much)

    def liked(self, who: Subject) -> Thing:
        """Return a thing or an activity that one can like."""
        kind = self.dice.weighted(((40, "bare"), (8, "both"), (38, "doing"), (14, "this")))
        if kind == "doing":
            activity = self.activity(who, "l")
            return Doing(activity, self.place(activity, 0.2))
        if kind == "this":
            return Pointed(self.dice.pick(("this", "that")), self.dice.pick(SHOWN_NOUNS))
        if kind == "both":
            alike = self.dice.pick(ALIKE)
            nouns = [noun for noun in NOUNS if alike in noun.classes and fits(who, noun)]
            first = self.dice.pick(nouns)
            return Both(first, self.dice.pick([noun for noun in nouns if noun != first]))
        while True:
            noun = self.dice.pick(LIKED_NOUNS)
            if fits(who, noun):
                return Bare(noun)

    def like_another(self, noun: Noun, who: Subject) -> Liking | None:
        """Return what else of its kind someone else likes."""
        kind = next((alike for alike in ALIKE if alike in noun.classes), None)
        found = [n for n in NOUNS if kind in n.classes and n != noun and fits(who, n)]
        return Liking(who, Bare(self.dice.pick(found))) if found else None

    def do_another(self, activity: Activity, who: Subject) -> Action | None:
        """Return what else someone else does with the same verb."""
        same = [a for a in activities("h") if a.verb.base == activity.verb.base and a.noun]
        found = [a for a in same if a != activity and fits(who, a)]
        if not found:
            return None
        other = self.dice.pick(found)
        assert other.noun
        return Action(who, "h", other, thing=Bare(other.noun), time=self.time("h", 0.4, other))

    def love(self, who: Subject, negated: bool) -> Liking:
        """Return whom someone likes or loves."""
        among = (*PRONOUNS.values(), *NAMES) if self.dice.chance(0.7) else SUBJECTS
        person = Person(self.other(who, tuple(among)))
        love = self.dice.chance(0.5)
        return Liking(who, person, love, negated, not love and self.dice.chance(0.2))

    def have(self, who: Subject, negated: bool) -> Having:
        """Return what someone has."""
        while True:
            noun = self.dice.pick(OWNED)
            if fits(who, noun):
                break
        thing = (
            Counted("a", self.quality(noun, 0.2), noun) if negated else self.counted(noun, who, 0.4)
        )
        return Having(who, thing, negated)

    def state(self, who: Subject, negated: bool) -> Being:
        """Return how someone is or was."""
        quality = self.dice.pick(STATES)
        past = self.past and "state" in quality.said_of
        time = None
        if "state" in quality.said_of:
            time = self.time("x" if past else "s", 0.25)
        return Being(who, quality, negated, self.dice.chance(0.3), past, time)

    def job(self, who: Subject, negated: bool) -> Being:
        """Return what someone does for a living."""
        return Being(who, self.dice.pick(JOBS), negated)

    def thing(self, who: Subject, negated: bool) -> Being:
        """Return what a thing is like."""
        noun = self.dice.pick(COUNTABLE if self.dice.chance(0.6) else LIKED_NOUNS)
        found = [a for a in ADJECTIVES if a.said_of & noun.classes]
        if not found:
            return self.thing(who, negated)
        quality = self.dice.pick(found)
        shown = bool({"made", "sized"} & quality.said_of) or self.dice.chance(0.6)
        if shown and not (noun.one and noun.many):
            return self.thing(who, negated)
        subject = Pointed(self.dice.pick(("this", "that")), noun) if shown else Bare(noun)
        return Being(subject, quality, negated, self.dice.chance(0.25))


def key(clause: Clause) -> object:
    """Return what must not be said twice in one sentence."""
    if isinstance(clause, Action):
        return clause.activity.verb.base, clause.activity.noun, clause.activity.goal
    if isinstance(clause, Being):
        return clause.subject if not isinstance(clause.subject, Subject) else clause.quality
    thing = clause.thing if isinstance(clause, Liking | Having) else clause
    if isinstance(thing, Doing):
        return thing.activity
    return getattr(thing, "noun", thing)
