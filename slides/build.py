"""Build every lecture deck: slides/NN_name.md -> slides/build/NN_name.html and .pdf.

A deck is plain Marp Markdown. What it quotes stands between tags that name a published result,

    <span data-result="ch01.greedy_miss_rate">44.8 %</span>    a number of a notebook
    <div data-result="ch01.bits">...</div>                     a table
    ![w:900 ...](figures/ch01.tree.png)                        a figure
    <div data-visual="ch00.attention"></div>                   a live visual

and so also shows in an editor's preview. The build compares each with the executed notebooks:
`--refresh` writes the new values into the deck, without it a stale value is an error.
A visual may open otherwise than in its notebook: data-state='{"context": "fixed"}'.
"""

import argparse
import base64
import html
import json
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from course_lib.live import pocket
from course_lib.results import read_results
from course_lib.widgets.visual import html_of

SLIDES = Path(__file__).resolve().parent
ROOT = SLIDES.parent
BUILD = SLIDES / "build"
FIGURES = SLIDES / "figures"
MARP = ROOT / "node_modules" / "@marp-team" / "marp-cli" / "marp-cli.js"
CJK_FONT = ROOT / "course_lib" / "fonts" / "Seq2SeqSansSC-Regular.otf"

# Large enough for the back row, and all in view. The slide's heading stands for the visual's own.
IN_A_SLIDE = """body{margin:0;zoom:1.4}h1,.s2s .s2s-title{display:none!important}
.s2s.s2s.s2s{width:100%;padding:0;border:0;background:none;font-size:17px}"""
# What one visual needs beyond that: the heatmap's sum stands beside the grid, not below it.
IN_A_SLIDE_TOO = {
    "heatmap": """.s2s-legend{display:none!important}
.s2s.s2s.s2s{display:grid;grid-template-columns:auto 1fr;gap:24px;align-items:center}
.s2s.s2s .s2s-scroll{max-height:none}.s2s.s2s.s2s :is(table,td){font-size:17px}
.s2s.s2s .s2s-sum{background:none}""",
    "heatmap_live": """.s2s-legend,.s2s-hint,tfoot{display:none!important}
.s2s.s2s.s2s{display:grid;grid-template:"grid form" "grid said" "grid written" "grid sum"
"grid editor" 1fr / auto 1fr;gap:0 24px}body{zoom:1.2}
.s2s.s2s .s2s-scroll{grid-area:grid;max-height:none}.s2s.s2s .s2s-sentence{grid-area:form}
.s2s.s2s .s2s-said{grid-area:said;margin:0}.s2s.s2s .s2s-outcome{grid-area:written}
.s2s.s2s .s2s-sum{grid-area:sum;background:none}.s2s.s2s .s2s-editor{grid-area:editor;
align-self:start}""",
    "beam_tree": """body{zoom:1.2}.s2s.s2s :is(.s2s-legend,.s2s-detail,.s2s-tables,
[data-field=formula],[data-field=zoom],[data-field=pruned]){display:none}
.s2s.s2s .s2s-controls{gap:4px 16px}.s2s.s2s .s2s-scroll{max-height:calc(100vh / 1.2 - 190px)}
.s2s.s2s .s2s-source{margin:0 0 4px}""",
    "error_lab": "body{zoom:1.2}.s2s.s2s :is(.s2s-legend,.s2s-detail){display:none}",
    "probability_tree": """.s2s.s2s.s2s{display:grid;grid-template-columns:auto 1fr;gap:0 28px;
min-width:0;align-items:start}.s2s.s2s .s2s-panel{width:auto;min-width:0}
.s2s.s2s :is(.s2s-formula,.s2s-mass,.s2s-editor small){display:none}""",
    "mechanism_lab": """body{zoom:1.3}.s2s.s2s.s2s{display:grid;column-gap:24px;
grid-template:"form form" "said said" "stage steps" "stage caption" "stage controls"
"written written" / 1.9fr 1fr}
.s2s.s2s :is(.s2s-tensors,.s2s-legend,.s2s-place,.s2s-speed){display:none}
.s2s.s2s form{grid-area:form}.s2s.s2s .s2s-said{grid-area:said;margin:0}
.s2s.s2s .s2s-stage{grid-area:stage}.s2s.s2s .s2s-steps{grid-area:steps}
.s2s.s2s .s2s-caption{grid-area:caption;min-height:7.5em;margin:4px 0}
.s2s.s2s .s2s-controls{grid-area:controls}.s2s.s2s .s2s-written{grid-area:written}
.s2s.s2s .s2s-steps li{flex:1 1 40%}.s2s.s2s svg{min-width:0}""",
}

