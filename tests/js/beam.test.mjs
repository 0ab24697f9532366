import assert from "node:assert/strict";
import { test } from "node:test";

import { fitting, zoomed } from "../../course_lib/widgets/beam_controls.js";
import { merged } from "../../course_lib/widgets/beam_live.js";
import { curve, neighbour, planOf, spot } from "../../course_lib/widgets/beam_plan.js";
import { continuations, divisor, grown, stopsEarly } from "../../course_lib/widgets/beam_replay.js";
import {
  spelledOut, labelOf, number, ordinal, inQuotes, sceneOf, sentence, short,
} from "../../course_lib/widgets/beam_scene.js";
import { callsOf, statusOf, summaryOf, tableOf } from "../../course_lib/widgets/beam_words.js";

const WORDS = { 0: "<eos>", 1: "I", 2: "The", 3: "like", 4: "cat", 5: "love", 6: "dog" };

// I .72 and The .20; after "I": like .68, love .15; after "The": cat .85, dog .10; then the end.
const P = [["", 1], ["1", 0.72], ["2", 0.2], ["1 3", 0.68], ["1 5", 0.15], ["2 4", 0.85],
  ["2 6", 0.1], ["1 3 0", 0.3], ["1 5 0", 1], ["2 4 0", 0.9], ["2 6 0", 1]];

/** @param {number} listed  continuations known after each prefix; -1: all */
function stored(listed = -1) {
  const keys = P.map(([key]) => key);
  const up = keys.map((key) => (key ? keys.indexOf(key.split(" ").slice(0, -1).join(" ")) : -1));
  const logs = P.map(([, p]) => Math.log(p));
  const total = (at) => (at < 1 ? 0 : logs[at] + total(up[at]));
  return {
    parent: up,
    token: keys.map((key) => (key ? Number(key.split(" ").at(-1)) : -1)),
    log_prob: keys.map((_, at) => total(at)),
    listed: keys.map((key) => (key.endsWith(" 0") ? 0 : listed)),
    cover: null,
  };
}

const DATA = { words: WORDS, exact: [], whole: true };
const BASE = { width: 2, alpha: 0, formula: "power", stop: "proof", longest: 3, eos: 0 };
const ALL = { round: null, all: true, open: new Set() };
const FOLDED = { ...ALL, all: false };

/** @param {object} settings @param {object} view @param {object} data @param {object} known */
const scene = (settings = {}, view = ALL, data = DATA, known = stored()) =>
  sceneOf(grown(known), data, { ...BASE, ...settings }, view);

const item = (of, ...tokens) => of.byKey.get(tokens.join(" "));

test("numbers have a minus sign, and zero none", () => {
  assert.equal(number(-1.234), "\u22121.23");
  assert.equal(number(-0.001), "0.00");
  assert.deepEqual([short(0.72), short(0.996), short(0)], [".72", "1.0", ".00"]);
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal),
    ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"]);
});

test("the penalties are length^alpha and GNMT's", () => {
  assert.equal(divisor({ alpha: 0.5, formula: "power" }, 4), 2);
  assert.equal(divisor({ alpha: 2, formula: "gnmt" }, 7), 4);
  assert.equal(divisor({ alpha: 0, formula: "power" }, 9), 1);
});

test("a narrow record does not pretend to know more", () => {
  const known = grown(stored(2));
  assert.deepEqual(continuations(known, 0, 2), [1, 2]);
  assert.equal(continuations(known, 0, 3), null);
  assert.deepEqual(continuations(grown(stored(-1)), 0, 3), [1, 2]);
});

test("each stopping rule stops where it says", () => {
  const stops = (stop, scores, open) => stopsEarly({ ...BASE, stop, alpha: 1 }, scores, open);
  assert.equal(stops("first", [], -1), false);
  assert.equal(stops("first", [-9], -1), true);
  assert.equal(stops("filled", [-9], -1), false);
  assert.equal(stops("filled", [-9, -9], -1), true);
  assert.equal(stops("end", [0, 0], -99), false);
  assert.equal(stops("proof", [-0.5], -1.2), false); // -1.2 / 3 could still become -0.4
  assert.equal(stops("proof", [-0.39], -1.2), true);
});

test("the beam of two keeps I like and The cat, as printed: -0.71 and -1.77", () => {
  const kept = scene().result.nodes.filter((n) => n.length === 2 && n.fate === "kept");
  assert.deepEqual(kept.map((n) => number(n.logProb)), ["\u22120.71", "\u22121.77"]);
  const pruned = scene().result.nodes.filter((n) => n.fate === "pruned");
  assert.deepEqual(pruned.map((n) => number(n.logProb)), ["\u22122.23", "\u22123.91"]);
});

