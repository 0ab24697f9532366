"""Check a student's functions: run the cases of a task, judge, name the mistake, count points."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.checks.plain import Complaint, short
from course_lib.checks.report import Finding, Report
from course_lib.checks.run import Outcome, run
from course_lib.checks.tables import Table
from course_lib.checks.task import PUBLIC_SEED, Case, Property, Seed, Task
from course_lib.checks.watch import not_allowed

BORROWED = "A finished function of the course did the work."


def examine(task: Task, functions: Mapping[str, Callable[..., Any]], seed: int) -> Report:
    """Return the report on functions, given by name, with cases drawn by seed."""
    return judge_task(task, lambda case: run(functions[case.function], case), seed)


def judge_task(task: Task, run_case: Callable[[Case], Outcome], seed: int) -> Report:
    """Return the report on a task whose cases run_case runs, here or in another process.

    A property ends at its first failing case. Once a case ran out of time, no other is run.
    """
    drawn = draw(task, seed)
    tried = _Tried(run_case, distinct(drawn) if seed == PUBLIC_SEED else [])
    findings = [
        _judge_property(task, prop, cases, tried)
        for prop, cases in zip(task.properties, drawn, strict=True)
    ]
    note = f"While it ran, your code gave a warning: {tried.warning}" if tried.warning else ""
    return Report(task.id, task.title, tuple(findings), tried.count, note)


def draw(task: Task, seed: int) -> list[list[Case]]:
    """Return the cases of every property. Two properties may share a case (the same object)."""
    return [
        list(prop.cases(np.random.default_rng([seed, index])))
        for index, prop in enumerate(task.properties)
    ]


def distinct(drawn: list[list[Case]]) -> list[Case]:
    """Return all cases in order, each once."""
    return list({id(case): case for cases in drawn for case in cases}.values())


class _Tried:
    """Outcomes so far. A case that several properties share is run once."""

    def __init__(self, run_case: Callable[[Case], Outcome], numbered: list[Case]):
        self._run_case = run_case
        self._numbers = {id(case): number for number, case in enumerate(numbered)}
        self._outcomes: dict[int, tuple[Case, Outcome]] = {}
        self._stopped = False

    def __call__(self, case: Case) -> Outcome:
        if id(case) not in self._outcomes:
            if self._stopped:
                return Outcome(
                    "skipped", message="Not run, because an earlier input took too long."
                )
            self._outcomes[id(case)] = (case, self._run_case(case))
        outcome = self._outcomes[id(case)][1]
        self._stopped = self._stopped or outcome.kind == "slow"
        return outcome

    def how_to_get(self, task: Task, case: Case) -> str:
        """Return how a student gets this input in hand, empty for inputs that are not public."""
        if id(case) not in self._numbers:
            return ""
        names = ", ".join(task.references[case.function][0])
        return f"\n\nTo try it:  {names} = example({task.id!r}, {self._numbers[id(case)]})"

    @property
    def count(self) -> int:
        return len(self._outcomes)

    @property
    def warning(self) -> str:
        return next((o.warning for _, o in self._outcomes.values() if o.warning), "")


def _judge_property(task: Task, prop: Property, cases: Sequence[Case], tried: _Tried) -> Finding:
    for case in cases:
        outcome = tried(case)
        complaint, mistake = _judge_case(task, prop, case, outcome)
        if complaint:
            if outcome.kind in ("unwritten", "skipped"):
                return Finding(prop.name, 0.0, prop.points, complaint)
            shown = show_input(task, case) + tried.how_to_get(task, case)
            return Finding(prop.name, 0.0, prop.points, complaint, mistake, shown, prop.hint)
    return Finding(prop.name, prop.points, prop.points)


def _judge_case(task: Task, prop: Property, case: Case, outcome: Outcome) -> tuple[str, str]:
    """Return (complaint, name of the mistake), both empty if the case is right."""
    foreign = not_allowed(outcome.called, task.allowed)
    if foreign and outcome.kind != "unwritten":
        return f"{foreign[0]} was called; the task is to write it yourself.", BORROWED
    if outcome.kind == "endless":
        return outcome.message, prop.endless
    if outcome.kind != "value":
        return outcome.message, prop.errors.get(outcome.error_type, "")
    if prop.intact and outcome.changed:
        names = ", ".join(task.references[case.function][0][i] for i in outcome.changed)
        return f"After the call {names} is not what it was.", (
            "Your function changes its input. Whoever called it still needs it: make a copy first, "
            "for example with np.where(...)."
        )
    expected = task.references[case.function][1](*case.args)
    complaint = _complaint(prop, outcome.value, expected, case)
    if complaint is None:
        return "", ""
    known = prop.errors.get(type(complaint).__name__, "")
    return str(complaint), known or _known_mistake(prop, outcome.value, case)


def _complaint(prop: Property, value: Any, expected: Any, case: Case) -> Complaint | None:
    try:
        prop.judge(value, expected, case)
    except Complaint as complaint:
        return complaint
    return None


def _known_mistake(prop: Property, value: Any, case: Case) -> str:
    for mistake in prop.mistakes:
        try:
            wrong = mistake.wrong(*case.args)
        except (ValueError, ArithmeticError, LookupError):
            continue  # this mistake can't be made on this input
        if _complaint(prop, value, wrong, case) is None:
            return mistake.says
    return ""


def show_input(task: Task, case: Case) -> str:
    """Return a case as a student reads it: the call, then the arguments too large for it."""
    names = task.references[case.function][0]
    written, below = [], []
    for name, arg in zip(names, case.args, strict=True):
        if isinstance(arg, Table):
            below.append(f"{name}\n    " + str(arg).replace("\n", "\n    "))
        elif isinstance(arg, np.ndarray):
            text = np.array2string(arg, precision=2, suppress_small=True, threshold=60)
            below.append(f"{name}, shape {arg.shape}\n{text}")
        written.append(_short_argument(name, arg))
    if case.calls > 1:
        below.append(f"{case.calls} calls with the same generator")
    return "\n".join([f"{case.function}({', '.join(written)})", *below])


def _short_argument(name: str, arg: Any) -> str:
    if isinstance(arg, Seed):
        return f"np.random.default_rng({arg.value})"
    return name if isinstance(arg, Table | np.ndarray) else short(arg)
