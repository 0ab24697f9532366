"""Prove the box before anything is graded: try from inside what no submission may do."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
from pathlib import Path

from course_lib.grading import box
from course_lib.grading.box import FIRST_USER, Limits, NoBox

TRIES = """
import json, os, resource, socket, sys

def tried(action):
    try:
        action()
    except (OSError, MemoryError, ValueError) as error:
        return ""
    return "done"

secret, port, memory = sys.argv[-1].split("|")

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
    "write into course_lib": tried(lambda: open(os.path.join(os.environ["PYTHONPATH"], "x"), "w")),
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
print(json.dumps(done))
"""


def probe(limits: Limits) -> str:
    """Return a line that says the box holds. Raises NoBox, which says what got out."""
    with tempfile.TemporaryDirectory(prefix="probe-") as name, socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        secret, folder = Path(name, "secret"), Path(name, "box")
        secret.write_text("marks")
        folder.mkdir()
        if os.geteuid() == 0:
            os.chown(folder, FIRST_USER, FIRST_USER)
        said = f"{secret}|{server.getsockname()[1]}|{limits.memory}"
        command = box.command(["probe", TRIES, said], folder, limits)
        found = subprocess.run(command, capture_output=True, text=True, timeout=120)
    try:
        done = json.loads(found.stdout)
    except ValueError:
        raise NoBox(
            "bubblewrap is here, but the box does not start, so nothing was graded. It said: "
            + (found.stderr.strip().splitlines() or ["nothing"])[-1]
        ) from None
    out = [name for name, result in done.items() if result]
    if out:
        raise NoBox(f"the box does not hold, so nothing was graded: inside one can {out[0]}")
    return f"The box holds: {len(done)} tries from inside came to nothing."
