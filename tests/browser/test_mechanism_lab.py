"""The mechanism lab on a plain page and in a real JupyterLab: pointer, keys, no motion."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from driven import (
    SLOW,
    active_cell,
    command,
    end_kernels,
    leaks,
    open_tab,
    output,
    run_cell,
    violations,
    write_notebook,
)
from playwright.sync_api import Locator, Page, expect
from tiny_models import MARKUP, tiny_models
from watched import ROOT, Lab, asked_for, complaints

from course_lib.widgets import MechanismLab

SENTENCE = "Tom likes cats ."

Show = Callable[..., Page]


def lab_of(sentence: str = SENTENCE, direction: str = "both") -> MechanismLab:
    models = tiny_models(direction)
    return MechanismLab(models["attention"], models["fixed"], sentence, title="Five steps")


@pytest.fixture(scope="module")
def html() -> str:
    return lab_of().to_html(page=True)


def step(page: Page | Locator, name: str) -> Locator:
    return page.locator(f"[data-step='{name}'] >> visible=true").and_(page.locator("button"))


def caption(page: Page | Locator) -> Locator:
    return page.locator(".s2s-caption")


def place(page: Page | Locator) -> Locator:
    return page.locator(".s2s-place")


def test_the_steps_show_what_they_say_and_a_page_asks_for_nothing(shown: Show, html: str):
    page = shown(html)
    expect(caption(page)).to_contain_text("reads “Tom”, the other goes left and reads “.”")
    filled = page.locator(".s2s-vector:not(.s2s-off)")
    expect(filled).to_have_count(2)  # a half at each end
    step(page, "compress").click()
    expect(caption(page)).to_contain_text("h and the cell C: 28 numbers for 4 words")
    expect(page.locator(".s2s-pipe.s2s-on")).to_have_count(2)
    step(page, "score").click()
    expect(caption(page)).to_contain_text("To write word 1 the decoder reads the start sign <bos>")
    expect(page.locator(".s2s-asked.s2s-on")).to_have_count(4)
    step(page, "mix").click()
    expect(page.locator("text.s2s-number").first).to_have_text(re.compile(r"^\.\d\d$"))
    heights = page.locator(".s2s-bar").evaluate_all("bars => bars.map((b) => b.style.height)")
    assert abs(sum(float(height.removesuffix("px")) for height in heights) - 40) < 0.1
    step(page, "decode").click()
    wrote = page.locator(".s2s-written [data-now]")
    expect(wrote).to_have_count(1)
    expect(page.locator(".s2s-end.s2s-now")).to_have_text(wrote.inner_text())
    assert asked_for(page) == ["file"]  # the page itself
    assert complaints(page) == []


def test_it_plays_pauses_steps_both_ways_and_scrubs(shown: Show, html: str):
    page = shown(html)
    page.get_by_label("speed").select_option("fast")
    page.get_by_role("button", name="play").click()
    expect(place(page)).to_have_text(re.compile("^4 of "))  # by itself
    page.get_by_role("button", name="pause").click()
    page.get_by_label("moment").fill("6")
    expect(place(page)).to_have_text(re.compile("^7 of "))
    expect(step(page, "mix")).to_have_attribute("aria-current", "step")
    page.get_by_role("button", name="next").click()
    expect(place(page)).to_have_text(re.compile("^8 of "))
    page.get_by_role("button", name="back").click()
    page.get_by_role("button", name="back").click()
    expect(place(page)).to_have_text(re.compile("^6 of "))
    last = page.get_by_label("moment").get_attribute("max")
    page.get_by_label("moment").fill(str(last))
    expect(page.get_by_role("button", name="next")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="play").click()  # from the end it plays again
    expect(place(page)).to_have_text(re.compile("^1 of "))


def test_a_typed_sentence_is_translated_and_an_unknown_word_is_named(shown: Show, html: str):
    page = shown(html)
    box = page.get_by_label("English sentence")
    box.fill("I like football")
    box.press("Enter")
    expect(page.locator("svg .s2s-word").first).to_have_text("I")
    expect(page.locator(".s2s-stage svg .s2s-bar")).to_have_count(3)
    box.fill("I like dragons")
    box.press("Enter")
    said = page.get_by_role("status")
    expect(said).to_contain_text("'dragons' is not in the vocabulary")
    expect(page.locator(".s2s-stage svg .s2s-bar")).to_have_count(3)  # what was there stays
    box.fill("Tom " * 21)
    box.press("Enter")
    expect(said).to_contain_text("the sentence has 21 words; the lab shows 20")
    box.fill("Tom likes cats")
    box.press("Enter")
    expect(said).to_have_text("")
    assert complaints(page) == []


def test_words_of_markup_stay_text(shown: Show, html: str):
    page = shown(html)
    step(page, "decode").click()
    expect(page.locator(".s2s-end.s2s-now")).to_have_text(MARKUP)
    expect(page.locator(".s2s-written [data-now]")).to_have_text(MARKUP)
    expect(caption(page)).to_contain_text(f"the most probable one, {MARKUP} (")
    page.get_by_label("English sentence").fill("Tom <img/src=x/onerror=alert(1)>")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("'<' is not in the vocabulary")
    assert page.locator("main :is(img, .s2s-written b, svg b)").count() == 0


def test_without_the_models_the_first_sentence_is_still_there(shown: Show):
    models = tiny_models()
    lab = MechanismLab(models["attention"], models["fixed"], SENTENCE, carry=False)
    page = shown(lab.to_html(page=True))
    step(page, "mix").click()
    page.get_by_label("fixed context").check()
    expect(step(page, "decode")).to_have_attribute("aria-current", "step")
    page.get_by_label("English sentence").fill("I like cats")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("This needs a running kernel")
    expect(page.locator("svg .s2s-word").first).to_have_text("Tom")


def test_a_fixed_context_has_no_steps_3_and_4(shown: Show, html: str):
    page = shown(html)
    step(page, "mix").click()
    page.get_by_label("fixed context").check()
    expect(step(page, "decode")).to_have_attribute("aria-current", "step")
    expect(step(page, "mix")).to_have_attribute("aria-disabled", "true")
    expect(caption(page)).to_contain_text("It cannot look at the source.")
    step(page, "compress").click()
    expect(caption(page)).to_contain_text("fixed context c, and it is all that the decoder ever")
    page.get_by_label("with attention").check()
    expect(step(page, "compress")).to_have_attribute("aria-current", "step")
    expect(caption(page)).to_contain_text("But the states stay.")


def test_tensors_have_shapes_and_on_demand_values(shown: Show, html: str):
    page = shown(html)
    step(page, "compress").click()
    summary = page.locator("summary").first
    expect(summary).to_have_text("encoder_states  (4, 14)")
    numbers = page.locator(".s2s-numbers").first
    expect(numbers).to_be_empty()
    summary.click()
    expect(numbers.locator("p")).to_have_count(4)
    expect(numbers.locator("p").first).to_have_text(re.compile(r"^Tom (−?\d\.\d{3}\s*){14}$"))
    step(page, "mix").click()
    expect(summary).to_have_text("weights of step 1  (4,)")
    expect(numbers).to_have_text(re.compile(r"^Tom 0\.\d{3}\s+likes 0"))


def test_keys_alone_step_scrub_and_switch(shown: Show, html: str):
    page = shown(html)
    expect(place(page)).to_have_text(re.compile("^1 of "))
    page.keyboard.press("Tab")
    expect(page.get_by_label("English sentence")).to_be_focused()
    page.evaluate("() => { window.heard = [];"
                  "document.addEventListener('keydown', (e) => heard.push(e.key)); }")  # fmt: skip
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.className") == "s2s-next":
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(place(page)).to_have_text(re.compile("^3 of "))
    expect(page.locator("[aria-live].s2s-spoken")).to_contain_text("goes right and reads “cats”")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="next")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("PageDown")  # a clicker's key goes on to the deck
    assert page.evaluate("() => heard.filter((key) => key !== 'Tab')") == ["PageDown"]


def test_without_motion_the_same_steps_are_there_and_nothing_plays(shown: Show, html: str):
    still = shown(html, reduced_motion="reduce")
    speed = "node => getComputedStyle(node).transitionDuration"
    expect(still.get_by_role("button", name="play")).to_be_hidden()
    expect(still.get_by_label("speed")).to_be_hidden()
    for name in ("encode", "compress", "score", "mix", "decode"):
        step(still, name).click()
        expect(step(still, name)).to_have_attribute("aria-current", "step")
    assert still.locator(".s2s-given").first.evaluate(speed) == "0s"
    moving = shown(html, reduced_motion="no-preference")
    expect(moving.get_by_role("button", name="play")).to_be_visible()
    assert moving.locator(".s2s-given").first.evaluate(speed) != "0s"
    moving.get_by_role("button", name="play").click()
    moving.emulate_media(reduced_motion="reduce")  # while it plays: it stops
    expect(moving.locator(".s2s-play")).to_have_text("▶ play")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(shown: Show, html: str, scheme: str):
    page = shown(html, color_scheme=scheme, reduced_motion="reduce")
    for name in ("mix", "decode"):
        step(page, name).click()
        page.locator("summary").first.click()
    page.get_by_label("English sentence").fill("dragons")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).not_to_be_empty()
    assert violations(page) == []


def test_opening_and_closing_leaks_no_listener_node_or_timer(shown: Show, html: str):
    widget = lab_of("Tom likes cats")
    page = shown(html.replace("mountNext(visual);", "window.parts = { visual, standIn };"))
    script = """async (state) => {
      const place = document.querySelector('main');
      place.replaceChildren();
      const model = window.parts.standIn(state);
      for (let round = 0; round < 10; round += 1) {
        const close = window.parts.visual.render({ model, el: place });
        const play = place.querySelector('.s2s-play');
        while (!place.querySelector('.s2s-bar')) await new Promise((d) => setTimeout(d, 5));
        play.click();
        close();
        play.click();
      }
      const before = model.get('moment');
      await new Promise((done) => setTimeout(done, 1200));
      return [model.listeners(), place.childNodes.length, document.fonts.size,
        model.get('moment') - before];
    }"""
    assert leaks(page, script, widget.state() | {"speed": "fast"}) == [0, 0, 0, 0]


CELLS = [
    "# Lab",
    "import sys\n"
    f"sys.path.insert(0, {str(ROOT / 'tests')!r})\n"
    "from tiny_models import tiny_models\n"
    "from course_lib.widgets import MechanismLab\n"
    "lab = MechanismLab(**tiny_models(), sentence='Tom likes cats .')\n"
    "seen = []\n"
    "lab.observe(lambda change: seen.append(change.new), 'sentence')\n"
    "lab",
    "print(seen, lab.context, lab.moment, *lab.reply()['src'])",
    "lab.moment = 4\nlab.context = 'attention'",
]


def test_the_kernel_answers_and_python_hears(lab: Lab, desk: Page):
    write_notebook(lab, "mechanism.ipynb", CELLS)
    tab = open_tab(desk, lab, "mechanism.ipynb")
    run_cell(tab, 1, timeout=4 * SLOW)  # it imports torch
    expect(tab.locator(".s2s-bar")).to_have_count(4)
    box = tab.get_by_label("English sentence")
    box.fill("I like football")
    before = active_cell(tab)
    desk.keyboard.press("Shift+Enter")  # would run the cell, were it not for the visual
    expect(tab.locator(".s2s-bar")).to_have_count(3)
    tab.get_by_label("fixed context").check()
    step(tab, "compress").click()
    desk.keyboard.press("b")  # would insert a cell below
    expect(tab.locator(".jp-Cell")).to_have_count(len(CELLS))
    assert active_cell(tab) == before
    run_cell(tab, 2)
    expect(output(tab, 2)).to_have_text("['I like football'] fixed 3 I like football\n")
    run_cell(tab, 3)
    expect(place(tab)).to_have_text(re.compile("^5 of "))
    expect(step(tab, "score")).to_have_attribute("aria-current", "step")
    for theme, ground in (("Dark", "rgb(20, 25, 31)"), ("Light", "rgb(255, 255, 255)")):
        command(desk, "apputils:change-theme", theme=f"JupyterLab {theme}")
        expect(tab.locator(".s2s")).to_have_css("background-color", ground)
    assert complaints(desk) == []
    end_kernels(desk, lab)
