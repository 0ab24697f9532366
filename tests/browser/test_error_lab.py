"""The error lab on a plain page and in a real JupyterLab, by pointer and by key."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from driven import (
    active_cell,
    command,
    end_kernels,
    leaks,
    open_restored,
    open_tab,
    output,
    run_cell,
    violations,
    write_notebook,
)  # fmt: skip
from playwright.sync_api import Browser, Locator, Page, expect
from watched import Lab, asked_for, chinese_texts, complaints

from course_lib.live import pocket
from course_lib.widgets import ErrorLab

FORCING, NOISE = "teacher forcing", "input noise"
FOOTBALL = (
    "Tom plays football in the park every day .".split(),
    "汤姆 每天 在 公园 踢 足球 。".split(),
)
CATS = ("I like cats .".split(), "我 喜欢 猫 。".split())
MARKUP = "<img src=x onerror=document.title='broken'>"

Show = Callable[..., Page]


def lab_of(**more) -> ErrorLab:
    models = {FORCING: pocket("teacher_forcing"), NOISE: pocket("input_noise")}
    return ErrorLab(models, [FOOTBALL, CATS], title="Who comes back", **more)


def word(page: Page | Locator, row: int, step: int) -> Locator:
    return page.locator(f"td[data-row='{row}'][data-step='{step}']")


def verdicts(page: Page | Locator) -> Locator:
    return page.locator("td.s2s-verdict")


def put_in(page: Page | Locator, step: int, wrong: str) -> None:
    word(page, 1, step).click()
    page.get_by_label("Wrong word").select_option(wrong)
    page.get_by_role("button", name="Put in").click()


def test_a_page_asks_for_nothing_and_shows_who_recovers(shown: Show):
    page = shown(lab_of().to_html(page=True))
    expect(verdicts(page)).to_have_text(["all 8 right"] * 4)
    put_in(page, 3, "家")
    expect(word(page, 1, 3).locator("b")).to_have_text("家")
    expect(verdicts(page).nth(3)).to_have_text("recovers: all 4 after it right")
    expect(verdicts(page).nth(1)).to_have_text("2 of 4 after it right")
    expect(word(page, 1, 5)).to_have_class("s2s-astray s2s-apart")
    page.get_by_role("button", name="Take out").click()
    expect(verdicts(page)).to_have_text(["all 8 right"] * 4)
    page.get_by_label("Sentence").select_option("1")
    expect(page.locator("td.s2s-reference")).to_have_text(["我", "喜欢", "猫", "。", "end"])
    expect(verdicts(page)).to_have_text(["all 5 right"] * 4)
    assert asked_for(page) == ["file"]  # the page itself
    assert complaints(page) == []


def test_what_the_browser_shows_is_what_python_computes(shown: Show):
    lab = lab_of()
    lab.inject(3, "家")
    page = shown(lab.to_html(page=True))
    for model, (name, both) in enumerate(lab.runs.items()):
        for i, kind in enumerate(("forced", "free")):
            run = both[kind]
            for step, said in enumerate(run["words"]):
                cell = word(page, 2 * model + i, step)
                seen = "end" if said == "<eos>" else said
                expect(cell.locator("b"), f"{name} {kind}").to_have_text(seen)
    expect(word(page, 1, 3).locator("b")).to_have_text("家")


def test_keys_alone_walk_put_in_and_take_out(shown: Show):
    page = shown(lab_of().to_html(page=True))
    expect(verdicts(page).first).to_have_text("all 8 right")
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.dataset.step") == "0":
            break
    expect(word(page, 1, 0)).to_be_focused()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    expect(word(page, 1, 4)).to_be_focused()
    expect(page.locator(".s2s-detail")).to_contain_text(
        "teacher forcing, reading itself, has just read 公园. Most probable now: 踢 "
    )
    wrong = page.get_by_label("Wrong word").input_value()
    page.keyboard.press("Enter")
    expect(word(page, 1, 4)).to_be_focused()
    expect(word(page, 1, 4)).to_have_accessible_name(
        re.compile(f"^{wrong} 0.[0-9]+, step 5, put in")
    )
    live = page.locator("[aria-live=polite].s2s-spoken")
    expect(live).to_contain_text(f"{wrong} put in at step 5. teacher forcing, reading itself: ")
    page.keyboard.press("Delete")
    expect(verdicts(page)).to_have_text(["all 8 right"] * 4)
    page.keyboard.press("End")
    expect(word(page, 1, 7)).to_be_focused()
    expect(page.get_by_role("button", name="Put in")).to_be_disabled()  # nothing to put in there


def test_the_keys_of_lists_and_buttons_do_not_reach_the_page(shown: Show):
    page = shown(lab_of().to_html(page=True))
    expect(verdicts(page).first).to_have_text("all 8 right")
    page.evaluate(
        "() => { window.heard = [];"
        "document.addEventListener('keydown', (event) => heard.push(event.key)); }"
    )
    word(page, 0, 0).focus()
    for key in ("ArrowDown", "b", "Escape", "PageDown"):
        page.keyboard.press(key)
    page.get_by_label("Wrong word").focus()
    for key in ("ArrowDown", "x", "PageUp"):
        page.keyboard.press(key)
    assert page.evaluate("() => heard") == ["Escape", "PageDown", "PageUp"]


def test_differences_have_a_sign_and_a_word_beside_their_colour(shown: Show):
    lab = lab_of()
    lab.inject(3, "家")
    page = shown(lab.to_html(page=True))
    expect(word(page, 1, 5)).to_have_class("s2s-astray s2s-apart")
    look = "(node, [part, what]) => getComputedStyle(node, part)[what]"
    sign = word(page, 1, 4).locator("b").evaluate(look, ["::before", "content"])
    assert sign.startswith('"≠ "')
    assert word(page, 1, 5).locator("b").evaluate(look, ["::before", "content"]).startswith('"≠')
    assert word(page, 1, 3).evaluate(look, [None, "borderTopStyle"]) == "double"
    assert word(page, 1, 5).evaluate(look, ["::before", "borderTopStyle"]) == "dotted"
    assert word(page, 1, 2).evaluate(look, ["::before", "content"]) == "none"
    expect(word(page, 1, 5)).to_have_accessible_name(
        re.compile("the reference has 足球, the two runs differ here$")
    )


def test_play_lets_the_words_come_one_by_one_and_pauses(shown: Show):
    lab = lab_of()
    lab.inject(3, "家")
    page = shown(lab.to_html(page=True), reduced_motion="no-preference")
    expect(verdicts(page).nth(3)).to_have_text("recovers: all 4 after it right")
    page.get_by_role("button", name="Play").click()
    expect(word(page, 0, 7)).to_have_class(re.compile("s2s-later"))
    expect(word(page, 0, 7)).to_have_accessible_name("step 8: still to come")
    expect(page.get_by_label("steps")).to_have_value(re.compile("[4-6]"))
    page.get_by_role("button", name="Pause").click()
    held = page.get_by_label("steps").input_value()
    page.get_by_label("steps").press("ArrowRight")
    expect(page.get_by_label("steps")).to_have_value(str(int(held) + 1))
    page.get_by_label("steps").press("End")
    expect(verdicts(page).nth(3)).to_have_text("recovers: all 4 after it right")


def test_motion_is_left_out_for_those_who_want_none(shown: Show):
    still = shown(lab_of().to_html(page=True), reduced_motion="reduce")
    expect(verdicts(still).first).to_have_text("all 8 right")
    still.get_by_role("button", name="Play").click()
    expect(still.get_by_role("button", name="Play")).to_be_visible()  # at once at the end
    expect(verdicts(still).first).to_have_text("all 8 right")
    speed = "node => getComputedStyle(node).transitionDuration"
    assert word(still, 0, 0).locator("i").evaluate(speed) == "0s"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(shown: Show, scheme: str):
    lab = lab_of()
    lab.inject(3, "家")
    page = shown(lab.to_html(page=True), color_scheme=scheme)
    expect(word(page, 1, 3).locator("b")).to_have_text("家")
    word(page, 1, 4).click()
    assert violations(page) == []
    ground = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 25, 31)"}[scheme]
    expect(page.locator(".s2s")).to_have_css("background-color", ground)


class Marked:
    """A model whose every word is markup, answered by no one but the state it was given."""

    def reply(self, request):
        words = [MARKUP, "<eos>"]
        top = [[[MARKUP, 0.5], ["b", 0.5]]] * 2
        return {"words": words, "log_probs": [-1.0, -1.0], "top": top, "tgt": [MARKUP]}

    def to_base64(self):
        return pocket("input_noise").to_base64()


def test_words_of_markup_stay_text_and_a_problem_is_told(shown: Show):
    lab = ErrorLab({MARKUP: Marked()}, [([MARKUP], [MARKUP])], title=MARKUP)
    page = shown(lab.to_html(page=True))
    expect(page.locator(".s2s-problem")).to_contain_text(f'"{MARKUP}" is not in the vocabulary')
    assert page.locator(".s2s img").count() == 0 and page.title() == MARKUP


def test_opening_and_closing_leaks_no_listener_no_timer_and_no_node(shown: Show):
    widget = lab_of()
    source = widget.to_html(page=True)
    page = shown(source.replace("mountNext(visual);", "window.parts = { visual, standIn };"))
    script = """async (state) => {
      const place = document.querySelector('main');
      place.replaceChildren();
      const model = window.parts.standIn(state);
      let timers = 0;
      const [set, clear] = [window.setInterval, window.clearInterval];
      window.setInterval = (...a) => { timers += 1; return set(...a); };
      window.clearInterval = (id) => { timers -= id === undefined ? 0 : 1; clear(id); };
      for (let round = 0; round < 12; round += 1) {
        const close = window.parts.visual.render({ model, el: place });
        while (!place.querySelector('td[data-row]')) await new Promise((go) => setTimeout(go, 20));
        place.querySelector('td[data-row]').click();
        place.querySelector('.s2s-play').click();
        model.set('wrong', { step: 1, word: '猫' });
        place.querySelector('.s2s-play').click();
        const old = place.querySelector('td[data-row="1"]');
        close();
        old.click();
        model.set('wrong', {});
      }
      [window.setInterval, window.clearInterval] = [set, clear];
      await new Promise((done) => setTimeout(done, 200));
      return [model.listeners(), place.childNodes.length, document.fonts.size, timers];
    }"""
    assert leaks(page, script, widget.state()) == [0, 0, 0, 0]


def test_chinese_has_glyphs_in_a_page_without_chinese_fonts(fontless: Browser, tmp_path: Path):
    file = tmp_path / "page.html"
    file.write_text(lab_of().to_html(page=True), "utf8")
    page = fontless.new_page()
    page.goto(file.as_uri())
    expect(verdicts(page).first).to_have_text("all 8 right")
    texts = chinese_texts(page)
    assert {"汤姆", "公园", "足球"} <= texts.keys()
    assert [text for text, ours in texts.items() if not ours] == []
    page.close()


CELLS = [
    "# One wrong word",
    "from course_lib.live import pocket\n"
    "from course_lib.widgets import ErrorLab\n"
    f"sentences = {[FOOTBALL, CATS]!r}\n"
    f"models = {{{FORCING!r}: pocket('teacher_forcing'), {NOISE!r}: pocket('input_noise')}}\n"
    "lab, heard, asked = ErrorLab(models, sentences, title='Who comes back'), [], []\n"
    "lab.observe(lambda change: heard.append(change.new), 'wrong')\n"
    f"reply = models[{NOISE!r}].reply\n"
    f"models[{NOISE!r}].reply = lambda request: asked.append(request) or reply(request)\n"
    "lab",
    "print(heard, len(asked) > 1, lab.runs['input noise']['free']['tgt'])",
    "lab.show(1)",
]


def test_the_kernel_answers_python_hears_and_moves_it(lab: Lab, desk: Page):
    write_notebook(lab, "errors.ipynb", CELLS)
    tab = open_tab(desk, lab, "errors.ipynb")
    run_cell(tab, 1)
    expect(verdicts(tab)).to_have_text(["all 8 right"] * 4)
    put_in(tab, 3, "家")
    expect(verdicts(tab).nth(3)).to_have_text("recovers: all 4 after it right")
    word(tab, 1, 4).click()
    before = active_cell(tab)
    for key in ("ArrowDown", "ArrowUp", "b"):  # b would insert a cell, were the focus elsewhere
        desk.keyboard.press(key)
    expect(tab.locator(".jp-Cell")).to_have_count(len(CELLS))
    assert active_cell(tab) == before
    run_cell(tab, 2)
    said = "[{'step': 3, 'word': '家'}] True ['汤姆', '每天', '在', '家', '踢', '足球', '。']"
    expect(output(tab, 2)).to_have_text(said + "\n")
    run_cell(tab, 3)
    expect(verdicts(tab)).to_have_text(["all 5 right"] * 4)
    for theme, ground in (("Dark", "rgb(20, 25, 31)"), ("Light", "rgb(255, 255, 255)")):
        command(desk, "apputils:change-theme", theme=f"JupyterLab {theme}")
        expect(tab.locator(".s2s")).to_have_css("background-color", ground)
    assert complaints(desk) == []
    end_kernels(desk, lab)


def test_a_saved_notebook_has_the_picture_and_trusted_the_live_lab(lab: Lab, desk: Page):
    write_notebook(lab, "saved.ipynb", CELLS[:2])
    execute = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute"]
    execute += ["--inplace", str(lab.folder / "saved.ipynb")]
    subprocess.run(execute, env=lab.env, check=True, capture_output=True)
    assert (lab.folder / "saved.ipynb").stat().st_size < 600_000
    tab = open_tab(desk, lab, "saved.ipynb")
    picture = tab.locator(".jp-OutputArea-output img")
    expect(picture).to_have_attribute("alt", re.compile("^Who comes back: Tom plays football in"))
    lab.trust("saved.ipynb")
    tab = open_restored(desk, lab, "saved.ipynb", ".s2s")
    expect(verdicts(tab)).to_have_text(["all 8 right"] * 4)
    put_in(tab, 3, "家")  # no cell has run: the browser answers
    expect(verdicts(tab).nth(3)).to_have_text("recovers: all 4 after it right")
    assert complaints(desk) == []
    end_kernels(desk, lab)
