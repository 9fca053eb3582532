"""A user's own features and strategies, by name, from a file or from a notebook."""

from __future__ import annotations

import os
import subprocess
import sys
from contextvars import ContextVar

import pytest

from workbench import registry
from workbench.errors import ConfigurationError, UnknownName
from workbench.registry import naming

OWN = '''
import workbench as wb

@wb.feature("twice")
def twice(bars, *, factor: int = 2):
    """Twice the close."""
    return bars["close"] * factor
'''


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    (tmp_path / "features").mkdir()
    return tmp_path


def test_built_in_names_are_listed_without_importing_their_room():
    code = (
        "import sys; from workbench import registry;"
        "assert 'momentum' in registry.names('feature');"
        "assert not {'pandas', 'numpy', 'xarray', 'workbench.features.returns'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_file_of_the_users_is_listed_and_run_when_it_is_looked_up(own_home):
    (own_home / "features" / "mine.py").write_text(OWN)
    assert "twice" in registry.names("feature")
    assert registry.lookup("feature", "twice").parameters().factor == 2


def test_an_unchanged_file_is_run_once(own_home):
    (own_home / "features" / "mine.py").write_text(OWN)
    assert registry.lookup("feature", "twice") is registry.lookup("feature", "twice")


def test_a_changed_file_is_run_again(own_home):
    path = own_home / "features" / "mine.py"
    path.write_text(OWN)
    registry.lookup("feature", "twice")
    path.write_text(OWN.replace("int = 2", "int = 3"))
    os.utime(path, ns=(1, 1))
    assert registry.lookup("feature", "twice").parameters().factor == 3


def test_a_file_that_is_no_python_breaks_nothing_else_and_is_named(own_home):
    (own_home / "features" / "mine.py").write_text(OWN)
    (own_home / "features" / "wrong.py").write_text("def (:")
    assert "twice" in registry.names("feature")
    (found,) = registry.broken()
    assert found.path.name == "wrong.py"
    assert "line 1" in found.reason


def test_a_file_that_fails_says_why(own_home):
    path = own_home / "features" / "mine.py"
    path.write_text(OWN.replace("import workbench as wb", "import workbench as wb, no_such_module"))
    with pytest.raises(ConfigurationError, match=r"mine\.py fails.*no_such_module"):
        registry.lookup("feature", "twice")
    assert [item.path for item in registry.broken()] == [path]
    assert "workbench_home.features.mine" not in sys.modules


def test_what_was_registered_in_this_process_is_found(monkeypatch):
    thing = object()
    monkeypatch.setattr(naming, "_here", {})
    monkeypatch.setattr(naming, "_declaring", ContextVar("_declaring", default=naming._here))
    registry.register("feature", "a_thing", thing)
    assert registry.lookup("feature", "a_thing") is thing
    assert "a_thing" in registry.names("feature")


def test_an_unknown_name_or_kind_lists_the_choices():
    with pytest.raises(UnknownName, match="Did you mean 'momentum'"):
        registry.lookup("feature", "momentun")
    with pytest.raises(UnknownName, match="strategy"):
        registry.lookup("colour", "red")
    with pytest.raises(UnknownName, match="strategy"):
        registry.names("colour")


def test_datasets_and_models_are_listed_by_their_rooms():
    assert "sp500-20" in registry.names("dataset")
    assert "naive" in registry.names("model")


def test_a_plug_in_brings_a_feature_and_a_room(tmp_path, monkeypatch):
    site = tmp_path / "site"
    room = site / "plugged_room"
    room.mkdir(parents=True)
    (room / "__init__.py").write_text("")
    (room / "operations.py").write_text(
        "from workbench.registry import operation\n\n"
        "@operation(effect='read')\n"
        "def plugged(*, context=None) -> str:\n"
        "    '''Answer from a plug-in.'''\n"
        "    return 'plugged in'\n"
    )
    (room / "features.py").write_text(OWN.replace('"twice"', '"thrice"'))
    info = site / "plugged-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[workbench.rooms]\nplugged = plugged_room\n"
        "[workbench.features]\nthrice = plugged_room.features:twice\n"
    )
    code = (
        "from workbench import registry;"
        "assert registry.call('plugged', {}) == 'plugged in';"
        "assert registry.find('plugged').command == 'plugged_room plugged';"
        "assert 'thrice' in registry.names('feature');"
        "assert registry.lookup('feature', 'thrice').name == 'thrice'"
    )
    environment = {**os.environ, "PYTHONPATH": str(site)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_a_plug_in_without_operations_is_named(tmp_path):
    room = tmp_path / "site" / "hollow_room"
    room.mkdir(parents=True)
    (room / "__init__.py").write_text("")
    info = tmp_path / "site" / "hollow-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hollow\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[workbench.rooms]\nhollow = hollow_room\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    code = "from workbench import registry; registry.operations()"
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "The plug-in room 'hollow' has no operations.py" in run.stderr


FIRST_IMPORT = r"""
import sys
from pathlib import Path
from workbench.registry import lookup, names
from workbench.settings.places import home

folder = home() / "strategies"
folder.mkdir(parents=True)
(folder / "mine.py").write_text(
    "import workbench.features.returns\n"
    "from workbench.strategies import strategy\n\n\n"
    "@strategy('mine')\n"
    "def mine(bars):\n    return bars['close'] * 0\n"
)
assert "workbench.features.returns" not in sys.modules
assert lookup("strategy", "mine").name == "mine"
assert lookup("feature", "log_returns").name == "log_returns"
"""


def test_what_a_users_file_imports_first_stays_the_packages(tmp_path):
    environment = {**os.environ, "WORKBENCH_HOME": str(tmp_path / "fresh")}
    made = subprocess.run(
        [sys.executable, "-c", FIRST_IMPORT],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
