"""How browser tests drive JupyterLab and ask axe: opening a notebook, running a cell."""

from __future__ import annotations

import contextlib
import re

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect
from watched import ROOT, TOKEN, Lab, complaints

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SLOW = 60_000  # ms; a busy machine may take long to start a kernel, and never fails for it


def command(page: Page, name: str, **arguments: object) -> None:
    script = "([name, arguments]) => window.jupyterapp.commands.execute(name, arguments)"
    page.evaluate(script, [name, arguments])


def open_tab(page: Page, lab: Lab, notebook: str) -> Locator:
    """Close every tab and end every kernel; open one notebook and wait for its kernel."""
    page.evaluate("() => [...window.jupyterapp.shell.widgets('main')].forEach((w) => w.dispose())")
    expect(page.locator(".jp-NotebookPanel")).to_have_count(0)
    end_kernels(page, lab)
    complaints(page).clear()
    command(page, "docmanager:open", path=notebook)
    tab = page.locator(".jp-NotebookPanel")
    expect(tab.locator(".jp-RenderedMarkdown").first).to_be_visible(timeout=SLOW)
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=SLOW)
    return tab


def open_restored(page: Page, lab: Lab, notebook: str, visuals: str, number: int = 1) -> Locator:
    """Open a notebook whose saved visuals are to come back, `number` of a CSS selector.

    If a new kernel does not answer within seconds, as on a busy machine, JupyterLab's widget
    manager gives up restoring; then it is opened once more.
    """
    for patience in (SLOW / 2, SLOW):
        tab = open_tab(page, lab, notebook)
        tab.locator(".jp-Cell").last.scroll_into_view_if_needed()
        with contextlib.suppress(AssertionError):
            expect(tab.locator(visuals)).to_have_count(number, timeout=patience)
            return tab
    pytest.fail(f"{notebook}: not {number} of {visuals}, also when it was opened again")


def end_kernels(page: Page, lab: Lab) -> None:
    sessions = f"{lab.url}/api/sessions"
    for session in page.request.get(f"{sessions}?token={TOKEN}").json():
        page.request.delete(f"{sessions}/{session['id']}?token={TOKEN}")


def run_cell(tab: Locator, number: int, timeout: int = SLOW) -> None:
    """Select a cell and run it; wait until it has ended, in ms. The next cell is selected then."""
    prompt = tab.locator(".jp-Cell").nth(number).locator(".jp-InputPrompt")
    prompt.click()
    tab.page.keyboard.press("Shift+Enter")
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=timeout)


def output(tab: Locator, number: int) -> Locator:
    return tab.locator(".jp-Cell").nth(number).locator(".jp-OutputArea-output")


def active_cell(tab: Locator) -> int:
    script = "cells => cells.findIndex((cell) => cell.classList.contains('jp-mod-active'))"
    return tab.locator(".jp-Cell").evaluate_all(script)


def write_notebook(lab: Lab, name: str, cells: list[str]) -> None:
    """Write a notebook whose first cell is Markdown and whose others are code."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    make = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    notebook.cells = [
        make[number > 0](text, id=f"cell-{number}") for number, text in enumerate(cells)
    ]
    nbformat.write(notebook, lab.folder / name)


def violations(page: Page) -> list[tuple[str, str]]:
    """Return what axe finds wrong with a page: the rule, and the first part that breaks it."""
    if not AXE.exists():
        pytest.fail(f"{AXE} is missing; `python course.py test` installs the npm packages")
    page.add_script_tag(path=AXE)
    found = page.evaluate("() => axe.run()")
    assert "color-contrast" in {rule["id"] for rule in found["passes"]}
    return [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]]


def leaks(page: Page, script: str, argument: object) -> list[object]:
    """Run a script that opens and closes a visual, twice; return what it says, twice the same.

    Fails when the second run leaves more listeners or nodes behind than the first.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    said, counts = [], []
    for _ in range(2):
        said.append(page.evaluate(script, argument))
        session.send("HeapProfiler.collectGarbage")
        metrics = session.send("Performance.getMetrics")["metrics"]
        named = {metric["name"]: metric["value"] for metric in metrics}
        counts.append((named["JSEventListeners"], named["Nodes"]))
    assert counts[0] == counts[1]
    assert said[0] == said[1]
    return said[0]
