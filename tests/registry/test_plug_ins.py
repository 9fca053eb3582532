"""What another distribution brings stands beside our own."""

import sys
from importlib import import_module

import pytest

from workbench import registry
from workbench.errors import ConfigurationError
from workbench.registry import index

catalogue = import_module("workbench.registry.catalogue")  # the package shows the function

ROOM = """
from workbench.registry import operation

@operation(effect="read")
def shout(word: str, *, context=None) -> str:
    '''Say it loudly.

    Parameters
    ----------
    word : str
        What is said.
    '''
    return word.upper()
"""
FEATURES = """
import workbench as wb

@wb.feature("from_afar")
def from_afar(bars):
    return bars["close"]
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a package with these files and entry points, for one test."""
    caches = (index.room_files, index._written, catalogue._kept)

    def install(name, points, **files):
        package = tmp_path / name
        package.mkdir()
        (package / "__init__.py").write_text("")
        for file, text in files.items():
            (package / f"{file}.py").write_text(text)
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(points)
        monkeypatch.syspath_prepend(tmp_path)
        for cached in caches:
            cached.cache_clear()

    yield install
    for cached in caches:
        cached.cache_clear()
    for module in [name for name in sys.modules if name.startswith("afar")]:
        del sys.modules[module]


def test_a_room_brings_its_operations(installed):
    installed("afar_room", "[workbench.rooms]\nafar = afar_room\n", operations=ROOM)
    entry = registry.find("shout")
    assert (entry.room, entry.command) == ("afar_room", "afar_room shout")
    assert registry.call("shout", {"word": "yes"}) == "YES"
    assert registry.schema("shout").parameters[0].description == "What is said."


def test_a_room_without_operations_is_named(installed):
    installed("afar_hollow", "[workbench.rooms]\nafar = afar_hollow\n")
    with pytest.raises(ConfigurationError, match="'afar' has no operations"):
        registry.operations()


def test_a_feature_is_found_by_its_name(installed):
    points = "[workbench.features]\nfrom_afar = afar_features.made:from_afar\n"
    installed("afar_features", points, made=FEATURES)
    assert "from_afar" in registry.names("feature")
    assert registry.lookup("feature", "from_afar").name == "from_afar"


def test_the_kept_catalogue_is_what_was_built(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    catalogue._kept.cache_clear()
    built = registry.catalogue()
    catalogue._kept.cache_clear()
    assert registry.catalogue() == built
