// The error lab: models that read the reference and models that read themselves, side by side, and
// one wrong word that a learner puts in.
import { answers } from "./asking.js";
import { buildTable, legend, paintTable, pointTable } from "./error_table.js";
import { candidates, requestsOf, seen, stepsOf, verdict, wrongStep } from "./error_runs.js";
import { h, isLetter, listen, moved, put, useFont, within } from "./shared.js";

/**
 * @typedef {import("./error_runs.js").Sentence} Sentence
 * @typedef {import("./error_runs.js").Wrong} Wrong
 * @typedef {import("./error_runs.js").Runs} Runs
 * @typedef {{title: string, sentences: Sentence[], names: string[], words: string[],
 *   font: {characters: string, woff: string}}} Lab  what Python sends; checked there
 *
 * @typedef {object} View
 * @property {import("./asking.js").AskedModel} model
 * @property {import("./asking.js").Answers} who
 * @property {Record<string, any>} parts
 * @property {Lab} data
 * @property {Runs[]} runs  one a model, as drawn; empty before the first answers
 * @property {import("./error_table.js").Table | null} table
 * @property {[number, number]} cell  (row, step) of the focus; two rows a model
 * @property {number} upto  steps shown; the rest is still to come
 * @property {number} asked  counts questions, so that a late answer to an old one is dropped
 * @property {ReturnType<typeof setInterval> | undefined} timer  of the play button
 * @property {(() => void) | undefined} dropFont
 */

const PACE = 800; // ms a step while playing

/** @param {View} view @returns {Sentence} */
const sentenceOf = ({ data, model }) => data.sentences[model.get("sentence")] ?? data.sentences[0];

/** @param {View} view @returns {Wrong} */
const wrongOf = ({ model }) => model.get("wrong") ?? {};

/** @param {View} view  Ask every model for its two runs, and draw when all have answered. */
async function refresh(view) {
  const question = (view.asked += 1);
  stop(view);
  const requests = requestsOf(sentenceOf(view), wrongOf(view));
  try {
    const runs = await Promise.all(view.data.names.map(async (name) => {
      const [forced, free] = await Promise.all(
        [requests.forced, requests.free].map((request) => view.who.ask(name, request)));
      return { forced, free };
    }));
    if (question === view.asked) draw(view, runs);
  } catch (error) {
    if (question === view.asked) put(view.parts.problem, "text", /** @type {Error} */ (error).message);
  }
}

/** @param {View} view @param {Runs[]} runs */
function draw(view, runs) {
  const { parts, data } = view;
  const first = view.runs.length === 0;
  view.runs = runs;
  const steps = stepsOf(sentenceOf(view), runs);
  view.upto = steps;
  if (!view.table || view.table.steps !== steps) {
    const hadFocus = parts.scroll.contains(document.activeElement);
    view.table = buildTable(data.names, steps);
    parts.scroll.replaceChildren(view.table.node);
    view.cell = within(view.cell, [2 * data.names.length, steps]);
    if (hadFocus) cellAt(view).focus();
  }
  put(parts.problem, "text", "");
  put(parts.source, "text", sentenceOf(view).src.join(" "));
  put(parts.slider, "max", String(steps));
  parts.chosen.value = String(view.model.get("sentence"));
  paint(view);
  if (!first) put(parts.live, "text", summary(view));
}

/** @param {View} view  Show the words up to `upto`, and the panel of the focus. */
function paint(view) {
  const { table, runs, parts, upto } = view;
  if (!table) return;
  paintTable(table, sentenceOf(view), wrongOf(view), runs, upto);
  parts.slider.value = String(upto);
  put(parts.slider, "aria-valuetext", `${upto} of ${table.steps} steps`);
  point(view);
}

/** @param {View} view  Mark the cell of the focus, and say below the table what was read there. */
function point(view) {
  if (!view.table) return;
  pointTable(view.table, view.cell);
  const [row, step] = view.cell;
  const run = runOf(view, row);
  const wrong = wrongStep(wrongOf(view));
  const said = step < view.upto ? run.words[step] : undefined;
  put(view.parts.detail, "text", said ? sayDetail(view, run, row, step) : "Nothing is written here.");
  put(view.parts.where, "text", `At step ${step + 1}, put in`);
  fillChoice(view, step);
  view.parts.put.disabled = step >= sentenceOf(view).gold.length;
  view.parts.take.disabled = wrong === null;
}

