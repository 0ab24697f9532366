import assert from "node:assert/strict";
import { test } from "node:test";

import {
  bestOf, blocksOf, described, digits, edited, factsOf, greedyOf, masses, parsed, productText, sizes,
  verdict, walked,
} from "../../course_lib/widgets/table_model.js";

const EOS = "<eos>";
/** @param {[string[], Record<string, number>][]} rows */
const table = (rows, max_length = 4) => ({
  rows: rows.map(([prefix, row]) => ({ prefix, words: Object.keys(row), p: Object.values(row) })),
  max_length, eos: EOS, title: "", font: { characters: "", woff: "" },
});
const TEA = table([
  [[], { 每天: 0.45, 天天: 0.55 }],
  [["每天"], { 喝茶: 1 }],
  [["天天"], { 喝茶: 0.5, 都: 0.5 }],
  [["每天", "喝茶"], { [EOS]: 1 }],
  [["天天", "喝茶"], { [EOS]: 1 }],
  [["天天", "都"], { 喝茶: 1 }],
  [["天天", "都", "喝茶"], { [EOS]: 1 }],
]);
const P = TEA.rows.map((row) => row.p);
const all = (probabilities = P, cap = 4) => blocksOf(TEA, probabilities, cap);

test("blocks come from the top down, to scale, with the product of their path", () => {
  const blocks = all();
  assert.deepEqual(blocks.map((b) => b.path.join(" ")), [
    "每天", "每天 喝茶", "每天 喝茶 <eos>", "天天", "天天 喝茶", "天天 喝茶 <eos>", "天天 都", "天天 都 喝茶",
    "天天 都 喝茶 <eos>",
  ]);
  const last = blocks.at(-1);
  assert.ok(Math.abs(last.product - 0.275) < 1e-12 && Math.abs(last.top - 0.725) < 1e-12);
  assert.deepEqual([blocks[3].top, blocks[3].product], [0.45, 0.55]);
});

test("greedy takes the wider first block and misses the best sentence", () => {
  assert.deepEqual(greedyOf(all()), { path: ["天天", "喝茶", EOS], p: 0.275, finished: true });
  assert.deepEqual(bestOf(all()), { path: ["每天", "喝茶", EOS], p: 0.45, finished: true });
  assert.equal(verdict(factsOf(all()), 4), "Greedy search misses the best sentence.");
  const moved = all([[0.6, 0.4], ...P.slice(1)]);
  assert.equal(verdict(factsOf(moved), 4), "Greedy search finds the best sentence.");
});

test("at a shorter cap sentences are still open, and no mass is lost", () => {
  const at = (/** @type {number} */ cap) => masses(all(P, cap));
  assert.deepEqual([at(4).finished, at(4).open], [1, 0]);
  assert.ok(Math.abs(at(3).open - 0.275) < 1e-12 && Math.abs(at(3).finished - 0.725) < 1e-12);
  assert.equal(at(1).open, 1);
  assert.equal(verdict(factsOf(all(P, 2)), 2), "No sentence ends within 2 words.");
  assert.equal(all(P, 2).at(-1).kind, "open");
});

test("what follows a folded block is not listed, and its own place stays", () => {
  const folded = blocksOf(TEA, P, 4, [["天天"]]);
  assert.deepEqual(folded.map((b) => b.path.length), [1, 2, 3, 1]);
  assert.deepEqual([folded[3].folded, folded[3].top], [true, 0.45]);
  assert.deepEqual(folded[3].child, ["天天", "喝茶"]);
});

test("an edit keeps the row's sum, and the others' proportions", () => {
  const { row } = edited([0.2, 0.3, 0.5], 2, 0.75, "x");
  [0.1, 0.15, 0.75].forEach((p, i) => assert.ok(Math.abs(row[i] - p) < 1e-12));
  assert.deepEqual(edited([0, 1, 0], 1, 0.5, "x"), { row: [0.25, 0.5, 0.25] });
});

test("an edit that no row can have is refused with a reason", () => {
  for (const p of [NaN, -0.1, 1.1, Infinity]) {
    assert.match(edited([0.5, 0.5], 0, p, "x").reason, /a number from 0 to 1/);
  }
  assert.match(edited([1], 0, 0.5, "喝茶").reason, /喝茶 is the only word of its row/);
  assert.deepEqual(edited([1], 0, 1, "喝茶"), { row: [1] });
});

test("what a learner types is read as a number, or as none", () => {
  const cases = { ".5": 0.5, "0,25": 0.25, " 1/3 ": 1 / 3, "30 %": 0.3, 1: 1, "7/10": 0.7 };
  for (const [text, value] of Object.entries(cases)) assert.equal(parsed(text), value, text);
  for (const text of ["", "half", "1/", "-.5", "1e-3", "<b>"]) assert.ok(Number.isNaN(parsed(text)));
});

test("numbers are short and never round to what they are not", () => {
  assert.deepEqual([0, 1, 0.275, 0.5, 1 / 3].map(digits), ["0", "1", ".275", ".5", ".3333"]);
  assert.deepEqual([0.00001, 0.99999].map(digits), ["1.0e-5", "1.0000"]);
  assert.equal(productText([0.55, 0.5, 1]), ".55 × .5 × 1 = .275");
  assert.equal(productText([0.55]), ".55");
});

test("keys walk the tree as trees are walked elsewhere", () => {
  const blocks = blocksOf(TEA, P, 4, [["每天"]]);
  const press = (/** @type {string[]} */ path, /** @type {string} */ key) =>
    walked(blocks, path, { key });
  assert.deepEqual(press(["每天"], "ArrowDown"), { go: ["天天"] });
  assert.deepEqual(press(["每天"], "ArrowUp"), { go: ["每天"] });
  assert.deepEqual(press(["每天"], "ArrowRight"), { unfold: ["每天"] });
  assert.deepEqual(press(["天天"], "ArrowRight"), { go: ["天天", "喝茶"] });
  assert.deepEqual(press(["天天"], "ArrowLeft"), { fold: ["天天"] });
  assert.deepEqual(press(["天天", "喝茶", EOS], "ArrowLeft"), { go: ["天天", "喝茶"] });
  assert.deepEqual(press(["天天", "喝茶", EOS], "ArrowRight"), { go: ["天天", "喝茶", EOS] });
  assert.deepEqual(press(["天天"], "End"), { go: ["天天", "都", "喝茶", EOS] });
  assert.deepEqual(press(["天天", "都"], "Home"), { go: ["每天"] });
  assert.deepEqual(press(["天天"], " "), { fold: ["天天"] });
  assert.equal(press(["天天"], "Tab"), null);
  assert.equal(walked(blocks, ["天天"], { key: "ArrowDown", ctrlKey: true }), null);
});

test("a block is described with its paths in words", () => {
  const blocks = all();
  const facts = factsOf(blocks);
  assert.equal(described(blocks[0], facts), "每天, probability .45, best path");
  assert.equal(described(blocks[4], facts), "喝茶, probability .5, whole path .275, greedy path");
  assert.match(described(all(P, 1)[0], factsOf(all(P, 1))), /still open$/);
});

test("the picture grows with its branches and its words, within limits", () => {
  assert.deepEqual(sizes(all()), { wide: 114, tall: 240 });
  const long = blocksOf(table([[[], { ["x".repeat(90)]: 1 }]], 1), [[1]], 1);
  assert.deepEqual(sizes(long), { wide: 168, tall: 220 });
});
