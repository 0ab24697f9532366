import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesOf, half, loadModel, reply } from "../../course_lib/widgets/decoder.js";
import { logSoftmax, lstm, softmax } from "../../course_lib/widgets/network.js";
import { beamSearch, greedySearch } from "../../course_lib/widgets/search.js";
import { advice, likeness, typedWords } from "../../course_lib/widgets/spelling.js";
import { tinyFile } from "./tiny.mjs";

const SRC = ["I", "like", "cats", "."];

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b @param {number} [tolerance] */
function near(a, b, tolerance = 1e-12) {
  assert.equal(a.length, b.length);
  Array.from(a).forEach((x, i) => assert.ok(Math.abs(x - b[i]) <= tolerance, `${i}: ${x}, not ${b[i]}`));
}

test("numbers of 16 bits", () => {
  const cases = [[0x3c00, 1], [0xc000, -2], [0x3555, 0.333251953125], [0x7bff, 65504], [1, 2 ** -24], [0, 0]];
  for (const [bits, value] of cases) assert.equal(half(bits), value);
  assert.equal(half(0x7c00), Infinity);
  assert.ok(Number.isNaN(half(0x7e00)));
});

test("a softmax sums to 1, leaves out what is masked, and stands large scores", () => {
  near(softmax([Math.log(1), Math.log(3), -Infinity]), [0.25, 0.75, 0]);
  near(softmax([1000, 1000]), [0.5, 0.5]);
  near(logSoftmax(Float64Array.of(1000, 1000)), [-Math.LN2, -Math.LN2]);
});

test("an LSTM step by hand: one unit, its gates at i, f, g, o", () => {
  const one = (/** @type {number[]} */ ...data) => ({ shape: [4, 1], data: Float32Array.from(data) });
  const tensors = {
    "r.weight_ih_l0": one(0, 0, 1, 0), "r.weight_hh_l0": one(0, 0, 0, 0),
    "r.bias_ih_l0": one(100, -100, 0, 100), "r.bias_hh_l0": one(0, 0, 0, 0),
  };
  const { h, C } = lstm(tensors, "r", "", [0.5], { h: [0], C: [7] });
  near(C, [Math.tanh(0.5)]); // i is 1, f is 0: the old cell is forgotten
  near(h, [Math.tanh(Math.tanh(0.5))]);
});

test("a file of another version, of something else, or cut off is an error", () => {
  assert.throws(() => loadModel(tinyFile({ version: 2 })), /version 2, this page reads version 1/);
  assert.throws(() => loadModel(new ArrayBuffer(40)), /no live model/);
  assert.throws(() => loadModel(tinyFile().slice(0, -4)), /cut off/);
  const longer = new Uint8Array(tinyFile().byteLength + 1);
  longer.set(new Uint8Array(tinyFile()));
  assert.throws(() => loadModel(longer), /longer than its header says/);
});

test("base64 comes back as the bytes it was made of", () => {
  assert.deepEqual([...bytesOf(btoa(String.fromCharCode(0, 200, 255)))], [0, 200, 255]);
});

for (const decoder of ["luong", "fixed", "fixed_every_step"]) {
  const model = loadModel(tinyFile({ decoder }));

  test(`${decoder}: log_prob is the sum over the words, and reading them back gives the same`, () => {
    const free = reply(model, { src: SRC, max_length: 8, detail: true });
    near([free.log_probs.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0)], [free.log_prob]);
    const gold = reply(model, { src: SRC, gold: free.tgt });
    near(gold.gold_log_probs.slice(0, free.tgt.length), free.log_probs.slice(0, free.tgt.length));
    assert.deepEqual(gold.words.slice(0, free.tgt.length), free.tgt);
    assert.equal(free.top[0][0][0], free.words[0]);
    assert.equal(free.detail.encoder_states.length, SRC.length);
    assert.equal(free.detail.states.length, free.words.length);
  });

  test(`${decoder}: a beam of 1 is greedy; a wider one is no worse`, () => {
    for (const seed of [2, 3, 4, 5]) {
      const other = loadModel(tinyFile({ decoder, seed }));
      const greedy = reply(other, { src: SRC, max_length: 6 });
      const narrow = reply(other, { src: SRC, max_length: 6, method: "beam", width: 1 });
      assert.deepEqual(narrow.words, greedy.words);
      const wide = reply(other, { src: SRC, max_length: 6, method: "beam", width: 8 });
      assert.ok(!greedy.finished || wide.log_prob >= greedy.log_prob - 1e-12);
    }
  });

  test(`${decoder}: a forced word is written, with the probability the model gives it`, () => {
    const free = reply(model, { src: SRC, max_length: 6 });
    const other = ["我", "喜欢", "猫"].find((word) => word !== free.words[1]);
    const forced = reply(model, { src: SRC, max_length: 6, forced: { 1: other } });
    assert.deepEqual(forced.words.slice(0, 2), [free.words[0], other]);
    const gold = reply(model, { src: SRC, gold: forced.tgt });
    near([forced.log_probs[1]], [gold.gold_log_probs[1]]);
    assert.equal(reply(model, { src: SRC, forced: { 1: "<eos>" } }).tgt.length, 1);
  });
}

