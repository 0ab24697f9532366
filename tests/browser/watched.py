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