# A lecturer's clicker sends these two keys, and must turn the slide from inside a visual as well.
CLICKER = """addEventListener("keydown", (event) => {
  if (event.key !== "PageDown" && event.key !== "PageUp") return;
  const { key, code, keyCode, which } = event;
  event.preventDefault();
  parent.focus();
  parent.document.dispatchEvent(
    new KeyboardEvent("keydown", { key, code, keyCode, which, bubbles: true }));
}, true);"""

QUOTED = re.compile(r'<(span|div) data-result="([^"]+)">(.*?)</\1>', re.DOTALL)
VISUAL = re.compile(r"""<div data-visual="([^"]+)"(?: data-state='([^']*)')?></div>""")
FIGURE = re.compile(r"\((figures/([\w.]+)\.png)\)")


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


def decks(folder: Path = SLIDES) -> list[Deck]:
    """Return the decks in order of their numbers."""
    return [Deck(path, path.read_text("utf8")) for path in sorted(folder.glob("[0-9][0-9]_*.md"))]


def published() -> dict:
    """Return every result the executed notebooks publish, by name."""
    found = {}
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        found |= read_results(notebook)
    return found


def look_up(results: dict, name: str, deck: Deck):
    """Return a published result; without one, DeckError names the deck and the names there are."""
    if name in results:
        return results[name]
    near = ", ".join(sorted(n for n in results if n.split(".")[0] == name.split(".")[0])) or "none"
    raise DeckError(
        f"{deck.path.name}: no notebook publishes {name!r}. This chapter publishes: {near}. "
        "Correct the name, or publish it and run `make notebooks`."
    )


def refreshed(deck: Deck, results: dict) -> str:
    """Return the deck's text with every quoted value as the notebooks have it now."""

    def value(match: re.Match) -> str:
        tag, name, _ = match.groups()
        result = look_up(results, name.removesuffix(":spread"), deck)
        text = result.spread if name.endswith(":spread") else result.text
        inner = f"\n\n{text}\n\n" if tag == "div" else text
        return f'<{tag} data-result="{name}">{inner}</{tag}>'

    return QUOTED.sub(value, deck.text)


def write_figures(deck: Deck, results: dict) -> None:
    """Write the figures a deck shows into slides/figures, where an editor's preview finds them."""
    FIGURES.mkdir(exist_ok=True)
    for _, name in FIGURE.findall(deck.text):
        result = look_up(results, name, deck)
        (FIGURES / f"{name}.png").write_bytes(base64.b64decode(result.value))


def self_contained(deck: Deck, text: str, results: dict) -> str:
    """Return Markdown that needs no other file: figures and live visuals stand inside it."""

    def picture(match: re.Match) -> str:
        data = base64.b64encode((SLIDES / match[1]).read_bytes()).decode("ascii")
        return f"(data:image/png;base64,{data})"

    def frame(match: re.Match) -> str:
        result = look_up(results, match[1], deck)
        page = as_page(opened(result.value, match[2] or "{}", deck))
        page = html.escape(page).replace("\n", "&#10;")  # Markdown minds lines
        # A frame of its own keeps the slide's keys and styles away from the visual's.
        title = result.note.split(". ")[0] if match[2] else result.note  # the rest is of its state
        return f'<iframe title="{html.escape(title)}" srcdoc="{page}"></iframe>'

    return VISUAL.sub(frame, FIGURE.sub(picture, text))


def opened(published_visual: dict, changes: str, deck: Deck) -> dict:
    """Return a published visual as a deck opens it: another sentence, another moment."""
    try:
        changed = json.loads(changes)
    except json.JSONDecodeError as error:
        raise DeckError(f"{deck.path.name}: data-state='{changes}' is no JSON: {error}") from None
    names = sorted(published_visual.keys() - {"visual", "data", "models"})
    if unknown := sorted(changed.keys() - set(names)):
        raise DeckError(f"{deck.path.name}: data-state sets {unknown}; this visual has {names}.")
    return published_visual | changed


def as_page(published_visual: dict) -> str:
    """Return a published visual as a whole page; its title is the slide's heading."""
    name = published_visual["visual"]
    state = {key: value for key, value in published_visual.items() if key != "visual"}
    state |= {"models": with_bytes(state["models"])} if "models" in state else {}
    look = IN_A_SLIDE + IN_A_SLIDE_TOO.get(name, "")
    extra = f"<style>{look}</style><script>{CLICKER}</script></head>"
    return html_of(name, state, page=True).replace("</head>", extra, 1)


