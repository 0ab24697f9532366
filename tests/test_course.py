"""course.py: what it says, to whom, and what it starts."""

from __future__ import annotations

import ast
import errno
import os
import re
import sys
from pathlib import Path

import pytest

import course
from setup_course import commands, environment, failures, jupyter, tools
from setup_course.failures import SetupError

ROOT = Path(__file__).parents[1]


def test_any_python_can_read_the_file_that_says_it_is_too_old():
    tree = ast.parse((ROOT / "course.py").read_text("utf-8"), feature_version=(3, 4))
    too_new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match, ast.AsyncFunctionDef)
    assert not [node for node in ast.walk(tree) if isinstance(node, too_new)]
    first = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in first] == ["import sys"], (
        "a newer import would fail first"
    )


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 10, 13)])
def test_a_python_that_is_too_old_hears_what_to_do(version):
    message = course.too_old(version, "/usr/bin/python")
    assert message is not None
    for part in (f"This is Python {version[0]}.{version[1]}", "3.11 or later", "make lab PYTHON="):
        assert part in message


def test_a_python_that_is_new_enough_hears_nothing():
    assert course.too_old((3, 11, 0), "python") is None
    assert course.too_old((3, 14, 2), "python") is None


def test_without_a_command_the_help_names_every_command(capsys):
    assert commands.main([]) == 0
    said = capsys.readouterr().out
    assert all(re.search(rf"^  {name} +\w", said, re.MULTILINE) for name in commands.COMMANDS)


def test_an_unknown_command_is_named_and_fails(capsys):
    assert commands.main(["lap"]) == 2
    assert "There is no command 'lap'" in capsys.readouterr().err


def test_the_makefile_calls_every_command():
    rules = re.search(r"^(lab .*):\n\t@\$\(PYTHON\) course.py \$@", makefile(), re.MULTILINE)
    assert rules is not None
    assert set(rules[1].split()) == set(commands.COMMANDS)
    phony = re.search(r"^\.PHONY: (.*)$", makefile(), re.MULTILINE)
    assert phony is not None and set(phony[1].split()) >= set(commands.COMMANDS)


def makefile() -> str:
    return (ROOT / "Makefile").read_text("utf-8")


@pytest.mark.parametrize(
    ("problem", "status", "said"),
    [
        (SetupError("No browser.", "Install one."), 1, "No browser.\nInstall one."),
        (OSError(errno.ENOSPC, "No space left on device", "x.bin"), 1, "The disk is full."),
        (PermissionError(errno.EACCES, "Permission denied", "x.ipynb"), 1, "x.ipynb"),
        (KeyboardInterrupt(), 130, "goes on where it stopped"),
    ],
)
def test_a_failure_says_what_and_what_to_do(problem, status, said, monkeypatch, capsys):
    def fail(arguments):
        raise problem

    monkeypatch.setitem(commands.COMMANDS, "lab", fail)
    assert commands.main(["lab"]) == status
    told = capsys.readouterr()
    assert said in told.out + told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("error: failed to write: No space left on device (os error 28)", "disk is full"),
        ("cause: failed to lookup address information: Name or service", "network did not answer"),
        ("NewConnectionError: [Errno -3] Temporary failure in name resolution", "network did not"),
        ("Failed to fetch: `HOST/whl/cpu/torch/`\n cause: dns error", "CPU build of torch"),
        ("invalid peer certificate: UnknownIssuer", "certificate is not trusted"),
        ("HTTP status client error (403 Forbidden)", "refused access"),
        ("Permission denied (os error 13)", "could not be written"),
        ("something new", "stands above"),
    ],
)
def test_advice_fits_what_a_program_said(output, advice):
    assert advice in failures.advice_for(output)
    assert "again" in failures.advice_for(output)


def test_a_failed_step_shows_its_output_without_passwords(capsys):
    code = "print('from https://me:secret@host/simple'); raise SystemExit(3)"
    with pytest.raises(SetupError, match="Trying failed") as raised:
        failures.run_step("Trying", [sys.executable, "-c", code], quiet=True)
    assert "https://***@host/simple" in capsys.readouterr().out
    assert "secret" not in raised.value.output


def test_a_program_that_cannot_be_started_is_a_failure_too(tmp_path):
    with pytest.raises(SetupError) as raised:
        failures.run_step("Trying", [tmp_path / "nothing"])
    assert "nothing cannot be started" in raised.value.what


def test_long_advice_is_broken_and_indented_lines_are_not():
    text = str(SetupError("What.", "word " * 40 + "\n    " + "x" * 120))
    lines = text.splitlines()
    assert max(map(len, lines[:-1])) <= 90
    assert lines[-1] == "    " + "x" * 120


def lab(**settings) -> list[str]:
    return jupyter.lab_command(
        Path("python"),
        Path("my_work"),
        **{"as_root": False, "display": True, "arguments": [], **settings},
    )


def test_lab_opens_the_first_notebook_of_the_learners_folder_without_news():
    assert "--ServerApp.root_dir=my_work" in lab()
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in lab()
    assert "--LabApp.news_url=None" in lab()
    assert (ROOT / "notebooks" / "00_start_here.ipynb").exists()


