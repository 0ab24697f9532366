"""Beam search for a batch: one step for all prefixes of all sentences, and pointers back."""

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_lib.batch_search.model import (
    Model,
    check_evaluating,
    check_first_step,
    check_no_nan,
    check_possible,
    without_eos,
)
from course_lib.search.penalties import NO_PENALTY, Coverage, LengthPenalty, Scoring, no_weights
from course_lib.search.tree import Hypothesis, check_lengths, check_n_best, check_width


@torch.inference_mode()
def beam_batch(
    model: Model,
    src: Tensor,
    src_mask: Tensor,
    *,
    bos: int,
    eos: int,
    max_length: int,
    width: int,
    penalty: LengthPenalty = NO_PENALTY,
    coverage: Coverage | None = None,
    min_length: int = 1,
    n_best: int = 1,
) -> list[tuple[Hypothesis, ...]]:
    """Search each sentence with a beam of `width`; return its n_best hypotheses, best first.

    src (B, S) and src_mask (B, S), True = real token; the rest as in course_lib.search.beam, down
    to the stopping rule. Raises ValueError as beam does, or for a model in training mode.
    """
    check_lengths(max_length, min_length)
    check_n_best(n_best)
    check_evaluating(model)
    scoring = Scoring(penalty, coverage, max_length)
    memory, state = model.encode(src, src_mask)
    beams = Beams(src_mask, bos, eos, scoring, n_best)
    for length in range(1, max_length + 1):
        log_probs, state, weights = model.step(beams.tokens.flatten(), state, memory)
        if length == 1:
            check_first_step(log_probs, eos)
            check_width(width, log_probs.shape[1])
        rows = beams.advance(without_eos(log_probs, eos, length < min_length), weights, width)
        state = tuple(part[rows] for part in state)
        beams.finish()
        if beams.done.all():
            break
    scores = torch.cat([beams.best_scores, beams.scores()], dim=1)  # of finished and of open ones
    check_no_nan(scores)
    check_possible(scores.amax(dim=1) > -torch.inf, min_length)
    return beams.hypotheses()


class Round(NamedTuple):
    """What one round chose for every sentence, (B, K) each, and where its parents looked."""

    tokens: Any  # tensors while searching, arrays while reading back
    parents: Any  # which prefix of the round before each one continues
    log_prob: Any  # of the whole prefix, in nats
    weights: Any  # (B, K of the round before, S), or None


