// The five steps of a translation as a list of moments, and what each has to say. Pure.
// Source of the steps and their names: chapter 02, and Luong et al. 2015 for the order of 3 to 5.

/**
 * @typedef {Record<string, any>} Reply  a live model's answer, with its detail
 * @typedef {"encode" | "compress" | "score" | "mix" | "decode"} Step
 * @typedef {{step: Step, at: number}} Moment  at: the source word read, or the target word, from 0
 * @typedef {"forward" | "both"} Direction  both: half of each state reads from the end
 * @typedef {{name: string, shape: number[], values: number[][], labels?: string[]}} Shown
 */

/** @type {[Step, string][]} */
export const STEPS = [
  ["encode", "Encode"],
  ["compress", "Compress"],
  ["score", "Score"],
  ["mix", "Mix"],
  ["decode", "Decode"],
];

/**
 * List the moments of a translation in order.
 * @param {Reply} answer
 * @returns {Moment[]}
 */
export function momentsOf({ src, words, weights }) {
  /** @type {Moment[]} */
  const moments = src.map((/** @type {string} */ _, /** @type {number} */ at) => ({ step: "encode", at }));
  moments.push({ step: "compress", at: 0 });
  words.forEach((/** @type {string} */ _, /** @type {number} */ at) => {
    if (weights) moments.push({ step: "score", at }, { step: "mix", at });
    moments.push({ step: "decode", at });
  });
  return moments;
}

/**
 * Return where a step's button leads: to this target word, or to the first one.
 * @param {Moment[]} moments
 * @param {number} now
 * @param {Step} step
 * @returns {number}  -1 when this model has no such step
 */
export function jump(moments, now, step) {
  if (step === "encode") return 0;
  const late = ["score", "mix", "decode"].includes(moments[now].step);
  const at = late && step !== "compress" ? moments[now].at : 0;
  return moments.findIndex((moment) => moment.step === step && moment.at === at);
}

/**
 * Find the moment of another model's translation that is nearest to one of this one's.
 * @param {Moment[]} moments  of the other
 * @param {Moment} moment
 * @returns {number}
 */
export function nearest(moments, { step, at }) {
  const same = moments.findIndex((other) => other.step === step && other.at === at);
  if (same >= 0) return same;
  const decode = moments.findIndex((other) => other.step === "decode" && other.at === at);
  return decode >= 0 ? decode : moments.length - 1;
}

/** @param {number} count @param {string} one @returns {string} 1 number, 2 numbers */
const counted = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

/** @param {number} p @returns {string} */
export const twoDigits = (p) => (p >= 0.995 ? "1.00" : p.toFixed(2).replace(/^0/, ""));

/**
 * Say in words what happens at a moment.
 * @param {Moment} moment
 * @param {Reply} answer
 * @param {Direction} direction
 * @returns {string}
 */
export function told({ step, at }, answer, direction) {
  const { src, words, read, weights, top } = answer;
  const size = answer.detail.context.length;
  const [number, wrote, reads] = [at + 1, words[at], read[at] === "<bos>" ? "the start sign <bos>" : read[at]];
  if (step === "encode") {
    if (direction === "forward") {
      return `The encoder reads \u201c${src[at]}\u201d and changes its state. ` +
        `State ${number} stands for: ${src.slice(0, number).join(" ")}`;
    }
    const back = src.length - number;
    return `Two readers make the encoder states. One goes right and reads \u201c${src[at]}\u201d, ` +
      `the other goes left and reads \u201c${src[back]}\u201d. Each fills its half of a state.`;
  }
  if (step === "compress") {
    const from = direction === "both" ? "What the two readers hold at the end" : "The last state";
    const cell = answer.detail.start[1].some((/** @type {number} */ value) => value !== 0);
    const held = cell ? `, h and the cell C: ${2 * size} numbers` : `: ${counted(size, "number")}`;
    const all = `${from}${held} for ${counted(src.length, "word")}.`;
    return weights
      ? `${all} The decoder starts from it, as it would without attention. But the states stay.`
      : `${all} This is the fixed context c, and it is all that the decoder ever gets.`;
  }
  if (step === "score") {
    return `To write word ${number} the decoder reads ${reads} and changes its state. How well does ` +
      "each encoder state match it? One score for each source word.";
  }
  if (step === "mix") {
    const most = weights[at].indexOf(Math.max(...weights[at]));
    return "Softmax makes weights of the scores: positive, with sum 1. The encoder states, each times " +
      `its weight, add up to the context of this word. Most of it is \u201c${src[most]}\u201d.`;
  }
  const how = weights
    ? "State and context together give each word a probability."
    : `The decoder reads ${reads}, changes its state, and gives each word a probability. It cannot ` +
      "look at the source.";
  const p = twoDigits(top[at].find((/** @type {[string, number]} */ [word]) => word === wrote)?.[1] ?? 0);
  const end = wrote === "<eos>" ? "<eos>: the sentence ends here" : wrote;
  return `${how} It writes the most probable one, ${end} (${p}).`;
}

