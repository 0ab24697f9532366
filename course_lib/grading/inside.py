"""The first program in a box: give up every right, set the limits, become a kernel.

It runs before any line of a student's. What a student's code then does to this module, to json, to
NumPy or to the kernel changes what is answered, never how the answer is judged.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

from course_lib.grading import brood, namespaces

ANSWER = "application/vnd.seq2seq-course.answer"  # the mime type of an outcome


def main() -> None:
    """Run what the arguments after the settings say, here or once for each submission."""
    settings, *inner = sys.argv[1:]
    limits, user = json.loads(settings).values()
    if inner[0] == "brood":
        brood.serve(inner[1:], lambda order: work(limits, None, order["inner"]))
    else:
        work(limits, user, inner)


def work(limits: dict[str, Any], user: int | None, inner: list[str]) -> None:
    """Become a kernel, or the probe."""
    give_up_rights(limits, user)
    if inner[0] == "kernel":
        start_kernel(inner[1])
    else:
        sys.argv[1:] = inner
        exec(compile(inner[1], "probe", "exec"), {"__name__": "probe"})


def give_up_rights(limits: dict[str, Any], user: int | None) -> None:
    """Become the user, and set limits that nothing here can raise again."""
    namespaces.become(user)
    os.umask(0o077)
    seconds = int(limits["seconds"]) + 5
    for name, value in (
        (resource.RLIMIT_DATA, limits["memory"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["file"]),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (value, value))


def start_kernel(connection_file: str) -> None:
    """Serve a Jupyter kernel until the box ends."""
    from ipykernel.kernelapp import IPKernelApp

    import course_lib.checks

    course_lib.checks.check = check  # its references are not here, and it is asked outside
    sys.path.insert(0, "")  # as in every notebook: files beside it can be imported
    app = IPKernelApp.instance(user_ns={"__answer__": answer})
    app.initialize(["-f", connection_file, "--HistoryManager.hist_file=:memory:"])
    app.start()


class JudgedOutside:
    """What stands for a report in the box, so that the cells after a check go on."""

    def __init__(self, task_id: str):
        self.task_id, self.solved, self.points = task_id, True, 0.0


def check(task_id: str, *functions: Any, **_: Any) -> Any:
    """Take the place of course_lib.checks.check."""
    return JudgedOutside(task_id)


def answer(text: str, namespace: dict[str, Any]) -> None:
    """Call the student's function on the case in text, and publish what came as ANSWER."""
    from IPython.display import display

    from course_lib.checks.run import Outcome, run
    from course_lib.checks.wire import case_from_json, outcome_to_json

    case = case_from_json(text)
    function = namespace.get(case.function)
    if callable(function):
        outcome = run(function, case)
    else:
        outcome = Outcome("error", message=f"There is no function {case.function} any more.")
    display({ANSWER: outcome_to_json(outcome)}, raw=True)


if __name__ == "__main__":
    main()
