"""How fast the visuals draw and step: `python -m benchmarks.visuals`, printed and never asserted.

First paint runs from the call of render to the frame after it, 20 times, each in a new element; a
step is one change of focus, k or round a frame, and its frames are counted over two seconds. Goals:
a heatmap of 20 x 20 within 100 ms, 60 frames a second. Nothing else should be running: the time of
the page's own thread, printed too, counts no waiting for others; 16.7 ms of it are 60 frames.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from course_lib.search import beam
from course_lib.widgets import AttentionHeatmap, BeamTree
from course_lib.widgets.visual import Visual
from setup_course import tools
from setup_course.environment import current_environment

PAINTS, SECONDS = 20, 2
PAINT = """async ([state, times]) => {
  const found = [];
  for (let i = 0; i < times; i += 1) {
    const el = document.body.appendChild(document.createElement('div'));
    const started = performance.now();
    const close = window.parts.visual.render({ model: window.parts.standIn(state), el });
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    found.push(performance.now() - started);
    close();
    el.remove();
  }
  return found;
}"""
FRAMES = """async ([state, name, values, seconds]) => {
  const el = document.body.appendChild(document.createElement('div'));
  const model = window.parts.standIn(state);
  window.parts.visual.render({ model, el });
  const started = performance.now();
  let [frames, now] = [0, started];
  while (now - started < 1000 * seconds) {
    model.set(name, values[frames % values.length]);
    now = await new Promise((done) => requestAnimationFrame(done));
    frames += 1;
  }
  return frames / ((now - started) / 1000);
}"""


def heatmap(size: int) -> AttentionHeatmap:
    """Return a heatmap of random weights."""
    weights = np.random.default_rng(size).dirichlet([0.3] * size, size)
    tokens = [f"word{i}" for i in range(size)]
    return AttentionHeatmap(weights, tokens, tokens, coverage=True)


def tree(width: int, rounds: int) -> BeamTree:
    """Return the search of a random model with a vocabulary of 20."""

    def step(token: int, prefix: Any) -> Any:
        prefix = () if prefix is None else (*prefix, token)
        row = np.random.default_rng([3, *(t + 1 for t in prefix)]).dirichlet([0.5] * 20)
        return np.log(row), prefix, None

    found = beam(step, None, bos=-1, eos=0, max_length=rounds, width=width, n_best=10**6)
    return BeamTree(found.record, [f"w{i}" for i in range(20)], eos=0)


class Clock:
    """The processor time of a page's main thread, in ms."""

    def __init__(self, page: Any):
        self.session = page.context.new_cdp_session(page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def __call__(self) -> float:
        """Return the time so far."""
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(m["value"] for m in metrics if m["name"] == "TaskDuration")


def measured(page: Any, visual: Visual, name: str, values: list[Any]) -> str:
    """Return the median first paint, the frames a second while `name` steps, and their cost."""
    source = visual.to_html(page=True)
    source = source.replace("mountNext(visual);", "window.parts = { visual, standIn };")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(source, "utf8")
        page.goto(file.as_uri())
        state = visual.state()
        clock = Clock(page)
        before = clock()
        paint = median(page.evaluate(PAINT, [state, PAINTS]))
        own = (clock() - before) / PAINTS
        before = clock()
        frames = page.evaluate(FRAMES, [state, name, values, SECONDS])
        step = (clock() - before) / (frames * SECONDS)
    return (
        f"first paint {paint:.0f} ms ({own:.0f} ms its own), "
        f"{frames:.0f} frames a second ({step:.1f} ms each its own)"
    )


def main() -> None:
    """Measure and print one line a visual."""
    environment = current_environment(os.environ, sys.prefix)
    found = tools.browser_there(os.environ, sys.platform, shutil.which)
    path = found or tools.playwright_browser(environment)
    walk = [[i // 20, i % 20] for i in range(400)]
    cases = [
        ("heatmap 20 x 20, focus", heatmap(20), "focus", walk),
        ("heatmap 50 x 50, focus", heatmap(50), "focus", walk),
        ("beam tree k 5, 10 rounds, rounds in view", tree(5, 10), "round", list(range(11))),
        ("beam tree k 10, 15 rounds, rounds in view", tree(10, 15), "round", list(range(16))),
    ]
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        for name, visual, trait, values in cases:
            print(f"{name}: {measured(page, visual, trait, values)}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
