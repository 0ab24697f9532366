"""Which command lines install what: pip's settings, torch from both sources, the locks."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from setup_course import packages
from setup_course.environment import Environment
from setup_course.packages import PipSettings, Torch

HERE = Environment(Path(sys.prefix))
UV, PYTHON = HERE.program("uv"), HERE.python
NOTHING = PipSettings()
WHEELS = replace(NOTHING, find_links=("/wheels",))


def choose(
    settings: PipSettings, held: bool, platform: str = "linux", installed: str = ""
) -> Torch:
    return packages.choose_torch("2.13.0", platform, installed, settings, lambda _: held)


def command(settings: PipSettings, torch: Torch) -> list[str]:
    locks, project = [Path("requirements.lock")], Path("project")
    return packages.install_command(Path("uv"), Path("python"), settings, torch, locks, project)


START = (
    "uv pip install --python python --no-deps --requirements requirements.lock --editable project"
)


def test_command_line_where_pip_holds_the_cpu_build():
    line = command(WHEELS, choose(WHEELS, held=True))
    assert line == f"{START} --find-links /wheels torch==2.13.0+cpu".split()


def test_command_line_where_pip_does_not_hold_it():
    assert command(NOTHING, choose(NOTHING, held=False)) == f"{START} --torch-backend cpu".split()
    line = command(WHEELS, choose(WHEELS, held=False))
    assert line == f"{START} --find-links /wheels --torch-backend cpu".split()


def test_pip_is_asked_for_the_cpu_build_and_only_if_it_names_any_place():
    asked = []
    for platform in ("linux", "win32", "darwin"):
        packages.choose_torch("2.13.0", platform, "", WHEELS, lambda r: bool(asked.append(r)))
    assert asked == ["torch==2.13.0+cpu", "torch==2.13.0+cpu", "torch==2.13.0"]
    packages.choose_torch("2.13.0", "linux", "", NOTHING, lambda r: bool(asked.append(r)))
    assert len(asked) == 3


def test_a_torch_of_the_right_version_is_kept_and_no_other():
    for installed in ("2.13.0", "2.13.0+cpu", "2.13.0+cu130"):
        assert choose(WHEELS, held=True, installed=installed).arguments == ()
    assert choose(WHEELS, held=True, installed="2.12.1").arguments == ("torch==2.13.0+cpu",)


def test_pip_settings_are_read_as_pip_lists_them():
    listed = (
        ":env:.timeout='60'\n"
        "global.cert='/etc/company.pem'\n"
        "global.extra-index-url='\\nhttps://a.example/simple\\nhttps://b.example/simple'\n"
        "global.find-links='/old'\n"
        "install.find-links='/wheels https://w.example/list'\n"
        "global.trusted-host='a.example b.example:8080'\n"
        "download.find-links='/not-for-install'\n"
    )
    settings = packages.read_pip_settings(listed, {"PIP_NO_INDEX": "1", "PIP_PROXY": ""})
    assert settings == PipSettings(
        extra_index_urls=("https://a.example/simple", "https://b.example/simple"),
        find_links=("/wheels", "https://w.example/list"),
        no_index=True,
        trusted_hosts=("a.example", "b.example:8080"),
        cert="/etc/company.pem",
        timeout="60",
    )


def test_a_variable_wins_over_the_configuration_file():
    listed = "global.index-url='https://file.example/simple'\n"
    environ = {"PIP_INDEX_URL": "https://variable.example/simple", "PIP_FIND_LINKS": "wheels ~/w"}
    settings = packages.read_pip_settings(listed, environ)
    assert settings.index_url == "https://variable.example/simple"
    assert settings.find_links == (os.path.abspath("wheels"), os.path.expanduser("~/w"))


def test_every_setting_reaches_uv():
    settings = PipSettings(
        index_url="https://i.example/simple",
        extra_index_urls=("https://e.example/simple",),
        find_links=("/wheels",),
        no_index=True,
        trusted_hosts=("h.example",),
        cert="/c.pem",
        client_cert="/k.pem",
        proxy="http://p.example:1",
        timeout="9",
    )
    assert (
        packages.index_arguments(settings)
        == (
            "--no-index --default-index https://i.example/simple --index https://e.example/simple "
            "--index-strategy unsafe-best-match --find-links /wheels "
            "--allow-insecure-host h.example"
        ).split()
    )
    assert packages.uv_environment(settings, {"SSL_CERT_FILE": "/mine.pem"}) == {
        "SSL_CERT_FILE": "/mine.pem",  # what was set for all programs is not replaced
        "SSL_CLIENT_CERT": "/k.pem",
        "HTTPS_PROXY": "http://p.example:1",
        "HTTP_PROXY": "http://p.example:1",
        "UV_HTTP_TIMEOUT": "9",
        "UV_PYTHON_DOWNLOADS": "never",
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project, its lock, and a folder with a torch that asks for CUDA as the real one does."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "p"\nversion = "1"\n')
    (tmp_path / "requirements.lock").write_text("torch==9.13.0\n")
    (tmp_path / "wheels").mkdir()
    about = (
        "Metadata-Version: 2.1\nName: torch\nVersion: 9.13.0+cpu\nRequires-Dist: nvidia-cublas\n"
    )
    wheel = "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(tmp_path / "wheels" / "torch-9.13.0+cpu-py3-none-any.whl", "w") as file:
        for name, text in (("METADATA", about), ("WHEEL", wheel), ("RECORD", "")):
            file.writestr(f"torch-9.13.0+cpu.dist-info/{name}", text)
    return tmp_path


def run(command: list[str], project: Path) -> subprocess.CompletedProcess:
    env = packages.uv_environment(NOTHING, os.environ) | {"UV_OFFLINE": "1"}
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True)


def install(project: Path, settings: PipSettings, torch: Torch) -> subprocess.CompletedProcess:
    locks = [project / "requirements.lock"]
    line = packages.install_command(UV, PYTHON, settings, torch, locks, project)
    return run([*line, "--dry-run", "--no-cache"], project)


def test_uv_takes_the_cpu_build_from_pips_folder_and_no_cuda_package(project):
    settings = replace(NOTHING, find_links=(str(project / "wheels"),), no_index=True)
    held = run(packages.pip_holds_command(UV, PYTHON, settings, "torch==9.13.0+cpu"), project)
    assert held.returncode == 0, held.stderr
    torch = packages.choose_torch("9.13.0", "linux", "", settings, lambda _: True)
    done = install(project, settings, torch)
    assert done.returncode == 0, done.stderr
    assert "torch==9.13.0+cpu" in done.stderr
    assert "nvidia" not in done.stderr


def test_uv_says_so_where_pips_folder_holds_no_cpu_build(project):
    settings = replace(NOTHING, find_links=(str(project),), no_index=True)
    held = run(packages.pip_holds_command(UV, PYTHON, settings, "torch==9.13.0+cpu"), project)
    assert held.returncode == 1, "2 would mean that uv does not know an argument"


def test_uv_knows_the_arguments_for_pytorchs_own_index(project):
    torch = packages.choose_torch("9.13.0", "linux", "", NOTHING, lambda _: False)
    done = install(project, NOTHING, torch)
    assert done.returncode == 1, "without a network; 2 would mean that uv does not know an argument"
    assert "torch was not found in the cache" in " ".join(done.stderr.split())


def test_uv_pins_without_an_address(project):
    settings = replace(NOTHING, index_url="https://me:secret@i.example/simple")
    out = project / "out.lock"
    done = run(packages.lock_command(UV, PYTHON, settings, ["--output-file", str(out)]), project)
    assert done.returncode == 0, done.stderr
    assert "example" not in out.read_text()


def test_a_lock_does_not_depend_on_the_wheels_of_one_machine():
    assert "--find-links" not in packages.lock_command(UV, PYTHON, WHEELS, [])


def test_a_lock_is_cleaned_of_cuda_labels_and_what_another_lock_has():
    pinned = (
        "numpy==2.4.6\n"
        "nvidia-cublas==13.1 ; sys_platform == 'linux'\n"
        "cuda-toolkit==13.0 ; sys_platform == 'linux'\n"
        "torch==2.13.0+cpu\n"
        "triton==3.7.1 ; sys_platform == 'linux'\n"
        "zipp==1\n"
    )
    lock = packages.cleaned_lock(pinned, "# Header", without="# Header\nzipp==1\n")
    assert lock == "# Header\nnumpy==2.4.6\ntorch==2.13.0\n"
    assert packages.torch_version(lock) == "2.13.0"


def test_a_lock_without_torch_is_an_error_that_names_the_way_out():
    with pytest.raises(ValueError, match="make lock"):
        packages.torch_version("numpy==2.4.6\ntorchvision==1.0\n")


@pytest.mark.parametrize(
    ("output", "unchanged"),
    [
        ("error: Request failed after 3 retries\n cause: Failed to fetch: X", True),
        ("error: No solution found when resolving dependencies", True),
        ("ERROR: No matching distribution found for uv==0.13.8", True),
        ("error: Failed to install: numpy\n cause: No space left on device", False),
        ("", False),
    ],
)
def test_whether_a_failure_can_have_left_half_a_package(output, unchanged):
    assert packages.nothing_changed(output) is unchanged
