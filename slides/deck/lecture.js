// What a built deck can do beyond Marp: the lecturer chooses light or dark, and the visuals follow;
// what is done to a visual in one window is done in the others.
(() => {
  const KEY = "seq2seq-scheme"; // "light", "dark" or nothing: then the system decides
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search).get("scheme");
  const system = matchMedia("(prefers-color-scheme: dark)");

  const stored = () => {
    try {
      return localStorage.getItem(KEY) ?? "";
    } catch {
      return ""; // a browser that stores nothing for files
    }
  };
  const store = (scheme) => {
    try {
      localStorage.setItem(KEY, scheme);
    } catch {
      // the choice then lasts as long as the window
    }
  };

  function dress(frame) {
    const page = frame.contentDocument?.documentElement;
    if (!page) return;
    frame.style.colorScheme = page.style.colorScheme = root.dataset.scheme || "light dark";
    if (root.dataset.scheme) page.dataset.jpThemeLight = String(root.dataset.scheme === "light");
    else delete page.dataset.jpThemeLight;
  }

  function show(scheme) {
    if (scheme) root.dataset.scheme = scheme;
    else delete root.dataset.scheme;
    for (const frame of document.querySelectorAll("section iframe")) dress(frame);
  }

  for (const frame of document.querySelectorAll("section iframe")) {
    frame.addEventListener("load", () => dress(frame));
  }
  show(asked ?? stored());

  // A hand in one window's visual, repeated in the others: from a file, windows share this store.
  const HAND = "seq2seq-hand";
  const frames = () => [...document.querySelectorAll("section iframe")];
  document.addEventListener("hand", ({ target, detail }) => {
    const said = { deck: location.pathname, frame: frames().indexOf(target), detail };
    try {
      localStorage.setItem(HAND, JSON.stringify({ ...said, when: performance.now() }));
    } catch {
      // then each window's visual is its own
    }
  });
  addEventListener("storage", ({ key, newValue }) => {
    if (key !== HAND || !newValue) return;
    const { deck, frame, detail } = JSON.parse(newValue);
    if (deck !== location.pathname) return;
    frames()[frame]?.contentWindow?.dispatchEvent(new CustomEvent("repeat", { detail }));
  });

  addEventListener("storage", (event) => event.key === KEY && show(event.newValue ?? ""));
  document.addEventListener("keydown", ({ key, altKey, ctrlKey, metaKey }) => {
    if (key !== "t" || altKey || ctrlKey || metaKey) return;
    const dark = root.dataset.scheme ? root.dataset.scheme === "dark" : system.matches;
    store(dark ? "light" : "dark");
    show(dark ? "light" : "dark");
  });
})();
