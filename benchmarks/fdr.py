"""Whether the decision statistic keeps its word, and which corrections do not.

`make validate-fdr` simulates studies of 5,000 trials over ten years and asks every correction
(`workbench.validation.significance.corrections`). What a repetition said is appended to a file
under ``build/fdr`` as soon as it is known, so that a run that was stopped, by Ctrl-C or by
``kill -9``, goes on where it was; the file is named after the seed and the code that is judged,
so that two versions of it are never mixed.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import machine, show, versions
from workbench.validation import significance
from workbench.validation.significance.corrections import CORRECTIONS, OURS, Study, simulate_study
from workbench.validation.significance.designs import DESIGNS
from workbench.validation.significance.honesty import summarised

FOLDER = Path(__file__).resolve().parent
RESULT = FOLDER / "results" / "FDR.json"
BEGIN, END = "<!-- corrections -->", "<!-- end of corrections -->"

TITLE = "which corrections lie"
TARGET = (
    "noise taken for skill in <= 7.5% of studies of every design and >= 1.5% of one; "
    "a Sharpe ratio of 1.75 found in >= 80%, of 1.5 in >= 60% (>= 70% where trials are correlated)"
)
JUDGED = (
    "corrections",
    "counts",
    "deflated",
    "designs",
    "maxima",
    "sharpe",
    "studentised",
    "weights",
)
"""The files whose code makes the numbers."""
REPETITIONS, TRIALS, BARS, SHARPES = 400, 5_000, 2_520, (1.5, 1.75)
LARGEST, SMALLEST = 0.075, 0.015
LEAST = {
    "independent": (0.6, 0.8),
    "fat tails": (0.6, 0.8),
    "look-backs": (0.7, 0.8),
    "variants": (0.7, 0.8),
}


def code() -> str:
    """The hash of the code that is judged; comments and docstrings do not matter."""
    digest = hashlib.sha256(repr((TRIALS, BARS, SHARPES)).encode())
    room = Path(significance.__file__).parent
    for name in JUDGED:
        tree = ast.parse((room / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list):
                node.body = [one for one in body if not _is_text(one)]
        digest.update(ast.dump(tree).encode())
    return digest.hexdigest()[:12]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


class Rows:
    """The repetitions that are done, one line of JSON each.

    Parameters
    ----------
    path : pathlib.Path
        The file; half a line at its end, of a process that was killed, is cut off.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_bytes() if path.exists() else b""
        whole = text[: text.rfind(b"\n") + 1]
        if whole != text:
            path.write_bytes(whole)
        self.path = path
        self.done = {
            (row["design"], row["repetition"]): row for row in map(json.loads, whole.splitlines())
        }

    def append(self, design: str, repetition: int, study: Study) -> None:
        """Write what a repetition said."""
        row = {"design": design, "repetition": repetition, **asdict(study)}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        self.done[design, repetition] = row

    def studies(self) -> dict[str, list[Study]]:
        """Return the studies of each design in the order of their repetitions."""
        facts = ("p_value", "effective_trials", "critical", "rejects", "finds")
        ordered = sorted(self.done.items())
        return {
            name: [
                Study(**{fact: row[fact] for fact in facts})
                for (of, _), row in ordered
                if of == name
            ]
            for name in DESIGNS
        }


def simulate(rows: Rows, seed: int, repetitions: int) -> None:
    """Do what is not done yet, one repetition of every design after another."""
    tasks = [(name, at) for at in range(repetitions) for name in DESIGNS]
    left = [task for task in tasks if task not in rows.done]
    begun = time.perf_counter()
    print(f"{len(tasks) - len(left):,} of {len(tasks):,} repetitions were done", flush=True)
    for count, (name, at) in enumerate(left, 1):
        generator = np.random.default_rng([seed, list(DESIGNS).index(name), at])
        study = simulate_study(name, generator, trials=TRIALS, bars=BARS, sharpes=SHARPES)
        rows.append(name, at, study)
        minutes = (time.perf_counter() - begun) / count * (len(left) - count) / 60
        end = "\r" if sys.stdout.isatty() else "\n"
        if end == "\r" or count % 100 == 0 or count == len(left):
            done = len(tasks) - len(left) + count
            print(f"{done:,} of {len(tasks):,}, {minutes:.0f} minutes left  ", end=end, flush=True)
    print()


