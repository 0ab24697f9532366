"""The built decks as a lecturer opens them: from a file, without a network, on a projector."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader
from watched import complaints, requests_of

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "slides").glob("[0-9][0-9]_*.md"))

OVERFLOWS = """() => [...document.querySelectorAll('section[data-marpit-pagination], section[id]')]
  .flatMap((slide) => {
    const wide = [...slide.querySelectorAll('table, pre, mjx-container, p, li, iframe, img')]
      .filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0
        && getComputedStyle(part).display !== 'inline')
      .map((part) => `slide ${slide.id}: ${part.tagName} wide: ${part.textContent.slice(0, 40)}`);
    const high = slide.scrollHeight > slide.clientHeight + 1
      ? [`slide ${slide.id}: ${slide.scrollHeight} of ${slide.clientHeight} px`] : [];
    return [...high, ...wide];
  })"""

SMALL = """() => [...document.querySelectorAll('section *')]
  .filter((part) => [...part.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
  .filter((part) => !part.closest('script, style, mjx-container, [data-marpit-presenter-notes]'))
  .filter((part) => parseFloat(getComputedStyle(part).fontSize) < 23.99)
  .map((part) => [part.tagName, getComputedStyle(part).fontSize, part.textContent.slice(0, 40)])"""

IMAGES = (
    """() => [...document.images].map((i) => [i.naturalWidth, i.alt.trim(), i.src.slice(0, 5)])"""
)


@pytest.fixture(scope="session")
def built(browser_path: str) -> Path:
    """Build all decks with the command that lecturers use, less the set-up around it."""
    command = [sys.executable, "slides/build.py"]
    env = os.environ | {"CHROME_PATH": browser_path}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return ROOT / "slides" / "build"


@pytest.fixture(params=NAMES)
def opened(request, built, page):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto((built / f"{request.param}.html").as_uri())
    page.wait_for_load_state("networkidle")
    return page


def test_it_asks_the_network_for_nothing(opened):
    outside = [url for url in requests_of(opened) if not url.startswith(("file:", "data:"))]
    assert not outside
    assert not complaints(opened)


def test_nothing_overflows_its_slide(opened):
    assert opened.evaluate(OVERFLOWS) == []


def test_text_can_be_read_from_the_back_row(opened):
    assert opened.evaluate(SMALL) == []


def test_every_image_is_there_and_described(opened):
    for width, alt, kind in opened.evaluate(IMAGES):
        assert width > 0 and alt and kind == "data:"


def test_a_live_visual_is_all_in_view_and_lets_a_clicker_turn_the_slide(opened):
    for frame in opened.frames[1:]:
        slide = frame.frame_element().evaluate("(f) => f.closest('section').id")
        opened.evaluate(f"location.hash = '{slide}'")
        part = frame.locator(".s2s :is(td[data-row], [role=treeitem], button)").first
        part.click()
        assert frame.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
        part.press("ArrowRight")
        assert opened.url.endswith(f"#{slide}")
        opened.keyboard.press("PageDown")
        opened.wait_for_url(f"**#{int(slide) + 1}")


@pytest.mark.parametrize("name", NAMES)
def test_the_pdf_has_a_page_for_each_slide(built, name):
    pages = PdfReader(built / f"{name}.pdf").pages
    slides = (built / f"{name}.html").read_text("utf8").count("data-marpit-pagination=")
    assert len(pages) == slides > 0
    notes = sum("/Annots" in page for page in pages)
    assert notes == slides, "the notes of some slides are missing"
