"""Grade a class: `python -m course_lib.grading submitted`, in a folder with an nbgrader_config.py.

    python -m course_lib.grading submitted                # STUDENT/exNN/exNN.ipynb, as in nbgrader
    python -m course_lib.grading ex01.zip --workers 4     # a zip from a learning platform
    python -m course_lib.grading submitted --scheduler tcp://10.0.0.1:8786

Marks go into nbgrader's gradebook, feedback pages and graded notebooks where nbgrader has them, and
marks.csv beside them. Run again, it grades what is new or changed; broken off, it goes on.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

from course_lib.grading.box import Limits, NoBox
from course_lib.grading.gradebook import Course
from course_lib.grading.mark import Marked
from course_lib.grading.preprocess import STAMP, private_seed
from course_lib.grading.probe import probe
from course_lib.grading.runner import Run, Settings, end_with_parent
from course_lib.grading.submissions import find, unpack
from course_lib.grading.summary import summary, write_csv


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; return the exit status."""
    args = parse(arguments)
    try:
        return grade(args)
    except (NoBox, FileNotFoundError, ValueError) as error:
        print(f"grading: {error}", file=sys.stderr)
        return 2


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(
        "python -m course_lib.grading", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "submitted",
        type=Path,
        nargs="?",
        default=Path("submitted"),
        help="folder in nbgrader's layout, in the teacher's folder or here, or a zip (submitted)",
    )
    parser.add_argument("--exercise", default="*", help="only this one, such as ex01")
    parser.add_argument("--course", type=Path, default=Path("."), help="the teacher's folder")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--scheduler", help="address of a dask.distributed cluster")
    parser.add_argument("--force", action="store_true", help="grade what was graded before, too")
    parser.add_argument("--no-feedback", action="store_true", help="write no pages for students")
    parser.add_argument(
        "--no-box", action="store_true", help="run code you trust without a box; stamps each result"
    )
    parser.add_argument("--seconds", type=float, default=Limits.seconds, help="for a submission")
    return parser.parse_args(arguments)


def grade(args: argparse.Namespace) -> int:
    """Grade what args name and say what came of it."""
    root = args.course.resolve()
    course, limits = Course(root), Limits(seconds=args.seconds)
    print(STAMP if args.no_box else probe(limits))
    folder = args.submitted
    if (root / folder).exists():  # the class's own comes before one of the same name here
        folder = root / folder
    if folder.is_file():
        archive = folder
        folder = root / course.directory.submitted_directory
        print(f"{unpack(archive, folder)} notebooks unpacked into {folder}")
    settings = Settings(
        private_seed(root / "private_seed.txt"),
        limits,
        args.workers,
        args.force,
        boxed=not args.no_box,
        feedback=not args.no_feedback,
    )
    run = Run(course, settings, executor(args), Bar())
    done = run.grade(list(find(folder, args.exercise)))
    marked = list(run.journal.marked())
    write_csv(root / "marks.csv", marked)
    print(f"\n{done} graded, {len(marked)} in all: {root / 'marks.csv'}, {course.db_url}\n")
    print(summary(marked))
    waiting = course.waiting()
    if waiting:
        print(f"\nTexts to mark by hand, in Formgrader: {waiting}")
    for submission in run.skipped:
        print(f"skipped: {submission.path}, there is no exercise {submission.exercise}")
    return 0


def executor(args: argparse.Namespace) -> Callable[[], Executor]:
    """Return what starts the workers: processes here, or those of a cluster."""
    if args.scheduler is None:
        context = multiprocessing.get_context("spawn")
        return lambda: ProcessPoolExecutor(
            args.workers, mp_context=context, initializer=end_with_parent
        )
    try:
        from dask.distributed import Client  # type: ignore[import-not-found]
    except ImportError:
        raise ValueError(
            "--scheduler needs dask.distributed: pip install distributed, here and on the cluster"
        ) from None
    return lambda: Client(args.scheduler).get_executor(pure=False)


class Bar:
    """Shows how far it is and how long it will take; in lines where there is no screen."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, done: int, total: int, marked: Marked) -> None:
        """Show that `done` of `total` are graded, `marked` last."""
        left = (time.monotonic() - self._began) * (total - done) / done
        full = 30 * done // total
        line = f"[{'#' * full}{'.' * (30 - full)}] {done} of {total}, {duration(left)} left"
        if sys.stdout.isatty():
            print(f"\r{line:60} {marked.student[:20]:20}", end="", flush=True)
        elif done == total or done * 10 // total > (done - 1) * 10 // total:
            print(line, flush=True)


def duration(seconds: float) -> str:
    """Return a time as one says it."""
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes > 1 else f"{seconds:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
