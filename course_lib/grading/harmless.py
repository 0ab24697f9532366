"""What a student's notebook may show to the people who read it: text and pictures, no markup.

Formgrader and feedback pages put HTML, SVG and scripts of an output into the page as they are. A
teacher is logged in there, and so would the student's script be.
"""

from __future__ import annotations

import base64
import binascii

import bleach
from nbformat.notebooknode import NotebookNode

PICTURES = ("image/png", "image/jpeg")
TAGS = {"details", "summary", "b", "i", "em", "strong", "code", "pre", "br", "sub", "sup"}


def harmless_output(output: NotebookNode) -> NotebookNode:
    """Return an output with its text and pictures only."""
    if output.output_type not in ("display_data", "execute_result"):
        return output
    data = {mime: text for mime, text in output.data.items() if kept(mime, text)}
    dropped = sorted(set(output.data) - set(data))
    if dropped and not set(data) - {"text/plain"}:
        what = ", ".join(str(mime)[:40] for mime in dropped)
        data["text/plain"] = f"{data.get('text/plain', '')}\n[not shown: {what}]".strip()
    output.data, output.metadata = NotebookNode(data), NotebookNode()
    return output


def kept(mime: str, text: object) -> bool:
    """Say whether a piece of an output is text, or a picture that is one."""
    if mime == "text/plain":
        return isinstance(text, str)
    if mime not in PICTURES or not isinstance(text, str):
        return False
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def harmless_markdown(source: str) -> str:
    """Return a Markdown text whose HTML is of a few harmless tags; other markup stays as text."""
    cleaned = bleach.clean(source, tags=TAGS, attributes={})
    return cleaned.replace("&gt;", ">").replace("&amp;", "&").replace("javascript:", "javascript ")
