// The table of the error lab: a column a step, two rows a model; attributes change, nodes stay.
import { END, rightAfter, seen, wordsShown, spoken, verdict } from "./error_runs.js";
import { h, put } from "./shared.js";

/**
 * @typedef {import("./error_runs.js").Sentence} Sentence
 * @typedef {import("./error_runs.js").Wrong} Wrong
 * @typedef {import("./error_runs.js").Runs} Runs
 *
 * @typedef {object} Table
 * @property {HTMLElement} node
 * @property {number} steps
 * @property {HTMLElement[]} numbers  the head of each step
 * @property {HTMLElement[]} reference  the reference's word of each step
 * @property {HTMLElement[]} verdicts  one a row
 * @property {HTMLElement[][]} cells  two rows a model, one cell a step
 */

const READS = ["reads the reference", "reads itself"];

/**
 * @param {string[]} names  of the models
 * @param {number} steps
 * @returns {Table}
 */
export function buildTable(names, steps) {
  const each = (/** @type {(step: number) => HTMLElement} */ make) => Array.from({ length: steps }, (_, i) => make(i));
  const numbers = each((step) => h("th", { scope: "col" }, String(step + 1)));
  const reference = each(() => h("td", { class: "s2s-reference" }));
  const [rows, verdicts, bodies] = [/** @type {HTMLElement[][]} */ ([]), /** @type {HTMLElement[]} */ ([]), /** @type {HTMLElement[]} */ ([])];
  names.forEach((name, model) => {
    const lines = READS.map((reads, i) => {
      const cells = each((step) => wordCell(2 * model + i, step));
      const said = h("td", { class: "s2s-verdict" });
      rows.push(cells);
      verdicts.push(said);
      return h("tr", {}, h("th", { scope: "row" }, reads), ...cells, said);
    });
    const head = h("tr", { class: "s2s-name" }, h("th", { scope: "rowgroup", colspan: steps + 2 }, h("span", {}, name)));
    bodies.push(h("tbody", {}, head, ...lines));
  });
  const head = h("thead", {},
    h("tr", {}, h("th", { scope: "row" }, "step"), ...numbers, h("td")),
    h("tr", {}, h("th", { scope: "row" }, "reference"), ...reference, h("td")));
  const node = h("table", { role: "grid", "aria-readonly": "true", "aria-label": "Words, step by step" }, head, ...bodies);
  return { node, steps, numbers, reference, verdicts, cells: rows };
}

/** @param {number} row @param {number} step @returns {HTMLElement} a word, its probability, its bar */
function wordCell(row, step) {
  return h("td", { "data-row": row, "data-step": step, tabindex: -1 }, h("b"), " ", h("small"), h("i", { "aria-hidden": "true" }));
}

/**
 * Write the runs into the table.
 * @param {Table} table
 * @param {Sentence} sentence
 * @param {Wrong} wrong
 * @param {Runs[]} runs
 * @param {number} upto  steps shown
 */
export function paintTable(table, sentence, wrong, runs, upto) {
  const words = [...sentence.gold, END];
  table.reference.forEach((cell, step) => put(cell, "text", words[step] ? seen(words[step]) : ""));
  runs.forEach(({ forced, free }, model) => {
    [[forced, free], [free, forced]].forEach(([run, other], i) => {
      const row = 2 * model + i;
      wordsShown(sentence, wrong, run, other, table.steps).forEach((shown, step) =>
        paintCell(table.cells[row][step], shown, step, words[step] ?? "", step < upto));
      const { back } = rightAfter(sentence, wrong, run.words);
      const whole = upto >= table.steps;
      put(table.verdicts[row], "text", whole ? verdict(sentence, wrong, run.words) : "");
      put(table.verdicts[row], "class", back ? "s2s-verdict s2s-back" : "s2s-verdict");
    });
  });
}

/**
 * @param {HTMLElement} cell
 * @param {import("./error_runs.js").Shown} shown
 * @param {number} step
 * @param {string} reference
 * @param {boolean} written  else it is still to come
 */
function paintCell(cell, shown, step, reference, written) {
  const [word, number, bar] = cell.children;
  const marks = [
    shown.putIn ? "s2s-put" : "", shown.astray ? "s2s-astray" : "", shown.apart ? "s2s-apart" : "",
    written ? "" : "s2s-later", shown.word ? "" : "s2s-ended",
  ];
  put(cell, "class", marks.filter(Boolean).join(" "));
  put(cell, "aria-label", written ? spoken(shown, step, reference) : `step ${step + 1}: still to come`);
  put(word, "text", seen(shown.word));
  put(number, "text", shown.word ? shown.probability.toFixed(2) : "");
  put(bar, "style", `--p:${shown.probability.toFixed(3)}`);
}

/** @param {Table} table @param {[number, number]} cell  Mark the focus; Tab reaches it alone. */
export function pointTable(table, [row, step]) {
  table.node.querySelectorAll("[data-here]").forEach((node) => node.removeAttribute("data-here"));
  table.node.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
  put(table.cells[row][step], "tabindex", "0");
  for (const node of [table.cells[row][step], table.numbers[step]]) put(node, "data-here", "");
}

/** @returns {HTMLElement} what the marks mean */
export function legend() {
  const item = (/** @type {string} */ name, /** @type {string} */ mark, /** @type {string} */ text) =>
    h("span", {}, h("i", { class: name, "aria-hidden": "true" }, mark), ` ${text}`);
  return h("p", { class: "s2s-legend" },
    item("s2s-key-put", "", "put in"),
    item("s2s-key-astray", "≠", "not the reference's word"),
    item("s2s-key-apart", "", "the two runs differ"),
    h("span", {}, "the number and the bar: the word's probability"));
}
