// What a beam tree shows, and says: which prefixes are in view, where they stand, in which words.
import {
  divisor, exactTokens, greedyTokens, pathTo, replay, scoreOf, walk,
} from "./beam_replay.js";

/**
 * @typedef {import("./beam_replay.js").Known} Known
 * @typedef {import("./beam_replay.js").Settings} Settings
 * @typedef {import("./beam_replay.js").Replay} Replay
 * @typedef {import("./beam_replay.js").Seen} Seen
 * @typedef {"best" | "greedy" | "exact"} Mark
 * @typedef {{tokens: number[], log_prob: number, alpha: number}} Exact
 * @typedef {{words: Record<string, string>, exact: Exact[], whole: boolean}} Data
 *
 * @typedef {object} Item  one prefix in the picture
 * @property {string} key  its tokens, joined; "" for the root
 * @property {string} word
 * @property {string} up  its parent's key
 * @property {Seen} seen
 * @property {number} p  probability of the word after its prefix; NaN where it isn't known
 * @property {Mark[]} marks  the paths it lies on
 * @property {Mark[]} ends  the paths that end here
 * @property {number} row
 * @property {Item[]} below  continuations in view
 * @property {number} folded  pruned continuations out of view
 * @property {number} foldable  pruned continuations that can go out of view
 *
 * @typedef {object} Scene
 * @property {Item[]} items  in the order of the tree
 * @property {Map<string, Item>} byKey
 * @property {Replay} result
 * @property {Settings} settings
 * @property {Record<Mark, number[] | null>} paths
 * @property {number} rows
 * @property {number} rounds  in view
 * @property {Known} known
 * @property {Data} data
 */

/** @param {number[]} tokens @returns {string} */
export const keyOf = (tokens) => tokens.join(" ");

/** @param {number} value @param {number} [digits] @returns {string} with a minus sign, not a hyphen */
export function number(value, digits = 2) {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}

/** @param {number} p @returns {string} .72, and 1.0 for what rounds to one */
export function short(p) {
  return p >= 0.995 ? "1.0" : p.toFixed(2).slice(1);
}

/** @param {number} place @returns {string} 1st, 2nd, 3rd, 11th */
export function ordinal(place) {
  const teen = place % 100 >= 11 && place % 100 <= 13;
  return `${place}${teen ? "th" : ["th", "st", "nd", "rd"][place % 10] ?? "th"}`;
}

/** @param {Data} data @param {number[]} tokens @param {number} eos @returns {string} */
export function sentence(data, tokens, eos) {
  const words = tokens.filter((token) => token !== eos).map((token) => data.words[token]);
  return words.length ? words.join(" ") : "(nothing)";
}

/**
 * The best finished sequence of all: found here when the tree is whole, else as Python says.
 * @param {Known} known
 * @param {Data} data
 * @param {Settings} settings
 * @returns {number[] | null}
 */
export function exactPath(known, data, settings) {
  if (data.whole) return exactTokens(known, settings);
  const score = (/** @type {Exact} */ e) => scoreOf(settings, e.log_prob, e.tokens.length);
  const best = [...data.exact].sort((a, b) => score(b) - score(a))[0];
  return best ? best.tokens : null;
}

/**
 * @param {Known} known
 * @param {Data} data
 * @param {Settings} settings
 * @param {{round: number | null, all: boolean, open: Set<string>}} view
 * @returns {Scene}
 */
export function sceneOf(known, data, settings, { round, all, open }) {
  const result = replay(known, settings);
  const rounds = Math.min(round ?? result.rounds, result.rounds);
  const whole = rounds === result.rounds;
  const tokensOf = (/** @type {number} */ at) => pathTo(known, at).map((i) => known.token[i]);
  const ended = whole && result.stopped !== "missing" && result.ended.length;
  const best = ended ? tokensOf(result.nodes[result.ended[0]].known) : null;
  const paths = { best, greedy: greedyTokens(known, settings), exact: exactPath(known, data, settings) };
  /** @type {Map<string, Item>} */
  const byKey = new Map();
  for (const seen of result.nodes) {
    if (seen.length <= rounds) addItem(byKey, tokensOf(seen.known), seen, known, data);
  }
  for (const mark of /** @type {Mark[]} */ (["best", "greedy", "exact"])) {
    const shown = whole ? paths[mark] : paths[mark]?.slice(0, rounds);
    if (shown) markPath(byKey, shown, mark, { known, data, settings, whole });
  }
  fold(byKey, all, open);
  const root = /** @type {Item} */ (byKey.get(""));
  place(root, 0, []);
  const items = listed(root);
  const rows = 1 + Math.max(...items.map((item) => item.row));
  return { items, byKey, result, settings, paths, rows, rounds, known, data };
}