def checks(rows: list[dict[str, Any]], studies: dict[str, int]) -> list[dict[str, Any]]:
    """Return every promise of the target with what was measured."""
    ours = {row["design"]: row for row in rows if row["correction"] == OURS}
    sizes = {name: row["rejects"] for name, row in ours.items()}
    found = [
        (f"{name}: {what}", value, bound)
        for name, row in ours.items()
        for what, value, bound in [
            ("studies", studies[name], REPETITIONS),
            *zip(
                (f"finds {sharpe:g}" for sharpe in SHARPES), row["finds"], LEAST[name], strict=True
            ),
        ]
    ]
    found.append(("designs", len(ours), len(DESIGNS)))
    found.append(("largest share of noise taken for skill", max(sizes.values()), SMALLEST))
    made = [{"what": what, "value": v, "at_least": b, "met": v >= b} for what, v, b in found]
    return made + [
        {"what": f"{name}: noise", "value": size, "at_most": LARGEST, "met": size <= LARGEST}
        for name, size in sizes.items()
    ]


def publish(rows: Rows, seed: int) -> dict[str, Any]:
    """Write the result file and the table in README.md, as far as the repetitions go."""
    summary = summarised(rows.studies(), trials=TRIALS, bars=BARS, sharpes=SHARPES).model_dump()
    promised = checks(
        summary["rows"], {one["design"]: one["studies"] for one in summary["designs"]}
    )
    today = datetime.now(UTC).date()  # noqa: TID251  the date of the figure is a fact of the run
    result = {
        "workload": "FDR",
        "title": TITLE,
        "date": today.isoformat(),
        "machine": machine(),
        "versions": versions(["numba", "numpy"]),
        "target": TARGET,
        "seed": seed,
        "code": code(),
        "checks": promised,
        "met": all(one["met"] for one in promised),
        **summary,
    }
    RESULT.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    show(table(result), BEGIN, END)
    return result


def table(result: dict[str, Any]) -> str:
    """Return the Markdown table: a row for each correction, a column for each design."""
    designs = [one["design"] for one in result["designs"]]
    cells = {(row["correction"], row["design"]): row for row in result["rows"]}
    heads = [f"{one['design']} ({one['studies']})" for one in result["designs"]]
    lines = [f"| correction | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for name in CORRECTIONS:
        said = [_said(cells[name, design], result["level"]) for design in designs]
        lines.append(f"| {name} | {' | '.join(said)} |")
    by_theory = [{"rejects": result["level"], "finds": one["theory"]} for one in result["designs"]]
    said = [_said(one, result["level"]) for one in by_theory]
    lines.append(f"| *theory* | {' | '.join(said)} |")
    effective = [
        f"{one['effective_trials']:,.0f}, {one['critical']:.2f}" for one in result["designs"]
    ]
    lines.append(f"| *effective trials, critical t* | {' | '.join(effective)} |")
    verdict = "met" if result["met"] else "not met"
    return "\n".join([*lines, "", f"Target: {result['target']}: {verdict} ({result['date']})."])


def _said(row: dict[str, Any], level: float) -> str:
    share = f"{row['rejects']:.1%}"
    noise = f"**{share}**" if row["rejects"] > 1.5 * level else share
    return " / ".join([noise, *(f"{found:.0%}" for found in row["finds"])])


def main() -> int:
    """Run what is left, publish what there is; return 0 if every promise is kept."""
    parser = argparse.ArgumentParser(prog="benchmarks.fdr", description=TITLE)
    parser.add_argument("--repetitions", type=int, default=REPETITIONS)
    parser.add_argument("--seed", type=int, default=20_261_129)
    chosen = parser.parse_args()
    rows = Rows(FOLDER.parent / "build" / "fdr" / f"{code()}-{chosen.seed}.jsonl")
    try:
        simulate(rows, chosen.seed, chosen.repetitions)
    except KeyboardInterrupt:
        print("\nstopped; `make validate-fdr` goes on from here")
    if not rows.done:
        return 1
    result = publish(rows, chosen.seed)
    print(table(result))
    return 0 if result["met"] else 1


if __name__ == "__main__":
    sys.exit(main())
