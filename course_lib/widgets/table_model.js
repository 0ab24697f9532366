// A table model as a tree of blocks: its edits, its greedy and best path, and what is said of them.
// course_lib/widgets/probability_tree.py edits and searches the same way; a test compares the two.
import { textWidth } from "./shared.js";

/**
 * @typedef {string[]} Path  words from the start of the sentence
 *
 * @typedef {object} Table  what Python sends; checked there
 * @property {{prefix: Path, words: string[], p: number[]}[]} rows  p as it was at first
 * @property {number} max_length  words a sentence may have, eos counted
 * @property {string} eos
 * @property {string} title
 * @property {{characters: string, woff: string}} font
 *
 * @typedef {object} Block
 * @property {string} key
 * @property {Path} path
 * @property {string} word  the last of the path
 * @property {number} row  of the table, which the word stands in
 * @property {number} column  of that row
 * @property {number} p  of the word after its prefix
 * @property {number} product  of all p on the path
 * @property {number} top  where its block begins, from 0 to 1; its height is the product
 * @property {"word" | "eos" | "open"} kind  open: the length cap stops here
 * @property {boolean} folded
 * @property {Path | null} child  the first word that follows, shown or folded
 *
 * @typedef {{path: Path, p: number, finished: boolean}} Sentence
 *
* @typedef {object} Facts  what the tree says, with nothing folded
 * @property {Sentence} greedy
 * @property {Sentence | null} best
 * @property {{finished: number, open: number}} mass
 */

/** @param {Path} path @returns {string} */
export const keyOf = (path) => JSON.stringify(path);

/** @param {Table} table @returns {Map<string, number>} the number of the row after each prefix */
const rowNumbers = ({ rows }) => new Map(rows.map(({ prefix }, row) => [keyOf(prefix), row]));

/**
 * List the blocks, each before those that follow it, from the top down.
 * @param {Table} table
 * @param {number[][]} probabilities  as they are now
 * @param {number} cap  words a sentence may have here
 * @param {Path[]} folded  what follows these is not listed
 * @returns {Block[]}
 */
export function blocksOf(table, probabilities, cap, folded = []) {
  const numbers = rowNumbers(table);
  const closed = new Set(folded.map(keyOf));
  /** @type {Block[]} */
  const blocks = [];
  /** @param {Path} prefix @param {number} product @param {number} start */
  const grow = (prefix, product, start) => {
    const row = numbers.get(keyOf(prefix)) ?? -1;
    let top = start;
    table.rows[row].words.forEach((word, column) => {
      const p = probabilities[row][column];
      const path = [...prefix, word];
      const key = keyOf(path);
      const last = word === table.eos || path.length >= cap;
      const kind = word === table.eos ? "eos" : last ? "open" : "word";
      const below = last ? undefined : numbers.get(key);
      const child = below === undefined ? null : [...path, table.rows[below].words[0]];
      const hides = child !== null && closed.has(key);
      const whole = product * p;
      blocks.push({
        key, path, word, row, column, p, product: whole, top, kind, folded: hides, child,
      });
      if (child && !hides) grow(path, whole, top);
      top += whole;
    });
  };
  grow([], 1, 0);
  return blocks;
}

/** @param {Block[]} blocks  with nothing folded @returns {{finished: number, open: number}} */
export function masses(blocks) {
  const sum = (/** @type {string} */ kind) =>
    blocks.reduce((total, block) => total + (block.kind === kind ? block.product : 0), 0);
  return { finished: sum("eos"), open: sum("open") };
}

/** @param {string} a @param {string} b @returns {number} the order of Python's strings: by character */
function compareWords(a, b) {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const gap = (left[i].codePointAt(0) ?? 0) - (right[i].codePointAt(0) ?? 0);
    if (gap) return gap;
  }
  return left.length - right.length;
}

/** @param {Path} a @param {Path} b @returns {number} */
function comparePaths(a, b) {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const order = compareWords(a[i], b[i]);
    if (order) return order;
  }
  return a.length - b.length;
}

/**
 * Take the most probable word at each step; on a tie the first in alphabetical order.
 * @param {Block[]} blocks  with nothing folded
 * @returns {Sentence}
 */
export function greedyOf(blocks) {
  /** @type {Block | undefined} */
  let last;
  for (;;) {
    const prefix = keyOf(last?.path ?? []);
    const row = blocks.filter((block) => keyOf(block.path.slice(0, -1)) === prefix);
    if (!row.length) break;
    last = row.reduce((best, block) =>
      block.p > best.p || (block.p === best.p && compareWords(block.word, best.word) < 0)
        ? block : best);
  }
  return { path: last?.path ?? [], p: last?.product ?? 1, finished: last?.kind === "eos" };
}

/**
 * Return the most probable sentence that has ended; on a tie the first in alphabetical order.
 * @param {Block[]} blocks  with nothing folded
 * @returns {Sentence | null}  null when none has ended
 */
export function bestOf(blocks) {
  const ended = blocks.filter((block) => block.kind === "eos" && block.product > 0);
  if (!ended.length) return null;
  const best = ended.reduce((a, b) =>
    b.product > a.product || (b.product === a.product && comparePaths(b.path, a.path) < 0) ? b : a);
  return { path: best.path, p: best.product, finished: true };
}

/**
 * Give one word of a row a probability; the others share the rest as they shared it before.
 * @param {number[]} row
 * @param {number} column
 * @param {number} p
 * @param {string} word  for the reason
 * @returns {{row: number[]} | {reason: string}}
 */
