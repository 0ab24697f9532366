"""The checks of the exercises: right answers pass, wrong ones hear why, the rest gains nothing."""

import math
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from wrong_answers import Right, Wrong, all_answers, all_tasks

from course_lib.checks import check, example, exercises, find_task
from course_lib.checks.examine import draw, examine
from course_lib.checks.variants import published

ROOT = Path(__file__).parent.parent
SEEDS = (1, 2, 77)
EXERCISES = list(exercises())
TASKS = all_tasks()
PUBLISHED = [task for task in TASKS if task.id == published(task.id)]
ANSWERS = all_answers()


def name_of(answer):
    return f"{answer.task}-{answer.name}"


def graded(task, *functions, seed=1):
    return examine(task, dict(zip(task.references, functions, strict=True)), seed)


@pytest.fixture(autouse=True)
def no_progress_kept(monkeypatch):
    monkeypatch.setenv("SEQ2SEQ_COURSE_PROGRESS", "")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("answer", [a for a in ANSWERS if isinstance(a, Right)], ids=name_of)
def test_a_right_answer_in_any_style_gets_all_points(answer, seed):
    report = check(answer.task, *answer.functions, seed=seed)
    assert report.points == report.max_points, report


REPORTS: dict = {}


def report_on(answer, seed):
    """Return the report on an answer, made once: two tests read it."""
    key = (name_of(answer), seed)
    if key not in REPORTS:
        REPORTS[key] = check(answer.task, *answer.functions, seed=seed)
    return REPORTS[key]


@pytest.mark.parametrize("seed", SEEDS[:2])
@pytest.mark.parametrize("answer", [a for a in ANSWERS if isinstance(a, Wrong)], ids=name_of)
def test_a_wrong_answer_loses_points_and_hears_why(answer, seed):
    report = report_on(answer, seed)
    assert {i for i, finding in enumerate(report.findings) if not finding.passed} == answer.loses
    assert answer.says in str(report), report
    assert report.points == sum(f.max_points for f in report.findings if f.passed)


@pytest.mark.parametrize("task", PUBLISHED, ids=lambda task: task.id)
def test_each_task_keeps_five_wrong_answers_and_two_right_ones(task):
    mine = [answer for answer in ANSWERS if answer.task == task.id]
    assert sum(isinstance(answer, Wrong) for answer in mine) >= 5
    assert sum(isinstance(answer, Right) for answer in mine) >= 2
    assert len({answer.name for answer in mine}) == len(mine)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_each_known_mistake_and_message_is_heard_from_some_wrong_answer(exercise):
    heard = ""
    for answer in ANSWERS:
        if isinstance(answer, Wrong) and answer.task.startswith(exercise):
            heard += str(report_on(answer, 1))
    # What an option says to who took another form is heard from the solutions: test_variants.py.
    mine = [task for task in PUBLISHED if task.id.startswith(exercise)]
    written = {m.says for task in mine for p in task.properties for m in p.mistakes}
    written |= {says for task in mine for p in task.properties for says in p.errors.values()}
    assert {says for says in written if says not in heard} == set()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_a_stub_gets_nothing(task):
    def stub(*args):
        raise NotImplementedError

    report = graded(task, *[stub] * len(task.references))
    assert report.points == 0
    assert "not written yet" in str(report)


CONSTANTS = [0.0, 1.0, -math.inf, math.inf, math.nan, None, True, "", (), [], {}, "<eos>"]
CONSTANTS += [(0.0, 0.0, 1.0), (("birds", "sing", "<eos>"), -1.09), ((), 0.0), [0.0] * 5, [1.0]]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_a_constant_gets_nothing(task):
    for value in CONSTANTS:
        report = graded(task, *[lambda *args, value=value: value] * len(task.references))
        assert report.points == 0, f"{value!r}: {report}"


def numbered(task):
    """Return the functions of a task's public inputs, in the order of their numbers."""
    cases = {id(case): case for cases in draw(task, 1) for case in cases}
    return [case.function for case in cases.values()]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_every_input_can_be_had_in_hand(task):
    assert {name for name, _ in groupby(numbered(task))} == set(task.references)
    for number in (0, len(numbered(task)) - 1):
        params = task.references[numbered(task)[number]][0]
        assert len(example(task.id, number)) == len(params)
    with pytest.raises(ValueError, match=f"index: {task.id} has inputs 0 to "):
        example(task.id, 1000)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_calling_the_courses_own_function_gets_nothing(task):
    def pass_on(right):
        return lambda *args: right(*args)

    report = graded(task, *[pass_on(right) for _, right in task.references.values()], seed=4)
    assert report.points == 0
    assert all("was called; the task is to write it" in f.complaint for f in report.findings)


def test_the_report_names_the_input_that_failed():
    report = check("ex01.1", lambda next_word, sentence: 0.0)
    shown = report.findings[0].shown_input
    next_word, sentence = example("ex01.1", 0)
    assert "next_word, sentence = example('ex01.1', 0)" in shown
    assert f"sentence_log_prob(next_word, {sentence})" in shown
    assert sentence == ("birds", "sing")
    assert next_word(("birds",)) == {"sing": 0.7, "fly": 0.3}
    assert "example" not in str(check("ex01.1", lambda next_word, sentence: 0.0, seed=2))


def test_the_same_seed_gives_the_same_report_and_another_gives_other_inputs():
    def zero(next_word, max_length):
        return [0.0] * (max_length + 1)

    assert str(check("ex01.4", zero)) == str(check("ex01.4", zero))
    one, other = (find_task("ex01.4").properties[2].cases(np.random.default_rng(s)) for s in (1, 2))
    assert one != other


def test_judging_needs_no_torch():
    """The grader judges in a process of its own, and torch would cost it seconds and memory."""
    names = [f"course_lib.checks.{name}" for name in EXERCISES]
    code = f"import sys, {', '.join(names)}; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert run.stdout == "False\n", run.stderr


def test_a_check_that_is_called_wrongly_says_how_to_call_it():
    with pytest.raises(TypeError, match=r"without parentheses: check\('ex01.5', greedy, most"):
        check("ex01.5", print)
    with pytest.raises(TypeError, match="pass the functions themselves"):
        check("ex01.1", 3.0)  # pyright: ignore
    with pytest.raises(ValueError, match=r"no task 'ex01.9'; there are ex01.1, ex01.2"):
        check("ex01.9", print)
    with pytest.raises(ValueError, match=r"no task 'ex77.1'; there are ex01"):
        check("ex77.1", print)
    assert "ex01" in exercises()
