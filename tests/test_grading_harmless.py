"""Markup of a student's, on its way to a page that a teacher reads."""

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_lib.grading.harmless import harmless_markdown, harmless_output

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)><a href='javascript:alert(3)'>x</a>"
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


def shown(*cells):
    page, _ = HTMLExporter(template_name="classic").from_notebook_node(new_notebook(cells=[*cells]))
    return page[page.index("<body") :]


@pytest.mark.parametrize(
    "data",
    [
        {"text/html": EVIL},
        {"image/svg+xml": f"<svg>{EVIL}</svg>"},
        {"application/javascript": "alert(1)"},
        {"text/markdown": EVIL},
        {"text/latex": EVIL},
        {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}},
        {"image/png": '"><script>alert(1)</script>'},
        {"image/png": ["<script>"]},
        {"text/plain": EVIL},
        {EVIL: "x"},
    ],
    ids=lambda data: next(iter(data))[:20],
)
def test_an_output_shows_no_markup(data):
    output = harmless_output(new_output("display_data", data=data, metadata={"image/png": EVIL}))
    page = shown(new_code_cell("1", outputs=[output]))
    assert "<script>alert" not in page and "<img" not in page and "<svg" not in page
    assert output.metadata == {}


def test_text_and_pictures_are_kept_and_what_is_not_shown_is_named():
    both = {"text/plain": "a figure", "image/png": PIXEL, "text/html": EVIL}
    assert harmless_output(new_output("display_data", data=both)).data == {
        "text/plain": "a figure",
        "image/png": PIXEL,
    }
    table = new_output("execute_result", data={"text/plain": "df", "text/html": "<table>"})
    assert harmless_output(table).data == {"text/plain": "df\n[not shown: text/html]"}


@pytest.mark.parametrize("output_type", ["stream", "error"])
def test_streams_and_errors_are_text_already(output_type):
    fields = {
        "stream": {"text": EVIL},
        "error": {"ename": EVIL, "evalue": EVIL, "traceback": [EVIL]},
    }
    output = harmless_output(new_output(output_type, **fields[output_type]))
    assert "<script>alert" not in shown(new_code_cell("1", outputs=[output]))


@pytest.mark.parametrize(
    "source",
    [
        EVIL,
        "<style>*{display:none}</style>",
        "<iframe src=x></iframe>",
        "[x](javascript:alert(1))",
        "<b onclick=alert(1)>x</b>",
        "`code` <script>alert(1)</script>",
        "<sCrIpT>alert(1)</sCrIpT>",
        "<script>alert(1)",
    ],
)
def test_a_text_keeps_no_script(source):
    page = shown(new_markdown_cell(harmless_markdown(source)))
    for bad in (
        "<script",
        "<sCrIpT",
        "<iframe",
        "<style",
        "onerror=alert(2)>",
        'href="javascript:',
    ):
        assert bad not in page.replace("onclick", ""), bad
    assert "<b onclick" not in page


def test_an_honest_text_reads_as_it_was_written():
    text = "If $a > b$ & c, then `x <- y`.\n\n> quoted\n\n**so** <details>more</details>"
    cleaned = harmless_markdown(text)
    assert cleaned.replace("&lt;", "<") == text
    nbformat.validate(new_notebook(cells=[new_markdown_cell(cleaned)]))
