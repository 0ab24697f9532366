"""What a deck says before it is built: values of notebooks, notes with minutes, code that runs."""

import re
import threading
import urllib.request
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path

import pytest

from course_lib.results import publish, publish_table
from slides.deck import command, pages, source, visuals, watch

DECKS = source.decks()
RESULTS = {r.name: r for r in [publish("ch01.rate", 0.448, unit="%", digits=1, spread=0.01)]}
RESULTS["ch01.table"] = publish_table("ch01.table", ["a"], [["1"]])


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


def test_an_unknown_figure_or_visual_stops_the_build(tmp_path):
    with pytest.raises(source.DeckError, match=r"publishes 'ch01\.no'"):
        source.write_figures(deck("![a tree of words](figures/ch01.no.png)"), RESULTS)
    with pytest.raises(source.DeckError, match=r"publishes 'ch01\.no'"):
        visuals.with_visuals('<div data-visual="ch01.no"></div>', deck(""), RESULTS)


def test_an_unknown_deck_says_which_there_are(capsys, tmp_path):
    assert command.main(["98", "--output", str(tmp_path)]) == 1
    assert "no deck begins with '98'. There are: 00_start_here, 01_" in capsys.readouterr().err


def test_a_link_leads_to_the_same_file_from_where_the_deck_is_built(tmp_path):
    here = source.Deck(tmp_path / "slides" / "01_x.md", "[a](../notebooks/01.ipynb) [b](https://x)")
    made = pages.self_contained(here, RESULTS, tmp_path / "slides" / "build")
    assert made == "[a](../../notebooks/01.ipynb) [b](https://x)"


def test_minutes_are_counted_in_notes_alone():
    one = deck("# 3\n30 min\n<!--\n2 min\nRead it in 9 min.\n-->\n---\n<!--\n1 min\n-->")
    assert (one.minutes, len(one.slides)) == (3, 2)


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("", False)],
)
def test_the_server_says_who_can_open_it(host, alone):
    said = watch.where(host, 8765)
    assert ("WARNING" in said) is not alone
    assert said.startswith("http://localhost:8765/") is alone


def test_a_saved_deck_is_built_alone_and_a_saved_theme_builds_them_all(monkeypatch):
    files = {Path("01_a.md"): 1.0, Path("02_b.md"): 1.0, Path("theme.css"): 1.0}
    monkeypatch.setattr(watch, "saved", lambda: dict(files))
    seen, built = {}, []
    assert watch.build_changed([], seen, built.append)
    assert not watch.build_changed([], seen, built.append)
    files[Path("02_b.md")] = 2.0
    assert not watch.build_changed(["01"], dict(seen), built.append)
    assert watch.build_changed([], seen, built.append)
    files[Path("theme.css")] = 2.0
    assert watch.build_changed(["02"], seen, built.append)
    assert built == [[], ["02_b.md"], ["02"]]


def test_a_deck_that_cannot_be_built_does_not_end_the_watching(capsys):
    def fail(names):
        raise source.DeckError("a stale value")

    assert not watch.build_changed([], {}, fail)
    assert "a stale value" in capsys.readouterr().err


