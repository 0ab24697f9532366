// What a beam tree says in words: the outcome of the search, and its hypotheses as a table.
import { keyOf, number, ordinal, inQuotes, sentence, whyOutside } from "./beam_scene.js";

/**
 * @typedef {import("./beam_scene.js").Scene} Scene
 * @typedef {import("./beam_scene.js").Item} Item
 * @typedef {import("./beam_scene.js").Mark} Mark
 *
 * @typedef {object} Row  one hypothesis of the table
 * @property {Item} item
 * @property {string} text
 * @property {number} byScore  its place with normalization; NaN for one that has not finished
 * @property {number} byLogProb  its place without
 */

export const STOPS = {
  proof: "when nothing open can still win",
  first: "at the first finished one",
  filled: "when k have finished",
  end: "never before all have ended",
};

/** @param {Item} item @param {number} eos @returns {boolean} */
const isFinished = ({ seen }, eos) => seen.fate === "finished" || seen.token === eos;

/**
 * List what has finished and what is open in the last round in view, best score first; and the
 * ends of the greedy and the exact path, wherever they are.
 * @param {Scene} scene
 * @returns {Row[]}
 */
export function tableOf(scene) {
  const { settings, rounds, data } = scene;
  const chosen = scene.items.filter(({ seen, ends }) => seen.length && (ends.length ||
    seen.fate === "finished" || (seen.fate === "kept" && seen.length === rounds)));
  const done = (/** @type {Item} */ item) => Number(isFinished(item, settings.eos));
  chosen.sort((a, b) => done(b) - done(a) || b.seen.score - a.seen.score);
  const finished = chosen.filter(done);
  const byLogProb = [...finished].sort((a, b) => b.seen.logProb - a.seen.logProb);
  const placeIn = (/** @type {Item[]} */ list, /** @type {Item} */ item) =>
    (done(item) ? list.indexOf(item) + 1 : NaN);
  return chosen.map((item) => ({
    item,
    text: sentence(data, item.key.split(" ").map(Number), settings.eos),
    byScore: placeIn(finished, item),
    byLogProb: placeIn(byLogProb, item),
  }));
}

/** @param {Item} item @param {number} eos @returns {string} what became of a row's hypothesis */
export function statusOf(item, eos) {
  const { fate, rank, of } = item.seen;
  if (fate === "kept") return "open";
  if (fate === "outside") return isFinished(item, eos) ? "never reached" : "never reached, open";
  return fate === "pruned" ? `pruned, ${ordinal(rank)} of ${of}` : fate;
}

/** @param {Scene} scene @returns {number} how often this search asked the model for a next word */
export function callsOf({ result }) {
  return new Set(result.nodes.filter((node) => node.length).map((node) => node.parent)).size;
}

/** @param {Scene} scene @returns {string[]} the outcome, in sentences */
export function summaryOf(scene) {
  const { result, rounds, settings } = scene;
  if (rounds < result.rounds) {
    const here = result.nodes.filter((node) => node.length === rounds);
    const count = (/** @type {string} */ fate) => here.filter((node) => node.fate === fate).length;
    return rounds
      ? [`Round ${rounds} of ${result.rounds}: ${here.length} continuations, ${count("kept")} kept, ${
        count("finished")} finished, ${count("pruned")} pruned.`]
      : [`Before round 1 of ${result.rounds}: nothing is written yet.`];
  }
  if (result.stopped === "missing") {
    const keys = result.missing.map((at) => inQuotes(scene, itemAt(scene, at)));
    return [`With k = ${settings.width} the search needs what follows ${keys.join(" and ")
    }, which is not in this record. Choose another k.`];
  }
  return [bestText(scene), ...["greedy", "exact"].flatMap((mark) =>
    otherText(scene, /** @type {Mark} */ (mark))), costText(scene)];
}

/** @param {Scene} scene @param {number} at @returns {Item} */
function itemAt(scene, at) {
  const known = scene.result.nodes[at].known;
  return /** @type {Item} */ ([...scene.byKey.values()].find((item) => item.seen.known === known));
}

/** @param {Scene} scene @param {Mark} mark @returns {Item | undefined} */
const endOf = ({ byKey, paths }, mark) => byKey.get(keyOf(paths[mark] ?? [-1]));

/** @param {Scene} scene @param {Item} item @returns {string} log p, and the score where they differ */
function values({ settings }, { seen }) {
  const score = settings.alpha || seen.score !== seen.logProb ? `, score ${number(seen.score)}` : "";
  return Number.isNaN(seen.logProb) ? "" : ` (log p ${number(seen.logProb)}${score})`;
}

/** @param {Scene} scene @param {Item} item @returns {string} */
function named(scene, item) {
  const text = sentence(scene.data, item.key.split(" ").map(Number), scene.settings.eos);
  return `\u201c${text}\u201d${values(scene, item)}`;
}

/** @param {Scene} scene @returns {string} */
function bestText(scene) {
  const best = /** @type {Item} */ (endOf(scene, "best"));
  const finished = scene.result.ended.filter((at) => scene.result.nodes[at].fate === "finished").length;
  if (!finished) return `Nothing finished; the best cut off is ${named(scene, best)}.`;
  return `Best of ${finished} finished: ${named(scene, best)}.`;
}

/** @param {Scene} scene @param {Mark} mark @returns {string[]} how greedy and exact search compare */
function otherText(scene, mark) {
  const end = endOf(scene, mark);
  if (!end) return [];
  const title = mark === "greedy" ? "Greedy search" : exactName(scene);
  if (end.ends.includes("best")) return [mark === "greedy" ? "Greedy search finds it too." : `${title} finds the best as well.`];
  const why = end.seen.fate === "outside" ? ` ${whyOutside(scene, end)}`
    : end.seen.fate === "pruned" ? ` It was pruned in round ${end.seen.length}.` : "";
  return [`${title} finds ${named(scene, end)}.${why}`];
}

/** @param {Scene} scene @returns {string} */
function exactName({ data, settings }) {
  const alphas = data.exact.map((exact) => exact.alpha);
  const proved = data.whole || alphas.some((alpha) => Math.abs(alpha - settings.alpha) < 1e-9);
  return proved ? "Exact search" : `Exact search (for \u03b1 = ${alphas.map((a) => number(a, 1)).join(", ")})`;
}

/** @param {Scene} scene @returns {string} */
function costText(scene) {
  const calls = callsOf(scene);
  const greedy = scene.paths.greedy?.length;
  const times = (/** @type {number} */ n) => (n === 1 ? "once" : `${n} times`);
  const beside = greedy && scene.settings.width > 1 ? `; greedy search asks ${times(greedy)}` : "";
  return `It asked the model ${times(calls)}${beside}.`;
}
