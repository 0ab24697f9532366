"""From Markdown to single HTML files and PDFs, with marp-cli."""

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from course_lib.results import Result

from .source import FIGURE, ROOT, SLIDES, Deck, DeckError
from .visuals import with_visuals

MARP = ROOT / "node_modules" / "@marp-team" / "marp-cli" / "marp-cli.js"
CJK_FONT = ROOT / "course_lib" / "fonts" / "Seq2SeqSansSC-Regular.otf"
THEME = "theme.css"
ENGINE = SLIDES / "deck" / "engine.mjs"
OPTIONS = ["--html", "--engine", str(ENGINE), "--theme-set", THEME, "--no-config"]
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:|#)([^)#]+)")
IN_ITS_PAGE = ("lecture.css", "lecture.js")  # of slides/deck, added to what Marp makes
# A busy machine is slow, not wrong.
ONE_STEP = 300  # seconds for one step of the browser that prints


def write_sources(
    decks: Sequence[Deck], results: dict[str, Result], folder: Path, output: Path
) -> list[Path]:
    """Write Markdown that needs no other file, and the theme beside it; return the former."""
    characters = "".join(deck.text for deck in decks)
    (folder / THEME).write_text(theme_with_font(characters), "utf8")
    sources = [folder / deck.path.name for deck in decks]
    for deck, source in zip(decks, sources, strict=True):
        source.write_text(self_contained(deck, results, output), "utf8")
    return sources


def self_contained(deck: Deck, results: dict[str, Result], output: Path) -> str:
    """Return Markdown with figures and live visuals inside it, and its links as `output` has them.

    output  the folder where the built deck will lie
    """

    def picture(match: re.Match) -> str:
        data = base64.b64encode((SLIDES / match[1]).read_bytes()).decode("ascii")
        return f"(data:image/png;base64,{data})"

    def link(match: re.Match) -> str:
        target = Path(os.path.relpath(deck.path.parent / match[2], output)).as_posix()
        return f"[{match[1]}]({target}"

    return with_visuals(FIGURE.sub(picture, LINK.sub(link, deck.text)), deck, results)


def theme_with_font(text: str) -> str:
    """Return the theme with the Chinese characters of a text embedded as a font.

    It comes first in the theme's list, for Chinese alone: behind another font, Chromium can keep
    the boxes that it drew while this one was loading.
    """
    return (SLIDES / THEME).read_text("utf8") + font_face(text) + "\n"


def font_face(text: str) -> str:
    """Return CSS that brings the glyphs of the course's font for a text's Chinese characters."""
    font = TTFont(CJK_FONT)
    subsetter = subset.Subsetter()
    subsetter.populate(text="".join(char for char in set(text) if ord(char) > 0x2E7F))
    subsetter.subset(font)
    buffer = BytesIO()
    font.save(buffer)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    source = f"url(data:font/otf;base64,{data}); unicode-range: U+2E80-FFFF"
    return f'@font-face {{ font-family: "Seq2Seq Sans SC"; src: {source}; }}'


def marp(folder: Path, *arguments: str) -> None:
    """Run marp-cli; its warnings are errors, so that a missing local file cannot slip through."""
    if not MARP.exists():
        raise DeckError(
            "marp-cli is not installed. Run `python course.py slides`, which installs it."
        )
    node = shutil.which("node")
    if node is None:
        raise DeckError("Node is not on the PATH. Run `python course.py slides`, which finds one.")
    done = subprocess.run(
        [node, str(MARP), *OPTIONS, *arguments],
        capture_output=True, text=True, encoding="utf8", stdin=subprocess.DEVNULL, cwd=folder,
        env=os.environ | {"LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8"},  # the pages' language
        check=False,
    )  # fmt: skip
    if done.returncode or re.search(r"\[\s*(WARN|ERROR)\s*\]", done.stderr):
        raise DeckError(f"marp-cli {' '.join(arguments)} said:\n{done.stderr.strip()}")


def make_html(folder: Path, sources: Sequence[Path]) -> list[Path]:
    """Build one HTML file from each source, beside it."""
    marp(folder, *(source.name for source in sources))
    made = [source.with_suffix(".html") for source in sources]
    style, script = ((SLIDES / "deck" / name).read_text("utf8") for name in IN_ITS_PAGE)
    for page in made:
        text = page.read_text("utf8")
        text = text.replace("</head>", f"<style>{style}</style></head>", 1)
        head, tail = text.rsplit("</body>", 1)
        page.write_text(f"{head}<script>{script}</script></body>{tail}", "utf8")
    return made


def make_pdf(folder: Path, sources: Sequence[Path], browser: str) -> list[Path]:
    """Print one PDF from each source, with its notes as comments and an outline."""
    options = ["--browser-path", browser, "--browser-timeout", str(ONE_STEP)]
    options += ["--pdf", "--pdf-notes", "--pdf-outlines"]
    marp(folder, *options, *(source.name for source in sources))
    return [source.with_suffix(".pdf") for source in sources]
