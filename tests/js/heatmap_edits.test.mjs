import assert from "node:assert/strict";
import { test } from "node:test";

import {
  changedRows, countOf, noEdits, outcomeOf, panelWith, requestOf, reweighted, withForced, withMask,
  withWeights,
} from "../../course_lib/widgets/heatmap_edits.js";

const near = (a, b) => a.forEach((x, i) => assert.ok(Math.abs(x - b[i]) < 1e-12, `${a} is not ${b}`));
const REPLY = {
  words: ["我", "猫", "<eos>"], weights: [[1, 0], [0.2, 0.8], [0, 1]], top: [[["我", 0.9]], [], []],
  log_probs: [-0.1, -0.2, 0], log_prob: -0.3, finished: true,
};
const PANEL = { name: "", model: "m", links: [[0, 0], [1, 1]] };

test("a weight that grows takes from the others in their proportions", () => {
  near(reweighted([0.5, 0.3, 0.2], 0, 0.9, []), [0.9, 0.06, 0.04]);
  near(reweighted([0.5, 0.3, 0.2], 1, 0, []), [5 / 7, 0, 2 / 7]);
});

test("what a whole weight gives up is shared equally, and never with a masked word", () => {
  near(reweighted([1, 0, 0, 0], 0, 0.4, [3]), [0.4, 0.3, 0.3, 0]);
  near(reweighted([0.5, 0.5], 0, 0.2, [1]), [1, 0]);
  near(reweighted([1], 0, 0.2, []), [1]);
});

test("masking a word takes its share of rows that were set", () => {
  const set = withWeights(noEdits(), "m", 2, [0.5, 0.3, 0.2]);
  const masked = withMask(set, 0, true);
  assert.deepEqual(masked.masked, [0]);
  near(masked.weights.m[2], [0, 0.6, 0.4]);
  near(withMask(withWeights(noEdits(), "m", 0, [1, 0, 0]), 0, true).weights.m[0], [0, 0.5, 0.5]);
  assert.deepEqual(withMask(masked, 0, false).masked, []);
  assert.deepEqual(withMask(withMask(noEdits(), 2, true), 1, true).masked, [1, 2]);
  assert.deepEqual(set.masked, [], "the old edits stay as they were");
});

test("a forced word can be given back", () => {
  const forced = withForced(withForced(noEdits(), 1, "猫"), 0, "他");
  assert.deepEqual(forced.forced, { 0: "他", 1: "猫" });
  assert.deepEqual(withForced(forced, 1, "").forced, { 0: "他" });
  assert.equal(countOf(withMask(withWeights(forced, "m", 0, [1]), 0, true)), 4);
  assert.equal(countOf(noEdits()), 0);
});

test("each panel's model gets its own weights, and the masks and words of all", () => {
  const edits = withWeights(withForced(withMask(noEdits(), 1, true), 0, "他"), "m", 1, [1, 0]);
  const asked = requestOf({ src: ["I", "like"] }, PANEL, edits);
  assert.deepEqual(asked, { src: ["I", "like"], masked: [1], forced: { 0: "他" }, weights: { 1: [1, 0] } });
  assert.deepEqual(requestOf({ src: ["I"] }, { model: "other" }, edits).weights, {});
  const beam = requestOf({ src: ["I"], width: 5 }, PANEL, noEdits());
  assert.deepEqual([beam.method, beam.width], ["beam", 5]);
});

test("a reply is compared with the one before any change, and keeps the links of its words", () => {
  const first = panelWith(PANEL, REPLY, true);
  assert.deepEqual(first.before, { tgt: REPLY.words, log_prob: -0.3 });
  assert.equal(outcomeOf(first, false), "我 猫 (log p \u22120.30).");
  const other = panelWith(first, { ...REPLY, words: ["我", "狗", "<eos>"], log_prob: -2 }, false);
  assert.deepEqual(changedRows(other), [1]);
  assert.deepEqual(other.gold, [[0, 0]]);
  assert.equal(outcomeOf(other, true),
    ": 我 狗 (log p \u22122.00); before: 我 猫 (log p \u22120.30).");
  const weaker = panelWith(first, { ...REPLY, log_prob: -0.9 }, false);
  assert.equal(outcomeOf(weaker, false),
    "我 猫 (log p \u22120.90); the same words, before log p \u22120.30.");
  const cut = panelWith(first, { ...REPLY, words: ["我"], finished: false, weights: [[1, 0]] }, false);
  assert.match(outcomeOf(cut, false), /cut off; before: 我 猫/);
});

test("a model without weights is refused", () => {
  assert.throws(() => panelWith(PANEL, { ...REPLY, weights: null }, true), /m has no attention weights/);
});
