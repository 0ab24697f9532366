// The probability tree: blocks to scale, one of which a learner walks to, folds and changes.
import { h, isLetter, listen, put, useFont } from "./shared.js";
import { digits, edited, keyOf, parsed, walked, words } from "./table_model.js";
import { buildParts, focusOf, point, redraw } from "./probability_blocks.js";

/**
 * @typedef {import("./table_model.js").Block} Block
 * @typedef {import("./table_model.js").Path} Path
 * @typedef {import("./probability_blocks.js").Parts} Parts
 * @typedef {import("./probability_blocks.js").View} View
 */

/** @param {View} view @param {Path} path  Move the focus there, and tell Python. */
function go(view, path) {
  view.model.set("path", path);
  view.model.save_changes();
  const here = focusOf(view);
  view.base = view.model.get("probabilities")[here.row];
  refuse(view, "");
  point(view);
  view.nodes.get(here.key)?.focus();
}

/** @param {View} view @param {string} reason  Say why an edit was not made; nothing when it was. */
function refuse({ parts }, reason) {
  put(parts.said, "text", reason ? `Not changed: ${reason}.` : "");
  put(parts.box, "aria-invalid", String(reason !== ""));
}

/** @param {View} view @param {number} p  Change the word in focus; its row shares out the rest. */
function change(view, p) {
  const here = focusOf(view);
  const result = edited(view.base, here.column, p, here.word);
  if ("reason" in result) return refuse(view, result.reason);
  refuse(view, "");
  const rows = view.model.get("probabilities");
  const next = rows.map((/** @type {number[]} */ row, /** @type {number} */ i) =>
    i === here.row ? result.row : row);
  view.model.set("probabilities", next);
  view.model.save_changes();
  const { greedy, best } = view.facts;
  const told = best ? ` Best: ${words(best.path)}, ${digits(best.p)}.` : "";
  put(view.parts.live, "text", `${here.word} is ${digits(p)}. ${view.parts.verdict.textContent}
    Greedy: ${words(greedy.path)}, ${digits(greedy.p)}.${told}`);
}

/** @param {View} view @param {Path} path @param {boolean} fold */
function foldOrNot(view, path, fold) {
  const others = view.model.get("folded").filter((/** @type {Path} */ p) => keyOf(p) !== keyOf(path));
  view.model.set("folded", fold ? [...others, path] : others);
  view.model.save_changes();
  go(view, path);
}

/** @param {View} view @param {KeyboardEvent} event */
function pressInTree(view, event) {
  if (isLetter(event)) event.stopPropagation(); // JupyterLab would cut or delete the notebook's cell
  if (event.key === "Enter") {
    event.stopPropagation();
    const box = /** @type {HTMLInputElement} */ (view.parts.box);
    box.focus();
    return box.select();
  }
  const step = walked(view.blocks, focusOf(view).path, event);
  if (!step) return undefined;
  event.preventDefault();
  event.stopPropagation(); // a slide deck would turn the page
  if ("go" in step) return go(view, step.go);
  return "fold" in step ? foldOrNot(view, step.fold, true) : foldOrNot(view, step.unfold, false);
}

/** @param {View} view @param {Event} event @returns {Block | undefined} */
function blockOf(view, { target }) {
  const node = target instanceof Element ? target.closest("[data-key]") : null;
  return view.blocks.find((block) => block.key === node?.getAttribute("data-key"));
}

/** @param {View} view @param {Event} event */
function click(view, event) {
  const { model, parts } = view;
  if (event.target === parts.reset) {
    model.set("probabilities", model.get("data").rows.map((/** @type {any} */ row) => row.p));
    model.save_changes();
    return go(view, focusOf(view).path);
  }
  const block = blockOf(view, event);
  if (!block) return undefined;
  const sign = event.target instanceof Element && event.target.matches("[aria-expanded] > i");
  return sign ? foldOrNot(view, block.path, !block.folded) : go(view, block.path);
}

/** @param {View} view @param {Event} event  A control moved: change the tree as it moves. */
function input(view, { target }) {
  const { model, parts } = view;
  if (target === parts.slider) change(view, Number(/** @type {HTMLInputElement} */ (target).value));
  if (target === parts.cap) {
    model.set("cap", Number(/** @type {HTMLInputElement} */ (target).value));
    model.save_changes();
    put(parts.live, "text", `Up to ${parts.capText.textContent}: ${parts.mass.textContent}.`);
  }
}

/** @param {View} view @param {Event} event  An edit is done: the next one begins with its row. */
function settle(view, { target }) {
  const row = () => view.model.get("probabilities")[focusOf(view).row];
  if (target === view.parts.box) {
    view.base = row();
    change(view, parsed(/** @type {HTMLInputElement} */ (target).value));
  }
  view.base = row();
}

/** @param {View} view @param {KeyboardEvent} event */
function press(view, event) {
  const { parts } = view;
  if (blockOf(view, event)) return pressInTree(view, event);
  if (event.key === "Escape") view.nodes.get(focusOf(view).key)?.focus();
  const passes = ["Tab", "PageUp", "PageDown", "Escape"].includes(event.key);
  if (!passes && event.target !== parts.reset) event.stopPropagation(); // typed, or moves a slider
  return undefined;
}

/** @param {Parts} parts @returns {HTMLElement} */
function assemble(parts) {
  const { title, heads, tree, formula, name, slider, box, reset, said } = parts;
  const rule = h("small", {}, "the rest of its row shares what is left");
  const editor = h("p", { class: "s2s-editor" }, name, slider, box, rule, reset);
  const cap = h("label", { class: "s2s-cap" }, "length cap ", parts.cap, parts.capText);
  const panel = h("div", { class: "s2s-panel" }, parts.verdict, parts.sentences, formula, editor,
    said, h("p", { class: "s2s-mass" }, parts.mass, " ", cap));
  const scroll = h("div", { class: "s2s-scroll" }, heads, tree);
  const root = h("div", { class: "s2s s2s-tree" });
  root.append(title, scroll, panel, parts.live);
  return root;
}

/**
 * Draw the tree into an element and keep it equal to the model.
 * @param {{model: import("./shared.js").Model, el: HTMLElement}} place
 * @returns {() => void}  takes everything down again
 */
export function render({ model, el }) {
  const parts = buildParts();
  const root = assemble(parts);
  const view = /** @type {View} */ ({ model, parts, nodes: new Map() });
  view.dropFont = useFont(model.get("data").font);
  const stop = listen(root, {
    click: (event) => click(view, event),
    input: (event) => input(view, event),
    change: (event) => settle(view, event),
    keydown: (event) => press(view, event),
  });
  const names = ["probabilities", "path", "folded", "cap"];
  const again = () => redraw(view);
  for (const name of names) model.on(`change:${name}`, again);
  redraw(view);
  view.base = model.get("probabilities")[focusOf(view).row];
  el.replaceChildren(root);
  return () => {
    stop();
    view.dropFont();
    for (const name of names) model.off(`change:${name}`, again);
    root.remove();
  };
}

export default { render };