/** @param {View} view @param {number} row */
const runOf = ({ runs }, row) => runs[Math.floor(row / 2)][row % 2 ? "free" : "forced"];

/** @param {View} view @param {Record<string, any>} run @param {number} row @param {number} step */
function sayDetail({ data }, run, row, step) {
  const reads = row % 2 ? "itself" : "the reference";
  const top = run.top[step].map((/** @type {[string, number]} */ [word, p]) =>
    `${seen(word)} ${p < 0.01 ? "<0.01" : p.toFixed(2)}`);
  const before = run.read[step] === "<bos>" ? "the start" : run.read[step];
  return `${data.names[Math.floor(row / 2)]}, reading ${reads}, has just read ${before}. `
    + `Most probable now: ${top.join(", ")}.`;
}

/** @param {View} view @param {number} step  Offer words for a step, first the one that is in. */
function fillChoice(view, step) {
  const { parts, runs, data } = view;
  const words = candidates(sentenceOf(view), runs, step, data.words);
  const [box, wrong] = [parts.word, wrongOf(view)];
  const there = "step" in wrong && wrong.step === step ? wrong.word : "";
  if (box.dataset.words !== words.join(" ")) {
    box.dataset.words = words.join(" ");
    box.replaceChildren(...words.map((word) => h("option", { value: word }, word)));
  }
  if (box.dataset.step !== String(step) && words.includes(there)) box.value = there;
  box.dataset.step = step;
}

/** @param {View} view @returns {string} what became of each model, for a reader who hears it */
function summary(view) {
  const [sentence, wrong] = [sentenceOf(view), wrongOf(view)];
  const first = "step" in wrong ? `${wrong.word} put in at step ${wrong.step + 1}. ` : "No word put in. ";
  const each = view.data.names.map((name, i) =>
    `${name}, reading itself: ${verdict(sentence, wrong, view.runs[i].free.words)}.`);
  return first + each.join(" ");
}

/** @param {View} view @returns {HTMLElement} */
const cellAt = ({ table, cell: [row, step] }) =>
  /** @type {import("./error_table.js").Table} */ (table).cells[row][step];