test("what is pruned can be folded, and what a path needs stays", () => {
  const open = scene({ width: 1 }, FOLDED);
  assert.equal(item(open, 1).foldable, 0);
  assert.ok(open.items.includes(item(open, 2, 4, 0)), "the exact path is in view");
  assert.equal(item(open, 2, 4).seen.fate, "outside");
  const two = scene({ width: 2 }, FOLDED);
  assert.equal(item(two, 1).folded, 1);
  assert.ok(!two.items.includes(item(two, 1, 5)));
  const asked = scene({ width: 2 }, { ...FOLDED, open: new Set(["1"]) });
  assert.ok(asked.items.includes(item(asked, 1, 5)) && !asked.items.includes(item(asked, 2, 6)));
  assert.equal(item(asked, 1).folded, 0);
});

test("paths: greedy takes I like, the exact one The cat; with k = 2 it is the best", () => {
  const one = scene({ width: 1 });
  assert.deepEqual(item(one, 1, 3, 0).ends, ["best", "greedy"]);
  assert.deepEqual(item(one, 2, 4, 0).ends, ["exact"]);
  assert.deepEqual(item(scene(), 2, 4, 0).ends, ["best", "exact"]);
});

test("an exact path that Python gives is marked also where no search went", () => {
  const exact = [{ tokens: [6, 0], log_prob: -0.1, alpha: 0 }];
  const given = scene({}, ALL, { ...DATA, whole: false, exact });
  assert.deepEqual([item(given, 6, 0).ends, item(given, 6).seen.fate], [["exact"], "outside"]);
  assert.match(spelledOut(given, item(given, 6)).join(" "), /its log p is not in the record/);
  assert.match(labelOf(item(given, 6)), /^dog, not looked at by this search, round 1, on the exact path$/);
});

test("no two prefixes share a place, and a chain of best words is one row", () => {
  const all = scene();
  const places = all.items.map(({ seen, row }) => `${seen.length} ${row}`);
  assert.equal(new Set(places).size, places.length);
  assert.deepEqual([item(all, 1).row, item(all, 1, 3).row, item(all, 1, 3, 0).row], [0, 0, 0]);
  assert.equal(all.rows, 4);
  const plan = planOf(all);
  const [x, y] = spot(plan, item(all, 1));
  assert.ok(x > plan.lefts[0] && y < plan.high && x + plan.widths[1] < plan.wide);
  assert.match(curve(plan, item(all), item(all, 2), 5), /^M36 \d+C/);
});

test("keys go to the parent, the best continuation and along the round", () => {
  const all = scene();
  const to = (key, ...tokens) => neighbour(all, item(all, ...tokens), key)?.key;
  assert.equal(to("ArrowLeft", 1, 3), "1");
  assert.equal(to("ArrowRight", 1), "1 3");
  assert.equal(to("ArrowDown", 1, 3), "1 5");
  assert.equal(to("ArrowDown", 1, 5), "2 4");
  assert.equal(to("ArrowUp", 1), undefined);
  assert.equal(to("Home", 1, 3), "");
  assert.equal(to("End", 1), "2 4 0");
  assert.equal(to("a", 1), undefined);
});

test("a prefix is spelled out as a sum, with its score and its fate", () => {
  const two = scene({ alpha: 1 });
  assert.deepEqual(spelledOut(two, item(two, 1, 3)), [
    "\u201cI like\u201d: log p = \u22120.33 \u2212 0.39 = \u22120.71.",
    "Score: \u22120.71 divided by 2^1.00 = 2.00 is \u22120.36.",
    "Kept, 1st of 4 in round 2.",
  ]);
  assert.match(spelledOut(two, item(two, 1, 5))[2],
    /^Pruned: 3rd of 4 in round 2, and k = 2 are kept, the last with \u22121.77\.$/);
  assert.match(spelledOut(two, item(two))[0], /^Every sentence begins here/);
  const one = scene({ width: 1 });
  assert.match(spelledOut(one, item(one, 2, 4, 0)).join(" "),
    /Never reached: \u201cThe\u201d was pruned in round 1, as 2nd of 2|Never reached/);
  assert.equal(labelOf(item(two, 1, 3)),
    "like, kept, 1st of 4, round 2, log probability \u22120.71, on the greedy path");
});

