"""What a deck says before it is built: values of notebooks, notes with minutes, code that runs."""

import re
from pathlib import Path

import pytest

from course_lib.results import publish, publish_table
from slides.deck import source, visuals

DECKS = source.decks()
RESULTS = {r.name: r for r in [publish("ch01.rate", 0.448, unit="%", digits=1, spread=0.01)]}
RESULTS["ch01.table"] = publish_table("ch01.table", ["a"], [["1"]])


def slides_of(text: str) -> list[str]:
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    return re.split(r"^---$", body, flags=re.MULTILINE)


def deck(text: str):
    return source.Deck(Path("01_x.md"), text)


def test_a_value_is_brought_up_to_date():
    old = deck('It misses <span data-result="ch01.rate">40 %</span>.')
    assert source.refreshed(old, RESULTS) == (
        'It misses <span data-result="ch01.rate">44.8 %</span>.'
    )


def test_a_spread_and_a_table_are_brought_up_to_date():
    old = deck(
        '<span data-result="ch01.rate:spread">?</span> <div data-result="ch01.table">old</div>'
    )
    new = source.refreshed(old, RESULTS)
    assert "± 1.0 %" in new
    assert "\n\n| a |\n| --- |\n| 1 |\n\n" in new


def test_an_unknown_name_says_which_there_are():
    with pytest.raises(source.DeckError, match=r"no notebook publishes 'ch01\.no'.*ch01\.rate"):
        source.refreshed(deck('<span data-result="ch01.no">1</span>'), RESULTS)


def test_a_stale_value_stops_the_build(tmp_path):
    path = tmp_path / "01_x.md"
    path.write_text('<span data-result="ch01.rate">40 %</span>', "utf8")
    stale = source.Deck(path, path.read_text("utf8"))
    with pytest.raises(source.DeckError, match="--refresh"):
        source.up_to_date(stale, RESULTS, refresh=False)
    assert "40 %" in path.read_text("utf8")


def test_a_deck_opens_a_visual_otherwise_than_the_notebook():
    shown = {"visual": "mechanism_lab", "data": {}, "context": "attention", "moment": 0}
    changed = visuals.opened(shown, '{"context": "fixed"}', deck(""))
    assert changed == shown | {"context": "fixed"}
    with pytest.raises(source.DeckError, match=r"sets \['sentence'\].*\['context', 'moment'\]"):
        visuals.opened(shown, '{"sentence": "I like cats"}', deck(""))
    with pytest.raises(source.DeckError, match="is no JSON"):
        visuals.opened(shown, "context=fixed", deck(""))


@pytest.mark.parametrize("deck", DECKS, ids=lambda d: d.name)
class TestEveryDeck:
    def test_its_values_are_the_notebooks_own(self, deck):
        assert source.refreshed(deck, source.published()) == deck.text

    def test_it_has_the_slides_of_a_lecture(self, deck):
        assert 15 <= len(slides_of(deck.text)) <= 25

    def test_every_content_slide_has_notes(self, deck):
        for number, slide in enumerate(slides_of(deck.text), 1):
            notes = re.search(r"<!--\n(.+?)-->", slide, re.DOTALL)
            assert notes, f"slide {number} has no notes"
            assert re.search(r"^\d+ min\b", notes[1], re.MULTILINE), f"slide {number}: no minutes"

    def test_its_minutes_fill_a_lecture(self, deck):
        minutes = [int(m) for m in re.findall(r"^(\d+) min\b", deck.text, re.MULTILINE)]
        assert 40 <= sum(minutes) <= 50

    def test_its_numbers_are_published(self, deck):
        """A percentage or a decimal outside code, formulas and notes must come from a notebook."""
        text = re.sub(r"<!--.*?-->|```.*?```|\$\$.*?\$\$|\$[^$]*\$", "", deck.text, flags=re.DOTALL)
        text = source.QUOTED.sub("", text).split("\n---\n", 1)[1]
        typed = re.findall(r"(?<![\w.])\d+\.\d+|\d+(?:\.\d+)? ?%", text)
        typed = [number for number in typed if not re.search(rf"arXiv {number}", text)]
        assert not typed

    def test_its_code_runs(self, deck):
        names: dict[str, object] = {}
        for code in re.findall(r"```python\n(.*?)```", deck.text, re.DOTALL):
            exec(compile(code, deck.path.name, "exec"), names)

    def test_its_figures_have_alt_text_and_its_links_lead_somewhere(self, deck):
        for alt, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", deck.text):
            words = [w for w in alt.split() if not re.match(r"(w|h|width|height):", w)]
            assert len(words) >= 4, f"{target} has no alt text"
        for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]+)\)", deck.text):
            assert target.startswith("https://") or (deck.path.parent / target).exists()
