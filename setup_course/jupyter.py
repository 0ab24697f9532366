"""How JupyterLab is started, and pytest, which runs the notebooks."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from setup_course.environment import ROOT, Environment
from setup_course.failures import run_step

START = "notebooks/00_start_here.ipynb"
TESTED = ("tests", "notebooks", "solutions")


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a browser can be opened here; BROWSER is set where an editor opens it elsewhere."""
    if platform in {"darwin", "win32"}:
        return "SSH_CONNECTION" not in environ
    return any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def lab_command(
    python: Path, root: Path, *, as_root: bool, display: bool, arguments: Sequence[str]
) -> list[str]:
    """Return the command that opens JupyterLab on the first notebook under `root`.

    Later arguments win over earlier ones, so `arguments` (--port 9000, --no-browser) can overrule
    all of these. A busy port needs no care: JupyterLab takes the next one.
    """
    command = [str(python), "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    command += [f"--LabApp.default_url=/lab/tree/{START}"]
    # No pop-up that asks about news, and no request to ask for updates.
    command += ["--LabApp.news_url=None"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    # Saved notebooks keep the state of their live visuals: overrides.json says so.
    command += [f"--LabApp.app_settings_dir={ROOT / 'setup_course' / 'lab_settings'}"]
    # Chinese in Markdown, code and printed output has glyphs: custom.css lies beside the font.
    command += ["--LabApp.custom_css=True"]
    command += [f"--ServerApp.tornado_settings=static_custom_path={ROOT / 'course_lib' / 'fonts'}"]
    # Leaves the address, which is what a reader must see.
    command += ["--log-level=WARN", "--LabApp.log_level=WARN"]
    if as_root:
        command += ["--allow-root"]
    if not display:
        command += ["--no-browser"]
    return [*command, *arguments]


def start_lab(environment: Environment, root: Path, arguments: Sequence[str]) -> int:
    """Open JupyterLab, and stay with it until it ends."""
    command = lab_command(
        environment.python,
        root,
        as_root=getattr(os, "geteuid", lambda: 1)() == 0,
        display=has_display(os.environ, sys.platform),
        arguments=arguments,
    )
    print("JupyterLab starts. Its address follows; open it if no browser does. Ctrl+C ends it.")
    sys.stdout.flush()
    os.chdir(ROOT)
    if os.name != "nt":
        os.execv(command[0], command)  # nothing of ours stays between it and a signal
    return subprocess.call(command)


def pytest_arguments(arguments: Sequence[str], root: Path) -> list[str]:
    """Return the arguments for Python that run all tests at once, or those that are named.

    A notebook's cells, and all browser tests, stay together in one worker: see tests/conftest.py.
    """
    command = ["-m", "pytest", "-n", "2", "--dist", "loadgroup", "--nbval", "--nbval-current-env"]
    if not any((root / argument.partition("::")[0]).exists() for argument in arguments):
        command += [folder for folder in TESTED if (root / folder).exists()]
    return [*command, *arguments]


def trust(environment: Environment, notebooks: Sequence[Path]) -> None:
    """Mark notebooks that were just copied as trusted, so that their stored visuals show."""
    paths = [path for path in notebooks if path.suffix == ".ipynb"]
    if paths:
        command = [environment.python, "-m", "nbformat.sign", *paths]
        run_step("Trusting the copies, so that their stored pictures show", command, quiet=True)
