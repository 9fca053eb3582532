"""A machine that lacks something is told so in one line; what was begun is finished."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / ".ci" / "bootstrap.py"


@pytest.fixture
def bootstrap():
    spec = importlib.util.spec_from_file_location("bootstrap", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def executable(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SOURCE), *arguments],
        env={**os.environ, "PYTHON": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_can_read_it():
    ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_it_needs_the_standard_library_only():
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    assert names <= sys.stdlib_module_names
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def test_a_python_too_old_is_one_line_with_the_cure(tmp_path):
    old = executable(tmp_path / "python3.9", "echo 3.9")
    done = run("--python", old, "--venv", str(tmp_path / "venv"))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"{old} is 3.9" in done.stderr
    assert "apt install python3.11" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_no_python_at_all_lists_what_was_tried(tmp_path):
    done = run("--venv", str(tmp_path / "venv"), PATH=str(tmp_path))
    assert done.returncode == 1
    assert "python3.13 is not there" in done.stderr


def test_a_python_without_venv_names_the_package(tmp_path):
    bare = executable(tmp_path / "python", 'case "$2" in *venv*) exit 1;; esac; echo 3.11')
    done = run("--python", bare, "--venv", str(tmp_path / "venv"))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "python3.11-venv" in done.stderr


def test_a_full_disk_is_one_line_with_the_cure(bootstrap, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=3e9))
    monkeypatch.setattr(sys, "argv", ["bootstrap", "--venv", str(tmp_path / "venv")])
    assert bootstrap.main() == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "3.0 GB free" in said
    assert "8 GB are needed: free some" in said
    assert not (tmp_path / "venv").exists()


def test_the_mark_follows_what_is_installed_and_nothing_else(bootstrap, tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    project, pinned = tmp_path / "pyproject.toml", tmp_path / "constraints.txt"
    project.write_text('[project]\nname = "a"\n\n[tool.ruff]\nline-length = 100\n')
    pinned.write_text("numpy==2.2.6\n")
    first = bootstrap.fingerprint(str(pinned))
    project.write_text('[project]\nname = "a"\n\n[tool.ruff]\nline-length = 99\n')
    assert bootstrap.fingerprint(str(pinned)) == first
    project.write_text('[project]\nname = "b"\n\n[tool.ruff]\nline-length = 99\n')
    second = bootstrap.fingerprint(str(pinned))
    pinned.write_text("numpy==2.2.5\n")
    assert len({first, second, bootstrap.fingerprint(str(pinned))}) == 3


@pytest.fixture
def installations(bootstrap, tmp_path, monkeypatch):
    """Calls of `install`, which does nothing but make the folder and fail when told to."""
    calls: list[str] = []

    def install(venv, extras, _constraints, _wanted):
        calls.append(extras)
        Path(venv).mkdir(exist_ok=True)
        if os.environ.get("FAIL"):
            raise bootstrap.RefusalError("the index was gone")

    monkeypatch.setattr(bootstrap, "install", install)
    return calls


def boot(bootstrap, monkeypatch, venv, extras):
    monkeypatch.setattr(sys, "argv", ["bootstrap", "--venv", str(venv), "--extras", extras])
    return bootstrap.main()


def test_what_is_installed_is_not_installed_again(bootstrap, installations, monkeypatch, tmp_path):
    venv = tmp_path / "venv"
    assert boot(bootstrap, monkeypatch, venv, "full,dev") == 0
    assert boot(bootstrap, monkeypatch, venv, "dev") == 0
    assert boot(bootstrap, monkeypatch, venv, "full,dev,bench") == 0
    assert boot(bootstrap, monkeypatch, venv, "full,dev") == 0
    assert installations == ["dev,full", "bench,dev,full"]


def test_an_installation_that_failed_is_not_taken_for_one(
    bootstrap, installations, monkeypatch, tmp_path
):
    venv = tmp_path / "venv"
    monkeypatch.setenv("FAIL", "1")
    assert boot(bootstrap, monkeypatch, venv, "dev") == 1
    monkeypatch.delenv("FAIL")
    assert boot(bootstrap, monkeypatch, venv, "dev") == 0
    assert installations == ["dev", "dev"]


def test_a_half_installed_package_is_forgotten_and_a_whole_one_kept(bootstrap, tmp_path):
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in ("whole", "unfinished", "lost"):
        info = site / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "RECORD").write_text(f'{name}.py,,\n"{name}-1.0.dist-info/RECORD",,\n')
        (site / f"{name}.py").touch()
        (info / "INSTALLER").write_text("pip\n")
    (site / "unfinished-1.0.dist-info" / "INSTALLER").unlink()
    (site / "lost.py").unlink()
    (site / "~hole-0.9.dist-info").mkdir()
    bootstrap.forget_halves(str(tmp_path))
    assert [path.name for path in site.glob("*.dist-info")] == ["whole-1.0.dist-info"]


@pytest.mark.network
@pytest.mark.slow
def test_a_killed_installation_is_resumed(bootstrap, tmp_path):
    """A real environment, with one package cut in the middle, becomes whole again."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = venv / "bin" / "python"
    pinned = [str(python), "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt")]
    subprocess.run([*pinned, "lazy-loader"], check=True)
    (site,) = (venv / "lib").glob("python3.*/site-packages")
    (info,) = site.glob("lazy_loader-*.dist-info")
    (info / "INSTALLER").unlink()
    shutil.rmtree(site / "lazy_loader")
    bootstrap.forget_halves(str(venv))
    subprocess.run([*pinned, "lazy-loader"], check=True)
    subprocess.run([str(python), "-c", "import lazy_loader"], check=True)
