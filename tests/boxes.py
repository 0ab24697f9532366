"""Boxes for the tests that need one, and whether this machine can make them."""

import ast
import contextlib
import subprocess

from course_lib.grading import box
from course_lib.grading.box import MEGABYTE, Limits
from course_lib.grading.kernel import BoxedKernel
from course_lib.grading.warm import warm_box

SMALL = Limits(cell_seconds=8, memory=600 * MEGABYTE, disk=20 * MEGABYTE, output=100_000)
KINDS = ["warm", "cold"]


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


@contextlib.contextmanager
def fresh(limits=SMALL, kind="warm"):
    """Yield a kernel that a test may ruin; of the warm ones, many come from one box."""
    warm = warm_box(limits, ()) if kind == "warm" else None
    assert (warm is None) == (kind == "cold"), "no warm box can be made here"
    with BoxedKernel(limits, slot=1, warm=warm) as kernel:
        yield kernel


def value(kernel, source):
    """Run a cell that ends in an expression, and return its value."""
    outputs = kernel.run(source)
    (result,) = (o for o in outputs if o.output_type == "execute_result")
    return ast.literal_eval(result.data["text/plain"])


def raised(kernel, source):
    """Return the name of the exception that a cell ends in."""
    return [o.ename for o in kernel.run(source) if o.output_type == "error"]
