"""What was written in a notebook is kept as a file that runs elsewhere."""

from __future__ import annotations

import subprocess
import sys
import types
from typing import Annotated

import numpy as np
import pytest
from pydantic import Field

from workbench import registry
from workbench.errors import InvalidInput
from workbench.features import feature

SCALE = 3.0
WORDS = {"a": (1, 2)}
LOCK = types.SimpleNamespace(value=1)


def scaled(values):
    return np.asarray(values) * SCALE


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    return tmp_path


def test_a_feature_is_kept_with_all_that_it_uses(own_home):
    @feature("scaled_close")
    def scaled_close(bars, *, factor: Annotated[int, Field(ge=1)] = len(WORDS)):
        """Scaled close."""
        return bars["close"].copy(data=scaled(bars["close"].values) * factor)

    path = registry.save(scaled_close)
    assert path.parent == own_home / "features"
    text = path.read_text()
    assert "import numpy as np" in text
    assert "SCALE = 3.0" in text
    assert "Field" in text
    code = (
        "import numpy as np, xarray as xr; from workbench import registry;"
        "bars = xr.Dataset({'close': ('time', np.ones(3))});"
        "assert registry.lookup('feature', 'scaled_close')(bars).values.tolist() == [3, 3, 3]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_file_is_not_overwritten_unless_asked():
    @feature("kept")
    def kept(bars):
        return bars["close"]

    registry.save(kept)
    with pytest.raises(InvalidInput, match="replace=True"):
        registry.save(kept)
    registry.save(kept, replace=True)


def test_only_strategies_and_features_are_saved():
    with pytest.raises(InvalidInput, match=r"got 'int'.*@strategy"):
        registry.save(3)


def test_a_closure_is_refused():
    inside = object()

    @feature("closed")
    def closed(bars):
        return bars["close"], inside

    with pytest.raises(InvalidInput, match="closes over"):
        registry.save(closed)


def test_an_object_that_cannot_be_written_down_is_named():
    @feature("locked")
    def locked(bars):
        return bars["close"] * LOCK.value

    with pytest.raises(InvalidInput, match=r"'LOCK'.*SimpleNamespace"):
        registry.save(locked)


def test_a_function_without_source_is_refused():
    scope = {"feature": feature}
    exec('@feature("typed_in")\ndef typed_in(bars):\n    return bars\n', scope)  # noqa: S102
    with pytest.raises(InvalidInput, match="source"):
        registry.save(scope["typed_in"])


class Disguised:
    """Says that it comes from where it is not."""

    __module__ = "math"
    __qualname__ = "tau_of_another"


FAR = Disguised()


def test_an_object_that_is_not_where_it_says_is_refused():
    @feature("disguised")
    def disguised(bars):
        return bars["close"] * FAR.value

    with pytest.raises(InvalidInput, match="'FAR'"):
        registry.save(disguised)


def test_a_name_that_is_nowhere_is_left_to_fail_by_itself():
    @feature("lost_name")
    def lost_name(bars):
        return bars["close"] * defined_nowhere  # noqa: F821

    assert "defined_nowhere" in registry.save(lost_name).read_text()
