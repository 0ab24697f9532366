// What the error lab shows of its runs: words step by step, where they leave the reference, and
// whether they come back. Pure; course_lib/widgets/error_runs.py says the same for the picture.

/**
 * @typedef {Record<string, any>} Reply  of decoder.js
 * @typedef {{src: string[], gold: string[]}} Sentence
 * @typedef {{step: number, word: string} | {}} Wrong
 * @typedef {{forced: Reply, free: Reply}} Runs  of one model: reads the reference, reads itself
 *
 * @typedef {object} Shown  one word of one run
 * @property {string} word  "" where the run has ended
 * @property {number} probability
 * @property {boolean} putIn  it is the wrong word
 * @property {boolean} astray  it is not the reference's word at this step
 * @property {boolean} apart  the model's two runs have different words here
 */

export const END = "<eos>";

/** @param {string} word @returns {string} as a reader sees it */
export const seen = (word) => (word === END ? "end" : word);

/** @param {Wrong} wrong @returns {number | null} the step of the wrong word, if there is one */
export const wrongStep = (wrong) => ("step" in wrong ? wrong.step : null);

/**
 * Make the requests of one model's two runs.
 * @param {Sentence} sentence
 * @param {Wrong} wrong
 * @returns {{forced: Reply, free: Reply}}
 */
export function requestsOf({ src, gold }, wrong) {
  const forced = "step" in wrong ? { [wrong.step]: wrong.word } : {};
  return { forced: { src, gold, forced }, free: { src, forced } };
}

/** @param {Sentence} sentence @param {Runs[]} runs @returns {number} steps of the longest */
export function stepsOf({ gold }, runs) {
  return Math.max(gold.length + 1, ...runs.flatMap(({ forced, free }) => [forced.words.length, free.words.length]));
}

/**
 * @param {Sentence} sentence
 * @param {Wrong} wrong
 * @param {Reply} run
 * @param {Reply} other  the same model's other run
 * @param {number} steps
 * @returns {Shown[]}
 */
export function wordsShown({ gold }, wrong, run, other, steps) {
  const reference = [...gold, END];
  return Array.from({ length: steps }, (_, step) => {
    const word = run.words[step] ?? "";
    const putIn = step === wrongStep(wrong) && word !== "";
    return {
      word,
      probability: word ? Math.exp(run.log_probs[step]) : 0,
      putIn,
      astray: !putIn && word !== (reference[step] ?? ""),
      apart: word !== (other.words[step] ?? ""),
    };
  });
}

/**
 * Count the words of the reference that a run has at their steps: after the wrong word, or in all.
 * @param {Sentence} sentence
 * @param {Wrong} wrong
 * @param {string[]} words
 * @returns {{right: number, of: number, back: boolean}}  back: the rest is right, and ends there
 */
export function rightAfter({ gold }, wrong, words) {
  const first = (wrongStep(wrong) ?? -1) + 1;
  const rest = [...gold, END].slice(first);
  const right = rest.filter((word, i) => word === words[first + i]).length;
  return { right, of: rest.length, back: right === rest.length };
}

/**
 * Say in a few words what became of a run: right at its steps, right but late or early, or neither.
 * @param {Sentence} sentence
 * @param {Wrong} wrong
 * @param {string[]} words
 * @returns {string}
 */
export function verdict(sentence, wrong, words) {
  const step = wrongStep(wrong);
  const { right, of, back } = rightAfter(sentence, wrong, words);
  if (step === null) return back ? `all ${of} right` : `${right} of ${of} right`;
  if (words.length <= step) return `ended before step ${step + 1}`;
  if (back) return `recovers: all ${of} after it right`;
  const [rest, said] = [[...sentence.gold, END].slice(step + 1), words.slice(step + 1)];
  const [same, shift] = [sameEnd(rest, said), said.length - rest.length];
  if (same <= right) return `${right} of ${of} after it right`;
  const which = same === of ? `all ${of} after it` : `the last ${same} of ${of}`;
  const steps = Math.abs(shift) === 1 ? "1 step" : `${Math.abs(shift)} steps`;
  return `${which} right, ${steps} ${shift > 0 ? "late" : "early"}`;
}

/** @param {string[]} a @param {string[]} b @returns {number} words that both end with */
function sameEnd(a, b) {
  let count = 0;
  while (count < Math.min(a.length, b.length) && a.at(-1 - count) === b.at(-1 - count)) count += 1;
  return count;
}

/**
 * List words to put in at a step: what the models find probable there first, then other words.
 * @param {Sentence} sentence
 * @param {Runs[]} runs
 * @param {number} step
 * @param {string[]} others
 * @returns {string[]}
 */
export function candidates({ gold }, runs, step, others) {
  const likely = runs.flatMap(({ forced }) => (forced.top[step] ?? []).map(([word]) => word));
  const all = new Set([...likely, ...gold, ...others]);
  return [...all].filter((word) => word !== gold[step] && !word.startsWith("<"));
}

/**
 * Say what stands in a cell, for a reader who hears it.
 * @param {Shown} shown
 * @param {number} step
 * @param {string} reference
 * @returns {string}
 */
export function spoken(shown, step, reference) {
  if (!shown.word) return `step ${step + 1}: nothing, this run has ended`;
  const parts = [`${seen(shown.word)} ${shown.probability.toFixed(2)}`, `step ${step + 1}`];
  if (shown.putIn) parts.push("put in");
  if (shown.astray) parts.push(reference ? `the reference has ${seen(reference)}` : "beyond the reference");
  if (shown.apart) parts.push("the two runs differ here");
  return parts.join(", ");
}
