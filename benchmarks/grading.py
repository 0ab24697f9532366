"""How fast a class is graded: `python -m benchmarks.grading`, beside plain `nbgrader autograde`.

    python -m benchmarks.grading --students 20 --chunk 10

Copies of ex01 (right, wrong, empty, one with an endless loop) are graded by nbgrader with its own
Execute and the hidden cells, in one process, and by our runner with two workers, each in a box.
They take turns, chunk by chunk, so that other users of the machine slow both. Each side is a
process that lives through all chunks, so starting it counts for neither. Marks must be equal.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat

from benchmarks.ratios import ratio

ROOT = Path(__file__).parents[1]
EXERCISE, SEED, CELL_SECONDS = "ex01", 2026, 30  # the seed of the hidden cells; nbgrader's limit
MISTAKES = {  # in the solution's words: what stands instead
    "sentence_log_prob": ("(*sentence, EOS)", "sentence"),
    "batch_loss": ("math.exp(nats)", "2**nats"),
    "most_probable": ("return words, -cost", "return words, cost"),
}
ENDLESS = {"sample": ("words, log_prob = (), 0.0", "while True:\n        pass")}
CONFIG = """c = get_config()
c.CourseDirectory.course_id = "bench"
c.CourseDirectory.source_directory = "{source}"
c.CourseDirectory.release_directory = "{release}"
c.ClearSolutions.code_stub = {{"python": "raise NotImplementedError"}}
c.Execute.timeout = {seconds}
c.Autograde.log_level = 40
"""


def notebook(kind: str) -> str:
    """Return a submission: "right", "wrong", "empty" or "endless"."""
    handed_out = nbformat.read(ROOT / "exercises" / EXERCISE / f"{EXERCISE}.ipynb", 4)
    solved = nbformat.read(ROOT / "solutions" / EXERCISE / f"{EXERCISE}.ipynb", 4)
    answers = {cell.id: cell.source for cell in solved.cells}
    changes = {"wrong": MISTAKES, "endless": ENDLESS}.get(kind, {})
    for cell in handed_out.cells:
        if kind != "empty" and cell.metadata.get("nbgrader", {}).get("solution"):
            old, new = changes.get(cell.metadata.nbgrader.grade_id, ("", ""))
            lines = answers[cell.id].splitlines()
            text = "\n".join(line for line in lines if "### " not in line)
            if old not in text:
                raise ValueError(f"{cell.id}: the solution holds no {old!r} any more")
            cell.source = text.replace(old, new, 1) if old else text
    return nbformat.writes(handed_out)


def hand_in(root: Path, students: int, chunk: int) -> list[str]:
    """Write the submissions, in folders of `chunk`; return the folders' names.

    One more, with four that are not counted, is for both sides to start everything they start.
    """
    texts = {kind: notebook(kind) for kind in ("right", "wrong", "empty", "endless")}
    folders = []
    for number in range(4):
        path = root / "warming_up" / f"w{number}" / EXERCISE / f"{EXERCISE}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(texts["empty"], "utf-8")
    for number in range(students):
        kind = "endless" if number == students // 2 else ("right", "wrong", "empty")[number % 3]
        folder = root / f"submitted{number // chunk:03d}"
        path = folder / f"s{number:04d}" / EXERCISE / f"{EXERCISE}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(texts[kind], "utf-8")
        folders.append(folder.name)
    return list(dict.fromkeys(folders))


def make_course(root: Path, side: str) -> None:
    """Make a folder with the source, with hidden cells, and what is handed out."""
    for folder in ("source", "release"):
        kept = {"source": "solutions", "release": "exercises"}[folder]
        shutil.copytree(ROOT / kept / EXERCISE, root / folder / EXERCISE)
    config = CONFIG.format(source="source", release="release", seconds=CELL_SECONDS)
    (root / "nbgrader_config.py").write_text(config)
    if side == "nbgrader":  # its gradebook knows an exercise from making it
        program = Path(sys.executable).with_name("nbgrader")
        command = [program, "generate_assignment", EXERCISE, "--force", "--log-level=ERROR"]
        subprocess.run(command, cwd=root, check=True, env=os.environ | path_to_programs())


def path_to_programs() -> dict[str, str]:
    """Return a PATH with this environment's programs: nbgrader calls alembic by its bare name."""
    return {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}


# One side, in a process of its own


def serve(side: str, root: Path) -> None:
    """Grade the folder named in each line of stdin; say how long it took, and the peak memory."""
    grade = {"nbgrader": nbgrader_side, "ours": our_side, "feedback": our_side}[side](root, side)
    grade("warming_up")
    print("ready", flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        grade(line.strip())
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "peak": peak}), flush=True)


def nbgrader_side(root: Path, side: str) -> Callable[[str], None]:
    """Return what grades a folder with nbgrader alone."""
    from nbgrader.apps.baseapp import NbGrader
    from nbgrader.converters import Autograde

    os.environ.update(path_to_programs())
    os.chdir(root)
    app = NbGrader()
    app.initialize([], root=str(root))
    app.coursedir.assignment_id = EXERCISE

    def grade(folder: str) -> None:
        app.coursedir.submitted_directory = folder
        Autograde(coursedir=app.coursedir, parent=app).start()

    return grade


