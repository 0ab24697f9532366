"""Sentences that make sense, drawn at random: clauses of one topic, their reasons and contrasts."""

from dataclasses import replace

from course_lib.corpora.dice import Dice
from course_lib.corpora.ideas import Ideas, key
from course_lib.corpora.sense import LIKED, STATES, compatible, fits
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
    Sentence,
    Thing,
    Unit,
    Weather,
)
from course_lib.corpora.words import (
    ADJECTIVES,
    EFFECTS,
    PAIRS,
    PRONOUNS,
    SUBJECTS,
    WEATHER,
    Activity,
    Noun,
    Subject,
)

MOST_CLAUSES = 12
PRAISE = tuple(a for a in ADJECTIVES if a.said_of & {"cute", "interesting", "tasty", "aromatic"})
LENGTHS = ((44, 1), (28, 2), (13, 3), (7, 4), (5, 5), (3, 6))  # clauses in a sentence, weighted
# weight, topic, the most clauses before it repeats itself, whether one can ask it
TOPICS = (
    (18, "like", 12, True),
    (22, "habit", 12, True),
    (14, "progressive", 12, True),
    (13, "want", 12, True),
    (14, "did", 12, False),
    (6, "have", 4, True),
    (4, "state", 3, True),
    (4, "can", 4, True),
    (2, "job", 2, True),
    (3, "love", 2, True),
    (5, "thing", 1, True),
)
THIRD = frozenset(PRONOUNS[name] for name in ("he", "she", "they"))
OURS = ("I", "we", "my")  # no one asks about themselves
REASONED = {"like", "habit", "progressive", "want", "did", "have"}  # topics that take a reason
APART = {"progressive", "want", "can", "state"}  # what two people do here is a contrast
USES = {"want": ("w", "W"), "progressive": ("p", ""), "did": ("t", "T")}  # in EFFECTS: yes, no


