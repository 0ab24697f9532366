// A heatmap that a model answers: change a weight, mask a word, force a word, and it decodes again.
import { answers } from "./asking.js";
import { buildEditor } from "./heatmap_editor.js";
import {
  changedRows, countOf, noEdits, outcomeOf, panelWith, requestOf, reweighted, searchOf, withForced, withMask,
  withWeights,
} from "./heatmap_edits.js";
import { focusOf, show } from "./heatmap_view.js";
import { h, listen, put } from "./shared.js";

/**
 * @typedef {import("./heatmap_edits.js").Edits} Edits
 * @typedef {import("./heatmap_edits.js").Json} Json
 *
 * @typedef {object} Live
 * @property {import("./shared.js").Model} model
 * @property {import("./heatmap_view.js").View} view
 * @property {import("./heatmap_editor.js").Editor} editor
 * @property {import("./asking.js").Answers} answers
 * @property {Edits} good  the last that the model could follow
 * @property {boolean} busy
 * @property {boolean} again  whether something changed while it was busy
 * @property {number} turn  the sentence's number
 * @property {boolean} closed
 */

/** @param {Live} live @returns {Edits} */
const editsOf = ({ model }) => ({ ...noEdits(), ...model.get("edits") });

/** @param {Live} live @param {Edits} edits  Keep the changes; `decode` hears of it. */
function change(live, edits) {
  live.model.set("edits", edits);
  live.model.save_changes();
}

/** @param {Live} live  Ask every model again, as often as something changed meanwhile. */
async function decode(live) {
  live.again = true;
  if (live.busy) return;
  live.busy = true;
  while (live.again && !live.closed) {
    live.again = false;
    const edits = editsOf(live);
    try {
      await ask(live, edits);
      live.good = edits;
      put(live.editor.said, "text", "");
    } catch (error) {
      if (live.closed) break;
      put(live.editor.said, "text", error instanceof Error ? error.message : String(error));
      live.model.set("edits", live.good);
      live.model.save_changes();
      live.again = false;
    }
  }
  live.busy = false;
}

/** @param {Live} live @param {Edits} edits */
async function ask(live, edits) {
  const { model, turn } = live;
  const data = model.get("data");
  const panels = [];
  for (const panel of data.panels) {
    const reply = await live.answers.ask(panel.model, requestOf(data, panel, edits));
    panels.push(panelWith(panel, reply, countOf(edits) === 0));
  }
  if (!live.closed && turn === live.turn) keep(model, { ...data, panels });
}

/** @param {import("./shared.js").Model} model @param {Json} data  The first panel stands for all, as in Python. */
function keep(model, data) {
  const { weights, tgt, gold } = data.panels[0];
  model.set("data", { ...data, weights, tgt, gold });
  model.save_changes();
}

/** @param {Live} live @param {string} text  Translate another sentence; changes of the old one go. */
async function translate(live, text) {
  const { model, editor } = live;
  put(editor.said, "text", "");
  try {
    const data = model.get("data");
    const panels = [];
    let src = data.src;
    for (const panel of data.panels) {
      const reply = await live.answers.ask(panel.model, { text, ...searchOf(data) });
      src = reply.src;
      panels.push(panelWith({ ...panel, links: [] }, reply, true));
    }
    if (live.closed) return;
    live.turn += 1; // what is still asked about the old sentence comes too late
    live.good = noEdits();
    live.busy = true; // the sentence is decoded already
    model.set("edits", noEdits());
    model.set("focus", [0, 0]);
    keep(model, { ...data, src, source: text, panels });
    live.busy = live.again = false;
  } catch (error) {
    put(editor.said, "text", error instanceof Error ? error.message : String(error));
  }
}

