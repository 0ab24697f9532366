"""Hooks for the whole suite: what shares a worker, and what a notebook must show again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Before any test or kernel imports torch: two workers of two threads each would fight for two cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

TESTS = Path(__file__).parent
collect_ignore_glob = ["*.ipynb"]  # a notebook under tests/ is material for a test


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
    """Fail a notebook cell that shows more or fewer pictures than its committed output.

    nbval compares every text, but leaves PNG data out altogether: its bytes differ between
    versions of the libraries that draw it.
    """
    result = yield
    now, cell = getattr(item, "test_outputs", None), getattr(item, "cell", None)
    if now is not None and cell is not None and pictures(now) != pictures(cell.outputs):
        pytest.fail(
            f"the cell shows {pictures(now)} PNG pictures, its committed output has "
            f"{pictures(cell.outputs)}; execute the notebook again: python course.py notebooks PATH"
        )
    return result


def pictures(outputs: list) -> int:
    """Count the outputs of a cell that carry a PNG picture."""
    return sum("image/png" in output.get("data", {}) for output in outputs)
