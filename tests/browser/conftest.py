"""One JupyterLab server and one browser for all browser tests; a notebook executed once."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib
import nbformat
import pytest
from driven import SLOW
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from watched import CELLS, ROOT, TOKEN, Lab, watch

from setup_course import tools
from setup_course.environment import current_environment
from setup_course.jupyter import lab_command

expect.set_options(timeout=30_000)  # ms: a busy machine is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a test that drives a JupyterLab a second try, which the summary shows.

    If a kernel does not answer within seconds, as on a busy machine, JupyterLab's widget manager
    gives up with "widget model not found", and the kernel's own state may be late.
    """
    for item in items:
        if "lab" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1))


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


@pytest.fixture(scope="session")
def fontless(
    playwright: Playwright, browser_path: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """Start a browser that knows matplotlib's fonts only, none of which has Chinese."""
    folder = tmp_path_factory.mktemp("fonts")
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    known = f"<dir>{fonts}</dir><cachedir>{folder}</cachedir>"
    (folder / "fonts.conf").write_text(f"<fontconfig>{known}</fontconfig>", "utf8")
    env: dict[str, str | float | bool] = {**os.environ}
    env["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
    options = ["--no-sandbox"]
    running = playwright.chromium.launch(executable_path=browser_path, args=options, env=env)
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


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Write HTML to a file and open it, as a reader without a server does."""
    contexts = []

    def show(html: str, **options) -> Page:
        file = tmp_path / "page.html"
        file.write_text(html, "utf8")
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        watch(page)
        page.goto(file.as_uri())
        expect(page.locator("main")).to_be_visible()
        return page

    yield show
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def desk(lab: Lab, browser: Browser) -> Iterator[Page]:
    """Open JupyterLab once, for every notebook."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, color_scheme="light")
    page = context.new_page()
    watch(page)
    page.goto(f"{lab.url}/lab/workspaces/desk?token={TOKEN}&reset")
    expect(page.locator(".jp-Launcher")).to_be_visible(timeout=SLOW)
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
    for _ in range(720):  # three minutes: a busy machine is slow, not wrong
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