test("each row of weights sums to 1; a masked word has none, and given weights are obeyed", () => {
  for (const attention of ["general", "dot", "scaled_dot"]) {
    const model = loadModel(tinyFile({ attention }));
    const free = reply(model, { src: SRC, max_length: 4 });
    for (const row of free.weights) near([row.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b)], [1]);
    const masked = reply(model, { src: SRC, max_length: 4, masked: [0, 2], detail: true });
    for (const row of masked.weights) assert.deepEqual([row[0], row[2]], [0, 0]);
    assert.equal(masked.detail.scores[0][2], null);
    const given = reply(model, { src: SRC, max_length: 4, weights: { 1: [0, 0, 1, 0] }, detail: true });
    near(given.detail.contexts[1], given.detail.encoder_states[2]);
    near(given.weights[0], free.weights[0]);
  }
});

test("the scaled dot product is the dot product over the root of H", () => {
  const [plain, scaled] = ["dot", "scaled_dot"].map((attention) =>
    reply(loadModel(tinyFile({ attention })), { src: SRC, gold: ["我"], detail: true }));
  near(scaled.detail.scores[0], plain.detail.scores[0].map((/** @type {number} */ score) => score / 2));
});

test("masks and given weights need attention", () => {
  const model = loadModel(tinyFile({ decoder: "fixed" }));
  assert.throws(() => reply(model, { src: SRC, masked: [0] }), /need a model with attention/);
});

/** A table in which the greedy first word leads into the worse sentence. @returns {any} */
function gardenPath() {
  const rows = { "": [0, 0.55, 0.45], 1: [0.2, 0.4, 0.4], 2: [1, 0, 0] };
  const step = (/** @type {number} */ token, /** @type {string[]} */ path) => {
    const now = token < 0 ? [] : [...path, token];
    const row = rows[/** @type {keyof typeof rows} */ (now.join())] ?? [1, 0, 0];
    return { logProbs: Float64Array.from(row, Math.log), state: now };
  };
  return { step, state: [], bos: -1, eos: 0, maxLength: 4 };
}

test("a beam finds what greedy search misses, and its record says how", () => {
  assert.deepEqual(greedySearch(gardenPath()).tokens, [1, 1, 0]);
  const { best, record } = beamSearch(gardenPath(), 2, 0);
  assert.deepEqual(best.tokens, [2, 0]);
  near([best.logProb], [Math.log(0.45)]);
  assert.equal(record.stopped, "bound");
  const fates = record.nodes.map((/** @type {any} */ { token, fate }) => `${token} ${fate}`);
  assert.deepEqual(fates, ["-1 kept", "1 kept", "2 kept", "0 finished", "1 kept", "2 pruned"]);
  assert.deepEqual(record.hypotheses, [3]);
});

test("a length penalty divides, so that with alpha 1 a longer sentence may win, and it goes on till it must not", () => {
  const step = (/** @type {number} */ _, /** @type {number} */ depth) => {
    const row = depth === 0 ? [0.5, 0.5] : depth === 1 ? [0.01, 0.99] : [0.99, 0.01];
    return { logProbs: Float64Array.from(row, Math.log), state: depth + 1 };
  };
  const tree = { step, state: 0, bos: -1, eos: 0, maxLength: 4 };
  assert.deepEqual(beamSearch(tree, 2, 0).best.tokens, [0]);
  assert.deepEqual(beamSearch(tree, 2, 1).best.tokens, [1, 1, 0]);
  assert.equal(beamSearch(tree, 2, 0.6).record.penalty, "Power(alpha=0.6)");
  assert.equal(beamSearch(tree, 2, 1).record.penalty, "Power(alpha=1.0)");
});

test("a cut-off sentence comes after every finished one", () => {
  const step = () => ({ logProbs: Float64Array.from([0.01, 0.99], Math.log), state: 0 });
  const tree = { step, state: 0, bos: -1, eos: 0, maxLength: 2 };
  const { best, record } = beamSearch(tree, 2, 0);
  assert.deepEqual([best.tokens, best.finished, record.stopped], [[0], true, "max_length"]);
});

test("typed text becomes words as in Python", () => {
  const known = ["I", "cats", "do", "not", "can", "cannot", "is", "he", "Tom"];
  assert.deepEqual(typedWords("i don't like Cats!", known), ["I", "do", "not", "like", "cats", "."]);
  assert.deepEqual(typedWords("He’s tom，can not 猫狗", known), ["he", "is", "Tom", ",", "cannot", "猫", "狗"]);
  assert.deepEqual(typedWords("at 8:30 o'clock_x", known), ["at", "8:30", "o'clock", "_", "x"]);
  assert.throws(() => typedWords("  ", known), /text is empty; type a sentence/);
});

test("an unknown word gets known words near it", () => {
  assert.equal(likeness("abcd", "bcde"), 0.75); // Python's difflib documents this one
  assert.equal(advice("footbal", ["Foot", "football", "basketball", "Tom"]),
    "'footbal' is not in the vocabulary; near it: football, Foot");
  assert.equal(advice("xyz", ["Tom"]), "'xyz' is not in the vocabulary");
});
