// Another sentence for a beam tree: a live model searches it with every k, and the records are merged.
import { answers } from "./asking.js";
import { h, listen, put } from "./shared.js";

const NEVER = 99; // an alpha with which no search stops before everything has ended
const EXTRA = 8; // words that a translation may have more than its source

/**
 * @typedef {import("./beam_replay.js").Stored} Stored
 * @typedef {{nodes: any[], width: number, words: Record<string, string>}} Record_
 */

/**
 * Merge the records of one sentence into one tree, as beam_known.py does.
 * @param {Record_[]} records
 * @returns {{tree: Stored, words: Record<string, string>}}
 */
export function merged(records) {
  /** @type {Stored} */
  const tree = { parent: [-1], token: [-1], log_prob: [0], listed: [0], cover: null };
  const places = new Map([["", 0]]);
  for (const { nodes, width } of records) {
    const [keys, counts] = [[""], nodes.map(() => 0)];
    for (const { parent, token, log_prob } of nodes.slice(1)) {
      const key = `${keys[parent]} ${token}`;
      counts[parent] += 1;
      keys.push(key);
      if (places.has(key)) continue;
      places.set(key, tree.parent.length);
      tree.parent.push(places.get(keys[parent]) ?? 0);
      tree.token.push(token);
      tree.log_prob.push(log_prob);
      tree.listed.push(0);
    }
    keys.forEach((key, i) => {
      const at = /** @type {number} */ (places.get(key));
      if (!counts[i] || tree.listed[at] === -1) return;
      tree.listed[at] = counts[i] < width ? -1 : Math.max(tree.listed[at], counts[i]);
    });
  }
  return { tree, words: Object.assign({}, ...records.map((record) => record.words)) };
}

/**
 * Search a sentence with every k from 1 to the widest; what comes back replaces the data.
 * @param {(name: string, request: Record<string, any>) => Promise<any>} ask
 * @param {any} data
 * @param {string} text
 * @returns {Promise<any>}  rejects with an Error that says what is wrong with the sentence
 */
export async function searched(ask, data, text) {
  const longest = text.trim().split(/\s+/).length + EXTRA;
  const asked = { text, method: "beam", alpha: NEVER, max_length: longest };
  const records = [];
  for (let width = 1; width <= data.widest; width += 1) {
    records.push((await ask("model", { ...asked, width })).record);
  }
  const { tree, words } = merged(records);
  return { ...data, tree, words: { ...data.words, ...words }, longest, source: text, exact: [], whole: false };
}

/**
 * Build the field for another sentence.
 * @param {import("./shared.js").Model} model
 * @returns {{form: HTMLElement, show: (source: string) => void, close: () => void}}
 */
export function sentenceField(model) {
  const { ask, close } = answers(model);
  const field = /** @type {HTMLInputElement} */ (h("input", { type: "text", autocomplete: "off", spellcheck: "false" }));
  const said = h("span", { class: "s2s-said", role: "status" });
  const form = h("form", { class: "s2s-source" }, h("label", {}, h("span", {}, "source sentence"), field),
    h("button", { type: "submit" }, "search"), said);
  const search = async () => {
    put(said, "text", "searching \u2026");
    try {
      const data = await searched(ask, model.get("data"), field.value);
      put(said, "text", "");
      for (const [name, value] of [["focus", []], ["round", null], ["data", data]]) model.set(name, value);
      model.save_changes();
    } catch (error) {
      put(said, "text", error instanceof Error ? error.message : String(error));
    }
  };
  const stop = listen(form, {
    submit: (event) => {
      event.preventDefault();
      search();
    },
  });
  return {
    form,
    show: (source) => {
      if (document.activeElement !== field) field.value = source;
    },
    close: () => [stop, close].forEach((end) => end()),
  };
}
