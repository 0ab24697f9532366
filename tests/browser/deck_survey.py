"""What the tests of built decks ask a page, in JavaScript."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Every slide at its own size, one below the other, with all that is revealed step by step.
UNFOLD = """
html, body { height: auto !important; overflow: visible !important; background: none !important; }
div[id=":$p"] { position: static !important; }
svg.bespoke-marp-slide { position: static !important; display: block !important;
  width: 1280px !important; height: 720px !important; opacity: 1 !important;
  content-visibility: visible !important; pointer-events: auto !important; }
[data-bespoke-marp-fragment] { visibility: visible !important; }
.bespoke-marp-osc { display: none !important; }
"""

SURVEY = """async () => {
  await document.fonts.ready;
  for (const slide of document.querySelectorAll("svg.bespoke-marp-slide")) {
    slide.removeAttribute("aria-hidden"); // as laid out here, none is
  }
  const slides = [...document.querySelectorAll("svg.bespoke-marp-slide section")];
  const name = (part) => `${part.tagName} ${part.textContent.trim().slice(0, 40)}`;
  const inMath = (part) => part.closest("mjx-container") && part.tagName !== "MJX-CONTAINER";
  const parts = (slide) => [...slide.querySelectorAll("*")]
    .filter((part) => !part.closest("script, style, footer, header") && !inMath(part));
  const beyond = slides.flatMap((slide) => {
    const edge = slide.getBoundingClientRect();
    const foot = slide.querySelector("footer")?.getBoundingClientRect().top ?? edge.bottom - 48;
    const found = parts(slide).flatMap((part) => [...part.getClientRects()]
      .filter((box) => box.width && (box.left < edge.left + 24 || box.right > edge.right - 24
        || box.top < edge.top || box.bottom > foot + 1))
      .map((box) => `${name(part)} at ${Math.round(box.right - edge.left)} x ` +
        `${Math.round(box.bottom - edge.top)}, the footer at ${Math.round(foot - edge.top)}`));
    const wide = parts(slide).filter((part) => part.clientWidth
      && part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== "inline");
    return [...found, ...wide.map((part) => `${name(part)} is wider than its box`)]
      .map((text) => `slide ${slide.id}: ${text}`);
  });
  const hasText = (part) =>
    [...part.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const small = slides.flatMap((slide) => parts(slide)
    .filter((part) => hasText(part) && parseFloat(getComputedStyle(part).fontSize) < 23.99)
    .map((part) => `slide ${slide.id}: ${getComputedStyle(part).fontSize} ${name(part)}`));
  const images = [...document.images].flatMap((image) => {
    const { paddingLeft, paddingTop } = getComputedStyle(image);
    const width = image.clientWidth - 2 * parseFloat(paddingLeft);
    const height = image.clientHeight - 2 * parseFloat(paddingTop);
    const shape = (width / height) / (image.naturalWidth / image.naturalHeight);
    const wrong = [];
    if (!image.naturalWidth) wrong.push("is missing");
    if (!image.alt.trim()) wrong.push("has no alt text");
    if (!image.src.startsWith("data:")) wrong.push("is not in the file");
    if (Math.abs(shape - 1) > 0.03) wrong.push(`is distorted by ${shape.toFixed(2)}`);
    return wrong.map((text) => `slide ${image.closest("section").id}: an image ${text}`);
  });
  const links = slides.flatMap((slide) =>
    [...slide.querySelectorAll("a[href]")].map((a) => a.getAttribute("href")));
  return { slides: slides.length, beyond, small, images, links };
}"""

# Rules of WCAG 2 A and AA. Each frame is asked by itself: pages from files cannot ask one another.
AXE = (
    "async () => {"
    + (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf8")
    + """;
  if (parent !== window) { // a frame lets the slide shine through, which axe-core cannot know
    const slide = parent.document.querySelector("section");
    document.documentElement.style.background = parent.getComputedStyle(slide).backgroundColor;
  }
  const tags = ["wcag2a", "wcag2aa"];
  const { violations } = await axe.run(document, { iframes: false, runOnly: tags,
    resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`));
}"""
)

# What a frame shows as text, drawings included.
FRAME_TEXT = """() => [...document.querySelectorAll(".s2s *")]
  .filter((part) => part.checkVisibility() && !part.closest(".s2s-spoken, select, input, title"))
  .flatMap((part) => [...part.childNodes].filter((node) => node.nodeType === 3))
  .map((node) => node.textContent).join(" ")"""

# Text in a visual that is drawn below 16 px on a slide of 1280 x 720.
FRAME_SMALL = """() => [...document.querySelectorAll(".s2s *")]
  .filter((part) => part.checkVisibility() && !part.closest(".s2s-spoken, option, title")
    && [...part.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .map((part) => {
    const drawn = part.ownerSVGElement ? part.getScreenCTM().d : part.currentCSSZoom;
    return [parseFloat(getComputedStyle(part).fontSize) * drawn, part.textContent.slice(0, 30)];
  })
  .filter(([size]) => size < 15.9)"""
