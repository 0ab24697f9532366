// An attention heatmap: a row a target token, a column a source token, one focus cell.
import {
  cellStyle, h, isLetter, listen, moved, put, scaleStyle, textWidth, useFont, within,
} from "./shared.js";

/**
 * @typedef {object} Heatmap  what Python sends; checked there
 * @property {number[][]} weights  T rows of S numbers from 0 to 1, each row sums to 1
 * @property {string[]} src  S tokens
 * @property {string[]} tgt  T tokens
 * @property {[number, number][]} gold  links (source position, target position)
 * @property {string} title
 * @property {{characters: string, woff: string}} font
 *
 * @typedef {[number, number]} Cell  (row, column), both from 0
 * @typedef {{weight: number, token: string, column: number}} Term
 * @typedef {{count: number, weight: number}} Rest
 */

const TERMS = 8; // of a weighted sum that are written out; the rest is added up
const ROOMY = 16; // up to so many tokens, cells have room for their numbers
const LARGEST_HEAD = 14; // em; longer tokens are cut, and whole in the tooltip and in the sum

/** @param {number} weight @returns {string} .53, and 1.0 for a whole */
export function short(weight) {
  return weight >= 0.995 ? "1.0" : weight.toFixed(2).slice(1);
}

/**
 * Size the grid to its tokens: numbers and slanted words in large cells, colour alone in small ones.
 * @param {Heatmap} data
 * @returns {{size: number, dense: boolean, turn: "flat" | "slanted" | "upright", head: number}}
 */
export function layout({ src, tgt }) {
  const count = Math.max(src.length, tgt.length);
  const dense = count > ROOMY;
  const size = dense ? (count > 30 ? 18 : 26) : 46;
  const longest = Math.min(LARGEST_HEAD, Math.max(...src.map(textWidth)));
  if (dense) return { size, dense, turn: "upright", head: Math.round(longest * 12 + 8) };
  if (longest * 15 + 4 <= size) return { size, dense, turn: "flat", head: 28 };
  return { size, dense, turn: "slanted", head: Math.round(longest * 15 * 0.71 + 22) };
}

/**
 * Split the weighted sum of a row into its largest terms, in the order of the source, and the rest.
 * @param {Heatmap} data
 * @param {number} row
 * @returns {{terms: Term[], rest: Rest}}
 */
export function weightedSum({ weights, src }, row) {
  const all = weights[row].map((weight, column) => ({ weight, token: src[column], column }));
  const bySize = all.filter((t) => t.weight >= 0.005).sort((a, b) => b.weight - a.weight);
  const terms = bySize.slice(0, TERMS).sort((a, b) => a.column - b.column);
  const weight = all.reduce((s, t) => s + t.weight, 0) - terms.reduce((s, t) => s + t.weight, 0);
  return { terms, rest: { count: all.length - terms.length, weight: Math.max(0, weight) } };
}

/** @param {Rest} rest @returns {string} */
export function others({ count, weight }) {
  return `${weight.toFixed(2)} for ${count === 1 ? "1 other word" : `${count} other words`}`;
}

/**
 * Say what a move of the focus brought: the cell, and the whole row when the row is new.
 * @param {Heatmap} data
 * @param {Cell} cell
 * @param {boolean} newRow
 * @returns {string}
 */
export function announcement(data, [row, column], newRow) {
  const weight = data.weights[row][column].toFixed(2);
  const link = data.gold.some(([source, target]) => source === column && target === row);
  const gold = link ? ", a gold link" : "";
  const cell = `${data.tgt[row]} reads ${data.src[column]} with weight ${weight}${gold}.`;
  if (!newRow) return cell;
  const { terms, rest } = weightedSum(data, row);
  const list = terms.map((term) => `${term.weight.toFixed(2)} ${term.token}`);
  return `${cell} The whole row: ${list.join(", ")}${rest.count ? `, ${others(rest)}` : ""}.`;
}

// From here on, the page is touched.

/**
 * @typedef {{table: HTMLElement, heads: HTMLElement[], rows: HTMLElement[], cells: HTMLElement[][]}} Grid
 *
 * @typedef {Record<"title" | "scroll" | "sum" | "scale" | "key" | "live", HTMLElement>} Parts
 *
 * @typedef {object} View
 * @property {import("./shared.js").Model} model
 * @property {Parts} parts
 * @property {Heatmap} data
 * @property {Grid} grid
 * @property {Cell | null} hover  the cell under the pointer, shown instead of the focus
 * @property {Cell} shown
 * @property {(() => void) | undefined} dropFont
 * @property {string} pointer  where the pointer was: scrolling under a resting one is no hover
 */

