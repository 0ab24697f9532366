"""The proof of the box, and where there can be none. Needs bubblewrap."""

import os
import shutil
import subprocess
import sys

import boxes
import pytest
from boxes import SMALL

from course_lib.grading import box, probe
from course_lib.grading import warm as warm_module
from course_lib.grading.box import NoBox
from course_lib.grading.kernel import BoxedKernel

if boxes.why_none():
    pytest.skip(f"the box tests did not run: {boxes.why_none()}", allow_module_level=True)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("box")]


def test_the_box_is_proved_in_both_kinds(monkeypatch):
    said = probe.probe(SMALL)
    assert said.startswith("The box holds: 9 tries from inside came to nothing. ")
    assert said.endswith("Submissions share what it has imported.")
    monkeypatch.setattr(probe, "can_fork", lambda: False)
    assert probe.probe(SMALL).endswith("Each submission gets one of its own.")


@pytest.mark.parametrize("way", ["try_cold", "try_warm"])
def test_a_box_that_lets_something_out_grades_nothing(monkeypatch, way):
    tried = getattr(probe, way)

    def found(*args):
        return tried(*args) | {"connect to a port of this machine": "done"}

    monkeypatch.setattr(probe, way, found)
    with pytest.raises(NoBox, match="nothing was graded: inside one can connect to a port"):
        probe.probe(SMALL)


def test_a_box_with_a_hole_is_noticed(monkeypatch):
    whole = box.command
    monkeypatch.setattr(
        box, "command", lambda *args: [part for part in whole(*args) if part != "--unshare-net"]
    )
    with pytest.raises(NoBox, match="inside one can connect to a port"):
        probe.probe(SMALL)


def test_a_box_that_does_not_start_says_what_was_heard(monkeypatch):
    wrong = [sys.executable, "-c", "raise SystemExit('bwrap: no namespaces here')"]
    monkeypatch.setattr(box, "command", lambda *_: wrong)
    monkeypatch.setattr(warm_module, "can_fork", lambda: False)
    with pytest.raises(NoBox, match="It said: bwrap: no namespaces here"):
        probe.probe(SMALL)


def test_without_bubblewrap_it_says_what_to_do(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(box.NoBox, match="apt install bubblewrap"):
        BoxedKernel(SMALL)
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(box.NoBox, match="needs Linux, and this is darwin"):
        box.find_bubblewrap()


def test_the_course_may_lie_in_tmp(tmp_path):
    """As it does in a fresh clone that is tried out: /tmp in the box is another."""
    link = tmp_path / "course"
    shutil.copytree(box.COURSE, link / "course_lib", ignore=shutil.ignore_patterns("__pycache__"))
    code = "import course_lib; print(course_lib.__file__)"
    command = [
        sys.executable,
        "-c",
        f"""
import subprocess, sys
from pathlib import Path
from course_lib.grading import box
folder = Path({str(tmp_path / "box")!r})
folder.mkdir(mode=0o777)
folder.chmod(0o777)
done = subprocess.run(box.command(["probe", {code!r}], folder, box.Limits()), capture_output=True)
print(done.stdout.decode(), done.stderr.decode())
""",
    ]
    found = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(link)},
    )
    assert str(link) in found.stdout, found.stdout + found.stderr