class Speaker:
    """Draws one sentence."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.ideas = Ideas(dice)
        self.clauses = 1
        self.topic = ""
        self.cast: list[Subject] = []
        self.said: set[object] = set()
        self.weather_said = False

    def sentence(self, clauses: int) -> Sentence:
        """Return a sentence of ``clauses`` clauses on one topic."""
        self.clauses = clauses
        topics = [(w, (name, asks)) for w, name, most, asks in TOPICS if clauses <= most]
        self.topic, asks = self.dice.weighted(topics)
        topic = self.topic
        if clauses == 1 and asks and self.dice.chance(0.12):
            return self.question(topic)
        self.ideas.past = self.dice.chance(0.25)
        units, joints = [self.unit(topic, topic != "thing" and self.dice.chance(0.2), clauses)], []
        left = clauses - units[0].clauses
        while left:
            joint, unit = self.next_unit(topic, units[-1], joints[-1] if joints else "", left)
            units.append(unit)
            joints.append(joint)
            left -= unit.clauses
        end = "." if self.dice.chance(0.85) else ""
        return Sentence(tuple(units), tuple(joints), end)

    def next_unit(self, topic: str, before: Unit, joint: str, left: int) -> tuple[str, Unit]:
        """Return "and" or "but" with another unit; "but" needs a contrast, and comes once."""
        who, negated = self.who(), _main(before).negated
        if joint != "but" and self.dice.chance(0.7 if negated else 0.2):
            contrast = self.contrast(_main(before), who)
            if contrast:
                return "but", Unit(contrast)
        if not negated and self.dice.chance(0.1):
            echo = self.echo(before, who)
            if echo:
                return "and", Unit(echo)
        if joint != "but" and not negated and self.dice.chance(0.2):
            if topic in APART:
                return "but", self.unit(topic, False, left, who)
            rival = self.rival(_main(before), who)
            if rival:
                return "but", Unit(rival)
        return "and", self.unit(topic, negated and joint != "but", left, who)

    def who(self) -> Subject:
        """Return someone new to the sentence; he, she and they would soon leave no one to name."""
        few = self.clauses <= 3
        while True:
            found = self.dice.pick(PAIRS if few and self.dice.chance(0.06) else SUBJECTS)
            if found in THIRD and not (few and THIRD.isdisjoint(self.cast)):
                continue
            if self.topic == "job" and {"job", "young"} & found.classes:
                continue
            if all(compatible(found, other) for other in self.cast):
                self.cast.append(found)
                return found

    def unit(self, topic: str, negated: bool, left: int, who: Subject | None = None) -> Unit:
        """Return one clause, or two with a reason, that the sentence has not said yet."""
        who = who or self.who()
        while True:
            reasoned = left > 1 and topic in REASONED and self.dice.chance(0.4)
            unit = (self.reasoned(topic, who, negated) if reasoned else None) or Unit(
                getattr(self.ideas, topic)(who, negated)
            )
            new = {key(clause) for clause in (unit.first, unit.second) if clause}
            if not new & self.said:
                self.said |= new
                self.ideas.first = False
                return unit

    def rival(self, clause: Clause, who: Subject) -> Clause | None:
        """Return something like it of someone else: Tom likes cats, but Mary likes dogs."""
        if isinstance(clause, Liking) and isinstance(clause.thing, Bare):
            found = self.ideas.like_another(clause.thing.noun, who)
        elif isinstance(clause, Action) and clause.use == "h":
            found = self.ideas.do_another(clause.activity, who)
        else:
            return None
        if found is None or key(found) in self.said:
            return None
        self.said.add(key(found))
        return found

    def contrast(self, clause: Action | Liking | Having | Being, who: Subject) -> Clause | None:
        """Return the opposite of someone else: but Mary does not like cats."""
        no = not clause.negated
        if isinstance(clause, Action):
            return self.ideas.opposite(clause, who) if fits(who, clause.activity) else None
        if isinstance(clause, Being):
            if not isinstance(clause.subject, Subject):
                return None
            return replace(clause, subject=who, negated=no, very=False, also=False, time=None)
        if not fits(who, _taken(clause)):
            return None
        if isinstance(clause, Having):
            noun = clause.thing.noun
            thing = Counted("a", None, noun) if no else self.ideas.counted(noun, who)
            return Having(who, thing, no)
        if isinstance(clause.thing, Both):
            return None
        if isinstance(clause.thing, Person):
            if not compatible(who, clause.thing.who):
                return None
            return Liking(who, clause.thing, clause.love, no)
        return Liking(who, clause.thing, False, no)

    def echo(self, before: Unit, who: Subject) -> Clause | None:
        """Return the same of someone else: Mary likes cats too."""
        clause = before.first
        if before.second or isinstance(clause, Weather) or clause.negated or clause.also:
            return None
        if isinstance(clause, Action):
            return replace(clause, subject=who, also=True) if clause.use == "c" else None
        if isinstance(clause, Being):
            if not isinstance(clause.subject, Subject):
                return None
            return replace(clause, subject=who, also=True, time=None)
        if isinstance(clause.thing, Person) or not fits(who, _taken(clause)):
            return None
        return replace(clause, subject=who, also=True)

    def question(self, topic: str) -> Sentence:
        """Return a question; no one asks what they do themselves."""
        while True:
            clause = getattr(self.ideas, topic)(self.who(), False)
            self.cast.clear()
            if isinstance(clause.subject, Subject) and clause.subject.english[0] in OURS:
                continue
            if isinstance(clause, Having) and clause.thing.number != "a":
                continue
            clause = replace(clause, asked=True)
            if isinstance(clause, Action):
                clause = replace(clause, often=None)
            elif isinstance(clause, Being):
                clause = replace(clause, very=False)
            elif isinstance(clause, Liking):
                clause = replace(clause, much=False)
            return Sentence((Unit(clause),), (), "?")

    def reasoned(self, topic: str, who: Subject, negated: bool) -> Unit | None:
        """Return a clause and its reason, or None when the topic has no such reason."""
        if topic in USES:
            return self.effect(topic, who, negated)
        if negated:
            return None
        if topic == "like":
            return self.liked_for(who)
        main = getattr(self.ideas, topic)(who, False)
        thing = self.motive(main)
        if thing is None:
            return None
        return self.joined(main, Liking(who, thing, love=self.dice.chance(0.3)))

    def motive(self, main: Action | Having) -> Thing | None:
        """Return what one must like to do or have this, or None."""
        if isinstance(main, Having):
            return Bare(main.thing.noun) if "animal" in main.thing.noun.classes else None
        activity = main.activity
        if "l" not in activity.verb.uses:
            return None
        if activity.noun and LIKED & activity.noun.classes and self.dice.chance(0.5):
            return Bare(activity.noun)
        return Doing(activity)

    def liked_for(self, who: Subject) -> Unit | None:
        """Return: I like cats because cats are cute."""
        main = self.ideas.like(who, False)
        if not isinstance(main.thing, Bare) or main.much:
            return None
        noun = main.thing.noun
        praise = [a for a in PRAISE if a.said_of & noun.classes]
        if not praise:
            return None
        return Unit(main, "because", Being(Bare(noun), self.dice.pick(praise)))

    def effect(self, topic: str, who: Subject, negated: bool) -> Unit | None:
        """Return what follows from a state or the weather."""
        effects = [effect for effect in EFFECTS if effect[1] == USES[topic][negated]]
        if not effects:
            return None
        reason, _, classes = self.dice.pick(effects)
        idea = {"want": self.ideas.want, "progressive": self.ideas.progressive}.get(
            topic, self.ideas.did
        )
        main = idea(who, negated, classes)
        past = topic == "did"
        if reason in WEATHER:
            if self.weather_said:
                return None
            self.weather_said = True
            return self.joined(main, Weather(WEATHER[reason], past))
        state = next(a for a in STATES if a.english == reason)
        return self.joined(main, Being(who, state, very=self.dice.chance(0.3), past=past))

    def joined(self, main: Action | Having, reason: Liking | Being | Weather) -> Unit:
        """Return "main because reason" or "reason , so main", with a pronoun the second time."""
        if self.said or self.dice.chance(0.6):  # "so" only opens a sentence
            return Unit(main, "because", self.again(reason))
        return Unit(reason, "so", main if isinstance(reason, Weather) else self.again(main))

    def again(self, clause: Clause) -> Clause:
        """Return the clause with a pronoun for its subject."""
        if isinstance(clause, Weather) or not isinstance(clause.subject, Subject):
            return clause
        return replace(clause, subject=PRONOUNS[self.dice.pick(clause.subject.pronouns)])


def _main(unit: Unit) -> Action | Liking | Having | Being:
    """Return the clause of a unit that is not the reason."""
    main = unit.second if unit.link == "so" else unit.first
    assert main and not isinstance(main, Weather)
    return main


def _taken(clause: Liking | Having) -> Noun | Activity | None:
    if isinstance(clause.thing, Doing):
        return clause.thing.activity
    return getattr(clause.thing, "noun", None)
