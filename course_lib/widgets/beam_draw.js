// A beam tree on the page: its cards, the lines between them, and the table of hypotheses.
import { curve, spot } from "./beam_plan.js";
import { divisorText, labelOf, number, short } from "./beam_scene.js";
import { statusOf, tableOf } from "./beam_words.js";
import { h, put } from "./shared.js";

/**
 * @typedef {import("./beam_scene.js").Item} Item
 * @typedef {import("./beam_scene.js").Mark} Mark
 * @typedef {import("./beam_plan.js").Plan} Plan
 * @typedef {import("./beam_tree.js").View} View
 */

export const SVG = "http://www.w3.org/2000/svg";
export const MARKS = /** @type {Mark[]} */ (["best", "greedy", "exact"]);
const SHIFT = { best: 0, greedy: -5, exact: 5 }; // px, so that paths that share an edge are all seen
const LISTED = 12; // rows of the table

/** @param {View} view @param {Plan} plan  Move, add and remove cards; those that stay are kept. */
export function drawCards(view, plan) {
  const inView = new Set(view.scene.items.map((item) => item.key));
  for (const [key, card] of view.cards) {
    if (inView.has(key)) continue;
    if (card === document.activeElement) view.cards.get("")?.focus();
    card.remove();
    view.cards.delete(key);
  }
  const { tree } = view.parts;
  const active = document.activeElement;
  view.scene.items.forEach((item, i) => {
    const card = view.cards.get(item.key) ?? newCard(view, item.key);
    paintCard(card, item, plan);
    if (tree.children[i] !== card) tree.insertBefore(card, tree.children[i] ?? null);
  });
  if (active instanceof HTMLElement && tree.contains(active)) active.focus({ preventScroll: true });
}

/** @param {View} view @param {string} key @returns {HTMLElement} */
function newCard(view, key) {
  const parts = ["word", "p", "number", "fold", "ends"].map((name) => h("span", { class: `s2s-${name}`, "aria-hidden": "true" }));
  const card = h("div", { role: "treeitem", tabindex: -1, "data-key": key }, ...parts, h("span", { class: "s2s-spoken" }));
  view.cards.set(key, card);
  return card;
}

/** @param {HTMLElement} card @param {Item} item @param {Plan} plan */
function paintCard(card, item, plan) {
  const [word, p, value, chip, ends, spoken] = /** @type {HTMLElement[]} */ ([...card.children]);
  const { seen, folded, foldable } = item;
  const [x, y] = spot(plan, item);
  const size = `width:${plan.widths[seen.length]}px;height:${plan.height}px`;
  put(card, "style", `${size};translate:${x}px ${y - plan.height / 2}px`);
  put(card, "class", `s2s-card s2s-${seen.length ? seen.fate : "root"}`);
  put(card, "aria-level", String(seen.length + 1));
  put(spoken, "text", labelOf(item));
  if (foldable) put(card, "aria-expanded", String(!folded));
  else card.removeAttribute("aria-expanded");
  const known = seen.length && !Number.isNaN(seen.logProb);
  put(card, "title", known ? `p = ${item.p.toFixed(3)} after its prefix` : "");
  put(word, "text", item.word);
  put(p, "text", known && !plan.dense ? short(item.p) : "");
  put(value, "text", known ? number(seen.logProb) : "");
  put(chip, "text", foldable ? `${folded ? "\u25b8" : "\u25be"}${foldable}` : "");
  if (ends.childElementCount !== item.ends.length || ends.textContent !== item.ends.join("")) {
    ends.replaceChildren(...item.ends.map((mark) => h("i", { class: `s2s-end-${mark}` }, mark)));
  }
}

/** @param {View} view @param {Plan} plan  Draw the edges, and the three paths over them. */
export function drawLines({ scene, lines, paths }, plan) {
  const drawn = new Set();
  const draw = (/** @type {string} */ id, /** @type {string} */ kind, /** @type {string} */ d) => {
    const line = paths.get(id) ?? document.createElementNS(SVG, "path");
    put(line, "class", `s2s-line s2s-${kind}`);
    put(line, "d", d);
    paths.set(id, line);
    drawn.add(id);
    if (!line.parentNode) lines[id.startsWith("edge") ? "prepend" : "append"](line);
  };
  for (const item of scene.items) {
    const from = scene.byKey.get(item.up);
    if (!item.key || !from) continue;
    const marks = MARKS.filter((mark) => item.marks.includes(mark));
    if (!marks.length) draw(`edge ${item.key}`, `to-${item.seen.fate}`, curve(plan, from, item, 0));
    for (const mark of marks) draw(`${mark} ${item.key}`, mark, curve(plan, from, item, SHIFT[mark]));
  }
  for (const [id, line] of paths) {
    if (drawn.has(id)) continue;
    line.remove();
    paths.delete(id);
  }
  put(lines, "viewBox", `0 0 ${plan.wide} ${plan.high}`);
}

/** @param {View} view  List the hypotheses, with and without normalization. */
export function writeTable(view) {
  const { scene, parts } = view;
  const rows = tableOf(scene);
  const { settings } = scene;
  const score = settings.alpha ? `score: log p / ${divisorText(settings, "length")}` : "score";
  const head = ["", "hypothesis", "length", "log p", "place", score, "place", "status"];
  const lines = rows.slice(0, LISTED).map((row) => tableRow(row, settings.eos));
  const caption = rows.length > LISTED ? `The best ${LISTED} of ${rows.length} hypotheses` : "Hypotheses";
  parts.table.replaceChildren(
    h("caption", {}, `${caption}, without normalization (log p) and with it`),
    h("thead", {}, h("tr", {}, ...head.map((text) => h(text ? "th" : "td", text ? { scope: "col" } : {}, text)))),
    h("tbody", {}, ...lines),
  );
}

/** @param {import("./beam_words.js").Row} row @param {number} eos @returns {HTMLElement} */
function tableRow({ item, text, byScore, byLogProb }, eos) {
  const { seen, ends } = item;
  const place = (/** @type {number} */ n) => h("td", {}, Number.isNaN(n) ? "" : String(n));
  const value = (/** @type {number} */ n) => h("td", {}, Number.isNaN(n) ? "?" : number(n, 3));
  const marks = h("td", {}, ...ends.map((mark) => h("i", { class: `s2s-end-${mark}` }, mark)));
  const button = h("button", { type: "button", "data-goto": item.key }, text);
  return h("tr", {}, marks, h("th", { scope: "row" }, button), h("td", {}, String(seen.length)),
    value(seen.logProb), place(byLogProb), value(seen.score), place(byScore), h("td", {}, statusOf(item, eos)));
}
