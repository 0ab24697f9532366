"""The loss: negative log likelihood in nats per real token.

loss = sum over real tokens of -log p(y_t | y_<t, x) / number of real tokens
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def token_loss(
    log_probs: Tensor, tgt_out: Tensor, tgt_mask: Tensor, label_smoothing: float = 0.0
) -> Tensor:
    """Average -log p of the target over the real tokens: nats per token, a scalar.

    log_probs (B, T, V), tgt_out (B, T), tgt_mask (B, T). With label_smoothing, that share of the
    target is spread evenly over all V words (Szegedy et al. 2016, section 7).
    Raises ValueError for shapes that differ, no real token, or ids outside the vocabulary.
    """
    _check("log_probs", log_probs, tgt_out, tgt_mask, words=log_probs.shape[-1])
    gold = log_probs.gather(-1, tgt_out[..., None]).squeeze(-1)  # (B, T)
    even = log_probs.mean(dim=-1)  # (B, T)
    losses = -(1 - label_smoothing) * gold - label_smoothing * even  # (B, T)
    return losses.masked_fill(~tgt_mask, 0).sum() / tgt_mask.sum()


def output_loss(
    readouts: Tensor,
    output: nn.Linear,
    tgt_out: Tensor,
    tgt_mask: Tensor,
    label_smoothing: float = 0.0,
) -> Tensor:
    """Equal token_loss of output(readouts).log_softmax(-1), but never hold all log_probs at once.

    readouts (B, T, H). Padding is not computed at all; the real tokens pass through the output
    layer in blocks of rows, and each block's gradient is ready before the next block starts.
    Errors as token_loss.
    """
    _check("readouts", readouts, tgt_out, tgt_mask, words=output.out_features)
    rows, targets = readouts[tgt_mask], tgt_out[tgt_mask]  # (N, H), (N,)
    total = _BlockLoss.apply(rows, output.weight, output.bias, targets, label_smoothing)
    return total / len(targets)  # type: ignore[operator]


def _check(name: str, said: Tensor, tgt_out: Tensor, tgt_mask: Tensor, words: int) -> None:
    if not said.shape[:-1] == tgt_out.shape == tgt_mask.shape:
        raise ValueError(
            f"{name} is for positions {tuple(said.shape[:-1])}, tgt_out has {tuple(tgt_out.shape)} "
            f"and tgt_mask {tuple(tgt_mask.shape)}; all must be the same (B, T)"
        )
    if not tgt_mask.any():
        raise ValueError("tgt_mask has no real token, and a mean over none is no number")
    low, high = tgt_out.aminmax()
    if low < 0 or high >= words:
        raise ValueError(
            f"tgt_out has ids from {low} to {high}; this vocabulary has 0 to {words - 1}, and "
            "padding needs one of them too, such as Vocab.pad"
        )


class _BlockLoss(torch.autograd.Function):
    """Summed loss of the rows, whose gradient for the logits is softmax minus target."""

    ROWS = 256  # logits of a block stay in the cache; 64 to 512 are equally fast

    @staticmethod
    def forward(
        ctx: Any, rows: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float
    ) -> Tensor:
        """Sum the losses, and keep the gradients of rows (N, H), weight (V, H) and bias (V,)."""
        total = rows.new_zeros(())
        grads = torch.empty_like(rows), torch.zeros_like(weight), torch.zeros_like(bias)
        for start in range(0, len(rows), _BlockLoss.ROWS):
            block = slice(start, start + _BlockLoss.ROWS)
            loss, error = _loss_and_error(rows[block], weight, bias, targets[block], smoothing)
            total += loss
            torch.mm(error, weight, out=grads[0][block])
            grads[1].addmm_(error.T, rows[block])
            grads[2].add_(error.sum(dim=0))
        ctx.save_for_backward(*grads)
        return total

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor | None, ...]:
        """Scale the kept gradients."""
        (scale,) = grad_outputs
        return *(scale * grad for grad in ctx.saved_tensors), None, None


def _loss_and_error(
    rows: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float
) -> tuple[Tensor, Tensor]:
    logits = torch.addmm(bias, rows, weight.T)  # (n, V)
    probs = logits.softmax(dim=-1)  # (n, V), 0 where too small: only its largest goes into a log
    log_sum = logits.amax(dim=-1) - probs.amax(dim=-1).log()  # (n,)  log of the sum of exp(logits)
    gold = logits.gather(-1, targets[:, None]).squeeze(-1)  # (n,)
    loss = (log_sum - (1 - smoothing) * gold).sum()
    error = probs  # (n, V)
    error[torch.arange(len(targets)), targets] -= 1 - smoothing
    if smoothing:
        loss = loss - smoothing * logits.mean(dim=-1).sum()
        error -= smoothing / len(bias)
    return loss, error