/** @param {Heatmap} data @returns {[number, number]} */
const shapeOf = (data) => [data.tgt.length, data.src.length];

/** @param {View} view @returns {Cell} */
const focusOf = (view) => within(view.model.get("focus"), shapeOf(view.data));

/** @param {View} view @param {Cell} cell @returns {HTMLElement} */
const cellAt = (view, [row, column]) => view.grid.cells[row][column];

/** @param {Cell} a @param {Cell} b */
const same = (a, b) => a[0] === b[0] && a[1] === b[1];

/**
 * Build the table for a number of rows and columns; `paint` fills it.
 * @param {[number, number]} shape
 * @returns {Grid}
 */
function buildGrid([rows, columns]) {
  const heads = Array.from({ length: columns }, () => h("th", { scope: "col" }, h("span")));
  const sides = Array.from({ length: rows }, () => h("th", { scope: "row" }));
  const cells = sides.map((_, row) => heads.map((_, column) =>
    h("td", { tabindex: -1, "data-row": row, "data-column": column })));
  const corner = h("td", { class: "s2s-corner" }, "target \u2193", h("br"), "source \u2192");
  const head = h("thead", {}, h("tr", {}, corner, ...heads));
  const body = h("tbody", {}, ...sides.map((side, row) => h("tr", {}, side, ...cells[row])));
  const table = h("table", { role: "grid", "aria-readonly": "true" }, head, body);
  return { table, heads, rows: sides, cells };
}

/**
 * Write tokens and weights into a grid of their shape; attributes change, nodes stay.
 * @param {Grid} grid
 * @param {Heatmap} data
 */
function paint(grid, data) {
  const { dense, size, turn, head } = layout(data);
  const gold = new Set(data.gold.map(([source, target]) => `${target} ${source}`));
  put(grid.table, "aria-label", data.title);
  put(grid.table, "class", `s2s-${turn}`);
  put(grid.table, "style", `--size:${size}px;--head:${head}px`);
  grid.rows.forEach((side, row) => put(side, "text", data.tgt[row]));
  grid.heads.forEach((top, column) => {
    put(/** @type {Element} */ (top.firstChild), "text", data.src[column]);
    put(top, "title", data.src[column]);
  });
  data.weights.forEach((line, row) => line.forEach((weight, column) => {
    const cell = grid.cells[row][column];
    const linked = gold.has(`${row} ${column}`);
    put(cell, "style", cellStyle(weight));
    put(cell, "class", linked ? "s2s-gold" : "");
    put(cell, "aria-label", weight.toFixed(2) + (linked ? ", a gold link" : ""));
    put(cell, "text", dense ? "" : short(weight));
  }));
}

/** @param {View} view  Show the model's data; nodes are rebuilt only when the shape is new. */
function redraw(view) {
  const { parts } = view;
  const old = view.data && shapeOf(view.data);
  view.data = view.model.get("data");
  view.hover = null;
  if (!old || !same(old, shapeOf(view.data))) {
    const hadFocus = parts.scroll.contains(document.activeElement);
    view.grid = buildGrid(shapeOf(view.data));
    view.shown = [-1, -1];
    parts.scroll.replaceChildren(view.grid.table);
    if (hadFocus) cellAt(view, focusOf(view)).focus();
  }
  paint(view.grid, view.data);
  view.dropFont?.();
  view.dropFont = useFont(view.data.font);
  put(parts.title, "text", view.data.title);
  parts.key.hidden = view.data.gold.length === 0;
  point(view);
}

/** @param {View} view  Mark the cell shown, and make the focus the cell that Tab reaches. */
function point(view) {
  const { grid, shown } = view;
  const [row, column] = view.hover ?? focusOf(view);
  const [tabRow, tabColumn] = focusOf(view);
  for (const node of [grid.cells[shown[0]]?.[shown[1]], grid.heads[shown[1]], grid.rows[shown[0]]]) {
    node?.removeAttribute("data-here");
  }
  for (const node of [grid.cells[row][column], grid.heads[column], grid.rows[row]]) {
    put(node, "data-here", "");
  }
  grid.table.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
  put(grid.cells[tabRow][tabColumn], "tabindex", "0");
  writeSum(view.parts.sum, view.data, [row, column]);
  view.shown = [row, column];
}

