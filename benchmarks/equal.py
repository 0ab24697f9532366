"""The same weights give the same: shown before anything is timed."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks import ours, peers_joeynmt, peers_opennmt
from benchmarks.shapes import Size
from course_lib.batch_search import beam_batch, greedy_batch
from course_lib.cells import State
from course_lib.data import Vocab
from course_lib.losses import output_loss

SIZE = Size("equal", batch=12, vocab=300, hidden=32, source=11, target=9)
CLOSE = 2e-5  # float32, sums in another order; of the number, or of 1 if it is smaller
PAIRS = (
    ("luong", "general"),
    ("luong_input_feeding", "general"),
    ("luong_input_feeding", "additive"),
)


def h_twice(final: State) -> State:
    """Hand over h as h and as C, as JoeyNMT does."""
    return final[0], final[0]


def show() -> list[str]:
    """Compare logits, losses, gradients and searches; return what was found, a line each.

    Raises AssertionError where they differ.
    """
    with torch.random.fork_rng():
        lines = [line for pair in PAIRS for line in compare(*pair)]
    print(*lines, sep="\n", flush=True)
    return lines


def compare(wiring: str, attention: str) -> list[str]:
    """Compare one wiring with JoeyNMT, and with OpenNMT-py where it is equal too."""
    name = f"{wiring}, {attention}"
    model = large_weights(wiring, attention)
    model.decoder.handover = h_twice
    peer = peers_joeynmt.from_ours(SIZE, model, attention == "additive", wiring != "luong")
    batch = ours.make_batch(SIZE, ragged=True)
    lines = [f"{name}: {joey_training(model, peer, batch)}"]
    lines.append(f"{name}: {joey_searches(model.eval(), peer.eval(), batch)}")
    if attention == "general":
        model = large_weights(wiring, attention)
        lines.append(f"{name}: {opennmt_training(model, batch)}")
    return lines


def large_weights(wiring: str, attention: str) -> Any:
    """Make a model with weights so large that each of them matters to what comes out."""
    model = ours.make_model(SIZE, wiring, attention)
    for name, weight in model.named_parameters():
        if not name.endswith("output.bias"):
            weight.data.mul_(3)
    return model


def our_loss(model: Any, batch: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Return logits at real tokens (N, V), and the loss after its backward pass."""
    readouts, _ = model.readouts(batch.src, batch.src_mask, batch.tgt_in)
    loss = output_loss(readouts, model.decoder.output, batch.tgt_out, batch.tgt_mask)
    loss.backward()
    return model.decoder.output(readouts)[batch.tgt_mask].detach(), loss.detach()


def joey_training(model: Any, peer: Any, batch: Any) -> str:
    """Hold logits, loss and a gradient of the encoder against JoeyNMT's."""
    theirs = peers_joeynmt.joey_batch(batch)
    order = theirs.src_length.sort(descending=True).indices
    theirs.sort_by_src_length()
    out, _, _, _ = peer._encode_decode(**vars(theirs))
    loss, _, _, _ = peer(return_type="loss", **vars(theirs))
    loss = theirs.normalize(loss, normalization="tokens")
    loss.backward()
    logits, mine = our_loss(model, batch)
    back = torch.empty_like(out).index_copy_(0, order, out.detach())
    gap = differ(logits, back[batch.tgt_mask])
    differ(mine, loss.detach())
    differ(grad(model.encoder.rnn), grad(peer.encoder.rnn))
    return f"logits equal JoeyNMT's to {gap:.0e}, so do the loss and its gradient"


def opennmt_training(model: Any, batch: Any) -> str:
    """Hold logits against OpenNMT-py's."""
    peer = peers_opennmt.from_ours(SIZE, model, False, not hasattr(model.decoder.rnn, "num_layers"))
    theirs = peers_opennmt.opennmt_batch(batch)
    out, _ = peer(theirs["src"], theirs["tgt"], theirs["srclen"])
    logits, _ = our_loss(model, batch)
    gap = differ(logits, peer.generator(out).detach()[batch.tgt_mask])
    return f"logits equal OpenNMT-py's to {gap:.0e}"


@torch.no_grad()
def joey_searches(model: Any, peer: Any, batch: Any) -> str:
    """Hold greedy and all five hypotheses of a beam of 5 against JoeyNMT's.

    Nothing ends before max_length: JoeyNMT goes on expanding what has ended, we don't.
    """
    theirs = peers_joeynmt.joey_batch(batch)
    order = theirs.src_length.sort(descending=True).indices.tolist()
    theirs.sort_by_src_length()
    limits: dict[str, Any] = {"bos": Vocab.bos, "eos": Vocab.eos, "max_length": SIZE.target}
    first = greedy_batch(model, batch.src, batch.src_mask, **limits)
    beams = beam_batch(model, batch.src, batch.src_mask, **limits, width=5, n_best=5)
    out, _, _ = peers_joeynmt.decode(peer, theirs, SIZE.target, 1)
    outs, scores, _ = peers_joeynmt.decode(
        peer, theirs, SIZE.target, 5, n_best=5, return_prob="hyp"
    )
    rows = [hypothesis for i in order for hypothesis in beams[i]]
    assert [h.tokens for h in (first[i] for i in order)] == [tuple(x) for x in out.tolist()]
    assert [h.tokens for h in rows] == [tuple(map(int, x)) for x in outs]
    gap = differ(torch.tensor([h.log_prob for h in rows]), torch.tensor(scores)[:, 0])
    return f"greedy and 5 hypotheses of {len(beams)} beams are JoeyNMT's, scores to {gap:.0e}"


def grad(rnn: Any) -> torch.Tensor:
    """Return the gradient of an encoder's first weight."""
    return rnn.weight_ih_l0.grad


def differ(a: torch.Tensor, b: torch.Tensor) -> float:
    """Return the largest difference; AssertionError if it is more than rounding."""
    gap = (a - b).abs() / a.abs().clamp(min=1.0)
    assert gap.max() <= CLOSE, f"differ by {gap.max().item()}"
    return gap.max().item()
