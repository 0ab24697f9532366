"""Stored runs: what trainings too long for a notebook measured, one file for each setting and seed.

`make experiments` writes them, with the commit and the time each took; the notebooks read them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

STORED = Path(__file__).parent / "stored_runs"


@dataclass(frozen=True)
class Run:
    """One run of an experiment: what it was asked, what it measured, where it came from."""

    experiment: str  # "ch04.length"
    setting: str  # the name of its arguments, such as "attention"
    seed: int
    arguments: Mapping[str, Any]
    measured: Mapping[str, Any]  # numbers, lists and texts, as the experiment names them
    part: Mapping[str, float]  # what a test measures again, see experiments/experiment.py
    commit: str  # of the code that ran
    torch: str
    seconds: float  # process time, all threads

    def path(self, folder: Path = STORED) -> Path:
        """Return the file that holds, or would hold, this run."""
        return path(self.experiment, self.setting, self.seed, folder)


def path(experiment: str, setting: str, seed: int, folder: Path = STORED) -> Path:
    """Return the file of a run: FOLDER/EXPERIMENT/SETTING-SEED.json."""
    return folder / experiment / f"{setting}-{seed}.json"


def write(run: Run, folder: Path = STORED) -> None:
    """Write a run to its file, whole or not at all.

    Raises ValueError if it holds a nan, an infinite number, or what JSON does not know.
    """
    target = run.path(folder)
    try:
        text = json.dumps(asdict(run), ensure_ascii=False, indent=1, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the run {target.name} can't be stored: {error}") from error
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    unfinished.write_text(text + "\n", encoding="utf-8")
    os.replace(unfinished, target)


def read(file: Path) -> Run:
    """Read one run. Raises ValueError if the file is not one."""
    try:
        return Run(**json.loads(file.read_text(encoding="utf-8")))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{file.name} holds no run ({error}); make experiments again") from error


def stored_runs(experiment: str, folder: Path = STORED) -> tuple[Run, ...]:
    """Return all stored runs of an experiment, by setting and then by seed.

    Raises FileNotFoundError if there is none; the message names those that exist.
    """
    runs = [read(file) for file in (folder / experiment).glob("*.json")]
    if not runs:
        known = sorted(found.name for found in folder.glob("*") if found.is_dir())
        raise FileNotFoundError(
            f"no run of {experiment!r} is stored; there are {', '.join(known) or 'none'}. "
            f"`make experiments ARGS={experiment}` makes them"
        )
    return tuple(sorted(runs, key=lambda run: (run.setting, run.seed)))


def by_setting(
    runs: Iterable[Run], value: Callable[[Mapping[str, Any]], Any]
) -> dict[str, list[Any]]:
    """Return value(run.measured) of every run, seed after seed: {setting: [one value a seed]}."""
    values: dict[str, list[Any]] = {}
    for run in runs:
        values.setdefault(run.setting, []).append(value(run.measured))
    return values
