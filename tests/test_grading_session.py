"""A session with a kernel that is written here: which cells run, and what is left of a dead one."""

from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_lib.checks import find_task
from course_lib.checks.run import Outcome, run
from course_lib.grading.preprocess import check_call, grade, outputs, private_seed
from course_lib.grading.session import TRIES, Gone, Session

STARTED: list[Any] = []


class Here:
    """A kernel in this process; the source "die" ends it."""

    def __init__(self):
        self.alive, self.space = True, {"check": lambda *_: None}
        STARTED.append(self)

    def run(self, source):
        if source == "die":
            self.alive = False
            raise Gone("It died.")
        exec(source, self.space)
        return [new_output("stream", text=source)]

    def answer(self, case):
        if case.function == "deadly":
            self.alive = False
            return Outcome("slow", message="It died.")
        return run(self.space[case.function], case)

    def close(self):
        self.alive = False


@pytest.fixture(autouse=True)
def none_started():
    STARTED.clear()


GOOD = """
import math
def sentence_log_prob(next_word, sentence):
    total = 0.0
    for t, word in enumerate((*sentence, "<eos>")):
        p = next_word(sentence[:t]).get(word, 0.0)
        if p == 0.0:
            return -math.inf
        total += math.log(p)
    return total
"""
CHECK = {"grade": True, "solution": False, "grade_id": "check", "points": 10.0}


def cells(*sources):
    return [new_code_cell(source) for source in sources]


def test_cells_run_in_order_and_keep_their_outputs():
    code = cells("a = 1", "b = a + 1")
    kernel: Any = Session(code, Here).run()
    assert kernel.space["b"] == 2
    assert [cell.outputs[0].text for cell in code] == ["a = 1", "b = a + 1"]


def test_a_deadly_cell_is_left_out_and_says_so():
    code = cells("a = 1", "die", "b = a + 1")
    kernel: Any = Session(code, Here).run()
    assert kernel.space["b"] == 2 and len(STARTED) == 2
    assert "It died. The other cells were run without this one." in code[1].outputs[0].text


def test_after_several_deaths_nothing_is_run():
    session = Session(cells(*["die"] * (TRIES + 1)), Here)
    assert session.run() is None and len(STARTED) == TRIES
    report = session.judge("ex01.1", ["sentence_log_prob"], seed=7)
    assert report.points == 0 and "ends its kernel" in report.findings[0].complaint


def test_a_task_that_ends_the_kernel_costs_only_itself():
    session = Session(cells(GOOD, "deadly = print"), Here)
    assert session.judge("ex01.1", ["deadly"], seed=7).points == 0
    assert session.judge("ex01.1", ["sentence_log_prob"], seed=7).solved


def test_points_stand_under_the_check_as_nbgrader_reads_them():
    check = new_code_cell(
        'report = check("ex01.1", sentence_log_prob)', metadata={"nbgrader": CHECK}
    )
    notebook = new_notebook(cells=[*cells(GOOD), check])
    (report,) = grade(notebook, 7, Here).values()
    assert report.points == find_task("ex01.1").max_points == 5
    assert check.outputs[1].data["text/plain"] == "10"
    assert not any(kernel.alive for kernel in STARTED)


def test_partial_credit_is_the_share_of_the_cells_points():
    report = Session(cells("f = lambda next_word, sentence: 0.0"), Here).judge("ex01.1", ["f"], 7)
    assert 0 < report.max_points and outputs(report, 3.0)[1].data["text/plain"] == (
        f"{3.0 * report.points / report.max_points:g}"
    )


def test_the_last_check_of_a_graded_cell_counts_and_nothing_of_it_is_run():
    source = 'check("ex01.1", f)\nreport = check("ex01.2", g, h, seed=print("run"))\nreport.points'
    cell = new_code_cell(source, metadata={"nbgrader": CHECK})
    assert check_call(cell) == ("ex01.2", ["g", "h"])
    cell.metadata.nbgrader.grade = False
    assert check_call(cell) is None


def test_a_graded_cell_without_a_check_is_an_error_that_says_why():
    with pytest.raises(ValueError, match="'check' calls no check"):
        check_call(new_code_cell("assert f(1) == 2", metadata={"nbgrader": CHECK}))


def test_the_private_seed_is_made_once_and_read_by_its_owner_only(tmp_path):
    file = tmp_path / "seed.txt"
    seed = private_seed(file)
    assert private_seed(file) == seed and file.stat().st_mode & 0o077 == 0
    assert private_seed(tmp_path / "other.txt") != seed
    file.write_text("x")
    with pytest.raises(ValueError, match="should hold one whole number"):
        private_seed(file)
