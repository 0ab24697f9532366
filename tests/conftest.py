"""Hooks for the whole suite: which tests share a worker, and what a notebook cell must show again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Set before any test or kernel imports torch: two workers with two threads each would fight for two cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("course", deadline=None)  # a busy machine is no error
settings.load_profile("course")

TESTS = Path(__file__).parent
collect_ignore_glob = ["*.ipynb"]  # notebooks that tests use as material are not part of the course


def xdist_group(path: Path) -> str | None:
    """Return the group of tests that must run in one worker, in order: a notebook, or the browser tests."""
    if path.suffix == ".ipynb":
        return f"{path.parent.name}/{path.name}"  # its cells share one kernel
    if TESTS / "browser" in path.parents:
        return "browser"  # they share one JupyterLab server
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test with its group (for `--dist loadgroup`) and browser tests as slow."""
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
                f"pytest-xdist ignored the group of {item.nodeid}; use pytest<9.2"
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item):
    """Fail a notebook cell that shows more or fewer pictures than its committed output.

    nbval compares text and every other MIME type, but leaves out PNG data altogether, because the bytes differ
    between versions of libpng and freetype.
    """
    result = yield
    cell = getattr(item, "cell", None)
    if cell is not None and getattr(item, "test_outputs", None) is not None:
        now, stored = pictures(item.test_outputs), pictures(cell.outputs)
        if now != stored:
            pytest.fail(f"the cell shows {now} PNG pictures, its committed output has {stored}")
    return result


def pictures(outputs: list) -> int:
    """Count the outputs of a cell that carry a PNG picture."""
    return sum("image/png" in output.get("data", {}) for output in outputs)
