"""A box that is warm: one process in it has imported what the notebooks need, and forks kernels.

Each fork is one submission, in namespaces of its own; only the imports are shared. This saves two
seconds a submission. Where the system forbids it, each submission gets a cold box instead.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import select
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from functools import cache
from itertools import count
from multiprocessing import util
from pathlib import Path

import psutil
from nbformat.notebooknode import NotebookNode

from course_lib.grading import box
from course_lib.grading.box import FIRST_USER, Limits, NoBox

START = 120.0  # seconds that it may take to import everything, on a machine that is busy
SLOTS = 4_000  # users that boxes run as; two at once seldom have the same, and may
ALWAYS = ("ipykernel.kernelapp", "ipykernel.zmqshell", "IPython.core.magics", "course_lib.checks")


class Warm:
    """One box with the process that forks. Raises NoBox if it does not start."""

    def __init__(self, limits: Limits, slot: int, modules: Sequence[str] = ()):
        self.limits, self.slot, self.modules = limits, slot, tuple(modules)
        self.broken = False  # whoever finds it so says it here
        self.shelf = Path(tempfile.mkdtemp(prefix="box-"))
        self.shelf.chmod(0o711)
        said = self.shelf / "stderr"
        with said.open("wb") as stderr:
            self._process = subprocess.Popen(
                box.command(["brood", *ALWAYS, *modules], self.shelf, limits, slot),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                bufsize=0,  # else two words read at once would hide from select
            )
        self._finalizer = util.Finalize(self, end, (self._process, self.shelf), exitpriority=10)
        if self._answer(START) != "ready":
            why = said.read_text("utf-8", "replace").strip().splitlines()
            self.close()
            raise NoBox(f"the warm box did not start: {(why or ['nothing was heard'])[-1]}")

    def fork(self, inner: Sequence[str], folder: Path) -> Fork:
        """Start what `inner` says in namespaces that see only folder, which lies on the shelf."""
        user = FIRST_USER + self.slot if os.geteuid() == 0 else None
        order = {"inner": list(inner), "folder": str(folder), "disk": self.limits.disk}
        readable = box.readable()
        self._tell(json.dumps(order | {"user": user, "read_only": readable}))
        if self._answer(START) != "hatched":
            raise NoBox("the warm box could not make namespaces inside itself")
        return Fork(self)

    def process(self) -> psutil.Process:
        """Return the first process of the fork that lives, as this side of the box numbers it."""
        lineage = [psutil.Process(self._process.pid)]
        for _ in range(3):  # bubblewrap, its child in the box, the process that forks, the fork
            (child,) = lineage[-1].children()
            lineage.append(child)
        return lineage[-1]

    def ended(self, seconds: float) -> bool:
        """Say whether the fork ends within seconds."""
        return self._answer(seconds) in ("ended", "")

    def stop(self) -> None:
        """End the fork and all that descends from it."""
        self._tell("")

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()

    def _answer(self, seconds: float) -> str:
        """Return the next word it says: "" if it has ended, "?" if there is none in time."""
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], seconds)[0]:
            return "?"
        return self._process.stdout.readline().decode().strip()

    def close(self) -> None:
        """End the box."""
        self._finalizer()


class Fork:
    """A process in a warm box, with the part of subprocess.Popen that a kernel's client needs."""

    def __init__(self, warm: Warm):
        self._warm, self._ended = warm, False
        try:
            self.pid = warm.process().pid
        except (psutil.NoSuchProcess, ValueError):  # it ended at once
            self.pid = 0

    def poll(self) -> int | None:
        """Return None while it lives."""
        self._ended = self._ended or self._warm.ended(0)
        return 0 if self._ended else None

    def wait(self, timeout: float) -> int:
        """End it, and return when it has. Raises TimeoutExpired if it does not."""
        end = time.monotonic() + timeout
        if self.poll() is None:
            self._warm.stop()
            while not self._ended and time.monotonic() < end:
                self._ended = self._warm.ended(1)
        if not self._ended:
            raise subprocess.TimeoutExpired("a fork in a warm box", timeout)
        return 0


def end(process: subprocess.Popen, shelf: Path) -> None:
    """End a warm box and remove its folder."""
    box.kill(process.pid)
    process.wait(timeout=30)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
    shutil.rmtree(shelf, ignore_errors=True)


HERE = threading.local()  # one warm box a thread: dask's workers grade in threads
THREADS = count()


def slot() -> int:
    """Return the number of this thread's boxes, of which it has one at a time."""
    if not hasattr(HERE, "slot"):
        HERE.slot = (16 * os.getpid() + next(THREADS)) % SLOTS
    return HERE.slot


def warm_box(limits: Limits, modules: Sequence[str]) -> Warm | None:
    """Return this thread's warm box, None where there can be none. Another replaces the last."""
    if not can_fork():
        return None
    warm: Warm | None = getattr(HERE, "warm", None)
    if warm is None or warm.broken or (warm.limits, warm.modules) != (limits, tuple(modules)):
        if warm is not None:
            warm.close()
        warm = HERE.warm = Warm(limits, slot(), modules)
    return warm


@cache
def can_fork() -> bool:
    """Say whether a box on this machine may hold namespaces of its own; tried once."""
    try:
        warm = Warm(Limits(), slot())
    except NoBox:
        return False
    try:
        folder = private_folder(warm.shelf, warm.slot)
        warm.fork(["probe", "pass"], folder).wait(30)
    except (NoBox, subprocess.TimeoutExpired):
        return False
    finally:
        warm.close()
    return True


def private_folder(parent: Path | None, slot: int, boxed: bool = True) -> Path:
    """Return a new folder for the sockets of one kernel."""
    folder = Path(tempfile.mkdtemp(prefix="box-", dir=parent))
    if boxed and os.geteuid() == 0:
        os.chown(folder, FIRST_USER + slot, FIRST_USER + slot)
    return folder


def imported(handed_out: NotebookNode) -> tuple[str, ...]:
    """Return the modules that the course's own notebook imports: worth having before a fork."""
    names: dict[str, None] = {}
    for cell in handed_out.cells:
        if cell.cell_type == "code":
            with contextlib.suppress(SyntaxError):
                for node in ast.walk(ast.parse(cell.source)):
                    if isinstance(node, ast.Import):
                        names |= dict.fromkeys(alias.name for alias in node.names)
                    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                        names[node.module] = None
    return tuple(names)
