// What a heatmap says and how large it is: pure functions over weights and tokens.
import { textWidth } from "./shared.js";

/**
 * @typedef {object} Panel  one matrix; a heatmap has one or several, of one source
 * @property {string} [name]  of the head or model
 * @property {number[][]} weights  T rows of S numbers from 0 to 1
 * @property {string[]} tgt  T tokens
 * @property {[number, number][]} gold  links (source position, target position)
 *
 * @typedef {object} Heatmap  what Python sends; checked there
 * @property {number[][]} weights  of the first panel
 * @property {string[]} src  S tokens
 * @property {string[]} tgt  of the first panel
 * @property {[number, number][]} gold
 * @property {Panel[]} [panels]  where there is more than one
 * @property {boolean} [coverage]  whether the sums over the target are in view
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
const LESS = 0.005; // what a row may lack of 1 before it is said

/** @param {Heatmap} data @returns {Panel[]} */
export const panelsOf = (data) => data.panels ?? [data];

/** @param {number} weight @returns {string} .53, and 1.0 for a whole */
export function short(weight) {
  return weight >= 0.995 ? weight.toFixed(1) : weight.toFixed(2).slice(1);
}

/**
 * Size the grids to their tokens: numbers and slanted words in large cells, colour alone in small.
 * @param {Heatmap} data
 * @returns {{size: number, dense: boolean, turn: "flat" | "slanted" | "upright", head: number}}
 */
export function layout(data) {
  const rows = Math.max(...panelsOf(data).map((panel) => panel.tgt.length));
  const count = Math.max(data.src.length, rows);
  const dense = count > ROOMY || data.src.length * panelsOf(data).length > 2 * ROOMY;
  const size = dense ? (count > 30 ? 18 : 26) : 46;
  const longest = Math.min(LARGEST_HEAD, Math.max(...data.src.map(textWidth)));
  if (dense) return { size, dense, turn: "upright", head: Math.round(longest * 12 + 8) };
  if (longest * 15 + 4 <= size) return { size, dense, turn: "flat", head: 28 };
  return { size, dense, turn: "slanted", head: Math.round(longest * 15 * 0.71 + 22) };
}

/**
 * Split the weighted sum of a row into its largest terms, in the order of the source, and the rest.
 * @param {{weights: number[][], src: string[]}} data
 * @param {number} row
 * @returns {{terms: Term[], rest: Rest, total: number}}
 */
export function weightedSum({ weights, src }, row) {
  const all = weights[row].map((weight, column) => ({ weight, token: src[column], column }));
  const bySize = all.filter((t) => t.weight >= 0.005).sort((a, b) => b.weight - a.weight);
  const terms = bySize.slice(0, TERMS).sort((a, b) => a.column - b.column);
  const total = all.reduce((s, t) => s + t.weight, 0);
  const weight = total - terms.reduce((s, t) => s + t.weight, 0);
  return { terms, rest: { count: all.length - terms.length, weight: Math.max(0, weight) }, total };
}

/** @param {Rest} rest @returns {string} */
export function others({ count, weight }) {
  return `${weight.toFixed(2)} for ${count === 1 ? "1 other word" : `${count} other words`}`;
}

/** @param {number} total @returns {string} what a row that sums to less than 1 leaves out */
export function lacking(total) {
  return total < 1 - LESS ? `The weights sum to ${total.toFixed(2)}.` : "";
}

/**
 * How much each source word was read in all: the sum of its column.
 * @param {number[][]} weights
 * @returns {number[]}  S sums
 */
export function coverageOf(weights) {
  return weights[0].map((_, column) => weights.reduce((sum, row) => sum + row[column], 0));
}

/**
 * Say what a move of the focus brought: the cell, and the whole row when the row is new.
 * @param {Panel & {src: string[]}} data
 * @param {Cell} cell
 * @param {boolean} newRow
 * @returns {string}
 */
export function announcement(data, [row, column], newRow) {
  const weight = data.weights[row][column].toFixed(2);
  const link = data.gold.some(([source, target]) => source === column && target === row);
  const gold = link ? ", a gold link" : "";
  const name = data.name ? `${data.name}: ` : "";
  const cell = `${name}${data.tgt[row]} reads ${data.src[column]} with weight ${weight}${gold}.`;
  if (!newRow) return cell;
  const { terms, rest, total } = weightedSum(data, row);
  const list = terms.map((term) => `${term.weight.toFixed(2)} ${term.token}`);
  const less = lacking(total);
  return `${cell} The whole row: ${list.join(", ")}${rest.count ? `, ${others(rest)}` : ""}.${less && ` ${less}`}`;
}
