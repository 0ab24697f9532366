// Who answers a visual's request: the notebook's kernel, or the browser's decoder where there is
// none: on a slide, on a page, in a notebook that was only opened.
import { bytesOf, loadModel, reply } from "./decoder.js";

/**
 * @typedef {Record<string, any>} Json
 * @typedef {import("./shared.js").Model & {send?: (content: Json) => void}} AskedModel
 * @typedef {{name: string, request: Json, done: (reply: Json) => void, fail: (error: Error) => void,
 *   timer: ReturnType<typeof setTimeout>}} Waiting
 *
 * @typedef {object} Answers
 * @property {(name: string, request: Json) => Promise<Json>} ask  rejects with an Error to show
 * @property {() => void} close
 */

const PATIENCE = 3000; // ms that a kernel which has answered before may take for one answer

/**
 * Answer a visual's requests to the models in its state.
 * @param {AskedModel} model  with `models`, {name: bytes in base64}; the browser knows these alone
 * @returns {Answers}
 */
export function answers(model) {
  /** @type {Map<number, Waiting>} */
  const waiting = new Map();
  const here = inBrowser(model);
  let [kernel, count] = [false, 0];
  const take = (/** @type {number} */ id) => {
    const one = waiting.get(id);
    waiting.delete(id);
    clearTimeout(one?.timer);
    return one;
  };
  const hear = (/** @type {Json} */ message) => {
    if (message.kind !== "here" && message.kind !== "answer") return;
    kernel = true;
    const one = take(message.id);
    if (message.error) one?.fail(new Error(message.error));
    else one?.done(message.reply);
  };
  const giveUp = (/** @type {number} */ id) => {
    const one = take(id);
    kernel = false; // until it is heard again
    if (one) here(one.name, one.request).then(one.done, one.fail);
  };
  model.on("msg:custom", /** @type {any} */ (hear));
  model.send?.({ kind: "hello" }); // nobody hears it where there is no kernel
  return {
    ask(name, request) {
      const alone = !kernel && Object.hasOwn(model.get("models") ?? {}, name);
      if (alone || !model.send) return here(name, request);
      const id = (count += 1);
      return new Promise((done, fail) => {
        waiting.set(id, { name, request, done, fail, timer: setTimeout(() => giveUp(id), PATIENCE) });
        model.send?.({ kind: "ask", id, name, request });
      });
    },
    close() {
      model.off("msg:custom", /** @type {any} */ (hear));
      [...waiting.keys()].forEach(take);
    },
  };
}

/**
 * @param {AskedModel} model
 * @returns {(name: string, request: Json) => Promise<Json>}  a model is read when first asked
 */
function inBrowser(model) {
  /** @type {Map<string, {text: string, live: import("./decoder.js").LiveModel}>} */
  const read = new Map();
  return async (name, request) => {
    const text = (model.get("models") ?? {})[name];
    if (!text) throw new Error("This needs a running kernel. Run the notebook's cells, then try again.");
    if (read.get(name)?.text !== text) read.set(name, { text, live: loadModel(bytesOf(text)) });
    return reply(/** @type {any} */ (read.get(name)).live, request);
  };
}
