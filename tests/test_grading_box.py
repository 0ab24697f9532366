"""What is tried from inside the box, and what comes of it. Needs bubblewrap."""

import contextlib
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import boxes
import psutil
import pytest
from boxes import KINDS, SMALL, fresh, raised, value

from course_lib.checks import find_task
from course_lib.checks.examine import judge_task
from course_lib.grading import box
from course_lib.grading.box import MEGABYTE, Limits
from course_lib.grading.kernel import BoxedKernel
from course_lib.grading.session import Gone
from course_lib.grading.warm import Warm

if boxes.why_none():
    pytest.skip(f"the box tests did not run: {boxes.why_none()}", allow_module_level=True)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("box")]


@pytest.fixture(scope="module", params=KINDS)
def kernel(request):
    """A kernel for tests that leave it as it was, in a box of either kind."""
    limits = replace(SMALL, cell_seconds=60)  # torch may take long to import
    if request.param == "cold":
        with BoxedKernel(limits, slot=2) as kernel:
            yield kernel
    else:
        with contextlib.closing(Warm(limits, 3)) as warm, BoxedKernel(limits, warm=warm) as kernel:
            yield kernel


def test_cells_run_as_in_a_notebook(kernel):
    outputs = kernel.run(
        "import sys\nprint('one')\nprint('two')\nprint('x', file=sys.stderr)\n6 * 7"
    )
    assert [(o.get("name"), o.get("text")) for o in outputs] == [
        ("stdout", "one\ntwo\n"),
        ("stderr", "x\n"),
        (None, None),
    ]
    assert outputs[2].data["text/plain"] == "42"
    assert value(kernel, "%time\nimport numpy, torch\nfloat(torch.ones(3).sum())") == 3.0


def test_inside_is_nobody(kernel):
    assert value(kernel, "import os\nos.getuid(), os.getgid(), os.getgroups()")[0] != 0
    assert raised(kernel, "os.setuid(0)") in (["PermissionError"], ["OSError"])
    assert raised(kernel, "import resource\nresource.setrlimit(resource.RLIMIT_NPROC, (999, 999))")