def test_lab_runs_as_root_only_where_one_is_root_and_without_browser_only_without_display():
    assert not {"--allow-root", "--no-browser"} & set(lab())
    assert "--allow-root" in lab(as_root=True)
    assert "--no-browser" in lab(display=False)


def test_what_one_adds_to_lab_comes_last_and_so_wins():
    assert lab(arguments=["--port", "9000"])[-2:] == ["--port", "9000"]


@pytest.mark.parametrize(
    ("environ", "platform", "display"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"BROWSER": "/vscode/browser.sh"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
        ({"SSH_CONNECTION": "1.2.3.4"}, "darwin", False),
    ],
)
def test_where_a_browser_can_be_opened(environ, platform, display):
    assert jupyter.has_display(environ, platform) is display


def test_all_tests_run_at_once_grouped_or_those_that_are_named(tmp_path):
    for folder in jupyter.TESTED:
        (tmp_path / folder).mkdir()
    (tmp_path / "tests" / "test_x.py").touch()
    everything = jupyter.pytest_arguments(["-x"], tmp_path)
    assert everything[:6] == ["-m", "pytest", "-n", "2", "--dist", "loadgroup"]
    assert everything[-4:] == ["tests", "notebooks", "solutions", "-x"]
    named = jupyter.pytest_arguments(["tests/test_x.py::test_y", "-x"], tmp_path)
    assert named[-2:] == ["tests/test_x.py::test_y", "-x"]
    assert "notebooks" not in named


@pytest.mark.parametrize(
    ("version", "good"), [("v18.0.0", 1), ("v24.1.0", 1), ("v16.9.1", 0), ("", 0)]
)
def test_node_must_be_new_enough(version, good):
    assert tools.node_is_new_enough(version) is bool(good)


def test_node_is_first_on_the_path_and_playwright_uses_it_too():
    here = environment.Environment(Path(sys.prefix))
    env = tools.variables(here, {"PATH": "/usr/bin", "OMP_NUM_THREADS": "4"})
    first, *_, last = env["PATH"].split(os.pathsep)
    assert tools.node_is_new_enough(tools.first_line([Path(first, "node"), "--version"]))
    assert last == "/usr/bin"
    assert Path(env["PLAYWRIGHT_NODEJS_PATH"]).is_file()
    assert env["OMP_NUM_THREADS"] == "4", "what was asked for stays"


def test_without_any_node_the_message_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(tools.shutil, "which", lambda name: None)
    with pytest.raises(SetupError) as raised:
        tools.find_node(environment.Environment(tmp_path))
    assert "this machine has none" in raised.value.what


def test_a_browser_that_is_named_comes_first_then_what_is_there(tmp_path):
    mine = tmp_path / "chromium"
    mine.touch()
    installed = {"google-chrome": "/usr/bin/google-chrome"}.get
    assert tools.browser_there({"CHROME_PATH": str(mine)}, "linux", installed) == str(mine)
    assert tools.browser_there({}, "linux", installed) == "/usr/bin/google-chrome"
    assert tools.browser_there({"CHROME_PATH": "/gone"}, "linux", lambda name: None) is None
    edge = tmp_path / "Microsoft/Edge/Application/msedge.exe"
    edge.parent.mkdir(parents=True)
    edge.touch()
    found = tools.browser_there({"PROGRAMFILES": str(tmp_path)}, "win32", lambda name: None)
    assert found is not None and Path(found) == edge


def test_without_any_browser_the_message_lists_what_was_tried(monkeypatch):
    def fail(environment, env):
        raise SetupError("Getting a browser failed.", "")

    monkeypatch.setattr(tools, "browser_there", lambda *_: None)
    monkeypatch.setattr(tools, "playwright_browser", lambda *_: None)
    monkeypatch.setattr(tools, "install_playwright_browser", fail)
    monkeypatch.setattr(tools, "install_debian_browser", fail)
    with pytest.raises(SetupError, match="no Chromium, Chrome or Edge") as raised:
        tools.find_browser(environment.Environment(Path("nowhere")), {})
    assert raised.value.what.count("Getting a browser failed.") == 2
    assert "COURSE_BROWSER=" in raised.value.advice


def test_npm_packages_are_installed_once_for_each_lock(tmp_path, monkeypatch):
    calls = []

    def install(title, command, **_):
        calls.append(command[1:])
        (tmp_path / "node_modules").mkdir(exist_ok=True)

    monkeypatch.setattr(tools, "ROOT", tmp_path)
    monkeypatch.setattr(tools, "run_step", install)
    monkeypatch.setattr(tools.shutil, "which", lambda *_, **__: "npm")
    tools.install_npm_packages({"PATH": ""})
    assert calls == [], "without package-lock.json there is nothing to do"
    for content in ("1", "1", "2"):
        (tmp_path / "package-lock.json").write_text(content)
        tools.install_npm_packages({"PATH": ""})
    assert calls == [["ci", "--no-audit", "--no-fund", "--no-update-notifier"]] * 2
