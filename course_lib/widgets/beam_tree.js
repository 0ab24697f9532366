// A beam tree: every prefix that a search looked at, kept or pruned, and sliders that search again.
import { buildControls, fitting, zoomed } from "./beam_controls.js";
import { drawCards, drawLines, MARKS, SVG, writeTable } from "./beam_draw.js";
import { sentenceField } from "./beam_live.js";
import { neighbour, planOf } from "./beam_plan.js";
import { grown, replay } from "./beam_replay.js";
import { spelledOut, number, sceneOf } from "./beam_scene.js";
import { summaryOf } from "./beam_words.js";
import { h, listen, put, useFont } from "./shared.js";

/**
 * @typedef {import("./beam_scene.js").Scene} Scene
 * @typedef {import("./beam_scene.js").Item} Item
 * @typedef {import("./beam_scene.js").Mark} Mark
 * @typedef {import("./beam_plan.js").Plan} Plan
 *
 * @typedef {object} View
 * @property {import("./shared.js").Model} model
 * @property {any} data
 * @property {import("./beam_replay.js").Known} known
 * @property {Scene} scene
 * @property {Record<string, HTMLElement>} parts
 * @property {Record<string, any>} controls
 * @property {SVGSVGElement} lines
 * @property {Map<string, HTMLElement>} cards
 * @property {Map<string, Element>} paths
 * @property {Set<string>} open
 * @property {number} zoom
 * @property {(() => void) | undefined} dropFont
 */

const SMALL = 30; // up to so many prefixes, what was pruned is in view from the start
const SETTINGS = ["width", "alpha", "formula", "stop", "round"];

// From here on, the page is touched.

/** @param {View} view @returns {import("./beam_replay.js").Settings} */
function settingsOf({ model, data }) {
  const [width, alpha, formula, stop] = ["width", "alpha", "formula", "stop"].map((n) => model.get(n));
  return { width, alpha, formula, stop, longest: data.longest, eos: data.eos };
}

/** @param {View} view @returns {Item} the prefix in focus, or the nearest above it that is in view */
function focused(view) {
  const tokens = [...view.model.get("focus")];
  while (tokens.length) {
    const item = view.scene.byKey.get(tokens.join(" "));
    if (item && view.scene.items.includes(item)) return item;
    tokens.pop();
  }
  return view.scene.items[0];
}

/** @param {View} view  Search again with the sliders as they stand, and show it. */
function redraw(view) {
  const { model, parts, controls } = view;
  const all = controls.pruned.checked;
  const round = model.get("round");
  view.scene = sceneOf(view.known, view.data, settingsOf(view), { round, all, open: view.open });
  const plan = planOf(view.scene);
  put(parts.canvas, "style", `width:${plan.wide}px;height:${plan.high}px;zoom:${view.zoom}`);
  put(parts.canvas, "data-dense", String(plan.dense));
  drawCards(view, plan);
  drawLines(view, plan);
  writeControls(view);
  put(parts.summary, "text", summaryOf(view.scene).join(" "));
  for (const line of parts.legend.querySelectorAll("[data-mark]")) {
    /** @type {any} */ (line).hidden = !view.scene.paths[/** @type {any} */ (line).dataset.mark];
  }
  writeTable(view);
  point(view);
}

/** @param {View} view  Make the controls say what the model says. */
function writeControls({ model, controls, scene, data }) {
  const { width, alpha, round, formula, stop, values } = controls;
  const rounds = scene.result.rounds;
  width.value = String(model.get("width"));
  alpha.value = String(model.get("alpha"));
  round.max = String(rounds);
  round.value = String(scene.rounds);
  formula.value = model.get("formula");
  stop.value = model.get("stop");
  put(values.width, "text", `${model.get("width")} of ${data.widest}`);
  put(values.alpha, "text", number(model.get("alpha")));
  put(values.round, "text", `${scene.rounds} of ${rounds}`);
  put(width, "aria-valuetext", `k = ${model.get("width")}`);
  put(round, "aria-valuetext", `round ${scene.rounds} of ${rounds}`);
}

/** @param {View} view  Mark the focus, and spell its prefix out. */
function point(view) {
  const item = focused(view);
  view.parts.tree.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
  view.parts.tree.querySelector('[aria-selected="true"]')?.removeAttribute("aria-selected");
  const card = /** @type {HTMLElement} */ (view.cards.get(item.key));
  put(card, "tabindex", "0");
  put(card, "aria-selected", "true");
  put(view.parts.detail, "text", spelledOut(view.scene, item).join(" "));
}

/** @param {View} view @param {Item} item  Move the focus and tell Python. */
function go(view, item) {
  view.model.set("focus", item.key ? item.key.split(" ").map(Number) : []); // which points at it
  view.model.save_changes();
  view.cards.get(item.key)?.focus();
}

/** @param {View} view @param {Item} item  Show or hide its pruned continuations. */
function unfold(view, item) {
  if (!item.foldable) return;
  if (view.controls.pruned.checked) { // from "all" to "all but these"
    view.controls.pruned.checked = false;
    for (const other of view.scene.items) if (other.foldable) view.open.add(other.key);
  }
  if (!view.open.delete(item.key)) view.open.add(item.key);
  redraw(view);
}

/** @param {View} view @param {Event} event @returns {Item | undefined} the card an event happened in */
function itemOf(view, event) {
  const card = event.target instanceof Element ? event.target.closest("[data-key]") : null;
  return card instanceof HTMLElement ? view.scene.byKey.get(card.dataset.key ?? "") : undefined;
}

