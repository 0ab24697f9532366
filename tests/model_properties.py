"""What must hold of every right model and training step; the mutants must each break one.

Each property takes the thing under test as an argument and asserts. Sizes are distinct primes, so
that a transposed or mixed-up axis can't go unseen.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from course_lib.cells import State
from course_lib.data import Batch, Pair, Vocab

B, S, T, E, H, V, W = 2, 5, 3, 11, 14, 17, 19  # H is even: two directions share it


def randn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def source() -> tuple[Tensor, Tensor]:
    """Ids (3, S) of three sentences with 5, 2 and 1 words, and their mask."""
    src = torch.tensor([[4, 5, 6, 7, 8], [9, 10, 0, 0, 0], [16, 0, 0, 0, 0]])
    return src, src > 0


def target() -> Tensor:
    """Decoder inputs (3, 7)."""
    ids = torch.randint(4, W, (3, 7), generator=torch.Generator().manual_seed(1))
    ids[:, 0] = Vocab.bos
    return ids


def close(one: Tensor, other: Tensor, message: str) -> None:
    torch.testing.assert_close(
        one, other, rtol=0, atol=1e-10, msg=lambda text: f"{message}: {text}"
    )


def weights_are_a_distribution_over_real_words(masked_softmax) -> None:
    """Positive and summing to 1 at real words, exactly 0 elsewhere, whatever padding holds."""
    scores = 3 * randn(B, T, S)
    mask = torch.tensor([[True] * 5, [True, True, False, False, False]])[:, None]
    weights = masked_softmax(scores, mask)
    close(weights.sum(dim=-1), torch.ones(B, T, dtype=torch.float64), "sum over the source")
    assert (weights.masked_select(~mask) == 0).all(), "padding has weight"
    close(weights[1, :, :2], scores[1, :, :2].softmax(dim=-1), "weights without the padding")
    changed = masked_softmax(scores + 100 * ~mask, mask)
    close(changed, weights, "weights after a change at padding")


def padding_never_reaches_a_state(encode) -> None:
    """States and last state of a sentence in a batch are those of the sentence alone.

    encode(src, mask) -> encoder_states (B, S, H), last state.
    """
    src, mask = source()
    encoder_states, final = encode(src, mask)
    for b, length in enumerate(mask.sum(dim=1).tolist()):
        alone, alone_final = encode(src[b : b + 1, :length], mask[b : b + 1, :length])
        close(encoder_states[b, :length], alone[0], f"states of sentence {b}")
        for part, alone_part in zip(final, alone_final, strict=True):
            close(part[b], alone_part[0], f"last state of sentence {b}")


def padding_changes_nothing(model) -> None:
    """Neither more padding nor other sentences in the batch change what a model says."""
    src, mask = source()
    tgt_in = target()
    log_probs, weights = model(src, mask, tgt_in)
    wider = F.pad(src, (0, 3)), F.pad(mask, (0, 3))
    close(model(*wider, tgt_in)[0], log_probs, "log_probs with three more columns of padding")
    for b, length in enumerate(mask.sum(dim=1).tolist()):
        row = slice(b, b + 1)
        alone, alone_weights = model(src[row, :length], mask[row, :length], tgt_in[row])
        close(log_probs[row], alone, f"log_probs of sentence {b}")
        if weights is not None:
            close(weights[row, :, :length], alone_weights, f"weights of sentence {b}")
            assert (weights[b, :, length:] == 0).all()


def forward_is_repeated_step(model) -> None:
    """Teacher forcing gives what T single steps give: log_probs and weights."""
    src, mask = source()
    tgt_in = target()
    log_probs, weights = model(src, mask, tgt_in)
    memory, state = model.encode(src, mask)
    for t in range(tgt_in.shape[1]):
        step_log_probs, state, step_weights = model.step(tgt_in[:, t], state, memory)
        close(step_log_probs, log_probs[:, t], f"log_probs of step {t}")
        if weights is not None:
            close(step_weights, weights[:, t], f"weights of step {t}")


def the_future_is_not_read(model) -> None:
    """What is said at step t depends on the words before t alone."""
    src, mask = source()
    tgt_in = target()
    log_probs, _ = model(src, mask, tgt_in)
    for t in range(1, tgt_in.shape[1]):
        changed = tgt_in.clone()
        changed[:, t:] = 4 + (changed[:, t:] - 3) % (W - 4)
        assert (changed[:, t:] != tgt_in[:, t:]).all()
        close(model(src, mask, changed)[0][:, :t], log_probs[:, :t], f"log_probs before {t}")


def attention_depends_on_the_encoder(decoder) -> None:
    """Other encoder states, with the same s_0, change weights and readouts of every step."""
    mask = torch.ones(3, S, dtype=torch.bool)
    final: State = randn(3, H, seed=1), randn(3, H, seed=2)

    def decode(seed: int) -> tuple[Tensor, Tensor]:
        memory, state = decoder.start(randn(3, S, H, seed=seed), final, mask)
        readouts, _, weights = decoder(target(), state, memory)
        return readouts, weights

    (readouts, weights), (other_readouts, other_weights) = decode(3), decode(4)
    for t in range(readouts.shape[1]):
        assert (weights[:, t] - other_weights[:, t]).abs().max() > 1e-3, f"weights of step {t}"
        assert (readouts[:, t] - other_readouts[:, t]).abs().max() > 1e-3, f"readouts of step {t}"


def first_weights_are_scored_with(timing: str, model) -> None:
    """Bahdanau's first weights come from s_0, which has read no word; Luong's from s_1."""
    src, mask = source()
    one, other = torch.full((3, 1), 4), torch.full((3, 1), 5)
    difference = (model(src, mask, one)[1] - model(src, mask, other)[1])[0].abs().max()
    assert (difference > 1e-4) == (timing == "s_t"), f"weights scored with {timing}"


def loss_is_the_mean_over_real_tokens(loss) -> None:
    """Equal to F.cross_entropy over the real tokens only; padding can hold anything.

    loss(log_probs (B, T, V), tgt_out (B, T), tgt_mask (B, T)) -> scalar.
    """
    log_probs = (2 * randn(3, 7, W)).log_softmax(dim=-1)
    tgt_out = target()
    mask = torch.arange(7) < torch.tensor([7, 3, 1])[:, None]
    expected = F.cross_entropy(log_probs[mask], tgt_out[mask])
    close(loss(log_probs, tgt_out, mask), expected, "loss against F.cross_entropy")
    changed = torch.where(mask[..., None], log_probs, log_probs - 50)
    close(loss(changed, tgt_out, mask), expected, "loss after a change at padding")


def targets_are_shifted_by_one(from_pairs) -> None:
    """The word to say at t is the word read at t + 1; bos is never said and eos never read."""
    vocab = Vocab("abcdefg"[i] for i in range(7))
    pairs = [Pair(("a", "b"), ("c", "d", "e")), Pair(("a",), ("f",))]
    batch: Batch = from_pairs(pairs, vocab, vocab)
    for b, pair in enumerate(pairs):
        read = batch.tgt_in[b][batch.tgt_mask[b]].tolist()
        say = batch.tgt_out[b][batch.tgt_mask[b]].tolist()
        assert read == [vocab.bos, *vocab.encode(pair.tgt)]
        assert say == [*vocab.encode(pair.tgt), vocab.eos]


class Parrot(torch.nn.Module):
    """A model that always says word 4, and remembers what it was given to read."""

    def __init__(self):
        super().__init__()
        self.read: list[Tensor] = []

    def encode(self, src: Tensor, src_mask: Tensor) -> tuple[None, None]:
        self.read = []
        return None, None

    def step(self, tokens: Tensor, state: None, memory: None) -> tuple[Tensor, None, None]:
        self.read.append(tokens)
        log_probs = torch.full((len(tokens), W), -1e3, dtype=torch.float64)
        log_probs[:, 4] = 0.0
        return log_probs, None, None


def the_coin_is_tossed_for_each_token(scheduled_sampling) -> None:
    """At probability 1/2 every sentence reads gold and own words mixed, half of each, after bos."""
    length, parrot = 101, Parrot()
    gold = torch.full((13, length), 5)
    gold[:, 0] = Vocab.bos
    mask = torch.ones_like(gold, dtype=torch.bool)
    batch = Batch(gold, mask, gold, gold, mask)
    scheduled_sampling(lambda step: 0.5)(parrot, batch, 0, torch.Generator().manual_seed(0))
    read = torch.stack(parrot.read, dim=1)
    assert (read[:, 0] == Vocab.bos).all()
    own = (read[:, 1:] == 4).double().mean(dim=1)  # (13,)
    assert ((own > 0.25) & (own < 0.75)).all(), f"share of own words by sentence: {own.tolist()}"
    same = (read[0] == read).all(dim=1).sum()
    assert same == 1, "all sentences have the same tosses"
