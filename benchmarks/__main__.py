"""`make bench`: make the peers' environment, measure in it, write RESULTS.md and its plot.

    python course.py bench                        everything
    python course.py bench --rounds 3 --sizes teaching --cells train-luong --no-growth
    python course.py bench --report               write RESULTS.md anew from the last measurement

The environment is .venv-bench, from requirements-peers.txt; what was measured lies in it as JSON.
"""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks import report
from setup_course import packages
from setup_course.environment import ROOT, Environment, current_environment, pip_settings
from setup_course.failures import SetupError, run_step

FOLDER = ROOT / ".venv-bench"
REQUIREMENTS = Path(__file__).with_name("requirements-peers.txt")
KEEP_MEMORY = {  # glibc: give no freed memory back, so that no step pays for getting it again
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(2**34),
    "MALLOC_TOP_PAD_": str(2**26),
}


def prepare() -> Environment:
    """Return the peers' environment, made anew if what it needs has changed."""
    peers, course = Environment(FOLDER), current_environment(os.environ, sys.prefix)
    wanted = REQUIREMENTS.read_text("utf-8")
    stamp = FOLDER / "requirements-peers.txt"
    if peers.python.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return peers
    settings = pip_settings(course)
    env = packages.uv_environment(settings, os.environ)
    uv = course.program("uv")
    run_step(
        "Making .venv-bench", [uv, "venv", "--clear", "--python", course.python, FOLDER], env=env
    )
    command = [uv, "pip", "install", "--python", peers.python, "--no-deps"]
    command += ["--requirements", REQUIREMENTS, *packages.index_arguments(settings)]
    run_step("Installing the peers", [*command, *torch_arguments(course, settings, env)], env=env)
    stamp.write_text(wanted, "utf-8")
    return peers


def torch_arguments(
    course: Environment, settings: packages.PipSettings, env: dict[str, str]
) -> tuple[str, ...]:
    """Return what makes uv take the CPU build of torch, from where the course has it."""

    def pip_has(requirement: str) -> bool:
        uv, python = course.program("uv"), course.python
        command = packages.pip_holds_command(uv, python, settings, requirement)
        return subprocess.run(command, capture_output=True, env=env).returncode == 0

    version = packages.torch_version(REQUIREMENTS.read_text("utf-8"))
    return packages.choose_torch(version, sys.platform, "", settings, pip_has).arguments


def measure(peers: Environment, arguments: list[str]) -> int:
    """Measure with the allocator as it is, then once more with one that keeps its memory."""
    kept_too = ["--cells", "train-luong", "train-luong_input_feeding", "train-bahdanau"]
    runs = [(report.MEASURED, arguments, {})]
    if not arguments:
        runs.append((report.KEPT, [*kept_too, "--sizes", "real", "--no-growth"], KEEP_MEMORY))
    env = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    for name, chosen, allocator in runs:
        command = [peers.python, "-m", "benchmarks.measure", FOLDER / name, *chosen]
        done = subprocess.run(list(map(str, command)), cwd=ROOT, env=env | allocator)
        if done.returncode:
            return done.returncode
    return 0


def main(arguments: list[str]) -> int:
    """Run what the arguments ask for and return the exit status."""
    if "--report" not in arguments:
        try:
            status = measure(prepare(), arguments)
        except SetupError as error:
            print(f"\n{error}", file=sys.stderr)
            return 1
        if status:
            return status
    report.write(FOLDER, Path(__file__).parent)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