UNREADABLE = {  # names that both of pytest's workers find
    "accounts": "/etc/passwd",
    "passwords": "/etc/shadow",
    "these tests": __file__,
    "solutions": str(Path(__file__).parents[1] / "solutions"),
    "gradebook": str(Path(__file__).parents[1] / "gradebook.db"),
    "references": str(box.COURSE / "checks" / "ex01" / "search.py"),
    "the grader's environment": f"/proc/{os.getpid()}/environ",
    "the box's first process": "/proc/1/environ",
    "memory": "/dev/mem",
    "the kernel": "/sys/kernel",
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_there_is_nothing_to_read(kernel, what):
    assert value(kernel, f"import os\nos.access({UNREADABLE[what]!r}, os.R_OK)") is False


@pytest.mark.parametrize("what", ["gradebook.db", "private_seed.txt", "submitted/bob/ex01.ipynb"])
def test_files_of_the_course_are_not_there(kernel, tmp_path, what):
    secret = tmp_path / what
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text("marks")
    for folder in (*secret.parents, secret):
        folder.chmod(0o777)  # so that only the box keeps it
        if folder == tmp_path:
            break
    assert raised(kernel, f"open({str(secret)!r})") == ["FileNotFoundError"]


def test_the_environment_tells_nothing(kernel):
    assert "GRADER_SECRET" not in value(kernel, "import os\ndict(os.environ)")


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("GRADER_SECRET", "1")


@pytest.mark.parametrize(
    "path",
    ["/x", "/usr/x", f"{sys.prefix}/x", f"{box.COURSE}/x", "/etc/x"],
    ids=["root", "usr", "environment", "course_lib", "etc"],
)
def test_there_is_nowhere_to_write(kernel, path):
    assert raised(kernel, f"open({path!r}, 'w')") in (["PermissionError"], ["OSError"])
    assert not os.path.exists(path)


def test_there_is_no_network(kernel):
    connect = "import socket\nsocket.create_connection(('127.0.0.1', {}), 2)"
    with socket.create_server(("127.0.0.1", 0)) as listening:  # a port that is open outside
        port = listening.getsockname()[1]
        assert raised(kernel, connect.format(port)) == ["ConnectionRefusedError"]
    assert raised(kernel, "socket.create_connection(('1.1.1.1', 53), 2)") == ["OSError"]


def test_processes_outside_are_not_seen(kernel):
    seen = value(kernel, "import os\n[int(p) for p in os.listdir('/proc') if p.isdigit()]")
    assert len(seen) < 10 and os.getpid() not in seen


@pytest.mark.parametrize("kind", KINDS)
def test_a_fork_bomb_ends_with_its_box(kind):
    bomb = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
    with fresh(kind=kind) as kernel:
        with pytest.raises(Gone):
            kernel.run(bomb)
            kernel.run("1")
        assert not kernel.alive
        family = box.family(kernel._process.pid)
    gone(family)


@pytest.mark.parametrize("kind", KINDS)
def test_a_daemon_does_not_outlive_the_box(kind):
    daemon = """
import subprocess, sys
sleep = [sys.executable, '-c', 'import time; time.sleep(987)']
subprocess.Popen(sleep, start_new_session=True).pid
"""
    with fresh(kind=kind) as kernel:
        assert value(kernel, daemon) > 1
        family = running("time.sleep(987)")
        assert family
    gone(family)


def gone(processes):
    """Assert that processes end; they are being killed."""
    assert not psutil.wait_procs(processes, timeout=10)[1]


def running(text):
    return [p for p in psutil.process_iter(["cmdline"]) if text in str(p.info["cmdline"])]


def test_memory_has_an_end():
    with fresh() as kernel:
        assert raised(kernel, "x = bytearray(10**9)") == ["MemoryError"]
        many = (
            "import subprocess, sys, time\n"
            "p = [subprocess.Popen([sys.executable, '-c', 'x = bytearray(2 * 10**8);"
            " import time; time.sleep(60)']) for _ in range(6)]\ntime.sleep(30)"
        )
        with pytest.raises(Gone, match="more than 600 MB of memory"):
            kernel.run(many)
            kernel.run("1")


def test_files_have_an_end(kernel):
    filling = "n = open('big', 'wb').write(b'x' * 30 * 2**20)"
    assert raised(kernel, filling) == ["OSError"]
    kernel.run("import os\nos.remove('big')")


def test_an_endless_loop_is_interrupted_and_the_kernel_lives_on():
    with fresh(Limits(cell_seconds=2)) as kernel:
        (error, said) = kernel.run("while True:\n    pass")
        assert error.ename == "KeyboardInterrupt" and "stopped after 2 seconds" in said.text
        assert value(kernel, "1 + 1") == 2


def test_a_loop_that_does_not_want_to_end_is_ended():
    stubborn = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
    with fresh(Limits(cell_seconds=1)) as kernel, pytest.raises(Gone, match="did not stop"):
        kernel.run(stubborn)


@pytest.mark.parametrize("end", ["import os\nos._exit(0)", "import os\nos.kill(os.getpid(), 9)"])
def test_a_kernel_that_ends_itself_is_gone(end):
    with fresh() as kernel:
        with pytest.raises(Gone, match="ended while this ran"):
            kernel.run(end)
        assert judge_task(find_task("ex01.1"), kernel.answer, 7).points == 0


def test_output_has_an_end():
    with fresh() as kernel:
        outputs = kernel.run("for _ in range(500):\n    print('x' * 1_000)")
        assert sum(len(o.get("text", "")) for o in outputs) < 2 * SMALL.output
        assert "More output is not kept" in outputs[-1].text
        assert "More output is not kept" in kernel.run("print(1)")[0].text


def test_a_gigabyte_of_output_ends_its_kernel():
    with fresh(replace(SMALL, cell_seconds=30)) as kernel:
        with pytest.raises(Gone, match="more than 10 times what is kept"):
            kernel.run("for _ in range(10_000):\n    print('x' * 100_000, flush=True)")
        assert not kernel.alive


def test_memory_that_is_no_processs_has_an_end():
    filling = """
for folder in ("/dev/shm", "/tmp", "/student"):
    try:
        for n in range(10):
            with open(f"{folder}/{n}", "wb") as file:
                file.write(bytes(10 * 2**20))
    except OSError:
        pass
import os
{folder: sum(os.path.getsize(f"{folder}/{n}") for n in range(10) if os.path.exists(f"{folder}/{n}"))
 for folder in ("/dev/shm", "/tmp", "/student")}
"""
    for kind in KINDS:
        with fresh(kind=kind) as kernel:
            sizes = value(kernel, filling)
            assert max(sizes.values()) <= SMALL.disk < 10 * 10 * MEGABYTE, (kind, sizes)


def test_noise_on_stderr_and_warnings_cost_no_points():
    noisy = """
import logging, math, sys, warnings
def sentence_log_prob(next_word, sentence):
    print("noise", file=sys.stderr)
    print("noise")
    warnings.warn("a warning")
    logging.error("noise")
    total = 0.0
    for t, word in enumerate((*sentence, "<eos>")):
        p = next_word(sentence[:t]).get(word, 0.0)
        if p == 0.0:
            return -math.inf
        total += math.log(p)
    return total
import os
os.write(2, b"noise")
warnings.warn("another")
"""
    with fresh() as kernel:
        kernel.run(noisy)
        report = judge_task(find_task("ex01.1"), kernel.answer, 7)
    assert report.solved and "a warning" in str(report)


def test_a_message_too_long_to_take_does_no_harm():
    before = psutil.Process().memory_info().rss
    with fresh(Limits(cell_seconds=8)) as kernel:
        with contextlib.suppress(Gone):
            kernel.run("print('x' * 10**8)")
        assert psutil.Process().memory_info().rss - before < 150 * MEGABYTE


def test_limits_must_be_above_zero():
    with pytest.raises(ValueError, match="memory is 0"):
        Limits(memory=0)


def test_nothing_is_left_behind():
    with fresh() as kernel:
        folder, pid = kernel._folder, kernel._process.pid
        assert folder.exists()
    assert not folder.exists() and not psutil.pid_exists(pid)
    assert subprocess.run(["ls", str(folder)], capture_output=True).returncode
