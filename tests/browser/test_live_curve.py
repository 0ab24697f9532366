"""The live curve in a real JupyterLab: it moves, the stop button ends it, the next cell runs."""

from __future__ import annotations

import re

import nbformat
from playwright.sync_api import Browser, expect
from watched import TOKEN, Lab, complaints, watch

SLOW = 60_000  # ms
TRAINING = """\
import torch
from course_lib.corpora import NumberWords
from course_lib.data import Vocab, sampled
from course_lib.live_curve import watch
from course_lib.model import ModelConfig, build
from course_lib.train import train
task = NumberWords()
vocabs = Vocab(task.src_tokens), Vocab(task.tgt_tokens)
model = build(ModelConfig(embedding_size=8, hidden_size=8), *map(len, vocabs), seed=0)
optimizer = torch.optim.Adam(model.parameters())
data = sampled(task.sample, *vocabs, 4, seed=0)
for record in watch(train(model, optimizer, data, steps=10**6, lr=1e-3), every=5, floor=0.0):
    pass"""
# Adam counts the updates of each tensor: all the same means that no step was cut in two.
NEXT = """\
updates = {int(state["step"]) for state in optimizer.state.values()}
more = [r.step for r in train(model, optimizer, data, steps=record.step + 2, lr=1e-3,
                              start=record.step)]
print("goes on:", updates == {record.step}, more == [record.step + 1, record.step + 2])"""


def test_the_stop_button_keeps_the_model_and_the_next_cell_runs(lab: Lab, browser: Browser):
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in (TRAINING, NEXT)]
    nbformat.write(notebook, lab.folder / "live.ipynb")
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    watch(page)
    page.goto(f"{lab.url}/lab/workspaces/live/tree/live.ipynb?token={TOKEN}&reset")
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=SLOW)
    cells = page.locator(".jp-NotebookPanel .jp-CodeCell")
    cells.nth(0).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")  # both cells: the second waits for the first

    moving = cells.nth(0).locator(".jp-OutputArea-output svg[role=img]")
    for digits in (2, 3):  # it moves on: past step 10, past step 100
        said = re.compile(rf"^step \d{{{digits},}} of|^step \d{{{digits},}} · loss")
        expect(moving).to_have_attribute("aria-label", said, timeout=SLOW)
    page.locator("[data-command='notebook:interrupt-kernel'], [title^='Interrupt']").first.click()

    kept = cells.nth(0).locator(".jp-OutputArea-output img")
    expect(kept).to_have_attribute("alt", re.compile(r"Stopped by hand after \d+ steps$"))
    expect(cells.nth(0).locator(".jp-OutputArea-output")).to_have_count(1)  # one picture, no error
    expect(cells.nth(1).locator(".jp-OutputArea-output")).to_have_text("goes on: True True\n")
    expect(cells.nth(0).locator(".jp-InputPrompt")).to_have_text("[1]:")
    assert page.locator(".jp-OutputArea-output[data-mime-type*=stderr]").count() == 0
    assert complaints(page) == []
    page.close()
