"""Prove the box before anything is graded: try from inside what no submission may do."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from course_lib.grading import box
from course_lib.grading.box import Limits, NoBox
from course_lib.grading.warm import Warm, can_fork, private_folder, slot

TRIES = """
import json, os, resource, socket, sys

def tried(action):
    try:
        action()
    except (OSError, MemoryError, ValueError) as error:
        return ""
    return "done"

secret, port, memory, told = sys.argv[-1].split("|")

def fork_many():
    children = []
    try:
        for _ in range(5_000):
            pid = os.fork()
            if pid == 0:
                import time
                time.sleep(30)
                os._exit(0)
            children.append(pid)
    finally:
        for pid in children:
            os.kill(pid, 9)

done = {
    "read a file of the grader": tried(lambda: open(secret).read()),
    "write outside its own folders": tried(lambda: open("/usr/probe", "w")),
    "write into course_lib": tried(lambda: open(os.environ["PYTHONPATH"] + "/course_lib/x", "w")),
    "connect to a port of this machine": tried(
        lambda: socket.create_connection(("127.0.0.1", int(port)), 2)
    ),
    "become root": tried(lambda: os.setuid(0)) if os.getuid() else "done",
    "see processes outside": "done" if len(
        [p for p in os.listdir("/proc") if p.isdigit()]) > 20 else "",
    "start thousands of processes": tried(fork_many),
    "take more memory than allowed": tried(lambda: bytearray(2 * int(memory))),
    "raise its own limits": tried(
        lambda: resource.setrlimit(resource.RLIMIT_NPROC, (99_999, 99_999))
    ),
}
with open(told, "w") as file:
    json.dump(done, file)
"""
SECONDS = 120


def probe(limits: Limits) -> str:
    """Return a line that says the box holds. Raises NoBox, which says what got out."""
    with tempfile.TemporaryDirectory(prefix="probe-") as name, socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        secret = Path(name, "secret")
        secret.write_text("marks")
        said = f"{secret}|{server.getsockname()[1]}|{limits.memory}"
        done = check(try_cold(said, limits))
        if can_fork():
            return f"{check(try_warm(said, limits))} Submissions share what it has imported."
    return f"{done} Each submission gets one of its own."


def try_cold(said: str, limits: Limits) -> dict[str, str]:
    """Return what can be done in a box of its own."""
    folder = private_folder(None, 0)
    try:
        command = box.command(["probe", TRIES, f"{said}|{folder / 'told'}"], folder, limits)
        found = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        return read(folder / "told", found.stderr)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def try_warm(said: str, limits: Limits) -> dict[str, str]:
    """Return what can be done in the namespaces inside a warm box."""
    with contextlib.closing(Warm(limits, slot())) as warm:
        folder = private_folder(warm.shelf, warm.slot)
        fork = warm.fork(["probe", TRIES, f"{said}|{folder / 'told'}"], folder)
        end = time.monotonic() + SECONDS
        while fork.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        return read(folder / "told", (folder / "stderr").read_text("utf-8", "replace"))


def read(told: Path, stderr: str) -> dict[str, str]:
    """Return what the tries found. Raises NoBox if they did not end."""
    try:
        return json.loads(told.read_text("utf-8"))
    except (OSError, ValueError):
        raise NoBox(
            "bubblewrap is here, but the box does not start, so nothing was graded. It said: "
            + (stderr.strip().splitlines() or ["nothing"])[-1]
        ) from None


def check(done: dict[str, str]) -> str:
    """Return a line that says the box holds. Raises NoBox, which says what got out."""
    out = [name for name, result in done.items() if result]
    if out:
        raise NoBox(f"the box does not hold, so nothing was graded: inside one can {out[0]}")
    return f"The box holds: {len(done)} tries from inside came to nothing."
