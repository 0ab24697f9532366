"""A published visual as a page of its own, which a slide shows in a frame."""

import html
import json
import re
from typing import Any

from course_lib.live import pocket
from course_lib.results import Result
from course_lib.widgets.visual import html_of

from .source import SLIDES, Deck, DeckError, look_up

LOOK = SLIDES / "visuals"
SCRIPT = SLIDES / "deck" / "frame.js"
VISUAL = re.compile(r"""<div data-visual="([^"]+)"(?: data-state='([^']*)')?></div>""")


def with_visuals(text: str, deck: Deck, results: dict[str, Result]) -> str:
    """Return Markdown with a frame for each visual: its keys and styles are not the slide's."""

    def frame(match: re.Match) -> str:
        result = look_up(results, match[1], deck)
        page = as_page(opened(result.value, match[2] or "{}", deck))
        page = html.escape(page).replace("\n", "&#10;")  # Markdown minds lines
        title = result.note.split(". ")[0] if match[2] else result.note  # the rest is of its state
        return f'<iframe title="{html.escape(title)}" srcdoc="{page}"></iframe>'

    return VISUAL.sub(frame, text)


def opened(published_visual: dict[str, Any], changes: str, deck: Deck) -> dict[str, Any]:
    """Return a published visual as a deck opens it: another sentence, another moment."""
    try:
        changed = json.loads(changes)
    except json.JSONDecodeError as error:
        raise DeckError(f"{deck.path.name}: data-state='{changes}' is no JSON: {error}") from None
    names = sorted(published_visual.keys() - {"visual", "data", "models"})
    if unknown := sorted(changed.keys() - set(names)):
        raise DeckError(f"{deck.path.name}: data-state sets {unknown}; this visual has {names}.")
    return published_visual | changed


def as_page(published_visual: dict[str, Any]) -> str:
    """Return a published visual as a whole page; its title is the slide's heading."""
    name = published_visual["visual"]
    state = {key: value for key, value in published_visual.items() if key != "visual"}
    state |= {"models": with_bytes(state["models"])} if "models" in state else {}
    looks = [path for n in ("all", name) if (path := LOOK / f"{n}.css").exists()]
    look = "\n".join(path.read_text("utf8") for path in looks)
    extra = f"<style>{look}</style><script>{SCRIPT.read_text('utf8')}</script></head>"
    return html_of(name, state, page=True).replace("</head>", extra, 1)


def with_bytes(models: dict[str, str]) -> dict[str, str]:
    """Return a live visual's models with their bytes, also those published by name."""
    shipped = {name: text.removeprefix("pocket:") for name, text in models.items() if ":" in text}
    return models | {name: pocket(which).to_base64() for name, which in shipped.items()}
