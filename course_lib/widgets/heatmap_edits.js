// Changing what a model reads or writes: pure functions over edits, weights and replies.

/**
 * @typedef {object} Edits  by which a translation differs from the model's own
 * @property {number[]} masked  source positions
 * @property {Record<string, string>} forced  {step: word}
 * @property {Record<string, Record<string, number[]>>} weights  {panel: {step: S numbers}}
 *
 * @typedef {Record<string, any>} Json
 */

/** @returns {Edits} */
export const noEdits = () => ({ masked: [], forced: {}, weights: {} });

/** @param {Edits} edits @returns {number} how many things were changed */
export function countOf({ masked, forced, weights }) {
  const rows = Object.values(weights).reduce((sum, steps) => sum + Object.keys(steps).length, 0);
  return masked.length + Object.keys(forced).length + rows;
}

/**
 * Give one word of a row another weight; the others keep their proportions and share the rest.
 * @param {number[]} row  S numbers
 * @param {number} column
 * @param {number} weight  from 0 to 1
 * @param {number[]} masked  columns that stay 0
 * @returns {number[]}  sums to 1
 */
export function reweighted(row, column, weight, masked) {
  const free = row.map((_, i) => i).filter((i) => i !== column && !masked.includes(i));
  if (!free.length) return row.map((_, i) => Number(i === column));
  const sum = free.reduce((total, i) => total + row[i], 0);
  return row.map((old, i) => {
    if (i === column) return weight;
    if (!free.includes(i)) return 0;
    return (1 - weight) * (sum > 0 ? old / sum : 1 / free.length);
  });
}

/**
 * Mask or unmask a source word; a row of weights set before gives up its share of it.
 * @param {Edits} edits
 * @param {number} column
 * @param {boolean} masked
 * @returns {Edits}
 */
export function withMask(edits, column, masked) {
  const others = edits.masked.filter((other) => other !== column);
  const all = masked ? [...others, column].sort((a, b) => a - b) : others;
  const without = (/** @type {number[]} */ row) => {
    const open = row.map((weight, i) => (all.includes(i) ? 0 : weight));
    const sum = open.reduce((a, b) => a + b, 0);
    const free = row.length - all.length;
    return open.map((weight, i) => (sum > 0 ? weight / sum : Number(!all.includes(i)) / free));
  };
  const weights = Object.fromEntries(Object.entries(edits.weights).map(([panel, steps]) => [panel,
    Object.fromEntries(Object.entries(steps).map(([step, row]) => [step, without(row)]))]));
  return { ...edits, masked: all, weights };
}

/** @param {Edits} edits @param {number} step @param {string} word  "" gives the choice back @returns {Edits} */
export function withForced(edits, step, word) {
  const { [step]: _, ...others } = edits.forced;
  return { ...edits, forced: word ? { ...others, [step]: word } : others };
}

/** @param {Edits} edits @param {string} panel @param {number} step @param {number[]} row @returns {Edits} */
export function withWeights(edits, panel, step, row) {
  return { ...edits, weights: { ...edits.weights, [panel]: { ...edits.weights[panel], [step]: row } } };
}

/** @param {Json} data @returns {Json} how the models search: greedily, or with a beam */
export const searchOf = ({ width }) => (width > 1 ? { method: "beam", width } : {});

/** @param {Json} data @param {Json} panel @param {Edits} edits @returns {Json} what to ask its model */
export function requestOf(data, panel, { masked, forced, weights }) {
  return { src: data.src, masked, forced, weights: weights[panel.model] ?? {}, ...searchOf(data) };
}

/**
 * Put a model's reply into its panel; without edits it is what later ones are compared with.
 * @param {Json} panel
 * @param {Json} reply
 * @param {boolean} fresh  whether nothing was changed
 * @returns {Json}
 */
export function panelWith(panel, reply, fresh) {
  if (!reply.weights) throw new Error(`${panel.model} has no attention weights to show`);
  const found = {
    tgt: reply.words, weights: reply.weights, top: reply.top,
    log_probs: reply.log_probs, log_prob: reply.log_prob, finished: reply.finished,
  };
  const before = fresh ? { tgt: reply.words, log_prob: reply.log_prob } : panel.before;
  const gold = panel.links.filter((/** @type {number[]} */ [source, target]) =>
    source < reply.weights[0].length && before.tgt[target] === reply.words[target]);
  return { ...panel, ...found, gold, before };
}

/** @param {Json} panel @returns {number[]} rows whose word is another than before */
export function changedRows({ tgt, before }) {
  return tgt.flatMap((/** @type {string} */ word, /** @type {number} */ row) =>
    (word === before.tgt[row] ? [] : [row]));
}

/** @param {string[]} words @returns {string} without eos */
const written = (words) => words.filter((word) => word !== "<eos>").join(" ") || "(nothing)";

/** @param {Json} panel @returns {string} log p with a minus sign */
const logP = ({ log_prob }) => `log p ${log_prob.toFixed(2).replace("-", "\u2212")}`;

/**
 * Say what a panel's model writes, and what it wrote before the changes.
 * @param {Json} panel
 * @param {boolean} several  whether there are others beside it
 * @returns {string}
 */
export function outcomeOf(panel, several) {
  const name = several ? `${panel.name}: ` : "";
  const now = `${name}${written(panel.tgt)} (${logP(panel)})`;
  const end = panel.finished ? "" : ", cut off";
  if (!changedRows(panel).length && panel.tgt.length === panel.before.tgt.length) {
    const same = Math.abs(panel.log_prob - panel.before.log_prob) < 5e-3;
    return same ? `${now}${end}.` : `${now}${end}; the same words, before ${logP(panel.before)}.`;
  }
  return `${now}${end}; before: ${written(panel.before.tgt)} (${logP(panel.before)}).`;
}
