"""The built decks as a lecturer opens them: from a file, without a network, on a projector."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from deck_survey import AXE, FRAME_TEXT, SURVEY, UNFOLD
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from watched import complaints, requests_of, watch

from slides.deck import source

ROOT = Path(__file__).resolve().parents[2]
DECKS = {deck.name: deck for deck in source.decks()}
SIZE: Any = {"width": 1280, "height": 720}


@dataclass(frozen=True)
class Seen:
    """What one visit to a deck found out, in both schemes."""

    page: Page
    found: dict[str, Any]
    contrast: dict[str, list[str]]  # light or dark -> what axe-core complains about
    frames: list[str]  # the text of each live visual


@pytest.fixture(scope="module")
def built(browser_path: str, tmp_path_factory, request) -> Path:
    """Build the decks with the lecturers' command, less its set-up; only those that are tested."""
    folder = tmp_path_factory.mktemp("built")
    params = [getattr(item, "callspec", None) for item in request.session.items]
    wanted = sorted({p.params["deck"] for p in params if p and p.params.get("deck") in DECKS})
    command = [sys.executable, "slides/build.py", *wanted, "--output", str(folder)]
    env = os.environ | {"CHROME_PATH": browser_path}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module", params=list(DECKS))
def deck(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def seen(deck: str, built: Path, browser: Browser) -> Iterator[Seen]:
    """Open a deck once for all of its tests, every slide laid out below the other."""
    context = browser.new_context(viewport=SIZE, color_scheme="light")
    page = context.new_page()
    watch(page)
    page.goto((built / f"{deck}.html").as_uri())
    page.add_style_tag(content=UNFOLD)
    found = page.evaluate(SURVEY)
    frames = [frame.evaluate(FRAME_TEXT) for frame in page.frames[1:]]
    yield Seen(page, found, {scheme: complaints_of_axe(page, scheme) for scheme in SCHEMES}, frames)
    context.close()


SCHEMES = ("light", "dark")


def complaints_of_axe(page: Page, scheme: Any) -> list[str]:
    """Return what axe-core finds wrong with a page and each of its visuals."""
    page.emulate_media(color_scheme=scheme)
    return [f"{scheme} {wrong}" for frame in page.frames for wrong in frame.evaluate(AXE)]


def test_it_asks_the_network_for_nothing(seen):
    local = ("file:", "data:", "blob:", "about:")
    assert [url for url in requests_of(seen.page) if not url.startswith(local)] == []
    assert complaints(seen.page) == []


def test_nothing_overflows_its_slide(seen):
    assert seen.found["slides"] > 0
    assert seen.found["beyond"] == []


def test_text_can_be_read_from_the_back_row(seen):
    assert seen.found["small"] == []


def test_every_image_is_there_undistorted_and_described(seen):
    assert seen.found["images"] == []


def test_contrast_and_names_are_accessible_in_both_schemes(seen):
    assert seen.contrast == {"light": [], "dark": []}


def test_its_links_lead_somewhere(seen, built):
    for href in seen.found["links"]:
        assert href.startswith(("https://", "#")) or (built / href.split("#")[0]).exists(), href


def test_a_live_visual_is_all_in_view_and_lets_a_clicker_turn_the_slide(deck, built, page):
    page.set_viewport_size(SIZE)
    page.goto((built / f"{deck}.html").as_uri())
    expect(page.locator("svg.bespoke-marp-active")).to_be_visible()
    for frame in page.frames[1:]:
        slide = frame.frame_element().evaluate("(f) => f.closest('section').id")
        page.evaluate(f"location.hash = '{slide}'")
        part = frame.locator(".s2s :is(td[data-row], [role=treeitem], button)").first
        part.click()
        assert frame.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
        part.press("ArrowRight")
        assert page.url.endswith(f"#{slide}")
        page.keyboard.press("PageDown")
        page.wait_for_url(f"**#{int(slide) + 1}")


def pdf_text(page) -> str:
    return re.sub(r"\s", "", page.extract_text())


def test_the_pdf_has_a_page_for_each_slide_with_notes_and_an_outline(deck, built):
    pdf = PdfReader(built / f"{deck}.pdf")
    slides = DECKS[deck].slides
    assert len(pdf.pages) == len(slides)
    for number, (page, slide) in enumerate(zip(pdf.pages, slides, strict=True), 1):
        notes = source.NOTES.search(slide)
        comments = [str(a.get_object().get("/Contents", "")) for a in page.get("/Annots", [])]
        said = re.sub(r"\s", "", "".join(comments))
        assert notes and re.sub(r"\s", "", notes[1]) in said, f"slide {number}: its notes"
    assert len(pdf.outline) >= len(slides) // 2


def test_a_live_visual_stands_in_the_pdf_as_a_picture(deck, built, seen):
    pages = PdfReader(built / f"{deck}.pdf").pages
    shown = [n for n, slide in enumerate(DECKS[deck].slides) if "data-visual=" in slide]
    assert shown, "a deck has a live visual at least"
    for number, text in zip(shown, seen.frames, strict=True):
        printed = pdf_text(pages[number])
        words = [word for word in re.findall(r"[\u4e00-\u9fff]+|[A-Za-z]{3,}", text)]
        missing = [word for word in words if word not in printed]
        assert words and len(missing) <= len(words) / 5, f"slide {number + 1}: {missing}"


def test_the_handout_is_a4_with_every_slide_and_its_notes(deck, built):
    pdf = PdfReader(built / f"{deck}_handout.pdf")
    slides = DECKS[deck].slides
    assert len(slides) / 2 <= len(pdf.pages) < len(slides)
    texts = [pdf_text(page) for page in pdf.pages]
    text = re.sub(r"\W", "", "".join(texts))
    for number, slide in enumerate(slides, 1):
        notes = source.NOTES.search(slide)
        start = re.sub(r"\W", "", notes[1] if notes else "?")[:40]
        assert start in text, f"slide {number}: its notes"
    for number, page in enumerate(pdf.pages, 1):
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
        assert f"{number}/{len(pdf.pages)}" in texts[number - 1]


def test_the_index_leads_to_everything(built, page):
    page.goto((built / "index.html").as_uri())
    entries = page.locator("li")
    expect(entries).to_have_count(len(DECKS))
    for at, deck in enumerate(DECKS.values()):
        entry = entries.nth(at)
        expect(entry).to_contain_text(deck.question)
        expect(entry).to_contain_text(f"{deck.minutes} min")
    links = page.locator("a").evaluate_all("(links) => links.map((a) => a.getAttribute('href'))")
    assert links and not [href for href in links if not (built / href).exists()]
    assert {Path(href).name for href in links} >= {p.name for p in built.glob("[0-9]*.*")}
    assert complaints_of_axe(page, "light") + complaints_of_axe(page, "dark") == []
    assert {url.split(":")[0] for url in requests_of(page)} == {"file"}
