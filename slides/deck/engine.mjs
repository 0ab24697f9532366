// Marp's engine with one addition: a formula carries its source, for who cannot see it.
const RULES = ["marp_math_inline", "marp_math_block"];
const SIGNS = { "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;" };

/** Wrap a rule of markdown-it that draws a formula. */
const named = (draw) => (tokens, at, ...rest) => {
  const source = tokens[at].content.trim().replace(/\s+/g, " ").replace(/[&"<>]/g, (c) => SIGNS[c]);
  return draw(tokens, at, ...rest).replace('role="img"', () => `role="img" aria-label="${source}"`);
};

export default ({ marp }) =>
  marp.use(({ renderer: { rules } }) => {
    for (const rule of RULES) rules[rule] = named(rules[rule]);
  });