test("coverage is part of the score and said so", () => {
  const known = stored();
  known.cover = known.parent.map((_, at) => (at ? -0.5 : 0));
  const covered = scene({}, ALL, DATA, known);
  assert.ok(Math.abs(item(covered, 1).seen.score - (Math.log(0.72) - 0.5)) < 1e-12);
  const scored = scene({ alpha: 1 }, ALL, DATA, known);
  assert.match(spelledOut(scored, item(scored, 1))[1], /\u22120\.50 for coverage is \u22120\.83/);
});

test("the outcome in words compares greedy, beam and exact search, and their cost", () => {
  const said = summaryOf(scene()).join(" ");
  assert.match(said, /^Best of 2 finished: \u201cThe cat\u201d \(log p \u22121\.88\)\./);
  assert.match(said, /Greedy search finds \u201cI like\u201d \(log p \u22121\.92\)\./);
  assert.match(said, /Exact search finds the best as well\. It asked the model 5 times; greedy search asks 3 times\.$/);
  assert.equal(callsOf(scene()), 5);
  const one = summaryOf(scene({ width: 1 })).join(" ");
  assert.match(one, /Exact search finds \u201cThe cat\u201d .* Never reached: /);
  assert.match(summaryOf(scene({ alpha: 1 }))[0], /score/);
  assert.equal(summaryOf(scene({}, { ...ALL, round: 0 }))[0], "Before round 1 of 3: nothing is written yet.");
  assert.equal(summaryOf(scene({}, { ...ALL, round: 2 }))[0],
    "Round 2 of 3: 4 continuations, 2 kept, 0 finished, 2 pruned.");
});

test("a search that needs what the record lacks says so instead of guessing", () => {
  const known = stored(2);
  known.listed[2] = 0;
  const lacking = scene({}, ALL, { ...DATA, whole: false }, known);
  assert.equal(lacking.result.stopped, "missing");
  assert.equal(lacking.paths.best, null);
  assert.match(summaryOf(lacking)[0], /With k = 2 the search needs what follows \u201cThe\u201d, which is not/);
});

test("a round in view hides what comes later, also on the paths", () => {
  const first = scene({}, { ...ALL, round: 1 });
  assert.deepEqual(first.items.map((i) => i.key), ["", "1", "2"]);
  assert.deepEqual(item(first, 1).ends, []);
  assert.deepEqual(tableOf(first).map((row) => row.text), ["I", "The"]);
});

test("the table ranks with and without normalization", () => {
  const rows = tableOf(scene());
  assert.deepEqual(rows.map(({ text, byScore, byLogProb }) => [text, byScore, byLogProb]),
    [["The cat", 1, 1], ["I like", 2, 2]]);
  const one = scene({ width: 1 });
  assert.deepEqual(tableOf(one).map((row) => statusOf(row.item, 0)), ["never reached", "finished"]);
  const cut = scene({ longest: 2 });
  assert.deepEqual(tableOf(cut).filter((r) => r.item.seen.fate === "kept").map((r) => r.byScore), [NaN, NaN]);
});

test("an empty sentence has words too", () => {
  assert.equal(sentence(DATA, [0], 0), "(nothing)");
  assert.equal(inQuotes(scene(), item(scene(), 1, 3, 0)), "\u201cI like <eos>\u201d");
});

test("a tree is made smaller to fit, as long as it can be read", () => {
  assert.deepEqual([fitting(0, 900), fitting(1000, 900), fitting(900, 1000), fitting(300, 1000)], [1, 1, 0.9, 0.8]);
});

test("zoom goes in quarters and stays within bounds", () => {
  assert.deepEqual([zoomed(1, "larger"), zoomed(1.5, "larger"), zoomed(0.5, "smaller"), zoomed(1, undefined)],
    [1.25, 1.5, 0.5, 1]);
});

test("merged records know a prefix whole where one listed fewer words than it asked for", () => {
  const node = (parent, token, log_prob) => ({ parent, token, log_prob });
  const narrow = { width: 1, words: { 1: "I" }, nodes: [node(null, 9, 0), node(0, 1, -1), node(1, 0, -2)] };
  const wide = {
    width: 2, words: { 2: "The" },
    nodes: [node(null, 9, 0), node(0, 1, -1), node(0, 2, -3), node(1, 0, -2)],
  };
  const { tree, words } = merged([narrow, wide]);
  assert.deepEqual(tree.parent, [-1, 0, 1, 0]);
  assert.deepEqual(tree.token, [-1, 1, 0, 2]);
  assert.deepEqual(tree.listed, [2, -1, 0, 0]);
  assert.deepEqual(words, { 1: "I", 2: "The" });
});
