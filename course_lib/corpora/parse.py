"""From the tokens of a sentence to its meaning, and what to tell the writer when there is none."""

from course_lib.corpora.clauses import say
from course_lib.corpora.reading import readings
from course_lib.corpora.sentences import Clause, Sentence, Unit
from course_lib.corpora.things import Draft

Tokens = tuple[str, ...]


def parse(tokens: Tokens) -> Sentence:
    """Return the meaning of a sentence; ValueError names the words that do not fit."""
    if not tokens:
        raise ValueError("src is empty; give a sentence such as 'Tom likes cats .'")
    end = tokens[-1] if tokens[-1] in (".", "?") else ""
    body = tokens[:-1] if end else tokens
    units: list[Unit] = []
    joints: list[str] = []
    start = 0
    for stop in [*_joint_positions(body), len(body)]:
        units.append(_unit(body, start, stop, asked=end == "?"))
        if stop < len(body):
            joints.append(body[stop + 1])
        start = stop + 2
    return Sentence(tuple(units), tuple(joints), end)


def _joint_positions(body: Tokens) -> list[int]:
    """Return where ", and" and ", but" stand."""
    return [
        i for i, token in enumerate(body[:-1]) if token == "," and body[i + 1] in ("and", "but")
    ]


def _unit(body: Tokens, start: int, stop: int, asked: bool) -> Unit:
    """Read one clause, or two around "because" or ", so"."""
    for i in range(start, stop):
        if body[i] == "because":
            return Unit(
                _clause(body, start, i, asked), "because", _clause(body, i + 1, stop, asked)
            )
        if body[i] == "," and body[i + 1 : i + 2] == ("so",):
            return Unit(_clause(body, start, i, asked), "so", _clause(body, i + 2, stop, asked))
    return Unit(_clause(body, start, stop, asked))


def spoken(clause: Clause) -> Tokens:
    """Return the English of a clause."""
    draft = Draft()
    say(clause, draft)
    return tuple(draft.tokens)


def clauses(tokens: Tokens, asked: bool) -> list[Clause]:
    """Return every clause that is said in exactly these words."""
    return [clause for clause in readings(tokens, asked) if spoken(clause) == tokens]


def _clause(body: Tokens, start: int, stop: int, asked: bool) -> Clause:
    """Return the one clause that these words say; ValueError when there is none."""
    words = body[start:stop]
    if not words:
        at = f"at position {start}" if start < len(body) else "at the end"
        raise ValueError(f"src: a clause is missing {at} of {' '.join(body)!r}")
    found = clauses(words, asked)
    if found:
        return found[0]
    raise ValueError(_complaint(words, start, asked))


def _complaint(words: Tokens, start: int, asked: bool) -> str:
    """Say where the clause begins to differ from the nearest one of the grammar."""
    same, right = 0, ()
    for clause in readings(words, asked):
        said = spoken(clause)
        first = next((i for i, (a, b) in enumerate(zip(words, said, strict=False)) if a != b), 0)
        if first > same:
            same, right = first, said
    if right:
        return (
            f"src: {words[same]!r} at position {start + same} does not fit; "
            f"here the grammar has {right[same]!r}, as in {' '.join(right)!r}"
        )
    return (
        f"src: {' '.join(words)!r}, from position {start}, is no clause of the grammar; verb, "
        "object and time must go together, and clauses be joined by ', and', ', but', ', so' or "
        "'because', as in 'Tom likes cats , but Mary likes dogs .'"
    )