def best_continuations(
    log_prob: Tensor, log_probs: Tensor, width: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Choose the `width` best continuations of each sentence's K prefixes.

    log_prob (B, K) of the prefixes; log_probs (B * K, V) of what follows them. Returns log_prob,
    tokens and parents, (B, width) each; a parent is a prefix of the sentence, 0..K-1.
    """
    sentences, prefixes = log_prob.shape
    # No more than `width` children of one prefix can be among the `width` best of all.
    best, words = log_probs.topk(width, dim=1)  # (B * K, width)
    candidates = log_prob[:, :, None] + best.view(sentences, prefixes, width)
    log_prob, chosen = candidates.flatten(1).topk(width, dim=1)  # (B, width) of K * width
    return log_prob, words.view(sentences, -1).gather(1, chosen), chosen // width


class Beams:
    """The K open prefixes of every sentence, and the best n that are finished.

    Prefixes are not copied as they grow: each round keeps its last tokens and a pointer from each
    to the prefix it continues, and `spell` follows the pointers back.
    """

    def __init__(self, src_mask: Tensor, bos: int, eos: int, scoring: Scoring, n_best: int):
        self.src_mask, self.eos, self.scoring = src_mask, eos, scoring
        self.tokens = src_mask.new_full((len(src_mask), 1), bos, dtype=torch.int64)  # (B, K), K = 1
        self.log_prob = torch.zeros_like(self.tokens, dtype=torch.float64)  # (B, K), -inf: not open
        self.received = src_mask.new_zeros((len(src_mask), 1, 1), dtype=torch.float64)  # (B, K, S)
        self.rounds: list[Round] = []
        self.best_scores = self.log_prob.new_full((len(src_mask), n_best), -torch.inf)
        self.best_ends = torch.zeros_like(self.best_scores, dtype=torch.int64)  # round * K + place
        self.done = torch.zeros_like(src_mask[:, 0])  # (B,) nothing open can change the best n

    def advance(self, log_probs: Tensor, weights: Tensor | None, width: int) -> Tensor:
        """Replace the prefixes by their best continuations; return the row each comes from.

        log_probs (B * K, V), weights (B * K, S) or None; rows (B * width,), each below B * K.
        """
        sentences, prefixes = self.tokens.shape
        self.log_prob, self.tokens, parents = best_continuations(self.log_prob, log_probs, width)
        if weights is not None:
            weights = weights.view(sentences, prefixes, -1)
        self.rounds.append(Round(self.tokens, parents, self.log_prob, weights))
        if self.scoring.coverage is not None:
            if weights is None:
                raise no_weights()
            pointers = parents[:, :, None].expand(-1, -1, weights.shape[2])
            self.received = (self.received + weights).gather(1, pointers)
        first_row = prefixes * torch.arange(sentences, device=parents.device)
        return (first_row[:, None] + parents).flatten()

    def finish(self) -> None:
        """Move prefixes that end in eos from the open to the finished; see which sentence is done.

        Scoring.may_stop is the rule for that, with the same bound.
        """
        ended = self.tokens == self.eos
        scores = self.scores().masked_fill(~ended, -torch.inf)
        ends = self.ends().expand_as(ended)
        n_best = self.best_scores.shape[1]
        self.best_scores, best = torch.cat([self.best_scores, scores], dim=1).topk(n_best, dim=1)
        self.best_ends = torch.cat([self.best_ends, ends], dim=1).gather(1, best)
        self.log_prob = self.log_prob.masked_fill(ended, -torch.inf)
        bound = self.log_prob.amax(dim=1) / self.scoring.penalty(self.scoring.max_length)
        self.done = self.best_scores[:, -1] >= bound

    def scores(self) -> Tensor:
        """Score the open prefixes (B, K) as if they ended here."""
        scores = self.log_prob / self.scoring.penalty(len(self.rounds))
        if self.scoring.coverage is None:
            return scores
        received = self.received.clamp(torch.finfo(torch.float64).tiny, 1.0)
        missed = received.log().masked_fill(~self.src_mask[:, None], 0.0).sum(dim=2)  # (B, K)
        return scores + self.scoring.coverage.beta * missed

    def ends(self) -> Tensor:
        """Return numbers (K,) for the places of the last round, after those of earlier rounds."""
        width = self.tokens.shape[1]
        return (len(self.rounds) - 1) * width + torch.arange(width, device=self.tokens.device)

    def hypotheses(self) -> list[tuple[Hypothesis, ...]]:
        """Return the best n of each sentence: the finished, then those cut off at max_length."""
        n_best = self.best_scores.shape[1]
        cut_off, order = self.scores().sort(dim=1, descending=True)
        scores = torch.cat([self.best_scores, cut_off], dim=1).tolist()
        ends = torch.cat([self.best_ends, self.ends()[order]], dim=1).tolist()
        rounds = [Round(*map(to_numpy, round_)) for round_ in self.rounds]
        masks = self.src_mask.cpu().numpy()
        found = []
        for b, mask in enumerate(masks):
            there = [end for end in zip(ends[b], scores[b], strict=True) if end[1] > -np.inf]
            found.append(tuple(spell(rounds, b, *end, mask, self.eos) for end in there[:n_best]))
        return found


def spell(
    rounds: list[Round], b: int, end: int, score: float, mask: np.ndarray, eos: int
) -> Hypothesis:
    """Follow the pointers back from an end of sentence b, whose real source words are in mask."""
    last, place = divmod(end, rounds[0].tokens.shape[1])
    log_prob = float(rounds[last].log_prob[b, place])
    tokens, looked = [], []
    for round_ in reversed(rounds[: last + 1]):
        tokens.append(int(round_.tokens[b, place]))
        place = round_.parents[b, place]
        if round_.weights is not None:
            looked.append(round_.weights[b, place])
    weights = np.stack(looked[::-1])[:, mask] if looked else None
    return Hypothesis(tuple(tokens[::-1]), log_prob, score, tokens[0] == eos, weights)


def to_numpy(tensor: Tensor | None) -> np.ndarray | None:
    """Copy a tensor to an array, from whatever device it is on."""
    return None if tensor is None else tensor.cpu().numpy()
