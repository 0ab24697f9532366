// One sentence read by a trained network, step by step: what course_lib/live/reading.py does, in
// plain numbers. Weights are float32, sums are float64: closer to the equations than torch is.

/**
 * @typedef {Float32Array | Float64Array | number[]} Numbers
 * @typedef {{shape: number[], data: Float32Array}} Tensor
 * @typedef {Record<string, Tensor>} Tensors  by torch's names
 * @typedef {{h: Numbers, C: Numbers}} State
 *
 * @typedef {object} Config  of course_lib.model.ModelConfig
 * @property {string} direction  "forward", "backward" or "both"
 * @property {string} decoder  "fixed", "fixed_every_step" or "luong"
 * @property {string} attention  "dot", "scaled_dot" or "general"
 * @property {string} handover  "everything", "h" or "nothing"
 *
 * @typedef {object} Reader  a network, one source, and what is asked of their steps
 * @property {Tensors} tensors
 * @property {Config} config
 * @property {boolean[]} mask  false where a source word must not be read
 * @property {Record<string, number[]>} given  {step: weights} instead of the model's own
 * @property {Numbers[]} embedded  S rows of E
 * @property {Numbers[]} encoderStates  S rows of H
 * @property {Numbers[]} keys  S rows, what the scores compare with
 * @property {State} final  what the encoder ends with
 * @property {State} start  s_0
 *
 * @typedef {object} Seen  what one step gave; scores, weights and context are null if fixed
 * @property {Numbers} embedded
 * @property {State} state
 * @property {Numbers | null} scores
 * @property {Numbers | null} weights
 * @property {Numbers | null} context
 * @property {Numbers} readout
 * @property {Float64Array} logProbs
 */

/** @param {Tensor} table @param {number} i @returns {Float32Array} row i */
const rowOf = ({ shape, data }, i) => data.subarray(i * shape[1], (i + 1) * shape[1]);

/** @param {Numbers} a @param {Numbers} b @returns {number} */
export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}

/**
 * W x + b
 * @param {Tensor} weight  (out, in)
 * @param {Numbers} x
 * @param {Tensor} [bias]
 * @returns {Float64Array}
 */
export function linear(weight, x, bias) {
  const { shape: [rows, columns], data } = weight;
  if (x.length !== columns) throw new Error(`a vector of ${x.length} numbers meets a matrix of ${columns}`);
  const out = new Float64Array(rows);
  for (let row = 0, at = 0; row < rows; row += 1) {
    let sum = bias ? bias.data[row] : 0;
    for (let column = 0; column < columns; column += 1, at += 1) sum += data[at] * x[column];
    out[row] = sum;
  }
  return out;
}

/** @param {...Numbers} parts @returns {Float64Array} one after the other */
const join = (...parts) => Float64Array.from(parts.flatMap((part) => Array.from(part)));

/** @param {number} x */
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/**
 * One step of an LSTM, gates in torch's order: i, f, g, o.
 * @param {Tensors} tensors
 * @param {string} name  such as "encoder.rnn"
 * @param {string} side  "" or "_reverse"
 * @param {Numbers} x
 * @param {State} state
 * @returns {State}
 */
export function lstm(tensors, name, side, x, state) {
  const of = (/** @type {string} */ part) => tensors[`${name}.${part}_l0${side}`];
  const fromInput = linear(of("weight_ih"), x, of("bias_ih"));
  const fromState = linear(of("weight_hh"), state.h, of("bias_hh"));
  const size = state.h.length;
  const [h, C] = [new Float64Array(size), new Float64Array(size)];
  for (let j = 0; j < size; j += 1) {
    const [i, f, g, o] = [0, 1, 2, 3].map((gate) => fromInput[gate * size + j] + fromState[gate * size + j]);
    C[j] = sigmoid(f) * state.C[j] + sigmoid(i) * Math.tanh(g);
    h[j] = sigmoid(o) * Math.tanh(C[j]);
  }
  return { h, C };
}

/** @param {number} size @returns {State} */
const zeros = (size) => ({ h: new Float64Array(size), C: new Float64Array(size) });

/**
 * Run one direction of the encoder; states come back in the order of the source.
 * @param {Tensors} tensors
 * @param {Numbers[]} embedded
 * @param {string} side  "" or "_reverse"
 * @param {boolean} backward
 * @returns {{states: Numbers[], last: State}}
 */
