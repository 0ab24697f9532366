// A trained model that answers without a kernel: the twin of course_lib/live. Pure: no page, no
// network. loadModel reads what LiveModel.to_bytes wrote; reply answers a request as Python does.
import { isFixed, makeReader, readWord } from "./network.js";
import { beamSearch, greedySearch } from "./search.js";
import { readRequest } from "./request.js";

/**
 * @typedef {import("./network.js").Tensors} Tensors
 * @typedef {import("./network.js").Reader} Reader
 * @typedef {import("./network.js").Seen} Seen
 * @typedef {import("./network.js").Numbers} Numbers
 *
 * @typedef {object} LiveModel
 * @property {Tensors} tensors
 * @property {any} config
 * @property {any} notes  what Python noted of its training
 * @property {import("./request.js").Vocabulary} src
 * @property {import("./request.js").Vocabulary} tgt
 */

const MAGIC = "S2SLIVE\0";
const VERSION = 1;
const SPECIALS = ["<pad>", "<bos>", "<eos>", "<unk>"];
const [BOS, EOS] = [1, 2];
const SHOWN = 5; // words of each step

/** @param {string} base64 @returns {Uint8Array} */
export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/**
 * Read a model's file. Throws an Error that says what is wrong with it.
 * @param {ArrayBuffer | Uint8Array} file
 * @returns {LiveModel}
 */
export function loadModel(file) {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (/** @type {number} */ from, /** @type {number} */ to) =>
    new TextDecoder().decode(bytes.subarray(from, to));
  if (bytes.length < 12 || text(0, 8) !== MAGIC) throw new Error("file: this is no live model of the course");
  const start = 12 + view.getUint32(8, true);
  const header = JSON.parse(text(12, start));
  if (header.version !== VERSION) {
    throw new Error(
      `file has version ${header.version}, this page reads version ${VERSION}; write it again with `
      + "LiveModel.to_bytes of the same course");
  }
  const { config, notes } = header;
  const tensors = readTensors(view, start, header);
  return { tensors, config, notes, src: vocabulary(header.src_tokens), tgt: vocabulary(header.tgt_tokens) };
}

/** @param {string[]} words @returns {import("./request.js").Vocabulary} */
function vocabulary(words) {
  const tokens = [...SPECIALS, ...words];
  return { words, tokens, ids: new Map(words.map((word, i) => [word, i + SPECIALS.length])) };
}

/**
 * @param {DataView} view
 * @param {number} start
 * @param {{dtype: string, tensors: [string, number[]][]}} header
 * @returns {Tensors}
 */
function readTensors(view, start, { dtype, tensors }) {
  if (dtype !== "float16" && dtype !== "float32") throw new Error(`file: dtype is ${dtype}`);
  const width = dtype === "float16" ? 2 : 4;
  /** @type {Tensors} */
  const read = {};
  let at = start;
  for (const [name, shape] of tensors) {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (at + data.length * width > view.byteLength) throw new Error("file is cut off; write it again");
    for (let i = 0; i < data.length; i += 1, at += width) {
      data[i] = width === 2 ? half(view.getUint16(at, true)) : view.getFloat32(at, true);
    }
    read[name] = { shape, data };
  }
  if (at !== view.byteLength) throw new Error("file is longer than its header says; write it again");
  return read;
}

/** @param {number} bits  of an IEEE 754 number of 16 bits @returns {number} */
export function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction);
}

/**
 * Answer a request; both are described at LiveModel.reply of course_lib/live. Throws an Error that
 * names the field, with Python's message.
 * @param {LiveModel} model
 * @param {Record<string, any>} request
 * @returns {Record<string, any>}
 */
export function reply(model, request) {
  const asked = readRequest(request, model.src, model.tgt);
  const mask = asked.src.map((_, position) => !asked.masked.includes(position));
  if (isFixed(model.config) && (Object.keys(asked.weights).length || mask.includes(false))) {
    throw new Error("masked and weights need a model with attention; this one has a fixed context");
  }
  const reader = makeReader(model, asked.srcIds, mask, asked.weights);
  return asked.gold ? readGold(model, reader, asked) : search(model, reader, asked);
}

