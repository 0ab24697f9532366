// A heatmap on the page: one grid or several side by side, one focus cell, its row as a sum.
import { buildGrid, paint } from "./heatmap_grid.js";
import { announcement, lacking, others, panelsOf, short, weightedSum } from "./heatmap_words.js";
import { h, isLetter, listen, moved, put, scaleStyle, useFont, within } from "./shared.js";

/**
 * @typedef {import("./heatmap_words.js").Heatmap} Heatmap
 * @typedef {import("./heatmap_words.js").Panel} Panel
 * @typedef {import("./heatmap_words.js").Cell} Cell
 * @typedef {import("./heatmap_grid.js").Grid} Grid
 *
 * @typedef {Record<"title" | "scroll" | "sum" | "scale" | "key" | "live", HTMLElement>} Parts
 * @typedef {{panel: number, cell: Cell}} Spot
 *
 * @typedef {object} View
 * @property {import("./shared.js").Model} model
 * @property {HTMLElement} root
 * @property {Parts} parts
 * @property {Heatmap} data
 * @property {Grid[]} grids
 * @property {number} panel  the grid that has the focus
 * @property {Spot | null} hover  the cell under the pointer, shown instead of the focus
 * @property {Element[]} marked
 * @property {(() => void) | undefined} dropFont
 * @property {string} pointer  where the pointer was: scrolling under a resting one is no hover
 * @property {(view: View) => void} changed  called when the data or the focus has changed
 */

/** @param {Heatmap} data @returns {string} of all its grids, to tell a new one by */
const shapesOf = (data) =>
  JSON.stringify([data.src.length, ...panelsOf(data).map((panel) => panel.tgt.length)]);

/** @param {View} view @param {number} panel @returns {Cell} */
const focusIn = ({ model, data }, panel) =>
  within(model.get("focus"), [panelsOf(data)[panel].tgt.length, data.src.length]);

/** @param {View} view @returns {Spot} */
export const focusOf = (view) => ({ panel: view.panel, cell: focusIn(view, view.panel) });

/** @param {View} view @param {Spot} spot @returns {HTMLElement} */
const cellAt = (view, { panel, cell: [row, column] }) => view.grids[panel].cells[row][column];

/** @param {View} view  Show the model's data; nodes are rebuilt only when a shape is new. */
function redraw(view) {
  const { parts } = view;
  const old = view.data && shapesOf(view.data);
  view.data = view.model.get("data");
  view.hover = null;
  const panels = panelsOf(view.data);
  view.panel = Math.min(view.panel, panels.length - 1);
  if (old !== shapesOf(view.data)) {
    const hadFocus = parts.scroll.contains(document.activeElement);
    view.grids = panels.map((panel, i) => buildGrid([panel.tgt.length, view.data.src.length], i));
    parts.scroll.replaceChildren(...view.grids.map((grid) => grid.figure));
    if (hadFocus) cellAt(view, focusOf(view)).focus();
  }
  panels.forEach((panel, i) => paint(view.grids[i], view.data, panel));
  view.dropFont?.();
  view.dropFont = useFont(view.data.font);
  put(parts.title, "text", view.data.title);
  parts.key.hidden = panels.every((panel) => panel.gold.length === 0);
  point(view);
}

/** @param {View} view  Mark the cell shown, and make the focus the cell that Tab reaches. */
function point(view) {
  const spot = view.hover ?? focusOf(view);
  for (const node of view.marked) node.removeAttribute("data-here");
  view.marked = view.grids.flatMap((grid, panel) => {
    const [row, column] = spot.cell;
    const cell = panel === spot.panel ? [grid.cells[row][column]] : [];
    return [...cell, grid.heads[column], grid.rows[row]].filter(Boolean);
  });
  for (const node of view.marked) put(node, "data-here", "");
  view.grids.forEach((grid, panel) => {
    const [row, column] = focusIn(view, panel);
    grid.table.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    put(grid.cells[row][column], "tabindex", "0");
  });
  writeSums(view, spot);
  view.changed(view);
}

/** @param {View} view @param {Spot} spot  Write the weighted sum of the row in each grid that has it. */
function writeSums({ parts, data }, { cell }) {
  const panels = panelsOf(data).filter((panel) => panel.tgt.length > cell[0]);
  const lines = panels.map((panel) => {
    const name = panel.name ? h("span", { class: "s2s-panel-name" }, `${panel.name}: `) : "";
    return h("span", { class: "s2s-sum-line" }, name, ...sumOf({ ...panel, src: data.src }, cell));
  });
  parts.sum.replaceChildren(...lines);
}