/** @param {View} view @param {KeyboardEvent} event */
function press(view, event) {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (ctrlKey || metaKey || altKey || ["Tab", "Escape", "PageUp", "PageDown"].includes(key)) return;
  event.stopPropagation(); // JupyterLab and slide decks have their own use for arrows and letters
  const item = itemOf(view, event);
  if (!item || shiftKey) return;
  if (key === "Enter" || key === " ") {
    event.preventDefault();
    unfold(view, item);
  }
  const to = neighbour(view.scene, item, key);
  if (to) go(view, to);
  if (key.startsWith("Arrow") || key === "Home" || key === "End") event.preventDefault();
}

/** @param {View} view @param {Event} event */
function click(view, event) {
  const target = /** @type {Element} */ (event.target);
  const button = target.closest("[data-zoom]");
  if (button instanceof HTMLElement) {
    view.zoom = zoomed(view.zoom, button.dataset.zoom);
    redraw(view);
  }
  const row = target.closest("[data-goto]");
  const item = row instanceof HTMLElement
    ? view.scene.byKey.get(row.dataset.goto ?? "") : itemOf(view, event);
  if (!item) return;
  go(view, item);
  if (target.closest(".s2s-fold")) unfold(view, item);
}

/** @param {View} view  Read what Python sent, and draw it. */
function reload(view) {
  view.data = view.model.get("data");
  view.open.clear();
  view.known = grown(view.data.tree);
  view.controls.pruned.checked = replay(view.known, settingsOf(view)).nodes.length <= SMALL;
  view.controls.width.max = String(view.data.widest);
  view.dropFont?.();
  view.dropFont = useFont(view.data.font);
  put(view.parts.title, "text", view.data.title);
  put(view.parts.tree, "aria-label", view.data.title);
  redraw(view);
}

/** @returns {Record<string, HTMLElement>} the elements around the tree, empty */
function buildParts() {
  const hint = "Arrow keys: left to the shorter prefix, right to its continuation, up and down in a "
    + "round. Enter shows or hides what was pruned after it.";
  return {
    title: h("p", { class: "s2s-title" }),
    summary: h("p", { class: "s2s-summary", "aria-live": "polite" }),
    scroll: h("div", { class: "s2s-scroll" }),
    canvas: h("div", { class: "s2s-canvas" }),
    tree: h("div", { role: "tree", class: "s2s-tree", "aria-description": hint }),
    detail: h("p", { class: "s2s-detail", "aria-live": "polite" }),
    table: h("table", { class: "s2s-table" }),
    tables: h("div", { class: "s2s-tables" }),
    legend: h("p", { class: "s2s-legend" }, ...legend()),
  };
}

/** @returns {HTMLElement[]} what lines and borders mean */
function legend() {
  const lines = MARKS.map((mark) => h("span", { "data-mark": mark }, h("b", { class: `s2s-sample s2s-on-${mark}` }), `${mark} path`));
  const fates = ["kept", "finished", "pruned", "outside"].map((fate) => h("span", {},
    h("b", { class: `s2s-card s2s-${fate}` }), fate === "outside" ? "not looked at" : fate));
  const numbers = ["in a card: p of the word after its prefix, and log p of the whole prefix",
    "\u25b8 3: three pruned continuations, hidden; click, or press Enter"];
  return [...fates, ...lines, ...numbers.map((text) => h("span", {}, text))];
}

/**
 * Draw the tree into an element and keep it equal to the model.
 * @param {{model: import("./shared.js").Model, el: HTMLElement}} place
 * @returns {() => void}  takes everything down again
 */
export function render({ model, el }) {
  const parts = buildParts();
  const controls = buildControls();
  const lines = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
  put(lines, "aria-hidden", "true");
  parts.canvas.append(lines, parts.tree);
  parts.scroll.append(parts.canvas);
  parts.tables.append(parts.table);
  const root = h("div", { class: "s2s s2s-beam_tree" });
  const live = model.get("data").source === null ? null : sentenceField(model);
  root.append(parts.title, ...(live ? [live.form] : []), controls.bar, parts.summary, parts.scroll, parts.detail, parts.legend, parts.tables);
  const view = /** @type {View} */ ({
    model, parts, controls, lines, cards: new Map(), paths: new Map(), open: new Set(), zoom: 1,
  });
  const set = (/** @type {string} */ name, /** @type {any} */ value) => {
    model.set(name, value);
    model.save_changes();
  };
  const stop = listen(root, {
    click: (event) => click(view, event),
    keydown: (event) => press(view, event),
    input: (event) => controls.change(event.target, set, () => redraw(view)),
  });
  const onData = () => {
    live?.show(model.get("data").source);
    reload(view);
  };
  const [onChange, onFocus] = [() => redraw(view), () => point(view)];
  model.on("change:data", onData);
  model.on("change:focus", onFocus);
  for (const name of SETTINGS) model.on(`change:${name}`, onChange);
  onData();
  el.replaceChildren(root);
  view.zoom = fitting(parts.scroll.clientWidth, planOf(view.scene).wide);
  if (view.zoom < 1) redraw(view);
  return () => {
    stop();
    live?.close();
    view.dropFont?.();
    model.off("change:data", onData);
    model.off("change:focus", onFocus);
    for (const name of SETTINGS) model.off(`change:${name}`, onChange);
    root.remove();
  };
}

export default { render };
