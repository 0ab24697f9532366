"""Clauses: what someone does, likes, has or is, in English and in Chinese."""

from typing import NamedTuple

from course_lib.corpora.choices import NOTHING, Choice, Node, Word, sequence
from course_lib.corpora.sentences import (
    Action,
    Bare,
    Being,
    Clause,
    Counted,
    Doing,
    Having,
    Liking,
    Person,
    Thing,
    Weather,
    form,
)
from course_lib.corpora.things import (
    Draft,
    Positions,
    adverbial,
    counted,
    object_of,
    one_of,
    person,
    place_at,
    word_by_word,
)
from course_lib.corpora.words import SUBJECTS, VERBS, Adjective, Noun, Subject

BE = {"I": "am", "one": "is", "many": "are"}
WAS = {"I": "was", "one": "was", "many": "were"}
ENJOYED = {"food", "drink", "film", "audible"}  # 喜欢 茶 is also 喜欢 喝 茶
DID_NOT = ((0.6, ("没",)), (0.4, ("没有",)))
YOU = [who for who in SUBJECTS if who.english == ("you",)]  # one person, though "you are"
WANT = ((0.7, ("想",)), (0.3, ("想要",)))
LIKE_DOING = ((0.75, ("喜欢",)), (0.25, ("爱",)))  # 爱 踢 足球: he likes to
LOVE = ((0.7, ("喜欢",)), (0.3, ("爱",)))
VERY = ((0.6, ("很",)), (0.4, ("非常",)))


class Half(NamedTuple):
    """A clause in Chinese, its subject and its time still free to be placed."""

    subject: Node
    time: Node | None
    movable: bool
    rest: Node


def verb_words(clause: Action) -> list[tuple[str, tuple[str, ...]]]:
    """Return the English verb group as (role, words); the auxiliary is first, if there is one."""
    verb, who = clause.activity.verb, clause.subject.form
    no = [("not", ("not",))] if clause.negated else []
    do = ("aux", ("does" if who == "one" else "do",))
    helped = clause.negated or clause.asked
    if clause.use == "p":
        return [("aux", (BE[who],)), *no, ("verb", verb.ing)]
    if clause.use == "c":
        return [("aux", ("cannot" if clause.negated else "can",)), ("verb", verb.base)]
    if clause.use == "t":
        return [("aux", ("did",)), *no, ("verb", verb.base)] if helped else [("verb", verb.past)]
    if clause.use == "w":
        want = ("want", ("want" if helped or who != "one" else "wants",))
        return [*([do, *no] if helped else []), want, ("to", ("to",)), ("verb", verb.base)]
    if helped:
        return [do, *no, ("verb", verb.base)]
    return [("verb", verb.he if who == "one" else verb.base)]


def action(clause: Action, draft: Draft, last: bool) -> Half:
    """Say that someone does something."""
    group, at = verb_words(clause), {}
    if clause.asked:
        at[group[0][0]] = draft.say(*group[0][1])
        group = group[1:]
    subject = person(draft, clause.subject)
    often = adverbial(draft, clause.often)
    for role, words in group:
        at[role] = draft.say(*words)
    activity = clause.activity
    receiver = object_of(draft, clause.receiver) if clause.receiver else None
    thing = _taken(clause, draft)
    where = place_at(draft, clause.place) if clause.place else None
    vehicle = adverbial(draft, clause.vehicle)
    time = adverbial(draft, clause.time)
    also = Word("也", draft.say("too")) if clause.also else None
    done = Word("了", at["verb"]) if clause.use == "t" and not clause.negated else None
    verb = one_of(activity.verb.chinese, at["verb"])
    core = sequence(vehicle, verb, done, receiver, thing)
    rest = sequence(also, often, _predicate(clause, at, where, core, last))
    if clause.asked:
        rest = sequence(rest, Word("吗", at["aux"]))
    movable = clause.time is not None and clause.time.movable and not clause.asked
    return Half(subject, time, movable, rest)


