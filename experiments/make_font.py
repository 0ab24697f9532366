"""Make the course's font files: a subset of Noto Sans CJK SC, renamed, as OTF and WOFF2.

    python -m experiments.make_font [NotoSansCJK-Regular.ttc]

Needs fonttools and brotli, and the Debian package fonts-noto-cjk or another copy of the font.
The same source and the same repository give the same bytes. Takes about 20 seconds.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "course_lib" / "fonts"
SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
FAMILY = "Seq2Seq Sans SC"
POSTSCRIPT = "Seq2SeqSansSC-Regular"
SIMPLIFIED = "Noto Sans CJK SC"  # the face of the collection that has the mainland forms

# Latin, Greek, punctuation, superscripts, currency, arrows, operators, circled numbers, shapes;
# CJK punctuation and full width forms.
BLOCKS = (
    (0x0020, 0x017F),
    (0x0370, 0x03FF),
    (0x2010, 0x205E),
    (0x2070, 0x20BF),
    (0x2190, 0x21FF),
    (0x2200, 0x22FF),
    (0x2460, 0x2473),
    (0x25A0, 0x25FF),
    (0x3000, 0x303F),
    (0xFF01, 0xFF60),
    (0xFFE0, 0xFFE6),
)


def main() -> None:
    """Write the two font files and print their sizes."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE
    if not source.exists():
        raise FileNotFoundError(
            f"{source} does not exist; install fonts-noto-cjk, or give the path of "
            "NotoSansCJK-Regular.ttc as the first argument"
        )
    font = smaller(simplified_face(source), characters())
    rename(font)
    for flavor, suffix in ((None, "otf"), ("woff2", "woff2")):
        font.flavor = flavor
        path = OUT / f"{POSTSCRIPT}.{suffix}"
        font.save(path, reorderTables=None)
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1000:.0f} kB")


def characters() -> set[int]:
    """Return the code points to keep: the blocks, GB 2312 level 1, the repository's Chinese."""
    kept = {point for first, last in BLOCKS for point in range(first, last + 1)}
    level_one = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    kept.update(ord(char) for code in level_one for char in code.decode("gb2312", "ignore"))
    kept.update(ord(char) for char in repository_text() if is_chinese(char))
    return kept


def repository_text() -> str:
    """Return the text of everything a learner sees, without the outputs' pictures."""
    texts = []
    for pattern in ("course_lib/**/*.py", "course_lib/**/*.tsv", "slides/*.md", "*.md"):
        texts += [path.read_text("utf8") for path in sorted(ROOT.glob(pattern))]
    for folder in ("notebooks", "solutions", "exercises"):
        for path in sorted((ROOT / folder).rglob("*.ipynb")):
            texts.append(json.dumps(json.loads(path.read_text("utf8")), ensure_ascii=False))
    return "".join(texts)


def is_chinese(char: str) -> bool:
    """Tell whether a character is a Chinese one, or punctuation of full width."""
    return unicodedata.east_asian_width(char) in "WF"


def simplified_face(source: Path) -> TTFont:
    """Return the simplified Chinese face of the collection."""
    for font in TTCollection(source).fonts:
        if font["name"].getDebugName(4) == SIMPLIFIED:
            font.recalcTimestamp = False
            return font
    raise ValueError(
        f"{source} holds no face {SIMPLIFIED!r}; give the path of NotoSansCJK-Regular.ttc"
    )


def smaller(font: TTFont, kept: set[int]) -> TTFont:
    """Return the font with the kept code points only, without hints and layout features."""
    options = subset.Options(
        hinting=False,
        desubroutinize=True,
        layout_features=[],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
    )
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE", "GPOS", "GSUB"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=kept)
    subsetter.subset(font)
    return font


def rename(font: TTFont) -> None:
    """Give the modified font a name of its own, so that nobody takes it for the original."""
    names = font["name"]
    for record in list(names.names):
        new = {1: FAMILY, 3: POSTSCRIPT, 4: FAMILY, 6: POSTSCRIPT}.get(record.nameID)
        if new is not None:
            names.setName(new, record.nameID, record.platformID, record.platEncID, record.langID)
    outlines = font["CFF "].cff
    outlines.fontNames = [POSTSCRIPT]
    top = outlines.topDictIndex[0]
    top.FullName, top.FamilyName = FAMILY, FAMILY


if __name__ == "__main__":
    main()
