"""Visuals that ask a trained model: the kernel answers, or the browser where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import traitlets

from course_lib.widgets.visual import Visual

MOST = 600_000  # characters of all models in a notebook, which may have 1 MB


class Answering(Protocol):
    """What a visual asks: course_lib.live.LiveModel, or anything with its two methods."""

    def reply(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a request; ValueError says what is wrong with it."""
        ...

    def to_base64(self) -> str:
        """Write the model as widgets/decoder.js reads it."""
        ...


class LiveVisual(Visual):
    """A visual with models that answer its requests; widgets/asking.js is its other half.

    live   {name: model}
    carry  whether the browser gets the models too, to answer where there is no kernel
    Raises TypeError for a model that can't answer, ValueError for none or too many bytes to carry.
    """

    models: Any = traitlets.Dict().tag(sync=True)

    def __init__(self, live: Mapping[str, Answering], *, carry: bool = True, **traits: Any) -> None:
        """Keep the models, and listen."""
        check_models(live)
        self._live = dict(live)
        carried = {name: model.to_base64() for name, model in live.items()} if carry else {}
        size = sum(map(len, carried.values()))
        if size > MOST:
            raise ValueError(
                f"live: the models take {size} characters, a notebook may carry {MOST}; take "
                "smaller ones (course_lib.live.pocket), or carry=False: then only a kernel answers"
            )
        super().__init__(models=carried, **traits)
        self.on_msg(self._hear)

    def ask(self, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Ask one of the models; ValueError for an unknown name or a bad request."""
        if name not in self._live:
            raise ValueError(f"name is {name!r}; this visual has {', '.join(self._live)}")
        return self._live[name].reply(request)

    def state(self) -> dict[str, Any]:
        """Return what the JavaScript reads from its model, as plain JSON values."""
        return super().state() | {"models": self.models}

    def published(self) -> dict[str, Any]:
        """Return the state as a notebook publishes it: shipped models by name, without bytes."""
        sources = {name: getattr(model, "source", "") for name, model in self._live.items()}
        models = {name: sources[name] or text for name, text in self.models.items()}
        return self.state() | {"models": models}

    def _hear(self, _: Any, message: Any, __: Any) -> None:
        """Answer the browser; what is wrong with a request goes back as text."""
        if message.get("kind") == "hello":
            self.send({"kind": "here"})
        if message.get("kind") == "ask":
            self.send({"kind": "answer", "id": message["id"], **self._answer(message)})

    def _answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return {"reply": self.ask(message["name"], message["request"])}
        except ValueError as error:
            return {"error": str(error)}


def check_models(live: Mapping[str, Answering]) -> None:
    """Raise ValueError for no model, TypeError for one that can't answer."""
    if not live:
        raise ValueError(
            "live is empty; give one model at least: {'attention': pocket('attention')}"
        )
    for name, model in live.items():
        if not (hasattr(model, "reply") and hasattr(model, "to_base64")):
            raise TypeError(
                f"live: {name!r} is a {type(model).__name__}; give a course_lib.live.LiveModel"
            )
