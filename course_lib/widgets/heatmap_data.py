"""What a heatmap draws, checked: one matrix of weights, or several of one source side by side."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.widgets.visual import font_of

TOLERANCE = 1e-3  # of a row's sum: float32 over a long sentence stays far below it
Links = Collection[tuple[int, int]]


def checked(
    weights: Any,
    src_tokens: Sequence[str],
    tgt_tokens: Any,
    gold: Any,
    look: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what the JavaScript draws, or raise an error that names the offending part.

    look  title, coverage (whether the sums of columns are shown), partial (whether a row may sum to
          less than 1)
    """
    src = _tokens("src_tokens", src_tokens)
    if isinstance(weights, Mapping):
        panels = _panels(weights, src, tgt_tokens, gold, partial=look["partial"])
    else:
        panels = [_panel("weights", weights, src, tgt_tokens, gold, partial=look["partial"])]
    words = [token for panel in panels for token in panel["tgt"]]
    names = [panel["name"] for panel in panels if "name" in panel]
    data = {"src": src, **look, "font": font_of("".join([*src, *words, *names, look["title"]]))}
    first = {key: value for key, value in panels[0].items() if key != "name"}
    return first | data | ({"panels": panels} if isinstance(weights, Mapping) else {})


def _panels(
    weights: Mapping[str, Any], src: list[str], tgt: Any, gold: Any, *, partial: bool
) -> list[dict[str, Any]]:
    if not weights:
        raise ValueError("weights is an empty dict; give one matrix at least: {'head 1': weights}")
    panels = []
    for name, matrix in weights.items():
        own = _own("tgt_tokens", tgt, name)
        links = _own("gold", gold, name)
        panel = _panel(f"weights[{name!r}]", matrix, src, own, links, partial=partial)
        panels.append({"name": str(name), **panel})
    return panels


def _own(argument: str, values: Any, name: str) -> Any:
    """Return what one panel has of an argument that may be one for all, or one a name."""
    if not isinstance(values, Mapping):
        return values
    if name not in values:
        raise ValueError(
            f"{argument} has {', '.join(map(str, values))}, but weights have {name!r} too; give "
            "one for each, or one for all"
        )
    return values[name]


def _panel(
    name: str,
    weights: Any,
    src: list[str],
    tgt_tokens: Sequence[str],
    gold: Links | None,
    *,
    partial: bool,
) -> dict[str, Any]:
    tgt = _tokens("tgt_tokens", tgt_tokens)
    grid = np.asarray(weights, dtype=float)
    if grid.shape != (len(tgt), len(src)):
        raise ValueError(
            f"{name} have shape {grid.shape}, but there are {len(tgt)} target and {len(src)} "
            "source tokens; give one row a target token and one column a source token"
        )
    _check_rows(name, grid, tgt, partial=partial)
    links = sorted((int(source), int(target)) for source, target in gold or ())
    for source, target in links:
        if not (0 <= source < len(src) and 0 <= target < len(tgt)):
            raise ValueError(
                f"the gold link {(source, target)} lies outside {len(src)} source and {len(tgt)} "
                "target tokens; give (source position, target position), from 0"
            )
    rounded = grid.clip(0, 1).round(6).tolist()
    return {"weights": rounded, "tgt": tgt, "gold": [list(link) for link in links]}


def _tokens(name: str, tokens: Sequence[str]) -> list[str]:
    if isinstance(tokens, str):
        raise TypeError(f"{name} is one string, {tokens!r}; give a list of tokens: .split()")
    for token in tokens:
        if not isinstance(token, str):
            raise TypeError(f"{name} holds {token!r}, a {type(token).__name__}; give texts only")
    if not tokens:
        raise ValueError(f"{name} is empty; give one token at least")
    return list(tokens)


def _check_rows(name: str, grid: np.ndarray, tgt: list[str], *, partial: bool) -> None:
    for row, (weights, token) in enumerate(zip(grid, tgt, strict=True)):
        total = weights.sum()
        if not np.isfinite(weights).all():
            problem = "holds a number that is not finite; was every source position masked?"
        elif (weights < 0).any():
            problem = f"holds {weights.min():.4g}; weights are 0 or more: were these scores?"
        elif total > 1 + TOLERANCE:
            problem = f"sums to {total:.4f}, not 1; take a softmax over the source"
        elif total < 1 - TOLERANCE and not partial:
            problem = (
                f"sums to {total:.4f}, not 1; take a softmax over the source. If rows may sum to "
                "less, as with a local window or a copy share, say partial=True"
            )
        else:
            continue
        raise ValueError(f"{name}: row {row} ({token!r}) {problem}")
