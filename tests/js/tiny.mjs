// A model of random weights, small enough to write by hand, as course_lib/live/binary.py writes one.

const [E, H] = [3, 4];

/** @param {number} seed @returns {() => number} numbers from -1 to 1, the same for a seed */
function random(seed) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 31 - 1;
  };
}

/** @param {string} decoder @param {string} attention @param {number} V @param {number} W */
function shapes(decoder, attention, V, W) {
  const half = H / 2;
  const extra = decoder === "fixed_every_step" ? H : 0;
  /** @type {[string, number[]][]} */
  const list = [["encoder.embedding.weight", [V, E]], ["decoder.embedding.weight", [W, E]]];
  for (const side of ["", "_reverse"]) {
    list.push([`encoder.rnn.weight_ih_l0${side}`, [4 * half, E]], [`encoder.rnn.weight_hh_l0${side}`, [4 * half, half]]);
    list.push([`encoder.rnn.bias_ih_l0${side}`, [4 * half]], [`encoder.rnn.bias_hh_l0${side}`, [4 * half]]);
  }
  list.push(["decoder.rnn.weight_ih_l0", [4 * H, E + extra]], ["decoder.rnn.weight_hh_l0", [4 * H, H]]);
  list.push(["decoder.rnn.bias_ih_l0", [4 * H]], ["decoder.rnn.bias_hh_l0", [4 * H]]);
  list.push(["decoder.output.weight", [W, H]], ["decoder.output.bias", [W]]);
  if (decoder === "luong") list.push(["decoder.combine.weight", [H, 2 * H]]);
  if (decoder === "luong" && attention === "general") list.push(["decoder.attention.W.weight", [H, H]]);
  return list;
}

/**
 * Write a file of a model that knows "I like cats ." and 我 喜欢 猫 。
 * @param {{decoder?: string, attention?: string, version?: number, seed?: number, scale?: number}} [options]
 * @returns {ArrayBuffer}
 */
export function tinyFile({ decoder = "luong", attention = "general", version = 1, seed = 1, scale = 1.5 } = {}) {
  const [src, tgt] = [["I", "like", "cats", "."], ["我", "喜欢", "猫", "。"]];
  const tensors = shapes(decoder, attention, src.length + 4, tgt.length + 4);
  const header = {
    version, dtype: "float32", src_tokens: src, tgt_tokens: tgt, notes: {}, tensors,
    config: { rnn: "lstm", direction: "both", decoder, attention, handover: "everything" },
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const count = tensors.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const buffer = new ArrayBuffer(12 + text.length + 4 * count);
  new Uint8Array(buffer).set(new TextEncoder().encode("S2SLIVE\0"));
  new Uint8Array(buffer).set(text, 12);
  const view = new DataView(buffer);
  view.setUint32(8, text.length, true);
  const draw = random(seed);
  for (let i = 0; i < count; i += 1) view.setFloat32(12 + text.length + 4 * i, scale * draw(), true);
  return buffer;
}
