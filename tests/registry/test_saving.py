"""What was written in a notebook is kept as a file that runs elsewhere."""

from __future__ import annotations

import datetime as dt
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
from workbench.features.declaration import Feature

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


def _made(level, table, days):
    def inner(values):
        return values * level

    @feature("closing")
    def closing(bars):
        """What it closes over is kept."""
        return inner(bars["close"]) + table["a"][1] + len(days)

    return closing


def test_what_a_function_closes_over_is_kept_with_its_values(own_home):
    days = (dt.date(2020, 1, 2), None, float("inf"), {"x"}, np.float64(0.1))
    with pytest.raises(InvalidInput, match="does something else"):
        registry.save(_made(1.5, {"a": np.str_("b")}, days))
    assert not (own_home / "features" / "closing.py").exists()
    thing = _made(1.5, {"a": np.array([[1, 2]]), "b": np.array([1.5, np.nan])}, days)
    registry.save(thing)
    again = registry.naming.declared_by(own_home / "features" / "closing.py")["feature", "closing"]
    assert again is not thing
    assert again.source_hash == thing.source_hash != _made(1.6, {}, ()).source_hash


def test_a_closure_that_cannot_be_written_down_is_refused():
    inside = object()

    @feature("closed")
    def closed(bars):
        return bars["close"], inside

    with pytest.raises(InvalidInput, match=r"'inside'.*cannot be written down"):
        registry.save(closed)


def test_one_name_with_two_meanings_is_refused():
    SCALE = 4.0  # noqa: N806  `scaled` means the other one

    @feature("two_scales")
    def two_scales(bars):
        return scaled(bars["close"]) * SCALE

    with pytest.raises(InvalidInput, match="'SCALE' means two things"):
        registry.save(two_scales)


def test_a_file_that_fails_leaves_the_earlier_one(own_home):
    def declared(default):
        hidden = default

        @feature("failing")
        def failing(bars, *, level: float = hidden):
            return bars["close"] * level

        return failing

    path = own_home / "features" / "failing.py"
    with pytest.raises(InvalidInput, match=r"does not come back.*outside of functions"):
        registry.save(declared(2.0))
    assert not path.exists()
    path.write_text("# mine\n")
    with pytest.raises(InvalidInput, match="does not come back"):
        registry.save(declared(2.0), replace=True)
    assert path.read_text() == "# mine\n"


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


def doubled(values):
    return values * 2


def doubled_twice(values):
    return doubled(doubled(values))


twofold = doubled


def test_a_function_that_two_use_is_kept_once_and_its_other_name_too(own_home):
    @feature("shared_parts")
    def shared_parts(bars):
        return twofold(bars["close"]) + doubled_twice(bars["close"]) + doubled(bars["close"])

    text = registry.save(shared_parts).read_text()
    assert text.count("def doubled(") == 1
    assert "twofold = doubled" in text


def test_what_was_never_decorated_is_kept_with_its_decorator(own_home):
    def plain(bars):
        return bars["close"]

    path = registry.save(Feature("plain_feature", plain), kind="feature")
    assert "@feature('plain_feature')" in path.read_text()


def noted(_word):
    return lambda function: function


def test_another_decorator_keeps_its_words_when_a_copy_gets_a_name(own_home):
    @noted("mine")
    @feature("first_name")
    def named(bars):
        return bars["close"]

    text = registry.save(named, name="second_name").read_text()
    assert "@noted(" in text
    assert "second_name" in text
    assert "first_name" not in text


def test_what_is_registered_but_declares_nothing_is_refused(own_home):
    def undeclared(bars):
        return bars["close"]

    thing = Feature("undeclared", undeclared)
    registry.register("feature", "undeclared", thing)
    with pytest.raises(InvalidInput, match="declares no feature"):
        registry.save(thing)
    assert not (own_home / "features" / "undeclared.py").exists()


@pytest.mark.parametrize("held", [np.datetime64("2020-01-02", "D"), [object()], {"a": object()}])
def test_values_without_an_expression_are_refused(held):
    @feature("holding")
    def holding(bars):
        return bars["close"], held

    with pytest.raises(InvalidInput, match=r"'held'.*cannot be written down"):
        registry.save(holding)
