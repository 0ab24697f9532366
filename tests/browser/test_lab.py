"""The visuals in a real JupyterLab: by pointer, by key, saved, reopened, without fonts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from driven import (
    SLOW,
    active_cell,
    command,
    end_kernels,
    open_restored,
    open_tab,
    output,
    run_cell,
)
from playwright.sync_api import Browser, Locator, Page, expect
from watched import CELLS, ROOT, TOKEN, Lab, chinese_texts, complaints

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
BROKEN = re.compile("model not found|error (displaying|creating) widget|loading widget", re.I)
WIDGET = "application/vnd.jupyter.widget-view+json"

Open = Callable[..., Locator]


@pytest.fixture
def opened(lab: Lab, desk: Page, executed: str) -> Iterator[Open]:
    """Put a copy of the executed notebook under a name, and open it."""

    def open_copy(name: str, *, trusted: bool = False, outputs: bool = True) -> Locator:
        # Trust goes by content, so each copy has its own.
        (lab.folder / name).write_text(executed.replace("other words", name), "utf8")
        if trusted:
            lab.trust(name)
            return open_restored(desk, lab, name, ".s2s")
        tab = open_tab(desk, lab, name)
        if not outputs:
            command(desk, "notebook:clear-all-cell-outputs")
        return tab

    yield open_copy
    end_kernels(desk, lab)


def focused(page: Page) -> list[str | None]:
    script = "() => ['row', 'column'].map((name) => document.activeElement.dataset[name] ?? null)"
    return page.evaluate(script)


def test_a_fresh_clone_shows_pictures_with_alt_text(opened: Open, desk: Page):
    tab = opened("fresh.ipynb")
    images = tab.locator(".jp-OutputArea-output img")
    expect(images).to_have_count(2)
    expect(images.first).to_have_attribute("alt", '汤姆 reads Tom with weight "0.9"')
    most = re.compile(r"^Who reads what\. Most read: 汤姆 reads Tom \(0\.90\)")
    expect(images.last).to_have_attribute("alt", most)
    assert images.evaluate_all("nodes => nodes.every((node) => node.naturalWidth > 300)")
    expect(tab).not_to_contain_text(BROKEN)
    assert complaints(desk) == []


def test_a_trusted_copy_shows_the_live_visual_before_anything_ran(opened: Open, desk: Page):
    tab = opened("trusted.ipynb", trusted=True)
    expect(tab.get_by_role("grid")).to_have_attribute("aria-label", "Who reads what")
    tab.locator("td[data-column='0']").click()
    desk.keyboard.press("ArrowRight")
    assert focused(desk) == ["0", "1"]
    expect(tab.locator(".s2s-sum")).to_have_text("我 reads c1 = .50 h(I) + .50 h(am)")
    mark = "n => getComputedStyle(n.closest('.jupyter-widgets-disconnected'), '::before').display"
    assert tab.locator(".s2s").evaluate(mark) == "none"  # no broken link over what works
    expect(tab).not_to_contain_text(BROKEN)
    assert complaints(desk) == []


def test_pointer_and_python_move_the_focus(opened: Open, desk: Page):
    tab = opened("pointer.ipynb", outputs=False)
    run_cell(tab, 1)
    run_cell(tab, 2)
    tab.locator("td[data-row='1'][data-column='1']").hover()
    terms = ".20 h(Tom) + .70 h(loves) + .10 h(<img/src=x/onerror=alert(1)>)"
    expect(tab.locator(".s2s-sum")).to_have_text(f"喜欢 reads c2 = {terms}")
    tab.locator("td[data-row='2'][data-column='0']").click()
    run_cell(tab, 3)
    expect(output(tab, 3)).to_have_text("我 喜欢 猫 [(2, 0)]\n")  # Python hears clicks, not hovers
    run_cell(tab, 4)  # heatmap.focus = (2, 1)
    expect(tab.locator("td[data-here]")).to_have_attribute("data-column", "1")
    run_cell(tab, 5)  # heatmap.show_weights, of another shape
    expect(tab.locator("td[data-row]")).to_have_count(2)
    assert tab.locator("img[src='x']").count() == 0
    assert complaints(desk) == []


def test_keys_alone_reach_and_walk_the_grid(opened: Open, desk: Page):
    tab = opened("keyboard.ipynb", outputs=False)
    run_cell(tab, 1)
    run_cell(tab, 2)
    expect(tab.get_by_role("grid")).to_be_visible()
    desk.keyboard.press("ArrowUp")  # the next cell is selected now: back to the visual's
    before = active_cell(tab)
    for _ in range(30):
        desk.keyboard.press("Tab")
        if focused(desk) == ["0", "0"]:
            break
    for key, place in (
        ("ArrowDown", ["1", "0"]),
        ("End", ["1", "2"]),
        ("ArrowLeft", ["1", "1"]),
        ("Control+End", ["2", "2"]),
        ("ArrowDown", ["2", "2"]),
        ("Home", ["2", "0"]),
        ("Control+Home", ["0", "0"]),
    ):
        desk.keyboard.press(key)
        assert focused(desk) == place, key
    desk.keyboard.press("b")  # would insert a cell below, were the focus on the notebook
    expect(tab.locator(".jp-Cell")).to_have_count(len(CELLS))
    row = "The whole row: 0.90 Tom, 0.10 loves, 0.00 for 1 other word."
    said = f"汤姆 reads Tom with weight 0.90, a gold link. {row}"
    expect(tab.locator("[aria-live=polite].s2s-spoken")).to_have_text(said)
    assert active_cell(tab) == before, "the arrow keys moved JupyterLab's cell"
    run_cell(tab, 3)
    expect(output(tab, 3)).to_contain_text("[(1, 0), ")  # a busy kernel may hear fewer moves
    expect(output(tab, 3)).to_contain_text("(0, 0)]")
    assert complaints(desk) == []


def test_what_a_learner_ran_and_saved_shows_when_reopened(opened: Open, desk: Page, lab: Lab):
    tab = opened("learner.ipynb", outputs=False)
    run_cell(tab, 1)
    run_cell(tab, 2)
    expect(tab.get_by_role("grid")).to_be_visible()
    command(desk, "docmanager:save")
    expect(desk.locator("#jp-main-dock-panel .lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)
    tab = open_restored(desk, lab, "learner.ipynb", "[role=grid]")
    expect(tab.get_by_role("grid")).to_be_visible()
    expect(tab).not_to_contain_text(BROKEN)
    assert complaints(desk) == []


def test_the_visual_follows_jupyterlabs_theme_not_the_systems(
    opened: Open, desk: Page, tmp_path: Path
):
    tab = opened("themes.ipynb", trusted=True)
    grounds = {"Dark": "rgb(20, 25, 31)", "Light": "rgb(255, 255, 255)"}
    for theme, ground in grounds.items():
        desk.emulate_media(color_scheme="dark" if theme == "Light" else "light")
        command(desk, "apputils:change-theme", theme=f"JupyterLab {theme}")
        expect(tab.locator(".s2s")).to_have_css("background-color", ground)
        desk.screenshot(path=tmp_path / f"{theme}.png")
    desk.emulate_media(color_scheme="light")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_committed_notebook_opens_without_an_error(lab: Lab, desk: Page, name: str):
    path = f"notebooks/{name}"
    cells = nbformat.read(lab.folder / path, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    live = [output for output in outputs if WIDGET in output.get("data", {})]
    for trusted in (False, True):  # a clone of one's own, then the copy that `make lab` makes
        if trusted:
            lab.trust(path)
        tab = open_restored(desk, lab, path, ".s2s", len(live) if trusted else 0)
        expect(tab).not_to_contain_text(BROKEN)
        assert tab.locator(".jp-OutputArea-output[data-mime-type*=stderr]").count() == 0
        silent = tab.locator(".jp-OutputArea-output img:not([alt])")
        assert silent.count() == 0, "a picture without alt text; use plots.show or publish_figure"
        assert complaints(desk) == []


def wait_for_the_grid(page: Page) -> None:
    """Wait for the visual that JupyterLab restores from the notebook; a busy machine gets a reload.

    If a new kernel does not answer within seconds, JupyterLab's widget manager gives up restoring.
    """
    grid = page.get_by_role("grid")
    try:
        expect(grid).to_be_visible(timeout=SLOW / 2)
    except AssertionError:
        page.reload()
        expect(grid).to_be_visible(timeout=SLOW)


def test_chinese_has_glyphs_on_a_machine_without_chinese_fonts(
    lab: Lab, executed: str, fontless: Browser
):
    (lab.folder / "fontless.ipynb").write_text(executed.replace("other words", "glyphs"), "utf8")
    lab.trust("fontless.ipynb")
    page = fontless.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{lab.url}/lab/workspaces/fontless/tree/fontless.ipynb?token={TOKEN}&reset")
    wait_for_the_grid(page)
    texts = chinese_texts(page)
    assert len(texts) >= 8  # Markdown, code, the visual, printed output
    assert [text for text, ours in texts.items() if not ours] == []
    page.close()
