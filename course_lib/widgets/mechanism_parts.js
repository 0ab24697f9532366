// What stands around the stage of the mechanism lab: sentence, steps, controls, tensors.
import { h, put } from "./shared.js";
import { LEVELS, STEPS, threeDigits } from "./mechanism_steps.js";
import { svgNode } from "./mechanism_stage.js";

/**
 * @typedef {import("./mechanism_steps.js").Shown} Shown
 *
 * @typedef {Record<"title" | "form" | "box" | "said" | "steps" | "stage" | "caption" | "written" |
 *   "play" | "back" | "next" | "scrub" | "place" | "speed" | "tensors" | "live", HTMLElement>} Parts
 */

const SPEED_NAMES = ["slow", "normal", "fast"];

/** @param {string} text @param {string} kind */
const button = (text, kind) => h("button", { type: "button", class: kind }, text);

/** @returns {HTMLElement} what the squares mean */
function legend() {
  const [width, height] = [12 * LEVELS, 12];
  const svg = svgNode("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", class: "s2s-key" },
    ...Array.from({ length: LEVELS }, (_, i) =>
      svgNode("rect", { x: 12 * i, width: 12, height, class: `s2s-v${i}` })));
  return h("p", { class: "s2s-legend" }, "one square, one number of a vector: \u22121 ", svg, " 1");
}

/** @returns {Parts} */
export function buildParts() {
  const steps = STEPS.map(([name, title], i) =>
    h("li", {}, h("button", { type: "button", "data-step": name }, h("b", {}, String(i + 1)), ` ${title}`)));
  const speeds = SPEED_NAMES.map((name) => h("option", { value: name }, name));
  return {
    title: h("p", { class: "s2s-title" }),
    form: h("form"),
    box: h("input", { type: "text", "aria-label": "English sentence", spellcheck: "false", size: 36 }),
    said: h("p", { class: "s2s-said", role: "status" }),
    steps: h("ol", { class: "s2s-steps" }, ...steps),
    stage: h("div", { class: "s2s-stage" }),
    caption: h("p", { class: "s2s-caption" }),
    written: h("p", { class: "s2s-written" }),
    back: button("\u25c2 back", "s2s-back"),
    play: button("\u25b6 play", "s2s-play"),
    next: button("next \u25b8", "s2s-next"),
    scrub: h("input", { type: "range", min: 0, step: 1, "aria-label": "moment" }),
    place: h("span", { class: "s2s-place" }),
    speed: h("select", { "aria-label": "speed" }, ...speeds),
    tensors: h("div", { class: "s2s-tensors" }),
    live: h("p", { class: "s2s-spoken", "aria-live": "polite" }),
  };
}

/** @param {Parts} parts @param {string} name  of the radio buttons: one group a visual @returns {HTMLElement} */
export function assemble(parts, name) {
  const { title, form, box, said, steps, stage, caption, written, back, play, next } = parts;
  const choice = (/** @type {string} */ value, /** @type {string} */ text) =>
    h("label", {}, h("input", { type: "radio", name, value }), ` ${text}`);
  const choices = h("fieldset", {}, h("legend", { class: "s2s-spoken" }, "context"),
    choice("attention", "with attention"), choice("fixed", "fixed context"));
  form.append(box, h("button", { type: "submit" }, "translate"), choices);
  const speed = h("label", { class: "s2s-speed" }, "speed ", parts.speed);
  const controls = h("div", { class: "s2s-controls" }, back, play, next, parts.scrub, parts.place, speed);
  const root = h("div", { class: "s2s s2s-lab" });
  root.append(title, form, said, steps, caption, stage, controls, written, parts.tensors, legend(), parts.live);
  return root;
}

/**
 * Name the tensors of a moment; their numbers are written when asked for.
 * @param {HTMLElement} place
 * @param {Shown[]} shown
 */
export function showTensors(place, shown) {
  while (place.children.length > shown.length) place.lastChild?.remove();
  shown.forEach(({ name, shape, values, labels }, i) => {
    let node = /** @type {HTMLDetailsElement} */ (place.children[i]);
    if (!node) {
      const numbers = h("div", { class: "s2s-numbers", tabindex: 0 });
      node = /** @type {HTMLDetailsElement} */ (h("details", {}, h("summary"), numbers));
      place.append(node);
    }
    const [summary, numbers] = node.children;
    put(summary, "text", `${name}  (${shape.join(", ")}${shape.length === 1 ? "," : ""})`);
    put(numbers, "aria-label", name);
    put(numbers, "role", "group");
    const fill = () => numbers.replaceChildren(...(node.open ? linesOf(shape, values, labels) : []));
    node.ontoggle = fill;
    fill();
  });
}

/**
 * @param {number[]} shape
 * @param {number[][]} values
 * @param {string[]} [labels]  of the numbers of a vector, of the rows of a matrix
 * @returns {HTMLElement[]}
 */
function linesOf(shape, values, labels = []) {
  const named = (/** @type {number} */ k, /** @type {string} */ text) =>
    (labels[k] === undefined ? text : `${labels[k]} ${text}`);
  const lines = shape.length === 1
    ? [values[0].map((value, k) => named(k, threeDigits(value))).join("   ")]
    : values.map((row, k) => named(k, row.map(threeDigits).join("  ")));
  return lines.map((line) => h("p", {}, line));
}
