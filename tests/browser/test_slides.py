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
from deck_survey import AXE, FRAME_SMALL, FRAME_TEXT, SURVEY, UNFOLD
from playwright.sync_api import Browser, Frame, Page, expect
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
    for frame in seen.page.frames[1:]:
        assert frame.evaluate(FRAME_SMALL) == []


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
        part = frame.locator(".s2s :is(td[data-row], [role=treeitem], button):visible").first
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


@pytest.fixture
def lecture(built: Path, browser: Browser) -> Iterator[tuple[Page, Page]]:
    """Open the first deck that was built from its file, and its presenter view by the key P."""
    context = browser.new_context(viewport=SIZE, color_scheme="light")
    room = context.new_page()
    watch(room)
    room.goto(sorted(built.glob("0*.html"))[0].as_uri())
    expect(room.locator("svg.bespoke-marp-active")).to_be_visible()
    with context.expect_page() as opening:
        room.keyboard.press("p")
    presenter = opening.value
    watch(presenter)
    expect(presenter.locator(".bespoke-marp-note.active")).to_be_visible()
    yield room, presenter
    context.close()


def colours(page: Page) -> set[str]:
    """Return the paper of the slides and the ink of the visuals."""
    paper = page.locator("section").first.evaluate("(s) => getComputedStyle(s).backgroundColor")
    ink = "getComputedStyle(document.querySelector('.s2s')).color"
    return {paper, *(frame.evaluate(ink) for frame in shown_frames(page))}


def shown_frames(page: Page) -> list[Frame]:
    page.wait_for_load_state("load")
    found = [part.content_frame() for part in page.locator("section iframe").element_handles()]
    return [frame for frame in found if frame]


def click(page: Page, frame: Frame, selector: str) -> None:
    """Click into a frame that its slide shrinks, which Playwright's own click does not reckon."""
    edge = frame.frame_element().evaluate("(f) => f.getBoundingClientRect().toJSON()")
    box = frame.locator(selector).first.evaluate("(part) => part.getBoundingClientRect().toJSON()")
    scale = edge["width"] / frame.evaluate("innerWidth")
    x = edge["x"] + scale * (box["x"] + box["width"] / 2)
    page.mouse.click(x, edge["y"] + scale * (box["y"] + box["height"] / 2))


LIGHT = {"rgb(253, 252, 249)", "rgb(27, 39, 51)"}
DARK = {"rgb(22, 26, 32)", "rgb(232, 237, 242)"}


def test_a_lecturer_chooses_light_or_dark_in_both_windows(lecture):
    room, presenter = lecture
    assert colours(room) == colours(presenter) == LIGHT
    presenter.keyboard.press("t")
    for page in lecture:
        page.wait_for_function("document.documentElement.dataset.scheme === 'dark'")
        assert colours(page) == DARK
    room.emulate_media(media="print", color_scheme="dark")
    assert colours(room) == LIGHT, "paper stays light"
    room.emulate_media(media="screen")
    room.keyboard.press("t")
    assert colours(room) == LIGHT
    room.goto(f"{room.url.split('#')[0]}?scheme=dark")
    expect(room.locator("svg.bespoke-marp-active")).to_be_visible()
    assert colours(room) == DARK


def test_what_the_lecturer_does_in_presenter_view_the_room_sees(lecture):
    room, presenter = lecture
    slide = shown_frames(presenter)[0].frame_element().evaluate("(f) => f.closest('section').id")
    for _ in range(int(slide) - 1):
        presenter.keyboard.press("PageDown")
    room.wait_for_url(f"**#{slide}")
    expect(presenter.locator(".bespoke-marp-note.active")).to_contain_text("min")
    hand, seen = shown_frames(presenter)[0], shown_frames(room)[0]
    before = seen.evaluate(FRAME_TEXT)
    click(presenter, hand, ".s2s :is(td[data-row], [role=treeitem], button[data-step])")
    after = hand.evaluate(FRAME_TEXT)
    assert after != before
    seen.wait_for_function(f"(after) => ({FRAME_TEXT})() === after", arg=after)
    assert complaints(room) + complaints(presenter) == []
    outside = [u for page in lecture for u in requests_of(page) if u.startswith("http")]
    assert outside == []
