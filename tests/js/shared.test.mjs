import assert from "node:assert/strict";
import { test } from "node:test";

import {
  DARK_STOPS, LIGHT_STOPS, cellStyle, colour, inkOn, isLetter, luminance, moved, standIn, textWidth, within,
} from "../../course_lib/widgets/shared.js";

const WEIGHTS = Array.from({ length: 101 }, (_, i) => i / 100);

/** @param {number} a @param {number} b WCAG contrast of two luminances */
const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

test("the colour map passes through its stops and clips beyond them", () => {
  assert.deepEqual(colour(0, LIGHT_STOPS), [0xf7, 0xfa, 0xfc]);
  assert.deepEqual(colour(1, LIGHT_STOPS), [0x0b, 0x3c, 0x6f]);
  assert.deepEqual(colour(0.5, LIGHT_STOPS), [0x7f, 0xb2, 0xd9]);
  assert.deepEqual(colour(-1, LIGHT_STOPS), colour(0, LIGHT_STOPS));
  assert.deepEqual(colour(2, DARK_STOPS), colour(1, DARK_STOPS));
});

test("lightness only falls in the light theme and only rises in the dark one", () => {
  for (const [stops, sign] of [[LIGHT_STOPS, -1], [DARK_STOPS, 1]]) {
    const steps = WEIGHTS.map((w) => luminance(colour(w, stops)));
    for (let i = 1; i < steps.length; i += 1) assert.ok(sign * (steps[i] - steps[i - 1]) >= 0, `at ${i}`);
  }
});

test("the text of every cell has a contrast of 4.5 at least", () => {
  for (const stops of [LIGHT_STOPS, DARK_STOPS]) {
    for (const weight of WEIGHTS) {
      const ground = colour(weight, stops);
      const ink = inkOn(ground) === "#fff" ? 1 : 0;
      assert.ok(contrast(luminance(ground), ink) >= 4.5, `weight ${weight} on ${stops[0]}`);
    }
  }
});

test("arrow keys, Home and End move inside the grid and stop at its edges", () => {
  const shape = [3, 4];
  const cases = [
    [[1, 1], { key: "ArrowUp" }, [0, 1]],
    [[0, 1], { key: "ArrowUp" }, [0, 1]],
    [[2, 1], { key: "ArrowDown" }, [2, 1]],
    [[1, 1], { key: "ArrowRight" }, [1, 2]],
    [[1, 3], { key: "ArrowRight" }, [1, 3]],
    [[1, 1], { key: "ArrowLeft" }, [1, 0]],
    [[1, 2], { key: "Home" }, [1, 0]],
    [[1, 2], { key: "End" }, [1, 3]],
    [[1, 2], { key: "Home", ctrlKey: true }, [0, 0]],
    [[1, 2], { key: "End", metaKey: true }, [2, 3]],
  ];
  for (const [from, event, to] of cases) assert.deepEqual(moved(from, event, shape), to);
});

test("keys that mean something elsewhere are left alone", () => {
  for (const event of [
    { key: "Tab" },
    { key: "toString" },
    { key: "ArrowLeft", altKey: true },
    { key: "ArrowDown", ctrlKey: true },
    { key: "ArrowDown", shiftKey: true },
  ]) assert.equal(moved([1, 1], event, [3, 3]), null, JSON.stringify(event));
});

test("a letter is a key that writes, without Ctrl, Alt or Meta", () => {
  assert.ok(isLetter({ key: "b" }) && isLetter({ key: "D", shiftKey: true }));
  for (const event of [{ key: "s", ctrlKey: true }, { key: "s", metaKey: true }, { key: "Escape" }]) {
    assert.equal(isLetter(event), false, JSON.stringify(event));
  }
});

test("a cell outside comes back to the nearest edge", () => {
  assert.deepEqual(within([9, -2], [3, 4]), [2, 0]);
});

test("a Chinese character is reserved more room than a Latin one", () => {
  assert.equal(textWidth("猫"), 1);
  assert.ok(textWidth("cats") < 4 && textWidth("cats") > 2);
});

test("the stand-in tells listeners of its changes, until they leave", () => {
  const model = standIn({ focus: [0, 0] });
  const heard = [];
  const listener = () => heard.push(model.get("focus"));
  model.on("change:focus", listener);
  model.set("focus", [1, 2]);
  model.set("data", {});
  model.off("change:focus", listener);
  model.set("focus", [3, 3]);
  assert.deepEqual(heard, [[1, 2]]);
  assert.equal(model.listeners(), 0);
});

test("a cell carries the colours of both themes", () => {
  assert.equal(
    cellStyle(0),
    "--light:rgb(247 250 252);--dark:rgb(29 38 48);--light-ink:#000;--dark-ink:#fff",
  );
  assert.match(cellStyle(1), /--light-ink:#fff;--dark-ink:#000$/);
});
