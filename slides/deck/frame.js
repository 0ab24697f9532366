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