function sweep(tensors, embedded, side, backward) {
  let last = zeros(tensors[`encoder.rnn.weight_hh_l0${side}`].shape[1]);
  const inputs = backward ? [...embedded].reverse() : embedded;
  const states = inputs.map((x) => {
    last = lstm(tensors, "encoder.rnn", side, x, last);
    return last.h;
  });
  return { states: backward ? states.reverse() : states, last };
}

/**
 * @param {Tensors} tensors
 * @param {Config} config
 * @param {Numbers[]} embedded
 * @returns {{states: Numbers[], last: State}}
 */
function encode(tensors, { direction }, embedded) {
  if (direction !== "both") return sweep(tensors, embedded, "", direction === "backward");
  const [to, fro] = [sweep(tensors, embedded, "", false), sweep(tensors, embedded, "_reverse", true)];
  const last = { h: join(to.last.h, fro.last.h), C: join(to.last.C, fro.last.C) };
  return { states: to.states.map((state, i) => join(state, fro.states[i])), last };
}

/** @param {string} handover @param {State} final @returns {State} s_0 */
function handOver(handover, final) {
  const none = zeros(final.h.length);
  return { h: handover === "nothing" ? none.h : final.h, C: handover === "everything" ? final.C : none.C };
}

/**
 * Read a source once.
 * @param {{tensors: Tensors, config: Config}} network
 * @param {number[]} srcIds
 * @param {boolean[]} mask
 * @param {Record<string, number[]>} given
 * @returns {Reader}
 */
export function makeReader({ tensors, config }, srcIds, mask, given) {
  const embedded = srcIds.map((id) => rowOf(tensors["encoder.embedding.weight"], id));
  const { states: encoderStates, last: final } = encode(tensors, config, embedded);
  const general = config.attention === "general" && !isFixed(config);
  const project = tensors["decoder.attention.W.weight"];
  const keys = general ? encoderStates.map((state) => linear(project, state)) : encoderStates;
  const start = handOver(config.handover, final);
  return { tensors, config, mask, given, embedded, encoderStates, keys, final, start };
}

/** @param {Config} config @returns {boolean} whether it has no attention */
export const isFixed = (config) => config.decoder.startsWith("fixed");

/**
 * Read one word: s_t, then the scores, weights and context of s_t, then the log probabilities.
 * @param {Reader} reader
 * @param {number} token
 * @param {State} state
 * @param {number} step  from 0
 * @returns {Seen}
 */
export function readWord(reader, token, state, step) {
  const { tensors, config } = reader;
  const embedded = rowOf(tensors["decoder.embedding.weight"], token);
  const input = config.decoder === "fixed_every_step" ? join(embedded, reader.final.h) : embedded;
  const next = lstm(tensors, "decoder.rnn", "", input, state);
  const { scores, weights, context } = isFixed(config) ? NO_ATTENTION : attend(reader, next.h, step);
  const readout = context
    ? linear(tensors["decoder.combine.weight"], join(context, next.h)).map(Math.tanh)
    : next.h;
  const logits = linear(tensors["decoder.output.weight"], readout, tensors["decoder.output.bias"]);
  return { embedded, state: next, scores, weights, context, readout, logProbs: logSoftmax(logits) };
}

const NO_ATTENTION = { scores: null, weights: null, context: null };

/** @param {Reader} reader @param {Numbers} query @param {number} step */
function attend({ config, keys, mask, given, encoderStates }, query, step) {
  const scale = config.attention === "scaled_dot" ? Math.sqrt(query.length) : 1;
  const scores = keys.map((key, i) => (mask[i] ? dot(key, query) / scale : -Infinity));
  const weights = given[step] ?? softmax(scores);
  const context = new Float64Array(query.length);
  weights.forEach((weight, i) => {
    for (let j = 0; j < context.length; j += 1) context[j] += weight * encoderStates[i][j];
  });
  return { scores, weights, context };
}

/** @param {number[]} scores @returns {number[]} positive, sums to 1; 0 where a score is -Infinity */
export function softmax(scores) {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

/** @param {Float64Array} logits @returns {Float64Array} */
export function logSoftmax(logits) {
  const top = Math.max(...logits);
  const norm = top + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
  return logits.map((logit) => logit - norm);
}
