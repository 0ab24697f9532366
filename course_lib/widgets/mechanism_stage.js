// The stage of the mechanism lab: encoder states above, the decoder below, weights between them.
// Everything is drawn once for a sentence; a moment then changes classes, texts and lengths.
import { put, textWidth } from "./shared.js";
import { lit, squares, twoDigits } from "./mechanism_steps.js";

/**
 * @typedef {import("./mechanism_steps.js").Reply} Reply
 * @typedef {import("./mechanism_steps.js").Moment} Moment
 * @typedef {import("./mechanism_steps.js").Direction} Direction
 *
 * @typedef {object} Column  one source word
 * @property {SVGElement} word
 * @property {SVGElement[]} halves  of its state, that of the reader to the right first
 * @property {SVGElement} number  its score or its weight
 * @property {SVGElement} bar
 * @property {SVGElement} asked  the line from the decoder state
 * @property {SVGElement} given  the line to the context
 *
 * @typedef {object} Stage
 * @property {SVGElement} svg
 * @property {Column[]} columns
 * @property {Record<string, SVGElement>} parts
 * @property {SVGElement[][]} rows  name, bar and probability of each word shown
 * @property {Direction} direction
 * @property {Reply} answer
 */

const GLYPH = 38; // pixels: the width of a vector
const [TOP, BELOW] = [30, 252]; // where the encoder states and the decoder's vectors begin
const BAR = 40; // pixels of a weight of 1
const SHOWN_WORDS = 5;

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 * @returns {SVGElement}
 */
