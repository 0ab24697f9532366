"""What holds for every notebook as committed; that its outputs repeat is nbval's part."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
import pytest

from setup_course.my_work import FOLDERS

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOLUTIONS = sorted((ROOT / "solutions").rglob("ex*.ipynb"))
EXERCISES = sorted((ROOT / "exercises").rglob("ex*.ipynb"))
LARGEST, LONGEST_CELL = 1_000_000, 15  # bytes; lines of code
# A path of the machine that executed it: in a message, a traceback, a repr.
MACHINE_PATH = re.compile(r"(?<![\w.~:/-])(/(home|root|Users|work|opt|mnt|tmp|var)/|[A-Z]:\\)\w")
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:href|src)=\"([^\"]+)\"")
ASKS = re.compile(r"\*\*(Before you run the next cell|Predict)\.\*\*")
IMAGE = re.compile(r"!\[([^\]]*)\]\(|<img\b([^>]*)>")


def each(*paths: Path) -> pytest.MarkDecorator:
    ids = [path.relative_to(ROOT).as_posix() for path in paths]
    return pytest.mark.parametrize("path", paths, ids=ids)


def cells(path: Path, kind: str = "") -> list[dict[str, Any]]:
    found = json.loads(path.read_text("utf-8"))["cells"]
    return [cell for cell in found if kind in ("", cell["cell_type"])]


def joined(text: str | list[str]) -> str:
    return "".join(text)


def outputs(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Every output with the number of its code cell, counted as nbval does."""
    code = enumerate(cells(path, "code"))
    return [(number, output) for number, cell in code for output in cell["outputs"]]


def test_there_are_notebooks():
    assert CHAPTERS and SOLUTIONS and EXERCISES
    assert len(SOLUTIONS) == len(EXERCISES)


@each(*CHAPTERS, *SOLUTIONS, *EXERCISES)
def test_a_notebook_is_valid_small_and_runs_on_any_machine(path):
    assert path.stat().st_size < LARGEST
    notebook = json.loads(path.read_text("utf-8"))
    nbformat.validate(notebook)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) >= (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell.get("id", "") for cell in notebook["cells"]]
    assert all(ids) and len(set(ids)) == len(ids), "every cell has an id of its own"


@each(*CHAPTERS)
def test_the_answer_to_a_prediction_is_folded_until_its_cell_runs(path):
    asked = ""
    for cell in cells(path):
        if cell["cell_type"] == "markdown":
            asks = ASKS.search(joined(cell["source"]))
            asked = cell["id"] if asks else ""
        elif asked and cell["outputs"]:
            folded = cell["metadata"].get("jupyter", {}).get("outputs_hidden")
            assert folded, f"{cell['id']} shows the answer to {asked}: collapse its output"
            asked = ""


@each(*CHAPTERS, *SOLUTIONS)
def test_a_notebook_was_executed_from_top_to_bottom(path):
    counts = [cell["execution_count"] for cell in cells(path, "code") if joined(cell["source"])]
    assert counts == list(range(1, len(counts) + 1)), "python course.py notebooks PATH"
    timed = [cell["id"] for cell in cells(path, "code") if "execution" in cell["metadata"]]
    assert not timed, "times of execution would change with every run"


@each(*EXERCISES)
def test_an_exercise_comes_without_answers_and_outputs(path):
    for cell in cells(path):
        assert "SOLUTION" not in joined(cell["source"]), cell["id"]
        assert not cell.get("outputs") and cell.get("execution_count") is None, cell["id"]


@each(*CHAPTERS, *SOLUTIONS)
def test_nothing_warns_fails_or_tells_of_the_machine(path):
    for number, output in outputs(path):
        place = f"code cell {number}"
        assert output.get("name") != "stderr", f"{place}: {joined(output.get('text', ''))}"
        tags = cells(path, "code")[number]["metadata"].get("tags", [])
        assert output["output_type"] != "error" or "raises-exception" in tags, place
        shown = [joined(output.get("text", ""))]
        shown += [joined(output.get("traceback", "")), joined(output.get("evalue", ""))]
        data = output.get("data", {})
        shown += [joined(data[kind]) for kind in data if kind in ("text/plain", "text/html")]
        for text in shown:
            bare = re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)
            assert not MACHINE_PATH.search(bare), f"{place}: {bare[:300]}"
            assert not re.search(r"\bat 0x[0-9a-f]{6,}", bare), f"{place}: an object's address"


@each(*CHAPTERS, *SOLUTIONS)
def test_a_cell_of_code_is_short(path):
    for number, cell in enumerate(cells(path, "code")):
        lines = len(joined(cell["source"]).splitlines())
        assert lines <= LONGEST_CELL, f"code cell {number} has {lines} lines"


@each(*CHAPTERS, *SOLUTIONS)
def test_a_cell_whose_output_is_not_compared_asserts_instead(path):
    code = cells(path, "code")
    for number, cell in enumerate(code):
        tags = set(cell["metadata"].get("tags", []))
        assert "nbval-skip" not in tags, f"code cell {number} would not be run"
        comment = re.search(r"#\s*(NBVAL|PYTEST_VALIDATE)_", joined(cell["source"]))
        assert not comment, f"code cell {number}: use a tag, which learners don't see"
        if "nbval-ignore-output" in tags:
            here = joined(cell["source"]) + "".join(
                joined(c["source"]) for c in code[number + 1 :][:1]
            )
            assert re.search(r"^\s*assert ", here, re.MULTILINE), f"code cell {number}"


@each(*CHAPTERS, *SOLUTIONS, *EXERCISES)
def test_every_picture_has_alt_text(path):
    for number, output in outputs(path):
        data = output.get("data", {})
        if "image/png" in data:
            images = re.findall(
                r"<img\b[^>]*?\balt=\"([^\"]+)\"", joined(data.get("text/html", ""))
            )
            assert images, f"code cell {number}: show figures with plots.show(fig, alt=...)"
    for cell in cells(path, "markdown"):
        for alt, attributes in IMAGE.findall(joined(cell["source"])):
            assert alt or re.search(r"\balt=\"[^\"]+\"", attributes), cell["id"]


@each(*CHAPTERS, *SOLUTIONS, *EXERCISES)
def test_links_work_here_and_in_the_learners_copies(path):
    for cell in cells(path, "markdown"):
        for target in filter(None, sum(LINK.findall(joined(cell["source"])), ())):
            if re.match(r"[a-z]+:|#", target):
                continue
            goal = (path.parent / unquote(target.partition("#")[0])).resolve()
            assert goal.exists(), f"{cell['id']}: {target} does not exist"
            copied = goal.relative_to(ROOT).parts[0] in FOLDERS
            assert copied, f"{cell['id']}: {target} is not copied into my_work"


@each(*CHAPTERS)
def test_a_chapter_begins_with_its_number_and_title(path):
    first = joined(cells(path)[0]["source"])
    assert first.startswith(f"# {path.name[:2]} · "), first[:80]
