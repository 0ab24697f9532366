"""What every visual shares: joined JavaScript, a picture for readers without it, and plain HTML."""

from __future__ import annotations

import base64
import html
import io
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.results import figure_bundle

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
CSS_IMPORT = re.compile(r'^@import "\./(\w+)\.css";\n', re.MULTILINE)
DESCRIPTION = re.compile(r"^/\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)  # a third of the bytes
NAMED_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)  # anywidget wants the default only


def javascript(name: str) -> str:
    """Return a visual's file and what it imports as one module: a blob can't import its neighbour.

    A file comes once, before the first that imports it; names are shared by all of them.
    """
    source = DESCRIPTION.sub("", "".join(_with_imports(name, [])))
    return _packed(NAMED_EXPORT.sub("", IMPORT.sub("", source)))


def _with_imports(name: str, seen: list[str]) -> list[str]:
    seen.append(name)
    source = (HERE / f"{name}.js").read_text("utf8")
    # Asked one by one: what one file brings, the next must not bring again.
    needed = (other for other in IMPORT.findall(source) if other not in seen)
    return [part for other in needed for part in _with_imports(other, seen)] + [source]


def stylesheet(name: str) -> str:
    """Return shared.css, one visual's stylesheet and those that it imports as one."""
    return _packed("\n".join(_css_of(n) for n in ("shared", name)))


def _css_of(name: str) -> str:
    source = (HERE / f"{name}.css").read_text("utf8")
    return CSS_IMPORT.sub(lambda match: _css_of(match[1]), source)


def _packed(source: str) -> str:
    """Return the source without empty lines: in a Markdown slide an empty line ends the HTML."""
    return re.sub(r"\n\s*(?=\n)", "", source).strip() + "\n"


@lru_cache(maxsize=256)
def font_for(characters: str) -> dict[str, str]:
    """Return the glyphs of the course's font for some characters: about 150 bytes each, in 30 ms.

    A machine with Chinese fonts never uses it. One without shows these instead of boxes, also
    offline and in a notebook's saved state, where the whole font would be 600 kB a visual.
    """
    from fontTools import subset  # here: half a second that an import of visuals doesn't need
    from fontTools.ttLib import TTFont

    stored = io.BytesIO()
    with TTFont(plots.FONT, recalcTimestamp=False, lazy=True) as font:
        known = font.getBestCmap() or {}
        held = "".join(char for char in characters if ord(char) in known)
        if not held:
            return {"characters": "", "woff": ""}
        subsetter = subset.Subsetter(subset.Options(hinting=False, layout_features=[]))
        subsetter.populate(text=held)
        subsetter.subset(font)
        font.flavor = "woff"
        font.save(stored)
    data = base64.b64encode(stored.getvalue()).decode("ascii")
    return {"characters": held, "woff": data}


def font_of(text: str) -> dict[str, str]:
    """Return the glyphs that a text needs beyond Latin, Greek and Cyrillic letters."""
    return font_for("".join(sorted({char for char in text if ord(char) > 0x2E7F})))


class Visual(anywidget.AnyWidget):
    """A widget with a static twin: subclasses draw `figure()` and describe it in `alt`."""

    name: str  # of its .js and .css file
    data: Any = traitlets.Dict().tag(sync=True)

    @property
    def alt(self) -> str:
        """What a person who cannot see the visual needs to know."""
        raise NotImplementedError

    def figure(self) -> Figure:
        """Draw the static twin."""
        raise NotImplementedError

    def picture(self) -> dict[str, str]:
        """Return the static twin with its alt text, as a notebook stores it."""
        return figure_bundle(self.figure(), self.alt)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        live = super()._repr_mimebundle_(**kwargs)
        return live and ({**live[0], **self.picture()}, live[1])

    def state(self) -> dict[str, Any]:
        """Return what the JavaScript reads from its model, as plain JSON values."""
        return {"data": self.data}

    def published(self) -> dict[str, Any]:
        """Return the state as a notebook publishes it, from which a deck draws the visual again."""
        return self.state()

    def to_html(self, *, page: bool = False) -> str:
        """Return the live visual as HTML that needs no kernel, no network and no other file.

        page  False: a fragment for a slide or a page, without empty lines, as Markdown needs it;
              True: a whole document
        """
        return html_of(self.name, self.state(), self.picture()["text/html"], page=page)


def html_of(name: str, state: dict[str, Any], inside: str = "", *, page: bool = False) -> str:
    """Return a visual's HTML from its name and its state, as `to_html` and a published one have it.

    inside  what shows where no script runs: the static picture
    """
    stored = json.dumps(state, ensure_ascii=False).replace("<", "\\u003c")
    code = javascript(name).replace("export default", "const visual =")
    fragment = (
        f"<style>\n{stylesheet(name)}</style>\n"
        f'<div data-visual="{name}">{inside}'
        f'<script type="application/json">{stored}</script></div>\n'
        f'<script type="module">\n{code}mountNext(visual);\n</script>\n'
    )
    return _page(state["data"].get("title", ""), fragment) if page else fragment


def _page(title: str, body: str) -> str:
    title = html.escape(title or "A visual of the course")
    look = ":root{color-scheme:light dark}body{margin:24px;"
    look += 'font-family:"Seq2Seq Sans SC",system-ui,sans-serif}'
    # The page's heading says the title already.
    look += "h1{margin:0 0 12px;font-size:22px}.s2s .s2s-title{display:none}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{look}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    )
