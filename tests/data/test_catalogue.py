"""Manifests: found in order, checked, and one's own beside the shipped."""

from __future__ import annotations

import pytest
import yaml

from workbench.data import dataset_names, list_datasets
from workbench.data.catalogue import broken_manifests, manifest, manifests
from workbench.data.manifest import read_manifest
from workbench.errors import ConfigurationError, UnknownName
from workbench.registry import names
from workbench.settings import shipped


@pytest.fixture
def facts():
    return yaml.safe_load(shipped("datasets", "us-indices.yaml").read_text())


@pytest.fixture
def own_folder(own_home):
    folder = own_home / "datasets"
    folder.mkdir()
    return folder


def test_the_embedded_datasets_are_listed():
    assert {"sp500-20", "us-indices", "us-tech-5"} <= set(dataset_names())
    assert names("dataset") == dataset_names()


def test_ones_own_manifest_joins_and_comes_before_the_shipped(
    own_folder, facts, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)  # a folder of the working directory would come first
    (own_folder / "mine.yaml").write_text(yaml.safe_dump({**facts, "name": "mine"}))
    (own_folder / "us-indices.yaml").write_text(yaml.safe_dump({**facts, "title": "Another"}))
    assert "mine" in dataset_names()
    assert manifest("us-indices").title == "Another"


def test_an_edit_is_seen_at_once(own_folder, facts):
    path = own_folder / "mine.yaml"
    path.write_text(yaml.safe_dump({**facts, "name": "mine"}))
    assert manifest("mine").title != "New"
    path.write_text(yaml.safe_dump({**facts, "name": "mine", "title": "New"}))
    assert manifest("mine").title == "New"


def test_an_unknown_dataset_is_told_with_the_choices():
    with pytest.raises(UnknownName, match="sp500-20"):
        manifest("sp500-21")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"survivorship": None}, "survivorship"),
        ({"licence": "  "}, "licence"),
        ({"currency": "dollars"}, "currency"),
        ({"adjust": "perhaps"}, "adjust"),
        ({"universe": {}}, "universe"),
        (
            {"universe": {"A": {"start": "soon", "end": "2020-01-01", "rows": 1}}},
            "universe.A.start",
        ),
        ({"colour": "blue"}, "colour"),
        ({"carrier": "os:system"}, "carrier"),
        ({"name": "other"}, "as the file is called"),
    ],
)
def test_a_wrong_fact_is_named_with_its_file(tmp_path, facts, change, words):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({**facts, "name": "mine", **change}))
    with pytest.raises(ConfigurationError, match=words) as caught:
        read_manifest(path)
    assert str(path) in caught.value.seen


@pytest.mark.parametrize("text", ["name: [", "- a list", "", "\x00"])
def test_a_file_that_is_no_manifest_is_told(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match="manifest"):
        read_manifest(path)


def test_one_broken_manifest_does_not_hide_the_others(own_folder):
    (own_folder / "broken.yaml").write_text("name: broken")
    assert "us-tech-5" in {one.name for one in manifests()}
    assert set(broken_manifests()) == {"broken"}
    assert "broken" in repr(list_datasets())
    with pytest.raises(ConfigurationError):
        manifest("broken")
