"""What a check says, and what it does with whatever a student's function does."""

import dataclasses
import math
import signal
import sys
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from wrong_answers.ex01 import ANSWERS

from course_lib.checks import check, example, find_task
from course_lib.checks.examine import judge_task
from course_lib.checks.plain import NotPlain, number, plain, short
from course_lib.checks.run import TooSlow, run, time_limit
from course_lib.checks.tables import BIRDS, random_table
from course_lib.checks.task import Case


@pytest.fixture(autouse=True)
def no_progress_kept(monkeypatch):
    monkeypatch.setenv("SEQ2SEQ_COURSE_PROGRESS", "")


def test_a_report_claims_no_more_than_was_tried():
    right = check("ex01.1", next(a for a in ANSWERS if a.task == "ex01.1").functions[0])
    assert right.solved
    assert f"{right.cases} inputs tried. That is evidence, not a proof." in str(right)
    task = find_task("ex01.1")
    rng = np.random.default_rng(0)
    assert right.cases == sum(len(prop.cases(rng)) for prop in task.properties)


def test_a_report_is_frozen_and_what_it_shows_stays_text():
    def hostile(next_word, sentence):
        raise ValueError("<img src=x onerror=alert(1)> $x$")

    report = check("ex01.1", hostile)
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.title = "solved"  # pyright: ignore
    page = report._repr_html_()
    assert "<img" not in page
    assert "$" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" in str(report)


def test_a_report_sets_no_text_or_background_colour():
    page = check("ex01.1", lambda next_word, sentence: None)._repr_html_()
    styles = " ".join(part.split("'")[0] for part in page.split("style='")[1:])
    assert "color:" not in styles.replace("border-color", "")
    assert "background:none" in styles
    assert styles.count("background") == styles.count("background:none")


def test_what_was_said_above_is_not_said_again():
    no_eos = next(a for a in ANSWERS if a.name == "no eos" and a.task == "ex01.1")
    text = str(check("ex01.1", *no_eos.functions))
    assert text.count("It must also stop") == 1
    assert text.count("The same mistake as above.") == 2
    text = str(check("ex01.1", raises(ValueError("hello"))))
    assert text.count("hello") == 1
    assert text.count("The same as above.") == 2


def test_the_line_of_the_student_is_named():
    def divides(next_word, sentence):
        return 1 / 0

    report = check("ex01.1", divides)
    assert "ZeroDivisionError: division by zero\n        in line" in str(report)
    assert "return 1 / 0" in str(report)


