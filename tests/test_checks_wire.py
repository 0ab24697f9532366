"""Every case of every task survives the way into another process, and no answer can do harm."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wrong_answers import all_tasks

from course_lib.checks.examine import draw, examine, judge_task
from course_lib.checks.run import Outcome, run
from course_lib.checks.tables import BIRDS
from course_lib.checks.task import Case, Seed
from course_lib.checks.wire import (
    NotReadable,
    case_from_json,
    case_to_json,
    outcome_from_json,
    outcome_to_json,
)

TASKS = all_tasks()
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.tuples(st.text()), inner)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_a_case_comes_back_as_it_was_sent(task):
    for case in (case for cases in draw(task, seed=5) for case in cases):
        again = case_from_json(case_to_json(case))
        assert repr(again) == repr(case)


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_a_task_judged_over_the_wire_has_the_same_report(task):
    task = replace(task, allowed=("course_lib",))  # the references are the course's own
    functions = {name: right for name, (_, right) in task.references.items()}

    def far_away(case: Case) -> Outcome:
        outcome = run(functions[case.function], case_from_json(case_to_json(case)))
        return outcome_from_json(outcome_to_json(outcome))

    assert judge_task(task, far_away, seed=5) == examine(task, functions, seed=5)


@given(PLAIN)
def test_a_value_comes_back_with_its_types(value):
    outcome = Outcome("value", value, "said", "Kind", "warned", (0, 2), ("course_lib.x",))
    assert repr(outcome_from_json(outcome_to_json(outcome))) == repr(outcome)


def test_arrays_tables_and_seeds_keep_their_values():
    array = np.array([[1.0, -math.inf], [math.nan, 0.5]], dtype=np.float32)
    case = Case("f", (array, BIRDS, Seed(3), np.array([True, False]), (1, "x")), calls=2)
    again = case_from_json(case_to_json(case))
    assert again.args[0].dtype == np.float32 and np.array_equal(again.args[0], array, True)
    assert again.args[1:3] == (BIRDS, Seed(3)) and again.args[3].dtype == bool
    assert again.args[4] == (1, "x") and again.calls == 2


def test_what_can_not_be_sent_is_named():
    with pytest.raises(TypeError, match="a Fraction can't be sent"):
        case_to_json(Case("f", (__import__("fractions").Fraction(1, 2),)))


GOOD = json.loads(outcome_to_json(Outcome("value", (1.0, "x"))))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        json.dumps(GOOD | {"kind": "full points"}),
        json.dumps(GOOD | {"kind": ["value"]}),
        json.dumps(GOOD | {"message": {"a": 1}}),
        json.dumps(GOOD | {"changed": [-1]}),
        json.dumps(GOOD | {"changed": "01"}),
        json.dumps(GOOD | {"called": "course_lib"}),
        json.dumps(GOOD | {"called": [1]}),
        json.dumps(GOOD | {"value": {"a": 1}}),
        json.dumps(GOOD | {"value": ["object", "x"]}),
        json.dumps(GOOD | {"value": [["tuple"], 1]}),
        json.dumps(GOOD | {"value": ["dict", 1]}),
        json.dumps(GOOD | {"value": ["dict", [["list"], 1]]}),
        json.dumps(GOOD | {"value": ["float", "1"]}),
        json.dumps(GOOD | {"value": ["array", "O", [1], ["list", 1]]}),
        json.dumps(GOOD | {"value": ["array", "|O", [1], ["list", 1]]}),
        json.dumps(GOOD | {"value": ["array", "<f8", [10**12], ["list", 1]]}),
        '{"kind": "value", "value": ' + '["list", ' * 50 + "1" + "]" * 50 + "}",
        '{"kind": "value", "value": ' + "9" * 5_000 + "}",
        '{"kind": "value", "message": "' + "x" * 9_000_000 + '"}',
    ],
    ids=lambda text: text[:60],
)
def test_an_answer_of_another_form_is_refused(text):
    with pytest.raises(NotReadable):
        outcome_from_json(text)


def test_long_messages_are_cut():
    many = Outcome("error", message="x" * 5_000, called=("y" * 900,) * 900)
    outcome = outcome_from_json(outcome_to_json(many))
    assert len(outcome.message) == 2_000
    assert outcome.called == ("y" * 200,) * 20
