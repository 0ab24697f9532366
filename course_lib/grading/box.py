"""The box: bubblewrap around one process, without network, other people's files or much memory.

Inside are the system's libraries, the interpreter, its packages and course_lib, all read-only; an
empty /tmp and /home that vanish; and one folder for the kernel's sockets. References and graded
cases stay outside. Linux only, like bubblewrap.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

COURSE = Path(__file__).parents[1]  # course_lib
MEGABYTE = 2**20
SYSTEM = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/sbin", "/etc/alternatives", "/etc/fonts")
FIRST_USER = 61_000  # a range that no distribution gives to accounts


@dataclass(frozen=True)
class Limits:
    """How much one submission may use."""

    seconds: float = 300.0  # from start to end
    cell_seconds: float = 60.0
    memory: int = 2_048 * MEGABYTE  # of all processes together
    processes: int = 64  # threads count, and NumPy and torch have some
    file: int = 64 * MEGABYTE  # the largest file
    disk: int = 256 * MEGABYTE  # of /tmp, /student and /dev/shm, each
    output: int = 4 * MEGABYTE  # what the cells print and show

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not value > 0:
                raise ValueError(f"{name} is {value}; a limit must be above 0")


class NoBox(RuntimeError):
    """There is no box on this machine; the message says why, and what to use instead."""


def command(inner: Sequence[str], folder: Path, limits: Limits, slot: int = 0) -> list[str]:
    """Return the command that runs Python with the arguments `inner` in a box.

    folder is the only place of this machine that the box can write to, at the same path. As root,
    the process becomes user FIRST_USER + slot, so give boxes that run at once different slots.
    Raises NoBox without bubblewrap.
    """
    bwrap = find_bubblewrap()
    user = FIRST_USER + slot if os.geteuid() == 0 else None
    settings = json.dumps({"limits": asdict(limits), "user": user})
    brood = inner[0] == "brood"  # it forks submissions, in namespaces that it makes itself
    rights = ("CAP_SETUID", "CAP_SETGID", *(("CAP_KILL",) * brood))
    return [
        bwrap,
        *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
        *(("--unshare-user",) * (user is None)),
        *(("--disable-userns",) * (user is None and not brood)),
        *(("--cap-drop", "ALL") * (user is not None)),
        *(option for right in rights for option in ("--cap-add", right) if user is not None),
        *("--die-with-parent", "--new-session", "--clearenv", "--hostname", "box"),
        *("--proc", "/proc", "--dev", "/dev"),
        *writable("/tmp", limits),  # before what is read-only: the course itself may lie in it
        *writable("/student", limits),
        *writable("/dev/shm", limits),
        *read_only(),
        *("--bind", str(folder), str(folder), "--chdir", "/student"),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *environment(),
        *(sys.executable, "-P", "-m", "course_lib.grading.inside", settings, *inner),
    ]


def open_command(inner: Sequence[str], limits: Limits) -> list[str]:
    """Return the command that runs Python without a box, with the limits of a process alone."""
    settings = json.dumps({"limits": asdict(limits), "user": None})
    return [sys.executable, "-P", "-m", "course_lib.grading.inside", settings, *inner]


def find_bubblewrap() -> str:
    """Return where bubblewrap is. Raises NoBox, which says how to get it."""
    if not sys.platform.startswith("linux"):
        raise NoBox(
            f"the box needs Linux, and this is {sys.platform}. Grade in a Linux container or "
            "virtual machine, or with --no-box, which stamps every result"
        )
    found = shutil.which("bwrap")
    if found is None:
        raise NoBox(
            "bubblewrap is not installed. Install it (Debian, Ubuntu: apt install bubblewrap; "
            "Fedora: dnf install bubblewrap), or grade with --no-box, which stamps every result"
        )
    return found


def readable() -> list[str]:
    """Return what the box may read: the system, this Python with its packages, and course_lib."""
    wanted = [*SYSTEM, "/etc/ld.so.cache", "/etc/localtime", sys.base_prefix, sys.prefix, COURSE]
    return list(dict.fromkeys(str(path) for path in wanted))


def read_only() -> Iterable[str]:
    """Yield the options that show what is readable, and hide the references in it."""
    paths = readable()
    above = {str(parent) for path in paths for parent in Path(path).parents}
    for parent in sorted(above - {"/", *paths}):  # else bubblewrap makes them for root alone
        yield from ("--perms", "0755", "--dir", parent)
    for path in paths:
        if os.path.islink(path):
            yield from ("--symlink", os.readlink(path), path)
        elif os.path.exists(path):
            yield from ("--ro-bind", path, path)
    for exercise in sorted((COURSE / "checks").glob("ex[0-9]*")):
        yield from ("--tmpfs", str(exercise), "--remount-ro", str(exercise))  # the references


def writable(path: str, limits: Limits) -> tuple[str, ...]:
    """Return the options of an empty folder in memory that anyone in the box may write to."""
    return "--size", str(limits.disk), "--perms", "1777", "--tmpfs", path


def environment() -> Iterable[str]:
    """Yield the variables inside, none of which are the grader's own."""
    variables = {
        "HOME": "/student",
        "LANG": "C.UTF-8",
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(COURSE.parent),  # the folder shows nothing but course_lib
        "PYTHONDONTWRITEBYTECODE": "1",
        "IPYTHONDIR": "/student/.ipython",
        "MPLCONFIGDIR": "/student/.matplotlib",
        "OMP_NUM_THREADS": "1",
    }
    for name, value in variables.items():
        yield from ("--setenv", name, value)


class Watchdog:
    """Kills a box that uses too much memory, disk or time, and remembers why."""

    def __init__(self, pid: int, folder: Path, limits: Limits, every: float = 0.1):
        self.reason = ""
        self._box, self._folder, self._limits, self._every = pid, folder, limits, every
        self._began, self._stopped = time.monotonic(), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(self._every):
            self.reason = self._too_much()
            if self.reason:
                kill(self._box)
                return

    def _too_much(self) -> str:
        limits = self._limits
        if time.monotonic() - self._began > limits.seconds:
            return f"It ran longer than {limits.seconds:.0f} seconds."
        if memory(self._box) > limits.memory:
            return f"It used more than {limits.memory // MEGABYTE} MB of memory."
        if size(self._folder) > limits.disk:
            return f"It wrote more than {limits.disk // MEGABYTE} MB."
        return ""


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all its descendants that are alive."""
    found, left = [], [pid]
    while left:
        with contextlib.suppress(psutil.NoSuchProcess):
            found.append(psutil.Process(left.pop()))
            left += children(found[-1])
    return found


def children(process: psutil.Process) -> list[int]:
    """Return the children of a process. Linux tells them at once; psutil looks through all."""
    try:
        pids = []
        for thread in os.listdir(f"/proc/{process.pid}/task"):
            with open(f"/proc/{process.pid}/task/{thread}/children", encoding="ascii") as file:
                pids += map(int, file.read().split())
        return pids
    except OSError:
        return [child.pid for child in process.children()]


def memory(pid: int) -> int:
    """Return the bytes that a box holds in memory, pages shared by its processes counted once."""
    total = 0
    for process in family(pid):
        try:
            info = process.memory_info()
        except psutil.NoSuchProcess:
            continue
        total += info.rss - getattr(info, "shared", 0)
    return total


def size(folder: Path) -> int:
    """Return the bytes of the files in a folder, links not followed."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size
            except OSError:
                continue
    return total


def kill(pid: int) -> None:
    """End a box and everything in it: its namespace of processes goes with its first one."""
    for process in reversed(family(pid)):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
