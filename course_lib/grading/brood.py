"""A process in the box that has imported what notebooks need, and forks one for each submission.

It runs no line of a student's, and holds no case and no reference. Every fork gets users, mounts,
processes and shared memory of its own, and all of it ends before the next one begins.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import sys
from collections.abc import Callable
from typing import Any

from course_lib.grading import namespaces

Program = Callable[[dict[str, Any]], None]


def serve(modules: list[str], program: Program) -> None:
    """Fork for every line of stdin, a JSON object, and say on stdout when that has ended.

    Its fields: folder (all that the fork sees of the shelf it lies on), disk (bytes), user (or
    None), read_only (what the box may read), and whatever program, which runs in the fork, takes.
    """
    for name in modules:
        with contextlib.suppress(Exception):  # then the notebook says so
            importlib.import_module(name)
    namespaces.hide_memory(True)
    namespaces.adopt_orphans()
    say("ready")
    while line := sys.stdin.readline():
        if not line.strip():
            continue  # the wish to end what had ended by itself
        order = json.loads(line)
        pid = hatch(order, program)
        say("hatched" if pid else "failed")
        if pid:
            watch(pid)
            say("ended")


def say(word: str) -> None:
    """Tell the grader something, in a line."""
    print(word, flush=True)


def hatch(order: dict[str, Any], program: Program) -> int:
    """Return the process that is the first in its namespaces, 0 if that could not be."""
    read, write = os.pipe()
    middle = os.fork()
    if middle == 0:
        with ended_by_an_error():
            namespaces.become(order["user"])
            namespaces.leave()
            first = os.fork()
            if first == 0:
                become_first(order, program, write)
            os.write(write, f"{first} ".encode())
            os._exit(0)
    os.close(write)
    os.waitpid(middle, 0)
    with os.fdopen(read, "rb") as pipe:
        told = pipe.read().decode().replace("ready", " ready ").split()  # in either order
    pids = [int(word) for word in told if word != "ready"]
    if pids and "ready" not in told:
        os.waitpid(pids[0], 0)
    return pids[0] if "ready" in told and pids else 0


def become_first(order: dict[str, Any], program: Program, write: int) -> None:
    """Close the namespaces behind it, run the program, and wait until it has ended."""
    with ended_by_an_error():
        os.setsid()
        forget_the_grader(order["folder"], write)
        namespaces.mount_own(order["folder"], order["disk"], order["read_only"])
        namespaces.give_up_capabilities()
        child = os.fork()
        if child == 0:
            with ended_by_an_error():
                os.setsid()
                os.write(write, b"ready")
                os.close(write)
                namespaces.hide_memory(False)
                program(order)
            os._exit(0)
        os.close(write)
        namespaces.hide_memory(True)
        while os.wait()[0] != child:
            pass
    os._exit(0)


@contextlib.contextmanager
def ended_by_an_error() -> Any:
    """End this process if anything goes wrong; the grader finds the reason in stderr."""
    try:
        yield
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def forget_the_grader(folder: str, keep: int) -> None:
    """Close everything but `keep` that was open; stderr goes into a file of this submission."""
    nothing = os.open(os.devnull, os.O_RDWR)
    said = os.open(os.path.join(folder, "stderr"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.dup2(said, 2)
    os.closerange(3, keep)
    os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX"))


def watch(pid: int) -> None:
    """Return when a process and its namespaces have ended: by itself, or because stdin says so."""
    handle = os.pidfd_open(pid)
    try:
        if sys.stdin in select.select([handle, sys.stdin], [], [])[0]:
            sys.stdin.readline()
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    finally:
        os.close(handle)
