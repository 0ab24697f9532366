"""The index page: every deck with its question, its length and what was built of it."""

import html
import os
from collections.abc import Sequence
from pathlib import Path

from .source import ROOT, SLIDES, Deck

PAGE = (SLIDES / "deck" / "overview.html").read_text("utf8")


def write_overview(decks: Sequence[Deck], output: Path) -> Path:
    """Write index.html into the folder of the built decks; return its path."""
    page = output / "index.html"
    entries = "\n".join(entry(deck, output) for deck in decks)
    page.write_text(PAGE.replace("{entries}", entries), "utf8")
    return page


def entry(deck: Deck, output: Path) -> str:
    """Return one deck's part of the page."""
    number, _, title = map(html.escape, deck.title.partition(" · "))
    links = "\n".join(f'<a href="{href}">{label}</a>' for label, href in targets(deck, output))
    slides = len(deck.slides)
    return (
        f'<li><span class="number">{number}</span>\n<div><h2>{title}</h2>'
        f"\n<p>{html.escape(deck.question)}</p>\n"
        f'<nav aria-label="{title}">{links}</nav></div>\n'
        f'<span class="length">{deck.minutes} min<br>{slides} slides</span></li>'
    )


def targets(deck: Deck, output: Path) -> list[tuple[str, str]]:
    """Return labels and addresses of what is there: slides, PDF, handout, notebook."""
    built = [("slides", ".html"), ("PDF with notes", ".pdf"), ("handout", "_handout.pdf")]
    found = [(label, output / f"{deck.name}{ending}") for label, ending in built]
    number = deck.name.split("_")[0]
    found += [("notebook", path) for path in (ROOT / "notebooks").glob(f"{number}_*.ipynb")]
    there = [(label, path) for label, path in found if path.exists()]
    return [(label, Path(os.path.relpath(path, output)).as_posix()) for label, path in there]
