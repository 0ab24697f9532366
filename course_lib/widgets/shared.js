// What every visual needs: colours, elements, and a stand-in for the notebook's model object.
// Python joins this file with one visual's file, because a module loaded from a blob can't import.

/**
 * @typedef {object} Model  The part of anywidget's model that the visuals use.
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {(event: string, callback: () => void) => void} on
 * @property {(event: string, callback: () => void) => void} off
 * @property {() => void} save_changes
 *
 * @typedef {[number, number, number]} Rgb  each from 0 to 255
 */

// One hue whose lightness only falls (light theme) or only rises (dark theme): the order of values
// survives grey print and colour blindness. course_lib/plots.py has the same light stops.
export const LIGHT_STOPS = ["#f7fafc", "#c6dcef", "#7fb2d9", "#2f77b5", "#0b3c6f"];
export const DARK_STOPS = ["#1d2630", "#1f4263", "#2f77b5", "#8cbde0", "#f0f7fc"];

/**
 * Mix the two stops around a value, linearly in sRGB.
 * @param {number} value  from 0 to 1; clipped
 * @param {string[]} stops  hex colours, evenly spaced
 * @returns {Rgb}
 */
export function colour(value, stops) {
  const place = Math.min(1, Math.max(0, value)) * (stops.length - 1);
  const left = Math.min(Math.floor(place), stops.length - 2);
  const channel = (/** @type {number} */ at, /** @type {number} */ from) =>
    parseInt(stops[at].slice(from, from + 2), 16);
  const mixed = [1, 3, 5].map((from) => {
    const [a, b] = [channel(left, from), channel(left + 1, from)];
    return Math.round(a + (b - a) * (place - left));
  });
  return /** @type {Rgb} */ (mixed);
}

/** @param {Rgb} rgb @returns {number} WCAG 2 relative luminance, from 0 to 1 */
export function luminance(rgb) {
  const [r, g, b] = rgb.map((c) => {
    const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {Rgb} rgb @returns {string} black or white, whichever is easier to read on the colour */
export function inkOn(rgb) {
  return luminance(rgb) > 0.1791 ? "#000" : "#fff"; // where both have a contrast of 4.58
}

/** @param {Rgb} rgb @returns {string} */
export function css(rgb) {
  return `rgb(${rgb.join(" ")})`;
}

/** @param {number} weight @returns {string} a cell's colour and ink in both themes, as CSS properties */
export function cellStyle(weight) {
  const [light, dark] = [colour(weight, LIGHT_STOPS), colour(weight, DARK_STOPS)];
  const inks = `--light-ink:${inkOn(light)};--dark-ink:${inkOn(dark)}`;
  return `--light:${css(light)};--dark:${css(dark)};${inks}`;
}

/** @returns {string} CSS for a bar from 0 to 1 in the colours of the theme */
export function scaleStyle() {
  const pairs = LIGHT_STOPS.map((light, i) => `light-dark(${light},${DARK_STOPS[i]})`);
  return `background:linear-gradient(to right,${pairs.join()})`;
}

/**
 * Make an element. Text goes in as text, never as markup.
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/**
 * Set text or an attribute only when it differs, so that nothing is redrawn under the pointer.
 * @param {Element} node
 * @param {string} name  an attribute, or "text"
 * @param {string} value
 */
export function put(node, name, value) {
  if (name === "text") {
    if (node.textContent !== value) node.textContent = value;
  } else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/**
 * Listen to several events of a node; the function returned ends it.
 * @param {HTMLElement} node
 * @param {Record<string, (event: any) => void>} handlers
 * @returns {() => void}
 */
export function listen(node, handlers) {
  const end = new AbortController();
  for (const [name, handler] of Object.entries(handlers)) {
    node.addEventListener(name, handler, { signal: end.signal });
  }
  return () => end.abort();
}

/** @param {string} text @returns {number} its width in em, near enough to reserve room */
export function textWidth(text) {
  let width = 0;
  for (const char of text) width += char > "\u2e7f" ? 1 : 0.58;
  return width;
}

/**
 * Return where a key moves the focus of a grid, or null when the key means nothing there.
 * @param {[number, number]} cell  (row, column), both from 0
 * @param {{key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, shiftKey?: boolean}} event
 * @param {[number, number]} shape  (rows, columns)
 * @returns {[number, number] | null}
 */
export function moved([row, column], { key, ctrlKey, metaKey, altKey, shiftKey }, [rows, columns]) {
  const far = ctrlKey || metaKey;
  if (altKey || shiftKey || (far && key !== "Home" && key !== "End")) return null;
  /** @type {Record<string, [number, number]>} */
  const goals = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [far ? 0 : row, 0],
    End: [far ? rows - 1 : row, columns - 1],
  };
  return Object.hasOwn(goals, key) ? within(goals[key], [rows, columns]) : null;
}

/** @param {KeyboardEvent} event @returns {boolean} whether the key alone writes a character */
export function isLetter({ key, ctrlKey, metaKey, altKey }) {
  return key.length === 1 && !ctrlKey && !metaKey && !altKey;
}

/**
 * @param {[number, number]} cell
 * @param {[number, number]} shape
 * @returns {[number, number]} the nearest cell of the grid
 */
export function within([row, column], [rows, columns]) {
  const clip = (/** @type {number} */ at, /** @type {number} */ end) =>
    Math.max(0, Math.min(end - 1, at));
  return [clip(row, rows), clip(column, columns)];
}

/**
 * Give the page the glyphs that a machine without Chinese fonts lacks. From bytes, not by CSS: a
 * font that arrives after the first drawing left boxes in Chromium.
 * @param {{characters: string, woff: string}} font  woff in base64; both empty when none is needed
 * @returns {() => void}  takes them away again
 */
export function useFont({ characters, woff }) {
  if (!woff) return () => {};
  const points = Array.from(characters, (c) => `U+${(c.codePointAt(0) ?? 0).toString(16)}`);
  const bytes = Uint8Array.from(atob(woff), (c) => c.charCodeAt(0));
  const face = new FontFace("Seq2Seq Sans SC", bytes, { unicodeRange: points.join() });
  document.fonts.add(face);
  return () => void document.fonts.delete(face);
}

/**
 * Stand in for the notebook's model where there is no notebook: a slide, a page, a test.
 * @param {Record<string, any>} state
 * @returns {Model & {listeners: () => number}}
 */
export function standIn(state) {
  const values = { ...state };
  /** @type {Map<string, Set<() => void>>} */
  const callbacks = new Map();
  return {
    get: (name) => values[name],
    set(name, value) {
      values[name] = value;
      callbacks.get(`change:${name}`)?.forEach((callback) => callback());
    },
    on(event, callback) {
      callbacks.set(event, (callbacks.get(event) ?? new Set()).add(callback));
    },
    off: (event, callback) => void callbacks.get(event)?.delete(callback),
    save_changes() {},
    listeners: () => [...callbacks.values()].reduce((sum, set) => sum + set.size, 0),
  };
}

/**
 * Mount a visual on a page's next place that waits for one, in the order of the page.
 * @param {{render: (view: {model: Model, el: HTMLElement}) => () => void}} visual
 * @returns {() => void}  takes it down again
 */
export function mountNext(visual) {
  const place = document.querySelector("[data-visual]:not([data-mounted])");
  if (!(place instanceof HTMLElement)) throw new Error("no place for a visual is left on this page");
  const state = JSON.parse(place.querySelector("script")?.textContent ?? "{}");
  place.dataset.mounted = "";
  place.replaceChildren();
  return visual.render({ model: standIn(state), el: place });
}
