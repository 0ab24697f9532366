// An attention heatmap to look at and walk through; heatmap_live.js has one to change.
import { show } from "./heatmap_view.js";

/**
 * @param {{model: import("./shared.js").Model, el: HTMLElement}} place
 * @returns {() => void}  takes everything down again
 */
export function render(place) {
  return show(place).close;
}

export default { render };
