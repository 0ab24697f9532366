// The fields with which a learner changes the cell in focus of a heatmap that a model answers.
import { short } from "./heatmap_words.js";
import { h, put } from "./shared.js";

/**
 * @typedef {import("./heatmap_edits.js").Json} Json
 *
 * @typedef {object} Editor
 * @property {HTMLElement} sentence  the form around the source
 * @property {HTMLInputElement} source
 * @property {HTMLElement} outcome
 * @property {HTMLElement} box
 * @property {HTMLInputElement} weight
 * @property {HTMLInputElement} mask
 * @property {HTMLSelectElement} word
 * @property {HTMLInputElement} other
 * @property {HTMLButtonElement} undo
 * @property {HTMLElement} said
 * @property {(data: Json, panel: Json, row: number, column: number, edits: Json) => void} fill
 */

/** @param {Record<string, string | number>} attributes @returns {HTMLInputElement} */
const entry = (attributes) => /** @type {HTMLInputElement} */ (h("input", attributes));

/** @returns {Editor} */
export function buildEditor() {
  const text = { type: "text", autocomplete: "off", spellcheck: "false" };
  const [source, other] = [entry(text), entry({ ...text, size: 8 })];
  const weight = entry({ type: "range", min: 0, max: 1, step: 0.01 });
  const mask = entry({ type: "checkbox" });
  const word = /** @type {HTMLSelectElement} */ (h("select"));
  const undo = /** @type {HTMLButtonElement} */ (h("button", { type: "button" }, "undo all changes"));
  const names = Object.fromEntries(["weight", "mask", "word", "other"].map((name) => [name, h("span")]));
  const value = h("output");
  const labelled = (/** @type {string} */ name, /** @type {HTMLElement} */ field) =>
    h("label", { class: `s2s-edit-${name}` }, names[name], field);
  const sentence = h("form", { class: "s2s-sentence" },
    h("label", {}, h("span", {}, "source sentence"), source), h("button", { type: "submit" }, "translate"));
  const box = h("div", { class: "s2s-editor", role: "group", "aria-label": "Change what is read or written" },
    h("div", {}, labelled("weight", weight), value),
    labelled("mask", mask), labelled("word", word),
    h("form", {}, labelled("other", other)), undo);
  const outcome = h("p", { class: "s2s-outcome", "aria-live": "polite" });
  const said = h("p", { class: "s2s-said", role: "status" });
  const editor = { sentence, source, outcome, box, weight, mask, word, other, undo, said };
  return { ...editor, fill: (data, panel, row, column, edits) => {
    fillNames(names, data, panel, row, column);
    fillFields({ ...editor, fill: () => {} }, value, panel, row, column, edits);
    if (document.activeElement !== source) source.value = data.source;
    mask.disabled = !mask.checked && edits.masked.length >= data.src.length - 1;
  } };
}

/** @param {Record<string, HTMLElement>} names @param {Json} data @param {Json} panel @param {number} row @param {number} column */
function fillNames(names, data, panel, row, column) {
  put(names.weight, "text", `weight of ${data.src[column]} for ${panel.tgt[row]}`);
  put(names.mask, "text", `mask ${data.src[column]}`);
  put(names.word, "text", `write at step ${row + 1}`);
  put(names.other, "text", "or type a word");
}

/**
 * @param {Editor} editor
 * @param {HTMLElement} value
 * @param {Json} panel
 * @param {number} row
 * @param {number} column
 * @param {Json} edits
 */
function fillFields({ weight, mask, word, undo }, value, panel, row, column, edits) {
  const now = panel.weights[row][column];
  if (document.activeElement !== weight || Math.abs(Number(weight.value) - now) > 0.011) {
    weight.value = String(now);
  }
  weight.disabled = edits.masked.includes(column);
  put(value, "text", short(now));
  mask.checked = edits.masked.includes(column);
  const forced = edits.forced[row] ?? "";
  const top = /** @type {[string, number][]} */ (panel.top[row]);
  const listed = top.map(([token, p]) => [token, `${token} ${short(p)}`]);
  if (forced && !top.some(([token]) => token === forced)) listed.push([forced, forced]);
  const options = [["", "the model's choice"], ...listed];
  if (JSON.stringify(options) !== word.dataset.options) {
    word.replaceChildren(...options.map(([token, text]) => h("option", { value: token }, text)));
    word.dataset.options = JSON.stringify(options);
  }
  word.value = forced;
  undo.disabled = !edits.masked.length && !Object.keys(edits.forced).length
    && !Object.values(edits.weights).some((/** @type {Json} */ steps) => Object.keys(steps).length);
}
