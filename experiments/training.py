"""How the experiments train: Adam, warm-up and a cosine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch

from course_lib.data import Batch
from course_lib.objectives import Objective
from course_lib.train import Record, train, warmup_cosine


def records_of(
    model: Any,
    data: Iterable[Batch],
    *,
    steps: int,
    seed: int,
    objective: Objective | None = None,
    lr: float = 4e-3,
    warmup: int = 100,
) -> Iterator[Record]:
    """Train the model while the records are taken; lr is the peak of the learning rate."""
    return train(
        model,
        torch.optim.Adam(model.parameters(), fused=True),
        data,
        steps=steps,
        lr=warmup_cosine(lr, warmup, steps),
        objective=objective,
        seed=seed,
    )
