// Beam search over what is known of a model's tree: pure functions, the same as course_lib/search.

/**
 * @typedef {object} Stored  what Python sends of the tree: one entry a prefix, parents first
 * @property {number[]} parent  position of the prefix without its last word; -1 for the root
 * @property {number[]} token  the last word's number
 * @property {number[]} log_prob  of the whole prefix, in nats
 * @property {number[]} listed  how many best continuations are known; 0: never asked; -1: all
 * @property {number[] | null} cover  what coverage adds to the score
 *
 * @typedef {Stored & {children: number[][]}} Known  children most probable first
 *
 * @typedef {object} Settings
 * @property {number} width  k
 * @property {number} alpha
 * @property {"power" | "gnmt"} formula
 * @property {"proof" | "first" | "filled" | "end"} stop
 * @property {number} longest  tokens, eos counted
 * @property {number} eos
 *
 * @typedef {object} Seen  one prefix that the search looked at
 * @property {number} known  its position in Known
 * @property {number} parent  its position among the prefixes seen; -1 for the root
 * @property {number} token
 * @property {number} length
 * @property {number} logProb
 * @property {number} score
 * @property {"kept" | "finished" | "pruned" | "outside"} fate
 * @property {number} rank  among the candidates of its round, from 1
 * @property {number} of  candidates in its round
 *
 * @typedef {"all finished" | "longest" | "rule" | "missing"} Stopped
 * @typedef {{nodes: Seen[], ended: number[], stopped: Stopped, rounds: number, missing: number[]}} Replay
 */

/** @param {Stored} stored @returns {Known} */
export function grown(stored) {
  /** @type {number[][]} */
  const children = stored.parent.map(() => []);
  stored.parent.forEach((parent, at) => parent >= 0 && children[parent].push(at));
  for (const list of children) list.sort((a, b) => stored.log_prob[b] - stored.log_prob[a]);
  return { ...stored, children };
}

/** @param {Pick<Settings, "alpha" | "formula">} settings @param {number} length @returns {number} */
export function divisor({ alpha, formula }, length) {
  return formula === "gnmt" ? ((5 + length) / 6) ** alpha : length ** alpha;
}

/**
 * @param {Settings} settings
 * @param {number} logProb
 * @param {number} length
 * @param {number} cover
 * @returns {number}
 */
export function scoreOf(settings, logProb, length, cover = 0) {
  return logProb / divisor(settings, length) + cover;
}

/**
 * The best continuations of a prefix, or null when fewer are known than the search would look at.
 * @param {Known} known
 * @param {number} at
 * @param {number} width
 * @returns {number[] | null}
 */
export function continuations(known, at, width) {
  if (known.listed[at] !== -1 && known.listed[at] < width) return null;
  return known.children[at].slice(0, width);
}

/**
 * Tell whether the search stops before everything has ended.
 * @param {Settings} settings
 * @param {number[]} scores  of what has finished
 * @param {number} open  log probability of the best open prefix
 * @returns {boolean}
 */
export function stopsEarly(settings, scores, open) {
  if (!scores.length || settings.stop === "end") return false;
  if (settings.stop === "first") return true;
  if (settings.stop === "filled") return scores.length >= settings.width;
  return Math.max(...scores) >= open / divisor(settings, settings.longest);
}

/** @param {Known} known @param {number} at @param {Settings} settings @returns {Seen} */
function seen(known, at, settings, parent = -1, length = 0) {
  const logProb = known.log_prob[at];
  const score = length ? scoreOf(settings, logProb, length, known.cover?.[at]) : 0;
  const token = known.token[at];
  return { known: at, parent, token, length, logProb, score, fate: "kept", rank: 1, of: 1 };
}

/**
 * Order a round's candidates and say which are kept; ties stay in their order.
 * @param {Seen[]} candidates
 * @param {Settings} settings
 */
function judge(candidates, { width, eos }) {
  candidates.sort((a, b) => b.logProb - a.logProb);
  candidates.forEach((node, place) => {
    node.rank = place + 1;
    node.of = candidates.length;
    node.fate = place >= width ? "pruned" : node.token === eos ? "finished" : "kept";
  });
}

/**
 * Search with these settings, as course_lib.search.beam does; stop where something isn't known.
 * @param {Known} known
 * @param {Settings} settings
 * @returns {Replay}
 */
export function replay(known, settings) {
  const nodes = [seen(known, 0, settings)];
  /** @type {Replay} */
  const result = { nodes, ended: [], stopped: "all finished", rounds: 0, missing: [] };
  let live = [0];
  /** @type {number[]} */
  const finished = [];
  while (live.length) {
    const next = live.map((at) => continuations(known, nodes[at].known, settings.width));
    result.missing = live.filter((_, i) => next[i] === null);
    const early = finished.length && stopsEarly(
      settings, finished.map((at) => nodes[at].score), nodes[live[0]].logProb);
    if (nodes[live[0]].length === settings.longest) result.stopped = "longest";
    else if (early) result.stopped = "rule";
    else if (result.missing.length) result.stopped = "missing";
    if (result.stopped !== "all finished") break;
    result.rounds += 1;
    const candidates = live.flatMap((parent, i) => (next[i] ?? []).map(
      (at) => seen(known, at, settings, parent, result.rounds)));
    judge(candidates, settings);
    const first = nodes.length;
    nodes.push(...candidates);
    const kept = candidates.flatMap((node, i) => (node.fate === "pruned" ? [] : [first + i]));
    finished.push(...kept.filter((at) => nodes[at].fate === "finished"));
    live = kept.filter((at) => nodes[at].fate === "kept");
  }
  if (result.stopped !== "missing") result.missing = [];
  result.ended = ranked(nodes, [...finished, ...live]);
  return result;
}

/** @param {Seen[]} nodes @param {number[]} ended @returns {number[]} finished first, then by score */
function ranked(nodes, ended) {
  const done = (/** @type {number} */ at) => Number(nodes[at].fate === "finished");
  return ended.sort((a, b) => done(b) - done(a) || nodes[b].score - nodes[a].score);
}

/** @param {{parent: number[]}} known @param {number} at @returns {number[]} positions below the root */
export function pathTo({ parent }, at) {
  return at <= 0 ? [] : [...pathTo({ parent }, parent[at]), at];
}

/** @param {Known} known @param {number[]} tokens @returns {number[]} as far as the tree knows them */
export function walk(known, tokens) {
  const path = [0];
  for (const token of tokens) {
    const next = known.children[path[path.length - 1]].find((at) => known.token[at] === token);
    if (next === undefined) break;
    path.push(next);
  }
  return path.slice(1);
}

/**
 * What greedy search writes: always the most probable word.
 * @param {Known} known
 * @param {Settings} settings
 * @returns {number[] | null}  tokens; null when the tree doesn't know them to their end
 */
export function greedyTokens(known, settings) {
  const { nodes, ended, stopped } = replay(known, { ...settings, width: 1, stop: "end" });
  if (stopped === "missing") return null;
  return pathTo(known, nodes[ended[0]].known).map((at) => known.token[at]);
}

/**
 * The finished sequence of the highest score in a tree that is known whole.
 * @param {Known} known
 * @param {Settings} settings
 * @returns {number[] | null}  tokens
 */
export function exactTokens(known, settings) {
  let [best, high] = [-1, -Infinity];
  known.token.forEach((token, at) => {
    if (!at || token !== settings.eos) return;
    const score = scoreOf(settings, known.log_prob[at], pathTo(known, at).length, known.cover?.[at]);
    if (score > high) [best, high] = [at, score];
  });
  return best < 0 ? null : pathTo(known, best).map((at) => known.token[at]);
}
