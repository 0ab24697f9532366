// What may be asked of a live model: course_lib/live/request.py, with the same messages.
import { advice, quoted, typedWords } from "./spelling.js";

/**
 * @typedef {{words: string[], tokens: string[], ids: Map<string, number>}} Vocabulary
 *
 * @typedef {object} Asked
 * @property {string[]} src
 * @property {number[]} srcIds
 * @property {string} method
 * @property {number} width
 * @property {number} alpha
 * @property {number} maxLength
 * @property {Record<string, number>} forced
 * @property {number[] | null} gold
 * @property {number[]} masked
 * @property {Record<string, number[]>} weights
 * @property {boolean} detail
 */

const MOST_WORDS = 100; // of a source; what a person types and a screen shows
const LONGEST = 200; // words of a target, eos counted
const TOLERANCE = 1e-3; // of a row of weights' sum
const FIELDS = [
  "src", "text", "method", "width", "alpha", "max_length",
  "forced", "gold", "masked", "weights", "detail", "model",
];

/**
 * Check a request; throws an Error that names the field, what came and what may come.
 * @param {Record<string, any>} request
 * @param {Vocabulary} src
 * @param {Vocabulary} tgt
 * @returns {Asked}
 */
export function readRequest(request, src, tgt) {
  const extra = Object.keys(request).find((name) => !FIELDS.includes(name));
  if (extra) throw new Error(`request: ${quoted(extra)} is no field; choose from ${FIELDS.join(", ")}`);
  const words = sourceOf(request, src);
  const size = words.length;
  const method = request.method || "greedy";
  if (method !== "greedy" && method !== "beam") {
    throw new Error(`method is ${quoted(method)}; choose 'greedy' or 'beam'`);
  }
  return {
    src: words,
    srcIds: words.map((word) => src.ids.get(word) ?? 3),
    method,
    width: whole("width", request.width, 5, 1, tgt.tokens.length),
    alpha: alphaOf(request.alpha),
    maxLength: whole("max_length", request.max_length, 2 * size + 20, 1, LONGEST),
    forced: Object.fromEntries(Object.entries(request.forced ?? {})
      .map(([step, word]) => [stepOf("forced", step), knownIds("forced", [word], tgt)[0]])),
    gold: request.gold ? knownIds("gold", request.gold, tgt) : null,
    masked: maskedOf(request.masked, size),
    weights: Object.fromEntries(Object.entries(request.weights ?? {})
      .map(([step, row]) => [stepOf("weights", step), weightRow(step, row, size)])),
    detail: Boolean(request.detail),
  };
}

/** @param {Record<string, any>} request @param {Vocabulary} vocabulary @returns {string[]} */
function sourceOf(request, vocabulary) {
  const words = request.src ? [...request.src] : typedWords(request.text ?? "", vocabulary.words);
  if (words.length < 1 || words.length > MOST_WORDS) {
    throw new Error(`src has ${words.length} words; give 1 to ${MOST_WORDS}`);
  }
  const unknown = words.filter((word) => !vocabulary.ids.has(word));
  if (unknown.length) throw new Error(unknown.map((word) => advice(word, vocabulary.words)).join("; "));
  return words;
}

/**
 * @param {string} name
 * @param {any} value
 * @param {number} otherwise
 * @param {number} low
 * @param {number} high
 * @returns {number}
 */
function whole(name, value, otherwise, low, high) {
  if (value === undefined || value === null) return Math.min(otherwise, high);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new Error(`${name} is ${quoted(value)}; it must be a whole number from ${low} to ${high}`);
  }
  return value;
}

/** @param {any} value @returns {number} */
function alphaOf(value) {
  if (value === undefined || value === null) return 0;
  if (!(Number.isFinite(value) && value >= 0)) {
    throw new Error(`alpha is ${quoted(value)}; it must be a number from 0 up; 0 switches it off`);
  }
  return value;
}

/** @param {string} name @param {string[]} words @param {Vocabulary} vocabulary @returns {number[]} */
function knownIds(name, words, { tokens, words: known }) {
  const unknown = words.filter((word) => !tokens.includes(word));
  if (unknown.length) {
    throw new Error(`${name}: ${unknown.map((word) => advice(word, known)).join("; ")}`);
  }
  return words.map((word) => tokens.indexOf(word));
}

/** @param {string} name @param {string} step @returns {string} */
function stepOf(name, step) {
  if (!/^\d+$/.test(step) || Number(step) >= LONGEST) {
    throw new Error(`${name}: ${quoted(step)} is no step; steps are whole numbers from 0 to ${LONGEST - 1}`);
  }
  return String(Number(step));
}

/** @param {number[] | undefined} masked @param {number} size @returns {number[]} */
function maskedOf(masked, size) {
  const positions = [...new Set(masked ?? [])].sort((a, b) => a - b);
  for (const position of positions) {
    if (!Number.isInteger(position) || position < 0 || position >= size) {
      throw new Error(
        `masked: ${quoted(position)} is no source position; give whole numbers from 0 to ${size - 1}`);
    }
  }
  if (positions.length === size) {
    throw new Error(`masked holds all ${size} source words; leave one to read at least`);
  }
  return positions;
}

/** @param {string} step @param {number[]} row @param {number} size @returns {number[]} */
function weightRow(step, row, size) {
  const where = `weights at step ${Number(step)}`;
  if (row.length !== size) {
    throw new Error(`${where} are ${row.length} numbers; give one for each of ${size} words`);
  }
  if (!row.every((weight) => Number.isFinite(weight) && weight >= 0)) {
    throw new Error(`${where} hold ${Number(Math.min(...row).toPrecision(4))}; weights are finite numbers from 0 up`);
  }
  const sum = row.reduce((a, b) => a + b);
  if (Math.abs(sum - 1) > TOLERANCE) {
    throw new Error(`${where} sum to ${sum.toFixed(4)}, not 1; divide them by their sum`);
  }
  return row;
}