def test_a_warning_is_told_and_costs_nothing():
    answer = next(a for a in ANSWERS if a.name == "numpy" and a.task == "ex01.1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = check("ex01.1", *answer.functions)
    assert report.solved
    assert "your code gave a warning: divide by zero" in report.note


def test_noise_on_stderr_is_kept_off_the_page(capsys):
    def noisy(next_word, sentence):
        print("noise", file=sys.stderr)
        return 0.0

    check("ex01.1", noisy)
    assert capsys.readouterr().err == ""


# Whatever a student's function does


class AlwaysEqual(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class LyingList(list):
    def __iter__(self):
        return iter(["birds", "sing", "<eos>"])


class BadError(Exception):
    def __str__(self):
        raise RuntimeError


def recursive_list(*args):
    items: list = []
    items.append(items)
    return items


def raises(error):
    def function(*args):
        raise error

    return function


STRANGE = {
    "equals everything": (lambda *args: AlwaysEqual(0), "a value of type AlwaysEqual is not read"),
    "list of one's own": (lambda *args: LyingList(), "a value of type LyingList is not read"),
    "generator": (lambda *args: (x for x in ()), "used up by reading it"),
    "function": (lambda *args: len, "with parentheses"),
    "list in itself": (recursive_list, "nested more than"),
    "too large": (lambda *args: np.zeros(10**6), "more than 200000 values"),
    "object array": (lambda *args: np.array([None]), "an array of object"),
    "complex": (lambda *args: np.array([1j]), "an array of complex128"),
    "list as key": (lambda *args: {(1, recursive_list): 1}, "with parentheses"),
    "exit": (lambda *args: sys.exit(), "It stopped with SystemExit"),
    "error without text": (raises(BadError()), "It stopped with BadError"),
    "wrong number of arguments": (lambda: 0, "takes 0 positional arguments"),
    "endless recursion": (lambda *args: STRANGE["endless recursion"][0](*args), "RecursionError"),
    "nan": (lambda *args: math.nan, "is nan"),
    "bool": (lambda *args: True, "should be a number, and a bool came"),
    "text": (lambda *args: "-1.09", "should be a number, and a str came: '-1.09'"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_results_get_a_message_and_no_points(name):
    function, says = STRANGE[name]
    report = check("ex01.1", function)
    assert report.points == 0
    assert says in str(report)


def test_what_never_ends_is_stopped_and_the_rest_is_not_run():
    def forever(next_word, sentence):
        while True:
            pass

    case = Case("sentence_log_prob", (BIRDS, ()), seconds=0.2)
    runs = []

    def run_case(_):
        runs.append(run(forever, case))
        return runs[-1]

    report = judge_task(find_task("ex01.1"), run_case, seed=1)
    assert [outcome.kind for outcome in runs] == ["slow"]
    assert "stopped after 0 seconds" in report.findings[0].complaint
    assert {f.complaint for f in report.findings[1:]} == {
        "Not run, because an earlier input took too long."
    }


def test_what_catches_everything_is_stopped_too():
    def catches(next_word, sentence):
        for _ in range(2):
            try:
                while True:
                    pass
            except BaseException:
                pass
        while True:
            pass

    assert run(catches, Case("sentence_log_prob", (BIRDS, ()), seconds=0.2)).kind == "slow"


def test_stopping_by_hand_stops_the_check():
    with pytest.raises(KeyboardInterrupt):
        check("ex01.1", raises(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt), time_limit(60):
        raise KeyboardInterrupt


def test_asking_the_model_without_end_is_stopped():
    def asks(next_word, sentence):
        while True:
            try:
                next_word(())
            except Exception:
                pass

    report = check("ex01.1", asks)
    assert "It asked for the next word 20000 times and went on." in str(report)
    assert "Does every loop come to an end?" in str(report)


def test_nothing_done_to_a_row_changes_the_model():
    next_word, _ = example("ex01.1", 0)
    next_word(()).clear()
    assert next_word(()) == {"birds": 0.6, "we": 0.4}


@pytest.mark.parametrize("seed", range(20))
def test_random_tables_are_models_with_one_best_word_a_row(seed):
    table = random_table(np.random.default_rng(seed))
    for row in table.rows.values():
        assert math.isclose(sum(row.values()), 1, abs_tol=1e-12)
        assert min(row.values()) >= 0.05
        assert sorted(row.values())[-1] > [0.0, *sorted(row.values())][-2]


# Plain data

NUMBERS = st.floats(allow_nan=False) | st.integers() | st.booleans() | st.none() | st.text()
NESTED = st.recursive(
    NUMBERS,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(NESTED)
def test_plain_data_is_read_as_it_is(value):
    assert plain(value) == value
    assert type(plain(value)) is type(value)
    assert len(short(plain(value))) <= 160


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int8, np.int64])
def test_numbers_of_numpy_and_torch_become_python_numbers(kind):
    assert plain(kind(3)) == 3
    assert type(plain(kind(3))) in (int, float)
    assert plain(np.array([[1, 2]], dtype=kind)) == [[1, 2]]
    assert number(plain(np.array([3], dtype=kind))) == 3
    assert number(plain(torch.tensor(3.0, requires_grad=True))) == 3
    assert plain(torch.tensor([[1.5, 2.5]])) == [[1.5, 2.5]]
    assert plain(np.str_("a")) == "a"


def test_a_tensor_can_not_answer_for_itself():
    tensor = torch.tensor([1.0, 2.0])
    tensor.detach = lambda: torch.tensor([7.0])  # pyright: ignore
    tensor.tolist = lambda: [7.0]  # pyright: ignore
    assert plain(tensor) == [1.0, 2.0]


def test_a_class_named_like_a_number_is_refused():
    with pytest.raises(NotPlain, match="a value of type float64 is not read"):
        plain(type("float64", (np.float64,), {})(1.0))


def test_the_time_limit_holds_where_interrupts_are_ignored():
    """As in what a shell started with &."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(TooSlow), time_limit(0.1):
            while True:
                pass
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
