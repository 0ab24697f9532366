// What the probability tree draws: its blocks, the facts below them and the editor of one.
import { h, put } from "./shared.js";
import {
  begins, blocksOf, described, digits, factsOf, keyOf, productText, sizes, verdict, words,
} from "./table_model.js";

/**
 * @typedef {import("./table_model.js").Block} Block
 * @typedef {import("./table_model.js").Facts} Facts
 * @typedef {import("./table_model.js").Path} Path
 * @typedef {import("./table_model.js").Sentence} Sentence
 */

const LEAST_TEXT = 15; // pixels of height that a word needs
const LEAST_PRODUCT = 36;
const CHILDREN = ["i", "b", "span", "small", "em"]; // fold sign, word, p, path, what ends here

/**
 * @typedef {Record<"title" | "heads" | "tree" | "formula" | "name" | "slider" | "box" | "said" |
 *   "reset" | "verdict" | "sentences" | "mass" | "cap" | "capText" | "live", HTMLElement>} Parts
 *
 * @typedef {object} View
 * @property {import("./shared.js").Model} model
 * @property {Parts} parts
 * @property {Map<string, HTMLElement>} nodes  the blocks drawn, by key
 * @property {Block[]} blocks
 * @property {Facts} facts
 * @property {number[]} base  the row that an edit in progress began with
 * @property {() => void} dropFont
 */

/** @param {View} view @returns {Block} the block in focus, or the nearest shown one before it */
export function focusOf({ model, blocks }) {
  const path = model.get("path");
  for (let length = path.length; length > 0; length -= 1) {
    const key = keyOf(path.slice(0, length));
    const block = blocks.find((candidate) => candidate.key === key);
    if (block) return block;
  }
  return blocks[0];
}

/** @returns {Parts} */
export function buildParts() {
  const range = { type: "range", min: 0, max: 1, step: 0.01 };
  return {
    title: h("p", { class: "s2s-title" }),
    heads: h("div", { class: "s2s-heads", "aria-hidden": "true" }),
    tree: h("div", { role: "tree", class: "s2s-blocks" }),
    formula: h("p", { class: "s2s-formula" }),
    name: h("span", { class: "s2s-name" }),
    slider: h("input", { ...range, "aria-label": "probability of this word" }),
    box: h("input", { type: "text", size: 6, "aria-label": "the same as a number" }),
    said: h("p", { class: "s2s-said" }),
    reset: h("button", { type: "button" }, "reset"),
    verdict: h("p", { class: "s2s-verdict" }),
    sentences: h("ul", { class: "s2s-sentences" }),
    mass: h("span"),
    cap: h("input", { type: "range", min: 1, step: 1, "aria-label": "length cap in words" }),
    capText: h("span"),
    live: h("p", { class: "s2s-spoken", "aria-live": "polite" }),
  };
}

/** @param {View} view  Compute everything anew and bring the page up to it; nodes stay. */
export function redraw(view) {
  const { model, parts } = view;
  const table = model.get("data");
  const [probabilities, cap] = [model.get("probabilities"), model.get("cap")];
  view.facts = factsOf(blocksOf(table, probabilities, cap));
  view.blocks = blocksOf(table, probabilities, cap, model.get("folded"));
  const { wide, tall } = sizes(view.blocks);
  put(parts.title, "text", table.title);
  put(parts.tree, "aria-label", table.title);
  put(parts.tree, "style", `height:${tall}px;width:${wide * cap + 132}px;--wide:${wide}px`);
  put(parts.heads, "style", `--wide:${wide}px`);
  if (parts.heads.childElementCount !== cap) {
    const heads = Array.from({ length: cap }, (_, t) => h("span", {}, `word ${t + 1}`));
    parts.heads.replaceChildren(...heads);
  }
  drawBlocks(view, tall, wide);
  writeFacts(view, cap);
  put(parts.cap, "max", String(table.max_length));
  /** @type {HTMLInputElement} */ (parts.cap).value = cap;
  put(parts.capText, "text", `${cap} word${cap === 1 ? "" : "s"}`);
  point(view);
}

