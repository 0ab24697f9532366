"""Numbers, tables and figures under a name, published by a notebook and read back from its outputs.

A deck, the claims ledger or the site never types a number again: it asks the executed notebook.
"""

import base64
import html
import io
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MIME = "application/vnd.seq2seq-course.result+json"
SHOWN_DPI, STORED_DPI = 96, 144  # stored larger than shown: sharp on a slide, small in a notebook
NAME = re.compile(r"ch\d\d(\.[a-z0-9_]+)+")


@dataclass(frozen=True)
class Result:
    """One published number, table or figure.

    name     dotted, beginning with its chapter: "ch01.greedy_miss_rate"
    kind     "number", "table", "figure" or "visual"
    value    the number; the table as {"header": [...], "rows": [[...], ...]}; the figure as
             base64 PNG; the visual as {"visual": its name, **its state}
    text     how a reader sees it, unit included: "44.8 %"
    spread   half-width printed behind a plus-minus sign, as text; empty when the number is exact
    note     what the number is an average over, in words; for a figure its alt text
    """

    name: str
    kind: str
    value: Any
    text: str
    spread: str = ""
    note: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        record = asdict(self)
        if self.kind == "figure":  # the picture stands once in the bundle, as image/png
            del record["value"]
        return {MIME: record, **_shown(self)}


def publish(
    name: str,
    value: float,
    *,
    unit: str = "",
    digits: int = 3,
    spread: float | None = None,
    note: str = "",
) -> Result:
    """Return a published number; as the last line of a cell it is shown and stored.

    unit    printed behind the number. With "%" the value is a share: 0.448 is printed as 44.8 %.
    digits  decimals printed
    spread  same unit as value; say in the note what it is (standard deviation, 5 seeds)
    Raises ValueError for a bad name or a number that is not finite.
    """
    for label, number in (("value", value), ("spread", spread)):
        if number is not None and not math.isfinite(number):
            raise ValueError(
                f"publish({name!r}): {label} is {number}; publish a finite number, "
                "or report the failure in words"
            )
    text = _number(value, unit, digits)
    about = "" if spread is None else "± " + _number(spread, unit, digits)
    return Result(_checked(name), "number", float(value), text, about, note)


def publish_table(
    name: str, header: Sequence[str], rows: Sequence[Sequence[object]], note: str = ""
) -> Result:
    """Return a published table of texts; cells are converted with str.

    Raises ValueError when a row's length differs from the header's.
    """
    cells = [[str(cell) for cell in row] for row in rows]
    for number, row in enumerate(cells):
        if len(row) != len(header):
            raise ValueError(
                f"publish_table({name!r}): row {number} has {len(row)} cells, the header has "
                f"{len(header)}; give every row one cell a column"
            )
    value = {"header": [str(cell) for cell in header], "rows": cells}
    return Result(_checked(name), "table", value, markdown_table(header, cells), note=note)


def publish_figure(name: str, figure: Any, alt: str) -> Result:
    """Return a published figure and close it; as a cell's last line it is shown with alt text.

    figure  a matplotlib Figure
    alt     what a person who cannot see the figure needs to know
    """
    return Result(_checked(name), "figure", png_base64(figure), f"Figure: {alt}", note=alt)


def publish_visual(name: str, visual: Any) -> Result:
    """Return a published live visual: a deck or a page draws it again from what it shows now.

    visual  one of course_lib.widgets; show it in a cell of its own, and publish it in the next
    """
    value = {"visual": visual.name, **visual.published()}
    return Result(_checked(name), "visual", value, f"a live {visual.name}", note=visual.alt)


def figure_bundle(figure: Any, alt: str) -> dict[str, str]:
    """Return what a notebook stores of a figure, and close it: HTML with alt text, PNG, plain text.

    JupyterLab 4 and nbconvert's default template drop the alt text of an image/png output, so the
    picture stands in HTML too, where `alt` is an attribute of the img element.
    Raises ValueError for an empty alt text.
    """
    return picture_bundle(png_base64(figure), alt)


def picture_bundle(png: str, alt: str) -> dict[str, str]:
    """Return the same bundle for a base64 PNG stored at STORED_DPI."""
    if not alt.strip():
        raise ValueError("alt is empty; say what a person who cannot see the figure needs to know")
    width = png_width(png) * SHOWN_DPI // STORED_DPI
    image = f'<img alt="{html.escape(alt)}" width="{width}" src="data:image/png;base64,{png}">'
    return {"text/html": image, "image/png": png, "text/plain": f"Figure: {alt}"}


def png_base64(figure: Any) -> str:
    """Return a matplotlib figure as base64 PNG of 256 colours, without date or version; close it.

    The palette makes the file a third as large, and a notebook stores it twice. Saving it anew
    leaves out matplotlib's version.
    """
    import matplotlib.pyplot as plt  # here, so that reading results needs no matplotlib
    from PIL import Image

    drawn, stored = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", bbox_inches="tight", dpi=STORED_DPI)
    plt.close(figure)
    palette = Image.open(drawn).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    palette.save(stored, format="png", optimize=True)
    return base64.b64encode(stored.getvalue()).decode("ascii")


def png_width(png: str) -> int:
    """Return the width in pixels of a base64 PNG: the first number of its header."""
    return int.from_bytes(base64.b64decode(png[:32])[16:20], "big")


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; a vertical bar inside a cell is escaped."""
    lines = [list(header), ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(str(c).replace("|", r"\|") for c in row) + " |" for row in lines
    )


def read_results(notebook: str | Path) -> dict[str, Result]:
    """Return the published results of an executed notebook, by name.

    Raises FileNotFoundError without the file, ValueError when a name is published twice.
    """
    found: dict[str, Result] = {}
    for bundle in _bundles(Path(notebook)):
        record = dict(bundle[MIME])
        if record["kind"] == "figure":
            record["value"] = "".join(bundle["image/png"]).replace("\n", "")
        result = Result(**record)
        if result.name in found:
            raise ValueError(f"{notebook}: {result.name} is published twice; rename one of them")
        found[result.name] = result
    return found


def _bundles(notebook: Path) -> Iterator[dict[str, Any]]:
    if not notebook.exists():
        raise FileNotFoundError(f"{notebook} does not exist; give the path of an executed notebook")
    for cell in json.loads(notebook.read_text("utf8"))["cells"]:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                yield output["data"]


def _shown(result: Result) -> dict[str, str]:
    if result.kind == "figure":
        return picture_bundle(result.value, result.note)
    if result.kind == "table":
        return {"text/markdown": result.text, "text/plain": result.text}
    line = f"{result.name} = {result.text} {result.spread}".rstrip()
    return {"text/plain": f"{line}   ({result.note})" if result.note else line}


def _number(value: float, unit: str, digits: int) -> str:
    scaled = 100 * value if unit == "%" else value
    return f"{scaled:,.{digits}f} {unit}".rstrip()


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(
            f"publish: the name {name!r} must look like 'ch01.greedy_miss_rate': the chapter, then "
            "lower-case words, digits and underscores between dots"
        )
    return name