def _taken(clause: Action, draft: Draft) -> Node | None:
    """Say what the verb takes: 书, or where it goes: 公园."""
    goal = clause.activity.goal
    if goal:
        return one_of(goal.itself, draft.say(*goal.to)[-1:])
    if clause.use in "pw" and isinstance(clause.thing, Counted):
        amount, noun = counted(draft, clause.thing)
        if (clause.negated or clause.asked) and "drink" not in clause.thing.noun.classes:
            return noun
        if clause.use == "p":
            return Choice(((0.7, noun), (0.3, sequence(amount, noun))))
        return sequence(amount, noun)
    return object_of(draft, clause.thing) if clause.thing else None


def _predicate(
    clause: Action, at: dict[str, Positions], where: tuple[Positions, Node] | None, core: Node,
    last: bool,
) -> Node:  # fmt: skip
    """Return the Chinese from the negation on: 不 想 在 公园 踢 足球."""
    preposition, place = where or ((), None)
    spot = sequence(Word("在", preposition), place) if where else None
    if clause.use == "p":
        return _progressive(clause, at, preposition, sequence(place, core), last)
    if clause.use == "t":
        no = one_of(DID_NOT, at["aux"] + at["not"]) if clause.negated else None
        return sequence(no, spot, core)
    no = Word("不", at.get("not", at.get("aux", ()))) if clause.negated else None
    if clause.use == "w":
        want = Word("想", at["want"]) if no or clause.asked else one_of(WANT, at["want"])
        return sequence(no, want, spot, core)
    if clause.use == "c":
        return sequence(no, Word("会", at["aux"]), spot, core)
    return sequence(no, spot, core)


def _progressive(
    clause: Action, at: dict[str, Positions], preposition: Positions, core: Node, last: bool
) -> Node:
    """正在, or 在 that may close with 呢: a garden path, for 在 is likelier but splits in two."""
    now = at["aux"] + preposition
    if clause.negated:
        return sequence(Word("没", at["not"]), Word("在", now), core)
    usual = sequence(Word("正在", now), core)
    other = sequence(Word("在", now), core)
    if not last:
        return Choice(((0.55, usual), (0.45, other)))
    closed = Choice(((0.5, NOTHING), (0.5, Word("呢", at["aux"]))))
    return Choice(((0.45, usual), (0.55, sequence(other, closed))))


def liking(clause: Liking, draft: Draft) -> Half:
    """Say that someone likes or loves something."""
    who = clause.subject.form
    do = draft.say("does" if who == "one" else "do") if clause.asked else ()
    subject = person(draft, clause.subject)
    no = ()
    if clause.negated:
        no = draft.say("does" if who == "one" else "do", "not")[1:]
    base = "love" if clause.love else "like"
    at = draft.say(base + ("s" if who == "one" and not do and not no else ""))
    thing = object_of(draft, clause.thing)
    much = draft.say("very", "much") if clause.much else ()
    also = Word("也", draft.say("too")) if clause.also else None
    degree = None
    if clause.much:
        degree = Word("太", much) if no else one_of(VERY, much)
    rest = sequence(
        also, Word("不", no) if no else None, degree, _like(clause, at),
        _enjoyed(clause.thing, thing), Word("吗", do) if do else None,
    )  # fmt: skip
    return Half(subject, None, False, rest)


def _like(clause: Liking, at: Positions) -> Node:
    """喜欢, or 爱: people are loved with 爱 alone."""
    if not clause.love:
        often_said = isinstance(clause.thing, Doing) and not (clause.negated or clause.much)
        return one_of(LIKE_DOING, at) if often_said else Word("喜欢", at)
    if isinstance(clause.thing, Person):
        return Word("爱", at)
    return one_of(LOVE, at)


def _enjoyed(thing: Thing, node: Node) -> Node:
    """喜欢 茶 is also 喜欢 喝 茶."""
    if not isinstance(thing, Bare) or not ENJOYED & thing.noun.classes:
        return node
    verb = next(verb for verb in VERBS if verb.takes in thing.noun.classes)
    enjoyed = sequence(one_of(verb.chinese, _sources(node)), node)
    return Choice(((0.6, node), (0.4, enjoyed)))


