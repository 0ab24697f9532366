"""What a submission in a warm box leaves for the next, and reaches around it. Needs bubblewrap."""

import contextlib

import boxes
import pytest
from boxes import SMALL, fresh, value
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib.grading import box
from course_lib.grading import warm as warm_module
from course_lib.grading.kernel import BoxedKernel, new_kernel
from course_lib.grading.warm import Warm, warm_box

if boxes.why_none():
    pytest.skip(f"the box tests did not run: {boxes.why_none()}", allow_module_level=True)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("box")]


TRACES = """
import ctypes, itertools, os, subprocess, sys
left = []
parents = {SHELF, os.path.dirname(SHELF)}
for folder in ("/tmp", "/student", "/dev/shm", "/dev", "/", "/home"):
    parents |= {parent for parent, _, _ in itertools.islice(os.walk(folder), 200)}
for parent in parents:
    try:
        with open(os.path.join(parent, "trace"), "x") as file:
            left.append(parent)
    except FileExistsError:
        left.append("found a trace in " + parent)
    except OSError:
        pass
libc = ctypes.CDLL(None, use_errno=True)
memory = libc.shmget(0x5EC2E7, 4096, 0o666)  # without IPC_CREAT: what another made
left += ["found shared memory"] * (memory >= 0)
libc.shmget(0x5EC2E7, 4096, 0o1666)
queue = libc.mq_open(b"/trace", os.O_RDWR, 0o666, None)
left += ["found a queue"] * (queue >= 0)
libc.mq_open(b"/trace", os.O_RDWR | os.O_CREAT, 0o666, None)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(99)"], start_new_session=True)
left
"""


def test_a_submission_finds_nothing_of_the_one_before():
    for _ in range(2):
        with fresh() as kernel:
            source = f"SHELF = {str(kernel._folder.parent)!r}\n{TRACES}"
            left = value(kernel, source)
            assert len(value(kernel, "[p for p in os.listdir('/proc') if p.isdigit()]")) < 10
        assert not [place for place in left if place.startswith("found")], left
        assert {"/tmp", "/student", "/dev/shm"} <= set(left)
        own = ("/tmp", "/student", "/dev/shm", str(kernel._folder))
        assert all(place.startswith(own) for place in left), left


REACHES = {
    "memory of processes it did not start": """
import os
def readable(path):
    with open(path, "rb") as file:
        return file.read(1)
found = []
for pid in os.listdir("/proc"):
    for name in ("mem", "environ", "fd", "maps"):
        path = f"/proc/{pid}/{name}"
        if pid.isdigit() and not os.path.samefile(f"/proc/{pid}", "/proc/self"):
            try:
                found += [path] * len((os.listdir if name == "fd" else readable)(path))
            except OSError:
                pass
found
""",
    "signals to them": """
found = []
for pid in [1, *map(int, filter(str.isdigit, os.listdir("/proc")))]:
    if pid != os.getpid():
        try:
            os.kill(pid, 9)
            found.append(pid)
        except OSError:
            pass
[pid for pid in found if pid != 1]  # the first of its own namespace ignores it
""",
    "mounts": """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
[libc.mount(b"tmpfs", b"/usr", b"tmpfs", 0, None), libc.umount2(b"/tmp", 2),
 libc.umount2(b"/student", 2), libc.mount(b"x", b"/", None, 0x20 | 0x1000, None)].count(0) * [1]
""",
    "namespaces": "[1] * (libc.unshare(0x10000000) == 0)",
    "open files of the grader": """
[os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
 if os.path.exists(f"/proc/self/fd/{n}") and "box" not in os.readlink(f"/proc/self/fd/{n}")
 and os.readlink(f"/proc/self/fd/{n}").startswith("/") and "/dev/" not in os.readlink(
 f"/proc/self/fd/{n}")]
""",
    "capabilities": """
[line for line in open("/proc/self/status") if line.startswith("Cap") and int(line.split()[1], 16)]
""",
}


def test_a_submission_reaches_nothing_around_it():
    with fresh() as kernel:
        for what, source in REACHES.items():
            assert value(kernel, source) == [], what
        assert kernel.alive


def test_where_namespaces_are_forbidden_boxes_are_cold(monkeypatch):
    monkeypatch.setattr(warm_module, "can_fork", lambda: False)
    with new_kernel(SMALL) as kernel:
        assert value(kernel, "1 + 1") == 2
        assert not isinstance(kernel._process, warm_module.Fork)


def test_a_warm_box_that_died_is_replaced():
    first = warm_box(SMALL, ())
    assert first is not None
    box.kill(first._process.pid)
    with new_kernel(SMALL) as kernel:
        assert value(kernel, "1 + 1") == 2
        assert isinstance(kernel._process, warm_module.Fork)


def test_what_the_exercise_imports_is_there_before_a_submission():
    handed_out = new_notebook(
        cells=[
            new_code_cell("import colorsys as c, math\nfrom json.tool import main"),
            new_code_cell("not python"),
            new_markdown_cell("import os"),
        ]
    )
    modules = warm_module.imported(handed_out)
    assert modules == ("colorsys", "math", "json.tool")
    with contextlib.closing(Warm(SMALL, 3, [*modules, "no_such_module"])) as warm:
        with BoxedKernel(SMALL, warm=warm) as kernel:
            assert value(kernel, "import sys\n'colorsys' in sys.modules") is True


def test_a_fork_that_ends_at_once_is_noticed():
    with contextlib.closing(Warm(SMALL, 3)) as warm:
        for _ in range(20):
            folder = warm_module.private_folder(warm.shelf, 3)
            assert warm.fork(["probe", "pass"], folder).wait(10) == 0