/**
 * Return the tensors of a moment, with their shapes.
 * @param {Moment} moment
 * @param {Reply} answer
 * @returns {Shown[]}
 */
export function tensorsOf({ step, at }, answer) {
  const { src, weights, top, detail } = answer;
  const row = (/** @type {string} */ name, /** @type {number[]} */ values, /** @type {string[]} */ labels) =>
    ({ name, shape: [values.length], values: [values], labels });
  const number = at + 1;
  if (step === "encode") {
    return [
      row(`x_${number}, embedding of ${src[at]}`, detail.src_embedded[at], []),
      row(`h_${number}, encoder state`, detail.encoder_states[at], []),
    ];
  }
  if (step === "compress") {
    const states = detail.encoder_states;
    return [
      { name: "encoder_states", shape: [states.length, states[0].length], values: states, labels: src },
      row(weights ? "s_0, first decoder state" : "c = s_0, fixed context", detail.start[0], []),
      row("C_0, the cell that goes with it", detail.start[1], []),
    ];
  }
  if (step === "score") {
    return [
      row(`y_${at}, embedding of ${answer.read[at]}`, detail.embedded[at], []),
      row(`s_${number}, decoder state`, detail.states[at], []),
      row(`scores of step ${number}`, detail.scores[at], src),
    ];
  }
  if (step === "mix") {
    return [
      row(`weights of step ${number}`, weights[at], src),
      row(`c_${number}, context`, detail.contexts[at], []),
    ];
  }
  const [names, p] = [top[at].map((/** @type {any} */ pair) => pair[0]), top[at].map((/** @type {any} */ pair) => pair[1])];
  return [
    row(`s_${number}, decoder state`, detail.states[at], []),
    ...(weights ? [row(`c_${number}, context`, detail.contexts[at], [])] : []),
    row(weights ? "readout, tanh of W [c; s]" : "readout, the state itself", detail.readouts[at], []),
    row("the five most probable words", p, names),
  ];
}

/** @param {number | null} value @returns {string} */
export function threeDigits(value) {
  if (value === null) return "masked";
  return value.toFixed(3).replace("-", "\u2212");
}

export const LEVELS = 9; // of colour; the middle one is 0

/** @param {number} value  of a state, from -1 to 1; clipped @returns {number} 0 to LEVELS - 1 */
export function level(value) {
  const half = (LEVELS - 1) / 2;
  return Math.round(Math.max(-1, Math.min(1, value)) * half) + half;
}

/**
 * Draw a vector as squares: one path for each level of colour, so that a sentence has few nodes.
 * @param {number[]} values
 * @param {number} width  pixels of the whole
 * @returns {{paths: string[], height: number}}  an SVG path for each level
 */
export function squares(values, width) {
  const columns = Math.max(1, Math.ceil(Math.sqrt(values.length * 0.75)));
  const side = width / columns;
  const paths = Array.from({ length: LEVELS }, () => "");
  values.forEach((value, i) => {
    const [x, y] = [(i % columns) * side, Math.floor(i / columns) * side];
    paths[level(value)] += `M${x.toFixed(2)} ${y.toFixed(2)}h${side.toFixed(2)}v${side.toFixed(2)}h-${side.toFixed(2)}z`;
  });
  return { paths, height: Math.ceil(values.length / columns) * side };
}

/**
 * Say what is there to see at a moment: how many words are read, and which parts are lit.
 * @param {Moment} moment
 * @param {number} size  source words
 * @param {Direction} direction
 * @returns {{forward: number, backward: number, context: boolean, state: boolean, scores: boolean,
 *   weights: boolean, words: boolean}}  forward, backward: words that each reader has read
 */
export function lit({ step, at }, size, direction) {
  const read = step === "encode" ? at + 1 : size;
  const late = step === "score" || step === "mix" || step === "decode";
  return {
    forward: read,
    backward: direction === "both" ? read : size,
    context: step === "compress" || step === "mix" || step === "decode",
    state: late,
    scores: step === "score",
    weights: step === "mix" || step === "decode",
    words: step === "decode",
  };
}