/**
 * The weighted sum of a row: c_2 = .71 h(like) + ...
 * @param {Panel & {src: string[]}} panel
 * @param {Cell} cell
 * @returns {(Node | string)[]}
 */
function sumOf(panel, [row, column]) {
  const { terms, rest, total } = weightedSum(panel, row);
  const parts = terms.map((term) => {
    const text = `${short(term.weight)} h(${term.token})`;
    return h("span", { class: term.column === column ? "s2s-term s2s-here" : "s2s-term" }, text);
  });
  if (rest.count) parts.push(h("span", { class: "s2s-term" }, others(rest)));
  const sum = parts.flatMap((part, i) => [i ? " + " : "", part]);
  const less = lacking(total);
  return [h("b", {}, panel.tgt[row]), " reads c", h("sub", {}, String(row + 1)), " = ", ...sum, less && `. ${less}`];
}

/** @returns {Parts} the elements around the grids, empty */
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

/** @param {View} view @param {Spot} spot  Move the focus, tell Python and say it aloud. */
function go(view, spot) {
  const old = focusOf(view);
  const newRow = spot.cell[0] !== old.cell[0] || spot.panel !== old.panel
    || view.parts.live.textContent === "";
  view.hover = null;
  view.panel = spot.panel;
  view.model.set("focus", spot.cell);
  view.model.save_changes();
  point(view);
  cellAt(view, spot).focus();
  const panel = { ...panelsOf(view.data)[spot.panel], src: view.data.src };
  put(view.parts.live, "text", announcement(panel, spot.cell, newRow));
}

/** @param {Event} event @returns {Spot | null} the cell an event happened in */
function spotOf(event) {
  const cell = event.target instanceof Element ? event.target.closest("[data-row]") : null;
  const figure = cell?.closest("[data-panel]");
  if (!(cell instanceof HTMLElement && figure instanceof HTMLElement)) return null;
  return { panel: Number(figure.dataset.panel), cell: [Number(cell.dataset.row), Number(cell.dataset.column)] };
}

/** @param {View} view @param {Spot | null} spot @param {string} pointer */
function over(view, spot, pointer) {
  if (pointer === view.pointer) return;
  view.pointer = pointer;
  const was = JSON.stringify(view.hover ?? focusOf(view));
  view.hover = spot;
  if (JSON.stringify(spot ?? focusOf(view)) !== was) point(view);
}

/** @param {View} view @param {KeyboardEvent} event */
function press(view, event) {
  const from = spotOf(event);
  if (isLetter(event)) event.stopPropagation(); // JupyterLab would cut or delete the notebook's cell
  const { cells, heads } = view.grids[from?.panel ?? 0];
  const to = from && moved(from.cell, event, [cells.length, heads.length]);
  if (!to) return;
  event.preventDefault();
  event.stopPropagation(); // a slide deck would turn the page
  go(view, { panel: from.panel, cell: to });
}

/**
 * Draw the heatmap into an element and keep it equal to the model.
 * @param {{model: import("./shared.js").Model, el: HTMLElement}} place
 * @param {(view: View) => void} [changed]  called when the data or the focus has changed
 * @returns {{view: View, close: () => void}}
 */
export function show({ model, el }, changed = () => {}) {
  const parts = buildParts();
  const { title, scroll, sum, scale, key, live } = parts;
  const legend = h("p", { class: "s2s-legend" }, scale, key);
  const root = h("div", { class: "s2s s2s-heatmap" });
  root.append(title, scroll, sum, legend, live);
  const view = /** @type {View} */ (
    { model, root, parts, grids: [], panel: 0, hover: null, marked: [], pointer: "", changed });
  const [onData, onFocus] = [() => redraw(view), () => point(view)];
  const stop = listen(root, {
    pointermove: (event) => over(view, spotOf(event), `${event.clientX} ${event.clientY}`),
    pointerleave: () => over(view, null, "away"),
    click: (event) => {
      const spot = spotOf(event);
      if (spot) go(view, spot);
    },
    keydown: (event) => press(view, event),
  });
  model.on("change:data", onData);
  model.on("change:focus", onFocus);
  redraw(view);
  el.replaceChildren(root);
  const close = () => {
    stop();
    view.dropFont?.();
    model.off("change:data", onData);
    model.off("change:focus", onFocus);
    root.remove();
  };
  return { view, close };
}
