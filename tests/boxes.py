"""Whether boxes can be made on this machine, for the tests that need one."""

import subprocess

from course_lib.grading import box


def why_none() -> str:
    """Return why no box can be made here, empty if one can."""
    try:
        bwrap = box.find_bubblewrap()
    except box.NoBox as reason:
        return str(reason)
    trial = [
        bwrap,
        "--ro-bind",
        "/",
        "/",
        "--unshare-pid",
        "--unshare-net",
        "--proc",
        "/proc",
        "true",
    ]
    done = subprocess.run(trial, capture_output=True, text=True, timeout=60)
    return f"bubblewrap does not work here: {done.stderr.strip()}" if done.returncode else ""
