"""An experiment: settings, seeds, a function that runs one of them, and the part that is tested."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from course_lib import runs

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Experiment:
    """What to run for every setting and seed.

    settings maps a name to arguments, which JSON must be able to hold (lists, not tuples).
    run(seed=seed, **arguments) returns the measured numbers, which JSON must be able to hold, and
    among them "part", a dict of a few numbers that are known early in the run: the mean loss of the
    first steps, or the results of the first test sentences. part(seed=seed, **arguments) takes a
    second or two to measure the same numbers again; tests/test_experiments.py calls it for the
    first seed of each setting and compares them with the stored ones, within `band`.
    """

    name: str  # chNN.what, as its published results begin
    question: str
    settings: Mapping[str, Mapping[str, Any]]
    seeds: tuple[int, ...]
    run: Callable[..., dict[str, Any]]
    part: Callable[..., dict[str, float]]
    band: float = 0.03  # relative; another processor rounds differently, and training magnifies it

    def missing(self, folder: Path = runs.STORED) -> Iterator[tuple[str, int]]:
        """Yield setting and seed of every run that is not stored with these arguments."""
        for seed in self.seeds:  # a whole round of settings first: a broken-off experiment compares
            for setting, arguments in self.settings.items():
                file = runs.path(self.name, setting, seed, folder)
                if not file.exists() or runs.read(file).arguments != arguments:
                    yield setting, seed

    def store(self, setting: str, seed: int, folder: Path = runs.STORED) -> runs.Run:
        """Run one setting with one seed, and write what it measured."""
        began, arguments = time.process_time(), self.settings[setting]
        measured = dict(self.run(seed=seed, **arguments))
        part = measured.pop("part")
        run = runs.Run(
            experiment=self.name,
            setting=setting,
            seed=seed,
            arguments=arguments,
            measured=measured,
            part=part,
            commit=commit(),
            torch=torch.__version__,
            seconds=round(time.process_time() - began, 1),
        )
        runs.write(run, folder)
        return run

    def differences(self, run: runs.Run) -> list[str]:
        """Measure the part of a stored run again; say which numbers leave their band."""
        again = self.part(seed=run.seed, **self.settings[run.setting])
        if again.keys() != run.part.keys():
            return [f"{run.path().name}: stored {sorted(run.part)}, now {sorted(again)}"]
        return [
            f"{run.path().name}: {name} was {run.part[name]:.5g}, is {now:.5g}"
            for name, now in again.items()
            if not abs(now - run.part[name]) <= self.band * abs(run.part[name])
        ]


def commit() -> str:
    """Return the commit of the code that is running, and whether that code has local changes."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    ours = [file for file in files if file and Path(file).is_relative_to(ROOT / "course_lib")]
    ours += [file for file in files if file and Path(file).is_relative_to(ROOT / "experiments")]
    head = git("rev-parse", "HEAD")
    return head + (" with local changes" if git("status", "--porcelain", "--", *ours) else "")


def git(*arguments: str) -> str:
    """Return what git says, without the last line break."""
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
