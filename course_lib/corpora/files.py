"""Sentence pairs from a tab-separated file, as Tatoeba and Anki export them."""

from collections.abc import Callable, Iterable
from pathlib import Path

from course_lib.corpora.text import split
from course_lib.data import Pair

Segment = Callable[[str], Iterable[str]]


def read_pairs(
    path: str | Path, *, segment_src: Segment = split, segment_tgt: Segment = split
) -> list[Pair]:
    """Return the pairs of a UTF-8 file: source, tab, target; further columns are left out.

    Sentences are cut by ``segment_src`` and ``segment_tgt``: by default Chinese characters and
    signs stand alone, Latin words and numbers stay whole. Blank lines are skipped. ValueError names
    the file and line of what can't be read: too few columns, an empty sentence, no UTF-8, no pairs.
    """
    path = Path(path)
    pairs = []
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        columns = line.rstrip("\r").split("\t")
        if len(columns) < 2:
            raise ValueError(
                f"{path}, line {number}: {len(columns)} column instead of 2 or more; put a tab "
                "between source and target"
            )
        src, tgt = tuple(segment_src(columns[0])), tuple(segment_tgt(columns[1]))
        if not src or not tgt:
            side = "source" if not src else "target"
            raise ValueError(
                f"{path}, line {number}: the {side} is empty; fill it in, or delete the line"
            )
        pairs.append(Pair(src, tgt))
    if not pairs:
        raise ValueError(f"{path} holds no sentence pair; write one a line: source, tab, target")
    return pairs


def _text(path: Path) -> str:
    """Return the text without byte-order mark; ValueError names the line that is not UTF-8."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{path}, line {line}: byte {data[error.start]:#04x} is not UTF-8; save it as UTF-8"
        ) from error
