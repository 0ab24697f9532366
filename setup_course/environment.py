"""The environment of the course: made once, filled from the locks, healed when it was interrupted.

A stamp inside it records what it was made from; with a stamp that fits, a run starts no program at
all. While packages are being installed, a mark says so. Whoever finds the mark knows that any
package may be there by half (pip and uv would take it for whole), and starts anew; what had been
downloaded is in uv's cache.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from setup_course import packages
from setup_course.failures import SetupError, run_step

ROOT = Path(__file__).resolve().parents[1]
CONDA_NAME = "seq2seq-course"  # the name in environment.yml
UV = "uv==0.13.8"
LOCKS = {
    "course": (packages.COURSE_LOCK,),
    "test": (packages.COURSE_LOCK, packages.TEST_LOCK),
}
WORKS = "import matplotlib.font_manager, torch, jupyterlab, course_lib"


@dataclass(frozen=True)
class Environment:
    """Where packages go: the course's .venv, or (`conda`) that of environment.yml."""

    folder: Path
    conda: bool = False

    def program(self, name: str) -> Path:
        """Return the path of a program in the environment."""
        if os.name != "nt":
            return self.folder / "bin" / name
        top = self.conda and name == "python"
        return (self.folder if top else self.folder / "Scripts") / f"{name}.exe"

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.program("python")

    @property
    def stamp(self) -> Path:
        """The file that says what the environment was made from."""
        return self.folder / "course-setup.json"

    @property
    def mark(self) -> Path:
        """The file that is there while packages are being installed."""
        return self.folder / "course-setup.unfinished"


def current_environment(environ: Mapping[str, str], prefix: str) -> Environment:
    """Return the conda environment of the course if it is active and runs us, else .venv."""
    name = Path(environ.get("CONDA_DEFAULT_ENV", "")).name
    if name == CONDA_NAME and environ.get("CONDA_PREFIX") == prefix:
        return Environment(Path(prefix), conda=True)
    return Environment(ROOT / ".venv")


def fingerprint(environment: Environment, kind: str, root: Path = ROOT) -> dict[str, str]:
    """Return what an environment of this kind is made from: locks, Python, uv and place."""
    recipe = hashlib.sha256(UV.encode())
    for lock in LOCKS[kind]:
        recipe.update((root / lock).read_bytes())
    config = environment.folder / "pyvenv.cfg"
    python = config.read_text("utf-8") if config.exists() else sys.version
    recipe.update(python.encode())
    return {"recipe": recipe.hexdigest(), "root": str(root)}


def read_stamp(environment: Environment) -> dict[str, dict]:
    """Return what the stamp says, {} if there is none that can be read."""
    try:
        stamp = json.loads(environment.stamp.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(stamp, dict):
        return {}
    return {kind: made for kind, made in stamp.items() if isinstance(made, dict)}


def write_stamp(environment: Environment, stamp: dict) -> None:
    """Write the stamp in one go."""
    half = environment.stamp.with_suffix(".half")
    half.write_text(json.dumps(stamp, indent=1), "utf-8")
    os.replace(half, environment.stamp)


def prepare(kind: str) -> Environment:
    """Return the environment with everything that `kind` ("course" or "test") needs in it."""
    environment = current_environment(os.environ, sys.prefix)
    stamp = read_stamp(environment)
    if environment.python.exists() and stamp.get(kind) == fingerprint(environment, kind):
        return environment
    print(f"Setting up what is needed ({kind}) in {environment.folder}. Interrupted? Run it again.")
    moved = any(made.get("root") != str(ROOT) for made in stamp.values())
    if not environment.conda:
        make_venv(environment, rebuild=moved or environment.mark.exists())
    environment.mark.touch()
    environment.stamp.unlink(missing_ok=True)
    try:
        install(environment, kind)
    except SetupError as error:
        if packages.nothing_changed(error.output):
            environment.mark.unlink()
        raise
    kinds = ("course", "test") if kind == "test" else ("course",)
    write_stamp(environment, {kind: fingerprint(environment, kind) for kind in kinds})
    environment.mark.unlink()
    return environment


def make_venv(environment: Environment, rebuild: bool) -> None:
    """Make .venv, unless there is one that works; what an interrupted run left is made anew.

    A .venv that was moved or copied is rebuilt as well: its programs name the old place.
    """
    if not rebuild and usable(environment):
        return
    require_venv_module()
    folder = environment.folder
    old = folder.with_name(folder.name + "-old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():  # renamed first: deleting takes a while, and could be interrupted
        folder.rename(old)
    folder.mkdir()
    environment.mark.touch()
    base = getattr(sys, "_base_executable", None) or sys.executable
    run_step(f"Making .venv with {base}", [base, "-m", "venv", folder], quiet=True)
    shutil.rmtree(old, ignore_errors=True)


def usable(environment: Environment) -> bool:
    """Whether the environment's Python starts, is new enough, lives there, and has pip."""
    if not environment.python.exists():
        return False
    question = (
        "import sys, pip; print(sys.version_info >= (3, 11) and sys.prefix != sys.base_prefix)"
    )
    try:
        answer = subprocess.run(
            [environment.python, "-c", question], capture_output=True, text=True
        )
    except OSError:
        return False
    return answer.stdout.strip() == "True"


def require_venv_module() -> None:
    """Raise if this Python cannot make virtual environments, and say what to install."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        version = "{}.{}".format(*sys.version_info)
        raise SetupError(
            f"{sys.executable} cannot make virtual environments: it has no module {error.name}.",
            f"Debian or Ubuntu: apt-get install python{version}-venv (as root, or with sudo).\n"
            "Elsewhere: install Python from python.org. Then run the same command again.",
        ) from error


def install(environment: Environment, kind: str) -> None:
    """Install uv, the locked packages and the course, and see that they can be imported."""
    python, uv = environment.python, environment.program("uv")
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    run_step(f"Getting {UV} with pip", [*pip, "install", "--quiet", UV], quiet=True)
    settings = pip_settings(environment)
    env = packages.uv_environment(settings, os.environ)
    torch = torch_source(environment, settings, env)
    command = packages.install_command(
        uv, python, settings, torch, [ROOT / lock for lock in LOCKS[kind]], ROOT
    )
    run_step(f"Installing the locked packages ({torch.told})", command, env=env, cwd=ROOT)
    # Also builds matplotlib's list of fonts; else a learner's first cell would announce that.
    run_step("Trying them", [python, "-W", "ignore", "-c", WORKS], cwd=ROOT, quiet=True)


def pip_settings(environment: Environment) -> packages.PipSettings:
    """Ask the environment's pip for its settings."""
    command = [environment.python, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, encoding="utf-8").stdout
    return packages.read_pip_settings(listed, os.environ)


def torch_source(
    environment: Environment, settings: packages.PipSettings, env: dict[str, str]
) -> packages.Torch:
    """Decide where torch comes from on this machine."""
    question = "from importlib.metadata import version; print(version('torch'))"
    there = subprocess.run([environment.python, "-c", question], capture_output=True, text=True)

    def pip_has(requirement: str) -> bool:
        command = packages.pip_holds_command(
            environment.program("uv"), environment.python, settings, requirement
        )
        return subprocess.run(command, capture_output=True, env=env, cwd=ROOT).returncode == 0

    version = packages.torch_version((ROOT / packages.COURSE_LOCK).read_text("utf-8"))
    return packages.choose_torch(version, sys.platform, there.stdout.strip(), settings, pip_has)
