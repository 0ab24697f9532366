"""The same visuals in a plain page opened from disk: no kernel, no server, no network."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from driven import leaks, violations
from playwright.sync_api import Browser, Page, expect
from watched import asked_for, chinese_texts, complaints

from course_lib.widgets import AttentionHeatmap

MARKUP = "<img src=x onerror=document.title='broken'>"

Show = Callable[..., Page]


def heatmap(rows: int = 6, columns: int = 5) -> AttentionHeatmap:
    weights = np.random.default_rng(rows).dirichlet([0.3] * columns, rows)
    src = ["Tom", "loves", "playing", "football", MARKUP, *map(str, range(columns))][:columns]
    tgt = ["汤姆", "喜欢", "踢", "足球", MARKUP, *map(str, range(rows))][:rows]
    links = {(i, i) for i in range(min(rows, columns))}
    return AttentionHeatmap(weights, src, tgt, links, title="Who reads what")


def cell(page: Page, row: int, column: int):
    return page.locator(f"td[data-row='{row}'][data-column='{column}']").first


def test_a_page_asks_for_nothing_and_complains_about_nothing(shown: Show):
    page = shown(heatmap().to_html(page=True))
    cell(page, 1, 1).click()
    assert asked_for(page) == ["file"]  # the page itself
    assert complaints(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(6, 5), (20, 20)])
def test_axe_finds_no_violation(shown: Show, scheme: str, size: tuple[int, int]):
    page = shown(heatmap(*size).to_html(page=True), color_scheme=scheme)
    cell(page, 2, 2).click()
    assert violations(page) == []


def test_tokens_of_markup_stay_text(shown: Show):
    page = shown(heatmap().to_html(page=True))
    cell(page, 4, 4).hover()
    expect(page.locator("tbody th").nth(4)).to_have_text(MARKUP)
    expect(page.locator("thead th").nth(4)).to_have_text(MARKUP)
    expect(page.locator(".s2s-sum b")).to_have_text(MARKUP)
    assert page.locator("img").count() == 0
    assert page.title() == "Who reads what"


def test_a_token_cannot_end_the_script_that_holds_it(shown: Show):
    end = "</script><script>document.title='broken'</script><!--"
    page = shown(AttentionHeatmap([[1.0]], [end], [end], title=end).to_html(page=True))
    expect(page.locator("tbody th")).to_have_text(end)
    assert page.title() == end


def test_hovering_shows_and_leaving_returns_to_the_focus(shown: Show):
    page = shown(heatmap().to_html(page=True))
    cell(page, 3, 1).click()
    cell(page, 5, 2).hover()
    expect(page.locator("td[data-here]")).to_have_attribute("data-row", "5")
    page.mouse.move(2, 2)
    expect(page.locator("td[data-here]")).to_have_attribute("data-row", "3")
    expect(page.locator("td[tabindex='0']")).to_have_attribute("data-row", "3")


def test_every_key_that_is_used_stays_in_the_grid_and_others_go_on(shown: Show):
    page = shown(heatmap().to_html(page=True))
    listen = "() => document.addEventListener('keydown', (event) => heard.push(event.key))"
    page.evaluate("() => { window.heard = []; }")
    page.evaluate(listen)
    cell(page, 0, 0).focus()
    for key in ("ArrowDown", "End", "Home", "b", "Escape", "Alt+ArrowLeft", "PageDown"):
        page.keyboard.press(key)
    assert page.evaluate("() => heard") == ["Escape", "Alt", "ArrowLeft", "PageDown"]


def test_gold_links_have_a_shape_and_a_word(shown: Show):
    page = shown(heatmap().to_html(page=True))
    ring = "node => getComputedStyle(node, '::after').borderRadius"
    assert cell(page, 1, 1).evaluate(ring) == "50%"
    expect(cell(page, 1, 1)).to_have_attribute(
        "aria-label", re.compile("^0.[0-9]{2}, a gold link$")
    )
    content = "node => getComputedStyle(node, '::after').content"
    assert (cell(page, 1, 1).evaluate(content), cell(page, 1, 2).evaluate(content)) == (
        '""',
        "none",
    )
    expect(page.locator(".s2s-key")).to_be_visible()


def test_motion_is_left_out_for_those_who_want_none(shown: Show):
    speed = "node => getComputedStyle(node).transitionDuration"
    still = shown(heatmap().to_html(page=True), reduced_motion="reduce")
    assert cell(still, 0, 0).evaluate(speed) == "0s"
    moving = shown(heatmap().to_html(page=True), reduced_motion="no-preference")
    assert cell(moving, 0, 0).evaluate(speed) != "0s"


def test_several_fragments_share_a_page_and_paper_is_light(shown: Show):
    fragments = heatmap().to_html() + heatmap(3, 2).to_html()
    html = f"<!doctype html><title>two</title><main>{fragments}</main>"
    page = shown(html, color_scheme="dark")
    expect(page.get_by_role("grid")).to_have_count(2)
    expect(page.locator("tbody tr")).to_have_count(9)
    expect(page.locator(".s2s").first).to_have_css("background-color", "rgb(20, 25, 31)")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".s2s").first).to_have_css("background-color", "rgb(255, 255, 255)")


def test_chinese_has_glyphs_in_a_page_without_chinese_fonts(fontless: Browser, tmp_path: Path):
    file = tmp_path / "page.html"
    chinese = AttentionHeatmap([[0.5, 0.5], [0.1, 0.9]], ["我", "爱"], ["猫", "狗"], title="汤姆")
    file.write_text(chinese.to_html(page=True), "utf8")
    page = fontless.new_page()
    page.goto(file.as_uri())
    expect(page.get_by_role("grid")).to_be_visible()
    texts = chinese_texts(page)
    assert {"猫", "狗", "我", "爱", "汤姆"} <= texts.keys()
    assert [text for text, ours in texts.items() if not ours] == []
    page.close()


def test_other_weights_keep_the_cells_and_the_focus_whatever_their_shape(shown: Show):
    widget, small = heatmap(6, 5), heatmap(3, 2)
    source = widget.to_html(page=True)
    page = shown(source.replace("mountNext(visual);", "window.parts = { visual, standIn };"))
    script = """([data, small]) => {
      const model = window.parts.standIn({ data, focus: [5, 4] });
      window.parts.visual.render({ model, el: document.querySelector('main') });
      const cell = document.querySelector('td[tabindex="0"]');
      cell.focus();
      model.set('data', { ...data, tgt: [...data.tgt].reverse() });
      const kept = cell.isConnected && document.activeElement === cell;
      model.set('data', small);
      return [kept, document.activeElement.dataset.row, document.activeElement.dataset.column];
    }"""
    assert page.evaluate(script, [widget.data, small.data]) == [True, "2", "1"]


def test_opening_and_closing_leaks_no_listener_and_no_node(shown: Show):
    widget = heatmap(12, 12)
    source = widget.to_html(page=True)
    page = shown(source.replace("mountNext(visual);", "window.parts = { visual, standIn };"))
    script = """(data) => {
      const place = document.querySelector('main');
      place.replaceChildren();
      const model = window.parts.standIn({ data, focus: [0, 0] });
      for (let round = 0; round < 50; round += 1) {
        const close = window.parts.visual.render({ model, el: place });
        place.querySelector('td[data-row]').click();
        model.set('data', { ...data, gold: [] });
        const old = place.querySelector('td[data-row="1"]');
        close();
        old.click();
      }
      const fonts = document.fonts.size;
      return [model.listeners(), place.childNodes.length, fonts, ...model.get('focus')];
    }"""
    assert leaks(page, script, widget.data) == [0, 0, 0, 0, 0]


def test_fifty_by_fifty_is_walked_by_touching_few_attributes(shown: Show):
    page = shown(heatmap(50, 50).to_html(page=True))
    expect(page.locator("td[data-row]")).to_have_count(2500)
    script = """() => {
      let changes = 0;
      new MutationObserver((list) => { changes += list.length; }).observe(
        document.querySelector('table'), { subtree: true, childList: true, attributes: true });
      window.seen = () => changes;
    }"""
    page.evaluate(script)
    cell(page, 0, 0).focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    changed = page.evaluate("() => window.seen()")
    assert 0 < changed <= 20 * 20, "a step must touch a few attributes, not the whole grid"
