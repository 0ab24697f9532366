"""The error lab: what a model makes of one wrong word, reading the reference or reading itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import traitlets
from matplotlib.figure import Figure

from course_lib.widgets import error_runs
from course_lib.widgets.live_visual import Answering, LiveVisual
from course_lib.widgets.visual import font_of, javascript, stylesheet

Sentence = tuple[Sequence[str], Sequence[str]]


class ErrorLab(LiveVisual):
    """Models trained in different ways, side by side, and a wrong word that a learner puts in.

    live       {name: model}; the names are shown
    sentences  pairs (source words, reference words); the first is shown first
    words      more words to offer as wrong ones
    Raises ValueError for no sentence, an empty one or words that a model does not know; TypeError
    for a sentence that is one string.

    Each model translates twice: once it reads the reference, once its own words. `wrong` is {} or
    {"step": 3, "word": "猫"}, steps from 0; set it by `inject` and `take_out`, hear of it by
    `lab.observe(function, "wrong")`. `sentence` is the position of the one shown.
    """

    name = "error_lab"
    _esm = javascript("error_lab")
    _css = stylesheet("error_lab")
    sentence: Any = traitlets.Int(0).tag(sync=True)
    wrong: Any = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        live: Mapping[str, Answering],
        sentences: Sequence[Sentence],
        *,
        words: Sequence[str] = (),
        title: str = "One wrong word, and what follows",
        carry: bool = True,
    ) -> None:
        """Check models and sentences; nothing is drawn before."""
        pairs = _checked(sentences)
        super().__init__(live, carry=carry, data={"sentences": pairs})
        offered = list(dict.fromkeys([*words, *(w for pair in pairs for w in pair["gold"])]))
        texts = [title, *self._live, *offered, *self._candidates(pairs)]
        self.data = {
            "title": title,
            "sentences": pairs,
            "names": list(self._live),
            "words": offered,
            "font": font_of("".join(texts)),
        }

    def _candidates(self, pairs: list[dict[str, list[str]]]) -> set[str]:
        """Return the words that the models find probable somewhere: they are offered, too.

        A word that a model doesn't know is an error here, and not in the browser.
        """
        asked = [
            self.ask(name, {"src": pair["src"], "gold": pair["gold"]})
            for pair in pairs
            for name in self._live
        ]
        return {word for said in asked for step in said["top"] for word, _ in step}

    @property
    def src(self) -> tuple[str, ...]:
        """The source words of the sentence shown."""
        return tuple(self.data["sentences"][self.sentence]["src"])

    @property
    def gold(self) -> tuple[str, ...]:
        """The reference of the sentence shown."""
        return tuple(self.data["sentences"][self.sentence]["gold"])

    @property
    def runs(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What is shown: for each model its reply when it reads the reference, and when itself.

        {name: {"forced": reply, "free": reply}}; replies as course_lib.live gives them.
        """
        forced = {self.wrong["step"]: self.wrong["word"]} if self.wrong else {}
        reads = {"forced": {"gold": list(self.gold)}, "free": {}}
        return {
            name: {
                kind: self.ask(name, {"src": list(self.src), "forced": forced, **more})
                for kind, more in reads.items()
            }
            for name in self._live
        }

    def inject(self, step: int, word: str) -> None:
        """Put a wrong word in at a step, from 0; ValueError if it can't be there."""
        self.wrong = {"step": step, "word": word}

    def take_out(self) -> None:
        """Take the wrong word out again."""
        self.wrong = {}

    def show(self, sentence: int) -> None:
        """Show another sentence, without a wrong word; ValueError if there is none."""
        with self.hold_sync():
            self.wrong = {}
            self.sentence = sentence

    @property
    def alt(self) -> str:
        """The source, the wrong word, and what each model made of it."""
        step = self.wrong.get("step")
        put_in = (
            "no wrong word" if step is None else f"{self.wrong['word']} put in at step {step + 1}"
        )
        each = [
            f"{name}, reading itself: {' '.join(both['free']['tgt'])} "
            f"({error_runs.verdict(self.gold, both['free']['words'], step)})"
            for name, both in self.runs.items()
        ]
        about = f"{' '.join(self.src)}, reference {' '.join(self.gold)}, {put_in}"
        return f"{self.data['title']}: {about}. {'; '.join(each)}."

    def figure(self) -> Figure:
        """Draw the static twin."""
        step = self.wrong.get("step")
        return error_runs.draw(self.data["title"], self.gold, self.runs, step)

    def state(self) -> dict[str, Any]:
        """Return what the JavaScript reads from its model, as plain JSON values."""
        return super().state() | {"sentence": self.sentence, "wrong": self.wrong}

    @traitlets.validate("sentence")
    def _sentence_there(self, proposal: Any) -> int:
        count = len(self.data["sentences"])
        if not 0 <= proposal["value"] < count:
            raise ValueError(f"sentence is {proposal['value']}; give 0 to {count - 1}")
        return proposal["value"]

    @traitlets.validate("wrong")
    def _wrong_possible(self, proposal: Any) -> dict[str, Any]:
        wrong = proposal["value"]
        if not wrong:
            return {}
        if wrong.keys() != {"step", "word"}:
            raise ValueError(f"wrong is {wrong!r}; give {{}} or a dict of step and word")
        step, word = wrong["step"], wrong["word"]
        if step not in range(len(self.gold)):
            raise ValueError(
                f"wrong: step is {step!r}; this reference has steps 0 to {len(self.gold) - 1}"
            )
        if word == self.gold[step]:
            raise ValueError(f"wrong: {word} is the reference's own word at step {step}")
        for name in self._live:
            self.ask(name, {"src": list(self.src), "gold": [word]})
        return {"step": int(step), "word": word}


def _checked(sentences: Sequence[Sentence]) -> list[dict[str, list[str]]]:
    if not sentences:
        raise ValueError("sentences is empty; give one pair (source words, reference words)")
    for number, pair in enumerate(sentences):
        if isinstance(pair, str) or len(pair) != 2:
            raise ValueError(f"sentences: number {number} is no pair (source words, reference)")
        for side, tokens in zip(("source", "reference"), pair, strict=True):
            if isinstance(tokens, str):
                raise TypeError(
                    f"sentences: the {side} of number {number} is one string, {tokens!r}; give "
                    "a list of words: .split()"
                )
            if not tokens:
                raise ValueError(f"sentences: the {side} of number {number} is empty")
    return [{"src": list(src), "gold": list(gold)} for src, gold in sentences]
