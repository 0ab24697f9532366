// Where a beam tree's cards and lines stand, and where a key goes: pure functions.
import { textWidth } from "./shared.js";

/**
 * @typedef {import("./beam_scene.js").Scene} Scene
 * @typedef {import("./beam_scene.js").Item} Item
 *
 * @typedef {object} Plan  where everything stands, in pixels
 * @property {number[]} lefts  of each column
 * @property {number[]} widths
 * @property {number} pitch  from row to row
 * @property {number} height  of a card
 * @property {boolean} dense
 * @property {number} wide
 * @property {number} high
 */

const TWO_LINES = 9; // up to so many rows, a card has two lines

/**
 * Give each column the width of its widest card.
 * @param {Scene} scene
 * @returns {Plan}
 */
export function planOf(scene) {
  const dense = scene.rows > TWO_LINES;
  const [pitch, height, gap] = dense ? [32, 26, 24] : [56, 44, 28];
  /** @type {number[]} */
  const widths = [];
  for (const { seen, word, foldable } of scene.items) {
    const text = Math.min(textWidth(word), 11) * (dense ? 13.5 : 15);
    const chip = foldable ? 26 : 0;
    const width = Math.round(dense ? text + 74 + chip : Math.max(text + 34, 42 + chip) + 24);
    widths[seen.length] = Math.max(widths[seen.length] ?? 0, seen.length ? width : 30);
  }
  /** @type {number[]} */
  const lefts = [];
  widths.forEach((_, i) => lefts.push(i ? lefts[i - 1] + widths[i - 1] + gap : 6));
  // The names of the paths stand behind their ends.
  const names = scene.items.map(({ seen, ends }) => lefts[seen.length] + widths[seen.length] + ends.length * 58);
  const wide = Math.max(...names) + 16;
  return { lefts, widths, pitch, height, dense, wide, high: scene.rows * pitch + 8 };
}

/** @param {Plan} plan @param {Item} item @returns {[number, number]} its left and its middle */
export function spot(plan, { seen, row }) {
  return [plan.lefts[seen.length], Math.round(row * plan.pitch + plan.pitch / 2) + 4];
}

/** @param {Plan} plan @param {Item} from @param {Item} to @param {number} shift @returns {string} */
export function curve(plan, from, to, shift) {
  const [left, top] = spot(plan, from);
  const [x2, y2] = spot(plan, to);
  const x1 = left + plan.widths[from.seen.length];
  const middle = Math.round((x1 + x2) / 2);
  return `M${x1} ${top + shift}C${middle} ${top + shift} ${middle} ${y2 + shift} ${x2} ${y2 + shift}`;
}

/**
 * The prefix that a key goes to: left to its parent, right to its best continuation, up and down
 * among the prefixes of its round.
 * @param {Scene} scene
 * @param {Item} item
 * @param {string} key
 * @returns {Item | undefined}
 */
export function neighbour(scene, item, key) {
  const column = scene.items.filter((other) => other.seen.length === item.seen.length);
  const at = column.indexOf(item);
  if (key === "ArrowLeft") return scene.byKey.get(item.up);
  if (key === "ArrowRight") return item.below[0];
  if (key === "ArrowUp") return column[at - 1];
  if (key === "ArrowDown") return column[at + 1];
  if (key === "Home") return scene.items[0];
  return key === "End" ? scene.items.find((other) => other.ends.includes("best")) : undefined;
}
