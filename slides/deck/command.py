"""The command `python course.py slides`: what it builds, in which order, and what it says."""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setup_course import tools
from setup_course.environment import current_environment

from .handout import print_handouts
from .overview import write_overview
from .pages import make_html, make_pdf, write_sources
from .source import SLIDES, Deck, DeckError, decks, published, up_to_date, write_figures
from .watch import PORT, watch

BUILD = SLIDES / "build"


def main(arguments: list[str] | None = None) -> int:
    """Build the decks, or say what stands in the way and return 1."""
    options = parser().parse_args(arguments)
    output = options.output.resolve()
    output.mkdir(parents=True, exist_ok=True)

    def again(names: list[str]) -> list[Path]:
        return build(named(names), output, refresh=options.refresh, html_only=True)

    try:
        if options.watch:
            return watch(options.names, output, again, host=options.host, port=options.port)
        chosen = named(options.names)
        made = build(chosen, output, refresh=options.refresh, html_only=options.html_only)
    except DeckError as error:
        print(f"slides: {error}", file=sys.stderr)
        return 1
    for path in made:
        print(f"{os.path.relpath(path)}  {path.stat().st_size / 1e6:.1f} MB")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    made = argparse.ArgumentParser(prog="slides", description="Build the lecture decks.")
    made.add_argument("names", nargs="*", help="decks to build, such as 01; all without a name")
    made.add_argument("--refresh", action="store_true", help="write new values into the decks")
    made.add_argument("--html-only", action="store_true", help="no PDF, no handout: quicker")
    made.add_argument("--output", type=Path, default=BUILD, help="the folder for what is built")
    made.add_argument("--watch", action="store_true", help="serve the decks, rebuild when saved")
    made.add_argument("--host", default="127.0.0.1", help="with --watch: where to listen")
    made.add_argument("--port", type=int, default=PORT, help=f"with --watch; {PORT}")
    return made


def named(names: Sequence[str]) -> list[Deck]:
    """Return the decks whose names begin so, all without a name; DeckError where there is none."""
    everything = decks()
    for name in names:
        if not any(deck.name.startswith(name) for deck in everything):
            there = ", ".join(deck.name for deck in everything)
            raise DeckError(f"no deck begins with {name!r}. There are: {there}.")
    return [d for d in everything if not names or d.name.startswith(tuple(names))]


def build(
    chosen: Sequence[Deck], output: Path, *, refresh: bool = False, html_only: bool = False
) -> list[Path]:
    """Build decks into a folder, with the index of all decks; return the paths of what was made.

    PDFs and handouts are printed side by side. What is there is replaced only by what is whole.
    """
    results = published()
    chosen = [up_to_date(deck, results, refresh) for deck in chosen]
    for deck in chosen:
        write_figures(deck, results)
    with tempfile.TemporaryDirectory(dir=output, prefix=".making-") as name:
        folder = Path(name)
        sources = write_sources(chosen, results, folder, output)
        made = make_html(folder, sources) if html_only else make_all(chosen, folder, sources)
        placed = [Path(shutil.move(path, output / path.name)) for path in made]
    return [*sorted(placed), write_overview(decks(), output)]


def make_all(chosen: Sequence[Deck], folder: Path, sources: list[Path]) -> list[Path]:
    """Build HTML, PDF and handout of each deck."""
    browser = find_browser()
    with ThreadPoolExecutor() as pool:
        pdfs = pool.submit(make_pdf, folder, sources, browser)
        pages = make_html(folder, sources)
        handouts = print_handouts(chosen, pages, browser)
        return [*pages, *handouts, *pdfs.result()]


def find_browser() -> str:
    """Return the path of a Chromium, Chrome or Edge; DeckError without one."""
    found = tools.browser_there(os.environ, sys.platform, shutil.which)
    found = found or tools.playwright_browser(current_environment(os.environ, sys.prefix))
    if not found:
        raise DeckError("no browser to print with. Run `python course.py slides`, which gets one.")
    return found
