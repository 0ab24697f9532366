// The sliders of a beam tree: k, alpha, its formula, the stopping rule and the round in view.
import { STOPS } from "./beam_words.js";
import { h } from "./shared.js";

const FORMULAS = { power: "length^\u03b1", gnmt: "((5 + length) / 6)^\u03b1 (GNMT)" };

/**
 * @typedef {object} Controls
 * @property {HTMLElement} bar
 * @property {HTMLInputElement} width
 * @property {HTMLInputElement} alpha
 * @property {HTMLInputElement} round
 * @property {HTMLInputElement} pruned
 * @property {HTMLSelectElement} formula
 * @property {HTMLSelectElement} stop
 * @property {Record<string, HTMLElement>} values  what the sliders stand at
 * @property {(target: EventTarget | null, set: (name: string, value: any) => void, draw: () => void) => void} change
 */

/**
 * @param {string} name
 * @param {string} label
 * @param {HTMLElement} input
 * @param {HTMLElement} [value]
 * @returns {HTMLElement}
 */
function field(name, label, input, value) {
  const named = h("label", {}, h("span", {}, label), input);
  return h("div", { class: "s2s-field", "data-field": name }, named, ...(value ? [value] : []));
}

/** @param {Record<string, string>} options @returns {HTMLSelectElement} */
function choice(options) {
  const list = Object.entries(options).map(([value, text]) => h("option", { value }, text));
  return /** @type {HTMLSelectElement} */ (h("select", {}, ...list));
}

/** @param {Record<string, string | number>} attributes @returns {HTMLInputElement} */
const input = (attributes) => /** @type {HTMLInputElement} */ (h("input", attributes));

/** @returns {Controls} */
export function buildControls() {
  const [width, round] = [1, 0].map((min) => input({ type: "range", min, step: 1 }));
  const alpha = input({ type: "range", min: 0, max: 2, step: 0.05 });
  const pruned = input({ type: "checkbox" });
  const [formula, stop] = [choice(FORMULAS), choice(STOPS)];
  const values = Object.fromEntries(["width", "alpha", "round"].map((name) => [name, h("output")]));
  const zoom = [["smaller", "\u2212"], ["larger", "+"]].map(([name, text]) =>
    h("button", { type: "button", "data-zoom": name, "aria-label": `${name} tree` }, text));
  const bar = h("div", { class: "s2s-controls", role: "group", "aria-label": "Search again" },
    field("width", "beam width k", width, values.width),
    field("alpha", "length penalty \u03b1", alpha, values.alpha),
    field("formula", "score = log p /", formula),
    field("stop", "stop", stop),
    field("round", "rounds in view", round, values.round),
    field("pruned", "show all that was pruned", pruned),
    h("div", { class: "s2s-field", "data-field": "zoom" }, ...zoom));
  return { bar, width, alpha, round, pruned, formula, stop, values, change };

  /** @type {Controls["change"]} */
  function change(target, set, draw) {
    if (target === width) set("width", Number(width.value));
    else if (target === alpha) set("alpha", Number(alpha.value));
    else if (target === formula || target === stop) {
      set(target === formula ? "formula" : "stop", /** @type {HTMLSelectElement} */ (target).value);
    } else if (target === round) set("round", round.value === round.max ? null : Number(round.value));
    else if (target === pruned) draw();
  }
}

/**
 * @param {number} room  pixels there are; 0 while nothing is laid out
 * @param {number} wide  pixels a tree needs at full size
 * @returns {number} what makes it fit, as long as it can be read
 */
export function fitting(room, wide) {
  return room ? Math.min(1, Math.max(0.8, room / wide)) : 1;
}

/**
 * @param {number} zoom
 * @param {string | undefined} way
 * @returns {number} one step larger or smaller, from 0.5 to 1.5
 */
export function zoomed(zoom, way) {
  const next = way === "larger" ? zoom + 0.25 : way === "smaller" ? zoom - 0.25 : zoom;
  return Math.min(1.5, Math.max(0.5, next));
}
