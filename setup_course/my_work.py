"""The learner's copies in my_work/: what is copied, what is updated, what is left alone.

A manifest there records, for every file, the version of the course's file that the learner was last
given. A file that still equals it was not changed by the learner and may follow the course; any
other file is the learner's, and is never written to. For notebooks, cells with their outputs are
compared: JupyterLab rewrites the rest as soon as a notebook is opened and saved.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from setup_course.failures import SetupError

# Notebooks link to exercises (../exercises/ex01/ex01.ipynb), exercises to solutions (to compare at
# the end). Copying all three side by side keeps these links inside my_work, where JupyterLab is
# rooted, and keeps the learner from editing the originals by following one.
FOLDERS = ("notebooks", "exercises", "solutions")
MANIFEST = ".course-files.json"
NOT_OURS = {".ipynb_checkpoints", "__pycache__", "variants.toml"}  # the last is the teacher's


@dataclass
class Plan:
    """What to do with each file, by its path inside my_work."""

    copy: list[str] = field(default_factory=list)  # not there: new, or deleted by the learner
    update: list[str] = field(
        default_factory=list
    )  # not touched by the learner, newer in the course
    keep: list[str] = field(default_factory=list)  # the learner's, and there is a newer one
    gone: list[str] = field(default_factory=list)  # no longer in the course; stays with the learner


def make_plan(course: Mapping[str, str], mine: Mapping[str, str], given: Mapping[str, str]) -> Plan:
    """Decide from hashes by path: the course's files, the learner's files, the versions last given.

    A deleted file comes back: deleting is the plain way to ask for a fresh start. Without an entry
    in the manifest, a file that differs counts as changed by the learner.
    """
    plan = Plan(gone=sorted(set(given) - set(course)))
    for path, newest in sorted(course.items()):
        if path not in mine:
            plan.copy.append(path)
        elif mine[path] == newest or given.get(path) == newest:
            continue
        elif mine[path] == given.get(path):
            plan.update.append(path)
        else:
            plan.keep.append(path)
    return plan


def digest(path: Path) -> str:
    """Return the SHA-256 of a file; of a notebook, that of its cells."""
    content = path.read_bytes()
    if path.suffix == ".ipynb":
        try:
            content = json.dumps(json.loads(content)["cells"], sort_keys=True).encode()
        except (ValueError, TypeError, LookupError):
            pass  # not a notebook any more: then every byte counts
    return hashlib.sha256(content).hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    """Return the digest of every file under the copied folders, by its path with slashes."""
    found = {}
    for part in FOLDERS:
        for path in sorted((folder / part).rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and not NOT_OURS & set(inside.parts) and not is_half(path):
                found[inside.as_posix()] = digest(path)
    return found


def is_half(path: Path) -> bool:
    """Whether the path is a file that write_whole had not finished."""
    return path.name.startswith(".") and path.name.endswith(".half")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one go: an interruption leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    half.write_bytes(content)
    os.replace(half, path)


def read_manifest(work: Path) -> dict[str, str]:
    """Return the versions last given, {} when there is no manifest that can be read."""
    try:
        given = json.loads((work / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return given if isinstance(given, dict) else {}


def write_manifest(work: Path, given: Mapping[str, str]) -> None:
    """Record the versions last given."""
    write_whole(work / MANIFEST, json.dumps(dict(sorted(given.items())), indent=1).encode())


def bring_up_to_date(root: Path, work: Path) -> Plan:
    """Copy what is not there, update what the learner did not change, leave the rest."""
    course, mine, given = hashes(root), hashes(work), read_manifest(work)
    plan = make_plan(course, mine, given)
    for path in plan.gone:
        del given[path]
    for path, newest in course.items():
        if mine.get(path) == newest:
            given[path] = newest
    try:
        for path in plan.copy + plan.update:
            if (work / path).is_dir():
                raise SetupError(
                    f"{work / path} is a folder, where the course has a file.",
                    "Rename the folder, and run the same command again.",
                )
            write_whole(work / path, (root / path).read_bytes())
            given[path] = course[path]
    finally:  # also when interrupted: what was copied must not later count as the learner's
        write_manifest(work, given)
    return plan


def report(plan: Plan, fresh: str) -> list[str]:
    """Return what to tell the learner about a plan that was carried out; `fresh` is the command."""
    lines = []
    if plan.copy:
        lines.append(f"Copied to my_work: {', '.join(plan.copy)}")
    for path in plan.update:
        lines.append(f"Updated my_work/{path}, which you had not changed.")
    for path in plan.gone:
        lines.append(f"The course has {path} no longer; your copy stays.")
    for path in plan.keep:
        lines.append(
            f"Kept your my_work/{path}. The course has a newer version of it; this puts it beside "
            f"yours:\n    {fresh} {path}"
        )
    return lines


def find(course: Mapping[str, str], name: str) -> str:
    """Return the one file that a learner means by a path, a name, or its beginning (01, ex01)."""
    asked = Path(name).as_posix().removeprefix("./").removeprefix("my_work/")
    if asked in course:
        return asked
    notebooks = [p for p in course if p.endswith(".ipynb") and not p.startswith("solutions/")]
    stem = Path(asked).stem
    found = [p for p in notebooks if Path(p).stem == stem or Path(p).stem.startswith(stem + "_")]
    if len(found) == 1:
        return found[0]
    raise SetupError(
        f"{name!r} names {'no file' if not found else 'several files'} of the course.",
        "Name one of these:\n    " + "\n    ".join(found or notebooks),
    )


def put_fresh_copy(root: Path, work: Path, path: str) -> Path:
    """Copy the course's file beside the learner's, under a free name, and return its path."""
    target = work / path
    fresh = target.with_name(f"{target.stem}-fresh{target.suffix}")
    number = 2
    while fresh.exists():
        fresh = target.with_name(f"{target.stem}-fresh-{number}{target.suffix}")
        number += 1
    write_whole(fresh, (root / path).read_bytes())
    # The learner has this version now: no more need to be told of it.
    given = read_manifest(work)
    if target.exists():
        write_manifest(work, given | {path: digest(root / path)})
    return fresh
