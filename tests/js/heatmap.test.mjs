import assert from "node:assert/strict";
import { test } from "node:test";

import {
  announcement, coverageOf, lacking, layout, others, panelsOf, short, weightedSum,
} from "../../course_lib/widgets/heatmap_words.js";

/** @param {number[][]} weights @param {string[]} src @param {string[]} tgt @param {number[][]} gold */
const data = (weights, src, tgt, gold = []) => ({ weights, src, tgt, gold, title: "", font: {} });

test("weights are written with two digits", () => {
  assert.equal(short(0.534), ".53");
  assert.equal(short(0), ".00");
  assert.equal(short(0.994), ".99");
  assert.equal(short(0.995), "1.0");
  assert.equal(short(1), "1.0");
});

test("a short row's sum has every word in the order of the source", () => {
  const { terms, rest } = weightedSum(data([[0.2, 0.7, 0.1]], ["I", "like", "cats"], ["我"]), 0);
  assert.deepEqual(terms.map((t) => t.token), ["I", "like", "cats"]);
  assert.equal(rest.count, 0);
});

test("a long row's sum has the eight largest, and the rest adds up to 1", () => {
  const raw = Array.from({ length: 50 }, (_, i) => i + 1);
  const total = raw.reduce((a, b) => a + b);
  const row = raw.map((w) => w / total);
  const { terms, rest } = weightedSum(data([row], row.map((_, i) => `w${i}`), ["x"]), 0);
  assert.deepEqual(terms.map((t) => t.column), [42, 43, 44, 45, 46, 47, 48, 49]);
  assert.equal(rest.count, 42);
  assert.ok(Math.abs(terms.reduce((s, t) => s + t.weight, 0) + rest.weight - 1) < 1e-12);
});

test("a word that would be written .00 belongs to the rest", () => {
  const { terms, rest } = weightedSum(data([[0.997, 0.003]], ["I", "am"], ["我"]), 0);
  assert.deepEqual([terms.length, rest.count], [1, 1]);
  assert.equal(others(rest), "0.00 for 1 other word");
  assert.equal(others({ count: 3, weight: 0.1 }), "0.10 for 3 other words");
});

test("a move is announced with its gold link, and the row when it is new", () => {
  const map = data([[0.9, 0.1], [0.3, 0.7]], ["I", "like"], ["我", "喜欢"], [[1, 1]]);
  assert.equal(announcement(map, [1, 1], false), "喜欢 reads like with weight 0.70, a gold link.");
  assert.equal(
    announcement(map, [1, 0], true),
    "喜欢 reads I with weight 0.30. The whole row: 0.30 I, 0.70 like.",
  );
});

test("the grid is roomy up to 16 tokens and fits 50 into 1,000 pixels", () => {
  const of = (count, token) => layout(data([], Array(count).fill(token), ["x"]));
  assert.equal(of(3, "猫").turn, "flat");
  assert.equal(of(3, "football").turn, "slanted");
  assert.equal(of(16, "football").dense, false);
  assert.deepEqual([of(17, "football").turn, of(17, "football").dense], ["upright", true]);
  assert.ok(50 * (of(50, "football").size + 2) <= 1000);
  assert.equal(of(3, "x".repeat(500)).head, of(3, "x".repeat(50)).head);
});

test("coverage is how much each source word is read in all", () => {
  assert.deepEqual(coverageOf([[0.5, 0.5], [0.25, 0.75]]), [0.75, 1.25]);
});

test("a row that sums to less than 1 says so", () => {
  assert.equal(lacking(1), "");
  assert.equal(lacking(0.999), "");
  assert.equal(lacking(0.6), "The weights sum to 0.60.");
  const part = data([[0.4, 0.2]], ["I", "like"], ["我"]);
  assert.equal(weightedSum(part, 0).total.toFixed(2), "0.60");
  assert.match(announcement(part, [0, 0], true), /0.20 like\. The weights sum to 0.60\.$/);
});

test("several panels share one size, and are named when announced", () => {
  const one = data([[0.9, 0.1]], ["I", "like"], ["我"]);
  assert.deepEqual(panelsOf(one), [one]);
  const two = { ...one, panels: [{ ...one, name: "dot" }, { ...one, name: "additive" }] };
  assert.equal(layout(two).dense, false);
  const wide = { ...one, src: Array(12).fill("x"), panels: [one, one, one] };
  assert.equal(layout(wide).dense, true);
  assert.match(announcement({ ...one, name: "dot" }, [0, 0], false), /^dot: 我 reads I/);
});