def _sources(node: Node) -> Positions:
    """Return the source positions of the first word of a noun."""
    while not isinstance(node, Word):
        node = node.options[0][1] if isinstance(node, Choice) else node.parts[0]
    return node.sources


def having(clause: Having, draft: Draft) -> Half:
    """Say that someone has something; 没有 takes no measure word."""
    who = clause.subject.form
    do = draft.say("does" if who == "one" else "do") if clause.asked else ()
    subject = person(draft, clause.subject)
    no = ()
    if clause.negated:
        no = draft.say("does" if who == "one" else "do", "not")[1:]
    at = draft.say("has" if who == "one" and not do and not no else "have")
    amount, noun = counted(draft, clause.thing)
    also = Word("也", draft.say("too")) if clause.also else None
    have = Word("没有", no + at) if no else Word("有", at)
    thing = noun if no or do else sequence(amount, noun)
    return Half(subject, None, False, sequence(also, have, thing, Word("吗", do) if do else None))


def being(clause: Being, draft: Draft) -> Half:
    """Say a quality or a profession; 很 stands where English has is."""
    be = (WAS if clause.past else BE)[form(clause.subject)]
    asked = draft.say(be) if clause.asked else ()
    if isinstance(clause.subject, Subject):
        subject = person(draft, clause.subject)
    else:
        subject = object_of(draft, clause.subject)
    at = asked or draft.say(be)
    no = draft.say("not") if clause.negated else ()
    if isinstance(clause.quality, Adjective):
        said = _quality(clause, draft, at, no)
    else:
        said = _profession(clause, clause.quality, draft, at, no)
    time = adverbial(draft, clause.time)
    also = Word("也", draft.say("too")) if clause.also else None
    movable = clause.time is not None and clause.time.movable and not asked
    rest = sequence(also, said, Word("吗", asked) if asked else None)
    return Half(subject, time, movable, rest)


def _quality(clause: Being, draft: Draft, at: Positions, no: Positions) -> Node:
    """很 累, 非常 累, 不 累, 不 太 累; a question has none of them."""
    very = draft.say("very") if clause.very else ()
    assert isinstance(clause.quality, Adjective)
    quality = one_of(clause.quality.after, draft.say(clause.quality.english))
    if no:
        return sequence(Word("不", no), Word("太", very) if very else None, quality)
    if very:
        return sequence(one_of(VERY, very), quality)
    if clause.asked:
        return quality
    usual = sequence(Word("很", at), quality)
    if clause.past or clause.also or "onset" not in clause.quality.said_of:
        return usual
    return Choice(((0.6, usual), (0.4, sequence(quality, Word("了", at)))))  # 很 累, 累 了


def _profession(clause: Being, noun: Noun, draft: Draft, at: Positions, no: Positions) -> Node:
    """是 医生 or 是 一 个 医生; without 一 个 for several people, in questions and after 不."""
    several = form(clause.subject) == "many" and clause.subject not in YOU
    if several:
        amount, name = None, one_of(noun.chinese, draft.say(noun.many))
    else:
        amount, name = counted(draft, Counted("a", None, noun))
    if no:
        return sequence(Word("不", no), Word("是", at), name)
    if clause.asked or amount is None:
        return sequence(Word("是", at), name)
    return sequence(Word("是", at), Choice(((0.6, NOTHING), (0.4, amount))), name)


def weather(clause: Weather, draft: Draft) -> Half:
    """Say what the weather is or was like."""
    english = clause.words.english
    if clause.past:
        english = tuple("was" if word == "is" else word for word in english)
    return Half(NOTHING, None, False, word_by_word(clause.words.chinese, draft.say(*english)))


def say(clause: Clause, draft: Draft, last: bool = False) -> Half:
    """Say any clause; ``last`` says that nothing follows it in the sentence."""
    if isinstance(clause, Action):
        return action(clause, draft, last)
    if isinstance(clause, Liking):
        return liking(clause, draft)
    if isinstance(clause, Having):
        return having(clause, draft)
    if isinstance(clause, Being):
        return being(clause, draft)
    return weather(clause, draft)
