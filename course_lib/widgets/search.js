// Greedy and beam search over a step function: what course_lib/search does, and its record.

/**
 * @typedef {(token: number, state: any) => {logProbs: Float64Array, state: any}} Step
 * @typedef {{step: Step, state: any, bos: number, eos: number, maxLength: number}} Tree
 * @typedef {{tokens: number[], logProb: number, state: any, finished: boolean}} Branch
 * @typedef {{candidates: Branch[], kept: number}} Round  candidates most probable first
 * @typedef {{tokens: number[], logProb: number, score: number, finished: boolean}} Hypothesis
 */

/**
 * Return a prefix's most probable continuations; of two equal ones the lower id is first.
 * @param {Tree} tree
 * @param {Branch} branch
 * @param {number} width
 * @returns {Branch[]}
 */
function children(tree, branch, width) {
  const { logProbs, state } = tree.step(branch.tokens.at(-1) ?? tree.bos, branch.state);
  const possible = [...logProbs.keys()].filter((token) => logProbs[token] > -Infinity);
  possible.sort((a, b) => logProbs[b] - logProbs[a]);
  return possible.slice(0, width).map((token) => ({
    tokens: [...branch.tokens, token],
    logProb: branch.logProb + logProbs[token],
    state,
    finished: token === tree.eos,
  }));
}

/** @param {Tree} tree @param {Branch} branch */
const isOpen = (tree, branch) => !branch.finished && branch.tokens.length < tree.maxLength;

/** @param {Tree} tree @returns {Branch} the empty prefix */
const rootOf = (tree) => ({ tokens: [], logProb: 0, state: tree.state, finished: false });

/** @param {Tree} tree @returns {Hypothesis} always the best continuation, and no way back */
export function greedySearch(tree) {
  let branch = rootOf(tree);
  while (isOpen(tree, branch)) [branch] = children(tree, branch, 1);
  return { tokens: branch.tokens, logProb: branch.logProb, score: branch.logProb, finished: branch.finished };
}

/**
 * Keep the `width` most probable prefixes of each length; return the best by logProb / length^alpha.
 * @param {Tree} tree
 * @param {number} width
 * @param {number} alpha
 * @returns {{best: Hypothesis, record: any}}
 */
export function beamSearch(tree, width, alpha) {
  const score = (/** @type {Branch} */ { logProb, tokens }) => logProb / tokens.length ** alpha;
  /** @type {Round[]} */
  const rounds = [];
  let [live, top] = [[rootOf(tree)], -Infinity];
  while (live.length && isOpen(tree, live[0])) {
    const candidates = live.flatMap((branch) => children(tree, branch, width));
    candidates.sort((a, b) => b.logProb - a.logProb);
    const kept = candidates.slice(0, width);
    rounds.push({ candidates, kept: kept.length });
    top = Math.max(top, ...kept.filter((branch) => branch.finished).map(score));
    live = kept.filter((branch) => !branch.finished);
    // Nothing open can pass this: each further word multiplies its probability by at most 1.
    if (live.length && top >= live[0].logProb / tree.maxLength ** alpha) break;
  }
  const ended = rounds.flatMap((round) => round.candidates.slice(0, round.kept).filter((b) => b.finished));
  const ranked = [...ended, ...live].map((b) => ({ ...b, score: score(b) }));
  ranked.sort((a, b) => Number(b.finished) - Number(a.finished) || b.score - a.score);
  const { tokens, logProb, finished } = ranked[0];
  const best = { tokens, logProb, finished, score: ranked[0].score };
  return { best, record: recordOf(tree, { width, alpha, rounds, live, tokens, score }) };
}

/** @param {number} number @returns {string} as Python writes a float */
const asFloat = (number) => (Number.isInteger(number) ? number.toFixed(1) : String(number));

/**
 * Write the rounds as one list of nodes, parents before children: course_lib.search.BeamRecord.
 * @param {Tree} tree
 * @param {{width: number, alpha: number, rounds: Round[], live: Branch[], tokens: number[],
 *   score: (branch: Branch) => number}} search
 */
function recordOf(tree, { width, alpha, rounds, live, tokens, score }) {
  /** @type {any[]} */
  const nodes = [{ parent: null, token: tree.bos, length: 0, log_prob: 0, score: 0, fate: "kept" }];
  const positions = new Map([["", 0]]);
  for (const { candidates, kept } of rounds) {
    candidates.forEach((branch, rank) => {
      const parent = positions.get(branch.tokens.slice(0, -1).join());
      positions.set(branch.tokens.join(), nodes.length);
      nodes.push({
        parent,
        token: branch.tokens.at(-1),
        length: branch.tokens.length,
        log_prob: branch.logProb,
        score: score(branch),
        fate: rank >= kept ? "pruned" : branch.finished ? "finished" : "kept",
      });
    });
  }
  return {
    version: 1,
    width,
    penalty: `Power(alpha=${asFloat(alpha)})`,
    coverage: "None",
    stopped: live.length === 0 ? "all finished" : isOpen(tree, live[0]) ? "bound" : "max_length",
    hypotheses: [positions.get(tokens.join())],
    nodes,
  };
}
