"""The heatmap of a trained model, to change: a weight, a masked word, a word of one's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import traitlets

from course_lib.widgets.heatmap import AttentionHeatmap, panels_of
from course_lib.widgets.heatmap_data import checked
from course_lib.widgets.live_visual import Answering, LiveVisual, check_models
from course_lib.widgets.visual import font_of, javascript, stylesheet

EDITS = ("masked", "forced", "weights")


class LiveHeatmap(AttentionHeatmap, LiveVisual):
    """Where one or several models look, for a sentence to type and with weights to change.

    models    a course_lib.live.LiveModel, or {name: model}, side by side; each with attention
    text      the sentence to begin with
    gold      links (source position, target position) of that sentence, or {name: links}
    width     of the beam that the models search with; 1 is greedy search
    coverage  whether to show how much each source word is read in all
    carry     whether the browser gets the models too, to answer where there is no kernel
    Raises ValueError for a sentence that a model can't read, and for a model without attention.

    `edits` is what was changed: {"masked": [source position], "forced": {step: word}, "weights":
    {model: {step: S weights}}}. Set it, or `change`, and the page asks the models again; `weights`,
    `tgt_tokens` and `data` follow. Observe any of them.
    """

    name = "heatmap_live"
    _esm = javascript("heatmap_live")
    _css = stylesheet("heatmap_live")
    edits: Any = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        models: Answering | Mapping[str, Answering],
        text: str,
        gold: Collection[tuple[int, int]] | None = None,
        *,
        width: int = 1,
        title: str = "Where the model looks",
        coverage: bool = True,
        carry: bool = True,
    ) -> None:
        """Ask the models; nothing is drawn before they have answered."""
        live = dict(models) if isinstance(models, Mapping) else {"model": models}
        check_models(live)
        look = {"title": title, "coverage": coverage, "partial": False, "width": width}
        LiveVisual.__init__(
            self, live, carry=carry, data=_answered(live, text, gold, look), edits=_no_edits()
        )

    def change(
        self,
        *,
        masked: Sequence[int] = (),
        forced: Mapping[int, str] | None = None,
        weights: Mapping[str, Mapping[int, Sequence[float]]] | None = None,
    ) -> None:
        """Change what is read or written, as the fields below the grid do; without any, undo all.

        Raises ValueError for a position, a step or a row of weights that doesn't fit.
        """
        rows = {
            str(name): {str(step): [float(w) for w in row] for step, row in steps.items()}
            for name, steps in (weights or {}).items()
        }
        words = {str(step): word for step, word in (forced or {}).items()}
        self.edits = {"masked": sorted(set(masked)), "forced": words, "weights": rows}

    def state(self) -> dict[str, Any]:
        """Return what the JavaScript reads from its model, as plain JSON values."""
        focus = list(self.focus)
        return {"data": self.data, "focus": focus, "edits": self.edits, "models": self.models}

    @traitlets.validate("edits")
    def _edits_fit(self, proposal: Any) -> dict[str, Any]:
        edits = _no_edits() | proposal["value"]
        size = len(self.data["src"])
        strange = [name for name in edits if name not in EDITS]
        if strange:
            raise ValueError(f"edits: {strange[0]!r} is none of {', '.join(EDITS)}")
        outside = [at for at in edits["masked"] if not 0 <= at < size]
        if outside:
            raise ValueError(
                f"masked: {outside[0]} is no source position; give whole numbers from 0 to "
                f"{size - 1}"
            )
        for name, steps in edits["weights"].items():
            if name not in self._live:
                raise ValueError(
                    f"weights: {name!r} is no model; there are {', '.join(self._live)}"
                )
            for step, row in steps.items():
                if len(row) != size:
                    raise ValueError(
                        f"weights at step {step} are {len(row)} numbers; give one for each of "
                        f"{size} words"
                    )
        return edits


def _no_edits() -> dict[str, Any]:
    return {"masked": [], "forced": {}, "weights": {}}


def _answered(
    live: Mapping[str, Answering], text: str, gold: Any, look: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the JavaScript draws: the models' replies, checked like any weights."""
    search = {"method": "beam", "width": look["width"]} if look["width"] != 1 else {}
    replies = {name: model.reply({"text": text, **search}) for name, model in live.items()}
    for name, reply in replies.items():
        if reply["weights"] is None:
            raise ValueError(
                f"models: {name!r} has a fixed context and no weights; give a model with attention"
            )
    first = next(iter(replies.values()))
    weights = {name: reply["weights"] for name, reply in replies.items()}
    words = {name: reply["words"] for name, reply in replies.items()}
    data = checked(weights, first["src"], words, gold, look)
    for panel, (name, reply) in zip(panels_of(data), replies.items(), strict=True):
        own = {key: reply[key] for key in ("top", "log_probs", "log_prob", "finished")}
        before = {"tgt": reply["words"], "log_prob": reply["log_prob"]}
        panel |= own | {"model": name, "links": panel["gold"], "before": before}
        panel["name"] = name if len(live) > 1 else ""
    return data | {"source": text, "font": _font(live, data)}


def _font(live: Mapping[str, Answering], data: Mapping[str, Any]) -> dict[str, str]:
    """Return the glyphs of all that the models can write, so that no new sentence shows boxes."""
    vocabs = [getattr(getattr(m, "checkpoint", None), "tgt_vocab", None) for m in live.values()]
    tokens = [token for vocab in vocabs if vocab for token in vocab.tokens]
    return font_of("".join([*tokens, *data["tgt"], data["title"]]))
