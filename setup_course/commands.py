"""What each command of course.py does."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from setup_course import my_work, packages, tools
from setup_course.environment import ROOT, Environment, current_environment, pip_settings, prepare
from setup_course.failures import SetupError, from_os_error, run_step
from setup_course.jupyter import pytest_arguments, start_lab, trust
from setup_course.tidy import tidy

WORK = ROOT / "my_work"
EXECUTE = (
    "--to",
    "notebook",
    "--execute",
    "--inplace",
    "--ExecutePreprocessor.record_timing=False",
)
LOCK_HEADER = "# Made by `python course.py lock` from pyproject.toml; not to be edited."
MADE_AGAIN = (
    "slides/build",
    "node_modules",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
    "seq2seq_course.egg-info",
)


def lab(arguments: list[str]) -> int:
    """Open JupyterLab on your own copies, in my_work/ (further arguments go to JupyterLab)."""
    environment = prepare("course")
    plan = my_work.bring_up_to_date(ROOT, WORK)
    for line in my_work.report(plan, f"{python_name()} course.py fresh"):
        print(line)
    trust(environment, [WORK / path for path in plan.copy + plan.update])
    return start_lab(environment, WORK, arguments)


def edit(arguments: list[str]) -> int:
    """Open JupyterLab on the originals (for contributors)."""
    return start_lab(prepare("course"), ROOT, arguments)


def setup(arguments: list[str]) -> int:
    """Only set up .venv, for VS Code and other editors."""
    environment = prepare("course")
    print(f"Ready. The Python of the course is {environment.python}")
    return 0


def test(arguments: list[str]) -> int:
    """Set up what the tests need and run them all (further arguments go to pytest)."""
    environment, env = prepare_tools()
    return run([environment.python, *pytest_arguments(arguments, ROOT)], env)


def check(arguments: list[str]) -> int:
    """Lint, types and unit tests, in under a minute."""
    environment = prepare("test")
    env = tools.variables(environment, os.environ)
    module = [environment.python, "-m"]
    unit = ["-n", "2", "--quiet", "-m", "not slow and not browser", "tests"]
    steps = (
        [*module, "ruff", "check", "."],
        [*module, "ruff", "format", "--check", "."],
        [*module, "pyright"],
        [*module, "pytest", *unit, *arguments],
    )
    return max([run(step, env) for step in steps])


def fresh(arguments: list[str]) -> int:
    """Put a fresh copy of a notebook or exercise beside yours: fresh 01, fresh ex01."""
    course = my_work.hashes(ROOT)
    if not arguments:
        plan = my_work.make_plan(course, my_work.hashes(WORK), my_work.read_manifest(WORK))
        if not plan.keep:
            print(
                "You have the newest version of everything. Name a file to get a fresh copy anyway:"
            )
            print(f"    {python_name()} course.py fresh 01")
        arguments = plan.keep
    environment = current_environment(os.environ, sys.prefix)
    for name in arguments:
        copy = my_work.put_fresh_copy(ROOT, WORK, my_work.find(course, name))
        if environment.python.exists():
            trust(environment, [copy])
        print(f"A fresh copy: {copy.relative_to(ROOT).as_posix()}")
    return 0


def slides(arguments: list[str]) -> int:
    """Build the lecture decks, PDFs and handouts into slides/build (arguments: 01; --refresh)."""
    environment, env = prepare_tools()
    return run([environment.python, "slides/build.py", *arguments], env)


def slides_watch(arguments: list[str]) -> int:
    """Serve the decks to this machine, built again at every save (arguments: which, as 01)."""
    environment, env = prepare_tools()
    return run([environment.python, "slides/build.py", "--watch", *arguments], env)


def exercises(arguments: list[str]) -> int:
    """Generate exercises/ from solutions/, or a class's own (--variant WORD), with nbgrader."""
    environment = prepare("test")
    env = tools.variables(environment, os.environ)
    return run([environment.python, "-m", "course_lib.checks.generate", *arguments], env)


def grade(arguments: list[str]) -> int:
    """Grade submissions in a box: a folder STUDENT/exNN/exNN.ipynb or a zip (--help)."""
    return run_module("course_lib.grading", arguments)


def notebooks(arguments: list[str]) -> int:
    """Execute notebooks and solutions in place, from clean kernels (all, or the paths named)."""
    environment = prepare("course")
    env = {**os.environ, "OMP_NUM_THREADS": "1"}  # as the tests execute them
    everything = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("solutions/*/*.ipynb")]
    status = 0
    for path in [ROOT / name for name in arguments] or sorted(everything):
        failed = run([environment.python, "-m", "jupyter", "nbconvert", *EXECUTE, path], env)
        status = max(status, failed)
        if not failed:
            my_work.write_whole(path, tidy(path.read_text("utf-8")).encode())
    return status


