"""Calls into the course are noticed, whoever makes them; what a task allows is allowed."""

import importlib
import math
import sys
import threading
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from course_lib.attention import Dot
from course_lib.checks import find_task
from course_lib.checks.examine import examine
from course_lib.checks.run import run
from course_lib.checks.tables import BIRDS
from course_lib.checks.task import Case
from course_lib.checks.watch import FOR_SO_LONG, not_allowed, watched
from course_lib.reference import probability
from course_lib.reference.probability import EOS, sequence_log_prob

SOFTMAX = "course_lib.reference.probability.log_softmax"


def called_by(function, *args):
    called = {}
    try:
        watched(function, args, called)
    finally:
        assert sys.getprofile() is None and threading.getprofile() is None
    return list(called)


def in_a_thread():
    thread = threading.Thread(target=lambda: probability.log_softmax(np.zeros(2)))
    thread.start()
    thread.join()


def by_an_import():
    return importlib.import_module("course_lib.reference.probability").log_softmax(np.zeros(2))


def softmax_of_one():
    return float(np.exp(probability.log_softmax(np.zeros(1))[0]))


WAYS = {
    "plain": lambda: probability.log_softmax(np.zeros(2)),
    "itself": partial(probability.log_softmax, np.zeros(2)),
    "in a comprehension": lambda: [probability.log_softmax(row) for row in np.zeros((2, 2))],
    "handed to a library": lambda: np.apply_along_axis(probability.log_softmax, 0, np.zeros(3)),
    "in a thread": in_a_thread,
    "by an import": by_an_import,
    "called back": lambda: probability.greedy(lambda _: {EOS: softmax_of_one()}, 1),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_call_into_the_course_is_noticed(way):
    assert SOFTMAX in called_by(WAYS[way])


def test_the_name_is_that_of_what_was_called_and_not_of_what_it_calls():
    assert called_by(lambda: sequence_log_prob(BIRDS, ("birds", "fly", EOS))) == [
        "course_lib.reference.probability.sequence_log_prob"
    ]


def test_a_module_that_torch_calls_is_noticed_and_not_what_it_calls():
    attention = Dot()
    state, states, mask = torch.ones(1, 1, 3), torch.ones(1, 2, 3), torch.ones(1, 2).bool()
    names = called_by(lambda: attention(state, states, states, mask))
    assert names == ["course_lib.attention.Attention.forward"]


def test_what_is_not_of_the_course_is_not_noticed():
    def mine(n):
        return torch.softmax(torch.zeros(n), 0).numpy() + np.cumsum(np.zeros(n))

    assert called_by(mine, 3) == []


def test_an_import_alone_and_the_model_that_a_check_hands_out_are_no_calls():
    def asks(next_word, sentence):
        import course_lib.reference.probability as reference

        return next_word(())["we"] + len(reference.EOS)

    sys.modules.pop("course_lib.reference.probability")
    try:
        assert run(asks, Case("f", (BIRDS, ()))).called == ()
    finally:
        sys.modules["course_lib.reference.probability"] = probability


def test_a_call_before_an_error_is_told_and_the_watch_ends():
    def fails(next_word, sentence):
        sequence_log_prob(next_word, (*sentence, EOS))
        raise KeyError("x")

    outcome = run(fails, Case("f", (BIRDS, ("birds", "fly"))))
    assert outcome.kind == "error"
    assert outcome.called == ("course_lib.reference.probability.sequence_log_prob",)
    assert sys.getprofile() is None


def test_only_whole_names_are_allowed():
    names = ["course_lib.corpora.dates.Dates.sample", "course_lib.corpora_more.x"]
    assert not_allowed(names, ["course_lib.corpora"]) == ["course_lib.corpora_more.x"]
    assert not_allowed(names, ["course_lib.corpora.dates.Dates.sample"]) == names[1:]
    assert not_allowed(names, []) == names


def test_what_a_task_allows_costs_nothing():
    def leans(next_word, sentence):
        return sequence_log_prob(next_word, (*sentence, EOS))

    task = find_task("ex01.1")
    report = examine(task, {"sentence_log_prob": leans}, seed=1)
    assert report.points == 0
    assert report.findings[0].complaint == (
        "course_lib.reference.probability.sequence_log_prob was called; "
        "the task is to write it yourself."
    )
    assert report.findings[0].mistake == "A finished function of the course did the work."
    assert "birds" in report.findings[0].shown_input
    allowed = replace(task, allowed=("course_lib.reference.probability.sequence_log_prob",))
    assert examine(allowed, {"sentence_log_prob": leans}, seed=1).points == 4


def test_it_watches_for_a_while_and_then_costs_nothing():
    def busy(n):
        for _ in range(n):
            math.sqrt(2.0)
        return sys.getprofile() is None

    assert watched(busy, (FOR_SO_LONG,), {}) is True
    assert watched(busy, (10,), {}) is False
    assert sys.getprofile() is None
