"""A notebook as executed, without what differs in every run: executing it again leaves no trace."""

import json
import re
from collections.abc import Iterator
from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"


def tidy(text: str) -> str:
    """Return a notebook (JSON, as nbformat writes it) with streams joined and ids steady.

    The state of a widget that no output shows goes: it may weigh 200 kB, and nothing reads it.
    """
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if "outputs" in cell:
            cell["outputs"] = list(joined_streams(cell["outputs"]))
    state = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
    for unseen in set(state) - set(widget_ids(notebook)):
        del state[unseen]
    names = {old: f"{number:032x}" for number, old in enumerate(widget_ids(notebook), 1)}
    renamed = json.dumps(notebook)
    if names:
        renamed = re.sub("|".join(names), lambda old: names[old[0]], renamed)
    # As nbformat writes it: ids are keys too, so they are sorted after they are renamed.
    return json.dumps(json.loads(renamed), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def joined_streams(outputs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the outputs of a cell, with printed text that arrived in pieces as one output."""
    last: dict[str, Any] | None = None
    for output in outputs:
        if last and output["output_type"] == "stream" and output["name"] == last["name"]:
            last["text"] = "".join([*last["text"], *output["text"]]).splitlines(keepends=True)
            continue
        last = output if output["output_type"] == "stream" else None
        yield output


def widget_ids(notebook: dict[str, Any]) -> list[str]:
    """Return the ids of the widgets that are shown, in that order, each before its parts.

    A link is shown nowhere. It comes last, if both of its ends are shown.
    """
    found: dict[str, None] = {}
    state = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})

    def visit(name: str) -> None:
        if name not in state or name in found:
            return
        found[name] = None
        for part in parts(state[name]["state"]):
            visit(part)

    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            visit(output.get("data", {}).get(VIEW, {}).get("model_id", ""))
    shown = list(found)
    links = [n for n, model in state.items() if {"source", "target"} <= set(model["state"])]
    ends = {name: [p for p in parts(state[name]["state"]) if p in found] for name in links}
    whole = [name for name in links if len(ends[name]) == 2 and name not in found]
    return shown + sorted(whole, key=lambda name: [shown.index(end) for end in ends[name]])


def parts(state: dict[str, Any]) -> Iterator[str]:
    """Yield the ids of the widgets that a widget's state refers to."""
    for value in state.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, str) and part.startswith("IPY_MODEL_"):
                yield part.removeprefix("IPY_MODEL_")