/** @param {View} view @param {Record<string, any>} values  Change the state and tell Python. */
function change({ model }, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

/** @param {View} view  Put the chosen word in at the step of the focus. */
function putIn(view) {
  const step = view.cell[1];
  const word = view.parts.word.value;
  if (word && step < sentenceOf(view).gold.length) change(view, { wrong: { step, word } });
}

/** @param {View} view  End the play, if it runs. */
function stop(view) {
  clearInterval(view.timer);
  view.timer = undefined;
  put(view.parts.play, "text", "Play");
}

/** @param {View} view  Let the words come one step after the other; without motion, all at once. */
function play(view) {
  if (view.timer) return stop(view);
  if (!view.table) return undefined;
  const steps = view.table.steps;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  view.upto = still ? steps : wrongStep(wrongOf(view)) ?? 0;
  if (!still) {
    put(view.parts.play, "text", "Pause");
    view.timer = setInterval(() => {
      view.upto += 1;
      if (view.upto >= steps) {
        stop(view);
        put(view.parts.live, "text", summary(view));
      }
      paint(view);
    }, PACE);
  }
  paint(view);
  return undefined;
}

/** @param {View} view @param {KeyboardEvent} event  Keys inside the table. */
function press(view, event) {
  if (isLetter(event)) event.stopPropagation(); // JupyterLab would cut or delete the notebook's cell
  const act = { Enter: () => putIn(view), Delete: () => change(view, { wrong: {} }) }[event.key];
  const to = act ? null : moved(view.cell, event, [2 * view.data.names.length, view.table?.steps ?? 1]);
  if (!act && !to) return;
  event.preventDefault();
  event.stopPropagation(); // a slide deck would turn the page
  act?.();
  if (to) go(view, to);
}

/** @param {View} view @param {[number, number]} cell  Move the focus. */
function go(view, cell) {
  view.cell = cell;
  point(view);
  cellAt(view).focus();
}

/** @param {Lab} data @returns {Record<string, any>} the elements around the table */
function buildParts(data) {
  const options = data.sentences.map(({ src }, i) => h("option", { value: i }, src.join(" ")));
  return {
    title: h("p", { class: "s2s-title" }, data.title),
    chosen: h("select", { "aria-label": "Sentence" }, ...options),
    source: h("span", { class: "s2s-source" }),
    play: h("button", { type: "button", class: "s2s-play" }, "Play"),
    slider: h("input", { type: "range", min: 1, max: 1 }),
    scroll: h("div", { class: "s2s-scroll" }),
    detail: h("p", { class: "s2s-detail" }),
    where: h("span"),
    word: h("select", { "aria-label": "Wrong word" }),
    put: h("button", { type: "button" }, "Put in"),
    take: h("button", { type: "button" }, "Take out"),
    problem: h("p", { class: "s2s-problem", role: "alert" }),
    live: h("p", { class: "s2s-spoken", "aria-live": "polite" }),
  };
}

/** @param {KeyboardEvent} event  A key that a button, list or slider uses is not the notebook's. */
function keep(event) {
  const control = event.target instanceof Element && event.target.matches("select, input, button");
  if (control && !["Tab", "Escape", "PageUp", "PageDown"].includes(event.key)) event.stopPropagation();
}

/** @param {View} view @param {HTMLElement} root @returns {() => void}  ends all listening */
function handle(view, root) {
  const { parts } = view;
  const ends = [
    listen(root, { keydown: (event) => keep(event) }),
    listen(parts.scroll, {
      keydown: (event) => press(view, event),
      click: (event) => {
        const cell = event.target.closest?.("[data-row]");
        if (cell) go(view, [Number(cell.dataset.row), Number(cell.dataset.step)]);
      },
    }),
    listen(parts.chosen, { change: () => change(view, { wrong: {}, sentence: Number(parts.chosen.value) }) }),
    listen(parts.play, { click: () => play(view) }),
    listen(parts.slider, {
      input: () => {
        stop(view);
        view.upto = Number(parts.slider.value);
        paint(view);
      },
    }),
    listen(parts.put, { click: () => putIn(view) }),
    listen(parts.take, { click: () => change(view, { wrong: {} }) }),
  ];
  return () => ends.forEach((end) => end());
}

/**
 * Draw the error lab into an element and keep it equal to the model.
 * @param {{model: import("./asking.js").AskedModel, el: HTMLElement}} place
 * @returns {() => void}  takes everything down again
 */
export function render({ model, el }) {
  const data = model.get("data");
  const parts = buildParts(data);
  const view = /** @type {View} */ ({
    model, who: answers(model), parts, data, runs: [], table: null, upto: 0, asked: 0,
    cell: [1, wrongStep(model.get("wrong") ?? {}) ?? 0],
  });
  view.dropFont = useFont(data.font);
  const first = data.sentences.length > 1 ? parts.chosen : parts.source;
  const bar = h("p", { class: "s2s-bar" }, first, parts.play, h("label", {}, "steps ", parts.slider));
  const form = h("p", { class: "s2s-bar" }, parts.where, parts.word, parts.put, parts.take);
  const root = h("div", { class: "s2s s2s-error-lab" });
  root.append(parts.title, bar, parts.scroll, legend(), parts.detail, form, parts.problem, parts.live);
  const stopListening = handle(view, root);
  const again = () => void refresh(view);
  model.on("change:wrong", again);
  model.on("change:sentence", again);
  again();
  el.replaceChildren(root);
  return () => {
    view.asked += 1;
    stop(view);
    stopListening();
    view.who.close();
    view.dropFont?.();
    model.off("change:wrong", again);
    model.off("change:sentence", again);
    root.remove();
  };
}

export default { render };
