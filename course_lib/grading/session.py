"""One submission in the box: all its cells once, then an answer to every case of every task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from typing import Any, Protocol

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

from course_lib.checks import find_task
from course_lib.checks.examine import draw, judge_task
from course_lib.checks.report import Report
from course_lib.checks.run import Outcome
from course_lib.checks.task import Case, Task
from course_lib.grading.harmless import harmless_output

TRIES = 3  # kernels for one submission: then what ends them all is the student's last word


class Gone(Exception):
    """The kernel ended, or was ended; the message says why, in words for the student."""


class Kernel(Protocol):
    """What a session needs; course_lib.grading.kernel.BoxedKernel is one."""

    @property
    def alive(self) -> bool:
        """Whether it still answers."""
        ...

    def run(self, source: str) -> list[NotebookNode]:
        """Run a cell and return its outputs; Gone if that ends the kernel."""
        ...

    def answer(self, case: Case) -> Outcome:
        """Call a function on a case; never raises for what the function does."""
        ...

    def close(self) -> None:
        """End the kernel and all it left."""
        ...


class Session:
    """Runs a student's cells; where one of them ends the kernel, runs the others without it.

    A cell keeps the outputs of its first run.
    """

    def __init__(self, cells: Sequence[NotebookNode], start: Callable[[], Kernel]):
        self._cells, self._start, self._tries = cells, start, 0
        self._kernel: Kernel | None = None
        self._deadly: set[int] = set()
        self._shown: set[int] = set()

    def run(self) -> Kernel | None:
        """Return a kernel in which all cells have run, None if there is none any more."""
        while self._kernel is None and self._tries < TRIES:
            self._tries += 1
            self._kernel = self._start()
            for index, cell in enumerate(self._cells):
                if index not in self._deadly and not self._run_cell(index, cell):
                    break
        return self._kernel

    def _run_cell(self, index: int, cell: NotebookNode) -> bool:
        assert self._kernel is not None
        try:
            outputs = [harmless_output(output) for output in self._kernel.run(cell.source)]
        except Gone as gone:
            outputs = [told(f"{gone} The other cells were run without this one.")]
            self._deadly.add(index)
            self._drop()
        if index not in self._shown or index in self._deadly:
            cell.outputs = outputs
            self._shown.add(index)
        return self._kernel is not None

    def judge(self, task_id: str, names: Sequence[str], seed: int) -> Report:
        """Return the report on the functions called `names`, with cases drawn by seed.

        ValueError for a task that does not exist, or another number of functions.
        """
        task = drawn_task(task_id, seed)
        called = dict(zip(task.references, names, strict=True))
        return judge_task(task, lambda case: self._answer(case, called), seed)

    def _answer(self, case: Case, called: Mapping[str, str]) -> Outcome:
        kernel = self.run()
        if kernel is None:
            return Outcome("skipped", message="Not run, because this notebook ends its kernel.")
        outcome = kernel.answer(replace(case, function=called[case.function]))
        if not kernel.alive:
            self._drop()
        return outcome

    def _drop(self) -> None:
        self.close()
        self._kernel = None

    def close(self) -> None:
        """End the kernel, if there is one."""
        if self._kernel is not None:
            self._kernel.close()


@lru_cache(maxsize=100)
def drawn_task(task_id: str, seed: int) -> Task:
    """Return a task whose cases and right answers are found once, for all submissions."""
    task = find_task(task_id)
    drawn = draw(task, seed)
    references = {
        name: (names, _once(reference)) for name, (names, reference) in task.references.items()
    }
    properties = tuple(
        replace(prop, cases=lambda _, cases=cases: cases)
        for prop, cases in zip(task.properties, drawn, strict=True)
    )
    return replace(task, references=references, properties=properties)


def _once(reference: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes the answer to the same objects once, and copies it."""
    known: dict[tuple[int, ...], tuple[tuple, Any]] = {}

    def answer(*args: Any) -> Any:
        key = tuple(map(id, args))
        if key not in known:
            known[key] = args, reference(*args)  # args are kept, so that no id is used again
        return deepcopy(known[key][1])

    return answer


def told(text: str) -> NotebookNode:
    """Return an output that says why a cell has no other."""
    return new_output("stream", name="stdout", text=f"[{text}]\n")