def test_the_server_tells_pages_of_a_newer_build(tmp_path):
    (tmp_path / "a.html").write_text("<p>猫", "utf8")
    (tmp_path / "b.pdf").write_bytes(b"%PDF")
    server = watch.Server(("127.0.0.1", 0), partial(watch.Handler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        at = f"http://127.0.0.1:{server.server_port}"
        assert read(f"{at}/built") == b"0"
        server.builds += 1
        assert read(f"{at}/built") == b"1"
        page = read(f"{at}/a.html?scheme=dark").decode()
        assert page.startswith("<p>猫<script>") and "/built" in page
        assert read(f"{at}/b.pdf") == b"%PDF"
    finally:
        server.shutdown()
        server.server_close()


def read(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read()


def test_the_lecturers_guide_says_what_to_run_live_in_every_deck():
    guide = (source.SLIDES / "LECTURING.md").read_text("utf8")
    for each in DECKS:
        assert re.search(rf"^\| {each.name[:2]} \| \w", guide, re.MULTILINE), each.name


# What other texts write, and this course does not: the table stands in course_lib/__init__.py.
FORBIDDEN = {
    r"\bT_x\b|\bT_\{x\}": "S is the source length",
    r"\bx_T\b": "the source ends at x_S",
    r"\\alpha_\{?(ti|ij|tj|it)\b": r"\alpha_{t,i}",
    r"\be_\{?(ti|ij|tj|it)\b": "e_{t,i}",
    r"\\bar\{?\s*h|\\tilde\{?\s*h": "encoder states are h_i, decoder states s_t",
    r"\bh_\{?t(?![a-z])": "encoder states are h_i, decoder states s_t",
    r"\bs_\{?i\b": "decoder states are s_t",
    r"\bc_\{?i\b": "the context of step t is c_t",
    r"<(?i:sos|go|start|end|/?s)>|\[(?:SOS|EOS|BOS|PAD|UNK)\]": "<bos>, <eos>, <pad>, <unk>",
    r"\b(trg|enc_outputs|encoder_outputs|decoder_hidden)\b": "tgt, encoder_states, state",
}


def foreign(text: str) -> list[str]:
    return [
        f"{match[0]} at {text[max(0, match.start() - 30) : match.end()]!r}: here it is {ours}"
        for pattern, ours in FORBIDDEN.items()
        for match in re.finditer(pattern, text)
    ]


def test_a_foreign_notation_is_found_and_ours_is_not():
    ours = r"$\alpha_{t,i}$ $e_{t,i}$ $h_i$ $s_{t-1}$ $c_t$ $\sum_j h_j$ <eos> $x_S$ $\hat y$ [bos]"
    assert not foreign(ours)
    theirs = [r"$T_x$", r"$\alpha_{ij}$", r"$e_{ti}$", r"$\bar{h}_s$", r"$h_t$", r"$h_{t-1}$"]
    theirs += ["$s_i$", "$c_i$", "<SOS>", "</s>", "[EOS]", "trg", r"$\alpha_{tj}$", "$x_T$"]
    assert all(foreign(text) for text in theirs)


@pytest.mark.parametrize("deck", DECKS, ids=lambda d: d.name)
class TestEveryDeck:
    def test_its_values_are_the_notebooks_own(self, deck):
        assert source.refreshed(deck, source.published()) == deck.text

    def test_it_has_the_slides_and_minutes_of_a_lecture(self, deck):
        opener = deck.name.startswith("00_")
        assert len(deck.slides) == 10 if opener else 15 <= len(deck.slides) <= 25
        assert 15 <= deck.minutes <= 20 if opener else 40 <= deck.minutes <= 50

    def test_every_slide_has_notes_that_begin_with_minutes(self, deck):
        for number, slide in enumerate(deck.slides, 1):
            notes = source.NOTES.findall(slide)
            assert len(notes) == 1, f"slide {number}: {len(notes)} notes"
            assert re.match(r"\d+ min\n\S", notes[0]), f"slide {number}: no minutes, or no text"

    def test_it_is_named_as_its_chapter_is(self, deck):
        assert (source.ROOT / "notebooks" / f"{deck.name}.ipynb").exists()
        assert deck.title.startswith(f"{deck.name[:2]} · ") and deck.question.endswith("?")
        assert re.search(r"^footer: .*\S", deck.text, re.MULTILINE)

    def test_it_shows_a_live_visual(self, deck):
        assert visuals.VISUAL.search(deck.text)

    def test_it_keeps_to_the_notation_of_the_course(self, deck):
        assert foreign(deck.text) == []

    def test_its_numbers_are_published(self, deck):
        """A percentage or a decimal outside code, formulas and notes must come from a notebook."""
        text = re.sub(r"<!--.*?-->|```.*?```|\$\$.*?\$\$|\$[^$]*\$", "", deck.text, flags=re.DOTALL)
        text = source.QUOTED.sub("", text).split("\n---\n", 1)[1]
        typed = re.findall(r"(?<![\w.])\d+\.\d+|\d+(?:\.\d+)? ?%", text)
        typed = [number for number in typed if not re.search(rf"arXiv {number}", text)]
        assert not typed

    def test_its_code_runs_and_prints_what_the_slide_says(self, deck):
        """A block marked `text` right behind a block of Python is what that prints."""
        names: dict[str, object] = {}
        blocks = re.findall(r"```python\n(.*?)```(?:\s*```text\n(.*?)```)?", deck.text, re.DOTALL)
        for code, shown in blocks:
            with redirect_stdout(StringIO()) as printed:
                exec(compile(code, deck.path.name, "exec"), names)
            assert not shown or printed.getvalue().strip() == shown.strip()

    def test_its_figures_have_alt_text_and_its_links_lead_somewhere(self, deck):
        for alt, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", deck.text):
            words = [w for w in alt.split() if not re.match(r"(w|h|width|height):", w)]
            assert len(words) >= 4, f"{target} has no alt text"
        for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]+)\)", deck.text):
            assert target.startswith("https://") or (deck.path.parent / target).exists()