/**
 * @param {Map<string, Item>} byKey
 * @param {number[]} tokens
 * @param {Seen} seen
 * @param {Known} known
 * @param {Data} data
 * @returns {Item}
 */
function addItem(byKey, tokens, seen, known, data) {
  const up = keyOf(tokens.slice(0, -1));
  const above = byKey.get(up);
  const word = tokens.length ? data.words[tokens[tokens.length - 1]] : "";
  const p = above ? Math.exp(seen.logProb - above.seen.logProb) : 1;
  /** @type {Item} */
  const item = {
    key: keyOf(tokens), word, up, seen, p, marks: [], ends: [], row: 0, below: [], folded: 0, foldable: 0,
  };
  if (above) above.below.push(item);
  byKey.set(item.key, item);
  return item;
}

/**
 * Mark a path; where the search never looked, its prefixes join the picture as "outside".
 * @param {Map<string, Item>} byKey
 * @param {number[]} tokens
 * @param {Mark} mark
 * @param {{known: Known, data: Data, settings: Settings, whole: boolean}} of
 */
function markPath(byKey, tokens, mark, { known, data, settings, whole }) {
  const path = walk(known, tokens);
  tokens.forEach((token, i) => {
    const prefix = tokens.slice(0, i + 1);
    const at = path[i] ?? -1;
    const logProb = at < 0 ? NaN : known.log_prob[at];
    /** @type {Seen} */
    const unseen = {
      known: at, parent: -1, token, length: i + 1, logProb,
      score: scoreOf(settings, logProb, i + 1, known.cover?.[at]), fate: "outside", rank: 0, of: 0,
    };
    const item = byKey.get(keyOf(prefix)) ?? addItem(byKey, prefix, unseen, known, data);
    item.marks.push(mark);
    if (whole && i === tokens.length - 1) item.ends.push(mark);
  });
}

/**
 * Order continuations; take pruned ones out of view, but for marked ones and where asked for.
 * @param {Map<string, Item>} byKey
 * @param {boolean} all
 * @param {Set<string>} open
 */
function fold(byKey, all, open) {
  const loose = (/** @type {Item} */ item) => item.seen.fate === "pruned" && !item.marks.length;
  const by = (/** @type {Item} */ i) => (Number.isNaN(i.seen.logProb) ? -Infinity : i.seen.logProb);
  for (const item of byKey.values()) {
    item.below.sort((a, b) => by(b) - by(a));
    item.foldable = item.below.filter(loose).length;
    if (!all && !open.has(item.key)) {
      item.below = item.below.filter((child) => !loose(child));
      item.folded = item.foldable;
    }
  }
}

/**
 * Put a prefix and its chain of best continuations into one row, the first that is free in all
 * their columns; then what else follows them, from the end, so that no two lines cross.
 * @param {Item} item
 * @param {number} from  the first row it may have
 * @param {number[]} free  first free row of each column
 */
function place(item, from, free) {
  const chain = [item];
  for (let next = item; (next = next.below[0]);) chain.push(next);
  const row = Math.max(from, ...chain.map(({ seen }) => free[seen.length] ?? 0));
  for (const link of chain) {
    link.row = row;
    free[link.seen.length] = row + 1;
  }
  for (const link of chain.reverse()) {
    for (const other of link.below.slice(1)) place(other, row, free);
  }
}

/** @param {Item} item @returns {Item[]} it and all below it, in the order of the tree */
function listed(item) {
  return [item, ...item.below.flatMap(listed)];
}

/** @param {Scene} scene @param {Item} item @returns {number[]} */
const tokensAt = (scene, item) => (item.key ? item.key.split(" ").map(Number) : []);

/** @param {Scene} scene @param {Item} item @returns {string} the prefix in quotation marks */
export function inQuotes(scene, item) {
  const text = tokensAt(scene, item).map((token) => scene.data.words[token]).join(" ");
  return item.key ? `\u201c${text}\u201d` : "the beginning";
}

