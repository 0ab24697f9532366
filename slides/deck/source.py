"""A deck's Markdown: its slides and notes, and what it quotes from the executed notebooks."""

import base64
import re
from dataclasses import dataclass
from pathlib import Path

from course_lib.results import Result, read_results

SLIDES = Path(__file__).resolve().parents[1]
ROOT = SLIDES.parent
FIGURES = SLIDES / "figures"  # drawn by the build, for an editor's preview

QUOTED = re.compile(r'<(span|div) data-result="([^"]+)">(.*?)</\1>', re.DOTALL)
FIGURE = re.compile(r"\((figures/([\w.]+)\.png)\)")
NOTES = re.compile(r"<!--\n(.+?)-->", re.DOTALL)
MINUTES = re.compile(r"^(\d+) min\b", re.MULTILINE)


class DeckError(Exception):
    """A deck that cannot be built as it stands; the message says where and what to do."""


@dataclass(frozen=True)
class Deck:
    """One deck: its file and its Markdown text."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """The file's name without its ending: 01_probability_factorization."""
        return self.path.stem

    @property
    def title(self) -> str:
        """The title of its front matter: "01 · Probability factorization"."""
        found = re.search(r'^title: "?(.+?)"?$', self.text, re.MULTILINE)
        return found[1] if found else self.name

    @property
    def question(self) -> str:
        """The chapter's question: the third-level heading of the title slide."""
        found = re.search(r"^### (.+)$", self.slides[0], re.MULTILINE)
        return found[1] if found else ""

    @property
    def slides(self) -> list[str]:
        """The Markdown of each slide, notes included."""
        body = re.sub(r"\A---\n.*?\n---\n", "", self.text, flags=re.DOTALL)
        return re.split(r"^---$", body, flags=re.MULTILINE)

    @property
    def minutes(self) -> int:
        """How long the lecture takes: the minutes that the notes name, added up."""
        notes = [text for slide in self.slides for text in NOTES.findall(slide)]
        return sum(int(found) for text in notes for found in MINUTES.findall(text))


def decks(folder: Path = SLIDES) -> list[Deck]:
    """Return the decks in order of their numbers."""
    return [Deck(path, path.read_text("utf8")) for path in sorted(folder.glob("[0-9][0-9]_*.md"))]


def published() -> dict[str, Result]:
    """Return every result the executed notebooks publish, by name."""
    found: dict[str, Result] = {}
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        found |= read_results(notebook)
    return found


def look_up(results: dict[str, Result], name: str, deck: Deck) -> Result:
    """Return a published result; without one, DeckError names the deck and the names there are."""
    if name in results:
        return results[name]
    near = ", ".join(sorted(n for n in results if n.split(".")[0] == name.split(".")[0])) or "none"
    raise DeckError(
        f"{deck.path.name}: no notebook publishes {name!r}. This chapter publishes: {near}. "
        "Correct the name, or publish it and run `make notebooks`."
    )


def refreshed(deck: Deck, results: dict[str, Result]) -> str:
    """Return the deck's text with every quoted value as the notebooks have it now."""

    def value(match: re.Match) -> str:
        tag, name, _ = match.groups()
        result = look_up(results, name.removesuffix(":spread"), deck)
        text = result.spread if name.endswith(":spread") else result.text
        inner = f"\n\n{text}\n\n" if tag == "div" else text
        return f'<{tag} data-result="{name}">{inner}</{tag}>'

    return QUOTED.sub(value, deck.text)


def up_to_date(deck: Deck, results: dict[str, Result], refresh: bool) -> Deck:
    """Return the deck with its notebooks' values: rewritten if `refresh`, else refused."""
    text = refreshed(deck, results)
    if text == deck.text:
        return deck
    if not refresh:
        raise DeckError(
            f"{deck.path.name} quotes a value that its notebook no longer publishes so. "
            "Run `python course.py slides --refresh`, read the change, and commit it."
        )
    deck.path.write_text(text, "utf8")
    print(f"{deck.path.name}: values brought up to date")
    return Deck(deck.path, text)


def write_figures(deck: Deck, results: dict[str, Result]) -> None:
    """Write the figures a deck shows into slides/figures, where an editor's preview finds them."""
    FIGURES.mkdir(exist_ok=True)
    for _, name in FIGURE.findall(deck.text):
        data = base64.b64decode(look_up(results, name, deck).value)
        path = FIGURES / f"{name}.png"
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
