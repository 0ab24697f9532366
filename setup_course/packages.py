"""Which command lines install the course's packages.

uv is fast and knows PyTorch's own index, but it does not read pip's settings. So they are read
here and handed on: a mirror, a folder of wheels or a certificate that pip knows counts for uv too.
"""

import ast
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

COURSE_LOCK = "requirements.lock"
TEST_LOCK = "requirements-test.lock"


@dataclass(frozen=True)
class PipSettings:
    """What pip was told about where packages come from, and how to reach them."""

    index_url: str = ""
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    trusted_hosts: tuple[str, ...] = ()
    cert: str = ""
    client_cert: str = ""
    proxy: str = ""
    timeout: str = ""

    @property
    def name_places(self) -> bool:
        """Whether they name any place for packages beside PyPI."""
        return bool(self.index_url or self.extra_index_urls or self.find_links)


def read_pip_settings(config_list: str, environ: Mapping[str, str]) -> PipSettings:
    """Read the settings from what `pip config list` prints and from PIP_* variables.

    As in pip, a variable replaces (not extends) what [install] says, and that what [global] says.
    """
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in config_list.splitlines():
        match = re.match(r"(global|install|:env:)\.([\w-]+)=(.*)$", line)
        if match:
            section, name, quoted = match.groups()
            found[section][name.replace("_", "-")] = unquoted(quoted)
    for variable, value in environ.items():
        if variable.startswith("PIP_") and value:
            found[":env:"][variable[4:].lower().replace("_", "-")] = value
    values = {**found["global"], **found["install"], **found[":env:"]}
    return PipSettings(
        index_url=values.get("index-url", values.get("pypi-url", "")),
        extra_index_urls=tuple(values.get("extra-index-url", "").split()),
        find_links=tuple(place(link) for link in values.get("find-links", "").split()),
        no_index=values.get("no-index", "").lower() in {"1", "true", "yes", "on", "y", "t"},
        trusted_hosts=tuple(values.get("trusted-host", "").split()),
        cert=values.get("cert", ""),
        client_cert=values.get("client-cert", ""),
        proxy=values.get("proxy", ""),
        timeout=values.get("default-timeout", values.get("timeout", "")),
    )


def unquoted(text: str) -> str:
    """Return a value as `pip config list` shows it (quoted, with escapes) without its quotes."""
    try:
        return str(ast.literal_eval(text))
    except (SyntaxError, ValueError):
        return text


def place(link: str) -> str:
    """Return a find-links entry with a folder made absolute, since uv may run elsewhere."""
    return link if "://" in link else os.path.abspath(os.path.expanduser(link))


def index_arguments(settings: PipSettings) -> list[str]:
    """Return the settings that say where packages come from, as uv's arguments."""
    arguments = ["--no-index"] if settings.no_index else []
    if settings.index_url:
        arguments += ["--default-index", settings.index_url]
    for url in settings.extra_index_urls:
        arguments += ["--index", url]
    if settings.extra_index_urls:
        # pip takes the best version of all indexes; uv would stop at the first that has the name.
        arguments += ["--index-strategy", "unsafe-best-match"]
    for link in settings.find_links:
        arguments += ["--find-links", link]
    for host in settings.trusted_hosts:
        arguments += ["--allow-insecure-host", host]
    return arguments


