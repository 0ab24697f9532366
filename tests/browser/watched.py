"""What browser tests share: the running JupyterLab's address, and pages that are watched."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "course"

# What a learner sees: two pictures, a live heatmap and its markup-like token, and Chinese text.
CELLS = [
    "# 猫 and other words",
    "from course_lib import plots\n"
    "from course_lib.widgets import AttentionHeatmap\n"
    "src, tgt = 'Tom loves <img/src=x/onerror=alert(1)>'.split(), ['汤姆', '喜欢', '猫']\n"
    "weights = [[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.0, 0.25, 0.75]]\n"
    "axes = plots.heatmap(weights, src, tgt, gold={(0, 0)})\n"
    "plots.show(axes.figure, alt='汤姆 reads Tom with weight \"0.9\"')",
    "heatmap = AttentionHeatmap(weights, src, tgt, gold={(0, 0)}, title='Who reads what')\n"
    "seen = []\n"
    "heatmap.observe(lambda change: seen.append(change.new), 'focus')\n"
    "heatmap",
    "print('我 喜欢 猫', seen)",
    "heatmap.focus = (2, 1)",
    "heatmap.show_weights([[0.5, 0.5]], ['I', 'am'], ['我'])",
]


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, the folder it serves and its variables."""

    url: str
    folder: Path
    env: dict[str, str]

    def trust(self, notebook: str) -> None:
        """Do what `make lab` does with the copies it makes."""
        command = [sys.executable, "-m", "nbformat.sign", str(self.folder / notebook)]
        subprocess.run(command, env=self.env, check=True, capture_output=True)


SEEN: WeakKeyDictionary[Page, tuple[list[str], list[str]]] = WeakKeyDictionary()


def watch(page: Page) -> None:
    """Collect the errors and warnings of the console, and every request."""
    said, asked = SEEN[page] = ([], [])

    def note(kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            said.append(f"{kind}: {text}")

    page.on("console", lambda message: note(message.type, message.text))
    page.on("pageerror", lambda error: note("error", str(error)))
    page.on("request", lambda request: asked.append(request.url))


def complaints(page: Page) -> list[str]:
    """Return the errors and warnings of a watched page's console so far."""
    return SEEN[page][0]


def requests_of(page: Page) -> list[str]:
    """Return the addresses that a watched page has asked for so far."""
    return SEEN[page][1]


def asked_for(page: Page) -> list[str]:
    """Return the schemes of what a watched page has asked for, but for what it holds itself."""
    return [url.partition(":")[0] for url in requests_of(page) if not url.startswith("data:")]


MARK_CHINESE = """() => {
  const chinese = (node) => node.nodeType === Node.TEXT_NODE && /[\\u4e00-\\u9fff]/.test(node.data);
  const visible = [...document.querySelectorAll('body *')].filter(
    (node) => [...node.childNodes].some(chinese) && node.checkVisibility());
  visible.forEach((node, number) => node.setAttribute('data-chinese', number));
  return visible.map((node) => node.textContent);
}"""


def chinese_texts(page: Page) -> dict[str, bool]:
    """Return every visible text with Chinese in it, and whether our font drew it."""
    page.wait_for_function("() => [...document.fonts].some((font) => font.status === 'loaded')")
    page.evaluate("() => document.fonts.ready.then(() => null)")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    found = page.evaluate(MARK_CHINESE)
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    drawn = {}
    for number, text in enumerate(found):
        query = {"nodeId": root, "selector": f"[data-chinese='{number}']"}
        node = session.send("DOM.querySelector", query)["nodeId"]
        used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        if used:  # nothing is drawn of what is scrolled away
            drawn[text] = "Seq2Seq Sans SC" in {font["familyName"] for font in used}
    return drawn
