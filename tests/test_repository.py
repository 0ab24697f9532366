"""What holds for every file of the repository: addresses, imports, sizes, pins."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FILE, LONGEST_TEST, LONGEST_FUNCTION = 300, 400, 40  # lines


@cache
def tracked() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    paths = (ROOT / name for name in listed.stdout.decode("utf-8").split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content:
            yield path.relative_to(ROOT).as_posix(), content.decode("utf-8")


def code() -> list[str]:
    return [name for name, _ in texts() if name.endswith((".py", ".js"))]


# One letter of each stands in brackets, so that the patterns do not match themselves.
ADDRESSES = (
    r"py[p]i\.org",
    r"files\.pythonhoste[d]",
    r"registry\.np[m]js",
    r"download\.pytorc[h]",
    r"cdn\.playwrigh[t]",
    r"unpk[g]\.com",
    r"cdn\.jsdeliv[r]",
)
MACHINE_PATHS = (
    r"(?<![\w.~:-])/(home|root|Users|work|opt|mnt)/[\w.]",
    r"\b[A-Z]:\\\\?Use[r]s\b",
    r"fil[e]:///\w",
)


@pytest.mark.parametrize("patterns", [ADDRESSES, MACHINE_PATHS], ids=["addresses", "paths"])
def test_no_file_names_an_index_or_a_path_of_one_machine(patterns):
    found = []
    for name, text in texts():
        for number, line in enumerate(text.splitlines(), 1):
            if any(re.search(pattern, line) for pattern in patterns):
                found.append(f"{name}:{number}: {line.strip()[:120]}")
    assert not found, "\n".join(found)


def test_the_patterns_find_what_they_should():
    join = "".join
    for text in (
        join(["https://", "pypi", ".org/simple"]),
        join(["https://registry.", "npmjs", ".org/x.tgz"]),
    ):
        assert any(re.search(pattern, text) for pattern in ADDRESSES)
    for text in (
        join(["/ho", "me/ann/x.py"]),
        join(["'/ro", "ot/.cache'"]),
        join(["C:\\Us", "ers"]),
    ):
        assert any(re.search(pattern, text) for pattern in MACHINE_PATHS)
    for text in ("https://example.org/home/x", "./work/x", "../opt/x", "a/tmp/b"):
        assert not any(re.search(pattern, text) for pattern in MACHINE_PATHS)


# What a module of course_lib may import of ours, beside its own package. A new module needs a line.
MAY_IMPORT = {
    "__init__": set(),
    "data": set(),
    "reference": set(),
    "attention": set(),
    "cells": set(),
    "losses": set(),
    "search": set(),
    "metrics": set(),
    "results": set(),
    "corpora": {"data"},
    "batch_search": {"search"},
    "encoder": {"cells"},
    "decoder": {"attention", "cells"},
    "model": {"attention", "cells", "decoder", "encoder"},
    "objectives": {"data", "losses"},
    "train": {"data", "losses", "metrics", "objectives"},  # any model: never our own
    "checkpoint": {"data", "model", "attention"},
    "translator": {"data", "model", "search", "checkpoint", "corpora"},
    "live": {"cells", "checkpoint", "corpora", "data", "model", "search", "translator"},
    "checks": {"reference"},
    "runs": set(),
    "grading": {"checks"},
    "recovery": {"data"},
    "plots": {"results"},
    "diagrams": {"plots"},
    "live_curve": {"plots", "results"},
    "widgets": {"diagrams", "plots", "results"},
}


def imports(name: str) -> set[str]:
    """Return the modules of course_lib that a file imports: "data" for course_lib.data."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            dotted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            dotted = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {d.split(".")[1] for d in dotted if d.startswith("course_lib.")}
    return found


def library() -> list[str]:
    return [name for name in code() if re.fullmatch(r"course_lib/.+\.py", name)]


def module_of(name: str) -> str:
    return name.split("/")[1].removesuffix(".py")


def test_imports_go_one_way():
    wrong = []
    for name in library():
        module = module_of(name)
        if module not in MAY_IMPORT:
            wrong.append(f"{name}: say in MAY_IMPORT what course_lib.{module} may import")
            continue
        extra = imports(name) - {module} - MAY_IMPORT[module]
        wrong += [f"{name} imports course_lib.{other}" for other in sorted(extra)]
    assert not wrong, "\n".join(wrong)


def test_only_drawing_builds_on_drawing_and_nothing_builds_on_training():
    drawing = {"plots", "diagrams", "live_curve", "widgets"}
    for module, allowed in MAY_IMPORT.items():
        assert "train" not in allowed, module
        assert module in drawing or not allowed & drawing, module


