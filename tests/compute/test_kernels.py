"""A kernel is compiled, kept, and never stale."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from workbench.compute import fingerprint, kernel

CALLEE = """
from workbench.compute import kernel
FACTOR = 2.0
@kernel
def inner(x):
    return x * FACTOR
"""
MIDDLE = """
from workbench.compute import kernel
from callee import inner
@kernel
def middle(x):
    return inner(x) + 1.0
"""
CALLER = """
from workbench.compute import kernel
from constants import OFFSET
import middle as rooms
@kernel
def outer(x):
    return rooms.middle(x) + OFFSET
print(outer(10.0), sum(outer.stats.cache_hits.values()) if hasattr(outer, "stats") else "plain")
"""


@pytest.fixture
def package(tmp_path):
    """Three files of kernels that call one another, and one of constants."""
    files = {"callee": CALLEE, "middle": MIDDLE, "caller": CALLER, "constants": "OFFSET = 100.0"}
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
    return tmp_path


def run(package, **environment):
    home = {"WORKBENCH_HOME": str(package / "home"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "caller.py"],
        cwd=package,
        env={**os.environ, **home, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def edit(package, name, old, new):
    path = package / f"{name}.py"
    before = path.stat()
    path.write_text(path.read_text().replace(old, new))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # numba's own key is blind now


def test_an_edit_anywhere_below_reaches_the_next_process(package):
    assert run(package) == ["121.0", "0"]
    assert run(package) == ["121.0", "1"]  # kept
    edit(package, "callee", "FACTOR = 2.0", "FACTOR = 3.0")
    assert run(package) == ["131.0", "0"]
    edit(package, "middle", "+ 1.0", "+ 5.0")
    assert run(package) == ["135.0", "0"]
    edit(package, "constants", "100.0", "200.0")
    assert run(package) == ["235.0", "0"]


def test_the_compiler_can_be_off(package):
    assert run(package, NUMBA_DISABLE_JIT="1") == ["121.0", "plain"]


def test_an_unwritable_cache_only_costs_time(package):
    (package / "home").mkdir()
    (package / "home" / "cache").write_text("a file where the folder should be")
    assert run(package)[0] == "121.0"


def test_a_kernel_without_a_file_is_compiled():
    space = {}
    exec("def twice(x):\n    return 2 * x", space)  # noqa: S102  as typed at a prompt
    assert kernel(space["twice"])(21) == 42


def test_a_closure_is_part_of_the_kernel():
    def make(offset):
        def shifted(x):
            return x + offset

        return shifted

    assert fingerprint(make(1.0)) != fingerprint(make(2.0))
    assert fingerprint(make(1.0)) == fingerprint(make(1.0))


@kernel
def ratio(a, b):
    return a / b


def test_division_is_numpys():
    with np.errstate(all="ignore"):
        assert ratio(np.float64(1.0), np.float64(0.0)) == np.inf
        assert np.isnan(ratio(np.float64(0.0), np.float64(0.0)))


def test_importing_the_room_does_not_import_numba():
    code = "import sys, workbench.compute; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_kernel_that_cannot_be_kept_answers_all_the_same(package, monkeypatch, caplog):
    if not hasattr(kernel(abs_of), "py_func"):
        pytest.skip("the compiler is off")
    from numba.core.caching import IndexDataCacheFile

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "save", full)
    assert kernel(abs_of)(-2.5) == 2.5
    assert "cannot be kept" in caplog.text


def abs_of(x):
    return x if x > 0 else -x