def our_side(root: Path, side: str) -> Callable[[str], None]:
    """Return what grades a folder with our runner: two workers, and a gradebook of its own."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from contextlib import nullcontext

    from course_lib.grading.box import Limits
    from course_lib.grading.gradebook import Course
    from course_lib.grading.runner import Run, Settings
    from course_lib.grading.submissions import find

    pool = ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))
    limits = Limits(cell_seconds=CELL_SECONDS)
    settings = Settings(SEED, limits, workers=2, feedback=side == "feedback")
    run = Run(Course(root), settings, lambda: nullcontext(pool))  # type: ignore[arg-type]
    return lambda folder: run.grade(list(find(root / folder))) and None


class Side:
    """A side's process, asked one folder at a time."""

    def __init__(self, name: str, root: Path):
        command = [sys.executable, "-m", "benchmarks.grading", "--serve", name, str(root)]
        self.name, self.root = name, root
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(root / "stderr.txt").open("w"),
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        self.seconds: list[float] = []
        self.peaks: list[float] = []
        self._line()  # ready

    def _line(self) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(("ready", "{")):
                return line
        said = (self.root / "stderr.txt").read_text("utf-8", "replace")
        raise RuntimeError(f"{self.name} ended: {said[-2_000:]}")

    def grade(self, folder: str) -> None:
        """Grade a folder and note what it took."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{folder}\n")
        self._process.stdin.flush()
        said = json.loads(self._line())
        self.seconds.append(said["seconds"])
        self.peaks.append(said["peak"])

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


def scores(root: Path) -> dict[str, float]:
    """Return the points of the checked tasks by student."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "bench") as book:
        return {s.student.id: s.code_score for s in book.assignment_submissions(EXERCISE)}


def measure(names: Sequence[str], students: int, chunk: int, every: int) -> dict[str, Any]:
    """Return what both sides took for each chunk, their peaks of memory and whether marks agree.

    Our runner grades all chunks, the others one of `every`.
    """
    sides, folders = [], []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        try:
            for side in names:
                root = Path(name, side)
                make_course(root, side)
                folders = hand_in(root, students, chunk)
                sides.append(Side(side, root))
            for number, folder in enumerate(folders):
                turn = [s for s in sides if s.name == "ours" or number % every == 0]
                for side in turn if number // every % 2 == 0 else turn[::-1]:
                    side.grade(folder)
                last = [f"{side.name} {side.seconds[-1]:.1f} s" for side in turn]
                print(f"{(number + 1) * chunk:4d}", *last, flush=True)
        finally:
            for side in sides:
                side.close()
        marks = [scores(side.root) for side in sides]
    common = set.intersection(*map(set, marks))
    differ = sorted(s for s in common if len({m[s] for m in marks}) > 1)
    return {
        "students": students,
        "chunk": chunk,
        "every": every,
        "compared": len(common) - 4,  # without those for warming up
        "differ": differ,
        "sides": {side.name: {"seconds": side.seconds, "peaks": side.peaks} for side in sides},
    }


def told(found: dict[str, Any]) -> str:
    """Return what was measured in lines."""
    sides, lines = found["sides"], []
    chunk, every = found["chunk"], found["every"]
    same = {  # the chunks that all graded
        name: side["seconds"][:: every if name == "ours" else 1] for name, side in sides.items()
    }
    for name, side in sides.items():
        seconds = sum(same[name]) / found["compared"]
        memory = ""
        if name == "ours":
            at = {
                n: side["peaks"][n // chunk - 1] for n in (50, 100, 200) if n <= found["students"]
            }
            peaks = ", ".join(f"{peak:.0f} MB after {n}" for n, peak in at.items())
            memory = f"; peak memory of the parent {peaks}"
        lines.append(f"{name:9} {seconds:.2f} s a submission{memory}")
    for name in list(sides)[1:]:
        total = sum(same["nbgrader"]) / sum(same[name])
        chunks = ratio(same["nbgrader"], same[name])
        lines.append(f"nbgrader / {name}: {total:.2f} in all; by chunk {chunks}")
    lines.append(f"marks differ for {len(found['differ'])} of {found['compared']} students")
    return "\n".join(lines)


def main() -> int:
    """Measure and print; keep what was measured beside this file if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--chunk", type=int, default=10)
    parser.add_argument("--every", type=int, default=1, help="others grade one chunk of so many")
    parser.add_argument("--sides", nargs="+", default=["nbgrader", "ours", "feedback"])
    parser.add_argument("--keep", type=Path, help="write what was measured here, as JSON")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(args.serve[0], Path(args.serve[1]))
        return 0
    found = measure(args.sides, args.students, args.chunk, args.every)
    if args.keep:
        args.keep.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(told(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