def test_files_are_short_and_named_for_what_they_hold():
    long = []
    for name in code():
        lines = len((ROOT / name).read_text("utf-8").splitlines())
        longest = LONGEST_TEST if name.startswith("tests/") else LONGEST_FILE
        long += [f"{name}: {lines} lines"] if lines > longest else []
    assert not long, "\n".join(long)
    assert not [name for name in code() if Path(name).stem in {"utils", "helpers", "config"}]


@cache
def functions() -> tuple[tuple[str, int], ...]:
    """Return every function of ours, and its lines without docstring."""
    return tuple(measured_functions())


def measured_functions() -> Iterator[tuple[str, int]]:
    for name in code():
        if not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                doc = node.body[0] if ast.get_docstring(node) else None
                spared = doc.end_lineno - doc.lineno + 1 if doc and doc.end_lineno else 0
                yield f"{name}: {node.name}", (node.end_lineno or 0) - node.lineno + 1 - spared


def test_functions_are_short():
    long = [f"{name}: {lines} lines" for name, lines in functions() if lines > LONGEST_FUNCTION]
    assert not long, "\n".join(long)
    assert statistics.median(lines for _, lines in functions()) <= 12


def pins(name: str) -> dict[str, str]:
    """Return the pinned versions of a lock by package; one version a package."""
    found: dict[str, str] = {}
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            match = re.fullmatch(r"([a-z0-9-]+)==([^\s;+]+)( ; .+)?", line)
            assert match, f"{name}: {line!r} is not a plain pin"
            assert found.setdefault(match[1], match[2]) == match[2], f"{name}: {match[1]} twice"
    return found


def requirements(key: str) -> dict[str, str]:
    """Return what pyproject.toml asks for ("course" or an extra), name to specifier."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    listed = project["dependencies"] if key == "course" else project["optional-dependencies"][key]
    return {m[1]: m[2] for text in listed if (m := re.match(r"([a-z0-9-]+)(.*)", text))}


def test_locks_hold_what_pyproject_asks_for_and_no_cuda():
    course, test = pins("requirements.lock"), pins("requirements-test.lock")
    assert requirements("course").keys() <= course.keys()
    assert requirements("test").keys() <= {*course, *test}
    assert all(course.get(name, version) == version for name, version in test.items())
    assert requirements("course")["torch"] == f"=={course['torch']}"
    assert not [name for name in {*course, *test} if re.match(r"nvidia|cuda|triton", name)]


def test_pins_meet_the_lower_and_upper_bounds():
    def numbers(version: str) -> tuple[int, ...]:
        return tuple(map(int, re.findall(r"\d+", version)))

    locked = pins("requirements-test.lock") | pins("requirements.lock")
    for name, specifier in (requirements("course") | requirements("test")).items():
        for operator, bound in re.findall(r"(>=|<|==)([\d.]+)", specifier):
            have, limit = numbers(locked[name]), numbers(bound)
            fits = {">=": have >= limit, "<": have < limit, "==": have == limit}[operator]
            assert fits, f"{name} is locked at {locked[name]}, pyproject.toml says {specifier}"


def test_conda_and_binder_get_the_same():
    lines = (ROOT / "environment.yml").read_text("utf-8").splitlines()
    items = [line.strip().removeprefix("- ") for line in lines if line.strip().startswith("- ")]
    torch = pins("requirements.lock")["torch"]
    assert f"pytorch-cpu={torch}" in items, f"requirements.lock has torch {torch}"
    assert items.index("pip:") < items.index("-r requirements.lock") < items.index("-e .")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    python = next(item for item in items if item.startswith("python="))
    oldest = project["requires-python"].removeprefix(">=")
    assert tuple(map(int, python.removeprefix("python=").split("."))) >= tuple(
        map(int, oldest.split("."))
    )
    assert any(re.fullmatch(r"nodejs=(1[89]|[2-9]\d)", item) for item in items)
    assert f"name: {project['name']}" in lines


def test_the_npm_lock_carries_no_address():
    npmrc = (ROOT / ".npmrc").read_text("utf-8").split()
    assert "omit-lockfile-registry-resolved=true" in npmrc
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert not name or "integrity" in package, f"{name} is not pinned by its content"


def test_continuous_integration_runs_the_readmes_test_command():
    commands = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert commands[-1] == "exec make test"
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make test" in readme and "make lab" in readme