def with_bytes(models: dict[str, str]) -> dict[str, str]:
    """Return a live visual's models with their bytes, also those published by name."""
    shipped = {name: text.removeprefix("pocket:") for name, text in models.items() if ":" in text}
    return models | {name: pocket(which).to_base64() for name, which in shipped.items()}


def theme_with_font(text: str) -> str:
    """Return the theme with the Chinese characters of a text embedded as a font.

    It comes first in the theme's list, for Chinese alone: behind another font, Chromium can keep
    the boxes that it drew while this one was loading.
    """
    font = TTFont(CJK_FONT)
    subsetter = subset.Subsetter()
    subsetter.populate(text="".join(char for char in set(text) if ord(char) > 0x2E7F))
    subsetter.subset(font)
    buffer = BytesIO()
    font.save(buffer)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    source = f"url(data:font/otf;base64,{data}); unicode-range: U+2E80-FFFF"
    face = f'@font-face {{ font-family: "Seq2Seq Sans SC"; src: {source}; }}'
    return (SLIDES / "theme.css").read_text("utf8") + face + "\n"


def marp(*arguments: str) -> None:
    """Run marp-cli; its warnings are errors, so that a missing local file cannot slip through."""
    if not MARP.exists():
        raise DeckError(
            "marp-cli is not installed. Run `python course.py slides`, which installs it."
        )
    node = shutil.which("node")
    if node is None:
        raise DeckError("Node is not on the PATH. Run `python course.py slides`, which finds one.")
    done = subprocess.run(
        [node, str(MARP), "--no-config", "--html", *arguments],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=BUILD, check=False,
    )  # fmt: skip
    if done.returncode or re.search(r"\[\s*(WARN|ERROR)\s*\]", done.stderr):
        raise DeckError(f"marp-cli {' '.join(arguments)} said:\n{done.stderr.strip()}")


def build(deck: Deck, text: str, results: dict) -> list[Path]:
    """Build one deck into a single-file HTML and a PDF with its notes; return both paths."""
    source, theme = BUILD / f"{deck.name}.md", BUILD / f"{deck.name}.css"
    source.write_text(self_contained(deck, text, results), "utf8")
    theme.write_text(theme_with_font(text), "utf8")
    made = [BUILD / f"{deck.name}.html", BUILD / f"{deck.name}.pdf"]
    marp(source.name, "--theme", theme.name, "-o", made[0].name)
    marp(source.name, "--theme", theme.name, "--pdf-notes", "--pdf-outlines", "-o", made[1].name)
    source.unlink()
    theme.unlink()
    return made


def main(arguments: list[str] | None = None) -> int:
    """Build the decks, or say what stands in the way and return 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("names", nargs="*", help="decks to build, such as 01; all without a name")
    parser.add_argument("--watch", action="store_true", help="build again when a deck is saved")
    parser.add_argument("--refresh", action="store_true", help="write new values into the decks")
    options = parser.parse_args(arguments)
    BUILD.mkdir(exist_ok=True)
    built: dict[Path, float] = {}
    while True:
        try:
            build_changed(options.names, built, refresh=options.refresh)
        except DeckError as error:
            print(f"slides: {error}", file=sys.stderr)
            if not options.watch:
                return 1
        if not options.watch:
            return 0
        time.sleep(0.5)


def build_changed(names: list[str], built: dict[Path, float], refresh: bool) -> None:
    """Build the decks whose file is newer than what `built` remembers, and remember them."""
    for deck in decks():
        wanted = not names or any(deck.name.startswith(name) for name in names)
        saved = deck.path.stat().st_mtime
        if wanted and built.get(deck.path) != saved:
            built[deck.path] = saved
            build_one(deck, published(), refresh=refresh)


def build_one(deck: Deck, results: dict, refresh: bool) -> None:
    """Bring a deck's values up to date, or refuse stale ones, and build it."""
    text = refreshed(deck, results)
    if text != deck.text:
        if not refresh:
            raise DeckError(
                f"{deck.path.name} quotes a value that its notebook no longer publishes so. "
                "Run `python course.py slides --refresh`, read the change, and commit it."
            )
        deck.path.write_text(text, "utf8")
        print(f"{deck.path.name}: values brought up to date")
    write_figures(deck, results)
    for path in build(deck, text, results):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # how --watch ends
        sys.exit(130)
