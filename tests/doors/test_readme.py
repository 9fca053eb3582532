"""Every example of the README runs as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("papermill")
pytest.importorskip("deltalake")

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(python|bash)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the newcomer's prices in it."""
    folder = tmp_path_factory.mktemp("readme")
    steps = np.random.default_rng(7).normal(0.0003, 0.01, (800, 3))
    days = pd.bdate_range("2019-01-01", periods=800, name="Date")
    prices = pd.DataFrame(100 * np.exp(steps.cumsum(axis=0)), days, ["ONE", "TWO", "THREE"])
    prices.to_csv(folder / "prices.csv")
    return folder


def run(command: list[str], folder: Path) -> str:
    scripts = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "WORKBENCH_HOME": str(folder / "home"),
        "PATH": os.pathsep.join([scripts, os.environ["PATH"]]),
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("language", "text"), BLOCKS, ids=[f"{language}-{n}" for n, (language, _) in enumerate(BLOCKS)]
)
def test_an_example_runs(language, text, folder):
    if language == "python":
        script = folder / "example.py"
        script.write_text(text)
        run([sys.executable, str(script)], folder)
    else:
        for line in text.strip().splitlines():
            run(["bash", "-c", line], folder)


def test_your_own_csv_takes_five_lines_and_gives_a_page(folder):
    text = next(text for language, text in BLOCKS if "prices.csv" in text)
    assert len(text.strip().splitlines()) == 5
    run([sys.executable, "-c", text], folder)
    page = (folder / "tear_sheet.html").read_text()
    assert "Max drawdown" in page


def test_what_the_readme_points_at_is_there():
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (ROOT / target).is_file(), target
