"""Write environment.yml from pyproject.toml and constraints-gpu.txt."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = "full,gpu,dev,bench"


def tested_python() -> str:
    """Return the Python of the tested set: the lowest one that `pyproject.toml` allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["requires-python"].partition(",")[0].removeprefix(">=")


def tested_set() -> list[str]:
    """Return the pins of `constraints-gpu.txt` that the extras ask for, its first paragraph."""
    asked, _, _ = (ROOT / "constraints-gpu.txt").read_text(encoding="utf-8").partition("\n\n")
    return re.findall(r"^[\w.-]+==\S+$", asked, flags=re.MULTILINE)


def render() -> str:
    """Return the whole text of `environment.yml`."""
    lines = [
        "# Written by .ci/environment.py from pyproject.toml and constraints-gpu.txt: do not edit.",
        "# mamba env create -f environment.yml && mamba activate workbench",
        "name: workbench",
        "channels: [conda-forge]",
        "dependencies:",
        f"  - python={tested_python()}",
        "  - pip",
        "  - pip:",
        *(f"      - {pin}" for pin in tested_set()),
        f"      - -e .[{EXTRAS}]",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(render(), encoding="utf-8")
