"""Run what is not stored yet, and print mean and spread over the seeds.

    make experiments                           # all, as long as `--list` says
    make experiments ARGS="ch04.length"        # some, by name
    make experiments ARGS="ch04.length --setting fixed --seed 0"

Each result is written as its run ends, so a broken-off command goes on with the next run. Delete a
file of course_lib/stored_runs to have it made again.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from typing import Any

import torch

import experiments
from course_lib.metrics import mean_and_spread
from course_lib.runs import by_setting, stored_runs
from experiments.experiment import Experiment


def main() -> None:
    """Do what the command line says."""
    known = find()
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(known))
    parser.add_argument("--list", action="store_true", help="only say what is stored")
    parser.add_argument("--setting", help="only this one")
    parser.add_argument("--seed", type=int, help="only this one")
    args = parser.parse_args()
    unknown = sorted(set(args.names) - set(known))
    if unknown:
        parser.error(f"there is no experiment {', '.join(unknown)}; there are {', '.join(known)}")
    torch.set_num_threads(1)  # runs are small; two at once use two cores better
    for experiment in [known[name] for name in args.names or known]:
        print(f"{experiment.name}: {experiment.question}")
        if not args.list:
            make(experiment, args.setting, args.seed)
        report(experiment)


def find() -> dict[str, Experiment]:
    """Return every EXPERIMENT of this folder's files chNN_*.py, by name."""
    names = [m.name for m in pkgutil.iter_modules(experiments.__path__) if m.name.startswith("ch")]
    found = [importlib.import_module(f"experiments.{name}").EXPERIMENT for name in sorted(names)]
    return {experiment.name: experiment for experiment in found}


def make(experiment: Experiment, setting: str | None, seed: int | None) -> None:
    """Run what is missing."""
    for name, number in experiment.missing():
        if setting in (None, name) and seed in (None, number):
            run = experiment.store(name, number)
            print(f"  {name}, seed {number}: {run.seconds:.0f} s", flush=True)


def report(experiment: Experiment) -> None:
    """Print every number of the stored runs with its spread over the seeds."""
    try:
        runs = stored_runs(experiment.name)
    except FileNotFoundError:
        print("  nothing is stored yet")
        return
    print(f"  {len(runs)} runs, {sum(run.seconds for run in runs):.0f} s")
    for setting, measured in by_setting(runs, numbers).items():
        for name in measured[0]:
            values = [one[name] for one in measured if name in one]
            print(f"  {setting}  {name}: {spread(values)}")
    missing = list(experiment.missing())
    if missing:
        print(f"  missing: {', '.join(f'{setting}-{seed}' for setting, seed in missing)}")


def numbers(measured: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    """Return the numbers of a result, nested ones under "outer.inner"; lists are left out."""
    found = {}
    for name, value in measured.items():
        if isinstance(value, Mapping):
            found |= numbers(value, f"{prefix}{name}.")
        elif isinstance(value, int | float):
            found[prefix + name] = float(value)
    return found


def spread(values: Sequence[float]) -> str:
    """Return mean and spread over seeds, or the only number there is."""
    return str(mean_and_spread(values)) if len(values) > 1 else f"{values[0]:.3f} (1 seed)"


if __name__ == "__main__":
    main()
