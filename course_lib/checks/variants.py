"""Variants of an exercise: a class's word chooses another specification for some of its tasks.

solutions/exNN/variants.toml says, for each option of a task, what stands in place of what in which
cell of the solution notebook. An option has the id of its task, a slash and a name: ex01.2/bits.
"""

import hashlib
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True)
class Replacement:
    """In the cell with this id, new stands in place of old, which occurs there once."""

    cell: str
    old: str
    new: str


Options = Mapping[str, tuple[Replacement, ...]]
"""The id of an option to its replacements."""


def published(task_id: str) -> str:
    """Return the id of the published task that an option belongs to: "ex01.2/bits" to "ex01.2"."""
    return task_id.partition("/")[0]


def checked_word(word: str) -> str:
    """Return word; ValueError if it is no name for a class's folder."""
    if not WORD.fullmatch(word):
        raise ValueError(
            f"word: {word!r} should be up to 40 letters, digits, - and _, and begin with a letter "
            "or a digit, such as autumn-2026"
        )
    return word


def read_options(path: Path) -> Options:
    """Return what a variants.toml holds, nothing if there is none; ValueError says what is wrong.

    Nothing is said of the options' tasks: whoever applies them learns whether they fit.
    """
    if not path.exists():
        return {}
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
        return {option: tuple(Replacement(**row) for row in tables[option]) for option in tables}
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise ValueError(
            f'{path}: {error}. It holds tables [["ex01.2/option"]] of cell, old and new'
        ) from None


def draw_options(word: str, ids: Iterable[str]) -> dict[str, str]:
    """Return the option of each task that has any, chosen by word and task: task id to option id.

    The same word always gives the same. Every task with options leaves its published form.
    """
    by_task: dict[str, list[str]] = {}
    for option in sorted(ids):
        by_task.setdefault(published(option), []).append(option)
    return {task: options[_number(word, task) % len(options)] for task, options in by_task.items()}


def _number(word: str, task: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{word} {task}".encode()).digest())


def replaced(notebook: Any, options: Options, chosen: Collection[str], where: str) -> Any:
    """Return a copy of a notebook in which the chosen options stand; outputs are left out.

    ValueError names the file (where), the option and the cell if an old text is not there once.
    """
    made = deepcopy(notebook)
    cells = {cell["id"]: cell for cell in made.cells}
    for option in chosen:
        for change in options[option]:
            cell = cells.get(change.cell)
            found = cell.source.count(change.old) if cell is not None else 0
            if cell is None or found != 1:
                problem = "is not in the notebook" if cell is None else f"has it {found} times"
                raise ValueError(
                    f"{where}, option {option!r}, cell {change.cell!r}: the cell should have "
                    f"{change.old!r} once, and {problem}"
                )
            cell.source = cell.source.replace(change.old, change.new)
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return made
