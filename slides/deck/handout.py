"""Handouts: A4 pages, each slide's picture with its notes below."""

import html
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from .pages import ONE_STEP
from .source import SLIDES, Deck

LOOK = SLIDES / "deck" / "handout.css"
# Each note behind its slide, in the document that Marp made: there the slides' styles hold.
NOTES_BEHIND_SLIDES = """() => {
  const slides = document.querySelectorAll("svg[data-marpit-svg]");
  const notes = document.querySelectorAll(".bespoke-marp-note");
  slides.forEach((slide, at) => {
    const pair = document.createElement("span");
    pair.textContent = notes[at]?.innerText ?? "";
    pair.className = "handout-note";
    slide.after(pair);
  });
  return document.fonts.ready.then(() => slides.length);
}"""
FOOT = """<div style="width: 100%; margin: 0 14mm; display: flex; justify-content: space-between;
font: 8pt sans-serif; color: #515b69"><span>{title}</span>
<span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>"""


def print_handouts(decks: Sequence[Deck], pages: Sequence[Path], browser: str) -> list[Path]:
    """Print a handout beside each deck's HTML file; one browser prints them all."""
    made = [page.with_name(f"{page.stem}_handout.pdf") for page in pages]
    with sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=browser)
        for deck, page, handout in zip(decks, pages, made, strict=True):
            tab = chromium.new_page(viewport={"width": 1280, "height": 720}, color_scheme="light")
            tab.set_default_timeout(ONE_STEP * 1000)
            print_one(tab, deck, page, handout)
            tab.close()
        chromium.close()
    return made


def print_one(tab: Page, deck: Deck, page: Path, handout: Path) -> None:
    """Print one handout."""
    tab.emulate_media(media="print")
    tab.goto(page.as_uri())
    tab.add_style_tag(content=LOOK.read_text("utf8"))
    tab.evaluate(NOTES_BEHIND_SLIDES)
    tab.pdf(
        path=handout,
        prefer_css_page_size=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=FOOT.format(title=html.escape(deck.title)),
        tagged=True,
    )
