"""The beam tree: what a search looked at, kept and pruned, and what it would have with other k."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import traitlets
from matplotlib.figure import Figure

from course_lib.widgets.beam_data import drawn, font_of_all
from course_lib.widgets.beam_known import Formula, Known, as_records, formula_of
from course_lib.widgets.beam_picture import draw
from course_lib.widgets.beam_replay import Replay, Settings, exact_tokens, greedy_tokens, replay
from course_lib.widgets.live_visual import Answering, LiveVisual, check_models
from course_lib.widgets.visual import Visual, javascript, stylesheet

ENDLESS = 99.0  # an alpha with which no search stops before everything has ended
EOS = 2  # of every model that answers: decoder.js counts on it
SPARE = 8  # words that a translation may have more than its source
STOPS = ("proof", "first", "filled", "end")


class BeamTree(LiveVisual):
    """A beam search as a tree, with k, alpha and the stopping rule as sliders that search again.

    records     beam(...).record, what its to_json() wrote, or several of one model and one source,
                say of k = 1 to 8: any k whose steps they hold can be chosen. Search with n_best
                large, so that the records go on where another alpha or rule would. `width=None`
                holds all of a small model, and then exact search is done here too.
    words       the vocabulary: words[token] is the text of a token; a sequence, or {token: text}
    eos         its token; needed when no sequence in the records has finished
    exact       what exact search found, a Hypothesis, or {alpha: Hypothesis}
    max_length  of the searches, eos counted; as far as the records go unless given
    live        a model that answers when the learner types another sentence than `source`; carry
                tells whether the browser gets it too. `BeamTree.of_model` asks it for the records
    Raises ValueError for a record of another version, one that no search wrote, records of
    different models, a token without a word, or a setting outside; TypeError for what is no record.

    `width`, `alpha`, `formula` ("power" or "gnmt"), `stop` ("proof", "first", "filled", "end"),
    `round` (None: all) and `focus` (tokens of the prefix spelled out) can be set and observed.
    """

    name = "beam_tree"
    _esm = javascript("beam_tree")
    _css = stylesheet("beam_tree")
    width: Any = traitlets.Int(1).tag(sync=True)
    alpha: Any = traitlets.Float(0.0).tag(sync=True)
    formula: Any = traitlets.Enum(("power", "gnmt"), "power").tag(sync=True)
    stop: Any = traitlets.Enum(STOPS, "proof").tag(sync=True)
    round: Any = traitlets.Int(None, allow_none=True, min=0).tag(sync=True)
    focus: Any = traitlets.List(traitlets.Int()).tag(sync=True)  # pyright: ignore[reportIncompatibleMethodOverride]

    def __init__(
        self,
        records: Any,
        words: Sequence[str] | Mapping[int, str],
        *,
        eos: int | None = None,
        exact: Any = None,
        max_length: int | None = None,
        width: int | None = None,
        alpha: float | None = None,
        stop: str = "proof",
        live: Answering | None = None,
        source: str | None = None,
        carry: bool = True,
        title: str = "What beam search keeps",
    ) -> None:
        """Check the records; nothing is drawn before."""
        checked = as_records(records)
        data = drawn(checked, words, eos, exact, max_length, title)
        first = formula_of(checked[0]["penalty"]) or Formula("power", 0.0)
        wide = checked[0]["width"] or min(2, data["widest"])
        traits = {
            "data": data,
            "width": wide if width is None else width,
            "alpha": first.alpha if alpha is None else alpha,
            "formula": first.name,
            "stop": stop,
        }
        self._live = {}
        if live is None:
            Visual.__init__(self, **traits)
        else:
            data |= {"source": source or "", "font": font_of_all(live, data)}
            super().__init__({"model": live}, carry=carry, **traits)

    @classmethod
    def of_model(
        cls,
        model: Answering,
        text: str,
        *,
        widest: int = 5,
        width: int = 3,
        carry: bool = True,
        title: str = "What beam search keeps",
    ) -> BeamTree:
        """Return the tree of a live model and a sentence; the learner can type another.

        model   course_lib.live.LiveModel, or anything with its two methods
        widest  the largest k that can be chosen
        carry   whether the browser gets the model too, to answer where there is no kernel
        Raises the model's ValueError for a sentence that it can't read.
        """
        check_models({"model": model})
        longest = len(text.split()) + SPARE
        asked = {"text": text, "method": "beam", "alpha": ENDLESS, "max_length": longest}
        replies = [model.reply(asked | {"width": k}) for k in range(1, widest + 1)]
        records = [reply["record"] for reply in replies]
        words = {int(at): word for record in records for at, word in record["words"].items()}
        return cls(
            records,
            {EOS: "<eos>"} | words,
            eos=EOS,
            max_length=longest,
            width=min(width, widest),
            alpha=0.0,
            live=model,
            source=text,
            carry=carry,
            title=title,
        )

    @property
    def settings(self) -> Settings:
        """What the sliders say now."""
        formula = Formula(self.formula, self.alpha)
        return Settings(self.width, formula, self.stop, self.data["longest"], self.data["eos"])

    @property
    def result(self) -> Replay:
        """What the search finds as the sliders stand."""
        return replay(self._known, self.settings)

    @property
    def _known(self) -> Known:
        return Known.of(self.data["tree"])

    @property
    def best(self) -> tuple[str, ...]:
        """The words of the best hypothesis, without eos, as the sliders stand."""
        return self.words_of(self._known.tokens(self.result.ended[0].known))

    @property
    def greedy(self) -> tuple[int, ...] | None:
        """The tokens that greedy search writes; None where the records don't hold them."""
        return greedy_tokens(self._known, self.settings)

    @property
    def exact(self) -> tuple[int, ...] | None:
        """The tokens of the best sequence of all, of those that are known; None without any."""
        if self.data["whole"]:
            return exact_tokens(self._known, self.settings)
        formula = self.settings.formula
        found = self.data["exact"]
        best = max(found, key=lambda e: e["log_prob"] / formula(len(e["tokens"])), default=None)
        return best and tuple(best["tokens"])

    def words_of(self, tokens: Sequence[int]) -> tuple[str, ...]:
        """Return tokens as words, without eos."""
        return tuple(self.data["words"][str(t)] for t in tokens if t != self.data["eos"])

    @property
    def alt(self) -> str:
        """The settings, the best hypothesis, and how greedy and exact search compare."""
        found = self.result
        pruned = sum(node.fate == "pruned" for node in found.nodes)
        kind = f"k = {self.width}, alpha = {self.alpha:g}"
        said = [f"{self.data['title']}, {kind}: {len(found.nodes) - 1} prefixes, {pruned} pruned"]
        for name, tokens in (("greedy", self.greedy), ("exact", self.exact)):
            if tokens is not None:
                said.append(f"{name} search finds {' '.join(self.words_of(tokens)) or 'nothing'}")
        best, end = " ".join(self.best), found.ended[0]
        said.insert(1, f"the best is {best or 'nothing'} with log p {end.log_prob:.2f}")
        return "; ".join(said) + "."

    def figure(self) -> Figure:
        """Draw the static twin."""
        paths = {"greedy": self.greedy, "exact": self.exact}
        return draw(self._known, self.result, self.data["words"], paths, self.alt.split(";")[0])

    def state(self) -> dict[str, Any]:
        """Return what the JavaScript reads from its model, as plain JSON values."""
        names = ("width", "alpha", "formula", "stop", "round", "focus")
        return super().state() | {name: getattr(self, name) for name in names}

    @traitlets.validate("width")
    def _width_inside(self, proposal: Any) -> int:
        widest = self.data["widest"]
        if not 1 <= proposal["value"] <= widest:
            raise ValueError(
                f"width is {proposal['value']}; these records hold searches from 1 (greedy) to "
                f"{widest}. Give the record of a wider search."
            )
        return proposal["value"]

    @traitlets.validate("alpha")
    def _alpha_inside(self, proposal: Any) -> float:
        if not 0 <= proposal["value"] <= 2:
            raise ValueError(
                f"alpha is {proposal['value']}; the slider goes from 0, no normalization, to 2"
            )
        return proposal["value"]
