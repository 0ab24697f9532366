import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  candidates, requestsOf, rightAfter, seen, spoken, stepsOf, verdict, wordsShown, wrongStep,
} from "../../course_lib/widgets/error_runs.js";

const SENTENCE = { src: ["I", "like", "cats"], gold: ["我", "喜欢", "猫"] };
const HALF = Math.log(0.5);

/** @param {string[]} words */
const run = (...words) => ({
  words, log_probs: words.map(() => HALF), top: words.map((word) => [[word, 0.5], ["狗", 0.25], ["<unk>", 0.1]]),
});

test("a verdict counts the reference's words after the wrong one, the end included", () => {
  const cases = JSON.parse(readFileSync(new URL("verdicts.json", import.meta.url), "utf8"));
  for (const { gold, wrong, words, says } of cases) {
    const put = wrong === null ? {} : { step: wrong, word: "x" };
    assert.equal(verdict({ src: [], gold }, put, words), says);
  }
});

test("a run that is right but goes on is not back", () => {
  const words = ["我", "狗", "猫", "猫", "<eos>"];
  assert.deepEqual(rightAfter(SENTENCE, { step: 1, word: "狗" }, words), { right: 1, of: 2, back: false });
});

test("one wrong word is asked of both runs, and none of neither", () => {
  const { forced, free } = requestsOf(SENTENCE, { step: 1, word: "狗" });
  assert.deepEqual(forced, { src: SENTENCE.src, gold: SENTENCE.gold, forced: { 1: "狗" } });
  assert.deepEqual(free, { src: SENTENCE.src, forced: { 1: "狗" } });
  assert.deepEqual(requestsOf(SENTENCE, {}).free.forced, {});
  assert.deepEqual([wrongStep({}), wrongStep({ step: 0, word: "x" })], [null, 0]);
});

test("the table is as long as the longest run, or the reference", () => {
  assert.equal(stepsOf(SENTENCE, [{ forced: run("我"), free: run("我") }]), 4);
  assert.equal(stepsOf(SENTENCE, [{ forced: run("我"), free: run("我", "我", "我", "我", "我") }]), 5);
});

test("each word says whether it was put in, is astray, and is what the other run has", () => {
  const free = run("我", "狗", "狗", "<eos>", "x");
  const forced = run("我", "狗", "猫", "<eos>");
  const shown = wordsShown(SENTENCE, { step: 1, word: "狗" }, free, forced, 6);
  assert.deepEqual(shown.map(({ putIn }) => putIn), [false, true, false, false, false, false]);
  assert.deepEqual(shown.map(({ astray }) => astray), [false, false, true, false, true, false]);
  assert.deepEqual(shown.map(({ apart }) => apart), [false, false, true, false, true, false]);
  assert.deepEqual(shown.map(({ probability }) => Number(probability.toFixed(9))), [0.5, 0.5, 0.5, 0.5, 0.5, 0]);
  const early = wordsShown(SENTENCE, { step: 3, word: "狗" }, run("我"), forced, 4);
  assert.deepEqual(early.map(({ putIn }) => putIn), [false, false, false, false]);
  assert.ok(early[3].astray, "the reference has an end there");
});

test("offered are the models' own ideas first, then other words, never a special or the right one", () => {
  const runs = [{ forced: run("我", "喜欢"), free: run("我", "看") }];
  assert.deepEqual(candidates(SENTENCE, runs, 1, ["书", "猫", "<eos>"]), ["狗", "我", "猫", "书"]);
  assert.deepEqual(candidates(SENTENCE, runs, 9, []), ["我", "喜欢", "猫"]);
});

test("what a cell shows by its frame and its sign is said in words", () => {
  const [, put, astray] = wordsShown(
    SENTENCE, { step: 1, word: "狗" }, run("我", "狗", "<eos>"), run("我", "狗", "猫", "<eos>"), 3);
  assert.equal(spoken(put, 1, "喜欢"), "狗 0.50, step 2, put in");
  assert.equal(spoken(astray, 2, "猫"),
    "end 0.50, step 3, the reference has 猫, the two runs differ here");
  assert.equal(spoken({ ...astray, word: "" }, 5, ""), "step 6: nothing, this run has ended");
  assert.match(spoken(astray, 4, ""), /beyond the reference/);
  assert.equal(seen("<eos>"), "end");
});
