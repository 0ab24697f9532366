"""The checks of the exercises: right answers pass, wrong ones hear why, the rest gains nothing."""

import math

import numpy as np
import pytest
from wrong_answers import Right, Wrong
from wrong_answers.ex01 import ANSWERS

from course_lib.checks import check, example, exercises, find_task
from course_lib.checks.ex01 import TASKS
from course_lib.checks.examine import examine

SEEDS = (1, 2, 77)
ALL_TASKS = [task for task in TASKS if task.id != "ex01.6"]


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


@pytest.mark.parametrize("task", ALL_TASKS, ids=lambda task: task.id)
def test_each_task_keeps_five_wrong_answers_and_two_right_ones(task):
    mine = [answer for answer in ANSWERS if answer.task == task.id]
    assert sum(isinstance(answer, Wrong) for answer in mine) >= 5
    assert sum(isinstance(answer, Right) for answer in mine) >= 2


def test_each_known_mistake_and_message_is_heard_from_some_wrong_answer():
    heard = ""
    for answer in ANSWERS:
        if isinstance(answer, Wrong):
            heard += str(report_on(answer, 1))
    written = {m.says for task in ALL_TASKS for p in task.properties for m in p.mistakes}
    written |= {says for task in ALL_TASKS for p in task.properties for says in p.errors.values()}
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
@pytest.mark.parametrize("value", CONSTANTS, ids=repr)
def test_a_constant_gets_nothing(task, value):
    assert graded(task, *[lambda *args: value] * len(task.references)).points == 0


@pytest.mark.parametrize("task", ALL_TASKS, ids=lambda task: task.id)
def test_every_input_can_be_had_in_hand(task):
    args = example(task.id, 0)
    assert len(args) == len(next(iter(task.references.values()))[0])
    with pytest.raises(ValueError, match=f"index: {task.id} has inputs 0 to "):
        example(task.id, 1000)


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


# Task 6, measured: consistency of what is returned


def measured(gaps=None, rate=None, error=None):
    def measure(rng, n):
        mine = np.where(np.arange(n) % 4, 0.0, 0.7) if gaps is None else gaps(n)
        r = float(np.mean(np.array(mine) > 1e-9)) if rate is None else rate
        return mine, r, math.sqrt(r * (1 - r) / n) if error is None else error(r, n)

    return measure


MEASURED_WRONG = {
    "a gap below 0": (measured(lambda n: np.full(n, -0.5)), "Nothing is more probable than", 0),
    "no gap": (measured(lambda n: np.zeros(n)), "Greedy missed 0 of 300", 0),
    "one gap": (measured(lambda n: [0.1]), "gaps should hold n = 300 numbers", 0),
    "infinite": (measured(lambda n: np.full(n, np.inf)), "never below 0", 0),
    "percent": (measured(rate=50.0, error=lambda r, n: 0.03), "a rate of 0.2500. You returned", 0),
    "spread": (measured(error=lambda r, n: math.sqrt(r * (1 - r))), "divided by sqrt(n)", 3),
    "by n": (measured(error=lambda r, n: math.sqrt(r * (1 - r)) / n), "not with n", 3),
    "variance": (measured(error=lambda r, n: r * (1 - r) / n), "its square root", 3),
    "always": (measured(lambda n: [1.0] * (n - 1) + [0.0]), "Your miss_rate is", 3),
    "one number": (lambda rng, n: 0.4, "(gaps, miss_rate, standard_error)", 0),
}


@pytest.mark.parametrize("name", MEASURED_WRONG)
def test_a_measurement_must_be_consistent(name):
    function, says, points = MEASURED_WRONG[name]
    report = check("ex01.6", function)
    assert says in str(report)
    assert report.points == points
