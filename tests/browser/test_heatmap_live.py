"""The heatmap that a model answers, on a plain page and in a real JupyterLab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from driven import active_cell, end_kernels, leaks, open_tab, output, run_cell, violations
from driven import write_notebook as write
from playwright.sync_api import Locator, Page, expect
from tiny_models import MARKUP, tiny_models
from watched import ROOT, Lab, asked_for, complaints

from course_lib.widgets import AttentionHeatmap, LiveHeatmap

TEXT = "Tom likes cats ."
SRC = TEXT.split()

Show = Callable[..., Page]


def model() -> Any:
    return tiny_models()["attention"]


def live(**more: Any) -> LiveHeatmap:
    return LiveHeatmap(model(), TEXT, title="Who reads what", **more)


def words(page: Page | Locator) -> Locator:
    return page.locator("tbody th")


def cell(page: Page | Locator, row: int, column: int) -> Locator:
    return page.locator(f"td[data-row='{row}'][data-column='{column}']").first


def writes(page: Page | Locator, expected: list[str]) -> None:
    expect(words(page)).to_have_text(expected)


def test_masking_forcing_and_weights_decode_again_as_python_does(shown: Show):
    page = shown(live().to_html(page=True))
    writes(page, model().reply({"src": SRC})["words"])
    page.locator("thead th[data-source='0']").click()
    reply = model().reply({"src": SRC, "masked": [0]})
    writes(page, reply["words"])
    expect(cell(page, 0, 1)).to_have_text(f"{reply['weights'][0][1]:.2f}"[1:])
    expect(page.locator("thead th[data-masked]")).to_have_count(1)
    cell(page, 1, 2).click()
    page.get_by_label("or type a word").fill("足球")
    page.keyboard.press("Enter")
    reply = model().reply({"src": SRC, "masked": [0], "forced": {"1": "足球"}})
    writes(page, reply["words"])
    expect(page.get_by_label("write at step 2")).to_have_value("足球")
    page.get_by_label("weight of cats").fill("1")
    weights = {"1": [0.0, 0.0, 1.0, 0.0]}
    request = {"src": SRC, "masked": [0], "forced": {"1": "足球"}, "weights": weights}
    writes(page, model().reply(request)["words"])
    expect(cell(page, 1, 2)).to_have_text("1.0")
    expect(page.locator(".s2s-outcome")).to_contain_text("before")
    page.get_by_role("button", name="undo all changes").click()
    writes(page, model().reply({"src": SRC})["words"])
    expect(page.get_by_role("button", name="undo all changes")).to_be_disabled()
    assert asked_for(page) == ["file"]  # the page itself
    assert complaints(page) == []


def test_another_sentence_is_read_and_a_wrong_one_refused_with_a_reason(shown: Show):
    page = shown(live(gold={(0, 0)}).to_html(page=True))
    page.get_by_label("source sentence").fill("I like football")
    page.get_by_role("button", name="translate").click()
    expect(page.locator("thead th")).to_have_text(["I", "like", "football"])
    writes(page, model().reply({"src": ["I", "like", "football"]})["words"])
    page.get_by_label("source sentence").fill("I like footbal")
    page.keyboard.press("Enter")
    expect(page.locator(".s2s-said")).to_contain_text("'footbal' is not in the vocabulary")
    page.get_by_label("or type a word").fill("zebra")
    page.keyboard.press("Enter")
    expect(page.locator(".s2s-said")).to_contain_text("zebra")
    expect(page.get_by_role("button", name="undo all changes")).to_be_disabled()  # nothing stuck
    assert complaints(page) == []


def test_keys_alone_change_what_is_read(shown: Show):
    page = shown(live().to_html(page=True))
    cell(page, 0, 0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.get_by_label("weight of Tom")).to_be_focused()
    page.keyboard.press("Home")
    row = model().reply({"src": SRC})["weights"][1]
    left = [0.0, *(weight / sum(row[1:]) for weight in row[1:])]
    writes(page, model().reply({"src": SRC, "weights": {"1": left}})["words"])
    expect(cell(page, 1, 0)).to_have_text(".00")
    expect(page.locator("tbody th[data-weighted]")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("mask Tom")).to_be_checked()
    expect(page.locator("thead th[data-masked]")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.locator("tbody th[data-forced]")).to_have_count(1)
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    writes(page, model().reply({"src": SRC})["words"])
    assert complaints(page) == []


def test_the_last_word_cannot_be_masked_and_words_of_markup_stay_text(shown: Show):
    page = shown(LiveHeatmap(model(), "Tom likes", title="x").to_html(page=True))
    page.locator("thead th[data-source='0']").click()
    cell(page, 0, 1).click()
    expect(page.get_by_label("mask likes")).to_be_disabled()
    page.get_by_label("or type a word").fill(MARKUP)
    page.keyboard.press("Enter")
    expect(words(page).first).to_have_text(MARKUP)
    expect(page.locator(".s2s-sum b").first).to_have_text(MARKUP)
    assert page.locator(".s2s th b, .s2s option b").count() == 0


def test_panels_share_the_focus_and_say_their_sums(shown: Show):
    rows = np.random.default_rng(0).dirichlet([0.5] * 3, (2, 2))
    panels = {"dot": rows[0], "additive": rows[1]}
    words = ["我", "喜欢"]
    both = AttentionHeatmap(panels, SRC[:3], words, title="Two", coverage=True, partial=True)
    page = shown(both.to_html(page=True))
    expect(page.get_by_role("grid")).to_have_count(2)
    page.locator("[data-panel='1'] td[data-row='1'][data-column='2']").click()
    expect(page.locator(".s2s-sum-line")).to_have_count(2)
    expect(page.locator(".s2s-sum-line").nth(1)).to_contain_text("additive: 喜欢 reads c2 = ")
    expect(page.locator("[data-here][data-row]")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-panel='1'] td[data-here]")).to_have_attribute("data-row", "0")
    read = page.locator("[data-panel='0'] .s2s-cover span")
    expect(read).to_have_text([f"{total:.2f}" for total in rows[0].sum(axis=0)])
    assert complaints(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(shown: Show, scheme: str):
    page = shown(live(gold={(1, 1)}).to_html(page=True), color_scheme=scheme)
    page.locator("thead th[data-source='0']").click()
    cell(page, 1, 2).click()
    page.get_by_label("write at step 2").select_option(index=2)
    expect(page.locator("tbody th[data-forced]")).to_have_count(1)
    assert violations(page) == []


def test_opening_and_closing_leaks_nothing(shown: Show):
    widget = live()
    source = widget.to_html(page=True)
    page = shown(source.replace("mountNext(visual);", "window.parts = { visual, standIn };"))
    script = """async (state) => {
      const place = document.querySelector('main');
      place.replaceChildren();
      const model = window.parts.standIn(state);
      for (let round = 0; round < 20; round += 1) {
        const close = window.parts.visual.render({ model, el: place });
        const head = place.querySelector('th[data-source]');
        head.click();
        await new Promise((done) => setTimeout(done, 5));
        close();
        head.click();
      }
      await new Promise((done) => setTimeout(done, 50));
      return [model.listeners(), place.childNodes.length, document.fonts.size];
    }"""
    assert leaks(page, script, widget.state()) == [0, 0, 0]


CELLS = [
    "# Change",
    "import sys\n"
    "sys.path.insert(0, '{tests}')\n"
    "from tiny_models import tiny_models\n"
    "from course_lib.widgets import LiveHeatmap\n"
    "heatmap = LiveHeatmap(tiny_models()['attention'], 'Tom likes cats .', carry=False)\n"
    "heatmap",
    "print(heatmap.edits['masked'], *heatmap.tgt_tokens)",
    "heatmap.change(forced={0: '足球'})",
]


def test_the_kernel_answers_and_python_hears(lab: Lab, desk: Page):
    cells = [CELLS[0], CELLS[1].replace("{tests}", str(ROOT / "tests")), *CELLS[2:]]
    write(lab, "change.ipynb", cells)
    tab = open_tab(desk, lab, "change.ipynb")
    run_cell(tab, 1)
    expect(tab.get_by_role("grid")).to_be_visible()
    tab.locator("thead th[data-source='0']").click()
    masked = model().reply({"src": SRC, "masked": [0]})["words"]
    writes(tab, masked)  # its bytes were not carried: the kernel answered
    cell(tab, 0, 1).click()
    before = active_cell(tab)
    tab.get_by_label("or type a word").press("d")  # dd would delete JupyterLab's cell
    tab.get_by_label("or type a word").press("d")
    expect(tab.locator(".jp-Cell")).to_have_count(len(cells))
    assert active_cell(tab) == before
    run_cell(tab, 2)
    expect(output(tab, 2)).to_have_text(f"[0] {' '.join(masked)}\n")
    run_cell(tab, 3)
    writes(tab, model().reply({"src": SRC, "forced": {"0": "足球"}})["words"])
    assert complaints(desk) == []
    end_kernels(desk, lab)