export function svgNode(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** @param {number} x @param {number} y @param {string} text @param {string} [kind] */
const label = (x, y, text, kind = "") => svgNode("text", { x, y, class: `s2s-text ${kind}` }, text);

/** @param {string} d @param {string} kind */
const curve = (d, kind) => svgNode("path", { d, class: kind });

/**
 * Draw a vector with its corner at x, y; `write` fills another one into the same place.
 * @param {number} x
 * @param {number} y
 * @param {number[]} values
 * @returns {SVGElement}
 */
function glyph(x, y, values) {
  const { paths, height } = squares(values, GLYPH);
  const frame = svgNode("rect", { width: GLYPH, height: height.toFixed(2), class: "s2s-frame" });
  const cells = paths.map((d, number) => svgNode("path", { d, class: `s2s-v${number}` }));
  return svgNode("g", { transform: `translate(${x} ${y})`, class: "s2s-vector" }, ...cells, frame);
}

/** @param {SVGElement} node @param {number[]} values  of the size it was drawn with */
function write(node, values) {
  squares(values, GLYPH).paths.forEach((d, number) => put(node.children[number], "d", d));
}

/** @param {string[]} src @returns {number} pixels between two source words */
const spacing = (src) => Math.max(62, Math.min(104, Math.max(...src.map(textWidth)) * 15 + 14));

/**
 * @param {Reply} answer
 * @param {Direction} direction
 * @returns {Stage}
 */
export function buildStage(answer, direction) {
  const { src, detail, weights } = answer;
  const gap = spacing(src);
  const width = Math.max(760, Math.round(gap * src.length + 130));
  const first = (width + 60 - gap * (src.length - 1)) / 2;
  const size = detail.context.length;
  const tall = squares(detail.context, GLYPH).height;
  const half = direction === "both" ? squares(detail.context.slice(0, size / 2), GLYPH).height : tall;
  const high = direction === "both" ? 2 * half + 4 : tall;
  const [state, context, words] = [width / 2 - 130, width / 2 + 20, width / 2 + 130];
  const start = TOP + high + 24; // where bars begin
  const columns = src.map((/** @type {string} */ _, /** @type {number} */ i) =>
    column(answer, i, { x: first + gap * i, half, both: direction === "both", start, state, context, high }));
  const links = [...Array(Math.max(0, src.length - 1)).keys()].flatMap((i) =>
    reading(first + gap * i, gap, half, direction));
  const { parts, rows, drawn, bottom } = below(answer, { state, context, words, tall });
  parts.compress = curve(
    `M${first + gap * (src.length - 1)} ${TOP + high + 24}V${start + 52}L${context} ${BELOW - 6}`, "s2s-pipe");
  if (direction === "both") {
    parts.compress = curve(`${parts.compress.getAttribute("d")}M${first} ${TOP + high + 24}V${start + 52}` +
      `L${context} ${BELOW - 6}`, "s2s-pipe");
  }
  parts.arrow = curve(`M${context - 24} ${BELOW + tall / 2}H${state + 26}m9 -8l-9 8l9 8`, "s2s-pipe");
  const fans = columns.flatMap((/** @type {Column} */ c) => (weights ? [c.asked, c.given] : []));
  const tops = columns.flatMap((/** @type {Column} */ c) => [c.word, ...c.halves, c.bar, c.number]);
  const names = columns.map((/** @type {Column} */ _, /** @type {number} */ i) =>
    label(first + gap * i, TOP + high + 16, `h${subscript(i + 1)}`, "s2s-small"));
  const sides = direction === "both"
    ? [label(0, TOP + half / 2 + 5, "forward", "s2s-side"),
      label(0, TOP + half * 1.5 + 9, "backward", "s2s-side")]
    : [label(0, TOP + tall / 2 + 5, "encoder", "s2s-side")];
  sides.push(label(0, BELOW + tall / 2 + 5, "decoder", "s2s-side"));
  const svg = svgNode("svg", { viewBox: `0 0 ${width} ${bottom}`, role: "img", style: `--width:${width}px` },
    ...sides, ...links, parts.compress, parts.arrow, ...fans, ...tops, ...names, ...drawn);
  return { svg, columns, parts, rows, direction, answer };
}

/** @param {number} number @returns {string} as small digits */
export const subscript = (number) =>
  String(number).replace(/\d/g, (digit) => String.fromCharCode(0x2080 + Number(digit)));

/**
 * Draw how the readers pass on what they hold: one to the right, one to the left.
 * @param {number} x
 * @param {number} gap
 * @param {number} half
 * @param {Direction} direction
 * @returns {SVGElement[]}
 */
function reading(x, gap, half, direction) {
  const [from, to] = [x + GLYPH / 2 + 3, x + gap - GLYPH / 2 - 3];
  const right = TOP + half / 2;
  const arrows = [curve(`M${from} ${right}H${to}m-5 -4l5 4l-5 4`, "s2s-arrow")];
  if (direction === "both") {
    arrows.push(curve(`M${to} ${right + half + 4}H${from}m5 -4l-5 4l5 4`, "s2s-arrow"));
  }
  return arrows;
}

/**
 * @param {Reply} answer
 * @param {number} i
 * @param {{x: number, half: number, both: boolean, start: number, state: number, context: number,
 *   high: number}} place
 * @returns {Column}
 */
function column({ src, detail }, i, { x, half, both, start, state, context, high }) {
  const values = detail.encoder_states[i];
  const left = x - GLYPH / 2;
  const parts = both ? [values.slice(0, values.length / 2), values.slice(values.length / 2)] : [values];
  const halves = parts.map((part, number) => glyph(left, TOP + number * (half + 4), part));
  const from = start + BAR + 18;
  return {
    word: label(x, 16, src[i], "s2s-word"),
    halves,
    bar: svgNode("rect", { x: left, y: start, width: GLYPH, height: 0, class: "s2s-bar" }),
    number: label(x, start + BAR + 12, "", "s2s-number"),
    asked: curve(`M${state} ${BELOW - 6}L${x} ${from}`, "s2s-asked"),
    given: curve(`M${x} ${from}L${context} ${BELOW - 6}`, "s2s-given"),
  };
}

/**
 * Draw the decoder: what it reads, its state, the context, and the words it may write.
 * @param {Reply} answer
 * @param {{state: number, context: number, words: number, tall: number}} place
 */
function below({ detail }, { state, context, words, tall }) {
  const middle = BELOW + tall / 2;
  const foot = Math.max(BELOW + tall, BELOW + 96);
  /** @type {Record<string, SVGElement>} */
  const parts = {
    reads: label(state - 62, middle + 5, "", "s2s-word s2s-end"),
    readArrow: curve(`M${state - 54} ${middle}H${state - 24}m-5 -4l5 4l-5 4`, "s2s-arrow"),
    state: glyph(state - GLYPH / 2, BELOW, detail.start[0]),
    stateName: label(state, BELOW + tall + 16, "", "s2s-small"),
    context: glyph(context - GLYPH / 2, BELOW, detail.context),
    contextName: label(context, BELOW + tall + 16, "", "s2s-small"),
    fromState: curve(
      `M${state + 24} ${middle + 8}C${state + 70} ${foot + 26} ${context + 30} ${foot + 26} ${words - 8} ` +
      `${middle + 14}`, "s2s-arrow"),
    fromContext: curve(`M${context + 24} ${middle}H${words - 8}m-5 -4l5 4l-5 4`, "s2s-arrow"),
  };
  const rows = Array.from({ length: SHOWN_WORDS }, (_, i) => {
    const y = BELOW + 2 + 19 * i;
    return [
      label(words + 62, y + 12, "", "s2s-word s2s-end"),
      svgNode("rect", { x: words + 70, y, width: 0, height: 14, rx: 2, class: "s2s-chance" }),
      label(words + 76, y + 12, "", "s2s-number s2s-begin"),
    ];
  });
  return { parts, rows, drawn: [...Object.values(parts), ...rows.flat()], bottom: foot + 34 };
}

/** @param {Element} node @param {string} name @param {boolean} on */
function mark(node, name, on) {
  if (node.classList.contains(name) !== on) node.classList.toggle(name, on);
}

/**
 * Show a moment.
 * @param {Stage} stage
 * @param {Moment} moment
 * @param {string} caption  what it says, for those who cannot see it
 */
export function showMoment(stage, moment, caption) {
  const { svg, columns, parts, answer, direction } = stage;
  const { weights, detail, read } = answer;
  const on = lit(moment, columns.length, direction);
  const { at } = moment;
  put(svg, "aria-label", caption);
  put(svg, "data-step", moment.step);
  columns.forEach((part, i) => showColumn(stage, moment, part, i));
  const early = moment.step === "encode" || moment.step === "compress";
  mark(parts.compress, "s2s-on", moment.step === "compress");
  mark(parts.arrow, "s2s-on", moment.step === "compress" || (!weights && moment.step === "decode" && at === 0));
  const fixed = !weights || moment.step === "compress";
  write(parts.context, fixed ? detail.context : detail.contexts[at]);
  write(parts.state, early ? detail.start[0] : detail.states[at]);
  put(parts.contextName, "text", fixed ? "context c, fixed" : `context c${subscript(at + 1)}`);
  put(parts.stateName, "text", early ? "state s\u2080" : `state s${subscript(at + 1)}`);
  put(parts.reads, "text", early ? "" : read[at]);
  for (const name of ["context", "contextName"]) mark(parts[name], "s2s-off", !on.context);
  const used = !weights && moment.step === "decode"; // a fixed context was read once, as s_0
  mark(parts.context, "s2s-faint", used);
  for (const name of ["state", "stateName"]) {
    mark(parts[name], "s2s-off", !on.state && moment.step !== "compress");
  }
  mark(parts.readArrow, "s2s-off", early);
  mark(parts.fromState, "s2s-off", !on.words);
  mark(parts.fromContext, "s2s-off", !on.words || !weights);
  showWords(stage, at, on.words);
}

/** @param {Stage} stage @param {Moment} moment @param {Column} part @param {number} i */
function showColumn({ columns, answer, direction }, moment, part, i) {
  const { weights, detail } = answer;
  const size = columns.length;
  const on = lit(moment, size, direction);
  const back = size - on.backward;
  const encoding = moment.step === "encode";
  mark(part.halves[0], "s2s-off", i >= on.forward);
  mark(part.halves[0], "s2s-now", encoding && i === on.forward - 1);
  if (part.halves[1]) {
    mark(part.halves[1], "s2s-off", i < back);
    mark(part.halves[1], "s2s-now", encoding && i === back);
  }
  const reads = encoding && (i === on.forward - 1 || (direction === "both" && i === back));
  mark(part.word, "s2s-now", reads);
  if (!weights) return;
  const weight = on.weights ? weights[moment.at][i] : 0;
  const score = on.scores ? detail.scores[moment.at][i] : null;
  put(part.number, "text", on.weights ? twoDigits(weight) : on.scores ? scoreText(score) : "");
  put(part.bar, "style", `height:${(BAR * weight).toFixed(2)}px`);
  put(part.given, "style", `stroke-width:${(0.5 + 11 * weight).toFixed(2)}px`);
  mark(part.given, "s2s-on", on.weights);
  mark(part.asked, "s2s-on", on.scores);
  const most = on.weights && weight === Math.max(...weights[moment.at]);
  mark(part.word, "s2s-most", most);
}

/** @param {number | null} score @returns {string} */
const scoreText = (score) =>
  (score === null ? "masked" : score.toFixed(Math.abs(score) < 9.95 ? 2 : 1).replace("-", "\u2212"));

/** @param {Stage} stage @param {number} at @param {boolean} shown */
function showWords({ rows, answer }, at, shown) {
  rows.forEach(([name, bar, chance], i) => {
    const [word, p] = shown && answer.top[at][i] ? answer.top[at][i] : ["", 0];
    put(name, "text", word);
    put(chance, "text", word ? twoDigits(p) : "");
    put(bar, "style", `width:${(90 * p).toFixed(1)}px`);
    put(chance, "style", `transform:translateX(${(90 * p).toFixed(1)}px)`);
    mark(name, "s2s-now", word !== "" && word === answer.words[at]);
  });
}
