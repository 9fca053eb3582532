"""An adapter is found by role and name, and nothing else is imported."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from workbench.errors import UnknownName
from workbench.ports import BarSource, adapter, adapter_names


def test_an_unknown_adapter_lists_what_there_is():
    with pytest.raises(UnknownName, match="adapter for BarSource"):
        adapter(BarSource, "nowhere")


def test_a_plug_in_brings_an_adapter(tmp_path):
    (tmp_path / "vendor.py").write_text(
        "class Bars:\n    def bars(self, *_):\n        return 'bars'\n"
    )
    info = tmp_path / "vendor-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vendor\nVersion: 1.0\n")
    points = "[workbench.adapters]\nBarSource.vendor = vendor:Bars\nTickSource.other = no:Thing\n"
    (info / "entry_points.txt").write_text(points)
    code = (
        "import sys; from workbench.ports import BarSource, adapter, adapter_names;"
        "assert 'vendor' in adapter_names(BarSource) and 'other' not in adapter_names(BarSource);"
        "assert 'vendor' not in sys.modules;"
        "assert adapter(BarSource, 'vendor').bars() == 'bars'"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_names_are_sorted():
    assert adapter_names(BarSource) == sorted(adapter_names(BarSource))
