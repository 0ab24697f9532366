"""Exercise 02, task 1: right answers in several styles, and wrong ones."""

# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

import numpy as np
import torch

from course_lib.reference import recurrent
from wrong_answers import Right, Wrong


def formula(gates, E, H, V_src, V_tgt):
    cell = gates * H * (E + H + 2)
    return V_src * E + cell, V_tgt * E + cell + (H + 1) * V_tgt


def by_arrays(gates, E, H, V_src, V_tgt):
    shapes = [(E, gates * H), (H, gates * H), (gates * H,), (gates * H,)]
    cell = sum(np.zeros(shape).size for shape in shapes)
    return np.array([V_src * E + cell, V_tgt * E + cell + H * V_tgt + V_tgt])


def by_torch(gates, E, H, V_src, V_tgt):
    cell = {1: torch.nn.RNN, 3: torch.nn.GRU, 4: torch.nn.LSTM}[gates](E, H)
    encoder = [torch.nn.Embedding(V_src, E), cell]
    decoder = [torch.nn.Embedding(V_tgt, E), cell, torch.nn.Linear(H, V_tgt)]
    return [sum(p.numel() for m in ms for p in m.parameters()) for ms in (encoder, decoder)]


def with_cell(cell):
    def count(gates, E, H, V_src, V_tgt):
        c = cell(gates, E, H)
        return V_src * E + c, V_tgt * E + c + H * V_tgt + V_tgt

    return count


def encoder_is(encoder):
    return lambda G, E, H, s, t: (encoder(G, E, H, s, t), formula(G, E, H, s, t)[1])


def decoder_is(decoder):
    return lambda G, E, H, s, t: (formula(G, E, H, s, t)[0], decoder(G, E, H, s, t))


def cell(gates, E, H):
    return gates * H * (E + H + 2)


def no_biases(gates, E, H, V_src, V_tgt):
    return V_tgt * E + gates * H * (E + H) + H * V_tgt + V_tgt


def one_number(gates, E, H, V_src, V_tgt):
    return sum(formula(gates, E, H, V_src, V_tgt))


def course_function(gates, E, H, V_src, V_tgt):
    c = recurrent.parameter_count(gates, E, H)
    return V_src * E + c, V_tgt * E + c + H * V_tgt + V_tgt


def wrong(name, function, says, loses):
    return Wrong(name, "ex02.1", (function,), says, loses)


ANSWERS = [
    Right("formula", "ex02.1", (formula,)),
    Right("sizes of arrays", "ex02.1", (by_arrays,)),
    Right("modules of torch", "ex02.1", (by_torch,)),
    wrong(
        "no biases", with_cell(lambda G, E, H: G * H * (E + H)), "The cell has biases too", {0, 1}
    ),
    wrong("one bias", with_cell(lambda G, E, H: G * H * (E + H + 1)), "each block has two", {0, 1}),
    wrong("one block", with_cell(lambda G, E, H: H * (E + H + 2)), "One block was counted", {0, 1}),
    wrong(
        "squares",
        with_cell(lambda G, E, H: G * (E * E + H * H + 2 * H)),
        "E times H",
        {0, 1},
    ),
    wrong(
        "rows of H",
        encoder_is(lambda G, E, H, s, t: s * H + cell(G, E, H)),
        "E numbers, not H",
        {0},
    ),
    wrong(
        "biases once",
        with_cell(lambda G, E, H: G * H * (E + H) + 2 * H),
        "Each block has 2H of its own",
        {0, 1},
    ),
    wrong("no table", encoder_is(lambda G, E, H, s, t: cell(G, E, H)), "table is missing", {0}),
    wrong(
        "tables swapped", encoder_is(lambda G, E, H, s, t: t * E + cell(G, E, H)), "V_src rows", {0}
    ),
    wrong(
        "no output bias",
        decoder_is(lambda G, E, H, s, t: t * E + cell(G, E, H) + H * t),
        "has a bias for each target word",
        {1},
    ),
    wrong(
        "no output layer",
        decoder_is(lambda G, E, H, s, t: t * E + cell(G, E, H)),
        "output layer is missing",
        {1},
    ),
    wrong(
        "output of embeddings",
        decoder_is(lambda G, E, H, s, t: t * E + cell(G, E, H) + E * t + t),
        "not an embedding",
        {1},
    ),
    wrong("one cell", decoder_is(lambda G, E, H, s, t: t * E + H * t + t), "cell is missing", {1}),
    wrong(
        "one table",
        decoder_is(lambda G, E, H, s, t: cell(G, E, H) + H * t + t),
        "table of its own",
        {1},
    ),
    wrong(
        "context at every step",
        decoder_is(lambda G, E, H, s, t: t * E + cell(G, E + H, H) + H * t + t),
        "reads c once",
        {1},
    ),
    wrong("a decoder's cell without biases", decoder_is(no_biases), "The cell has biases too", {1}),
    wrong("one number", one_number, "(encoder, decoder)", {0, 1}),
    wrong("course's own", course_function, "write it yourself", {0, 1}),
]
