"""The slider over lengths in a real JupyterLab: from the stored state, and run."""

from __future__ import annotations

import subprocess
import sys

import pytest
from driven import end_kernels, open_restored, open_tab, output, run_cell, write_notebook
from playwright.sync_api import Page, expect
from watched import ROOT, Lab, complaints

CELLS = [
    "# Walk",
    """\
from course_lib.widgets.length_walk import LengthWalk, Stop
right = tuple("我 喜欢 猫 。".split())
wrong = tuple("我 爱 猫 。".split())
stops = [Stop(n, 1 / n, ("I", "like", "cats"), said, right) for n, said in ((4, right), (8, wrong))]
walk = LengthWalk(stops, title="Right")
walk""",
    "print(walk.slider.value, walk.stack.selected_index)",
]


@pytest.fixture(scope="module")
def walked(lab: Lab) -> str:
    """Write the notebook and execute it in place, as authors do."""
    write_notebook(lab, "walk.ipynb", CELLS)
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute"]
    command += ["--inplace", str(lab.folder / "walk.ipynb")]
    done = subprocess.run(command, env=lab.env, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return (lab.folder / "walk.ipynb").read_text("utf8")


def test_a_fresh_clone_shows_the_picture(lab: Lab, desk: Page, walked: str):
    (lab.folder / "fresh-walk.ipynb").write_text(walked.replace("# Walk", "# Fresh"), "utf8")
    tab = open_tab(desk, lab, "fresh-walk.ipynb")
    expect(output(tab, 1).locator("img")).to_have_count(1)
    expect(tab).not_to_contain_text("model not found")
    assert complaints(desk) == []


def test_the_stored_slider_turns_pages_without_a_kernel_and_with_one(
    lab: Lab, desk: Page, walked: str
):
    lab.trust("walk.ipynb")
    tab = open_restored(desk, lab, "walk.ipynb", ".s2s-length:visible")
    end_kernels(desk, lab)
    page, handle = tab.locator(".s2s-length:visible"), tab.get_by_role("slider")
    expect(page).to_contain_text("4 source words: 25 % right")
    handle.focus()
    desk.keyboard.press("ArrowRight")
    expect(page).to_contain_text("8 source words: 12 % right")
    expect(page.locator("del")).to_have_text("爱")
    expect(page.locator("ins")).to_have_text("喜欢")
    mark = "n => getComputedStyle(n, '::before').display"
    broken = tab.locator(".s2s-walk.jupyter-widgets-disconnected")
    assert broken.evaluate_all(f"nodes => nodes.map({mark})") in ([], ["none"])

    tab = open_restored(desk, lab, "walk.ipynb", ".s2s-length:visible")  # with a kernel again
    run_cell(tab, 1)
    tab.get_by_role("slider").focus()
    desk.keyboard.press("ArrowRight")
    expect(tab.locator(".s2s-length:visible")).to_contain_text("8 source words")
    run_cell(tab, 2)
    expect(output(tab, 2)).to_have_text("8 1\n")  # Python knows where the slider is
    assert complaints(desk) == []
    end_kernels(desk, lab)