/**
 * Write the weighted sum of a row: c_2 = .71 h(like) + ...
 * @param {HTMLElement} node
 * @param {Heatmap} data
 * @param {Cell} cell
 */
function writeSum(node, data, [row, column]) {
  const { terms, rest } = weightedSum(data, row);
  const parts = terms.map((term) => {
    const text = `${short(term.weight)} h(${term.token})`;
    return h("span", { class: term.column === column ? "s2s-term s2s-here" : "s2s-term" }, text);
  });
  if (rest.count) parts.push(h("span", { class: "s2s-term" }, others(rest)));
  const step = h("sub", {}, String(row + 1));
  node.replaceChildren(h("b", {}, data.tgt[row]), " reads c", step, " = ");
  parts.forEach((part, i) => node.append(i ? " + " : "", part));
}

/** @returns {Parts} the elements around the grid, empty */
function buildParts() {
  return {
    title: h("p", { class: "s2s-title" }),
    scroll: h("div", { class: "s2s-scroll" }),
    sum: h("p", { class: "s2s-sum" }),
    scale: h("span", { class: "s2s-scale" }, "weight 0 ", h("i", { style: scaleStyle() }), " 1"),
    key: h("span", { class: "s2s-key" }, h("i"), " gold link"),
    live: h("p", { class: "s2s-spoken", "aria-live": "polite" }),
  };
}

/** @param {View} view @param {Cell} cell  Move the focus, tell Python and say it aloud. */
function go(view, cell) {
  const newRow = cell[0] !== focusOf(view)[0] || view.parts.live.textContent === "";
  view.hover = null;
  view.model.set("focus", cell);
  view.model.save_changes();
  point(view);
  cellAt(view, cell).focus();
  put(view.parts.live, "text", announcement(view.data, cell, newRow));
}

/** @param {Event} event @returns {Cell | null} the cell an event happened in */
function cellOf(event) {
  const cell = event.target instanceof Element ? event.target.closest("[data-row]") : null;
  if (!(cell instanceof HTMLElement)) return null;
  return [Number(cell.dataset.row), Number(cell.dataset.column)];
}

/** @param {View} view @param {Cell | null} cell @param {string} pointer */
function over(view, cell, pointer) {
  if (pointer === view.pointer) return;
  view.pointer = pointer;
  view.hover = cell;
  if (!same(cell ?? focusOf(view), view.shown)) point(view);
}

/** @param {View} view @param {KeyboardEvent} event */
function press(view, event) {
  const from = cellOf(event);
  if (isLetter(event)) event.stopPropagation(); // JupyterLab would cut or delete the notebook's cell
  const to = from && moved(from, event, shapeOf(view.data));
  if (!to) return;
  event.preventDefault();
  event.stopPropagation(); // a slide deck would turn the page
  go(view, to);
}

/**
 * Draw the heatmap into an element and keep it equal to the model.
 * @param {{model: import("./shared.js").Model, el: HTMLElement}} place
 * @returns {() => void}  takes everything down again
 */
export function render({ model, el }) {
  const parts = buildParts();
  const { title, scroll, sum, scale, key, live } = parts;
  const legend = h("p", { class: "s2s-legend" }, scale, key);
  const root = h("div", { class: "s2s s2s-heatmap" });
  root.append(title, scroll, sum, legend, live);
  const view = /** @type {View} */ ({ model, parts, hover: null, shown: [-1, -1], pointer: "" });
  const [onData, onFocus] = [() => redraw(view), () => point(view)];
  const stop = listen(root, {
    pointermove: (event) => over(view, cellOf(event), `${event.clientX} ${event.clientY}`),
    pointerleave: () => over(view, null, "away"),
    click: (event) => {
      const cell = cellOf(event);
      if (cell) go(view, cell);
    },
    keydown: (event) => press(view, event),
  });
  model.on("change:data", onData);
  model.on("change:focus", onFocus);
  redraw(view);
  el.replaceChildren(root);
  return () => {
    stop();
    view.dropFont?.();
    model.off("change:data", onData);
    model.off("change:focus", onFocus);
    root.remove();
  };
}

export default { render };
