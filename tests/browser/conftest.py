"""One JupyterLab server and one browser for all browser tests; a notebook executed once."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from watched import ROOT, TOKEN, Lab, watch

from setup_course import tools
from setup_course.environment import current_environment
from setup_course.jupyter import lab_command

# What a learner sees: two pictures, a live heatmap and its markup-like token, and Chinese text.
CELLS = [
    "# 猫 and other words",
    "from course_lib import plots\n"
    "from course_lib.widgets import AttentionHeatmap\n"
    "src, tgt = 'Tom loves <img/src=x/onerror=alert(1)>'.split(), ['汤姆', '喜欢', '猫']\n"
    "weights = [[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.0, 0.25, 0.75]]\n"
    "axes = plots.heatmap(weights, src, tgt, gold={(0, 0)})\n"
    "plots.show(axes.figure, alt='汤姆 reads Tom with weight \"0.9\"')",
    "heatmap = AttentionHeatmap(weights, src, tgt, gold={(0, 0)}, title='Who reads what')\n"
    "seen = []\n"
    "heatmap.observe(lambda change: seen.append(change.new), 'focus')\n"
    "heatmap",
    "print('我 喜欢 猫', seen)",
    "heatmap.focus = (2, 1)",
    "heatmap.show_weights([[0.5, 0.5]], ['I', 'am'], ['我'])",
]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser_path() -> str:
    environment = current_environment(os.environ, sys.prefix)
    found = tools.browser_there(os.environ, sys.platform, shutil.which)
    found = found or tools.playwright_browser(environment)
    if not found:
        pytest.fail("no Chromium, Chrome or Edge; run `python course.py test`, which gets one")
    return found


@pytest.fixture(scope="session")
def browser(playwright: Playwright, browser_path: str) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
    yield running
    running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a page of its own for one test, watched."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, color_scheme="light")
    page = context.new_page()
    watch(page)
    yield page
    context.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("clone")
    for name in ("notebooks", "exercises"):
        if (ROOT / name).exists():
            ignored = shutil.ignore_patterns(".ipynb_checkpoints")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    env = os.environ | {"HOME": str(home), "IPYTHONDIR": str(home / "ipython")}
    env |= {f"JUPYTER_{n}_DIR": str(home / n.lower()) for n in ("CONFIG", "DATA", "RUNTIME")}
    env |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "settings")}
    env |= {"JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"), "OMP_NUM_THREADS": "1"}
    port = free_port()
    more = ["--LabApp.expose_app_in_browser=True"]  # tests open and close notebooks by command
    more += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    command = lab_command(Path(sys.executable), folder, as_root=True, display=False, arguments=more)
    with (home / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=ROOT)
        try:
            wait_for(f"http://127.0.0.1:{port}/api?token={TOKEN}", server, home / "lab.log")
            yield Lab(f"http://127.0.0.1:{port}", folder, env)
        finally:
            server.terminate()
            server.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text('utf8')}")


@pytest.fixture(scope="session")
def executed(lab: Lab) -> str:
    """Return the text of a notebook that nbconvert executed in place, as authors do."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    make = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    notebook.cells = [
        make[number > 0](source, id=f"cell-{number}") for number, source in enumerate(CELLS)
    ]
    path = lab.folder / "executed.ipynb"
    nbformat.write(notebook, path)
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute"]
    command += ["--inplace", "--ExecutePreprocessor.record_timing=False", str(path)]
    done = subprocess.run(command, env=lab.env, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return path.read_text("utf8")
