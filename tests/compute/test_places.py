"""Where work runs."""

from __future__ import annotations

import sys
import types

import pytest

from workbench.compute import cluster, cuda_is_available, device, devices
from workbench.errors import ConfigurationError, MissingExtra
from workbench.settings import Settings


def cupy_that_says(answer):
    return types.SimpleNamespace(cuda=types.SimpleNamespace(is_available=lambda: answer))


@pytest.fixture(autouse=True)
def asked_anew():
    cuda_is_available.cache_clear()
    yield
    cuda_is_available.cache_clear()


def test_an_importable_library_is_no_device(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", cupy_that_says(False))
    assert device(allowed=True) == "cpu"


def test_a_device_is_used_where_allowed(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", cupy_that_says(True))
    assert device(allowed=True) == "cuda"
    assert device(allowed=False) == "cpu"
    assert device(allowed=True, wanted="cpu") == "cpu"


def test_the_device_is_asked_once(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", cupy_that_says(True))
    assert devices.cuda_is_available()
    monkeypatch.setitem(sys.modules, "cupy", None)
    assert devices.cuda_is_available()


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(MissingExtra, match="lab"), cluster(Settings()):
        pass


def test_threads_of_this_process_are_the_default():
    dask = pytest.importorskip("dask", reason="the extra 'lab' is not installed")
    with cluster(Settings()) as place:
        assert place == "threads"
        assert dask.config.get("scheduler") == "threads"


def test_an_address_where_nobody_answers_is_told_with_its_cure(monkeypatch):
    pytest.importorskip("distributed", reason="the extra 'lab' is not installed")
    monkeypatch.setattr("workbench.compute.clusters.CONNECT_SECONDS", 0.3)
    settings = Settings(dask_address="tcp://127.0.0.1:1")
    with pytest.raises(ConfigurationError, match="WORKBENCH_DASK_ADDRESS"), cluster(settings):
        pass
