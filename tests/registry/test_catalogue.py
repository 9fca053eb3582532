"""The kept schemas cannot drift from the sources."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from workbench import registry
from workbench.settings import cache_folder

NAMES = (
    "import json; from workbench import registry;"
    "print(json.dumps([schema.tool for schema in registry.catalogue()]))"
)


@pytest.fixture(scope="module")
def schemas():
    """Those of the package; other tests may have declared operations in this process."""
    return [schema for schema in registry.catalogue() if schema.room != "notebook"]


def test_every_operation_of_the_index_is_described(schemas):
    listed = {entry.tool for entry in registry.operations() if entry.module}
    assert {schema.tool for schema in schemas} == listed


def test_every_operation_is_documented(schemas):
    for schema in schemas:
        assert schema.summary, schema.tool
        for parameter in schema.parameters:
            assert parameter.description, f"{schema.tool}: {parameter.name}"


def test_every_schema_is_valid_json_schema(schemas):
    for schema in schemas:
        Draft202012Validator.check_schema(schema.input_schema)
        Draft202012Validator.check_schema(schema.output_schema)


def test_every_operation_takes_a_context(schemas):
    import inspect

    for schema in schemas:
        function = registry.find(schema.tool).function()
        assert (
            inspect.signature(function).parameters["context"].kind is inspect.Parameter.KEYWORD_ONLY
        )


def test_the_second_process_reads_the_file_and_imports_no_room(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    first = subprocess.run(
        [sys.executable, "-c", NAMES], check=True, capture_output=True, text=True
    )
    (kept,) = cache_folder("catalogue").glob("*.json")
    before = kept.stat().st_mtime_ns
    code = (
        NAMES + "; import sys; assert not [m for m in sys.modules"
        " if m.startswith('workbench.') and m.endswith('.operations')], 'a room was imported'"
    )
    second = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert json.loads(first.stdout) == json.loads(second.stdout)
    assert kept.stat().st_mtime_ns == before


def test_a_changed_source_is_described_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    room = tmp_path / "site" / "changing_room"
    room.mkdir(parents=True)
    (room / "__init__.py").write_text("")
    info = tmp_path / "site" / "changing-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: changing\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[workbench.rooms]\nchanging = changing_room\n")
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "site"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    code = "from workbench import registry; print(registry.schema('changing').summary)"

    def summary(text: str) -> str:
        (room / "operations.py").write_text(
            "from workbench.registry import operation\n\n@operation(effect='read')\n"
            f"def changing(*, context=None) -> str:\n    '''{text}'''\n    return ''\n"
        )
        command = [sys.executable, "-c", code]
        run = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
        return run.stdout.strip()

    assert summary("As it was.") == "As it was."
    assert summary("As it is.") == "As it is."