/** @param {View} view @param {number} tall @param {number} wide */
function drawBlocks(view, tall, wide) {
  const { parts, nodes, facts, blocks } = view;
  const wanted = new Set(blocks.map((block) => block.key));
  for (const [key, node] of nodes) {
    if (!wanted.has(key)) {
      node.remove();
      nodes.delete(key);
    }
  }
  const rows = view.model.get("data").rows;
  blocks.forEach((block, number) => {
    let node = nodes.get(block.key);
    if (!node) {
      const seen = CHILDREN.map((tag) => h(tag, { "aria-hidden": "true" }));
      const told = h("span", { class: "s2s-spoken" }); // all of it, in words
      node = h("div", { role: "treeitem", tabindex: -1 }, ...seen, told);
      nodes.set(block.key, node);
    }
    if (parts.tree.children[number] !== node) {
      parts.tree.insertBefore(node, parts.tree.children[number] ?? null);
    }
    put(node, "data-key", block.key);
    put(node, "aria-level", String(block.path.length));
    put(node, "aria-posinset", String(block.column + 1));
    put(node, "aria-setsize", String(rows[block.row].words.length));
    if (block.child) put(node, "aria-expanded", String(!block.folded));
    else node.removeAttribute("aria-expanded");
    const left = (block.path.length - 1) * wide;
    const place = `top:${(block.top * 100).toFixed(3)}%;height:${(block.product * 100).toFixed(3)}%`;
    put(node, "style", `left:${left}px;${place}`);
    paint(node, block, facts, block.product * tall);
  });
}

/**
 * @param {HTMLElement} node
 * @param {Block} block
 * @param {Facts} facts
 * @param {number} height  in pixels
 */
function paint(node, block, facts, height) {
  const onBest = facts.best !== null && begins(block.path, facts.best.path);
  const onGreedy = begins(block.path, facts.greedy.path);
  const marks = [onBest && "best", onGreedy && "greedy"].filter(Boolean);
  const ends = !block.child && (height >= LEAST_TEXT || marks.length > 0);
  const classes = ["s2s-block", `s2s-${block.kind}`, ...marks.map((mark) => `s2s-on-${mark}`)];
  put(node, "class", classes.join(" "));
  const [, word, p, product, end, told] = node.children;
  put(told, "text", described(block, facts));
  put(word, "text", height < LEAST_TEXT ? "" : block.word);
  put(p, "text", height < LEAST_TEXT ? "" : digits(block.p));
  const tells = height >= LEAST_PRODUCT && block.path.length > 1 && block.kind !== "eos";
  put(product, "text", tells ? `path ${digits(block.product)}` : "");
  const open = block.kind === "open" ? "open " : "";
  put(end, "text", ends ? `${open}${digits(block.product)} ${marks.join(" and ")}` : "");
}

/** @param {View} view @param {number} cap  Write what the whole tree says. */
function writeFacts({ parts, facts }, cap) {
  put(parts.verdict, "text", verdict(facts, cap));
  const line = (/** @type {string} */ name, /** @type {Sentence} */ { path, p, finished }) => {
    const text = `${words(path)}${finished ? "" : " …"}`;
    return h("li", {}, h("i", { class: `s2s-mark s2s-on-${name}` }), ` ${name} `, h("b", {}, text),
      ` ${digits(p)}`);
  };
  const lines = [line("greedy", facts.greedy)];
  if (facts.best) lines.push(line("best", facts.best));
  parts.sentences.replaceChildren(...lines);
  const { finished, open } = facts.mass;
  put(parts.mass, "text", `finished ${digits(finished)} + still open ${digits(open)} = 1`);
}

/** @param {View} view  Mark the block in focus and write its product and its editor. */
export function point(view) {
  const { parts, nodes, blocks } = view;
  const here = focusOf(view);
  for (const [key, node] of nodes) {
    put(node, "tabindex", key === here.key ? "0" : "-1");
    put(node, "aria-selected", String(key === here.key));
  }
  const whole = blocks.filter((block) => begins(block.path, here.path));
  parts.formula.replaceChildren("p(", h("b", {}, words(here.path)), ") = ",
    productText(whole.map((block) => block.p)));
  if (here.product > 0 && here.product < 1) {
    parts.formula.append(`, ${Math.log(here.product).toFixed(3).replace("-", "\u2212")} nats`);
  }
  const before = words(here.path.slice(0, -1));
  put(parts.name, "text", `change p(${here.word}${before ? ` | ${before}` : ""}) to`);
  const slider = /** @type {HTMLInputElement} */ (parts.slider);
  if (Number(slider.value) !== Number(here.p.toFixed(2))) slider.value = String(here.p);
  const box = /** @type {HTMLInputElement} */ (parts.box);
  if (document.activeElement !== box) box.value = digits(here.p);
}
