"""The environment is one set of versions, said once in pyproject.toml and pinned twice."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
HEAVY = (
    "torch ray pytorch-lightning lightning mlflow panel jupyterlab ipykernel ipywidgets vectorbt"
)
BROKERS = "ib-async ccxt alpaca-py polygon-api-client yfinance"
SETS = {"constraints.txt": {"gpu"}, "constraints-gpu.txt": set()}  # and the extras each leaves out
# The GPU set is resolved for a machine that has CUDA, from any machine, by naming its platform.
PLATFORM = [
    *("--target", "unused", "--only-binary", ":all:", "--implementation", "cp"),
    *("--python-version", "3.11", "--platform", "linux_x86_64"),
    *(
        part
        for glibc in ("2_28", "2_27", "2_24", "2_17", "2_12", "2_5")
        for part in ("--platform", f"manylinux_{glibc}_x86_64")
    ),
    *("--platform", "manylinux2014_x86_64", "--platform", "manylinux2010_x86_64"),
    *("--platform", "manylinux1_x86_64"),
]


def pins(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)$", text, flags=re.MULTILINE))


def asked_for(constraints: str) -> str:
    """The first paragraph: the versions that the extras resolve to."""
    return (ROOT / constraints).read_text(encoding="utf-8").partition("\n\n")[0]


def requirements(left_out: set[str]) -> list[Requirement]:
    groups = [PROJECT["dependencies"], *(EXTRAS[name] for name in EXTRAS if name not in left_out)]
    found = [Requirement(line) for group in groups for line in group]
    return [one for one in found if one.name != PROJECT["name"]]


def closure(name: str, extras: set[str]) -> set[str]:
    """What an installed distribution asks for, all the way down."""
    from importlib.metadata import requires

    found: set[str] = set()
    waiting = [(name, extras)]
    while waiting:
        current, wanted = waiting.pop()
        for line in requires(current) or []:
            one = Requirement(line)
            values = [{"extra": extra} for extra in wanted or {""}]
            if one.marker is None or any(one.marker.evaluate(value) for value in values):
                key = canonicalize_name(one.name)
                if key not in found:
                    found.add(key)
                    waiting.append((key, set(one.extras)))
    return found


def test_the_base_asks_for_nothing_heavy_all_the_way_down():
    base = closure(PROJECT["name"], set())
    assert {"pandas", "numba", "bokeh"} <= base
    assert not base & set(f"{HEAVY} {BROKERS} scipy deltalake".split())


def test_the_base_takes_700_megabytes_at_most():
    from importlib.metadata import files

    paths = [path.locate() for name in closure(PROJECT["name"], set()) for path in files(name)]
    taken = sum(path.stat().st_size for path in paths if path.exists()) / 1e6
    assert 300 < taken <= 700


def test_the_extras_are_the_seven():
    assert sorted(EXTRAS) == ["bench", "dev", "forecast", "full", "gpu", "lab", "live"]
    assert EXTRAS["full"] == ["neural-trader-workbench[forecast,lab,live]"]


@pytest.mark.parametrize("line", [one for group in EXTRAS.values() for one in group])
def test_only_what_users_never_meet_may_lack_an_upper_bound(line):
    one = Requirement(line)
    tools = {"packaging", "types-PyYAML"}
    bounded = any(each.operator == "<" for each in one.specifier)
    assert bounded or one.name in tools or one.name == PROJECT["name"]


@pytest.mark.parametrize(("constraints", "left_out"), SETS.items(), ids=SETS)
def test_every_requirement_is_pinned_inside_its_range(constraints, left_out):
    pinned = pins(asked_for(constraints))
    wrong = [
        str(one)
        for one in requirements(left_out)
        if not one.specifier.contains(pinned.get(canonicalize_name(one.name), "0"))
    ]
    assert wrong == []


@pytest.mark.parametrize("constraints", SETS)
def test_constraints_hold_names_and_versions_only(constraints):
    lines = (ROOT / constraints).read_text(encoding="utf-8").splitlines()
    content = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in content if not re.fullmatch(r"[a-z0-9-]+==[\w.]+", line)] == []
    names = [line.partition("==")[0] for line in content]
    assert len(names) == len(set(names))


def test_the_two_sets_differ_in_torch_and_in_what_cuda_brings():
    cpu, gpu = (pins((ROOT / name).read_text(encoding="utf-8")) for name in SETS)
    assert {name for name in cpu if cpu[name] != gpu.get(name, cpu[name])} == {"torch"}
    assert not set(cpu) - set(gpu)


def test_this_environment_is_the_pinned_one():
    from importlib.metadata import PackageNotFoundError, version

    wrong = {}
    for name, pinned in pins(asked_for("constraints.txt")).items():
        try:
            found = version(name).partition("+")[0]
        except PackageNotFoundError:
            continue  # bench is not always installed
        if found != pinned:
            wrong[name] = (found, pinned)
    assert wrong == {}


def test_environment_yml_follows_pyproject():
    render = runpy.run_path(str(ROOT / ".ci" / "environment.py"))["render"]
    written = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert written == render(), "run: python .ci/environment.py"
    assert f"      - cudf-cu12=={pins(asked_for('constraints-gpu.txt'))['cudf-cu12']}\n" in written


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("constraints", "extras", "platform"),
    [
        ("constraints.txt", "full,dev,bench", []),
        ("constraints-gpu.txt", "full,gpu,dev,bench", PLATFORM),
    ],
    ids=["cpu", "gpu"],
)
def test_the_set_resolves_and_has_not_drifted(constraints, extras, platform, tmp_path):
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
    command += ["--report", str(report), "--constraint", str(ROOT / constraints), *platform]
    done = subprocess.run(
        [*command, f"{ROOT}[{extras}]"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    resolved = {
        canonicalize_name(one["metadata"]["name"]): one["metadata"]["version"].partition("+")[0]
        for one in json.loads(report.read_text(encoding="utf-8"))["install"]
    }
    del resolved[PROJECT["name"]]
    assert resolved == pins(asked_for(constraints))
