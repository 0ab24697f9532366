// The mechanism lab: five steps of a trained model on a typed sentence, to play, step and scrub.
import { answers } from "./asking.js";
import { h, listen, put, useFont } from "./shared.js";
import { jump, momentsOf, nearest, tensorsOf, told } from "./mechanism_steps.js";
import { assemble, buildParts, showTensors } from "./mechanism_parts.js";
import { buildStage, showMoment } from "./mechanism_stage.js";

/**
 * @typedef {import("./mechanism_steps.js").Moment} Moment
 * @typedef {import("./mechanism_steps.js").Reply} Reply
 * @typedef {import("./mechanism_parts.js").Parts} Parts
 *
 * @typedef {object} View
 * @property {import("./asking.js").AskedModel} model
 * @property {Parts} parts
 * @property {import("./asking.js").Answers} who
 * @property {Reply | null} answer
 * @property {Moment[]} moments
 * @property {import("./mechanism_stage.js").Stage | null} stage
 * @property {"same" | "start" | ""} then  which moment comes after a learner's switch or sentence
 * @property {string} asked  what the last answer belongs to: the newest question wins
 * @property {ReturnType<typeof setTimeout> | undefined} timer  while it plays
 * @property {MediaQueryList} still
 * @property {() => void} dropFont
 */

const SPEEDS = { slow: 3600, normal: 2000, fast: 800 }; // ms that a moment stays
const MOST_SOURCE = 20; // words that the stage can show

/** @param {View} view @returns {number} the moment shown */
const momentOf = ({ model, moments }) => Math.max(0, Math.min(moments.length - 1, model.get("moment")));

/** @param {View} view @param {string} name @param {any} value  Tell Python too. */
function tell({ model }, name, value) {
  model.set(name, value);
  model.save_changes();
}

/** @param {View} view  Ask for the sentence, and draw what comes; the newest question wins. */
async function askAgain(view) {
  const { model, who, parts } = view;
  const [text, name] = [model.get("sentence"), model.get("context")];
  const asked = view.asked = JSON.stringify([text, name]);
  /** @type {HTMLInputElement} */ (parts.box).value = text;
  for (const radio of parts.form.querySelectorAll("[type=radio]")) {
    /** @type {HTMLInputElement} */ (radio).checked = radio.getAttribute("value") === name;
  }
  try {
    const stored = model.get("data").replies; // of the first sentence, where the models are not
    const answer = stored?.text === text ? stored[name] : await who.ask(name, { text, detail: true });
    if (view.asked !== asked) return;
    if (answer.src.length > MOST_SOURCE) {
      throw new Error(`the sentence has ${answer.src.length} words; the lab shows ${MOST_SOURCE}`);
    }
    put(parts.said, "text", "");
    put(parts.box, "aria-invalid", "false");
    draw(view, answer);
  } catch (error) {
    if (view.asked !== asked) return;
    pause(view);
    put(parts.said, "text", /** @type {Error} */ (error).message);
    put(parts.box, "aria-invalid", "true");
  }
}

/** @param {View} view @param {Reply} answer  Draw the stage for another sentence or model. */
function draw(view, answer) {
  const { model, parts } = view;
  const before = view.answer && view.moments[momentOf(view)];
  const then = view.then;
  view.then = ""; // what Python sets stays as it is
  view.answer = answer;
  view.moments = momentsOf(answer);
  view.stage = buildStage(answer, model.get("data").direction);
  parts.stage.replaceChildren(view.stage.svg);
  const words = answer.words.map((/** @type {string} */ word, /** @type {number} */ at) =>
    h("button", { type: "button", "data-word": at }, word));
  parts.written.replaceChildren(h("span", {}, "written "), ...words);
  put(parts.scrub, "max", String(view.moments.length - 1));
  if (then === "same" && before) tell(view, "moment", nearest(view.moments, before));
  if (then === "start") tell(view, "moment", 0);
  show(view);
}

/** @param {View} view  Show the moment that the model says. */
function show(view) {
  const { parts, answer, stage, moments, model } = view;
  if (!answer || !stage) return;
  const number = momentOf(view);
  const moment = moments[number];
  const caption = told(moment, answer, model.get("data").direction);
  showMoment(stage, moment, caption);
  put(parts.caption, "text", caption);
  put(parts.place, "text", `${number + 1} of ${moments.length}`);
  put(parts.scrub, "aria-valuetext", `${number + 1} of ${moments.length}, ${moment.step}`);
  const scrub = /** @type {HTMLInputElement} */ (parts.scrub);
  if (scrub.value !== String(number)) scrub.value = String(number);
  for (const node of parts.steps.querySelectorAll("button")) {
    const step = /** @type {any} */ (node.dataset.step);
    if (step === moment.step) put(node, "aria-current", "step");
    else node.removeAttribute("aria-current");
    const none = jump(moments, number, step) < 0;
    put(node, "aria-disabled", String(none));
    put(node, "title", none ? "A fixed context has no such step." : "");
  }
  const early = moment.step === "encode" || moment.step === "compress";
  const done = moment.step === "decode" ? moment.at : early ? -1 : moment.at - 1;
  for (const node of parts.written.querySelectorAll("button")) {
    const at = Number(node.dataset.word);
    node.toggleAttribute("data-ahead", at > done);
    node.toggleAttribute("data-now", at === done && moment.step === "decode");
  }
  // Not `disabled`: the focus would be lost with it.
  put(parts.back, "aria-disabled", String(number === 0));
  put(parts.next, "aria-disabled", String(number === moments.length - 1));
  showTensors(parts.tensors, tensorsOf(moment, answer));
}

