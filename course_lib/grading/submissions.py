"""Submissions on disk: nbgrader's layout, and zip files of learning platforms put into it."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import nbformat
from nbformat.notebooknode import NotebookNode

LARGEST = 20 * 2**20  # bytes of one notebook
FILES = 20_000  # in one zip
RATIO = 200  # how many times its size in the zip a file may have
NAME = re.compile(r"[\w.@+-][\w.@+ -]{0,98}")  # of a student: no separator, no hidden trick
# Where a platform puts a file: (student, exercise). The exercise is the notebook's own name.
PLATFORMS = (
    re.compile(r"(?P<student>[^/]+)/(?P<exercise>ex\d+)/(?P=exercise)\.ipynb"),  # nbgrader
    re.compile(r"(?P<student>[^/]+)_\d+_assignsubmission_file_?/(?P<exercise>ex\d+)\.ipynb"),
    re.compile(r"(?P<student>[^/_]+)(?:_LATE)?_\d+_\d+_(?P<exercise>ex\d+)(?:-\d+)?\.ipynb"),
    re.compile(r"(?P<student>[^/]+)_(?P<exercise>ex\d+)\.ipynb"),
    re.compile(r"(?P<student>[^/]+)/(?P<exercise>ex\d+)\.ipynb"),
)


class Unreadable(ValueError):
    """A submission that can't be graded; the message tells the student why."""


@dataclass(frozen=True)
class Submission:
    """One notebook of one student, and when it was handed in (None: not known)."""

    student: str
    exercise: str
    path: Path
    timestamp: dt.datetime | None = None

    def read(self) -> tuple[str, str]:
        """Return the notebook as text of format 4, and a hash of the file.

        Raises Unreadable, in words for the student.
        """
        data = self._bytes()
        try:
            notebook = nbformat.reads(data.decode("utf-8"), as_version=4)
            cells = list(notebook.cells)
            text = written(notebook)
        except Exception as error:  # nbformat raises what it likes on what is no notebook
            raise Unreadable(f"This file is no notebook: {type(error).__name__}.") from error
        if not all(isinstance(cell.get("source"), str) for cell in cells):
            raise Unreadable("A cell of this notebook has no text.")
        return text, hashlib.sha256(data).hexdigest()

    def _bytes(self) -> bytes:
        info = os.lstat(self.path)
        if not stat.S_ISREG(info.st_mode):
            raise Unreadable("This is a link or a device, not a file.")
        if info.st_size > LARGEST:
            raise Unreadable(
                f"This notebook has {info.st_size / 2**20:.0f} MB, and at most "
                f"{LARGEST / 2**20:.0f} are taken. Clear its outputs and save it again."
            )
        return self.path.read_bytes()


def written(notebook: NotebookNode) -> str:
    """Return a notebook as text that can be written to a file, whatever its strings hold."""
    return nbformat.writes(notebook).encode("utf-8", "replace").decode("utf-8")


def find(folder: Path, exercise: str = "*") -> Iterator[Submission]:
    """Yield the submissions in folder/STUDENT/exNN/exNN.ipynb, students in order.

    Raises FileNotFoundError if there is none.
    """
    found = False
    for path in sorted(folder.glob(f"*/{exercise}/*.ipynb")):
        student, name = path.parts[-3], path.parts[-2]
        linked = any(part.is_symlink() for part in (path.parent, path.parent.parent))
        if path.stem == name and NAME.fullmatch(student) and not linked:
            found = True
            yield Submission(student, name, path, timestamp(path.parent))
    if not found:
        raise FileNotFoundError(
            f"no submission in {folder}; expected {folder.name}/STUDENT/exNN/exNN.ipynb, "
            "as nbgrader collects them, or a zip from a learning platform"
        )


def timestamp(folder: Path) -> dt.datetime | None:
    """Return when it was handed in: nbgrader's timestamp.txt, in UTC without a zone."""
    file = folder / "timestamp.txt"
    if not file.is_file() or file.is_symlink():
        return None
    try:
        when = dt.datetime.fromisoformat(file.read_text("utf-8").strip().removesuffix(" UTC"))
    except ValueError:
        return None
    return when.astimezone(dt.UTC).replace(tzinfo=None) if when.tzinfo else when


def unpack(archive: Path, folder: Path) -> int:
    """Put the notebooks of a zip into folder/STUDENT/exNN/exNN.ipynb; return how many.

    Of two files of one student the later counts. Nothing is written outside folder, and a file that
    would be is an error before the first is written: ValueError for an absolute path, "..", a link,
    a device, too many files, or one that is far larger than its share of the zip.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [info for info in opened.infolist() if not info.is_dir()]
            check(members, archive)
            chosen = newest(members)
            for (student, exercise), info in chosen.items():
                put(opened, info, folder / student / exercise / f"{exercise}.ipynb")
    except zipfile.BadZipFile as error:
        raise ValueError(f"{archive.name} is no zip file that can be read: {error}") from error
    if not chosen:
        raise ValueError(
            f"{archive.name} holds no notebook whose path says student and exercise, such as "
            "STUDENT/ex01/ex01.ipynb or STUDENT_ex01.ipynb"
        )
    return len(chosen)


def check(members: list[zipfile.ZipInfo], archive: Path) -> None:
    """Raise ValueError for a member that no honest zip holds."""
    if len(members) > FILES:
        raise ValueError(f"{archive.name} holds {len(members)} files, and {FILES} are the most")
    for info in members:
        path, kind = PurePosixPath(info.filename.replace("\\", "/")), info.external_attr >> 16
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or "\0" in str(path):
            raise ValueError(f"{archive.name} holds {info.filename!r}, which leads out of it")
        if stat.S_IFMT(kind) not in (0, stat.S_IFREG):
            raise ValueError(f"{archive.name} holds {info.filename!r}, a link or a device")
        if info.file_size > LARGEST or info.file_size > RATIO * max(info.compress_size, 1_000):
            raise ValueError(
                f"{archive.name} holds {info.filename!r} of {info.file_size} bytes, "
                f"{info.compress_size} in the zip; such a file is not unpacked"
            )


def newest(members: list[zipfile.ZipInfo]) -> dict[tuple[str, str], zipfile.ZipInfo]:
    """Return the last notebook of every student and exercise."""
    chosen: dict[tuple[str, str], zipfile.ZipInfo] = {}
    for info in sorted(members, key=lambda info: info.date_time):
        parts = PurePosixPath(info.filename.replace("\\", "/")).parts
        for start in range(len(parts)):  # platforms put one or two folders around everything
            tried = "/".join(parts[start:])
            match = next((m for p in PLATFORMS if (m := p.fullmatch(tried))), None)
            if match and NAME.fullmatch(match["student"]):
                chosen[match["student"], match["exercise"]] = info
                break
    return chosen


def put(opened: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """Write one member whole, and beside it when it was handed in."""
    with opened.open(info) as source:
        data = source.read(LARGEST + 1)  # what the zip says of a size may be wrong
    if len(data) > LARGEST:
        raise ValueError(f"{info.filename!r} is larger than the zip says")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.write_bytes(data)
    os.replace(part, target)
    when = dt.datetime(*info.date_time)
    (target.parent / "timestamp.txt").write_text(f"{when.isoformat(sep=' ')} UTC\n", "utf-8")
