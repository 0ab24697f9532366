import assert from "node:assert/strict";
import { test } from "node:test";

import {
  LEVELS, jump, level, lit, momentsOf, nearest, squares, tensorsOf, threeDigits, told, twoDigits,
} from "../../course_lib/widgets/mechanism_steps.js";

const [S, T, E, H] = [3, 2, 5, 4];
const rows = (/** @type {number} */ count, /** @type {number} */ size) =>
  Array.from({ length: count }, (_, i) => Array.from({ length: size }, (_, j) => (i - j) / 10));
const ATTENTION = {
  src: ["I", "like", "cats"],
  words: ["我", "<eos>"],
  read: ["<bos>", "我"],
  weights: [[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]],
  top: [[["我", 0.9], ["你", 0.1]], [["<eos>", 0.6], ["我", 0.4]]],
  detail: {
    src_embedded: rows(S, E), encoder_states: rows(S, H), context: [0.1, 0.2, 0.3, 0.4],
    start: [[0.1, 0.2, 0.3, 0.4], [1, 0, 0, 0]], embedded: rows(T, E), states: rows(T, H),
    scores: rows(T, S), contexts: rows(T, H), readouts: rows(T, H),
  },
};
const FIXED = {
  ...ATTENTION, weights: null, detail: { ...ATTENTION.detail, scores: null, contexts: null },
};
const names = (/** @type {any} */ answer) => momentsOf(answer).map(({ step, at }) => `${step} ${at}`);

test("with attention each word has three moments, with a fixed context one", () => {
  const start = ["encode 0", "encode 1", "encode 2", "compress 0"];
  assert.deepEqual(names(ATTENTION), [
    ...start, "score 0", "mix 0", "decode 0", "score 1", "mix 1", "decode 1",
  ]);
  assert.deepEqual(names(FIXED), [...start, "decode 0", "decode 1"]);
});

test("a step's button stays with the word, and says when there is no such step", () => {
  const moments = momentsOf(ATTENTION);
  assert.equal(jump(moments, 9, "score"), 7);
  assert.equal(jump(moments, 9, "compress"), 3);
  assert.equal(jump(moments, 9, "encode"), 0);
  assert.equal(jump(moments, 2, "decode"), 6);
  assert.equal(jump(momentsOf(FIXED), 4, "mix"), -1);
});

test("the other model shows the moment of the same word", () => {
  const fixed = momentsOf(FIXED);
  assert.equal(nearest(fixed, { step: "mix", at: 1 }), 5);
  assert.equal(nearest(fixed, { step: "encode", at: 2 }), 2);
  assert.equal(nearest(fixed, { step: "score", at: 7 }), fixed.length - 1);
});

test("the texts name what is read, passed, weighted and written", () => {
  const say = (/** @type {any} */ answer, /** @type {any} */ step, at = 0, way = "forward") =>
    told({ step, at }, answer, /** @type {any} */ (way));
  assert.match(say(ATTENTION, "encode", 1), /reads “like”.*State 2 stands for: I like$/);
  assert.match(say(ATTENTION, "encode", 0, "both"), /right and reads “I”.*left and reads “cats”/);
  assert.match(say(ATTENTION, "compress"), /^The last state, h and the cell C: 8 numbers for 3 words/);
  assert.match(say(FIXED, "compress"), /fixed context c, and it is all that the decoder ever gets/);
  const alone = { ...FIXED, detail: { ...FIXED.detail, start: [[1, 2, 3, 4], [0, 0, 0, 0]] } };
  assert.match(say(alone, "compress", 0, "both"), /hold at the end: 4 numbers for 3 words/);
  assert.match(say(ATTENTION, "score", 0), /write word 1 the decoder reads the start sign <bos>/);
  assert.match(say(ATTENTION, "score", 1), /write word 2 the decoder reads 我 /);
  assert.match(say(ATTENTION, "mix", 1), /Most of it is “cats”/);
  assert.match(say(ATTENTION, "decode", 0), /It writes the most probable one, 我 \(\.90\)\.$/);
  assert.match(say(FIXED, "decode", 1), /cannot look at the source.*<eos>: the sentence ends here \(\.60\)/);
});

test("every moment has its tensors, each with the shape of its values", () => {
  for (const answer of [ATTENTION, FIXED]) {
    for (const moment of momentsOf(answer)) {
      for (const { name, shape, values, labels } of tensorsOf(moment, answer)) {
        assert.equal(values.at(-1).length, shape.at(-1), name);
        if (shape.length === 2) assert.equal(values.length, shape[0], name);
        if (labels.length) assert.equal(labels.length, shape[0], name);
      }
    }
  }
  const shapes = (/** @type {any} */ step) =>
    tensorsOf({ step, at: 1 }, ATTENTION).map(({ shape }) => shape.join());
  assert.deepEqual(shapes("encode"), ["5", "4"]);
  assert.deepEqual(shapes("compress"), ["3,4", "4", "4"]);
  assert.deepEqual(shapes("score"), ["5", "4", "3"]);
  assert.deepEqual(shapes("mix"), ["3", "4"]);
  assert.equal(tensorsOf({ step: "mix", at: 1 }, ATTENTION)[0].values[0], ATTENTION.weights[1]);
});

test("numbers are short; a masked score says so", () => {
  assert.deepEqual([0.934, 0.995, 0].map(twoDigits), [".93", "1.00", ".00"]);
  assert.deepEqual([threeDigits(-1.23456), threeDigits(null)], ["−1.235", "masked"]);
});

test("colours go from below to above 0, and 0 is in the middle", () => {
  assert.deepEqual([-5, -1, 0, 1, 5].map(level), [0, 0, (LEVELS - 1) / 2, LEVELS - 1, LEVELS - 1]);
});

test("a vector is squares in few paths, whatever its size", () => {
  for (const size of [1, 7, 48, 128, 256]) {
    const { paths, height } = squares(Array.from({ length: size }, (_, i) => Math.sin(i)), 38);
    assert.equal(paths.length, LEVELS);
    const corners = paths.join("").match(/M[\d.]+ [\d.]+/g) ?? [];
    assert.equal(new Set(corners).size, size); // one square each, none over another
    assert.ok(height > 0 && height <= 60, `${size}: ${height}`);
  }
});

test("what is lit follows the step, and two readers meet in the middle", () => {
  const at = (/** @type {any} */ step, way = "both") => lit({ step, at: 0 }, 5, /** @type {any} */ (way));
  assert.deepEqual([at("encode").forward, at("encode").backward], [1, 1]);
  assert.equal(at("encode", "forward").backward, 5);
  assert.deepEqual([at("compress").forward, at("compress").context, at("compress").state], [5, true, false]);
  assert.deepEqual([at("score").scores, at("score").weights, at("score").context], [true, false, false]);
  assert.deepEqual([at("mix").weights, at("mix").words], [true, false]);
  assert.deepEqual([at("decode").weights, at("decode").words], [true, true]);
});