/** @param {View} view @param {number} number  Go to a moment, tell Python and say it aloud. */
function go(view, number) {
  if (!view.answer || number < 0 || number >= view.moments.length) return;
  tell(view, "moment", number);
  put(view.parts.live, "text", view.parts.caption.textContent ?? "");
}

/** @param {View} view */
function pause(view) {
  clearTimeout(view.timer);
  view.timer = undefined;
  put(view.parts.play, "text", "\u25b6 play");
}

/** @param {View} view  Move on after a while, until the end. */
function play(view) {
  const speed = /** @type {keyof typeof SPEEDS} */ (view.model.get("speed"));
  put(view.parts.play, "text", "\u275a\u275a pause");
  clearTimeout(view.timer);
  view.timer = setTimeout(() => {
    if (momentOf(view) >= view.moments.length - 1) return pause(view);
    go(view, momentOf(view) + 1);
    return play(view);
  }, SPEEDS[speed] ?? SPEEDS.normal);
}

/** @param {View} view @param {MouseEvent} event */
function click(view, event) {
  const node = event.target instanceof Element ? event.target.closest("button") : null;
  const { parts, moments } = view;
  if (!node || node.type === "submit" || node.getAttribute("aria-disabled") === "true") return;
  const number = momentOf(view);
  if (node === parts.play) {
    if (view.timer !== undefined) return pause(view);
    go(view, number === moments.length - 1 ? 0 : number + 1);
    return play(view);
  }
  pause(view);
  if (node === parts.back) go(view, number - 1);
  if (node === parts.next) go(view, number + 1);
  if (node.dataset.step) go(view, jump(moments, number, /** @type {any} */ (node.dataset.step)));
  if (node.dataset.word) {
    const at = Number(node.dataset.word);
    go(view, moments.findIndex((moment) => moment.step === "decode" && moment.at === at));
  }
}

/** @param {View} view @param {Event} event */
function changed(view, { target }) {
  const { parts } = view;
  const { value } = /** @type {HTMLInputElement} */ (target);
  if (target === parts.speed) {
    tell(view, "speed", value);
    if (view.timer !== undefined) play(view);
  } else if (target instanceof HTMLInputElement && target.type === "radio") {
    view.then = "same";
    tell(view, "context", value);
  }
}

/** @param {View} view @param {KeyboardEvent} event */
function press(view, event) {
  const passes = ["Tab", "PageUp", "PageDown", "Escape"].includes(event.key);
  if (!passes) event.stopPropagation(); // typed, or moves a control; not for JupyterLab or a deck
}

/** @param {View} view @returns {() => void}  Follow the wish for less motion: then nothing plays. */
function followMotion(view) {
  const { still, parts } = view;
  const follow = () => {
    parts.play.hidden = still.matches;
    /** @type {HTMLElement} */ (parts.speed.parentElement).hidden = still.matches;
    if (still.matches) pause(view);
  };
  follow();
  still.addEventListener("change", follow);
  return () => still.removeEventListener("change", follow);
}

/** @param {View} view @returns {() => void} */
function listenToPage(view) {
  const { parts } = view;
  return listen(/** @type {HTMLElement} */ (parts.stage.parentElement), {
    click: (event) => click(view, event),
    change: (event) => changed(view, event),
    keydown: (event) => press(view, event),
    input: ({ target }) => {
      if (target !== parts.scrub) return;
      pause(view);
      go(view, Number(target.value));
    },
    submit: (event) => {
      event.preventDefault();
      view.then = "start";
      const text = /** @type {HTMLInputElement} */ (parts.box).value;
      if (text === view.model.get("sentence")) askAgain(view);
      else tell(view, "sentence", text); // which asks
    },
  });
}

let labs = 0; // shown so far: each has a name of its own for its radio buttons

/**
 * Draw the lab into an element and keep it equal to the model.
 * @param {{model: import("./asking.js").AskedModel, el: HTMLElement}} place
 * @returns {() => void}  takes everything down again
 */
export function render({ model, el }) {
  const parts = buildParts();
  labs += 1;
  const root = assemble(parts, `s2s-context-${labs}`);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const empty = { answer: null, moments: [], stage: null, then: "" };
  const view = /** @type {View} */ ({ model, parts, still, ...empty });
  view.who = answers(model);
  const { title, font } = model.get("data");
  put(parts.title, "text", title);
  view.dropFont = useFont(font);
  /** @type {HTMLSelectElement} */ (parts.speed).value = model.get("speed");
  el.replaceChildren(root);
  const ends = [listenToPage(view), followMotion(view)];
  const heard = { sentence: () => askAgain(view), context: () => askAgain(view), moment: () => show(view) };
  for (const [name, hear] of Object.entries(heard)) model.on(`change:${name}`, hear);
  askAgain(view);
  return () => {
    pause(view);
    view.asked = "closed";
    for (const end of ends) end();
    for (const [name, hear] of Object.entries(heard)) model.off(`change:${name}`, hear);
    view.who.close();
    view.dropFont();
    root.remove();
  };
}

export default { render };