/** @param {LiveModel} model @param {Reader} reader @param {import("./request.js").Asked} asked */
function search(model, reader, asked) {
  const tree = {
    step: forcing(reader, asked.forced), state: { number: 0, inner: reader.start },
    bos: BOS, eos: EOS, maxLength: asked.maxLength,
  };
  const found = asked.method === "beam"
    ? beamSearch(tree, asked.width, asked.alpha)
    : { best: greedySearch(tree), record: null };
  const { tokens, logProb, score, finished } = found.best;
  const read = [BOS, ...tokens.slice(0, -1)];
  const seen = readAll(reader, read);
  return {
    src: asked.src,
    tgt: wordsOf(model, tokens.filter((token) => token !== EOS)),
    finished,
    log_prob: logProb,
    score,
    log_probs: seen.map(({ logProbs }, step) => logProbs[tokens[step]]),
    ...shownOf(model, seen, tokens, read),
    record: found.record && { ...found.record, words: namesOf(model, found.record.nodes) },
    detail: asked.detail ? detailOf(reader, seen) : null,
  };
}

/** @param {LiveModel} model @param {Reader} reader @param {import("./request.js").Asked} asked */
function readGold(model, reader, { src, gold, forced, detail }) {
  const wanted = [...(gold ?? []), EOS].map((token, step) => forced[step] ?? token);
  const read = [BOS, ...wanted.slice(0, -1)];
  const seen = readAll(reader, read);
  const written = seen.map(({ logProbs }, step) => forced[step] ?? logProbs.indexOf(Math.max(...logProbs)));
  const goldLogProbs = seen.map(({ logProbs }, step) => logProbs[wanted[step]]);
  const logProb = goldLogProbs.reduce((a, b) => a + b, 0);
  return {
    src,
    tgt: wordsOf(model, written.filter((token) => token !== EOS)),
    finished: written.at(-1) === EOS,
    log_prob: logProb,
    score: logProb,
    log_probs: seen.map(({ logProbs }, step) => logProbs[written[step]]),
    gold_log_probs: goldLogProbs,
    ...shownOf(model, seen, written, read),
    record: null,
    detail: detail ? detailOf(reader, seen) : null,
  };
}

/**
 * Return the step function; at a forced step one word is possible, with the model's probability.
 * @param {Reader} reader
 * @param {Record<string, number>} forced
 * @returns {import("./search.js").Step}
 */
function forcing(reader, forced) {
  return (token, { number, inner }) => {
    const { logProbs, state } = readWord(reader, token, inner, number);
    const only = forced[number];
    const possible = only === undefined
      ? logProbs
      : logProbs.map((logProb, id) => (id === only ? logProb : -Infinity));
    return { logProbs: possible, state: { number: number + 1, inner: state } };
  };
}

/** @param {Reader} reader @param {number[]} tokens @returns {Seen[]} */
function readAll(reader, tokens) {
  let state = reader.start;
  return tokens.map((token, step) => {
    const seen = readWord(reader, token, state, step);
    state = seen.state;
    return seen;
  });
}

/** @param {LiveModel} model @param {number[]} ids */
const wordsOf = (model, ids) => ids.map((id) => model.tgt.tokens[id]);

/** @param {LiveModel} model @param {{token: number}[]} nodes @returns {Record<string, string>} */
const namesOf = (model, nodes) =>
  Object.fromEntries(nodes.map(({ token }) => [String(token), model.tgt.tokens[token]]));

/** @param {LiveModel} model @param {Seen[]} seen @param {number[]} written @param {number[]} read */
function shownOf(model, seen, written, read) {
  return {
    words: wordsOf(model, written),
    read: wordsOf(model, read),
    weights: seen[0].weights && seen.map(({ weights }) => Array.from(weights ?? [])),
    top: seen.map(({ logProbs }) => [...logProbs.keys()]
      .sort((a, b) => logProbs[b] - logProbs[a])
      .slice(0, SHOWN)
      .map((id) => [model.tgt.tokens[id], Math.exp(logProbs[id])])),
  };
}

/** @param {Reader} reader @param {Seen[]} seen  the tensors on the way, as course_lib/live names them */
function detailOf(reader, seen) {
  const rows = (/** @type {(Numbers | null)[]} */ list) =>
    list[0] && list.map((row) => Array.from(row ?? []));
  const scores = rows(seen.map((step) => step.scores));
  return {
    src_embedded: rows(reader.embedded),
    encoder_states: rows(reader.encoderStates),
    context: Array.from(reader.final.h),
    start: rows([reader.start.h, reader.start.C]),
    embedded: rows(seen.map((step) => step.embedded)),
    states: rows(seen.map((step) => step.state.h)),
    scores: scores && scores.map((row) => row.map((score) => (score > -1e30 ? score : null))),
    contexts: rows(seen.map((step) => step.context)),
    readouts: rows(seen.map((step) => step.readout)),
  };
}