/** @param {Live} live  Show in the grids what was changed, and what that changed. */
function decorate(live) {
  const { view, editor } = live;
  const data = /** @type {Json} */ (view.data);
  const edits = editsOf(live);
  data.panels.forEach((/** @type {Json} */ panel, /** @type {number} */ i) => {
    const { heads, rows, cells } = view.grids[i];
    const changed = changedRows(panel);
    heads.forEach((head, column) => head.toggleAttribute("data-masked", edits.masked.includes(column)));
    rows.forEach((side, row) => {
      const forced = String(row) in edits.forced;
      side.toggleAttribute("data-forced", forced);
      side.toggleAttribute("data-changed", changed.includes(row));
      side.toggleAttribute("data-weighted", String(row) in (edits.weights[panel.model] ?? {}));
      put(side, "title", forced ? "you chose this word" : changed.includes(row) ? "another word than before" : "");
    });
    cells.forEach((line) => line.forEach((cell, column) =>
      cell.toggleAttribute("data-masked", edits.masked.includes(column))));
  });
  const several = data.panels.length > 1;
  put(editor.outcome, "text", data.panels.map((/** @type {Json} */ p) => outcomeOf(p, several)).join("\n"));
}

/** @param {Live} live  Make the editor speak of the cell in focus. */
function fill(live) {
  const { panel, cell: [row, column] } = focusOf(live.view);
  const data = /** @type {Json} */ (live.view.data);
  live.editor.fill(data, data.panels[panel], row, column, editsOf(live));
}

/** @param {Live} live @param {Event} event  Take what the learner did in the editor or at a head. */
function take(live, event) {
  const { editor, view } = live;
  const { panel, cell: [row, column] } = focusOf(view);
  const shown = /** @type {Json} */ (view.data).panels[panel];
  const edits = editsOf(live);
  const target = event.target;
  if (target === editor.weight && event.type === "input") {
    const next = reweighted(shown.weights[row], column, Number(editor.weight.value), edits.masked);
    change(live, withWeights(edits, shown.model, row, next));
  } else if (target === editor.mask && event.type === "input") {
    change(live, withMask(edits, column, editor.mask.checked));
  } else if (target === editor.word && event.type === "input") {
    change(live, withForced(edits, row, editor.word.value));
  } else if (target === editor.undo && event.type === "click") {
    change(live, noEdits());
  } else if (event.type === "click" && target instanceof Element) {
    const head = target.closest("th[data-source]");
    if (!(head instanceof HTMLElement)) return;
    const at = Number(head.dataset.source);
    change(live, withMask(edits, at, !edits.masked.includes(at)));
  }
}

/** @param {Live} live @param {SubmitEvent} event */
function submit(live, event) {
  event.preventDefault();
  const { editor, view } = live;
  if (event.target === editor.sentence) {
    translate(live, editor.source.value);
  } else if (editor.other.value.trim()) {
    change(live, withForced(editsOf(live), focusOf(view).cell[0], editor.other.value.trim()));
    editor.other.value = "";
  }
}

/**
 * Draw the heatmap with its editor into an element and keep both equal to the model.
 * @param {{model: import("./shared.js").Model, el: HTMLElement}} place
 * @returns {() => void}  takes everything down again
 */
export function render({ model, el }) {
  const editor = buildEditor();
  /** @type {any} */
  const live = { model, editor, good: noEdits(), busy: false, again: false, turn: 0, closed: false };
  let drawn = null;
  const { view, close } = show({ model, el }, (now) => {
    live.view = now;
    if (drawn !== now.data) decorate(live);
    drawn = now.data;
    fill(live);
  });
  live.view = view;
  live.answers = answers(model);
  view.root.prepend(view.parts.title, editor.sentence, editor.outcome);
  view.parts.sum.after(editor.box, editor.said);
  view.root.append(h("p", { class: "s2s-hint" },
    "A click on a cell chooses what the fields change; a click on a source word masks it. "
    + "\u2260 another word than before, * weights of yours, twice underlined: a word of yours."));
  const stop = listen(view.root, {
    input: (event) => take(live, event),
    click: (event) => take(live, event),
    submit: (event) => submit(live, event),
    keydown: (event) => {
      const field = event.target instanceof Element && event.target.closest("input, select, button");
      const { key, ctrlKey, metaKey, altKey } = event;
      if (!field || ctrlKey || metaKey || altKey || /^(Tab|Escape|Page)/.test(key)) return;
      event.stopPropagation(); // JupyterLab has its own use for arrows and Enter
    },
  });
  const onEdits = () => void decode(live);
  model.on("change:edits", onEdits);
  return () => {
    live.closed = true;
    stop();
    model.off("change:edits", onEdits);
    live.answers.close();
    close();
  };
}

export default { render };
