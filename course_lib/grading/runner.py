"""Grade many submissions: any executor, one writer, and a journal that a crash does not confuse."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from pathlib import Path

from course_lib.grading.box import Limits
from course_lib.grading.gradebook import Course, Writer
from course_lib.grading.mark import Job, Marked, TaskMark, mark
from course_lib.grading.submissions import Submission, Unreadable

WAITING = 4  # jobs in hand for each worker: enough that none is idle, few enough for memory
AGAIN = 2  # how often a job is tried whose worker died


@dataclass(frozen=True)
class Settings:
    """What a run is asked for."""

    seed: int
    limits: Limits
    workers: int
    force: bool = False  # grade again what the journal has
    boxed: bool = True
    feedback: bool = True  # write each student's page, too


class Journal:
    """What has been graded: one line of JSON each, added after its mark is in the gradebook."""

    def __init__(self, path: Path):
        self._path = path
        self.entries: dict[tuple[str, str], dict] = {}
        if path.exists():
            for line in path.read_text("utf-8").splitlines():
                try:
                    entry = json.loads(line)
                    self.entries[entry["student"], entry["exercise"]] = entry
                except (ValueError, TypeError, KeyError):
                    continue  # the last line of a run that was ended while it wrote

    def has(self, submission: Submission, digest: str, seed: int) -> bool:
        """Say whether exactly this file was graded with this seed."""
        entry = self.entries.get((submission.student, submission.exercise))
        return entry is not None and (entry["digest"], entry["seed"]) == (digest, seed)

    def add(self, marked: Marked, digest: str, seed: int) -> None:
        """Write an entry down before the next one begins."""
        entry = asdict(marked) | {"digest": digest, "seed": seed}
        del entry["notebook"]
        self.entries[marked.student, marked.exercise] = entry
        with self._path.open("a", encoding="utf-8") as file:
            file.write(("\n" if self._cut() else "") + json.dumps(entry, ensure_ascii=False) + "\n")

    def _cut(self) -> bool:
        with self._path.open("rb") as file:
            if file.seek(0, 2) == 0:
                return False
            file.seek(-1, 2)
            return file.read(1) != b"\n"

    def marked(self) -> Iterator[Marked]:
        """Yield what was graded, without the notebooks."""
        for entry in self.entries.values():
            tasks = tuple(
                TaskMark(**{**task, "mistakes": tuple(task["mistakes"])}) for task in entry["tasks"]
            )
            yield Marked(
                entry["student"],
                entry["exercise"],
                "",
                tasks,
                entry["problem"],
                entry["seconds"],
            )


class Run:
    """One run over submissions; `progress(done, total, marked)` is called after each."""

    def __init__(
        self,
        course: Course,
        settings: Settings,
        start: Callable[[], Executor],
        progress: Callable[[int, int, Marked], None] = lambda *_: None,
    ):
        self._course, self._settings = course, settings
        self._start, self._progress = start, progress
        self._writer, self._handed_out = Writer(course, settings.feedback), {}
        self.journal = Journal(course.root / "grading.jsonl")
        self.skipped: list[Submission] = []

    def grade(self, submissions: Sequence[Submission]) -> int:
        """Grade what is new or changed; return how many that were.

        Raises FileNotFoundError if no exercise of theirs was handed out; some that were not are
        left out, and stand in `skipped`.
        """
        self.skipped = [s for s in submissions if not self._course.handed_out(s.exercise).is_file()]
        if self.skipped and len(self.skipped) == len(submissions):
            raise FileNotFoundError(
                f"{self._course.handed_out(self.skipped[0].exercise)} is missing, so it can't be "
                "graded; `make exercises` (or nbgrader generate_assignment) makes it"
            )
        left, tries = [s for s in submissions if s not in self.skipped], 0
        done = 0
        while left and tries <= AGAIN:
            tries += 1
            with self._start() as executor:
                finished, left = self._pass(executor, left, done, len(submissions))
            done += finished
        if left:
            names = ", ".join(f"{s.student}/{s.exercise}" for s in left[:5])
            raise RuntimeError(f"workers died {tries} times; not graded: {names}")
        return done

    def _pass(
        self, executor: Executor, submissions: list[Submission], done: int, total: int
    ) -> tuple[int, list[Submission]]:
        """Grade with one executor; return how many, and those whose worker died."""
        waiting: dict[Future[Marked], tuple[Submission, str]] = {}
        coming, finished, lost = iter(submissions), 0, []
        while True:
            while len(waiting) < WAITING * self._settings.workers:
                submission = next(coming, None)
                if submission is None:
                    break
                job, digest = self._job(submission)
                if not self._settings.force and self.journal.has(
                    submission, digest, self._settings.seed
                ):
                    continue
                try:
                    waiting[executor.submit(mark, job)] = submission, digest
                except BrokenProcessPool:
                    lost.append(submission)
            if not waiting:
                return finished, lost
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                submission, digest = waiting.pop(future)
                try:
                    marked = future.result()
                except BrokenProcessPool:
                    lost.append(submission)
                    continue
                self._write(marked, submission, digest)
                finished += 1
                self._progress(done + finished, total, marked)

    def _write(self, marked: Marked, submission: Submission, digest: str) -> None:
        self._writer.write(marked, submission.timestamp, submission.path.parent)
        self.journal.add(marked, digest, self._settings.seed)

    def _job(self, submission: Submission) -> tuple[Job, str]:
        handed_out = self._master(submission.exercise)
        problem, text, digest = "", "", ""
        try:
            text, digest = submission.read()
        except Unreadable as unreadable:
            problem = digest = str(unreadable)
        job = Job(
            submission.student,
            submission.exercise,
            text,
            handed_out,
            self._settings.seed,
            self._settings.limits,
            problem,
            self._settings.boxed,
        )
        return job, digest

    def _master(self, exercise: str) -> str:
        if exercise not in self._handed_out:
            path = self._course.handed_out(exercise)
            self._handed_out[exercise] = path.read_text("utf-8")
            self._writer.open_exercise(exercise, self._handed_out[exercise])
        return self._handed_out[exercise]


def end_with_parent() -> None:
    """End this worker when who started it is gone: its boxes end with it."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
