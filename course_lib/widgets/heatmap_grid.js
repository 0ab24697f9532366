// One grid of weights: a row a target token, a column a source token, sums of columns below.
import { coverageOf, layout, short } from "./heatmap_words.js";
import { cellStyle, h, put } from "./shared.js";

/**
 * @typedef {import("./heatmap_words.js").Heatmap} Heatmap
 * @typedef {import("./heatmap_words.js").Panel} Panel
 *
 * @typedef {object} Grid
 * @property {HTMLElement} figure  the table and its name
 * @property {HTMLElement} name
 * @property {HTMLElement} table
 * @property {HTMLElement[]} heads
 * @property {HTMLElement[]} rows
 * @property {HTMLElement[][]} cells
 * @property {HTMLElement[]} sums  of the columns
 * @property {HTMLElement} foot
 */

/**
 * Build the table for a number of rows and columns; `paint` fills it.
 * @param {[number, number]} shape
 * @param {number} panel  its number among several
 * @returns {Grid}
 */
export function buildGrid([rows, columns], panel) {
  const heads = Array.from({ length: columns }, (_, column) =>
    h("th", { scope: "col", "data-source": column }, h("span")));
  const sides = Array.from({ length: rows }, () => h("th", { scope: "row" }));
  const cells = sides.map((_, row) => heads.map((_, column) =>
    h("td", { tabindex: -1, "data-row": row, "data-column": column })));
  const corner = h("td", { class: "s2s-corner" }, "target \u2193", h("br"), "source \u2192");
  const head = h("thead", {}, h("tr", {}, corner, ...heads));
  const body = h("tbody", {}, ...sides.map((side, row) => h("tr", {}, side, ...cells[row])));
  const sums = heads.map(() => h("td", { class: "s2s-cover" }, h("i"), h("span")));
  const foot = h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, "read in all"), ...sums));
  const table = h("table", { role: "grid", "aria-readonly": "true" }, head, body, foot);
  const name = h("p", { class: "s2s-panel-name" });
  const figure = h("div", { class: "s2s-panel", "data-panel": panel }, name, table);
  return { figure, name, table, heads, rows: sides, cells, sums, foot };
}

/**
 * Write tokens and weights into a grid of their shape; attributes change, nodes stay.
 * @param {Grid} grid
 * @param {Heatmap} data
 * @param {Panel} panel
 */
export function paint(grid, data, panel) {
  const { dense, size, turn, head } = layout(data);
  const gold = new Set(panel.gold.map(([source, target]) => `${target} ${source}`));
  const title = panel.name ? `${data.title}: ${panel.name}` : data.title;
  put(grid.table, "aria-label", title);
  put(grid.name, "text", panel.name ?? "");
  put(grid.table, "class", `s2s-${turn}`);
  put(grid.table, "style", `--size:${size}px;--head:${head}px`);
  grid.rows.forEach((side, row) => put(side, "text", panel.tgt[row]));
  grid.heads.forEach((top, column) => {
    put(/** @type {Element} */ (top.firstChild), "text", data.src[column]);
    put(top, "title", data.src[column]);
  });
  panel.weights.forEach((line, row) => line.forEach((weight, column) => {
    const cell = grid.cells[row][column];
    const linked = gold.has(`${row} ${column}`);
    put(cell, "style", cellStyle(weight));
    put(cell, "class", linked ? "s2s-gold" : "");
    put(cell, "aria-label", weight.toFixed(2) + (linked ? ", a gold link" : ""));
    put(cell, "text", dense ? "" : short(weight));
  }));
  grid.foot.hidden = !data.coverage;
  if (data.coverage) paintSums(grid, panel, dense);
}

/** @param {Grid} grid @param {Panel} panel @param {boolean} dense  Draw how much each word was read. */
function paintSums(grid, panel, dense) {
  const sums = coverageOf(panel.weights);
  const most = Math.max(1, ...sums);
  grid.sums.forEach((cell, column) => {
    const [bar, number] = /** @type {HTMLElement[]} */ ([...cell.children]);
    put(bar, "style", `height:${Math.round((sums[column] / most) * 36)}px`);
    put(number, "text", sums[column].toFixed(dense ? 1 : 2));
    put(cell, "title", `read ${sums[column].toFixed(2)} in all`);
  });
}
