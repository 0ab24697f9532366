"""The probability tree on a plain page and in a real JupyterLab, by pointer and by key."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from driven import (
    active_cell,
    command,
    end_kernels,
    leaks,
    open_tab,
    output,
    run_cell,
    violations,
    write_notebook,
)  # fmt: skip
from playwright.sync_api import Browser, Locator, Page, expect
from watched import Lab, asked_for, chinese_texts, complaints

from course_lib.widgets import ProbabilityTree

EOS = "<eos>"
MARKUP = "<img src=x onerror=document.title='broken'>"
ROWS = {
    (): {"每天": 0.45, "天天": 0.55},
    ("每天",): {"喝茶": 1.0},
    ("天天",): {"喝茶": 0.5, "都": 0.5},
    ("天天", "都"): {"喝茶": 1.0},
}

Show = Callable[..., Page]


def tree(title: str = "Tea") -> ProbabilityTree:
    return ProbabilityTree(lambda prefix: ROWS.get(prefix, {EOS: 1.0}), 4, title=title)


def block(page: Page | Locator, *path: str) -> Locator:
    key = "[" + ",".join(f'"{word}"' for word in path) + "]"
    return page.locator(f"[data-key='{key}']")


def verdict(page: Page | Locator) -> Locator:
    return page.locator(".s2s-verdict")


def test_a_page_asks_for_nothing_and_a_slider_changes_the_best_sentence(shown: Show):
    page = shown(tree().to_html(page=True))
    expect(verdict(page)).to_have_text("Greedy search misses the best sentence.")
    expect(block(page, "每天", "喝茶", EOS).locator("em")).to_have_text(".45 best")
    expect(block(page, "天天", "喝茶", EOS).locator("em")).to_have_text(".275 greedy")
    block(page, "每天").click()
    page.get_by_label("probability of this word").fill("0.2")
    expect(verdict(page)).to_have_text("Greedy search finds the best sentence.")
    expect(block(page, "天天", "喝茶", EOS).locator("em")).to_have_text(".4 best and greedy")
    expect(block(page, "天天")).to_have_attribute("style", re.compile("top:20.000%;height:80.000%"))
    page.get_by_text("reset").click()
    expect(verdict(page)).to_have_text("Greedy search misses the best sentence.")
    assert asked_for(page) == ["file"]  # the page itself
    assert complaints(page) == []


def test_typed_numbers_are_taken_or_refused_with_a_reason(shown: Show):
    page = shown(tree().to_html(page=True))
    block(page, "天天", "都").click()
    box = page.get_by_label("the same as a number")
    box.fill("1/4")
    box.press("Enter")
    drink = block(page, "天天", "喝茶")
    told = "喝茶, probability .75, whole path .4125, greedy path"
    expect(drink).to_have_accessible_name(told)
    box.fill("1.5")
    box.press("Enter")
    said = page.locator(".s2s-said")
    expect(said).to_have_text("Not changed: a probability is a number from 0 to 1.")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(drink).to_have_accessible_name(told)
    block(page, "每天", "喝茶").click()
    expect(said).to_have_text("")
    page.get_by_label("probability of this word").fill("0.4")
    expect(said).to_contain_text("喝茶 is the only word of its row")
    assert complaints(page) == []


def test_keys_alone_walk_fold_and_change(shown: Show):
    page = shown(tree().to_html(page=True))
    page.keyboard.press("Tab")
    expect(block(page, "天天")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(block(page, "天天", "都")).to_be_focused()
    expect(page.locator(".s2s-formula")).to_have_text("p(天天 都) = .55 × .5 = .275, −1.291 nats")
    page.keyboard.press("ArrowLeft")
    expect(block(page, "天天", "都")).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("treeitem")).to_have_count(7)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("treeitem")).to_have_count(9)
    page.keyboard.press("Enter")  # to the number
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")  # and back
    expect(block(page, "天天", "都")).to_be_focused()
    expect(block(page, "天天", "都", "喝茶", EOS).locator("em")).to_have_text(".55 best and greedy")
    expect(page.locator("[aria-live].s2s-spoken")).to_contain_text("都 is 1. Greedy search finds")
    page.keyboard.press("Home")
    expect(block(page, "每天")).to_be_focused()


def test_the_length_cap_leaves_mass_open_and_loses_none(shown: Show):
    page = shown(tree().to_html(page=True))
    page.get_by_label("length cap in words").fill("3")
    expect(page.locator(".s2s-mass")).to_contain_text("finished .725 + still open .275 = 1")
    expect(block(page, "天天", "都", "喝茶").locator("em")).to_have_text("open .275")
    page.get_by_label("length cap in words").fill("2")
    expect(verdict(page)).to_have_text("No sentence ends within 2 words.")
    expect(page.locator(".s2s-heads span")).to_have_count(2)


def test_the_paths_are_told_apart_without_colour(shown: Show):
    page = shown(tree().to_html(page=True))
    page.locator("[data-key]").first.wait_for()
    ground = "node => getComputedStyle(node).backgroundImage"
    paths = ("每天",), ("天天",), ("天天", "都")
    best, greedy, other = (block(page, *path).evaluate(ground) for path in paths)
    assert other == "none" and len({best, greedy, other}) == 3  # a solid and a striped band
    names = page.locator(".s2s-sentences li")
    expect(names).to_have_text(["greedy 天天 喝茶 <eos> .275", "best 每天 喝茶 <eos> .45"])
    expect(block(page, "每天")).to_have_accessible_name("每天, probability .45, best path")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(shown: Show, scheme: str):
    page = shown(tree().to_html(page=True), color_scheme=scheme)
    block(page, "天天").click()
    page.get_by_label("the same as a number").fill("x")
    page.keyboard.press("Enter")
    assert violations(page) == []


def test_words_of_markup_stay_text(shown: Show):
    model = ProbabilityTree(lambda p: {EOS: 1.0} if p else {MARKUP: 1.0}, 2, title=MARKUP)
    page = shown(model.to_html(page=True))
    expect(page.locator(".s2s-block b").first).to_have_text(MARKUP)
    expect(page.locator(".s2s-formula b")).to_have_text(MARKUP)
    assert page.locator("img").count() == 0 and page.title() == MARKUP


def test_motion_is_left_out_for_those_who_want_none(shown: Show):
    speed = "node => getComputedStyle(node).transitionDuration"
    still = shown(tree().to_html(page=True), reduced_motion="reduce")
    assert block(still, "天天").evaluate(speed) == "0s"
    moving = shown(tree().to_html(page=True), reduced_motion="no-preference")
    assert block(moving, "天天").evaluate(speed) != "0s"


def test_an_edit_keeps_the_blocks_and_opening_and_closing_leaks_nothing(shown: Show):
    widget = tree()
    source = widget.to_html(page=True)
    page = shown(source.replace("mountNext(visual);", "window.parts = { visual, standIn };"))
    script = """(state) => {
      const place = document.querySelector('main');
      place.replaceChildren();
      const model = window.parts.standIn(state);
      let kept = 0;
      for (let round = 0; round < 40; round += 1) {
        const close = window.parts.visual.render({ model, el: place });
        const first = place.querySelector('[data-key]');
        first.click();
        const slider = place.querySelector('input[type=range]');
        slider.value = 0.3;
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        kept += first === document.activeElement && first.isConnected;
        place.querySelector('button').click();
        close();
        first.click();
      }
      const p = model.get('probabilities')[0][0];
      return [model.listeners(), place.childNodes.length, document.fonts.size, kept, p];
    }"""
    assert leaks(page, script, widget.state()) == [0, 0, 0, 40, 0.45]


def test_chinese_has_glyphs_in_a_page_without_chinese_fonts(fontless: Browser, tmp_path: Path):
    file = tmp_path / "page.html"
    file.write_text(tree("天天 喝茶").to_html(page=True), "utf8")
    page = fontless.new_page()
    page.goto(file.as_uri())
    expect(page.get_by_role("tree")).to_be_visible()
    texts = chinese_texts(page)
    assert {"每天", "天天", "都"} <= texts.keys()
    assert [text for text, ours in texts.items() if not ours] == []
    page.close()


CELLS = [
    "# Tea",
    "from course_lib.widgets import ProbabilityTree\n"
    f"rows = {ROWS!r}\n"
    "tree = ProbabilityTree(lambda prefix: rows.get(prefix, {'<eos>': 1.0}), 4, title='Tea')\n"
    "best = []\n"
    "tree.observe(lambda change: best.append(' '.join(tree.best())), 'probabilities')\n"
    "tree",
    "print(best[-1], tree.next_word(()), tree.path)",
    "tree.change((), '每天', 0.9)\ntree.cap = 3",
]


def test_python_hears_the_learner_and_the_learner_sees_python(lab: Lab, desk: Page):
    write_notebook(lab, "tree.ipynb", CELLS)
    tab = open_tab(desk, lab, "tree.ipynb")
    run_cell(tab, 1)
    expect(tab.get_by_role("tree")).to_be_visible()
    block(tab, "每天").click()
    box = tab.get_by_label("the same as a number")
    box.fill("0.2")
    box.press("Enter")
    block(tab, "天天", "喝茶").click()
    before = active_cell(tab)
    for key in ("ArrowDown", "ArrowUp", "b"):  # b would insert a cell, were the focus elsewhere
        desk.keyboard.press(key)
    expect(tab.locator(".jp-Cell")).to_have_count(len(CELLS))
    assert active_cell(tab) == before
    run_cell(tab, 2)
    said = "天天 喝茶 <eos> {'每天': 0.2, '天天': 0.8} ['天天', '喝茶']"
    expect(output(tab, 2)).to_have_text(said + "\n")
    run_cell(tab, 3)
    expect(block(tab, "每天", "喝茶", EOS).locator("em")).to_have_text(".9 best and greedy")
    expect(tab.locator(".s2s-heads span")).to_have_count(3)
    for theme, ground in (("Dark", "rgb(20, 25, 31)"), ("Light", "rgb(255, 255, 255)")):
        command(desk, "apputils:change-theme", theme=f"JupyterLab {theme}")
        expect(tab.locator(".s2s")).to_have_css("background-color", ground)
    assert complaints(desk) == []
    end_kernels(desk, lab)
