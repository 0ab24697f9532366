"""What the command line of grading says, and where it looks. No box is needed here."""

import sys

import pytest

from course_lib.grading import __main__ as command
from course_lib.grading.box import NoBox
from course_lib.grading.mark import Marked

DONE = Marked("ann", "ex01", "")


def test_a_scheduler_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask.distributed", None)
    args = command.parse(["submitted", "--scheduler", "tcp://127.0.0.1:1"])
    with pytest.raises(ValueError, match="pip install distributed"):
        command.executor(args)


def test_without_a_box_nothing_is_graded(monkeypatch, tmp_path, capsys):
    def none(limits):
        raise NoBox("no box here")

    monkeypatch.setattr(command, "probe", none)
    assert command.main(["--course", str(tmp_path)]) == 2
    assert "grading: no box here" in capsys.readouterr().err


def test_an_empty_folder_says_what_was_expected(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(command, "probe", lambda limits: "holds")
    (tmp_path / "submitted").mkdir()
    assert command.main(["--course", str(tmp_path)]) == 2
    assert "expected submitted/STUDENT/exNN/exNN.ipynb" in capsys.readouterr().err


def test_progress_is_a_line_for_each_tenth_where_there_is_no_screen(capsys):
    bar = command.Bar()
    for done in range(1, 101):
        bar(done, 100, DONE)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert lines[4].startswith("[###############...............] 50 of 100, 0 s left")


@pytest.mark.parametrize(("seconds", "said"), [(0.4, "0 s"), (80, "80 s"), (100, "2 min")])
def test_durations_are_said_as_one_says_them(seconds, said):
    assert command.duration(seconds) == said
