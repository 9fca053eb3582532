"""The long validation goes on where it was stopped, and says honestly what it has."""

from __future__ import annotations

import importlib
import json
import platform
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from workbench.validation.significance.corrections import CORRECTIONS, simulate_study
from workbench.validation.significance.designs import DESIGNS
from workbench.validation.significance.honesty import summarised

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def fdr(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.fdr")


@pytest.fixture(scope="module")
def study():
    return simulate_study("independent", np.random.default_rng(1), trials=20, bars=64)


def test_a_line_that_a_kill_cut_in_half_is_done_again(fdr, study, tmp_path):
    path = tmp_path / "rows" / "one.jsonl"
    rows = fdr.Rows(path)
    rows.append("variants", 0, study)
    rows.append("variants", 1, study)
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    again = fdr.Rows(path)
    assert set(again.done) == {("variants", 0)}
    assert again.studies()["variants"] == [study]
    again.append("variants", 1, study)
    assert path.read_bytes() == whole


def test_only_what_is_left_is_simulated(fdr, study, tmp_path, monkeypatch, capsys):
    asked = []

    def simulate(name, generator, **_):
        asked.append((name, int(generator.integers(1 << 30))))
        if len(asked) == 3:
            raise KeyboardInterrupt
        return study

    monkeypatch.setattr(fdr, "simulate_study", simulate)
    path = tmp_path / "rows.jsonl"
    with pytest.raises(KeyboardInterrupt):
        fdr.simulate(fdr.Rows(path), 7, 2)
    fdr.simulate(fdr.Rows(path), 7, 2)
    assert len(asked) == 2 * len(DESIGNS) + 1
    assert asked[2] == asked[3]  # the repetition that was lost is the same one again
    assert len({number for _, number in asked}) == 2 * len(DESIGNS)
    assert "2 of 8 repetitions were done" in capsys.readouterr().out


def test_no_promise_is_kept_before_all_repetitions_are_done(fdr, study):
    perfect = replace(
        study,
        rejects=dict.fromkeys(CORRECTIONS, False),
        finds={name: [1.0, 1.0] for name in CORRECTIONS},
    )
    lucky = replace(perfect, rejects=dict.fromkeys(CORRECTIONS, True))

    def kept(studies, noise):
        told = {name: [lucky] * noise + [perfect] * (studies - noise) for name in DESIGNS}
        made = summarised(told, trials=20, bars=64, sharpes=fdr.SHARPES).model_dump()
        counts = {one["design"]: one["studies"] for one in made["designs"]}
        return {one["what"]: one["met"] for one in fdr.checks(made["rows"], counts)}

    assert all(kept(400, 20).values())
    assert not all(kept(399, 20).values())
    assert not kept(400, 31)["variants: noise"]
    assert not kept(400, 5)["largest share of noise taken for skill"]


def test_the_table_marks_what_lies(fdr, study):
    lying = replace(study, rejects={**study.rejects, "Bonferroni": True})
    made = summarised({"variants": [lying]}, trials=20, bars=64, sharpes=fdr.SHARPES).model_dump()
    shown = fdr.table({**made, "met": False, "target": "t", "date": "2026-01-02"})
    [line] = [line for line in shown.splitlines() if line.startswith("| Bonferroni")]
    assert line.startswith("| Bonferroni | **100.0%** / ")
    assert shown.endswith("t: not met (2026-01-02).")


def test_the_result_is_of_the_code_that_is_here(fdr):
    """Who edits the statistic runs `make validate-fdr` again."""
    result = json.loads(fdr.RESULT.read_text(encoding="utf-8"))
    if result["machine"]["python"].split(".")[:2] == platform.python_version().split(".")[:2]:
        assert result["code"] == fdr.code()  # the syntax tree of another Python is another
    shown = (ROOT / "benchmarks/README.md").read_text(encoding="utf-8")
    assert fdr.table(result) in shown
    assert result["met"] == all(one["met"] for one in result["checks"])
