// From typed text to words, and from an unknown word to known ones near it: what
// course_lib/corpora/text.py and Python's difflib do.

const CJK = "\\u3007\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const LATIN = `(?:(?![${CJK}])[\\p{L}\\p{N}])+`;
const TOKEN = new RegExp(
  `[${CJK}]|\\p{Nd}+(?:[.,:]\\p{Nd}+)+|${LATIN}(?:['’-]${LATIN})*|[^\\p{L}\\p{N}_\\s]|_`, "gu");
/** @type {Record<string, string>} */
const SHORT = { m: " am", re: " are", s: " is" };
/** @type {Record<string, string>} */
const SIGNS = { "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "。": ".", "，": ",", "？": "?", "！": ".", "!": "." };
const NEAREST = 3;
const ALIKE = 0.6; // from 0, nothing in common, to 1, equal

/**
 * Return the words of a typed sentence, spelled as in `known` whatever their case.
 * @param {string} text
 * @param {string[]} known
 * @returns {string[]}
 */
export function typedWords(text, known) {
  const plain = text.normalize("NFC")
    .replace(/[’‘ʼ`´。，？！!]/gu, (sign) => SIGNS[sign])
    .replace(/(?<![\p{L}\p{N}_])can(?:'t| not)(?![\p{L}\p{N}_])/giu, "cannot")
    .replace(/(?<![\p{L}\p{N}_])(do|does|did|is|are|was|were)n't(?![\p{L}\p{N}_])/giu, "$1 not")
    .replace(/(?<=[\p{L}\p{N}_])'(m|re|s)(?![\p{L}\p{N}_])/giu, (_, verb) => SHORT[verb.toLowerCase()]);
  const spelled = new Map(known.map((word) => [word.toLowerCase(), word]));
  const words = plain.match(TOKEN);
  if (!words) throw new Error("text is empty; type a sentence, such as 'I like cats'");
  return words.map((word) => spelled.get(word.toLowerCase()) ?? word);
}

/**
 * Say that a word is unknown, and which known ones are near it.
 * @param {string} word
 * @param {string[]} known
 * @returns {string}
 */
export function advice(word, known) {
  const spelled = new Map(known.map((one) => [one.toLowerCase(), one]));
  const wanted = word.toLowerCase();
  const near = [...spelled.keys()]
    .map((one) => /** @type {[number, string]} */ ([likeness(one, wanted), one]))
    .filter(([like]) => like >= ALIKE)
    .sort(([a, one], [b, other]) => b - a || (one < other ? 1 : -1))
    .slice(0, NEAREST)
    .map(([, one]) => spelled.get(one));
  const end = near.length ? `; near it: ${near.join(", ")}` : "";
  return `${quoted(word)} is not in the vocabulary${end}`;
}

/** @param {unknown} value @returns {string} as Python writes it */
export function quoted(value) {
  if (typeof value !== "string") return Array.isArray(value) ? `[${value.map(quoted).join(", ")}]` : String(value);
  return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${value.replaceAll("'", "\\'")}'`;
}

/** @param {string} a @param {string} b @returns {number} twice the letters in common over all */
export function likeness(a, b) {
  const [left, right] = [Array.from(a), Array.from(b)];
  const total = left.length + right.length;
  return total ? (2 * inCommon(left, right)) / total : 1;
}

/**
 * Count letters in common: the longest run that both have, and so on at its left and right
 * (Ratcliff and Obershelp 1988).
 * @param {string[]} a
 * @param {string[]} b
 * @returns {number}
 */
function inCommon(a, b) {
  let [size, inA, inB] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    for (let j = 0; j < b.length; j += 1) {
      let run = 0;
      while (i + run < a.length && j + run < b.length && a[i + run] === b[j + run]) run += 1;
      if (run > size) [size, inA, inB] = [run, i, j];
    }
  }
  if (!size) return 0;
  return size + inCommon(a.slice(0, inA), b.slice(0, inB))
    + inCommon(a.slice(inA + size), b.slice(inB + size));
}
