"""Run the workloads: `python -m benchmarks [W0 ...]`, each `w<number>_<name>.py` of this folder.

A workload has TITLE, TARGET (a sentence), LIBRARIES and `run()`, which returns `rows` and `met`
and may return `cold_seconds` and `slope`.
"""

from __future__ import annotations

import importlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measure import machine, show, versions
from workbench.errors import NoData

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "results"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"
SAID = {True: "yes", False: "no", None: "–"}


def workloads() -> dict[str, str]:
    """Return the module of each workload by its short name."""
    found = sorted(FOLDER.glob("w*_*.py"), key=lambda path: int(path.stem[1:].split("_")[0]))
    return {path.stem.split("_")[0].upper(): f"benchmarks.{path.stem}" for path in found}


def measure(name: str, module: str) -> dict[str, Any]:
    """Run one workload and write its result file."""
    workload = importlib.import_module(module)
    print(f"{name}  {workload.TITLE}", flush=True)
    today = datetime.now(UTC).date()  # noqa: TID251  the date of the figure is a fact of the run
    result = {
        "workload": name,
        "title": workload.TITLE,
        "date": today.isoformat(),
        "machine": machine(),
        "versions": versions(workload.LIBRARIES),
        "target": workload.TARGET,
        "cold_seconds": None,
        "slope": None,
        **workload.run(),
    }
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(result, indent=2) + "\n"
    (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
    return result


def table(results: list[dict[str, Any]]) -> str:
    """Return the Markdown table of all results: what was measured, losses included."""
    lines = ["| workload | size | peer | ours, s | peer, s | ratio | equal | target | met |"]
    lines.append("|---|---|---|---:|---:|---:|---|---|---|")
    for result in results:
        for row in result["rows"]:
            ratio = "–" if row["ratio"] is None else f"{row['ratio']:.3g}"
            figures = f"{_figure(row, 'ours')} | {_figure(row, 'peer')} | {ratio}"
            lines.append(
                f"| {result['workload']} {result['title']} | {row['size']} | {row['peer']} "
                f"| {figures} | {SAID[row['equal']]} | {result['target']} "
                f"| {SAID[result['met']]} |"
            )
    return "\n".join(lines)


def _figure(row: dict[str, Any], whose: str) -> str:
    """Seconds, or an error where accuracy is what is compared; what was not run has none."""
    if row[f"{whose}_seconds"] is not None:
        return f"{row[f'{whose}_seconds']:.3g}"
    error = row.get(f"{whose}_mse")
    return "not run" if error is None else f"MSE {error:.3f}"


def publish() -> str:
    """Rewrite the table in README.md from the result files and return it."""
    paths = sorted(RESULTS.glob("W*.json"), key=lambda path: int(path.stem[1:]))
    shown = table([json.loads(path.read_text(encoding="utf-8")) for path in paths])
    show(shown, BEGIN, END)
    return shown


def main(chosen: list[str]) -> int:
    """Run the chosen workloads, or all; return 1 for a name that is none, or absent data."""
    known = workloads()
    unknown = [name for name in chosen if name not in known]
    if unknown:
        print(f"no workload {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 1
    absent = 0
    for name in chosen or known:
        try:
            measure(name, known[name])
        except NoData as error:  # its last result stays
            print(f"{name}  not run: {error}", file=sys.stderr)
            absent += 1
    print(publish())
    return min(absent, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
