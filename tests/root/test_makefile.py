"""The two commands do what they say before any environment exists."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ["app", "bench", "check", "clean", "demo", "lab", "repro-nhits", "test", "validate-fdr"]
TARGETS += ["warm"]
FIXED = {"README.md", "environment.yml", "workbench", "notebooks", "pipelines", "datasets"}
FIXED |= {"dashboards", "tests", "benchmarks", "pyproject.toml", "constraints.txt", ".gitignore"}
FIXED |= {"constraints-gpu.txt", "Makefile", ".ci", ".pre-commit-config.yaml", "LICENSE"}
FIXED |= {"CHANGELOG.md"}

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*arguments: str, folder: Path = ROOT, **environment: str):
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env={**os.environ, "MAKEFLAGS": "", "MAKELEVEL": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@needs_make
def test_make_alone_explains_every_target():
    done = make()
    assert done.returncode == 0, done.stderr
    assert sorted(line.split()[0] for line in done.stdout.splitlines()) == sorted(
        [*TARGETS, "help"]
    )


@needs_make
@pytest.mark.parametrize("target", [name for name in TARGETS if name != "clean"])
def test_every_target_makes_the_environment_first(target):
    lines = make("--dry-run", target).stdout.splitlines()
    assert ".ci/bootstrap.py" in lines[0]


@needs_make
def test_without_any_python_one_line_says_so(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "make", "echo"):
        (tools / name).symlink_to(shutil.which(name))
    done = make("demo", folder=tmp_path, PATH=str(tools))
    assert done.returncode != 0
    assert "workbench: no Python found: install Python 3.11" in done.stderr


@needs_make
def test_clean_keeps_what_a_user_made(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in (".venv", "dist", "workbench/__pycache__", "notebooks"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "notebooks" / "mine.ipynb").touch()
    assert make("clean", folder=tmp_path).returncode == 0
    left = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*"))
    assert left == ["Makefile", "notebooks", "notebooks/mine.ipynb", "workbench"]


def test_the_root_holds_what_the_house_says_and_nothing_else():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode or not listed.stdout:
        pytest.skip("not a git clone")
    assert {line.split("/")[0] for line in listed.stdout.splitlines()} <= FIXED


def test_no_file_of_ours_is_long_or_names_a_machine():
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "*.toml", "*.yml", "*.yaml", "Makefile", ".ci/run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode or not listed.stdout:
        pytest.skip("not a git clone")
    texts = {
        name: (ROOT / name).read_text(encoding="utf-8")
        for name in listed.stdout.split()
        if (ROOT / name).exists()
    }
    most = {True: 800, False: 400}  # a test file is a list of facts
    sizes = {n: text.count("\n") for n, text in texts.items() if n.endswith(".py")}
    assert [n for n, size in sizes.items() if size > most[n.startswith("tests/")]] == []
    install = re.compile(r"pip3? install (?:-\S+ )*workbench\b")
    assert [name for name, text in texts.items() if install.search(text)] == []