/** @param {Item} item @returns {string} */
function fateText({ seen }) {
  if (!seen.length) return "where every sentence begins";
  if (seen.fate === "outside") return "not looked at by this search";
  const place = `${ordinal(seen.rank)} of ${seen.of}`;
  return `${seen.fate}, ${place}`;
}

/** @param {Item} item @returns {string} what a screen reader says of a prefix */
export function labelOf(item) {
  const { seen, marks, folded, foldable } = item;
  if (!seen.length) return "beginning of the sentence";
  const parts = [item.word, fateText(item), `round ${seen.length}`];
  if (!Number.isNaN(seen.logProb)) parts.push(`log probability ${number(seen.logProb)}`);
  if (marks.length) parts.push(`on the ${marks.join(" and the ")} path`);
  if (foldable) parts.push(`${foldable} pruned ${folded ? "hidden" : "shown"}`);
  return parts.join(", ");
}

/**
 * Spell a prefix out: its log probability as a sum, its score, and what became of it.
 * @param {Scene} scene
 * @param {Item} item
 * @returns {string[]} sentences
 */
export function spelledOut(scene, item) {
  const { settings, result } = scene;
  const { seen } = item;
  if (!seen.length) return ["Every sentence begins here, with log p = 0. Choose a word to see its sum."];
  const sentences = [`${inQuotes(scene, item)}: ${sumOf(scene, item)}`];
  if (!Number.isNaN(seen.score)) sentences.push(scoreText(settings, seen));
  if (seen.fate === "outside") {
    sentences.push(whyOutside(scene, item));
  } else if (seen.fate === "pruned") {
    const worst = result.nodes.filter((n) => n.length === seen.length && n.rank === settings.width)[0];
    sentences.push(`Pruned: ${ordinal(seen.rank)} of ${seen.of} in round ${seen.length}, and k = ${
      settings.width} are kept, the last with ${number(worst.logProb)}.`);
  } else {
    const end = seen.fate === "finished" ? "Finished: it ends the sentence" : "Kept";
    sentences.push(`${end}, ${ordinal(seen.rank)} of ${seen.of} in round ${seen.length}.`);
  }
  return sentences;
}

/** @param {Scene} scene @param {Item} item @returns {string} log p = -0.33 - 0.39 = -0.71 */
function sumOf(scene, item) {
  if (Number.isNaN(item.seen.logProb)) return "its log p is not in the record.";
  const path = pathTo(scene.known, item.seen.known);
  const terms = path.map((at) => scene.known.log_prob[at] - scene.known.log_prob[scene.known.parent[at]]);
  const total = number(item.seen.logProb);
  if (terms.length === 1) return `log p = ${total}.`;
  const sum = terms.map((t, i) => (i ? ` \u2212 ${number(Math.abs(t))}` : number(t))).join("");
  return `log p = ${sum} = ${total}.`;
}

/** @param {Settings} settings @param {Seen} seen @returns {string} Score: -0.71 / 2^0.60 = -0.47. */
function scoreText(settings, seen) {
  if (!settings.alpha) return `Score without normalization: ${number(seen.score)}.`;
  const below = `${divisorText(settings, String(seen.length))} = ${number(divisor(settings, seen.length))}`;
  const plain = seen.logProb / divisor(settings, seen.length);
  const cover = Math.abs(seen.score - plain) > 5e-7 ? ` ${number(seen.score - plain)} for coverage` : "";
  return `Score: ${number(seen.logProb)} divided by ${below}${cover} is ${number(seen.score)}.`;
}

/** @param {Settings} settings @param {string} length @returns {string} */
export function divisorText({ formula, alpha }, length) {
  return formula === "gnmt" ? `((5 + ${length}) / 6)^${number(alpha)}` : `${length}^${number(alpha)}`;
}

/** @param {Scene} scene @param {Item} item @returns {string} where its path left the search */
export function whyOutside(scene, item) {
  for (let at = item; at; at = /** @type {Item} */ (scene.byKey.get(at.up))) {
    const { seen } = at;
    if (seen.fate === "pruned") {
      return `Never reached: ${inQuotes(scene, at)} was pruned in round ${seen.length}, as ${
        ordinal(seen.rank)} of ${seen.of}.`;
    }
    if (seen.fate !== "outside") return "Never reached: the search had stopped by then.";
  }
  return "Never reached.";
}