def font(arguments: list[str]) -> int:
    """Make the course's font anew, a subset of Noto Sans CJK (argument: where that is)."""
    return run_module("experiments.make_font", arguments)


def checkpoint(arguments: list[str]) -> int:
    """Train the shipped translator anew; broken off, it goes on (--help says what it takes)."""
    return run_module("experiments.train_translator", arguments)


def experiments(arguments: list[str]) -> int:
    """Run the repeated trainings that are not stored yet (arguments: which; --list)."""
    return run_module("experiments", arguments)


def run_module(module: str, arguments: list[str]) -> int:
    """Run a module in the course's environment and return its exit status."""
    environment = prepare("test")
    return run([environment.python, "-m", module, *arguments], os.environ)


def bench(arguments: list[str]) -> int:
    """Measure speed beside JoeyNMT and OpenNMT-py, in .venv-bench (a quarter of an hour)."""
    environment = prepare("course")
    return run([environment.python, "-m", "benchmarks", *arguments], os.environ)


def lock(arguments: list[str]) -> int:
    """Pin the packages anew from pyproject.toml (--upgrade, --upgrade-package NAME)."""
    environment = prepare("course")
    settings = pip_settings(environment)
    env = packages.uv_environment(settings, os.environ)
    extra = ["--extra", "test", "--constraints", packages.COURSE_LOCK]
    course = ""
    for name, options in ((packages.COURSE_LOCK, []), (packages.TEST_LOCK, extra)):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder, name)
            if (ROOT / name).exists():  # uv keeps the versions that it finds in its output file
                shutil.copyfile(ROOT / name, out)
            command = packages.lock_command(
                environment.program("uv"),
                environment.python,
                settings,
                [*options, *arguments, "--output-file", str(out)],
            )
            run_step(f"Pinning {name}", command, env=env, cwd=ROOT)
            text = packages.cleaned_lock(out.read_text("utf-8"), LOCK_HEADER, without=course)
        my_work.write_whole(ROOT / name, text.encode())
        course = course or text
    return 0


def clean(arguments: list[str]) -> int:
    """Remove what can be made again, but neither .venv nor my_work."""
    for name in MADE_AGAIN:
        path = ROOT / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for folder in ("benchmarks", "course_lib", "experiments", "setup_course", "slides", "tests"):
        for cache in list((ROOT / folder).rglob("__pycache__")):
            shutil.rmtree(cache)
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "lab": lab,
    "fresh": fresh,
    "test": test,
    "setup": setup,
    "check": check,
    "edit": edit,
    "notebooks": notebooks,
    "exercises": exercises,
    "grade": grade,
    "slides": slides,
    "slides-watch": slides_watch,
    "font": font,
    "checkpoint": checkpoint,
    "experiments": experiments,
    "bench": bench,
    "lock": lock,
    "clean": clean,
}


def prepare_tools() -> tuple[Environment, dict[str, str]]:
    """Return the environment for tests and decks, and the variables under which they run."""
    environment = prepare("test")
    env = tools.variables(environment, os.environ)
    browser = tools.find_browser(environment, env)
    tools.install_npm_packages(env)
    return environment, env | {"COURSE_BROWSER": browser, "CHROME_PATH": browser}


def run(command: Sequence[str | Path], env: Mapping[str, str]) -> int:
    """Run one of our tools in the course's folder and return its exit status."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=dict(env)).returncode


def python_name() -> str:
    """Return how the reader called Python, for commands that we suggest."""
    return Path(sys.executable).stem


def usage() -> str:
    """Return the list of commands."""
    lines = [f"{python_name()} course.py COMMAND, or make COMMAND:", ""]
    for name, command in COMMANDS.items():
        lines.append(f"  {name:14}{command.__doc__}")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Run the command that the arguments name and return the exit status."""
    if not arguments or arguments[0] in {"help", "-h", "--help"}:
        print(usage())
        return 0
    command = COMMANDS.get(arguments[0])
    if command is None:
        print(f"There is no command {arguments[0]!r}.\n\n{usage()}", file=sys.stderr)
        return 2
    try:
        return command(arguments[1:])
    except SetupError as error:
        problem = error
    except OSError as error:
        problem = from_os_error(error)
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again: it goes on where it stopped.")
        return 130
    print(f"\n{problem}", file=sys.stderr)
    return 1
