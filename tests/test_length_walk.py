"""The slider over lengths: its parts, its static twin, and the errors it marks."""

from __future__ import annotations

import re

import pytest

from course_lib.widgets.length_walk import LengthWalk, Stop, differences

SRC = ("Tom", "loves", "<b>cats</b>")
RIGHT = ("汤姆", "喜欢", "猫", "。")


def stop(words: int, share: float, said: tuple[str, ...] = RIGHT) -> Stop:
    return Stop(words, share, SRC, said, RIGHT)


@pytest.fixture
def walk() -> LengthWalk:
    return LengthWalk([stop(3, 1.0), stop(20, 0.25, ("汤姆", "爱", "猫"))], 1, title="Right")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (RIGHT, []),
        (("汤姆", "爱", "猫", "。"), [("extra", "爱"), ("missing", "喜欢")]),
        (("汤姆", "猫", "。"), [("missing", "喜欢")]),
        ((*RIGHT, "。"), [("extra", "。")]),
        ((), [("missing", word) for word in RIGHT]),
    ],
)
def test_errors_are_what_must_go_and_what_must_come(said, expected):
    marked = differences(said, RIGHT)
    assert [pair for pair in marked if pair[0] != "same"] == expected
    assert tuple(word for kind, word in marked if kind != "missing") == tuple(said)
    assert tuple(word for kind, word in marked if kind != "extra") == RIGHT


def test_slider_and_pages_are_linked_in_the_browser(walk):
    assert walk.link.source == (walk.slider, "index")
    assert walk.link.target == (walk.stack, "selected_index")
    assert walk.slider.index == walk.stack.selected_index == 1
    assert [label for label, _ in walk.slider.options] == ["3 words", "20 words"]


def test_a_page_marks_errors_without_colour_and_takes_text_as_text(walk):
    page = walk.page(1)
    assert "<del>爱</del> <ins>喜欢</ins>" in page and "<ins>。</ins>" in page
    assert "1 word wrong, 2 missing; struck out" in page
    assert "&lt;b&gt;cats&lt;/b&gt;" in page and "<b>cats" not in page
    marked = LengthWalk([stop(3, 0.0, ("<i>爱</i>",))]).page(0)
    assert "<del>&lt;i&gt;爱&lt;/i&gt;</del>" in marked
    assert "every word is right" in walk.page(0) and "<del>" not in walk.page(0)
    assert 'aria-label="20 source words: 25 % right"' in page


def test_the_ring_is_where_the_page_is(walk):
    def circle(kind: str, page: str) -> list[tuple[str, str]]:
        return re.findall(rf'class="{kind}" r="\d" cx="([\d.]+)" cy="([\d.]+)"', page)

    for number in (0, 1):
        page = walk.page(number)
        assert circle("here", page) == [circle("dot", page)[number]]
    (_, high), (_, low) = circle("dot", walk.page(0))
    assert float(low) > float(high)  # 25 % lies below 100 %


def test_the_notebook_stores_view_picture_and_alt_text(walk):
    bundle = walk._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "image/png", "text/html"} <= set(bundle)
    assert walk.alt in bundle["text/plain"] and "alt=" in bundle["text/html"]
    assert "3 words 100 %, 20 words 25 %" in walk.alt and "汤姆 爱 猫" in walk.alt


def test_the_font_is_carried_along(walk):
    style = walk.children[0].value
    assert "data:font/woff;base64," in style and "light-dark(" in style


@pytest.mark.parametrize(
    ("stops", "message"),
    [
        ([], "give one at least"),
        ([stop(5, 1), stop(5, 1)], r"lengths \[5, 5\]"),
        ([stop(9, 1), stop(5, 1)], r"lengths \[9, 5\]"),
        ([stop(5, 1.5)], "share at 5 words is 1.5"),
    ],
)
def test_bad_stops_are_refused(stops, message):
    with pytest.raises(ValueError, match=message):
        LengthWalk(stops)


def test_a_start_outside_is_refused():
    with pytest.raises(ValueError, match="start is 2, but there are 2 stops"):
        LengthWalk([stop(5, 1), stop(6, 1)], 2)
