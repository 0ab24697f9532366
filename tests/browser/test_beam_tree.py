"""The beam tree on a plain page and in a real JupyterLab, by pointer and by key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
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

from course_lib.checkpoint import Checkpoint
from course_lib.corpora import EnglishChinese
from course_lib.data import Vocab
from course_lib.live import LiveModel
from course_lib.model import ModelConfig, build
from course_lib.search import beam, table_step, word_table
from course_lib.widgets import BeamTree

MARKUP = "<img src=x onerror=document.title='broken'>"
WORDS = ["<eos>", "I", "The", "like", "love", "cat", "dog", "汤姆"]
ROWS = {
    (): {"I": 0.72, "The": 0.20, "汤姆": 0.08},
    ("I",): {"like": 0.68, "love": 0.15, "<eos>": 0.17},
    ("The",): {"cat": 0.85, "dog": 0.1, "<eos>": 0.05},
    ("I", "like"): {"<eos>": 0.28, "cat": 0.26, "dog": 0.26, "love": 0.2},
    ("The", "cat"): {"<eos>": 0.95, "like": 0.05},
}

Show = Callable[..., Page]


def tree(
    rows: Mapping[Any, Any] = ROWS,
    words: list[str] = WORDS,
    title: str = "What is kept",
    **more: Any,
) -> BeamTree:
    step = table_step(word_table(rows, words), otherwise=np.eye(len(words))[0])
    found = beam(step, None, bos=-1, eos=0, max_length=4, width=None, n_best=99)
    return BeamTree(found.record, words, title=title, **more)


def large() -> BeamTree:
    """Return the tree of a search that keeps ten prefixes for ten rounds."""
    words = [f"w{i}" for i in range(12)]

    def step(token, prefix):
        prefix = () if prefix is None else (*prefix, token)
        rng = np.random.default_rng([7, *(t + 1 for t in prefix)])
        return np.log(rng.dirichlet([0.5] * 12)), prefix, None

    found = beam(step, None, bos=-1, eos=0, max_length=10, width=10, n_best=999)
    return BeamTree(found.record, words, title="Ten by ten")


@lru_cache
def pocket() -> LiveModel:
    """Return an untrained model: what it writes is noise, and the same noise everywhere."""
    task = EnglishChinese()
    src, tgt = Vocab(task.src_tokens), Vocab(task.tgt_tokens)
    config = ModelConfig(embedding_size=8, hidden_size=8, rnn="lstm", decoder="luong")
    model = build(config, len(src), len(tgt), seed=0).eval()
    return LiveModel(LiveModel(Checkpoint(model, config, src, tgt, {})).rounded().checkpoint)


def card(page: Page | Locator, *words: str, among: list[str] = WORDS) -> Locator:
    return page.locator(f"[data-key='{' '.join(str(among.index(word)) for word in words)}']")


def summary(page: Page | Locator) -> Locator:
    return page.locator(".s2s-summary")


def detail(page: Page | Locator) -> Locator:
    return page.locator(".s2s-detail")


def test_a_page_asks_for_nothing_and_the_sliders_search_again(shown: Show):
    page = shown(tree(width=1).to_html(page=True))
    found = (
        "Greedy search finds it too. Exact search finds “The cat” (log p −1.82). Never reached: "
    )
    expect(summary(page)).to_contain_text(found)
    page.get_by_label("beam width k").fill("2")
    page.get_by_label("length penalty α").fill("0.6")
    expect(summary(page)).to_contain_text("score")
    expect(card(page, "The", "cat", "<eos>")).to_have_class(re.compile("s2s-finished"))
    expect(page.locator("caption")).to_contain_text("without normalization (log p) and with it")
    expect(page.locator("thead th").nth(4)).to_have_text("score: log p / length^0.60")
    page.get_by_label("score = log p /").select_option("gnmt")
    expect(page.locator("thead th").nth(4)).to_contain_text("((5 + length) / 6)^0.60")
    page.get_by_label("stop").select_option("first")
    page.get_by_label("beam width k").fill("3")
    expect(summary(page)).to_contain_text("Best of 1 finished")
    assert asked_for(page) == ["file"]  # the page itself
    assert complaints(page) == []


def test_rounds_are_stepped_and_pruned_prefixes_folded(shown: Show):
    page = shown(tree(width=2).to_html(page=True))
    pruned = card(page, "I", "<eos>")
    expect(pruned).to_be_visible()  # a small tree shows what was pruned
    page.get_by_label("show all that was pruned").uncheck()
    expect(pruned).to_have_count(0)
    expect(card(page, "I")).to_have_attribute("aria-expanded", "false")
    card(page, "I").locator(".s2s-fold").click()
    expect(pruned).to_be_visible()
    page.get_by_label("rounds in view").fill("1")
    expect(summary(page)).to_have_text(
        "Round 1 of 3: 2 continuations, 2 kept, 0 finished, 0 pruned."
    )
    expect(page.get_by_role("treeitem")).to_have_count(3)
    page.get_by_label("rounds in view").fill("3")
    expect(summary(page)).to_contain_text("Best of")
    page.get_by_role("button", name="larger tree").click()
    expect(page.locator(".s2s-canvas")).to_have_css("zoom", "1.25")


def test_a_prefix_is_spelled_out_by_pointer_and_from_the_table(shown: Show):
    page = shown(tree(width=2, alpha=1.0).to_html(page=True))
    card(page, "I", "like").click()
    expect(detail(page)).to_have_text(
        "“I like”: log p = −0.33 − 0.39 = −0.71. Score: −0.71 divided by 2^1.00 = 2.00 is −0.36. "
        "Kept, 1st of 4 in round 2."
    )
    page.get_by_role("button", name="The cat", exact=True).click()
    expect(card(page, "The", "cat", "<eos>")).to_be_focused()
    expect(detail(page)).to_contain_text("Finished: it ends the sentence")


def test_keys_alone_walk_fold_and_search_again(shown: Show):
    page = shown(tree(width=2).to_html(page=True))
    page.get_by_label("show all that was pruned").focus()
    page.keyboard.press("Space")
    page.get_by_label("beam width k").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("beam width k")).to_have_value("3")
    page.keyboard.press("ArrowLeft")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.getAttribute('role')") == "treeitem":
            break
    expect(card(page)).to_be_focused()
    for key, place in (
        ("ArrowRight", ("I",)),
        ("ArrowDown", ("The",)),
        ("ArrowRight", ("The", "cat")),
        ("ArrowUp", ("I", "like")),
        ("ArrowLeft", ("I",)),
        ("End", ("The", "cat", "<eos>")),
        ("Home", ()),
    ):
        page.keyboard.press(key)
        expect(card(page, *place)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(card(page, "I")).to_have_attribute("aria-expanded", "true")
    expect(card(page, "I", "<eos>")).to_have_accessible_name(
        "<eos>, pruned, 3rd of 4, round 2, log probability −2.10"
    )
    expect(detail(page)).to_contain_text("“I”: log p = −0.33.")
    assert complaints(page) == []


def test_fates_and_paths_are_told_apart_without_colour(shown: Show):
    page = shown(tree(width=2).to_html(page=True))
    border = "node => getComputedStyle(node).borderTopStyle"
    styles = [
        card(page, *words).evaluate(border)
        for words in (("I",), ("I", "like", "<eos>"), ("I", "<eos>"))
    ]
    assert styles == ["solid", "double", "dashed"]
    dashes = "node => getComputedStyle(node).strokeDasharray"
    drawn = {page.locator(f".s2s-{mark}").first.evaluate(dashes) for mark in ("best", "greedy")}
    assert len(drawn | {page.locator(".s2s-exact").first.evaluate(dashes)}) == 3
    names = card(page, "The", "cat", "<eos>").locator(".s2s-ends i")
    expect(names).to_have_text(["best", "exact"])


def test_a_large_tree_is_folded_scrolls_and_keeps_its_cards(shown: Show):
    page = shown(large().to_html(page=True))
    expect(page.get_by_label("show all that was pruned")).not_to_be_checked()
    assert page.get_by_role("treeitem").count() < 110
    box = page.locator(".s2s-scroll")
    assert box.evaluate("node => node.scrollHeight <= 2000 && node.clientHeight <= 520")
    page.get_by_label("show all that was pruned").check()
    assert page.get_by_role("treeitem").count() > 200
    mark = "node => { node.marked = true; }"
    first = page.get_by_role("treeitem").nth(1)
    first.evaluate(mark)
    page.get_by_label("length penalty α").fill("1")
    assert first.evaluate("node => node.marked") is True
    assert complaints(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(shown: Show, scheme: str):
    page = shown(tree(width=2, alpha=0.5).to_html(page=True), color_scheme=scheme)
    card(page, "The").click()
    assert violations(page) == []
    page = shown(BeamTree.of_model(pocket(), "I like cats").to_html(page=True), color_scheme=scheme)
    page.get_by_label("show all that was pruned").check()
    assert violations(page) == []


def test_words_of_markup_stay_text(shown: Show):
    words = ["<eos>", MARKUP]
    page = shown(tree({(): {MARKUP: 1.0}}, words, title=MARKUP).to_html(page=True))
    card(page, MARKUP, among=words).click()
    expect(card(page, MARKUP, among=words).locator(".s2s-word")).to_have_text(MARKUP)
    expect(detail(page)).to_contain_text(MARKUP)
    assert page.locator("img").count() == 0 and page.title() == MARKUP


def test_motion_is_left_out_for_those_who_want_none(shown: Show):
    speed = "node => getComputedStyle(node).transitionDuration"
    still = shown(tree().to_html(page=True), reduced_motion="reduce")
    assert card(still, "I").evaluate(speed) == "0s"
    moving = shown(tree().to_html(page=True), reduced_motion="no-preference")
    assert card(moving, "I").evaluate(speed) != "0s"


def test_a_page_without_a_kernel_searches_a_typed_sentence(shown: Show):
    page = shown(BeamTree.of_model(pocket(), "I like cats", widest=3).to_html(page=True))
    page.get_by_label("source sentence").fill("Tom loves playing football .")
    page.keyboard.press("Enter")
    other = BeamTree.of_model(pocket(), "Tom loves playing football .", widest=3)
    expect(page.locator(".s2s-said")).to_have_text("")
    names = page.get_by_role("treeitem").evaluate_all("all => all.map((n) => n.dataset.key)")
    known = [other._known.tokens(node.known) for node in other.result.nodes if node.fate == "kept"]
    assert {" ".join(map(str, tokens)) for tokens in known} <= set(names)
    page.get_by_label("source sentence").fill("Tom loves footbal")
    page.get_by_role("button", name="search").click()
    expect(page.locator(".s2s-said")).to_contain_text("footbal")
    assert complaints(page) == []


def test_opening_and_closing_leaks_nothing(shown: Show):
    widget = BeamTree.of_model(pocket(), "I like cats", widest=2)
    source = widget.to_html(page=True)
    page = shown(source.replace("mountNext(visual);", "window.parts = { visual, standIn };"))
    script = """(state) => {
      const place = document.querySelector('main');
      place.replaceChildren();
      const model = window.parts.standIn(state);
      for (let round = 0; round < 30; round += 1) {
        const close = window.parts.visual.render({ model, el: place });
        const first = place.querySelectorAll('[data-key]')[1];
        first.click();
        model.set('width', 1 + round % 2);
        model.set('data', { ...state.data });
        close();
        first.click();
      }
      return [model.listeners(), place.childNodes.length, document.fonts.size];
    }"""
    assert leaks(page, script, widget.state()) == [0, 0, 0]


def test_chinese_has_glyphs_in_a_page_without_chinese_fonts(fontless: Browser, tmp_path: Path):
    file = tmp_path / "page.html"
    file.write_text(tree(title="汤姆").to_html(page=True), "utf8")
    page = fontless.new_page()
    page.goto(file.as_uri())
    expect(page.get_by_role("tree")).to_be_visible()
    texts = chinese_texts(page)
    assert "汤姆" in texts
    assert [text for text, ours in texts.items() if not ours] == []
    page.close()


CELLS = [
    "# Search",
    "import numpy as np\n"
    "from course_lib.search import beam, table_step, word_table\n"
    "from course_lib.widgets import BeamTree\n"
    f"words, rows = {WORDS!r}, {ROWS!r}\n"
    "step = table_step(word_table(rows, words), otherwise=np.eye(len(words))[0])\n"
    "rules = dict(bos=-1, eos=0, max_length=4)\n"
    "tree = BeamTree(beam(step, None, width=None, n_best=99, **rules).record, words)\n"
    "heard = []\n"
    "tree.observe(lambda change: heard.append((change.name, change.new)), ['width', 'focus'])\n"
    "tree",
    "print(heard, tree.best)",
    "tree.width, tree.alpha = 2, 1.0\ntree.focus = [2, 5]",
]


def test_python_hears_the_learner_and_the_learner_sees_python(lab: Lab, desk: Page):
    write_notebook(lab, "beam.ipynb", CELLS)
    tab = open_tab(desk, lab, "beam.ipynb")
    run_cell(tab, 1)
    expect(tab.get_by_role("tree")).to_be_visible()
    tab.get_by_label("beam width k").fill("1")
    card(tab, "I").click()
    before = active_cell(tab)
    for key in ("ArrowRight", "ArrowLeft", "b"):  # b would insert a cell, were the focus elsewhere
        desk.keyboard.press(key)
    expect(tab.locator(".jp-Cell")).to_have_count(len(CELLS))
    assert active_cell(tab) == before
    run_cell(tab, 2)
    expect(output(tab, 2)).to_contain_text("('width', 1)")
    expect(output(tab, 2)).to_contain_text("('focus', [1])] ('I', 'like')")
    run_cell(tab, 3)
    expect(detail(tab)).to_contain_text("“The cat”: log p =")
    for theme, ground in (("Dark", "rgb(20, 25, 31)"), ("Light", "rgb(255, 255, 255)")):
        command(desk, "apputils:change-theme", theme=f"JupyterLab {theme}")
        expect(tab.locator(".s2s")).to_have_css("background-color", ground)
    assert complaints(desk) == []
    end_kernels(desk, lab)
