"""Exercise 02, task 4: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false, reportCallIssue=false

import numpy as np
import torch

from course_lib.reference import recurrent as ref
from wrong_answers import Right, Wrong


def loop(c, embedding, W_x, W_h, b, W_out, b_out, bos, eos, max_length):
    s, written = c, []
    for _ in range(max_length):
        word = written[-1] if written else bos
        s = np.tanh(embedding[word] @ W_x + s @ W_h + b)
        written.append(int((s @ W_out + b_out).argmax()))
        if written[-1] == eos:
            break
    return written


def recursive(c, embedding, W_x, W_h, b, W_out, b_out, bos, eos, max_length):
    if max_length == 0:
        return np.array([], dtype=int)
    s = np.tanh(np.concatenate([embedding[bos], c]) @ np.concatenate([W_x, W_h]) + b)
    scores = s @ W_out + b_out
    p = np.exp(scores - scores.max())
    word = np.argmax(p / p.sum())
    if word == eos:
        return np.array([word])
    more = recursive(s, embedding, W_x, W_h, b, W_out, b_out, word, eos, max_length - 1)
    return np.concatenate([[word], more])


def tensors(*args):
    s, embedding, W_x, W_h, b, W_out, b_out = (torch.from_numpy(a) for a in args[:7])
    token, eos, left = args[7:]
    written = []
    while left and (not written or token != eos):
        s = torch.tanh(embedding[token] @ W_x + s @ W_h + b)
        token = torch.argmax(s @ W_out + b_out).item()
        written.append(token)
        left -= 1
    return torch.tensor(written)


def changed(start=lambda c: c, reads_bos=False, after=lambda s, c: s, bias=1.0, more=0):
    def decode(c, embedding, W_x, W_h, b, W_out, b_out, bos, eos, max_length):
        s, tokens = start(c), [bos]
        while len(tokens) - 1 < max_length + more and tokens[-1] != eos:
            word = bos if reads_bos else tokens[-1]
            s = np.tanh(embedding[word] @ W_x + s @ W_h + b)
            tokens.append(int(np.argmax(s @ W_out + bias * b_out)))
            s = after(s, c)
        return tokens[1:]

    return decode


def with_bos(*args):
    return [args[7], *loop(*args)]


def without_eos(*args):
    return [word for word in loop(*args) if word != args[8]]


def adds_eos(*args):
    return [*loop(*args), args[8]]


def adds_eos_at_cap(*args):
    words = loop(*args)
    return words if words[-1] == args[8] else [*words, args[8]]


def no_cap(*args):
    *others, cap = args
    return loop(*others, cap if cap == 20 else 40)


def scores_context(s, embedding, W_x, W_h, b, W_out, b_out, bos, eos, max_length):
    written = []
    while len(written) < max_length:
        written.append((s @ W_out + b_out).argmax())
        if written[-1] == eos:
            break
        s = np.tanh(embedding[written[-1]] @ W_x + s @ W_h + b)
    return written


def reads_eos_first(c, embedding, W_x, W_h, b, W_out, b_out, bos, eos, max_length):
    s, token, written = c, eos, []
    for _ in range(max_length):
        s = np.tanh(embedding[token] @ W_x + s @ W_h + b)
        token = int(np.argmax(s @ W_out + b_out))
        written.append(token)
        if token == eos:
            break
    return written


def goes_on(*args):
    *others, _, max_length = args
    return loop(*others, -1, max_length)


def one_id(*args):
    return loop(*args)[0]


def course_function(c, embedding, W_x, W_h, b, W_out, b_out, bos, eos, max_length):
    cell = ref.CellWeights(W_x, W_h, b, 0 * b)
    weights = ref.DecoderWeights(embedding, cell, W_out, b_out)
    return ref.decode(ref.rnn_step, weights, c, bos=bos, eos=eos, max_length=max_length)


def wrong(name, function, says, loses=frozenset({0, 1})):
    return Wrong(name, "ex02.4", (function,), says, set(loses))


ANSWERS = [
    Right("loop", "ex02.4", (loop,)),
    Right("recursive, softmax, an array", "ex02.4", (recursive,)),
    Right("a tensor", "ex02.4", (tensors,)),
    wrong("with bos", with_bos, "It is read, never written"),
    wrong("without eos", without_eos, "<eos> is missing at the end", {0}),
    wrong("starts from zeros", changed(start=np.zeros_like), "starts from zeros"),
    wrong("context again", changed(after=lambda s, c: c), "starts from the context again"),
    wrong("adds context", changed(after=lambda s, c: s + c), "is added at every step"),
    wrong("reads bos", changed(reads_bos=True), "Every step reads <bos>"),
    wrong("no output bias", changed(bias=0.0), "b_out is missing"),
    wrong("one more", changed(more=1), "one word too many", {1}),
    wrong("one less", changed(more=-1), "one word too few", {1}),
    wrong("scores the context", scores_context, "scored by the context itself"),
    wrong("reads eos first", reads_eos_first, "The first step reads <eos>"),
    wrong("goes on after eos", goes_on, "It goes on after <eos>", {0}),
    wrong("adds eos at the cap", adds_eos_at_cap, "has not ended", {1}),
    wrong("adds eos", adds_eos, "<eos> was added at the end"),
    wrong("no cap", no_cap, "You returned", {1}),
    wrong("one id", one_id, "A list of ids is expected"),
    wrong("course's own", course_function, "write it yourself"),
]
