"""A learner's points over all exercises, in a small file of their own."""

import html
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VARIABLE = "SEQ2SEQ_COURSE_PROGRESS"
NAME = "progress.json"


def progress_file(folder: Path | None = None) -> Path | None:
    """Return the file that keeps the progress of a notebook running in folder, or None for none.

    Inside my_work it is my_work/progress.json, so that it moves with the learner's notebooks;
    elsewhere it is in the user's data folder. The environment variable SEQ2SEQ_COURSE_PROGRESS
    names another file, or is empty to keep none. The published solutions and nbgrader keep none.
    """
    folder = Path(folder or Path.cwd()).absolute()
    if VARIABLE in os.environ:
        return Path(os.environ[VARIABLE]) if os.environ[VARIABLE] else None
    if folder.parent.name == "solutions" or "NBGRADER_EXECUTION" in os.environ:
        return None
    for parent in (folder, *folder.parents):
        if parent.name == "my_work":
            return parent / NAME
    home = (
        os.environ.get("APPDATA") or os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
    )
    return Path(home) / "seq2seq-course" / NAME


@dataclass(frozen=True)
class Progress:
    """Best points so far, by task: task id to (points, points that can be earned)."""

    best: Mapping[str, tuple[float, float]]
    notice: str = ""

    def exercise(self, name: str) -> str:
        """Return one line on one exercise, such as "ex01: 2 of 6 tasks solved, 9 of 34 points"."""
        tasks = [score for task, score in self.best.items() if task.split(".")[0] == name]
        solved = sum(points >= of for points, of in tasks)
        earned, total = sum(points for points, _ in tasks), sum(of for _, of in tasks)
        return f"{name}: {solved} of {len(tasks)} tasks solved, {earned:g} of {total:g} points"

    def __str__(self) -> str:
        names = sorted({task.split(".")[0] for task in self.best})
        return "\n".join([*(self.exercise(name) for name in names), *filter(None, [self.notice])])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "<br>".join(html.escape(line) for line in str(self).splitlines())


def load(path: Path) -> tuple[dict[str, Any], str]:
    """Return what the file holds and a notice, empty if all is well; never raises.

    A damaged file is put aside under another name and the copy from before the last change takes
    its place, so that nothing is lost.
    """
    if not path.exists():
        return _empty(), ""
    stored = _read(path)
    if stored is not None:
        return stored, ""
    kept = _read(_previous(path)) or _empty()
    try:
        aside = _put_aside(path)
        _replace(path, _text(kept))
    except OSError:
        return kept, f"{path.name} can't be read or replaced."
    return kept, f"{path.name} was damaged; it is kept as {aside.name}, the copy before it is used."


def _empty() -> dict[str, Any]:
    return {"tasks": {}}


def _read(path: Path) -> dict[str, Any] | None:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    good = isinstance(stored, dict) and isinstance(stored.get("tasks"), dict)
    return stored if good else None


def _previous(path: Path) -> Path:
    return path.with_name(f"{path.stem}.previous{path.suffix}")


def _put_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    return path.rename(aside)


def record(path: Path, task_id: str, points: float, max_points: float) -> str:
    """Keep a task's points if they are its best, and return a notice, empty if all is well.

    Never raises: a folder that can't be written costs the record, not the check. What other
    versions of the course stored stays as it is.
    """
    try:
        stored, notice = load(path)
        before = _score(stored["tasks"].get(task_id))
        if before is None or before[0] < points or before[1] != max_points:
            stored["tasks"][task_id] = [points, max_points]
            _write(path, stored)
        return notice
    except OSError as error:
        return f"Your progress could not be kept: {error.strerror} ({path.name})."


def _write(path: Path, stored: Mapping[str, Any]) -> None:
    """Replace the file; the file before stays as a copy."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        _replace(_previous(path), path.read_text(encoding="utf-8"))
    _replace(path, _text(stored))


def _replace(path: Path, text: str) -> None:
    """Write a file in one step: a reader finds the old text or the new, whole."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _text(stored: Mapping[str, Any]) -> str:
    return json.dumps(stored, indent=1, sort_keys=True) + "\n"


def _score(stored: Any) -> tuple[float, float] | None:
    if isinstance(stored, list) and [type(x) in (int, float) for x in stored] == [True, True]:
        return float(stored[0]), float(stored[1])
    return None


def best_scores(path: Path, totals: Mapping[str, float]) -> Progress:
    """Return the progress over the tasks in totals (task id to its points)."""
    stored, notice = load(path)
    scores = {task: _score(stored["tasks"].get(task)) for task in totals}
    best = {task: (score[0] if score else 0.0, totals[task]) for task, score in scores.items()}
    return Progress(best, notice)
