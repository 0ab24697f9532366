"""Hooks for all tests, notebooks included: what shares a worker, what a cell must show again.

Here and not in tests/, because pytest shows a conftest.py only what lies beside or below it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from course_lib.results import MIME

# Before any test or kernel imports torch: two workers of two threads each would fight for a core.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test asserts a time: how long an example takes says how busy the machine is.
settings.register_profile("course", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("course")

TESTS = Path(__file__).parent / "tests"
collect_ignore_glob = ["tests/*.ipynb"]  # notebooks there are material for tests


def xdist_group(path: Path) -> str | None:
    """Return the group of tests that one worker must run, in order; None for no group."""
    if path.suffix == ".ipynb":
        return f"{path.parent.name}/{path.name}"  # its cells share one kernel
    if TESTS / "browser" in path.parents:
        return "browser"  # they share one JupyterLab server
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests with their group (for `--dist loadgroup`), and browser tests as such."""
    for item in items:
        group = xdist_group(item.path)
        if group is not None:
            item.add_marker(pytest.mark.xdist_group(group))
        if group == "browser":
            item.add_marker(pytest.mark.browser)
        skipped = getattr(item.parent, "skip_compare", None)
        if skipped is not None and MIME not in skipped:
            item.parent.skip_compare = (*skipped, MIME)  # pyright: ignore


def pytest_collection_finish(session: pytest.Session) -> None:
    """Stop if pytest-xdist lost the groups: a notebook's cells would then run in two kernels."""
    if not session.config.getoption("loadgroup", False):
        return
    for item in session.items:
        if xdist_group(item.path) and "@" not in item.nodeid:
            raise pytest.UsageError(
                f"pytest-xdist ignored the group of {item.nodeid}: is pytest below 9.2?"
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item):
    """Fail a notebook cell that shows other pictures or results than its committed output.

    nbval compares text, and every type of output but two. It leaves PNG data out altogether,
    because libraries draw it a little differently; and we take published results out, whose
    numbers carry digits that processors compute differently (as text they are rounded, and
    compared). That each is there again is held here.
    """
    result = yield
    now, cell = getattr(item, "test_outputs", None), getattr(item, "cell", None)
    if now is None or cell is None or not item.options["check"]:  # pyright: ignore
        return result
    if shown(now) != shown(cell.outputs):
        pytest.fail(
            f"the cell shows {shown(now)}, its committed output has {shown(cell.outputs)}; "
            "execute the notebook again: python course.py notebooks PATH"
        )
    return result


def shown(outputs: list) -> list[str]:
    """Return what nbval does not compare: "PNG" for a picture, the name of a published result."""
    found = []
    for output in outputs:
        data = output.get("data", {})
        found += ["PNG"] * ("image/png" in data)
        found += [data[MIME]["name"]] if MIME in data else []
    return found
