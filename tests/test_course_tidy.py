"""Executing a notebook again leaves no trace where nothing changed."""

from __future__ import annotations

import json
import re
from pathlib import Path

from setup_course.tidy import STATE, VIEW, tidy

ROOT = Path(__file__).parents[1]


def notebook(widget: str, part: str, other: str, printed: list[list[str]]) -> str:
    def model(value: object) -> dict:
        return {"model_name": "M", "state": {"value": value}}

    outputs = [{"output_type": "stream", "name": "stdout", "text": text} for text in printed]
    outputs.append({"output_type": "display_data", "data": {VIEW: {"model_id": widget}}})
    state = {other: model(7), part: model(1), widget: model([f"IPY_MODEL_{part}", 2])}
    metadata = {"widgets": {STATE: {"state": state}}}
    return json.dumps({"cells": [{"outputs": outputs}, {"source": "text"}], "metadata": metadata})


FIRST = notebook("a" * 32, "b" * 32, "c" * 32, [["one\n", "two"], ["\n"], ["three\n"]])
AGAIN = notebook("f" * 32, "1" * 32, "e" * 32, [["one\n"], ["two\n", "three\n"]])


def test_two_runs_give_the_same_text():
    assert tidy(FIRST) == tidy(AGAIN)
    assert tidy(tidy(FIRST)) == tidy(FIRST)


def test_a_difference_that_matters_stays():
    other = notebook("a" * 32, "b" * 32, "c" * 32, [["one\n", "three\n"]])
    assert tidy(FIRST) != tidy(other)


def test_printed_text_is_joined_and_otherwise_kept():
    cell = json.loads(tidy(FIRST))["cells"][0]
    assert cell["outputs"][0]["text"] == ["one\n", "two\n", "three\n"]
    assert len(cell["outputs"]) == 2


def test_error_text_is_not_joined_to_printed_text():
    mixed = json.loads(FIRST)
    mixed["cells"][0]["outputs"][1]["name"] = "stderr"
    assert len(json.loads(tidy(json.dumps(mixed)))["cells"][0]["outputs"]) == 4


def test_widgets_still_find_their_state_and_their_parts():
    tidied = json.loads(tidy(FIRST))
    state = tidied["metadata"]["widgets"][STATE]["state"]
    shown = tidied["cells"][0]["outputs"][-1]["data"][VIEW]["model_id"]
    part = state[shown]["state"]["value"][0].removeprefix("IPY_MODEL_")
    assert state[part]["state"]["value"] == 1
    assert len(state) == 2  # and the one that no output shows is gone


def linked(link: str, backwards: str, dangling: str) -> str:
    """Return FIRST with two links between what is shown, and one to what is not."""
    shown, part, unseen = (f"IPY_MODEL_{letter * 32}" for letter in "abc")
    ends = {link: (shown, part), backwards: (part, shown), dangling: (shown, unseen)}
    written = json.loads(FIRST)
    for name, (source, target) in sorted(ends.items()):
        model = {"source": [source, "index"], "target": [target, "index"]}
        written["metadata"]["widgets"][STATE]["state"][name] = {"model_name": "L", "state": model}
    return json.dumps(written)


def test_a_link_stays_with_its_ends():
    state = json.loads(tidy(linked("1" * 32, "2" * 32, "3" * 32)))["metadata"]["widgets"][STATE]
    assert [model["model_name"] for model in state["state"].values()] == ["M", "M", "L", "L"]
    assert tidy(linked("1" * 32, "2" * 32, "3" * 32)) == tidy(linked("9" * 32, "8" * 32, "7" * 32))


def test_ids_that_are_taken_from_each_other_do_not_mix():
    one, two, three = (f"{n:032x}" for n in (1, 2, 3))
    swapped = notebook(three, one, two, [["one\ntwo\nthree\n"]])
    straight = notebook(one, two, three, [["one\ntwo\nthree\n"]])
    assert tidy(swapped) == tidy(straight)


def test_a_notebook_keeps_everything_else():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        text = path.read_text("utf-8")
        before, after = json.loads(text), json.loads(tidy(text))
        for old, new in zip(before["cells"], after["cells"], strict=True):
            assert {**old, "outputs": 0} == {**new, "outputs": 0}
            kept = re.sub(r"[0-9a-f]{32}", "", "".join(pieces(old)))
            assert kept == re.sub(r"[0-9a-f]{32}", "", "".join(pieces(new)))


def pieces(cell: dict) -> list[str]:
    """Return the text of a cell's outputs, and their data."""
    found = []
    for output in cell.get("outputs", []):
        found += output.get("text", [])
        found += [json.dumps(output["data"], sort_keys=True)] if "data" in output else []
    return found
