"""The environment: made once, healed when interrupted, and otherwise left alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from setup_course import environment
from setup_course.environment import Environment
from setup_course.failures import SetupError


class Machine:
    """A course folder in which no program is run: it records what would have been done."""

    def __init__(self, root: Path) -> None:
        self.environment = Environment(root / ".venv")
        self.root = root
        self.done: list[str] = []
        self.failure: BaseException | None = None
        for lock in ("requirements.lock", "requirements-test.lock"):
            (root / lock).write_text("torch==2.13.0\n")

    def run_step(self, title, command, **_) -> str:
        assert title.startswith("Making .venv")
        self.done.append("venv")
        self.environment.python.parent.mkdir(parents=True)
        self.environment.python.touch()
        (self.environment.folder / "pyvenv.cfg").write_text("version = 3.11.7")
        return ""

    def install(self, environment: Environment, kind: str) -> None:
        assert environment.mark.exists(), "whoever finds half a package must be able to know"
        assert not environment.stamp.exists()
        self.done.append(kind)
        if self.failure:
            raise self.failure

    def prepare(self, kind: str) -> list[str]:
        """Prepare and return what that did."""
        self.done.clear()
        assert environment.prepare(kind) == self.environment
        return list(self.done)

    def fail(self, kind: str, failure: BaseException) -> None:
        self.failure = failure
        with pytest.raises(type(failure)):
            self.prepare(kind)
        self.failure = None


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(tmp_path)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment.fingerprint, "__defaults__", (tmp_path,))
    monkeypatch.setattr(environment, "run_step", machine.run_step)
    monkeypatch.setattr(environment, "install", machine.install)
    monkeypatch.setattr(environment, "usable", lambda here: here.python.exists())
    monkeypatch.delenv("CONDA_DEFAULT_ENV", raising=False)
    return machine


def test_a_second_run_does_nothing(machine):
    assert machine.prepare("course") == ["venv", "course"]
    assert machine.prepare("course") == []


def test_tests_need_more_than_the_course_and_include_it(machine):
    machine.prepare("course")
    assert machine.prepare("test") == ["test"]
    assert machine.prepare("course") == machine.prepare("test") == []


def test_a_changed_lock_is_installed_into_the_same_environment(machine):
    machine.prepare("test")
    (machine.root / "requirements.lock").write_text("torch==2.14.0\n")
    assert machine.prepare("course") == ["course"]
    assert machine.prepare("test") == ["test"], "the test packages are constrained by the course's"


def test_another_python_is_noticed(machine):
    machine.prepare("course")
    (machine.environment.folder / "pyvenv.cfg").write_text("version = 3.12.1")
    assert machine.prepare("course") == ["course"]


@pytest.mark.parametrize(
    "failure", [KeyboardInterrupt(), SetupError("Disk.", "Free some.", "full")]
)
def test_after_an_interrupted_installation_the_environment_is_made_anew(machine, failure):
    machine.fail("course", failure)
    (machine.environment.folder / "half-a-package").touch()
    assert machine.prepare("course") == ["venv", "course"]
    assert not (machine.environment.folder / "half-a-package").exists()
    assert machine.prepare("course") == []


def test_after_a_failure_to_download_the_environment_is_used_on(machine):
    machine.fail("course", SetupError("Network.", "Check it.", "error: Failed to fetch: x"))
    assert machine.prepare("course") == ["course"]


def test_an_update_that_is_interrupted_is_not_taken_for_the_old_state(machine):
    machine.prepare("course")
    old = (machine.root / "requirements.lock").read_text()
    (machine.root / "requirements.lock").write_text("torch==2.14.0\n")
    machine.fail("course", KeyboardInterrupt())
    (machine.root / "requirements.lock").write_text(old)
    assert machine.prepare("course") == ["venv", "course"]


def test_a_folder_that_was_moved_gets_a_new_environment(machine):
    machine.prepare("course")
    stamp = environment.read_stamp(machine.environment)
    stamp["course"]["root"] = "elsewhere"
    environment.write_stamp(machine.environment, stamp)
    assert machine.prepare("course") == ["venv", "course"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"course": 1}'])
def test_a_damaged_stamp_counts_as_none(machine, content):
    machine.prepare("course")
    machine.environment.stamp.write_text(content)
    assert machine.prepare("course") == ["course"]


def test_an_environment_without_python_is_made_anew(machine):
    machine.prepare("course")
    machine.environment.python.unlink()
    assert machine.prepare("course") == ["venv", "course"]
    assert not machine.environment.folder.with_name(".venv-old").exists()


def test_a_folder_that_is_no_environment_is_not_usable(tmp_path):
    assert not environment.usable(Environment(tmp_path))
    python = Environment(tmp_path).python
    python.parent.mkdir()
    python.write_text("not a program")
    python.chmod(0o755)
    assert not environment.usable(Environment(tmp_path))


def test_this_environment_is_usable():
    assert environment.usable(Environment(Path(sys.prefix)))


def test_a_python_without_the_venv_module_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SetupError) as raised:
        environment.require_venv_module()
    assert "has no module ensurepip" in raised.value.what
    assert "apt-get install python3." in raised.value.advice


def test_the_active_conda_environment_of_the_course_is_used(tmp_path):
    active = {"CONDA_DEFAULT_ENV": "seq2seq-course", "CONDA_PREFIX": str(tmp_path)}
    assert environment.current_environment(active, str(tmp_path)).conda
    for environ, prefix in (
        (active, "/usr"),  # another Python runs course.py
        (active | {"CONDA_DEFAULT_ENV": "base"}, str(tmp_path)),
        ({}, str(tmp_path)),
    ):
        own = environment.current_environment(environ, prefix)
        assert own == Environment(environment.ROOT / ".venv")


def test_a_conda_environment_is_filled_and_never_made(machine, monkeypatch):
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "seq2seq-course")
    monkeypatch.setenv("CONDA_PREFIX", str(machine.root / "conda"))
    monkeypatch.setattr(environment.sys, "prefix", str(machine.root / "conda"))
    machine.environment = Environment(machine.root / "conda", conda=True)
    machine.environment.python.parent.mkdir(parents=True)
    machine.environment.python.touch()
    assert machine.prepare("course") == ["course"]
    assert machine.prepare("course") == []
