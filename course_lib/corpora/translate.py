"""Sentences: clauses joined by "because", "so", "and" and "but", in English and in Chinese."""

from course_lib.corpora.choices import Choice, Node, Word, sequence
from course_lib.corpora.clauses import Half, say
from course_lib.corpora.sentences import Clause, Sentence, Unit, Weather
from course_lib.corpora.things import Draft, Positions
from course_lib.corpora.words import Subject

ENDS = {".": "。", "?": "？"}
STAYS, COMES_FIRST = 0.7, 0.3  # where 昨天 and the like stand: after the subject, or before it


def translate(meaning: Sentence) -> tuple[tuple[str, ...], Node]:
    """Return the English tokens of a sentence and every Chinese translation of it."""
    draft = Draft()
    parts: list[Node] = []
    for i, part in enumerate(meaning.units):
        if i:
            heavy = bool(meaning.units[i - 1].link or part.link)
            parts.append(_joint(draft, meaning.joints[i - 1], heavy))
        parts.append(_unit(part, draft, last=i == len(meaning.units) - 1 and meaning.end != "?"))
    if meaning.end:
        parts.append(Word(ENDS[meaning.end], draft.say(meaning.end)))
    return tuple(draft.tokens), sequence(*parts)


def _joint(draft: Draft, word: str, heavy: bool) -> Node:
    """Join: "and" is a comma, or a semicolon beside a clause that has a comma of its own."""
    comma, joint = draft.say(","), draft.say(word)
    if word == "but":
        but = Choice(((0.6, Word("但是", joint)), (0.4, Word("可是", joint))))
        return sequence(Word("，", comma), but)
    return Word("；" if heavy else "，", comma + joint)


def _unit(unit: Unit, draft: Draft, last: bool) -> Node:
    """Say one clause, or two with their reason: 因为 A ， 所以 B against 由于 A ， 因此 B."""
    if unit.second is None:
        return _in_order(say(unit.first, draft, last))
    first = say(unit.first, draft)
    if unit.link == "so":
        comma, so = draft.say(","), draft.say("so")
        second = _in_order(say(unit.second, draft))
        return sequence(_in_order(first), Word("，", comma), _therefore(so), second)
    because = draft.say("because")
    second = say(unit.second, draft)
    if refers(unit.second, unit.first):
        first, second = (
            first._replace(subject=second.subject),
            second._replace(subject=first.subject),
        )
    reason, effect = _in_order(second), _in_order(first)
    comma = Word("，", because)
    usual = sequence(Word("因为", because), reason, comma, Word("所以", because), effect)
    formal = Choice(((0.5, Word("所以", because)), (0.5, Word("因此", because))))
    written = sequence(Word("由于", because), reason, comma, formal, effect)
    return Choice(((0.45, usual), (0.55, written)))


def _therefore(so: Positions) -> Node:
    return Choice(((0.6, Word("所以", so)), (0.4, Word("因此", so))))


def _in_order(half: Half) -> Node:
    """Put the time after the subject, or before it where it may come first."""
    usual = sequence(half.subject, half.time, half.rest)
    if not half.movable:
        return usual
    return Choice(((STAYS, usual), (COMES_FIRST, sequence(half.time, half.subject, half.rest))))


def refers(later: Clause, earlier: Clause) -> bool:
    """Return whether the subject of ``later`` is a pronoun for the subject of ``earlier``.

    Chinese names a person where they come first, so that "Tom sleeps because he is tired" becomes
    因为 汤姆 很 累 ， 所以 他 睡觉.
    """
    if isinstance(later, Weather) or isinstance(earlier, Weather):
        return False
    pronoun, who = later.subject, earlier.subject
    if not isinstance(pronoun, Subject) or not isinstance(who, Subject):
        return False
    return "pronoun" in pronoun.classes and pronoun != who and pronoun.english[0] in who.pronouns
