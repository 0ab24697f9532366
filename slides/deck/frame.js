// Inside a visual's frame in a slide. A lecturer's clicker sends these two keys, and must turn the
// slide from inside a visual as well.
addEventListener("keydown", (event) => {
  if (event.key !== "PageDown" && event.key !== "PageUp") return;
  const { key, code, keyCode, which } = event;
  event.preventDefault();
  parent.focus();
  parent.document.dispatchEvent(
    new KeyboardEvent("keydown", { key, code, keyCode, which, bubbles: true }));
}, true);
// Escape gives the arrow keys back to the slides, unless the visual has a use for it.
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) parent.focus();
});

// What a hand does here is done in the deck's other windows too: the lecturer plays with the visual
// in presenter view, and the room sees it. lecture.js carries it over.
const pathTo = (part) => part === document.body ? []
  : [...pathTo(part.parentElement), [...part.parentElement.children].indexOf(part)];
const partAt = (path) => path.reduce((part, at) => part?.children[at], document.body);
let repeating = false;

function tell(event) {
  const { type, target, isTrusted, key, ctrlKey, shiftKey, altKey, metaKey } = event;
  if (repeating || !isTrusted || !(target instanceof Element) || !target.closest(".s2s")) return;
  const written = target.matches("input, select, textarea");
  if (type === "keydown" && (written || key.startsWith("Page"))) return; // input events follow
  if (type === "click" && target.closest("form button:not([type=button])")) return; // so does submit
  const { value, checked } = target;
  const path = pathTo(target);
  const detail = { type, path, value, checked, key, ctrlKey, shiftKey, altKey, metaKey };
  frameElement.dispatchEvent(new CustomEvent("hand", { detail, bubbles: true }));
}

function repeat({ type, path, value, checked, ...keys }) {
  const part = partAt(path);
  if (!part) return;
  repeating = true;
  if (type === "click") part.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...keys }));
  else if (type === "submit") part.requestSubmit();
  else if (type === "keydown") part.dispatchEvent(new KeyboardEvent(type, { bubbles: true, cancelable: true, ...keys }));
  else {
    if (value !== undefined) part.value = value;
    if (checked !== undefined) part.checked = checked;
    part.dispatchEvent(new Event(type, { bubbles: true }));
  }
  repeating = false;
}

for (const type of ["click", "input", "change", "keydown", "submit"]) addEventListener(type, tell, true);
addEventListener("repeat", ({ detail }) => repeat(detail));