export function edited(row, column, p, word) {
  if (!(p >= 0 && p <= 1)) return { reason: "a probability is a number from 0 to 1" };
  if (row.length === 1 && p !== 1) {
    return { reason: `${word} is the only word of its row, so its probability stays 1` };
  }
  const others = row.reduce((sum, q, i) => sum + (i === column ? 0 : q), 0);
  const share = (/** @type {number} */ q) =>
    others > 0 ? (q / others) * (1 - p) : (1 - p) / (row.length - 1);
  return { row: row.map((q, i) => (i === column ? p : share(q))) };
}

/** @param {string} text  what a learner typed: .5, 0.5, 0,5, 1/3 or 50 % @returns {number}  or NaN */
export function parsed(text) {
  const [, top, below, percent] =
    /^\s*([\d.,]+)\s*(?:\/\s*([\d.,]+))?\s*(%?)\s*$/.exec(text) ?? [];
  if (top === undefined) return NaN;
  const value = (/** @type {string} */ digits) => Number(digits.replace(",", "."));
  return value(top) / (below === undefined ? 1 : value(below)) / (percent ? 100 : 1);
}

/** @param {number} p @returns {string} .275, 1 and 0 as they are, the rest to four digits */
export function digits(p) {
  if (p === 0 || p === 1) return String(p);
  if (p < 0.0001) return p.toExponential(1);
  const text = p.toFixed(4).replace(/0+$/, "").replace(/\.$/, "");
  return text === "1" ? "1.0000" : text.replace(/^0/, "");
}

/**
 * Return what a key does in a tree: go to a path, fold or unfold one. As trees on other pages do.
 * @param {Block[]} blocks  those shown
 * @param {Path} path  where the focus is
 * @param {{key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, shiftKey?: boolean}} event
 * @returns {{go: Path} | {fold: Path} | {unfold: Path} | null}
 */
export function walked(blocks, path, { key, ctrlKey, metaKey, altKey, shiftKey }) {
  if (ctrlKey || metaKey || altKey || shiftKey) return null;
  const at = blocks.findIndex((block) => block.key === keyOf(path));
  const here = blocks[at];
  if (!here) return null;
  const next = (/** @type {number} */ to) =>
    ({ go: blocks[Math.max(0, Math.min(blocks.length - 1, to))].path });
  if (key === "ArrowUp") return next(at - 1);
  if (key === "ArrowDown") return next(at + 1);
  if (key === "Home") return next(0);
  if (key === "End") return next(blocks.length - 1);
  if (key === "ArrowRight") {
    return here.folded ? { unfold: path } : { go: here.child ?? path };
  }
  if (key === "ArrowLeft") {
    if (here.child && !here.folded) return { fold: path };
    return { go: path.length > 1 ? path.slice(0, -1) : path };
  }
  if (key === " " && here.child) return here.folded ? { unfold: path } : { fold: path };
  return null;
}

/** @param {Path} path @param {Path} whole @returns {boolean} whether the path begins the whole */
export const begins = (path, whole) => path.every((word, i) => whole[i] === word);

/** @param {Block[]} blocks  with nothing folded @returns {Facts} */
export const factsOf = (blocks) =>
  ({ greedy: greedyOf(blocks), best: bestOf(blocks), mass: masses(blocks) });

/** @param {Path} path @returns {string} */
export const words = (path) => path.join(" ");

/** @param {number[]} factors @returns {string} .55 × .5 = .275 */
export function productText(factors) {
  const whole = digits(factors.reduce((product, p) => product * p, 1));
  return factors.length < 2 ? whole : `${factors.map(digits).join(" × ")} = ${whole}`;
}

/**
 * Say how the two paths compare, which is the point of the picture.
 * @param {Facts} facts
 * @param {number} cap
 * @returns {string}
 */
export function verdict({ greedy, best }, cap) {
  if (!best) return `No sentence ends within ${cap} word${cap === 1 ? "" : "s"}.`;
  if (!greedy.finished) return "Greedy search has not ended yet.";
  if (keyOf(greedy.path) === keyOf(best.path)) return "Greedy search finds the best sentence.";
  if (greedy.p === best.p) return "Greedy search finds one of several best sentences.";
  return "Greedy search misses the best sentence.";
}

/**
 * Describe a block for those who cannot see it.
 * @param {Block} block
 * @param {Facts} facts
 * @returns {string}
 */
export function described(block, { greedy, best }) {
  const parts = [block.word, `probability ${digits(block.p)}`];
  if (block.path.length > 1) parts.push(`whole path ${digits(block.product)}`);
  if (begins(block.path, greedy.path)) parts.push("greedy path");
  if (best && begins(block.path, best.path)) parts.push("best path");
  if (block.kind === "open") parts.push("still open");
  return parts.join(", ");
}

/**
 * Size the picture to its words and to the number of blocks that end on its right.
 * @param {Block[]} blocks  those shown
 * @returns {{wide: number, tall: number}}  pixels a word, and of the whole height
 */
export function sizes(blocks) {
  const longest = Math.max(...blocks.map((block) => textWidth(block.word)));
  const leaves = blocks.filter((block) => !block.child || block.folded).length;
  const wide = Math.max(92, Math.min(168, Math.round(longest * 15 + 70)));
  return { wide, tall: Math.max(220, Math.min(380, 80 * leaves)) };
}