def uv_environment(settings: PipSettings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for uv: those given, and what pip knows of certificates and proxies."""
    wanted = {
        "SSL_CERT_FILE": settings.cert,
        "SSL_CLIENT_CERT": settings.client_cert,
        "HTTPS_PROXY": settings.proxy,
        "HTTP_PROXY": settings.proxy,
        "UV_HTTP_TIMEOUT": settings.timeout,
        "UV_PYTHON_DOWNLOADS": "never",
    }
    return {name: value for name, value in wanted.items() if value} | dict(environ)


@dataclass(frozen=True)
class Torch:
    """Where torch comes from: the arguments that make uv take it there, and the words for it."""

    arguments: tuple[str, ...]
    told: str


def torch_version(lock: str) -> str:
    """Return the version of torch that a lock names."""
    match = re.search(r"^torch==(\S+)$", lock, re.MULTILINE)
    if match is None:
        raise ValueError(f"{COURSE_LOCK} has no line torch==VERSION; make it anew: make lock")
    return match[1]


def cpu_build(version: str, platform: str) -> str:
    """Return the requirement that only the CPU build meets (macOS has no other, and no label)."""
    return f"torch=={version}" if platform == "darwin" else f"torch=={version}+cpu"


def choose_torch(
    version: str,
    platform: str,
    installed: str,
    settings: PipSettings,
    pip_has: Callable[[str], bool],
) -> Torch:
    """Choose where torch comes from: already there, pip's own places, or PyTorch's CPU index.

    Never PyPI's build for Linux: it brings about 3 GB of CUDA packages. `pip_has` asks whether
    pip's places hold a requirement, and is only called when pip has any.
    """
    if installed.split("+")[0] == version:
        return Torch((), f"torch {installed} is there already")
    requirement = cpu_build(version, platform)
    if settings.name_places and pip_has(requirement):
        return Torch(
            (requirement,), f"torch {version}, CPU build, from the places in pip's settings"
        )
    return Torch(
        ("--torch-backend", "cpu"), f"torch {version}, CPU build, from PyTorch's own index"
    )


def pip_holds_command(uv: Path, python: Path, settings: PipSettings, requirement: str) -> list[str]:
    """Return the command that succeeds if pip's places hold it; it installs nothing."""
    command = [str(uv), "pip", "install", "--python", str(python), "--dry-run", "--no-deps"]
    return [*command, *index_arguments(settings), requirement]


def install_command(
    uv: Path,
    python: Path,
    settings: PipSettings,
    torch: Torch,
    locks: Sequence[Path],
    project: Path,
) -> list[str]:
    """Return the command that installs the locked packages and the course itself, editable.

    The locks are complete, so dependencies are not followed (--no-deps): this is what keeps CUDA
    packages away, which torch's own metadata asks for on Linux.
    """
    command = [str(uv), "pip", "install", "--python", str(python), "--no-deps"]
    for lock in locks:
        command += ["--requirements", str(lock)]
    return [*command, "--editable", str(project), *index_arguments(settings), *torch.arguments]


def nothing_changed(output: str) -> bool:
    """Whether pip or uv failed while still looking for packages, before they installed any."""
    looking = (
        r"failed to (fetch|download)|request failed|no solution found|no matching distribution"
    )
    return re.search(looking, output, re.IGNORECASE) is not None


def lock_command(
    uv: Path, python: Path, settings: PipSettings, arguments: Sequence[str]
) -> list[str]:
    """Return the command that pins packages for every platform and Python, naming no address."""
    places = PipSettings(
        index_url=settings.index_url,
        extra_index_urls=settings.extra_index_urls,
        trusted_hosts=settings.trusted_hosts,
    )  # without find-links: a lock must not depend on the wheels that lie on one machine
    command = [str(uv), "pip", "compile", "--python", str(python), "--quiet", "--universal"]
    command += ["--fork-strategy", "fewest", "--no-emit-index-url", "--no-annotate", "--no-header"]
    return [*command, *index_arguments(places), *arguments, "pyproject.toml"]


def cleaned_lock(text: str, header: str, without: str = "") -> str:
    """Return a lock under its header: no CUDA packages, torch unlabelled, no line of `without`."""
    cuda = re.compile(r"(nvidia-|cuda-|triton\b)")
    there = set(without.splitlines())
    lines = [re.sub(r"^(torch==[^\s+]+)\+\S+", r"\1", line) for line in text.splitlines()]
    kept = [line for line in lines if line and not cuda.match(line) and line not in there]
    return "\n".join([header, *kept, ""])
