import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { answers } from "../../course_lib/widgets/asking.js";
import { standIn } from "../../course_lib/widgets/shared.js";
import { tinyFile } from "./tiny.mjs";

const MODELS = { tiny: btoa(String.fromCharCode(...new Uint8Array(tinyFile()))) };
const REQUEST = { src: ["I", "like", "cats"], max_length: 5 };

/**
 * A notebook's model: what is sent is kept, and the test answers as the kernel would.
 * @param {Record<string, string>} [models]
 */
function notebook(models = MODELS) {
  /** @type {((message: any) => void)[]} */
  let ears = [];
  /** @type {any[]} */
  const sent = [];
  return {
    ...standIn({ models }),
    on: (/** @type {string} */ _, /** @type {any} */ ear) => void ears.push(ear),
    off: (/** @type {string} */ _, /** @type {any} */ ear) => { ears = ears.filter((one) => one !== ear); },
    send: (/** @type {any} */ message) => void sent.push(message),
    sent,
    say: (/** @type {any} */ message) => ears.forEach((ear) => ear(message)),
    ears: () => ears.length,
  };
}

test("on a page the browser answers", async () => {
  const who = answers(standIn({ models: MODELS }));
  assert.equal((await who.ask("tiny", REQUEST)).src.length, 3);
  await assert.rejects(who.ask("tiny", { text: "dogs" }), /'dogs' is not in the vocabulary/);
});

test("a kernel that has said it is there is asked, and its errors come as errors", async () => {
  const model = notebook();
  const who = answers(model);
  assert.deepEqual(model.sent, [{ kind: "hello" }]);
  model.say({ kind: "here" });
  const [good, bad] = [who.ask("tiny", REQUEST), who.ask("tiny", {})];
  model.say({ kind: "answer", id: 2, error: "text is empty" });
  model.say({ kind: "answer", id: 1, reply: { from: "kernel" } });
  model.say({ kind: "something else", id: 1 });
  assert.deepEqual(await good, { from: "kernel" });
  await assert.rejects(bad, /^Error: text is empty$/);
  who.close();
});

test("a kernel that was never heard is not waited for", async () => {
  const model = notebook();
  assert.equal((await answers(model).ask("tiny", REQUEST)).src.length, 3);
  assert.equal(model.sent.length, 1);
});

test("the browser steps in for a kernel that falls silent, until it is heard again", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const model = notebook();
  const who = answers(model);
  model.say({ kind: "here" });
  const slow = who.ask("tiny", REQUEST);
  mock.timers.tick(60_000);
  assert.equal((await slow).src.length, 3);
  await who.ask("tiny", REQUEST);
  assert.equal(model.sent.length, 2, "hello and one question");
  model.say({ kind: "answer", id: 1, reply: {} }); // late, but there
  const asked = who.ask("tiny", REQUEST);
  model.say({ kind: "answer", id: 2, reply: { from: "kernel" } });
  assert.deepEqual(await asked, { from: "kernel" });
  mock.timers.reset();
});

test("without a kernel and without the model's bytes, the reader is told what to do", async () => {
  await assert.rejects(answers(standIn({ models: {} })).ask("tiny", REQUEST), /needs a running kernel/);
  mock.timers.enable({ apis: ["setTimeout"] });
  const asked = answers(notebook({})).ask("tiny", REQUEST);
  mock.timers.tick(60_000);
  await assert.rejects(asked, /needs a running kernel/);
  mock.timers.reset();
});

test("closing leaves no listener and no timer", () => {
  const [set, clear] = [mock.method(globalThis, "setTimeout"), mock.method(globalThis, "clearTimeout")];
  const model = notebook();
  const who = answers(model);
  model.say({ kind: "here" });
  who.ask("tiny", REQUEST);
  who.close();
  assert.equal(model.ears(), 0);
  const timers = set.mock.calls.map((call) => call.result);
  assert.deepEqual(clear.mock.calls.map((call) => call.arguments[0]).filter(Boolean), timers);
  assert.equal(timers.length, 1);
  mock.restoreAll();
});
