"""What can fail outside our code, and what the reader can do about it."""

import errno
import re
import subprocess
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

AGAIN = "Then run the same command again: it goes on where it stopped."

TOLD = 12  # lines of a quiet program that failed

# The first pattern that a program's output matches says what to do: special ones come first.
ADVICE = (
    (
        r"no space left|not enough space|disk full|os error 28\b|os error 112\b|ENOSPC",
        "The disk is full. The course needs about 3 GB, in its folder and in uv's cache "
        "(`uv cache clean` empties that). Free some space.",
    ),
    (
        r"whl/cpu/torch|torch was not found|no version of torch",
        "The CPU build of torch could not be had, neither from the places in pip's settings nor "
        "from PyTorch's own index. Check the connection, and that this Python is not newer than "
        "torch knows. If only that index is out of reach: get the CPU wheel for this system some "
        "other way, put it into a folder, and name that: PIP_FIND_LINKS=FOLDER. A torch of the "
        "right version that you install into .venv yourself is kept (from PyPI, on Linux: about "
        "3 GB to download, with CUDA).",
    ),
    (
        r"certificate|SSLError|UnknownIssuer|self.signed",
        "The server's certificate is not trusted. In a company network, name its certificate file: "
        "pip config set global.cert FILE (course.py hands it on to uv).",
    ),
    (
        r"\b(401|403)\b|unauthorized|forbidden",
        "The package index refused access. Look at your pip settings: pip config list",
    ),
    (
        r"dns error|failed to lookup|name resolution|getaddrinfo|connection (refused|reset)|"
        r"error sending request|client error \(connect\)|network is unreachable|timed? ?out|"
        r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|NewConnectionError|could not resolve|"
        r"temporary failure resolving",
        "The network did not answer. Check the connection. Behind a proxy, set HTTPS_PROXY. With "
        "a package index of your own, tell pip: pip config set global.index-url ADDRESS",
    ),
    (
        r"permission denied|access is denied|os error 13\b|EACCES",
        "A file could not be written. Close programs that use the course's folder, and check that "
        "it belongs to you.",
    ),
)


class SetupError(Exception):
    """Something outside our code is missing or failed: what it is, and what to do."""

    def __init__(self, what: str, advice: str, output: str = "") -> None:
        super().__init__(f"{what}\n{advice}")
        self.what = what
        self.advice = advice
        self.output = output  # of the program that failed

    def __str__(self) -> str:
        """Return it for the terminal: lines that are too long broken, indented ones as they are."""
        lines = f"{self.what}\n{self.advice}".splitlines()
        whole = {"width": 90, "break_long_words": False, "break_on_hyphens": False}
        return "\n".join(x if x.startswith(" ") else textwrap.fill(x, **whole) for x in lines)


def advice_for(output: str) -> str:
    """Return what to do about a failed program, from what it said."""
    for pattern, advice in ADVICE:
        if re.search(pattern, output, re.IGNORECASE):
            return f"{advice}\n{AGAIN}"
    return f"What it said stands above. {AGAIN}"


def from_os_error(error: OSError) -> SetupError:
    """Return the failure that an error of the operating system stands for."""
    what = f"{error.filename or 'A file'}: {error.strerror or error}"
    code = "ENOSPC" if error.errno == errno.ENOSPC else str(error.strerror)
    return SetupError(what, advice_for(code))


def hide_passwords(text: str) -> str:
    """Return the text with the user and password of every address hidden."""
    return re.sub(r"://[^/\s@]+@", "://***@", text)


def run_step(
    title: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    quiet: bool = False,
) -> str:
    """Run a program, show what it says (quiet: only its end, if it fails) and return it."""
    print(title, flush=True)
    said = []
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            cwd=cwd,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise SetupError(
            f"{title} failed: {command[0]} cannot be started ({error.strerror})", AGAIN
        ) from error
    assert process.stdout is not None
    with process:
        for line in process.stdout:
            said.append(hide_passwords(line))
            if not quiet and not re.match(r" [+-] ", line):  # uv lists every package it moved
                print("   ", said[-1], end="", flush=True)
    output = "".join(said)
    if process.returncode:
        if quiet:
            print("".join(said[-TOLD:]), end="")
        raise SetupError(f"{title} failed.", advice_for(output), output)
    return output
