"""The mechanism lab: five steps of a trained model on the sentence that a learner types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import plots
from course_lib.diagrams import SIGNED
from course_lib.widgets.live_visual import Answering, LiveVisual
from course_lib.widgets.visual import font_of, javascript, stylesheet

MOST_SOURCE = 20  # words that the stage can show; mechanism_lab.js says the same
SPEEDS = ("slow", "normal", "fast")
CONTEXTS = ("attention", "fixed")


class MechanismLab(LiveVisual):
    """Encode, compress, score, mix, decode: a translation to play, step through and scrub.

    attention  a model with attention that answers: course_lib.live.pocket("attention")
    fixed      one with a fixed context, to switch to: pocket("fixed")
    sentence   what it translates first
    carry      whether the page gets the models too, to answer where there is no kernel; without
               them it still has the first sentence, in a tenth of the bytes
    Raises ValueError for a sentence the models cannot read or show, for models the wrong way round
    or an encoder that reads backward only; TypeError for a model that cannot answer.

    `sentence`, `context` ("attention" or "fixed"), `moment` (from 0) and `speed` are what the
    learner sees; set them, or `lab.observe(function, "moment")`. `reply()` is what is shown.
    Source: chapter 02; Luong et al. 2015, section 3, for steps 3 to 5.
    """

    name = "mechanism_lab"
    _esm = javascript("mechanism_lab")
    _css = stylesheet("mechanism_lab")
    sentence: Any = traitlets.Unicode().tag(sync=True)
    context: Any = traitlets.Enum(CONTEXTS, "attention").tag(sync=True)
    moment: Any = traitlets.Int(0, min=0).tag(sync=True)
    speed: Any = traitlets.Enum(SPEEDS, "normal").tag(sync=True)

    def __init__(
        self,
        attention: Answering,
        fixed: Answering,
        sentence: str = "Tom loves playing football .",
        *,
        title: str = "Five steps of a translation",
        carry: bool = True,
    ) -> None:
        """Ask both models once; nothing is drawn before."""
        models = {"attention": attention, "fixed": fixed}
        data = {
            "title": title,
            "direction": _direction(models),
            "font": font_of(_target_text(models) + title),
        }
        super().__init__(models, carry=carry, data=data, sentence=sentence)
        replies = {name: self.ask(name, {"text": sentence, "detail": True}) for name in models}
        for name, reply in replies.items():
            _check_reply(name, reply)
        if not carry:
            self.data = data | {"replies": {"text": sentence, **_rounded(replies)}}

    def reply(self) -> dict[str, Any]:
        """Return what the model shown says of the sentence shown, with its tensors."""
        return self.ask(self.context, {"text": self.sentence, "detail": True})

    @property
    def alt(self) -> str:
        """The translation, and for each word what it reads most."""
        reply = self.reply()
        said = f"{' '.join(reply['src'])} becomes {' '.join(reply['tgt'])}."
        if reply["weights"] is None:
            return f"{self.data['title']}. {said} The decoder has one fixed context."
        most = [
            f"{word} {reply['src'][int(np.argmax(row))]} ({max(row):.2f})"
            for word, row in zip(reply["tgt"], reply["weights"], strict=False)
        ]
        return f"{self.data['title']}. {said} Each word and what it reads most: {', '.join(most)}."

    def figure(self) -> Figure:
        """Draw the static twin: the five steps side by side, the last three of one word."""
        reply = self.reply()
        at = min(2, len(reply["words"]) - 1)  # a word that is no copy of the first
        fig, axes = plt.subplots(1, 5, figsize=(11, 3.4), width_ratios=(3, 0.7, 2, 2, 2))
        states = np.array(reply["detail"]["encoder_states"]).T
        _vectors(axes[0], states, "1 Encode", reply["src"])
        _vectors(axes[1], np.array(reply["detail"]["context"])[:, None], "2 Compress", ["c"])
        if reply["weights"] is None:
            for ax, title in ((axes[2], "3 Score"), (axes[3], "4 Mix")):
                ax.set_title(title)
                ax.text(0.5, 0.5, "not with a\nfixed context", ha="center", va="center")
                ax.set_axis_off()
        else:
            _bars(axes[2], reply["src"], reply["detail"]["scores"][at], f"3 Score: word {at + 1}")
            _bars(axes[3], reply["src"], reply["weights"][at], f"4 Mix: word {at + 1}")
        words, p = zip(*reply["top"][at], strict=True)
        _bars(axes[4], words, p, f"5 Decode: word {at + 1}")
        fig.suptitle(self.data["title"], x=0.01, ha="left")
        fig.tight_layout()
        return fig

    def state(self) -> dict[str, Any]:
        """Return what the JavaScript reads from its model, as plain JSON values."""
        names = ("sentence", "context", "moment", "speed")
        return super().state() | {name: getattr(self, name) for name in names}


def _direction(models: Mapping[str, Answering]) -> str:
    """Return how the encoders read; of models that do not say so, the usual forward."""
    configs = {name: getattr(model, "checkpoint", None) for name, model in models.items()}
    found = {name: made.config.direction for name, made in configs.items() if made is not None}
    for name, direction in found.items():
        if direction == "backward":
            raise ValueError(
                f"{name}: its encoder reads the source backward, which the stage does not show; "
                "give one that reads forward or in both directions"
            )
    if len(set(found.values())) > 1:
        raise ValueError(f"the encoders read {found}; give two models with one kind of encoder")
    return next(iter(found.values()), "forward")


def _target_text(models: Mapping[str, Answering]) -> str:
    """Return every character that the models may write, as far as they say."""
    vocabs = [getattr(getattr(m, "checkpoint", None), "tgt_vocab", None) for m in models.values()]
    return "".join(word for vocab in vocabs if vocab is not None for word in vocab.tokens)


def _check_reply(name: str, reply: Mapping[str, Any]) -> None:
    if (reply["weights"] is None) != (name == "fixed"):
        has = "no attention" if reply["weights"] is None else "attention"
        raise ValueError(f"{name}: this model has {has}; give MechanismLab(attention, fixed)")
    if len(reply["src"]) > MOST_SOURCE:
        raise ValueError(
            f"sentence has {len(reply['src'])} words; the lab shows {MOST_SOURCE}: shorten it"
        )


def _rounded(value: Any) -> Any:
    """Return JSON values with four decimals at most: what the lab shows has three."""
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value


def _vectors(ax: Axes, columns: np.ndarray, title: str, names: Any) -> None:
    ax.imshow(columns, cmap=SIGNED, vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    ax.set_xticks(range(len(names)), names, rotation=45 if len(names) > 1 else 0, ha="right")
    ax.set_yticks([])
    ax.set_title(title)


def _bars(ax: Axes, names: Any, values: Any, title: str) -> None:
    values = np.array([np.nan if value is None else value for value in values], dtype=float)
    best = int(np.nanargmax(values))
    colours = [plots.GOLD if i == best else plots.SERIES[0] for i in range(len(values))]
    ax.barh(range(len(values)), values, color=colours)
    ax.set_yticks(range(len(values)), names)
    ax.invert_yaxis()
    ax.set_title(title)
